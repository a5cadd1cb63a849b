"""What every drag of the path tool has in common: from press to release, seen while it lasts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from kling_desktop.model.path import Path, Point
from kling_desktop.model.path_shape import Shape, clamped, fitted
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.path_orders import SMALLER


class Gesture:
    """A drag that changes the path in hand, or what is selected of it."""

    text = ""
    """What the Edit menu calls the step."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.before, self.chosen = stage.path, stage.selected
        """The path and the selection that it began with."""
        self.said = ""
        """What the artist has to know of how the shape was kept on the picture, a sentence."""

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

    def fitted(self, points: Sequence[Point]) -> Shape:
        """The points on the picture, their shape kept."""
        found = fitted(points, self.stage.view.image)
        self.said = SMALLER if found.smaller else ""
        return found.points
