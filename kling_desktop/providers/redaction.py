"""A request body for reading and for logs: indented, each image named by its size only."""

from __future__ import annotations

import json
import re
from typing import Any

_IMAGES = frozenset({"image", "image_tail", "static_mask", "mask"})
_DATA_URI = re.compile(r"data:image/[a-z+.-]+;base64,")
_LOOKS_LIKE = re.compile(r"[A-Za-z0-9+/]{256}")
"""The beginning of an image under a name that a profile made up; prose has spaces before that."""


def redacted(body: bytes) -> str:
    """The body without its images."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return f"<unreadable request, {_spaced(len(body))} bytes>"
    return json.dumps(_without_images(fields), ensure_ascii=False, indent=2)


def _without_images(value: Any, name: str = "") -> Any:
    if isinstance(value, list):
        return [_without_images(each, name) for each in value]
    if isinstance(value, dict):
        return {key: _without_images(each, key) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    uri = _DATA_URI.match(value)
    if uri or name in _IMAGES or _LOOKS_LIKE.match(value):
        return _image_size(value[uri.end() :] if uri else value)
    return value


def _image_size(text: str) -> str:
    count = len(text) * 3 // 4 - (len(text) - len(text.rstrip("=")))
    return f"<image, {_spaced(count)} bytes>"


def _spaced(count: int) -> str:
    return f"{count:,}".replace(",", " ")
