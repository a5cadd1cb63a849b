"""The switch that makes the picture the last frame."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.form import Hint

SENTENCE = (
    "The picture becomes the last frame. The video is turned round when it arrives (encoded anew)."
)


class LandSwitch(QWidget):
    """Bound to the shot's ``land``."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.box = QCheckBox("Land on this frame")
        self.box.setObjectName("land")
        self.hint = Hint()
        self.hint.say(SENTENCE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.box)
        layout.addWidget(self.hint)
        self.box.toggled.connect(self._on_toggled)
        document.opened.connect(self._refresh)
        document.land_changed.connect(self._refresh)
        self._refresh()

    def _on_toggled(self, on: bool) -> None:
        self._document.set_land(land=on)

    def _refresh(self) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(self._document.shot.land)
        self.box.setEnabled(self._document.shot.picture is not None)
