"""Options of the tools that paint: size, smoothing and pen of the brush, and the edge brush."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from kling_desktop.ui.icons import RECOLOURS, icon
from kling_desktop.ui.panels.form import Number, guard_wheel
from kling_desktop.ui.panels.option_row import Measure, NumberKeys, Track, hint, row
from kling_desktop.ui.toolbox import Options, Toolbox

LARGEST = 1000.0
"""Diameter at the right end of the slider; the number goes further."""
STEPS = 300
SMOOTHEST = 30
CURVES = {"Soft": 0.6, "Even": 1.0, "Firm": 1.8}
"""Exponents of the pressure curve."""
EDGE = "Stops at edges."


class BrushSize(QWidget):
    """Size as a slider that is finer for small brushes, and as a number of pixels across."""

    done = Signal()
    """A number was entered: the keyboard may go back to the canvas."""

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._toolbox = toolbox
        self.slider = Track("brushSlider", "Brush size", width=144)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(20)
        self.slider.setToolTip("Brush size ([ and ], or Ctrl and the wheel)")
        self.number = Number(minimum=1, maximum=4000, decimals=0, suffix=" px")
        self.number.setObjectName("brushSize")
        self.number.setAccessibleName("Brush size in pixels across")
        words = QLabel("Size")
        words.setBuddy(self.number)
        layout = row(self)
        for part in (words, self.slider, self.number):
            layout.addWidget(part)
        guard_wheel(self.number)
        self.slider.valueChanged.connect(self._on_slider)
        self.number.valueChanged.connect(self._on_number)
        NumberKeys(self.number, self.slider).done.connect(self.done)
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


class PenButton(QToolButton):
    """A drop-down: whether a pen's pressure changes the size, and how."""

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._toolbox = toolbox
        self.setObjectName("penPressure")
        self.setAccessibleName("Pen pressure")
        self.setIconSize(QSize(20, 20))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self.pressure = QAction("Pressure changes the size", self, checkable=True)
        menu.addAction(self.pressure)
        menu.addSeparator()
        group = QActionGroup(self)
        self.curves: dict[str, QAction] = {}
        for word, softness in CURVES.items():
            action = QAction(f"{word} pen", self, checkable=True)
            action.triggered.connect(lambda _on=False, s=softness: toolbox.choose(softness=s))
            group.addAction(action)
            menu.addAction(action)
            self.curves[word] = action
        self.setMenu(menu)
        self.pressure.triggered.connect(lambda on: toolbox.choose(pressure=on))
        toolbox.options_changed.connect(self._show)
        self._show(toolbox.options)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RECOLOURS:
            self._draw()

    def _show(self, options: Options) -> None:
        self.pressure.setChecked(options.pressure)
        for word, softness in CURVES.items():
            self.curves[word].setChecked(softness == options.softness)
            self.curves[word].setEnabled(options.pressure)
        now = next((w.lower() for w, s in CURVES.items() if s == options.softness), "own")
        self.setToolTip(f"Pen pressure: {f'on, {now}' if options.pressure else 'off'}")

    def _draw(self) -> None:
        self.setIcon(icon("pen"))


class BrushOptions(QWidget):
    """Of brush and eraser."""

    done = Signal()

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.across = BrushSize(toolbox)
        self.slider, self.number = self.across.slider, self.across.number
        self.smoothing = Measure(
            "smoothing", "Smoothing", "Smoothing of strokes", limits=(0, SMOOTHEST)
        )
        self.smoothing.setToolTip("How far the stroke lags behind the hand to even it out")
        self.pen = PenButton(toolbox)
        layout = row(self)
        layout.addWidget(self.across)
        layout.addSpacing(8)
        layout.addWidget(self.smoothing)
        layout.addWidget(self.pen)
        layout.addStretch()
        self.across.done.connect(self.done)
        self.smoothing.done.connect(self.done)
        self.smoothing.changed.connect(lambda value: toolbox.choose(stabiliser=value))
        toolbox.options_changed.connect(self._show)
        self._show(toolbox.options)

    def _show(self, options: Options) -> None:
        self.smoothing.show_value(options.stabiliser)


class EdgeOptions(QWidget):
    """Of the edge brush."""

    done = Signal()

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.across = BrushSize(toolbox)
        self.sensitivity = Measure(
            "sensitivity",
            "Sensitivity",
            "Sensitivity of the edge brush, per cent",
            limits=(0, 100),
            suffix=" %",
        )
        self.sensitivity.setToolTip("How soon something else begins under the brush")
        layout = row(self)
        layout.addWidget(self.across)
        layout.addSpacing(8)
        layout.addWidget(self.sensitivity)
        layout.addSpacing(8)
        layout.addWidget(hint(EDGE), 1)
        self.across.done.connect(self.done)
        self.sensitivity.done.connect(self.done)
        self.sensitivity.changed.connect(lambda value: toolbox.choose(sensitivity=value / 100))
        toolbox.options_changed.connect(self._show)
        self._show(toolbox.options)

    def _show(self, options: Options) -> None:
        self.sensitivity.show_value(round(options.sensitivity * 100))
