"""Small windows that open on an area: one for its colour, one for how strongly it is shown."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

Rgb = tuple[int, int, int]

PALETTE: dict[str, Rgb] = {
    "Vermilion": (240, 72, 38),
    "Orange": (255, 150, 30),
    "Yellow": (255, 221, 51),
    "Lime": (160, 215, 50),
    "Green": (0, 158, 115),
    "Turquoise": (30, 205, 200),
    "Sky blue": (66, 190, 255),
    "Blue": (72, 84, 230),
    "Violet": (155, 90, 240),
    "Pink": (240, 90, 200),
    "Brown": (165, 105, 60),
    "Grey": (196, 200, 205),
}
"""Colours that stay apart from one another and from most photographs."""
ACROSS = 6
DOT = 20
WEAKEST = 10
"""Per cent."""


class Popover(QFrame):
    """Opens beside something and goes with Escape, or with a click anywhere else."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)

    def open_at(self, place: QPoint) -> None:
        """Show it with its right upper corner there, as far as the screen has room."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = max(room.left(), place.x() - self.width())
        self.move(x, min(max(room.top(), place.y()), room.bottom() - self.height()))
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.close()
        else:
            super().keyPressEvent(event)


class ColourPopover(Popover):
    """Twelve colours, and any other."""

    chosen = Signal(object)
    """(R, G, B), 0…255 each."""

    def __init__(self, current: Rgb, parent: QWidget) -> None:
        super().__init__("areaColour", parent)
        self._current = current
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 8, 8, 8)
        grid.setSpacing(2)
        self.dots: dict[str, QToolButton] = {}
        for index, (word, colour) in enumerate(PALETTE.items()):
            dot = self._dot(word, colour)
            self.dots[word] = dot
            grid.addWidget(dot, index // ACROSS, index % ACROSS)
        self.other = QPushButton("Other…")
        self.other.clicked.connect(self._on_other)
        grid.addWidget(self.other, len(PALETTE) // ACROSS, 0, 1, ACROSS)
        self.setFocusProxy(self.dots.get(self._word(current)) or self.dots["Vermilion"])

    def _dot(self, word: str, colour: Rgb) -> QToolButton:
        dot = QToolButton()
        dot.setAutoRaise(True)
        dot.setIconSize(QSize(DOT, DOT))
        dot.setIcon(_disc(colour, self.devicePixelRatioF()))
        dot.setToolTip(word)
        dot.setAccessibleName(word)
        dot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        dot.setCheckable(True)
        dot.setChecked(colour == self._current)
        dot.clicked.connect(lambda: self._choose(colour))
        return dot

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(
            focused, QToolButton | QPushButton
        ):
            focused.click()
        else:
            super().keyPressEvent(event)

    def _choose(self, colour: Rgb) -> None:
        self.chosen.emit(colour)
        self.close()

    def _on_other(self) -> None:
        """The system's own chooser; it outlives this window."""
        dialog = QColorDialog(QColor(*self._current), self.parentWidget())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Colour of the area")
        dialog.colorSelected.connect(self._on_selected)
        dialog.finished.connect(self.deleteLater)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.close()
        dialog.open()

    def _on_selected(self, colour: QColor) -> None:
        self.chosen.emit((colour.red(), colour.green(), colour.blue()))

    @staticmethod
    def _word(colour: Rgb) -> str:
        return next((word for word, each in PALETTE.items() if each == colour), "")


class OpacityPopover(Popover):
    """A slider that shows at once what it does."""

    changed = Signal(float)
    """How strongly, 0…1."""

    def __init__(self, strength: float, parent: QWidget) -> None:
        super().__init__("areaOpacity", parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(WEAKEST, 100)
        self.slider.setAccessibleName("Opacity of the area, per cent")
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(160)
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.words.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        for part in (QLabel("Opacity"), self.slider, self.words):
            row.addWidget(part)
        self.setFocusProxy(self.slider)
        self.slider.setValue(round(strength * 100))
        self._tell(self.slider.value())
        self.slider.valueChanged.connect(self._tell)
        self.slider.valueChanged.connect(self._on_changed)

    def _tell(self, value: int) -> None:
        self.words.setText(f"{value} %")

    def _on_changed(self, value: int) -> None:
        self.changed.emit(value / 100)


def _disc(colour: Rgb, ratio: float) -> QIcon:
    pixmap = QPixmap(round(DOT * ratio), round(DOT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 70), 1))
    painter.setBrush(QColor(*colour))
    painter.drawRoundedRect(1, 1, DOT - 2, DOT - 2, 4, 4)
    painter.end()
    return QIcon(pixmap)
