"""The field in which an area is given a name, right where the name stands."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

LIMIT = 60
"""Characters of a name, as the shot file has it."""
STRIPPED = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that have no place in one line of text."""


class NameEdit(QLineEdit):
    """Enter, or going elsewhere, takes the name; Escape leaves it as it was."""

    taken = Signal(str)
    left = Signal()
    """The name is taken or not: the field goes."""

    def __init__(self, name: str, usual: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.setObjectName("areaName")
        self.setAccessibleName("Name of the area")
        self.setPlaceholderText(usual)
        self.setMaxLength(LIMIT)
        self.selectAll()
        self._open = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._close(self.text())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self._close(self.text())

    def _close(self, name: str | None = None) -> None:
        if self._open:
            self._open = False
            if name is not None:
                self.taken.emit(tidy(name))
            self.left.emit()


def tidy(name: str) -> str:
    """A name as it is kept: one line, single spaces, none around it."""
    line = (" " if unicodedata.category(sign) in STRIPPED else sign for sign in name)
    return " ".join("".join(line).split())[:LIMIT].rstrip()
