"""What the artist answers about a task that may or may not have arrived."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

CHECK_TIP = "Ask the provider once more whether the task is there; nothing is sent or paid by that"
FOUND_TIP = "You see the task on the provider's page: give its id, and it is followed from here"
AGAIN_TIP = "It may have arrived: sending again may pay twice"
FIELD = "The task's id at the provider"
ASKED = "Its id at the provider"
FIELD_WIDTH = 420
"""Pixels that the longest of these ids takes."""


class Doubt(QWidget):
    """Three ways out: to ask once more, to give the id of the task found there, to send it again.

    The id is typed in place of the three buttons, so that the list keeps its room.
    """

    check_again = Signal()
    found = Signal(str)
    """The provider's id."""
    send_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check_button = self._button("Check again", "checkAgain", CHECK_TIP)
        self.found_button = self._button("It is this task…", "found", FOUND_TIP)
        self.again_button = self._button("Send again", "sendAgain", AGAIN_TIP)
        self.remote_id = QLineEdit(self)
        self.remote_id.setObjectName("tasks.remoteId")
        self.remote_id.setProperty("role", "field")
        self.remote_id.setPlaceholderText(ASKED)
        self.remote_id.setAccessibleName(FIELD)
        self.remote_id.setMaxLength(200)
        self.remote_id.setMaximumWidth(FIELD_WIDTH)
        self.follow_button = self._button(
            "Follow it", "follow", "Follow the task of this id; nothing is paid for that"
        )
        self.back_button = self._button("Back", "back", "Decide otherwise")
        self._ways = (self.check_button, self.found_button, self.again_button)
        self._answer = (self.remote_id, self.follow_button, self.back_button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 8)
        layout.setSpacing(6)
        for widget in (*self._ways, *self._answer):
            layout.addWidget(widget, 1 if widget is self.remote_id else 0)
        layout.addStretch()
        self.check_button.clicked.connect(self.check_again)
        self.again_button.clicked.connect(self.send_again)
        self.found_button.clicked.connect(self.ask)
        self.back_button.clicked.connect(self.begin)
        self.remote_id.textChanged.connect(self._refresh)
        self.remote_id.returnPressed.connect(self._on_found)
        self.follow_button.clicked.connect(self._on_found)
        self.begin()

    def begin(self) -> None:
        """For another task: forget what was typed."""
        self.remote_id.clear()
        self._show(asking=False)
        self._refresh()

    def ask(self) -> None:
        """Let the artist type the provider's id."""
        self._show(asking=True)
        self.remote_id.setFocus()

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"tasks.{name}")
        button.setToolTip(tip)
        return button

    def _show(self, *, asking: bool) -> None:
        # First what is hidden: for a moment, both would be wider than the list.
        for widget in self._ways if asking else self._answer:
            widget.hide()
        for widget in self._answer if asking else self._ways:
            widget.show()

    def _on_found(self) -> None:
        if typed := self.remote_id.text().strip():
            self.found.emit(typed)

    def _refresh(self) -> None:
        self.follow_button.setEnabled(bool(self.remote_id.text().strip()))
