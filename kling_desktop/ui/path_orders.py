"""What can be asked of a path as a whole, or of the points that are selected of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from kling_desktop.model import areas
from kling_desktop.model.checks_motion import lies_on
from kling_desktop.model.path import Path, Point, may_carry
from kling_desktop.model.path_shape import (
    Shape,
    clamped,
    fitted,
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
from kling_desktop.ui.colours import label

SMALLER = "The path was made smaller to stay inside the picture."
"""What is said where that was so."""
MOVED = "The path was moved to stay inside the picture. See that it still begins on its area."
"""The same of a preset, which keeps its size as long as it can."""
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


class Changed(NamedTuple):
    """What a path has become, and whether it had to be made ``smaller`` to fit the picture."""

    path: Path
    smaller: bool = False


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

    def changed(self, shot: Shot, amount: int = 0) -> Changed:
        """The area's path afterwards; ``amount`` is per cent or degrees. Whole paths are scaled and
        turned around their place on the area, parts of them around their middle; what would leave
        the picture then is moved back, its shape kept."""
        path = shot.paths[self.area]
        part = sorted(self.selected) if len(self.selected) > 1 else range(len(path.points))
        taken = tuple(path.points[index] for index in part)
        whole = len(taken) == len(path.points)
        about = path.points[_foot(shot)] if whole else middle(taken)
        points = list(path.points)
        reshaped, smaller = self._reshaped(taken, about, amount), False
        if self.kind in AMOUNTS:  # all others stay in the box of the points
            found = fitted(reshaped, shot.size)
            reshaped, smaller = found.points, found.smaller
        for index, point in zip(part, reshaped, strict=True):
            points[index] = point
        return Changed(replace(path, points=tuple(points)), smaller)

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


def snapped(shot: Shot, area: int) -> Changed | None:
    """The path of an area moved so that it starts, or in a shot that lands ends, in the middle of
    the area; None where it is not painted."""
    place = areas.centroid(shot.labels, area)
    return None if place is None else _put(shot, shot.paths[area], place)


def copied(shot: Shot, source: int, target: int) -> Changed:
    """The path of one area for another: put on that area unless it is there already, or the area
    is not painted. It moves with the same area, unless that would go round in a circle."""
    path = shot.paths[source]
    if path.parent is not None and not may_carry(shot.paths, target, path.parent):
        path = replace(path, parent=None)
    place = areas.centroid(shot.labels, target)
    if place is None or lies_on(shot, target, clamped(path.points[_foot(shot)], *shot.size)):
        return Changed(path)
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


def no_carrier(shot: Shot, area: int, other: int) -> str | None:
    """Why an area cannot move with another one; None where it can."""
    name, path = label(other, shot.looks), shot.paths.get(other)
    if path is None or not path.points:
        return f"{name} has no path."
    return None if may_carry(shot.paths, area, other) else f"{name} moves with this area already."


def towards_area(shot: Shot, area: int, points: Shape) -> Shape:
    """Points of a new path as the shot needs them: where it lands, a path that leaves its area is
    turned round."""
    if not shot.land or not points or lies_on(shot, area, points[-1]):
        return points
    return reverse(points) if lies_on(shot, area, points[0]) else points


def _foot(shot: Shot) -> int:
    """Index of the point that lies on the area: the start, or where the shot lands."""
    return -1 if shot.land else 0


def _put(shot: Shot, path: Path, place: Point) -> Changed:
    """The path with its foot in a place; it stays there, whatever the room for the rest."""
    points = snapped_to(path.points, place, end=shot.land)
    found = fitted(points, shot.size, pinned=_foot(shot))
    return Changed(replace(path, points=found.points), found.smaller)
