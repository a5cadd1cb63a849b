"""Areas and their paths as the fields of a request: a mask for each, or one indexed image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels, Mask
from kling_desktop.model.shot import Shot
from kling_desktop.providers import body_rules as rules
from kling_desktop.providers.body_rules import BodyError
from kling_desktop.providers.profiles import Profile
from kling_desktop.providers.shapes import Brushed, Colour, MaskKind, Origin
from kling_desktop.providers.trajectory import wire_points

THREADS = 4
"""Encoding masks is most of the work of a request."""
MaskWriter = Callable[[Mask], bytes]
"""(height, width) bool → PNG, True as white."""
IndexedWriter = Callable[[Labels, Sequence[Colour]], bytes]
"""(height, width) map of 0 (nothing) and 1… → PNG; value k has the k-th colour."""


@dataclass(frozen=True, slots=True)
class Painted:
    """The areas that are sent, at the sent size."""

    labels: Labels
    moving: tuple[int, ...]
    static: bool
    points: dict[int, list[tuple[int, int]]]
    """Moving area → its wire points, origin bottom-left."""


def mask_fields(
    shot: Shot,
    size: tuple[int, int],
    profile: Profile,
    *,
    mask_png: MaskWriter,
    indexed_png: IndexedWriter | None,
) -> dict[str, Any]:
    """The fields that carry the areas, images as bytes; empty where nothing is painted.

    Raises BodyError with a sentence.
    """
    rules.check_labels(shot)
    found = _painted(shot, size)
    if not (found.moving or found.static):
        return {}
    if profile.mask_encoding.kind == MaskKind.SEPARATE:
        return _separate(found, profile, mask_png)
    if indexed_png is None:
        raise BodyError(
            f"{profile.label} wants all areas in one indexed image, which cannot be written here. "
            "Choose another account for a shot with areas."
        )
    return _indexed(found, profile, indexed_png)


def _painted(shot: Shot, size: tuple[int, int]) -> Painted:
    counted = areas.counts(shot.labels)
    moving = tuple(area for area in areas.MOVING if counted[area] and area in shot.paths)
    static = counted[areas.STATIC] > 0
    labels = areas.scaled(shot.labels, *size) if size != shot.size else shot.labels
    left = areas.counts(labels) if labels is not shot.labels else counted
    for area in (*moving, *([areas.STATIC] if static else [])):
        rules.require(
            left[area],
            f"{rules.area_name(area)} is so small that nothing is left of it in the picture that "
            "is sent. Paint it larger, or clear it.",
        )
    return Painted(labels, moving, static, {area: _points(shot, area, size) for area in moving})


def _points(shot: Shot, area: int, size: tuple[int, int]) -> list[tuple[int, int]]:
    path = shot.paths[area]
    rules.check_path(area, path)
    points = wire_points(path, shot.size, size)
    rules.check_points(area, points, size)
    return points


def _separate(found: Painted, profile: Profile, mask_png: MaskWriter) -> dict[str, Any]:
    """``static_mask`` and ``dynamic_masks``, as the API page has them."""
    white = profile.mask_encoding.brushed == Brushed.WHITE

    def png(area: int) -> bytes:
        mask = areas.mask(found.labels, area)
        return mask_png(mask if white else ~mask)

    wanted = [*found.moving, *([areas.STATIC] if found.static else [])]
    with ThreadPoolExecutor(THREADS, "masks") as pool:  # the encoder lets other threads run
        masks = dict(zip(wanted, pool.map(png, wanted), strict=True))
    fields: dict[str, Any] = {}
    if found.static:
        fields["static_mask"] = masks[areas.STATIC]
    if found.moving:
        fields["dynamic_masks"] = [
            {"mask": masks[area], "trajectories": _sent(found, area, profile)}
            for area in found.moving
        ]
    return fields


def _indexed(found: Painted, profile: Profile, indexed_png: IndexedWriter) -> dict[str, Any]:
    """``motion_brush`` as PiAPI's own motion brush tool writes it (2024): one image of colours, and
    the points of the k-th moving colour in the k-th of ``dynamic_masks``."""
    colours = profile.mask_encoding.moving[: len(found.moving)]
    values = np.zeros(areas.STATIC + 1, np.uint8)
    for number, area in enumerate((*found.moving, *([areas.STATIC] if found.static else [])), 1):
        values[area] = number
    static = (profile.mask_encoding.static,) if found.static else ()
    return {
        "motion_brush": {
            "mask_url": indexed_png(values[found.labels], (*colours, *static)),
            "static_masks": [{"points": []}],
            "dynamic_masks": [{"points": _sent(found, area, profile)} for area in found.moving],
        }
    }


def _sent(found: Painted, area: int, profile: Profile) -> list[dict[str, int]]:
    top = found.labels.shape[0] - 1
    from_top = profile.request.origin == Origin.TOP_LEFT
    return [{"x": x, "y": top - y if from_top else y} for x, y in found.points[area]]
