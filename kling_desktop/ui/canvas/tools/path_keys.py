"""The points of a path by the keyboard alone: which one is next, and where a new one goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kling_desktop.model.path import Path, Point, flatten, vertices
from kling_desktop.model.path_shape import clamped
from kling_desktop.ui.canvas.view import View

APART = 24.0
"""Widget pixels from a new point to one that is in its place already."""


def neighbour(selected: frozenset[int], count: int, *, backward: bool) -> int | None:
    """Index of the point after those selected, or before them, around the ends; the first, or the
    last, where none is. None where there are no points."""
    if not count:
        return None
    if not selected:
        return count - 1 if backward else 0
    return (min(selected) - 1 if backward else max(selected) + 1) % count


def with_point(path: Path, selected: frozenset[int], view: View) -> tuple[Path, int]:
    """The path with one point more, and the index of it: on the curve half way from the last point
    selected to the next one, or else at the end, in the middle of what is seen of the picture."""
    points, index = path.points, max(selected, default=len(path.points)) + 1
    if index < len(points):
        return replace(
            path, points=(*points[:index], _half_way(path, index), *points[index:])
        ), index
    return replace(path, points=(*points, _in_sight(points, view))), len(points)


def _half_way(path: Path, index: int) -> Point:
    """The middle of the piece of curve that ends at a point."""
    begin, end = vertices(path)[index - 1 : index + 1]
    piece = flatten(path)[begin : end + 1]
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(piece, axis=0).T))))
    x, y = (float(np.interp(along[-1] / 2, along, piece[:, axis])) for axis in (0, 1))
    return x, y


def _in_sight(points: tuple[Point, ...], view: View) -> Point:
    """The middle of what is seen, or beside it where there is a point already."""
    seen, step = view.visible(), APART * view.reach
    place = clamped(((seen.x0 + seen.x1) / 2, (seen.y0 + seen.y1) / 2), *view.image)
    while place in points:
        beside = clamped((place[0] + step, place[1]), *view.image)
        if beside == place:
            break
        place = beside
    return place
