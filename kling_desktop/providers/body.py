"""The request body: the exact JSON bytes of one generation, written strictly by the API page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels, Mask
from kling_desktop.model.capabilities import Capability
from kling_desktop.model.landing import sent
from kling_desktop.model.shot import Shot
from kling_desktop.providers import body_rules as rules
from kling_desktop.providers.body_rules import BodyError
from kling_desktop.providers.profiles import Brushed, MaskKind, Profile
from kling_desktop.providers.trajectory import wire_points

__all__ = ["BodyError", "Sent", "build", "redacted"]

MaskWriter = Callable[[Mask], bytes]


@dataclass(frozen=True, slots=True)
class Sent:
    """An image file as it is sent, perhaps re-encoded: JPEG or PNG, size in pixels."""

    data: bytes
    width: int
    height: int


def build(
    shot: Shot,
    *,
    image: Sent,
    end: Sent | None,
    capability: Capability,
    profile: Profile,
    external_id: str | None,
    mask_png: MaskWriter,
) -> bytes:
    """The UTF-8 JSON body, keys in the page's order; what is absent is left out.

    ``mask_png`` writes a boolean mask as a PNG, True as white. Masks and points follow the sent
    size. An area goes out when it is painted and, unless static, has a path. A shot that lands is
    asked for backwards. Raises BodyError with a sentence where anything breaks a rule of the page:
    the checks should have said so before.
    """
    rules.check_landing(shot)
    shot = sent(shot)
    rules.check_settings(shot.settings, capability)
    rules.check_image("picture", image.data, image.width, image.height)
    if end is not None:
        rules.check_image("end frame", end.data, end.width, end.height)
    masks = _masks(shot, image, profile, mask_png)
    rules.check_groups(
        shot, capability, brushed=bool(masks), end=end is not None, camera=shot.camera is not None
    )
    settings = shot.settings
    fields: dict[str, Any] = {
        "model_name": settings.model_name,
        "image": _base64(image.data),
        "image_tail": _base64(end.data) if end else None,
        "prompt": settings.prompt or None,
        "negative_prompt": settings.negative_prompt or None,
        "cfg_scale": settings.cfg_scale if capability.cfg else None,
        "mode": settings.mode if capability.modes else None,
        **masks,
        "camera_control": shot.camera.to_api() if shot.camera else None,
        "duration": settings.duration,
        "external_task_id": external_id or None,
    }
    given = {key: value for key, value in fields.items() if value is not None}
    try:
        return json.dumps(
            given, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()
    except ValueError as problem:
        raise BodyError(
            "The prompt or the camera move holds something that cannot be written, such as half "
            "of a character. Delete what looks odd and enter it again."
        ) from problem


def redacted(body: bytes) -> str:
    """The body for reading and for logs: indented, each image named by its size only."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return f"<unreadable request, {_spaced(len(body))} bytes>"
    return json.dumps(_without_images(fields), ensure_ascii=False, indent=2)


def _masks(shot: Shot, image: Sent, profile: Profile, mask_png: MaskWriter) -> dict[str, Any]:
    """``static_mask`` and ``dynamic_masks``, as far as there are any."""
    size = (image.width, image.height)
    rules.check_labels(shot)
    painted = areas.counts(shot.labels)
    moving = [area for area in areas.MOVING if painted[area] and area in shot.paths]
    found: dict[str, Any] = {}
    if not (moving or painted[areas.STATIC]):
        return found
    if profile.mask_encoding.kind != MaskKind.SEPARATE:
        raise BodyError(
            f"{profile.label} wants all areas in one indexed image, which this version does not "
            "write. Choose another account for a shot with areas."
        )
    labels = areas.scaled(shot.labels, *size) if size != shot.size else shot.labels
    if painted[areas.STATIC]:
        found["static_mask"] = _mask(labels, areas.STATIC, profile, mask_png)
    if moving:
        found["dynamic_masks"] = [
            {
                "mask": _mask(labels, area, profile, mask_png),
                "trajectories": _trajectories(shot, area, size),
            }
            for area in moving
        ]
    return found


def _mask(labels: Labels, area: int, profile: Profile, mask_png: MaskWriter) -> str:
    mask = areas.mask(labels, area)
    if not mask.any():
        raise BodyError(
            f"{rules.area_name(area)} is so small that nothing is left of it in the picture that "
            "is sent. Paint it larger, or clear it."
        )
    white = mask if profile.mask_encoding.brushed == Brushed.WHITE else ~mask
    return _base64(mask_png(white))


def _trajectories(shot: Shot, area: int, size: tuple[int, int]) -> list[dict[str, int]]:
    path = shot.paths[area]
    rules.check_path(area, path)
    points = wire_points(path, shot.size, size)
    rules.check_points(area, points, size)
    return [{"x": x, "y": y} for x, y in points]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


_IMAGES = frozenset({"image", "image_tail", "static_mask", "mask"})


def _without_images(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_images(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _image_size(each)
        if key in _IMAGES and isinstance(each, str)
        else _without_images(each)
        for key, each in value.items()
    }


def _image_size(text: str) -> str:
    count = len(text) * 3 // 4 - (len(text) - len(text.rstrip("=")))
    return f"<image, {_spaced(count)} bytes>"


def _spaced(count: int) -> str:
    return f"{count:,}".replace(",", " ")
