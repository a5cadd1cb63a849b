"""What the canvas stands in: keeps a bare Alt, which the tools read, from opening the menus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

ALT = {Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}


class Easel(QWidget):
    """The menu bar waits for an Alt that nobody took while it was offered as a shortcut. Here it is
    taken, but only on the canvas, so that menus stay within reach of the keyboard elsewhere."""

    def event(self, event: QEvent) -> bool:
        offered = event.type() == QEvent.Type.ShortcutOverride
        if offered and isinstance(event, QKeyEvent) and event.key() in ALT:
            event.accept()
            return True
        return super().event(event)
