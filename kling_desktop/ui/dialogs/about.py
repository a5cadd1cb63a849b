"""About: what this is, which version, under which licence."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

import kling_desktop
from kling_desktop.ui.icons import application_icon

WORDS = (
    "A motion-brush studio: paint what moves, draw where it goes, see it, send it to Kling.",
    "Free software under the GNU General Public License, version 3 or later.",
    "It comes without any warranty.",
    "Kling is a service of its owner; this program is not made or endorsed by them.",
)


class AboutDialog(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle("About Kling Desktop")
        sign = QLabel()
        sign.setPixmap(application_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(8)
        name = QLabel("Kling Desktop")
        name.setStyleSheet("font-size: 20px; font-weight: 600;")
        words.addWidget(name)
        version = QLabel(f"Version {kling_desktop.__version__} · Qt {qVersion()}")
        version.setProperty("tone", "muted")
        version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(version)
        for sentence in WORDS:
            line = QLabel(sentence)
            line.setWordWrap(True)
            words.addWidget(line)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)
