"""Small icon buttons of which one is down."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from kling_desktop.ui.icons import IconButton

SIDE = 28


class Choices(QWidget):
    """One button a value: the value, the name of its icon, and what it does."""

    chosen = Signal(object)

    def __init__(
        self,
        accessible: str,
        values: Sequence[tuple[StrEnum, str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._group = QButtonGroup(self)
        self.buttons: dict[StrEnum, IconButton] = {}
        for value, drawing, tip in values:
            button = IconButton(drawing, tip, checked=drawing)
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(SIDE, SIDE)
            button.setObjectName(f"{type(value).__name__.lower()}-{value}")
            button.clicked.connect(lambda _on=False, v=value: self.chosen.emit(v))
            self._group.addButton(button)
            layout.addWidget(button)
            self.buttons[value] = button

    def show_value(self, value: StrEnum) -> None:
        self.buttons[value].setChecked(True)
