"""Rows of a form: a label, a field, and a line that says why the field cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtGui import QStandardItemModel, QValidator
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from kling_desktop.ui.theme import set_tone

LABEL_WIDTH = 104


class Hint(QLabel):
    """A small wrapped sentence that takes no room while it is empty."""

    def __init__(self, tone: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "small")
        self.setProperty("tone", tone)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def say(self, sentence: str, tone: str = "muted") -> None:
        self.setText(sentence)
        self.setVisible(bool(sentence))
        set_tone(self, tone)


class Number(QDoubleSpinBox):
    """A number to type. One beyond the limits becomes the nearest that is allowed, once it is typed:
    Qt would swallow the digit that goes too far, and leave another number than was meant."""

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        found = super().validate(text, place)
        if found[0] == QValidator.State.Invalid and self._typed(text) is not None:
            return QValidator.State.Intermediate, text, place
        return found

    def fixup(self, text: str) -> str:
        typed = self._typed(text)
        if typed is None:
            return text
        return self.textFromValue(min(max(typed, self.minimum()), self.maximum())) + self.suffix()

    def _typed(self, text: str) -> float | None:
        value, sound = self.locale().toDouble(text.removesuffix(self.suffix()).strip())
        return value if sound else None


class Row:
    """One field in a form's grid; ``allow`` enables it, or says why it cannot be used."""

    def __init__(
        self,
        grid: QGridLayout,
        label: str | QWidget | None,
        field: QWidget,
        *,
        span: int = 1,
    ) -> None:
        """``span`` counts the columns of the field; without a label it stands on the line of the
        row before, in the second of them."""
        row, column = (grid.rowCount(), 1) if label is not None else (grid.rowCount() - 2, 2)
        self.field, self.hint = field, Hint()
        self.label = _label(label, field) if isinstance(label, str) else label or field
        self._tip = field.toolTip()
        if label is not None:
            grid.addWidget(self.label, row, 0)
        grid.addWidget(field, row, column, 1, span)
        grid.addWidget(self.hint, row + column, 0, 1, -1)
        guard_wheel(field)

    def allow(self, reason: str | None) -> None:
        """Enable the field (None), or disable it and show the reason."""
        self.field.setEnabled(reason is None)
        self.field.setToolTip(reason or self._tip)
        self.hint.say(reason or "")


def form() -> tuple[QWidget, QGridLayout]:
    """An empty form: a widget and the grid that rows are added to."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    return widget, grid


def button(text: str, name: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    return made


def frame(name: str) -> QFrame:
    made = QFrame()
    made.setObjectName(name)
    return made


def slider(name: str, accessible: str, *, minimum: int, maximum: int, page: int) -> QSlider:
    """A horizontal slider that leaves the wheel to scrolling."""
    made = QSlider(Qt.Orientation.Horizontal)
    made.setObjectName(name)
    made.setAccessibleName(accessible)
    made.setRange(minimum, maximum)
    made.setPageStep(page)
    guard_wheel(made)
    return made


def combo(name: str, accessible: str) -> QComboBox:
    """A chooser that shortens long entries rather than widening the column."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible)
    box.setMinimumContentsLength(8)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def fill(box: QComboBox, entries: Iterable[tuple[str, Any, str | None]], chosen: object) -> None:
    """Put (text, value, reason against it) into a chooser and choose a value, telling nobody.

    Entries with a reason are shown but cannot be chosen.
    """
    blocker = QSignalBlocker(box)
    wanted = list(entries)
    if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != [
        (text, value) for text, value, _ in wanted
    ]:
        box.clear()
        for text, value, _ in wanted:
            box.addItem(text, value)
    model = box.model()
    for index, (_, _, reason) in enumerate(wanted):
        box.setItemData(index, reason, Qt.ItemDataRole.ToolTipRole)
        if isinstance(model, QStandardItemModel):
            model.item(index).setEnabled(reason is None)
    values = [value for _, value, _ in wanted]
    box.setCurrentIndex(values.index(chosen) if chosen in values else -1)
    del blocker


def guard_wheel(widget: QWidget) -> None:
    """Keep the wheel for scrolling: a field takes it only while it has the focus."""
    if isinstance(widget, QComboBox | QAbstractSpinBox | QAbstractSlider):
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(_WheelGuard(widget))


class _WheelGuard(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        wheel = event.type() == QEvent.Type.Wheel
        if wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _label(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    return label
