"""What every drag of the path tool has in common: from press to release, seen while it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from kling_desktop.model.path import Path, Point
from kling_desktop.model.path_shape import clamped
from kling_desktop.ui.canvas.stage import Pointer, Stage


class Gesture:
    """A drag that changes the path in hand, or what is selected of it."""

    text = ""
    """What the Edit menu calls the step."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.before, self.chosen = stage.path, stage.selected
        """The path and the selection that it began with."""

    def move(self, at: Pointer) -> None:
        """The pointer is there now."""

    def end(self) -> Path:
        """What the path has become; ``before`` where it is as it was."""
        return self.before

    def cancel(self) -> None:
        """Take back what it did to the selection."""
        self.stage.select(self.chosen)

    def draw(self, painter: QPainter) -> None:
        """Draw what is no path yet; the painter is set to device pixels."""

    @property
    def marked(self) -> QRect:
        """The widget pixels that it draws in."""
        return QRect()

    # For those that derive from it

    def inside(self, point: Point) -> Point:
        """The nearest place on the picture."""
        return clamped(point, *self.stage.view.image)

    def with_points(self, points: Sequence[Point]) -> Path:
        """The path it began with, through other points on the picture."""
        return replace(self.before, points=tuple(self.inside(point) for point in points))
