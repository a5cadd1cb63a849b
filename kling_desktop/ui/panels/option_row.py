"""What the rows of tool options are put together from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QWidget,
)

from kling_desktop.ui.panels.elided import Elided
from kling_desktop.ui.panels.form import guard_wheel
from kling_desktop.ui.theme import set_tone

SHORTEST = 32
"""Pixels below which a slider is of no use."""
SIGNS = frozenset("[]?")
"""Keys beside the letters that do something in the window."""


class Track(QSlider):
    """A slider that gives way to its number where there is no room for both."""

    def __init__(self, name: str, accessible: str, *, width: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._width = width
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(width)
        guard_wheel(self)

    def sizeHint(self) -> QSize:
        return QSize(self._width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.width() >= SHORTEST:
            super().paintEvent(event)


class NumberKeys(QObject):
    """Lets go of the keys that a number has no use for: letters are shortcuts, as everywhere in
    the window, and Escape or Enter leave."""

    done = Signal()

    def __init__(self, number: QAbstractSpinBox, slider: QSlider) -> None:
        super().__init__(number)
        self._number = number
        number.installEventFilter(self)
        slider.installEventFilter(self)
        number.lineEdit().returnPressed.connect(self.done)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and watched is self._number:
            letter = event.text().isalpha() or event.text() in SIGNS
            if letter and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
                event.ignore()
                return True
        elif event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.done.emit()
            return True
        return False


class Measure(QWidget):
    """A whole number as a slider with its number beside it."""

    changed = Signal(int)
    done = Signal()
    """A number was entered: the keyboard may go back to the canvas."""

    def __init__(
        self, name: str, label: str, accessible: str, *, limits: tuple[int, int], suffix: str = ""
    ) -> None:
        super().__init__()
        least, most = limits
        self.slider = Track(f"{name}Slider", accessible, width=96)
        self.slider.setRange(least, most)
        self.slider.setPageStep(max(1, most // 10))
        self.number = QSpinBox(minimum=least, maximum=most, suffix=suffix)
        self.number.setObjectName(name)
        self.number.setAccessibleName(accessible)
        guard_wheel(self.number)
        words = QLabel(label)
        words.setBuddy(self.number)
        layout = row(self)
        for part in (words, self.slider, self.number):
            layout.addWidget(part)
        self.slider.valueChanged.connect(self.changed)
        self.number.valueChanged.connect(self.changed)
        NumberKeys(self.number, self.slider).done.connect(self.done)

    def show_value(self, value: int) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(value)
            self.number.setValue(value)


def row(widget: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    return layout


def hint(text: str = "") -> Elided:
    """A quiet sentence that gives way where there is no room; its tip says it whole."""
    made = Elided(text)
    made.setToolTip(text)
    set_tone(made, "muted")
    return made


def chooser(name: str, accessible: str, entries: list[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible)
    for value, text in entries:
        box.addItem(text, value)
    guard_wheel(box)
    return box
