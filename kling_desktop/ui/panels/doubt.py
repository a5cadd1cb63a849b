"""What the artist answers about a task that may or may not have arrived."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

CHECK_TIP = "Ask the provider once more whether the task is there; nothing is sent or paid by that"
FOUND_TIP = "You see the task on the provider's page: give its id, and it is followed from here"
AGAIN_TIP = "It may have arrived: sending again may pay twice"
FIELD = "The task's id at the provider"


class Doubt(QWidget):
    """Three ways out: to ask once more, to give the id of the task found there, to send it again."""

    check_again = Signal()
    found = Signal(str)
    """The provider's id."""
    send_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check_button = self._button("Check again", "checkAgain", CHECK_TIP)
        self.found_button = self._button("It is this task…", "found", FOUND_TIP)
        self.again_button = self._button("Send again", "sendAgain", AGAIN_TIP)
        self.found_button.setCheckable(True)
        self.remote_id = QLineEdit(self)
        self.remote_id.setObjectName("tasks.remoteId")
        self.remote_id.setPlaceholderText(FIELD)
        self.remote_id.setAccessibleName(FIELD)
        self.remote_id.setMaxLength(200)
        self.follow_button = self._button(
            "Follow it", "follow", "Follow the task of this id; nothing is paid for that"
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(10, 0, 10, 8)
        layout.setSpacing(6)
        for column, button in enumerate((self.check_button, self.found_button, self.again_button)):
            layout.addWidget(button, 0, column)
        layout.addWidget(self.remote_id, 1, 0, 1, 2)
        layout.addWidget(self.follow_button, 1, 2)
        self.check_button.clicked.connect(self.check_again)
        self.again_button.clicked.connect(self.send_again)
        self.found_button.toggled.connect(self._on_asked)
        self.remote_id.textChanged.connect(self._refresh)
        self.remote_id.returnPressed.connect(self._on_found)
        self.follow_button.clicked.connect(self._on_found)
        self.begin()

    def begin(self) -> None:
        """For another task: forget what was typed."""
        self.remote_id.clear()
        self.found_button.setChecked(False)
        self._on_asked(on=False)
        self._refresh()

    def ask(self) -> None:
        """Let the artist type the provider's id."""
        self.found_button.setChecked(True)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"tasks.{name}")
        button.setToolTip(tip)
        return button

    def _on_asked(self, on: bool) -> None:
        self.remote_id.setVisible(on)
        self.follow_button.setVisible(on)
        if on:
            self.remote_id.setFocus()

    def _on_found(self) -> None:
        if typed := self.remote_id.text().strip():
            self.found.emit(typed)

    def _refresh(self) -> None:
        self.follow_button.setEnabled(bool(self.remote_id.text().strip()))
