"""Asks what to do with unsaved work before it is replaced or the window closes."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.ui.icons import application_icon


class Answer(Enum):
    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class UnsavedDialog(QDialog):
    """Save, Discard or Cancel; Escape and the close button mean Cancel."""

    answered = Signal(object)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unsaved")
        self.setWindowTitle("Unsaved changes")
        self.setModal(True)
        sign = QLabel()
        sign.setPixmap(application_icon().pixmap(QSize(48, 48), self.devicePixelRatioF()))
        question = QLabel(f"Save the changes to “{_shortened(title)}”?")
        question.setProperty("role", "heading")
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setWordWrap(True)
        more = QLabel("Areas, paths and settings that are not saved will be lost.")
        more.setProperty("tone", "muted")
        more.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(question)
        words.addWidget(more)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(24)
        layout.addLayout(top)
        layout.addWidget(self._buttons())
        self.setMinimumWidth(420)
        self.rejected.connect(lambda: self.answered.emit(Answer.CANCEL))

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        self.save = QPushButton("&Save")
        self.save.setObjectName("save")
        self.discard = QPushButton("&Discard")
        self.discard.setObjectName("discard")
        self.cancel = QPushButton("Cancel")
        self.cancel.setObjectName("cancel")
        box.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.discard, QDialogButtonBox.ButtonRole.DestructiveRole)
        box.addButton(self.cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self.save.setDefault(True)
        self.save.clicked.connect(lambda: self._answer(Answer.SAVE))
        self.discard.clicked.connect(lambda: self._answer(Answer.DISCARD))
        self.cancel.clicked.connect(self.reject)
        return box

    def _answer(self, answer: Answer) -> None:
        self.accept()
        self.answered.emit(answer)


def _shortened(title: str) -> str:
    return title if len(title) <= 60 else f"{title[:40]}…{title[-15:]}"
