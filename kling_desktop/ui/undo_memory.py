"""The menu in which the artist says how much memory the steps of undo may take."""

from __future__ import annotations

import contextlib

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.document import Document
from kling_desktop.ui.vault import BUDGET, MEGABYTE

KEY = "undo_megabytes"
CHOICES = (64, 128, 256, 512, 1024, 2048)
"""In megabytes; older steps than fit are kept on disk."""


class UndoMemoryMenu(QMenu):
    """One choice of several, kept in the preferences; a value written there by hand counts, too."""

    def __init__(self, document: Document, preferences: Preferences, parent: QWidget) -> None:
        super().__init__("&Memory for undo", parent)
        self.setObjectName("undoMemory")
        self.setToolTipsVisible(True)
        self._document, self._preferences = document, preferences
        self._group = QActionGroup(self)
        chosen = self._kept()
        for megabytes in sorted({*CHOICES, chosen}):
            action = self.addAction(_words(megabytes))
            action.setCheckable(True)
            action.setChecked(megabytes == chosen)
            action.setData(megabytes)
            action.setToolTip("Steps that do not fit are kept on disk")
            self._group.addAction(action)
        self._group.triggered.connect(self._on_chosen)
        document.vault.budget = chosen * MEGABYTE

    def _kept(self) -> int:
        value = self._preferences.get(KEY)
        usable = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1 << 20
        return value if usable else BUDGET // MEGABYTE

    def _on_chosen(self, action: QAction) -> None:
        self._document.vault.budget = action.data() * MEGABYTE
        with contextlib.suppress(StorageError):  # it holds until the program ends
            self._preferences.set(KEY, action.data())


def _words(megabytes: int) -> str:
    return f"{megabytes} MB" if megabytes < 1024 or megabytes % 1024 else f"{megabytes // 1024} GB"
