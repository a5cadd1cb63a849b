"""The options of the tool in hand: brush size, or curve and timing of the area's path."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QWidget,
)

from kling_desktop.model.areas import STATIC
from kling_desktop.model.path import Curve, Timing
from kling_desktop.ui.colours import label
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.form import guard_wheel, slider
from kling_desktop.ui.theme import set_tone
from kling_desktop.ui.toolbox import Tool, Toolbox

LARGEST = 1000.0
"""Diameter at the right end of the slider; the number goes further."""
STEPS = 300
STEP = 1.18
"""What one press of [ or ] changes the size by."""

CURVES = {Curve.SMOOTH: "Smooth", Curve.STRAIGHT: "Straight"}
TIMINGS = {
    Timing.LINEAR: "Even speed",
    Timing.EASE_IN: "Start slowly",
    Timing.EASE_OUT: "End slowly",
    Timing.EASE_IN_OUT: "Start and end slowly",
}
HINTS = {
    Tool.PAN: "Drag to move the view.",
    Tool.LASSO: "Draw around what belongs to the area.",
    Tool.WAND: "Click a colour to add what touches it.",
    Tool.SMART: "Drag a box around something to add it.",
}


class BrushOptions(QWidget):
    """Size as a slider that is finer for small brushes, and as a number of pixels across."""

    done = Signal()
    """A number was entered: the keyboard may go back to the canvas."""

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._toolbox = toolbox
        self.slider = slider("brushSlider", "Brush size", minimum=0, maximum=STEPS, page=20)
        self.slider.setToolTip("Brush size ([ and ], or Ctrl and the wheel)")
        self.slider.setFixedWidth(160)
        self.number = QDoubleSpinBox(minimum=1, maximum=4000, decimals=0, suffix=" px")
        self.number.setObjectName("brushSize")
        self.number.setAccessibleName("Brush size in pixels across")
        layout = _row(self)
        layout.addWidget(QLabel("Size"))
        layout.addWidget(self.slider)
        layout.addWidget(self.number)
        layout.addStretch()
        guard_wheel(self.number)
        self.slider.valueChanged.connect(self._on_slider)
        self.number.valueChanged.connect(self._on_number)
        self.number.lineEdit().returnPressed.connect(self.done)
        toolbox.radius_changed.connect(self._show)
        self._show(toolbox.radius)

    def _on_slider(self, step: int) -> None:
        self._toolbox.radius = LARGEST ** (step / STEPS) / 2

    def _on_number(self, across: float) -> None:
        self._toolbox.radius = across / 2

    def _show(self, radius: float) -> None:
        across = max(1.0, 2 * radius)
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(round(STEPS * math.log(across, LARGEST)))
            self.number.setValue(across)


class PathOptions(QWidget):
    """Curve and timing of the path of the area in hand."""

    def __init__(self, document: Document, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._toolbox = document, toolbox
        self.curve = _chooser("pathCurve", "Curve of the path", list(CURVES.items()))
        self.timing = _chooser("pathTiming", "Timing of the path", list(TIMINGS.items()))
        self.hint = QLabel()
        set_tone(self.hint, "muted")
        layout = _row(self)
        for part in (QLabel("Curve"), self.curve, QLabel("Timing"), self.timing, self.hint):
            layout.addWidget(part)
        layout.addStretch()
        self.curve.currentIndexChanged.connect(self._on_chosen)
        self.timing.currentIndexChanged.connect(self._on_chosen)
        document.opened.connect(self._refresh)
        document.paths_changed.connect(self._refresh)
        toolbox.area_changed.connect(self._refresh)
        self._refresh()

    def _on_chosen(self) -> None:
        area = self._toolbox.area
        path = self._document.shot.paths.get(area)
        if path is not None:
            curve, timing = Curve(self.curve.currentData()), Timing(self.timing.currentData())
            changed = replace(path, curve=curve, timing=timing)
            self._document.set_path(area, changed, f"Change path {area}")

    def _refresh(self) -> None:
        path = self._document.shot.paths.get(self._toolbox.area)
        with QSignalBlocker(self.curve), QSignalBlocker(self.timing):
            if path is not None:
                self.curve.setCurrentIndex(self.curve.findData(path.curve))
                self.timing.setCurrentIndex(self.timing.findData(path.timing))
        for box in (self.curve, self.timing):
            box.setEnabled(path is not None)
        words = label(self._toolbox.area)
        still = self._toolbox.area == STATIC
        said = (
            "The static area has no path." if still else f"{words}: click, or drag, where it goes."
        )
        self.hint.setText("" if path is not None else said)


class ToolOptions(QStackedWidget):
    """Shows what belongs to the tool in hand."""

    done = Signal()

    def __init__(self, document: Document, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.brush = BrushOptions(toolbox)
        self.path = PathOptions(document, toolbox)
        self.hint = QLabel()
        set_tone(self.hint, "muted")
        for page in (self.brush, self.path, self.hint):
            self.addWidget(page)
        self.brush.done.connect(self.done)
        toolbox.tool_changed.connect(self._on_tool_changed)
        self._on_tool_changed(toolbox.tool)

    def _on_tool_changed(self, tool: Tool) -> None:
        if tool in {Tool.BRUSH, Tool.ERASER}:
            self.setCurrentWidget(self.brush)
        elif tool == Tool.PATH:
            self.setCurrentWidget(self.path)
        else:
            self.hint.setText(HINTS[tool])
            self.setCurrentWidget(self.hint)


def _row(widget: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return layout


def _chooser(name: str, accessible: str, entries: list[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible)
    for value, text in entries:
        box.addItem(text, value)
    guard_wheel(box)
    return box
