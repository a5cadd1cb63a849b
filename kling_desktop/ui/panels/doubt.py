"""What the artist answers about a task that may or may not have arrived."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

AGAIN_TIP = "It may have arrived: sending again may pay twice"


class Doubt(QWidget):
    """Two ways out: the provider's id of the task that was found there, or sending it again."""

    found = Signal(str)
    """The provider's id."""
    send_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.remote_id = QLineEdit(self)
        self.remote_id.setObjectName("tasks.remoteId")
        self.remote_id.setPlaceholderText("The task's id at the provider")
        self.remote_id.setAccessibleName("The task's id at the provider")
        self.remote_id.setMaxLength(200)
        self.found_button = QPushButton("It is there", self)
        self.found_button.setObjectName("tasks.found")
        self.found_button.setToolTip("Follow the task of this id; nothing is paid for that")
        self.again_button = QPushButton("Send again", self)
        self.again_button.setObjectName("tasks.sendAgain")
        self.again_button.setToolTip(AGAIN_TIP)
        layout = QGridLayout(self)
        layout.setContentsMargins(10, 0, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.remote_id, 0, 0, 1, 2)
        layout.addWidget(self.found_button, 1, 0)
        layout.addWidget(self.again_button, 1, 1)
        self.remote_id.textChanged.connect(self._refresh)
        self.remote_id.returnPressed.connect(self._on_found)
        self.found_button.clicked.connect(self._on_found)
        self.again_button.clicked.connect(self.send_again)
        self._refresh()

    def begin(self) -> None:
        """For another task: forget what was typed."""
        self.remote_id.clear()

    def _on_found(self) -> None:
        if typed := self.remote_id.text().strip():
            self.found.emit(typed)

    def _refresh(self) -> None:
        self.found_button.setEnabled(bool(self.remote_id.text().strip()))
