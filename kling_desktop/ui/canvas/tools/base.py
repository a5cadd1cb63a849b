"""What every tool can be told; by itself it does nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from kling_desktop.ui.canvas.stage import Pointer, Stage


class CanvasTool:
    """A tool in the hand. Positions are image pixels; one gesture runs from press to release."""

    cursor = Qt.CursorShape.ArrowCursor
    ring = False
    """Whether the brush ring is shown around the pointer."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @property
    def active(self) -> bool:
        """Whether a gesture is under way that ``cancel`` would take back."""
        return False

    def press(self, at: Pointer) -> None:
        """The left button, or the pen, went down."""

    def double(self, at: Pointer) -> None:
        """The second press of a double click."""
        self.press(at)

    def drag(self, at: Pointer) -> None:
        """Moved with the button down."""

    def hover(self, at: Pointer) -> None:
        """Moved with no button down."""

    def release(self, at: Pointer) -> None:
        """The button went up."""

    def key(self, key: int, keys: Qt.KeyboardModifier, *, repeats: bool) -> bool:  # noqa: ARG002
        """A key went down; True where the tool used it."""
        return False

    def cancel(self) -> None:
        """Take back the gesture under way."""

    def settle(self) -> None:
        """Another tool comes: what was begun by clicks and can be kept becomes a step."""

    def leave(self) -> None:
        """Another tool or shot comes: forget whatever belongs to the old one."""
        self.cancel()

    def area_changed(self) -> None:
        """Another area is in hand; a gesture may go on where that does no harm."""

    def draw(self, painter: QPainter) -> None:
        """Draw on top of everything; the painter is set to device pixels."""
