"""What the hand holds: tool, area, brush, how selections combine, and how areas are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from kling_desktop.model.areas import AREAS
from kling_desktop.model.path_presets import Preset

MIN_RADIUS, MAX_RADIUS = 0.5, 2000.0


class Tool(StrEnum):
    PAN = "pan"
    BRUSH = "brush"
    ERASER = "eraser"
    EDGE = "edge"
    """The brush that paints only what belongs together under it."""
    LASSO = "lasso"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    WAND = "wand"
    SMART = "smart"
    FILL = "fill"
    PATH = "path"


class Combine(StrEnum):
    """What a selection does to the area in hand."""

    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


class Mark(StrEnum):
    """What a drag means to the smart selection."""

    BOX = "box"
    INSIDE = "inside"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Options:
    """How the tools work; kept from one start of the program to the next."""

    combine: Combine = Combine.ADD
    tolerance: int = 24
    """How far, per channel of 0…255, the wand lets a colour differ from the one clicked."""
    contiguous: bool = True
    """Whether the wand takes only what is connected to the place clicked."""
    sensitivity: float = 0.5
    """Of the edge-snapping brush, 0…1: how soon something else begins."""
    mark: Mark = Mark.BOX
    pressure: bool = False
    """Whether a pen's pressure changes the brush radius."""
    softness: float = 1.0
    """Exponent of the pressure curve: above 1 a pen must be pressed harder."""
    stabiliser: int = 0
    """How many of the last positions the brush follows the mean of; 0 follows the pointer."""
    preset: Preset | None = None
    """The ready-made path that a drag of the path tool places; None draws. Not kept: a start of the
    program begins by drawing."""


class Toolbox(QObject):
    """State of the hand; no part of the shot and not undone."""

    tool_changed = Signal(object)
    area_changed = Signal(int)
    radius_changed = Signal(float)
    options_changed = Signal(object)
    view_changed = Signal()
    """Hidden or locked areas, the one shown alone, or how strongly they are shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tool, self._area, self._radius = Tool.BRUSH, 1, 24.0
        self._options = Options()
        self._hidden: frozenset[int] = frozenset()
        self._locked: frozenset[int] = frozenset()
        self._solo: int | None = None
        self._strengths: dict[int, float] = {}

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
    def options(self) -> Options:
        return self._options

    def choose(self, **changes: Any) -> None:
        """Change options by name."""
        options = replace(self._options, **changes)
        if options != self._options:
            self._options = options
            self.options_changed.emit(options)

    def swap_eraser(self) -> None:
        """From the brush, or any other tool, to the eraser, and from there to the brush."""
        self.tool = Tool.BRUSH if self._tool == Tool.ERASER else Tool.ERASER

    # How areas are shown

    @property
    def hidden(self) -> frozenset[int]:
        """Areas that are not shown (they stay part of the shot)."""
        if self._solo is None:
            return self._hidden
        return frozenset(AREAS) - {self._solo}

    @property
    def locked(self) -> frozenset[int]:
        """Areas that no tool changes."""
        return self._locked

    @property
    def kept(self) -> frozenset[int]:
        """Areas that a tool with the area in hand leaves as they are: those that are locked, and
        those that cannot be seen."""
        return self._locked | (self.hidden - {self._area})

    @property
    def solo(self) -> int | None:
        """The area that is shown alone, if any."""
        return self._solo

    @property
    def strengths(self) -> Mapping[int, float]:
        """How strongly an area's colour is shown, 0…1; 1 where it is not named."""
        return self._strengths

    def set_hidden(self, area: int, *, hidden: bool) -> None:
        """Showing another area than the one that is shown alone, or hiding that one, shows them all
        again but for those that were hidden."""
        if self._solo is not None and hidden == (self._solo == area):
            self._solo = None
        self._hidden = self._hidden | {area} if hidden else self._hidden - {area}
        self.view_changed.emit()

    def set_locked(self, area: int, *, locked: bool) -> None:
        self._locked = self._locked | {area} if locked else self._locked - {area}
        self.view_changed.emit()

    def set_solo(self, area: int | None) -> None:
        self._solo = area
        if area is not None:
            self._hidden -= {area}
        self.view_changed.emit()

    def set_strength(self, area: int, strength: float) -> None:
        self._strengths[area] = min(max(strength, 0.0), 1.0)
        self.view_changed.emit()
