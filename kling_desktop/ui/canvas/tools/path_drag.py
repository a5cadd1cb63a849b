"""Drags of a path's own points: one, several, or all of them."""

from __future__ import annotations

import math
from dataclasses import replace

from kling_desktop.model.path import Path, Point
from kling_desktop.model.path_shape import constrained, kept_inside
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.path_gesture import Gesture

SLIP = 3.0
"""Widget pixels that the pointer travels before a click that only selects becomes a drag."""


class DragPoint(Gesture):
    """Moves one point; with Shift it stays in a straight direction from its neighbour.

    A click with Shift that does not travel adds the point to those selected, or takes it away.
    """

    text = "Move point of path"

    def __init__(self, stage: Stage, at: Pointer, index: int, path: Path | None = None) -> None:
        """Of ``path`` where that is not the one in the shot: a point was just put in."""
        super().__init__(stage)
        self._path = path or self.before
        if path is not None:
            self.text = "Insert point into path"
        x, y = self._path.points[index]
        self._index, self._grip, self._start = index, (x - at.x, y - at.y), at
        self._travelled = False
        stage.try_path(self._path)
        if not at.shift:
            stage.select([index])

    def move(self, at: Pointer) -> None:
        slip = SLIP * self.stage.view.reach if self._start.shift else 0.0
        if not self._travelled and math.dist(at.point, self._start.point) <= slip:
            return
        self._travelled = True
        self.stage.select([self._index])
        points, index = self._path.points, self._index
        place = (at.x + self._grip[0], at.y + self._grip[1])
        if at.shift and len(points) > 1:
            place = constrained(points[index - 1 if index else 1], place)
        changed = (*points[:index], self.inside(place), *points[index + 1 :])
        self._path = replace(self._path, points=changed)
        self.stage.try_path(self._path)

    def end(self) -> Path:
        if self._start.shift and not self._travelled:
            self.stage.select(self.chosen ^ {self._index})
        return self._path


class DragPoints(Gesture):
    """Moves several points together, as far as the picture goes; with Shift in a straight
    direction. A click that does not travel selects the one point that it was on, if any."""

    text = "Move points of path"

    def __init__(
        self, stage: Stage, at: Pointer, indices: frozenset[int], *, clicked: int | None = None
    ) -> None:
        super().__init__(stage)
        self._start, self._indices, self._clicked = at, indices, clicked
        if len(indices) == len(self.before.points):
            self.text = "Move path"
        self._path = self.before

    def move(self, at: Pointer) -> None:
        start = self._start.point
        if self._path is self.before and math.dist(at.point, start) <= SLIP * self.stage.view.reach:
            return
        self._path = shifted(
            self.before,
            self._indices,
            _between(start, constrained(start, at.point) if at.shift else at.point),
            self.stage.view.image,
        )
        self.stage.try_path(self._path)

    def end(self) -> Path:
        if self._path is self.before and self._clicked is not None:
            one = frozenset({self._clicked})
            self.stage.select(self.chosen ^ one if self._start.shift else one)
        return self._path


def shifted(path: Path, indices: frozenset[int], by: Point, size: tuple[int, int]) -> Path:
    """The path with some of its points moved together, on a picture of that size."""
    dx, dy = kept_inside([path.points[index] for index in sorted(indices)], *by, size)
    points = (
        (x + dx, y + dy) if index in indices else (x, y) for index, (x, y) in enumerate(path.points)
    )
    return replace(path, points=tuple(points))


def _between(start: Point, end: Point) -> Point:
    return end[0] - start[0], end[1] - start[1]
