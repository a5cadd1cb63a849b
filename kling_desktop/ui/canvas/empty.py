"""What the canvas shows before there is a picture: where to drop one, and where to begin."""

from __future__ import annotations

from PySide6.QtCore import SIGNAL, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class EmptyState(QWidget):
    """A drop zone in words and two buttons; each button is there only if somebody listens."""

    open_requested = Signal()
    sample_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("emptyCanvas")
        self._lit = False
        title = QLabel("Drop a picture here, or open one")
        title.setObjectName("emptyTitle")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        title.setFont(font)
        hint = QLabel("Paint what moves, draw where it goes. JPEG, PNG, WebP, TIFF or BMP.")
        self._open = QPushButton("Open a picture…")
        self._open.setObjectName("emptyOpen")
        self._sample = QPushButton("Try the sample shot")
        self._sample.setObjectName("emptySample")
        self._open.clicked.connect(self.open_requested)
        self._sample.clicked.connect(self.sample_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch()
        buttons.addWidget(self._open)
        buttons.addWidget(self._sample)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(56, 44, 56, 40)
        column.setSpacing(10)
        for line in (title, hint):
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(line)
        column.addSpacing(12)
        column.addLayout(buttons)

    def light(self, *, lit: bool) -> None:
        """Answer a file that hovers over the canvas."""
        self._lit = lit
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        self._open.setVisible(self.receivers(SIGNAL("open_requested()")) > 0)
        self._sample.setVisible(self.receivers(SIGNAL("sample_requested()")) > 0)
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        brush = self.palette().highlight() if self._lit else self.palette().windowText()
        ink = QColor(brush.color())
        ink.setAlpha(255 if self._lit else 90)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(ink, 2.0, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4.0, 4.0])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 14, 14)
        painter.end()
