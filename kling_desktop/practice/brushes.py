"""Rules of the motion brush: masks that fit and keep apart, trajectories inside the image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kling_desktop.practice import pictures
from kling_desktop.practice.order import Broken, Brush, Still
from kling_desktop.practice.pictures import Brushed

MOST_GROUPS = 6
FEWEST_POINTS, MOST_POINTS = 2, 77

Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """The masks of a request. ``misfit`` is set where wrong sizes were let through."""

    static: Still | None = None
    groups: tuple[Brush, ...] = ()
    misfit: str | None = None


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One mask under examination."""

    field: str
    still: Still
    pixels: Brushed


def read(static: object, dynamic: object, image: Still, *, late: bool) -> Masked:
    """Both brush fields, absent ones as None, against the image they were painted on.

    With ``late``, masks of the wrong size or aspect come back as ``misfit``; everything else that
    is wrong raises Broken.
    """
    points = _trajectories(dynamic, image.width, image.height)
    sheets = [_sheet(mask, f"dynamic_masks[{n}].mask") for n, (mask, _) in enumerate(points)]
    groups = tuple(
        Brush(sheet.still, trajectory)
        for sheet, (_, trajectory) in zip(sheets, points, strict=True)
    )
    pinned = None
    if static is not None:
        sheets.append(_sheet(static, "static_mask"))
        pinned = sheets[-1].still
    misfit = _misfit(sheets, image)
    if misfit is not None:
        if not late:
            raise misfit
        return Masked(pinned, groups, misfit.detail)
    _require_apart(sheets)
    return Masked(pinned, groups)


def _trajectories(dynamic: object, width: int, height: int) -> list[tuple[object, Points]]:
    """(mask, trajectory) of every group, the masks not looked at yet."""
    if dynamic is None:
        return []
    if not isinstance(dynamic, list):
        raise Broken("dynamic_masks", "must be an array of {mask, trajectories}")
    if len(dynamic) > MOST_GROUPS:
        reason = f"has {len(dynamic)} groups; at most {MOST_GROUPS} are allowed"
        raise Broken("dynamic_masks", reason)
    found = []
    for number, group in enumerate(dynamic):
        field = f"dynamic_masks[{number}]"
        if not isinstance(group, dict):
            raise Broken(field, "must be an object {mask, trajectories}")
        if group.get("mask") in (None, ""):
            raise Broken(f"{field}.mask", "is missing")
        points = _trajectory(
            group.get("trajectories"), f"{field}.trajectories", width=width, height=height
        )
        found.append((group["mask"], points))
    return found


def _trajectory(value: object, field: str, *, width: int, height: int) -> Points:
    if not isinstance(value, list):
        raise Broken(field, "must be an array of {x, y}")
    if not FEWEST_POINTS <= len(value) <= MOST_POINTS:
        many = "1 point" if len(value) == 1 else f"{len(value)} points"
        raise Broken(field, f"has {many}; it needs {FEWEST_POINTS} to {MOST_POINTS}")
    found = []
    for number, point in enumerate(value):
        place = f"{field}[{number}]"
        if not isinstance(point, dict):
            raise Broken(place, "must be an object {x, y}")
        found.append(
            (_coordinate(point, place, "x", width), _coordinate(point, place, "y", height))
        )
    return tuple(found)


def _coordinate(point: Mapping[str, object], place: str, axis: str, side: int) -> int:
    field = f"{place}.{axis}"
    if axis not in point:
        raise Broken(field, "is missing")
    value = point[axis]
    if isinstance(value, bool) or not isinstance(value, int):
        raise Broken(field, "must be a whole number of pixels")
    if not 0 <= value < side:
        shown = f"{value} " if abs(value) < 10**9 else ""
        raise Broken(field, f"{shown}lies outside the image, which has 0 to {side - 1}")
    return value


def _sheet(value: object, field: str) -> _Sheet:
    still, image = pictures.decode(pictures.from_base64(value, field), field)
    pixels = pictures.brushed(image)
    if not pixels.any():
        raise Broken(field, "has no brushed pixel; paint the area white on black")
    return _Sheet(field, still, pixels)


def _misfit(sheets: list[_Sheet], image: Still) -> Broken | None:
    """The first mask whose aspect is not the image's, or whose size is not the first mask's."""
    for sheet in sheets:
        size = f"{sheet.still.width} × {sheet.still.height} px"
        if not _same_aspect(sheet.still, image):
            reason = f"is {size}; its aspect ratio must be that of the image, "
            return Broken(sheet.field, f"{reason}{image.width} × {image.height} px")
        first = sheets[0]
        if sheet.pixels.shape != first.pixels.shape:
            other = f"{first.still.width} × {first.still.height} px of {first.field}"
            reason = f"is {size}; all masks must have one resolution, here {other}"
            return Broken(sheet.field, reason)
    return None


def _same_aspect(mask: Still, image: Still) -> bool:
    """Equal ratios, give or take the rounding of a scaled side to whole pixels."""
    across = abs(mask.width - mask.height * image.width / image.height)
    down = abs(mask.height - mask.width * image.height / image.width)
    return min(across, down) < 1.0


def _require_apart(sheets: list[_Sheet]) -> None:
    for number, sheet in enumerate(sheets):
        for earlier in sheets[:number]:
            shared = int((sheet.pixels & earlier.pixels).sum())
            if shared:
                reason = f"overlaps {earlier.field} in {shared} px; areas must keep apart"
                raise Broken(sheet.field, reason)
