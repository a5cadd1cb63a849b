"""The menu of recent files, made when it is about to show."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from kling_desktop.ui.files import Files


class RecentMenu(QMenu):
    """File names, with their folders where two are alike; empty it is greyed out."""

    def __init__(self, files: Files, parent: QWidget | None = None) -> None:
        super().__init__("Open &recent", parent)
        self._files = files
        self.menuAction().setObjectName("file.openRecent")
        files.recent_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.clear()
        recent = self._files.recent()
        names = [path.name for path in recent]
        for path in recent:
            words = path.name if names.count(path.name) == 1 else f"{path.name} — {path.parent}"
            self._add(path, words)
        if recent:
            self.addSeparator()
            self.addAction("Clear this list").triggered.connect(self._files.forget_recent)
        self.menuAction().setEnabled(bool(recent))

    def _add(self, path: Path, words: str) -> None:
        action = self.addAction(words.replace("&", "&&"))
        action.setToolTip(str(path))
        action.triggered.connect(lambda: self._files.open(path))
