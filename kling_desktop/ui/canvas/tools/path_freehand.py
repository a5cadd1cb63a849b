"""Adds a point to a path by a click, or draws a line freehand by a drag."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from kling_desktop.model.path import Path, Point
from kling_desktop.model.path_shape import constrained, simplified
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.path_gesture import Gesture
from kling_desktop.ui.canvas.tools.path_ink import Ink
from kling_desktop.ui.colours import colour
from kling_desktop.ui.path_orders import towards_area

DRAG, EXTENDS, REPLACES = 4.0, 12.0, 24.0
"""Widget pixels that the pointer travels before a click becomes a freehand line: the first one of
an area, one that goes on from the end of its path, one that takes the place of its path."""
PEN_SLIP = 1.5
"""How many times as far a pen slips."""
NEAR = 24.0
"""Widget pixels around the last point of a path in which a freehand line goes on from it."""
TOLERANCE = 1.5
"""Widget pixels by which a freehand line may be simplified."""


class Draw(Gesture):
    """A click puts a point at the path's end. A longer drag draws a line: on from the path's end
    near which it began, or from the only point there was, or in place of a whole path. It becomes
    a path on release; until then it is ink, for pointers move faster than curves are made. In a
    shot that lands, a new line that was drawn off its area runs the other way."""

    text = "Add point to path"

    def __init__(self, stage: Stage, at: Pointer) -> None:
        super().__init__(stage)
        self.drawn = False
        """Whether it has become a line."""
        points, place = self.before.points, at.point
        if at.shift and points:
            place = constrained(points[-1], place)
        self._start, self._line = at.point, [self.inside(place)]
        self._reach = stage.view.reach
        self._path = replace(self.before, points=(*points, *self._line))
        self._ink = Ink(colour(stage.toolbox.area, stage.document.shot.looks))
        stage.try_path(self._path)
        stage.select([len(points)])

    @property
    def goes_on(self) -> bool:
        """Whether a line goes on from the path that is there."""
        points = self.before.points
        if len(points) < 2:
            return bool(points)
        return math.dist(points[-1], self._start) <= NEAR * self._reach

    def move(self, at: Pointer) -> None:
        place = self.inside(constrained(self._line[0], at.point) if at.shift else at.point)
        if at.shift:
            del self._line[1:]
        self._line.append(place)
        if not self.drawn:
            if not self._beyond_slip(at):
                return
            self._begin()
        elif at.shift:
            self._spread(self._ink.restart(self._inked()))
        else:
            self._spread(self._ink.add(place))

    def end(self) -> Path:
        if not self.drawn:
            return self._path
        points, tolerance = self.before.points, TOLERANCE * self._reach
        line = simplified(self._inked(), tolerance)
        if self.goes_on:
            return replace(self.before, points=(*points[:-1], *line))
        shot, area = self.stage.document.shot, self.stage.toolbox.area
        return replace(self.before, points=towards_area(shot, area, line))

    def draw(self, painter: QPainter) -> None:
        if self.drawn:
            self._ink.draw(painter, self.stage.view)

    @property
    def marked(self) -> QRect:
        return self._ink.covered(self.stage.view) if self.drawn else QRect()

    def _beyond_slip(self, at: Pointer) -> bool:
        """Short of that it is still a click that slips."""
        slip = EXTENDS if self.goes_on else REPLACES if self.before.points else DRAG
        travelled = math.dist(at.point, self._start)
        return travelled >= slip * self._reach * (PEN_SLIP if at.pen else 1)

    def _begin(self) -> None:
        self.drawn, self.text = True, "Draw path"
        self.stage.select()
        self.stage.try_path(self.before if self.goes_on else None)
        self._spread(self._ink.restart(self._inked()))

    def _inked(self) -> list[Point]:
        """The line, from the point that it goes on from."""
        return [*self.before.points[-1:], *self._line] if self.goes_on else list(self._line)

    def _spread(self, places: tuple[Point, ...]) -> None:
        """Repaint what lies between some places of the line."""
        self.stage.update(Ink.around(places, self.stage.view))
