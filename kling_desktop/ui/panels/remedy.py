"""What leads on from a task that needs the artist: up to two buttons below the list."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from kling_desktop.ui.notices import Offers

MOST = 2


class Remedy(QWidget):
    """Hidden while there is nothing to offer. The buttons stay the same ones, so that news of a task
    never take one away under the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers: Offers = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 8)
        layout.setSpacing(6)
        self.buttons = [QPushButton(self) for _ in range(MOST)]
        for number, button in enumerate(self.buttons):
            button.setObjectName(f"tasks.remedy{number + 1}")
            button.clicked.connect(lambda _on=False, number=number: self._take(number))
            layout.addWidget(button)
        layout.addStretch()
        self.hide()

    def show_offers(self, offers: Offers) -> None:
        """Words and deeds of the buttons, ``MOST`` at most."""
        self._offers = offers[:MOST]
        for number, button in enumerate(self.buttons):
            if number < len(self._offers):
                button.setText(self._offers[number][0])
            button.setVisible(number < len(self._offers))
        self.setVisible(bool(self._offers))

    def _take(self, number: int) -> None:
        if number < len(self._offers):
            self._offers[number][1]()
