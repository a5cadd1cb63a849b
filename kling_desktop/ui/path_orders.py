"""What can be asked of a path as a whole, or of the points that are selected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from kling_desktop.model import areas
from kling_desktop.model.path import Path, Point, may_carry
from kling_desktop.model.path_shape import (
    Shape,
    clamped,
    middle,
    mirrored,
    reverse,
    rotated,
    scaled,
    smoothed,
    snapped_to,
)
from kling_desktop.model.shot import Shot
from kling_desktop.ui.area_orders import Amount

Paths = Mapping[int, Path]
Selected = frozenset[int]


class Kind(StrEnum):
    """Changes of the shape; the values end the ids of their actions."""

    REVERSE = "reverse"
    MIRROR_ACROSS = "mirrorH"
    MIRROR_DOWN = "mirrorV"
    SCALE = "scale"
    ROTATE = "rotate"
    SMOOTH = "smooth"


AMOUNTS = {
    Kind.SCALE: Amount("Size", 100, least=5, most=1000, suffix=" %", unit="per cent"),
    Kind.ROTATE: Amount("Turn by", 0, least=-180, most=180, suffix="°", unit="degrees"),
}
TEXTS = {
    Kind.REVERSE: "Reverse path",
    Kind.MIRROR_ACROSS: "Mirror path left and right",
    Kind.MIRROR_DOWN: "Mirror path top and bottom",
    Kind.SCALE: "Scale path",
    Kind.ROTATE: "Rotate path",
    Kind.SMOOTH: "Smooth path",
}
"""What the Edit menu calls the step, the area's number after it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One change of the path of an area, on the shot as it is."""

    kind: Kind
    area: int
    selected: Selected = frozenset()
    """Two points or more are changed alone."""

    @property
    def text(self) -> str:
        return f"{TEXTS[self.kind]} {self.area}"

    def changed(self, shot: Shot, amount: int = 0) -> Path:
        """The area's path afterwards, its points kept on the picture; ``amount`` is per cent or
        degrees. Whole paths are scaled and turned around their place on the area, parts of them
        around their middle."""
        path = shot.paths[self.area]
        part = sorted(self.selected) if len(self.selected) > 1 else range(len(path.points))
        taken = tuple(path.points[index] for index in part)
        whole = len(taken) == len(path.points)
        about = path.points[_foot(shot)] if whole else middle(taken)
        points = list(path.points)
        reshaped = self._reshaped(taken, about, amount)
        if self.kind in AMOUNTS:  # all others stay in the box of the points
            reshaped = tuple(clamped(point, *shot.size) for point in reshaped)
        for index, point in zip(part, reshaped, strict=True):
            points[index] = point
        return replace(path, points=tuple(points))

    def _reshaped(self, points: Shape, about: Point, amount: int) -> Shape:
        if self.kind == Kind.SCALE:
            return scaled(points, (amount / 100, amount / 100), about)
        if self.kind == Kind.ROTATE:
            return rotated(points, amount, about)
        if self.kind == Kind.REVERSE:
            return reverse(points)
        if self.kind == Kind.SMOOTH:
            return smoothed(points)
        return mirrored(points, across=self.kind == Kind.MIRROR_ACROSS)


def snapped(shot: Shot, area: int) -> Path | None:
    """The path of an area moved so that it starts, or in a shot that lands ends, in the middle of
    the area; None where it is not painted."""
    place = areas.centroid(shot.labels, area)
    return None if place is None else _put(shot, shot.paths[area], place)


def copied(shot: Shot, source: int, target: int) -> Path:
    """The path of one area for another: put on that area unless it is there already, or the area
    is not painted. It moves with the same area, unless that would go round in a circle."""
    path = shot.paths[source]
    if path.parent is not None and not may_carry(shot.paths, target, path.parent):
        path = replace(path, parent=None)
    place = areas.centroid(shot.labels, target)
    x, y = clamped(path.points[_foot(shot)], *shot.size)
    if place is None or shot.labels[int(y), int(x)] == target:
        return path
    return _put(shot, path, place)


def carried(shot: Shot, area: int, parent: int | None) -> Path | None:
    """The path of an area that moves with another one, or with none. An area without a path gets
    one of a single point, on which it is only carried; None where it is not painted either."""
    path = shot.paths.get(area)
    if path is None or not path.points:
        place = areas.centroid(shot.labels, area)
        if place is None:
            return None
        path = Path((clamped(place, *shot.size),))
    return replace(path, parent=parent)


def _foot(shot: Shot) -> int:
    """Index of the point that lies on the area: the start, or where the shot lands."""
    return -1 if shot.land else 0


def _put(shot: Shot, path: Path, place: Point) -> Path:
    points = snapped_to(path.points, place, end=shot.land)
    return replace(path, points=tuple(clamped(point, *shot.size) for point in points))
