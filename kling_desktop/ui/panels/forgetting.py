"""The question, in place, whether a task that the provider has is to be forgotten here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

QUESTION = "Forget it here? At the provider it goes on, and may be paid for."


class Forgetting(QWidget):
    """Hidden until it asks about a task; about another one it asks anew."""

    agreed = Signal(str)
    """The id of the task that is to be forgotten."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = ""
        question = QLabel(QUESTION, self, wordWrap=True)
        question.setProperty("role", "small")
        self.forget_button = QPushButton("Forget here", self)
        self.forget_button.setObjectName("tasks.forget")
        self.keep_button = QPushButton("Keep", self)
        self.keep_button.setObjectName("tasks.keep")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.forget_button)
        buttons.addWidget(self.keep_button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(question)
        layout.addLayout(buttons)
        self.forget_button.clicked.connect(self._on_agreed)
        self.keep_button.clicked.connect(self.drop)
        self.hide()

    def ask(self, task_id: str) -> None:
        self._about = task_id
        self.show()
        self.keep_button.setFocus()

    def keep_to(self, task_id: str | None) -> None:
        """Another task is the chosen one, or it can no longer be forgotten: ask no more."""
        if task_id != self._about:
            self.drop()

    def drop(self) -> None:
        self._about = ""
        self.hide()

    def _on_agreed(self) -> None:
        about = self._about
        self.drop()
        self.agreed.emit(about)
