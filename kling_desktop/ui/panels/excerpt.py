"""A sentence over as many lines as it needs, up to a limit; its tip says it in full."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QWidget

LINES = 3


class Excerpt(QLabel):
    """A label of plain text whose last line ends in an ellipsis where there is more to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._most = LINES

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_rest()

    def allow(self, lines: int) -> None:
        """As many lines may be shown."""
        if lines != self._most:
            self._most = lines
            self._tell_rest()
            self.updateGeometry()

    def lines(self, width: int) -> list[str]:
        """What is read at that width, line by line."""
        metrics, text = self.fontMetrics(), self.text()
        layout = QTextLayout(text, self.font())
        starts: list[int] = []
        layout.beginLayout()
        while len(starts) < self._most and (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            starts.append(line.textStart())
        layout.endLayout()
        ends = [*starts[1:], len(text)]
        read = [text[a:b].strip() for a, b in zip(starts, ends, strict=True)] if starts else []
        return [metrics.elidedText(each, Qt.TextElideMode.ElideRight, width) for each in read]

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        lines = len(self.lines(width - margins.left() - margins.right()))
        return lines * self.fontMetrics().lineSpacing() + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.heightForWidth(max(self.width(), 160)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.heightForWidth(max(self.width(), 160)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_rest()
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, room = QPainter(self), self.contentsRect()
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics = self.fontMetrics()
        for number, line in enumerate(self.lines(room.width())):
            base = room.top() + metrics.ascent() + number * metrics.lineSpacing()
            painter.drawText(QPointF(room.left(), base), line)
        painter.end()

    def _tell_rest(self) -> None:
        read = "".join("".join(self.lines(self.contentsRect().width())).split())
        self.setToolTip("" if read == "".join(self.text().split()) else self.text())
