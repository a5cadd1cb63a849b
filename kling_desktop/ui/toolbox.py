"""What the hand holds: tool, area, brush size, and which areas are hidden or locked."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from kling_desktop.model.areas import AREAS

MIN_RADIUS, MAX_RADIUS = 0.5, 2000.0


class Tool(StrEnum):
    PAN = "pan"
    BRUSH = "brush"
    ERASER = "eraser"
    LASSO = "lasso"
    WAND = "wand"
    SMART = "smart"
    PATH = "path"


class Toolbox(QObject):
    """State of the hand; no part of the shot and not undone."""

    tool_changed = Signal(object)
    area_changed = Signal(int)
    radius_changed = Signal(float)
    view_changed = Signal()
    """Hidden or locked areas."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tool, self._area, self._radius = Tool.BRUSH, 1, 24.0
        self._hidden: frozenset[int] = frozenset()
        self._locked: frozenset[int] = frozenset()

    @property
    def tool(self) -> Tool:
        return self._tool

    @tool.setter
    def tool(self, tool: Tool) -> None:
        if tool != self._tool:
            self._tool = tool
            self.tool_changed.emit(tool)

    @property
    def area(self) -> int:
        """The area that is painted and whose path is drawn: 1–6 moving, 7 static."""
        return self._area

    @area.setter
    def area(self, area: int) -> None:
        if area in AREAS and area != self._area:
            self._area = area
            self.area_changed.emit(area)

    @property
    def radius(self) -> float:
        """Brush radius in image pixels."""
        return self._radius

    @radius.setter
    def radius(self, radius: float) -> None:
        radius = min(max(float(radius), MIN_RADIUS), MAX_RADIUS)
        if radius != self._radius:
            self._radius = radius
            self.radius_changed.emit(radius)

    @property
    def hidden(self) -> frozenset[int]:
        """Areas that are not shown (they stay part of the shot)."""
        return self._hidden

    @property
    def locked(self) -> frozenset[int]:
        """Areas that no tool changes."""
        return self._locked

    def set_hidden(self, area: int, *, hidden: bool) -> None:
        self._hidden = self._hidden | {area} if hidden else self._hidden - {area}
        self.view_changed.emit()

    def set_locked(self, area: int, *, locked: bool) -> None:
        self._locked = self._locked | {area} if locked else self._locked - {area}
        self.view_changed.emit()
