"""The fields of an export: format, size, frames a second, which way the motion runs, and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

from kling_desktop.motion.export import Kind, Loop, size
from kling_desktop.ui.dialogs.export_choices import (
    CUSTOM,
    LOOPS,
    NAMES,
    RATES,
    SOURCE,
    Choices,
    sizes,
)

GAP = 8


class ExportForm(QWidget):
    """Shows choices and reads them back."""

    changed = Signal()

    def __init__(self, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = (0, 0)
        self._choices = choices
        self._grid = QGridLayout(self)
        self.kind, self.size_box, self.rate, self.loop = (QComboBox() for _ in range(4))
        self.height_box = QSpinBox(minimum=1, maximum=1, suffix=" px high")
        self.height_box.setAccessibleName("Height in pixels")
        for kind, name in NAMES.items():
            self.kind.addItem(name, kind)
        for loop, name in LOOPS.items():
            self.loop.addItem(name, loop)
        self._lay_out()
        for box in (self.kind, self.size_box, self.rate, self.loop):
            box.activated.connect(self._on_activated)
        self.height_box.valueChanged.connect(self._on_activated)

    @property
    def choices(self) -> Choices:
        return self._choices

    def show_picture(self, width: int, height: int) -> None:
        """Offer the sizes of another picture."""
        if (width, height) != self._picture:
            self._picture = (width, height)
            self._show()

    def show_kind(self, kind: Kind) -> None:
        """Choose a format, as the ending of the file's name asks for; nobody is told."""
        self._choices = replace(self._choices, kind=kind)
        self._show()

    def size_of(self, kind: Kind) -> tuple[int, int]:
        """(width, height) in pixels of what would be exported."""
        width, height = self._picture
        return size(width, height, self._choices.high(height), kind)

    def add_row(self, words: str, *parts: QWidget) -> None:
        """One more field below the others, the first part being what takes the room."""
        row = self._grid.rowCount()
        label = QLabel(words)
        label.setBuddy(parts[0])
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for part in parts:
            line.addWidget(part, 1 if part is parts[0] else 0)
        self._grid.addWidget(label, row, 0)
        self._grid.addLayout(line, row, 1)

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP)
        self._grid.setColumnStretch(1, 1)
        self.height_box.setMinimumHeight(self.size_box.sizeHint().height())
        self.add_row("&Format", self.kind)
        self.add_row("&Size", self.size_box, self.height_box)
        self.add_row("Frames a se&cond", self.rate)
        self.add_row("&Play", self.loop)

    def _on_activated(self) -> None:
        """Something was chosen."""
        old, kind = self._choices, Kind(self.kind.currentData())
        new = replace(
            old,
            kind=kind,
            size=int(self.size_box.currentData()),
            height=self.height_box.value() if old.size == CUSTOM else old.height,
            loop=Loop(self.loop.currentData()),
        )
        if kind == old.kind:  # the rates that are shown are those of the old one
            rate = float(self.rate.currentData())
            gif = kind == Kind.GIF
            new = replace(new, gif_rate=rate) if gif else replace(new, rate=rate)
        self._choices = new
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        choices, (_, height) = self._choices, self._picture
        offered = sizes(height)
        shown = choices.size if choices.size in offered else SOURCE
        _fill(self.size_box, {each: self._size_words(each) for each in offered}, shown)
        _fill(self.rate, {each: f"{each:g}" for each in RATES[choices.kind]}, choices.fps)
        self.kind.setCurrentIndex(self.kind.findData(choices.kind))
        self.loop.setCurrentIndex(self.loop.findData(choices.loop))
        with QSignalBlocker(self.height_box):
            self.height_box.setMaximum(max(1, Choices().high(height)))
            self.height_box.setValue(choices.high(height))
        self.height_box.setVisible(choices.size == CUSTOM)

    def _size_words(self, high: int) -> str:
        if high == CUSTOM:
            return "Another height"
        width, height = self._picture
        wide, high_now = size(width, height, Choices(size=high).high(height), self._choices.kind)
        name = "As the picture" if high == SOURCE else f"{high}p"
        return f"{name} ({wide} × {high_now})"


def _fill(box: QComboBox, offered: Mapping[float, str], chosen: float) -> None:
    box.clear()
    for value, words in offered.items():
        box.addItem(words, value)
    box.setCurrentIndex(box.findData(chosen))
