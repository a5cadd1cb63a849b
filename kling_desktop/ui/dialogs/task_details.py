"""Details of one task, for support: everything known of it as text, with a button to copy it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.model.task import Task
from kling_desktop.ui.dialogs.later import Later

HINT = "For support: no key is in it, and no picture. Names of files and the prompt are."
READING = "Reading …"
COPIED_MS = 1500


class TaskDetails(QDialog):
    """``describe`` is called on another thread with the task's id, and returns the text or raises
    an error with a sentence."""

    def __init__(
        self, task: Task, describe: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("taskDetails")
        self.setWindowTitle(f"Details of {task.shot or 'Untitled'}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QPlainTextEdit(READING, self)
        self.copy, self.shut = QPushButton("&Copy", self), QPushButton("Close", self)
        self._later = Later(1, self)
        self._lay_out()
        self.copy.clicked.connect(self._on_copy)
        self.shut.clicked.connect(self.reject)
        self._later.run(lambda: describe(task.id), self._show, self._show_failure)

    def done(self, result: int) -> None:
        self._later.close()
        super().done(result)

    def _show(self, text: str) -> None:
        self.text.setPlainText(text)
        self.copy.setEnabled(True)
        self.copy.setFocus()

    def _show_failure(self, error: Exception) -> None:
        from kling_desktop.ui.worker import told

        self.text.setPlainText(told(error))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText("Copied")
        QTimer.singleShot(COPIED_MS, self.copy, lambda: self.copy.setText("&Copy"))

    def _lay_out(self) -> None:
        self.text.setObjectName("taskDetails.text")
        self.text.setAccessibleName("Details")
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy.setObjectName("taskDetails.copy")
        self.copy.setEnabled(False)
        self.copy.setDefault(True)
        self.shut.setAutoDefault(False)
        hint = QLabel(HINT, self, wordWrap=True)
        hint.setProperty("tone", "muted")
        hint.setProperty("role", "small")
        buttons = QHBoxLayout()
        buttons.addWidget(hint, 1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.shut)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.text, 1)
        layout.addLayout(buttons)
        self.resize(760, 560)
