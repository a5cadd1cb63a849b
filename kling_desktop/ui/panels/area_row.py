"""One row of the areas panel: an area's colour, name, state, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from kling_desktop.model.areas import STATIC
from kling_desktop.ui.colours import label
from kling_desktop.ui.icons import IconButton, draw_swatch
from kling_desktop.ui.theme import scheme, set_tone

HEIGHT = 28
SWATCH = 18


class AreaRow(QAbstractButton):
    """A checkable row: checked while its area is in hand. Up and Down go to the neighbours."""

    moved = Signal(int)
    """-1 or 1: the keyboard asks for the row above or below."""

    def __init__(self, area: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = area
        self.setObjectName(f"areaRow{area}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        key = "0" if area == STATIC else str(area)
        self.setToolTip(f"Take {label(area).lower()} in hand ({key})")
        self.name = QLabel("Static" if area == STATIC else label(area))
        self.share = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.state = QLabel()
        self.hide_button = IconButton("eye", "", checked="eye-off")
        self.lock_button = IconButton("unlock", "", checked="lock")
        self.clear_button = IconButton("clear", f"Clear {label(area).lower()} and its path")
        self._build()
        self.toggled.connect(lambda _on: self.update())

    def show_state(self, share: float, state: str, *, trouble: bool, painted: bool) -> None:
        """``share`` of the picture (0…1) that is painted, and a few words about the path."""
        self.share.setText(percent(share) if painted else "–")
        self.state.setText(state)
        self.state.setToolTip(state)
        set_tone(self.state, "warning" if trouble else "muted")
        set_tone(self.share, "" if painted else "muted")
        self.setAccessibleName(f"{label(self.area)}, {self.share.text()}, {state}")

    def show_view(self, *, hidden: bool, locked: bool) -> None:
        words = label(self.area).lower()
        self.hide_button.setChecked(hidden)
        self.lock_button.setChecked(locked)
        self.hide_button.say(f"Show {words}" if hidden else f"Hide {words}")
        self.lock_button.say(f"Unlock {words}" if locked else f"Lock {words} against changes")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = scheme(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(frame, 6, 6)
        elif self.underMouse():
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(frame, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent_text), 2))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setOpacity(0.35 if self.hide_button.isChecked() else 1.0)
        draw_swatch(painter, self.area, QRectF(8, (HEIGHT - SWATCH) / 2, SWATCH, SWATCH))
        painter.end()

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16 + SWATCH, 0, 4, 0)
        layout.setSpacing(2)
        layout.addWidget(self.name)
        layout.addWidget(self.share)
        layout.addSpacing(8)
        layout.addWidget(self.state, 1)
        for part in (self.name, self.share, self.state):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        metrics = self.fontMetrics()
        self.name.setMinimumWidth(metrics.horizontalAdvance("Area 0 "))
        self.share.setMinimumWidth(metrics.horizontalAdvance("00.0 %"))
        self.state.setMinimumWidth(0)
        for button in (self.hide_button, self.lock_button, self.clear_button):
            button.setFixedSize(24, 24)
            layout.addWidget(button)


def percent(share: float) -> str:
    """A share as the artist reads it: never 0 % for something, never 100 % for not everything."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{min(share * 100, 99.9 if share < 1 else 100):.1f} %"
