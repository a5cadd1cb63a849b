"""Icons from the shipped line drawings, coloured like the text around them and sharp everywhere."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from kling_desktop.model.areas import STATIC
from kling_desktop.storage.directories import resource
from kling_desktop.ui.colours import USUAL, Looks, colour, on_colour

APPLICATION = "kling-desktop"
SIZES = (16, 20)
"""Sides, in logical pixels, at which icons are shown."""
RECOLOURS = frozenset({QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange})
"""Events after which a widget makes its icons anew."""


def icon(name: str, ink: QColor | None = None) -> QIcon:
    """The drawing ``name`` in the colour ``ink``, or in the palette's button text colour of now.

    It holds a picture for the pixel ratio of every screen, so that no ratio is scaled. Raises
    FileNotFoundError for a name that is not shipped.
    """
    palette = QGuiApplication.palette()
    shown = ink or palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText)
    faint = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    drawing = resource(f"icons/{name}.svg").read_bytes()
    ratios = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    found = QIcon()
    for mode, tint in ((QIcon.Mode.Normal, shown), (QIcon.Mode.Disabled, faint)):
        for size in SIZES:
            for ratio in sorted(ratios):
                found.addPixmap(_drawn(drawing, size, ratio, tint), mode)
    return found


def picture(name: str, size: int, ink: QColor, ratio: float) -> QPixmap:
    """One drawing as a pixmap of ``size`` logical pixels for a screen of that pixel ratio."""
    return _drawn(resource(f"icons/{name}.svg").read_bytes(), size, ratio, ink)


def application_icon() -> QIcon:
    """The program's own icon, in the sizes that window managers ask for."""
    drawing = resource(f"icons/{APPLICATION}.svg").read_bytes()
    found = QIcon()
    for size in (16, 32, 48, 128, 256):
        found.addPixmap(_drawn(drawing, size, 1.0, QColor("white")))
    return found


class IconButton(QToolButton):
    """A small flat button that shows one drawing, quietly, and another one while it is checked."""

    def __init__(
        self, name: str, tip: str, *, checked: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._names = (name, checked or name)
        self._rest = QPalette.ColorRole.PlaceholderText
        self.setAutoRaise(True)
        self.setIconSize(QSize(16, 16))
        self.setCheckable(checked is not None)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.say(tip)
        self.toggled.connect(lambda _on: self._draw())
        self._draw()

    def say(self, tip: str) -> None:
        """What it does, for the pointer and for screen readers."""
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RECOLOURS:
            self._draw()

    def _draw(self) -> None:
        role = QPalette.ColorRole.ButtonText if self.isChecked() else self._rest
        self.setIcon(icon(self._names[self.isChecked()], self.palette().color(role)))


def area_icon(area: int, looks: Looks = USUAL) -> QIcon:
    """The swatch of an area with its number, for menus."""
    found = QIcon()
    for ratio in sorted({1.0, *(s.devicePixelRatio() for s in QGuiApplication.screens())}):
        pixmap = QPixmap(round(16 * ratio), round(16 * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw_swatch(painter, area, QRectF(0, 0, 16, 16), looks)
        painter.end()
        found.addPixmap(pixmap)
    return found


def draw_swatch(painter: QPainter, area: int, rect: QRectF, looks: Looks = USUAL) -> None:
    """An area's colour as a rounded square with its number; the static one bears a bar."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 70), 1))
    painter.setBrush(colour(area, looks))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(on_colour(area, looks))
    font = painter.font()
    font.setPixelSize(round(rect.height() * 0.66))
    font.setBold(True)
    painter.setFont(font)
    if area == STATIC:
        bar = rect.adjusted(4, rect.height() / 2 - 1, -4, 1 - rect.height() / 2)
        painter.fillRect(bar, on_colour(area, looks))
    else:
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(area))


def _drawn(drawing: bytes, size: int, ratio: float, ink: QColor) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    coloured = drawing.replace(b"currentColor", ink.name().encode())
    side = round(size * ratio)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(ink.alphaF())
    QSvgRenderer(QByteArray(coloured)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
