"""The pan tool: the canvas moves the picture itself, as it does with space or the middle button."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kling_desktop.ui.canvas.tools.base import CanvasTool


class Pan(CanvasTool):
    """Only a cursor; see ``Canvas`` for why moving the view is no gesture of a tool."""

    cursor = Qt.CursorShape.OpenHandCursor
