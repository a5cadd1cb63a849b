"""The line that says that the queue stands still, and lets it go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from kling_desktop.model.task import Task
from kling_desktop.tasks.lineup import EVERY
from kling_desktop.ui.panels.elided import Elided
from kling_desktop.ui.theme import set_tone


class QueueLine(QWidget):
    """Hidden while nothing is paused; its button resumes all that the line says is paused."""

    go_on = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Elided("", self)
        self.words.setObjectName("tasks.paused")
        set_tone(self.words, "warning")
        self.button = QPushButton("Resume", self)
        self.button.setObjectName("tasks.goOn")
        self.button.clicked.connect(self.go_on)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 10, 6)
        layout.setSpacing(8)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button)
        self.hide()

    def show_queue(self, paused: Collection[str], queue: Sequence[Task]) -> None:
        """``paused``: accounts whose queue stands still, EVERY among them when all do."""
        said = paused_words(paused, queue)
        self.words.setText(said)
        self.words.setToolTip(said)
        several = len(paused) > 1 and EVERY not in paused
        self.button.setText("Resume all" if several else "Resume")
        self.button.setToolTip(f"Resume the queue of {_whose(paused)}")
        self.setVisible(bool(said))


def paused_words(paused: Collection[str], queue: Sequence[Task]) -> str:
    """“Paused: 3 tasks wait.”; nothing where nothing is paused."""
    if not paused:
        return ""
    count = sum(EVERY in paused or task.account in paused for task in queue)
    waits = {0: "nothing waits", 1: "1 task waits"}.get(count, f"{count} tasks wait")
    if EVERY in paused:
        return f"Paused: {waits}."
    return f"Paused for {_whose(paused)}: {waits}."


def _whose(paused: Collection[str]) -> str:
    if EVERY in paused:
        return "every account"
    return ", ".join(f"“{account}”" for account in sorted(paused))
