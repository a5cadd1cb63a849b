"""Where the video is seen: the newest frame, whole, on the window's ground."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kling_desktop.ui.theme import scheme


class Screen(QWidget):
    """Shows one image fitted into itself, or a sentence where there is none."""

    resized = Signal()
    """There is another room to fill, or one again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        self.image = QImage()
        self.text = ""
        self._shape = QSize()
        self._trouble = False

    def sizeHint(self) -> QSize:
        return QSize(320, 180)

    @property
    def room(self) -> QSize:
        """What there is to fill, in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def show_image(self, image: QImage, shape: QSize | None = None) -> None:
        """Show an image; ``shape`` is the video's own size where the image is a smaller one."""
        self.image, self._shape = image, shape or image.size()
        self.update()

    def show_text(self, text: str, *, trouble: bool = False) -> None:
        """Say something in place of a video."""
        self.image, self.text, self._trouble = QImage(), text, trouble
        self.setAccessibleName(text)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().window())
        if self.image.isNull():
            colours = scheme(self.palette())
            painter.setPen(QColor(colours.error if self._trouble else colours.muted))
            margins = self.rect().adjusted(16, 8, -16, -8)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(margins, flags, self.text)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.target(), self.image)
        painter.end()

    def target(self) -> QRectF:
        """The rectangle of the widget that the image fills, its aspect kept."""
        size = QSizeF(self._shape).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())
