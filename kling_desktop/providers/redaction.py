"""A request body for reading and for logs: indented, each image named by its size only."""

from __future__ import annotations

import json
import re
from typing import Any

_IMAGES = frozenset({"image", "image_tail", "static_mask", "mask"})
_DATA_URI = re.compile(r"data:image/[a-z+.-]+;base64,")
_LOOKS_LIKE = re.compile(r"[A-Za-z0-9+/]{256}")
"""The beginning of an image under a name that a profile made up; prose has spaces before that."""
_TOKEN = re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}")
"""A JWT: its head in base64 always begins so."""


def without_tokens(text: str) -> str:
    """A text without signed tokens such as those that key pairs make, whole or cut short."""
    return _TOKEN.sub("…", text)


def redacted(body: bytes) -> str:
    """The body without its images."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return f"<unreadable request, {_spaced(len(body))} bytes>"
    return json.dumps(without_images(fields), ensure_ascii=False, indent=2)


def without_images(value: Any, name: str = "") -> Any:
    """A JSON value, which may be what ``name`` holds, without its images."""
    if isinstance(value, list):
        return [without_images(each, name) for each in value]
    if isinstance(value, dict):
        return {key: without_images(each, key) for key, each in value.items()}
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
