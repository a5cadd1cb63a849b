"""One row of the areas panel: an area's colour, name, state, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from kling_desktop.model.areas import STATIC
from kling_desktop.ui.area_words import in_words
from kling_desktop.ui.colours import USUAL, Looks, label
from kling_desktop.ui.icons import IconButton, draw_swatch
from kling_desktop.ui.panels.elided import Elided
from kling_desktop.ui.panels.end_frame import local_files
from kling_desktop.ui.panels.name_edit import NameEdit
from kling_desktop.ui.theme import scheme, set_tone

HEIGHT = 28
SWATCH = 18
LONGEST = ("short path", "stays still")
"""Words about the path that take the most room."""


class AreaRow(QAbstractButton):
    """A checkable row: checked while its area is in hand. Up and Down go to the neighbours."""

    moved = Signal(int)
    """-1 or 1: the keyboard asks for the row above or below."""
    menu_requested = Signal(QPoint)
    """A place on the screen for the menu of the area."""
    renamed = Signal(str)
    """A name was entered; empty for the usual one."""
    file_dropped = Signal(object)
    """Path of a mask that was dropped."""

    def __init__(self, area: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = area
        self._looks, self._dropping = USUAL, False
        self.setObjectName(f"areaRow{area}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setFixedHeight(HEIGHT)
        self.name, self.state = Elided(), Elided()
        self.share = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.hide_button = IconButton("eye", "", checked="eye-off")
        self.lock_button = IconButton("unlock", "", checked="lock")
        self.clear_button = IconButton("clear", "")
        self.more_button = IconButton("more", "")
        self.editor: NameEdit | None = None
        """The field for a new name, while there is one."""
        self._build()
        self.more_button.clicked.connect(self._ask_for_menu)
        self.toggled.connect(lambda _on: self.update())
        self.show_looks(USUAL)

    # What it shows

    def show_looks(self, looks: Looks) -> None:
        """Name and colour of now."""
        self._looks = looks
        named, words = label(self.area, looks), in_words(self.area, looks)
        usual = named == label(self.area)
        self.name.setText("Static" if usual and self.area == STATIC else named)
        key = "0" if self.area == STATIC else str(self.area)
        self.setToolTip(f"Take {words} in hand ({key}); double-click the name to change it")
        self.clear_button.say(f"Clear {words} and its path")
        self.more_button.say(f"More about {words}")
        self.update()

    def show_state(self, share: float, state: str, *, trouble: bool, painted: bool) -> None:
        """``share`` of the picture (0…1) that is painted, and a few words about the path."""
        self.share.setText(percent(share) if painted else "–")
        self.state.setText(state)
        set_tone(self.state, "warning" if trouble else "muted")
        set_tone(self.share, "" if painted else "muted")
        named = label(self.area, self._looks)
        self.setAccessibleName(f"{named}, {self.share.text()}, {state}")

    def show_view(self, *, hidden: bool, locked: bool) -> None:
        words = in_words(self.area, self._looks)
        self.hide_button.setChecked(hidden)
        self.lock_button.setChecked(locked)
        self.hide_button.say(f"Show {words}" if hidden else f"Hide {words}")
        self.lock_button.say(f"Unlock {words}" if locked else f"Lock {words} against changes")
        self.update()

    def begin_rename(self) -> None:
        """Put a field where the name stands."""
        if self.editor is None:
            look = self._looks.get(self.area)
            self.editor = NameEdit(look.name if look else "", label(self.area), self)
            self.editor.setGeometry(self._words())
            self.editor.taken.connect(self.renamed)
            self.editor.left.connect(self._end_rename)
            self.editor.show()
            self.editor.setFocus()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(280, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        elif event.key() == Qt.Key.Key_F2:
            self.begin_rename()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._words().contains(event.position().toPoint()):
            self.begin_rename()
        else:
            super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event):
            self._show_drop(dropping=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop(dropping=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drop(dropping=False)
        event.acceptProposedAction()
        self.file_dropped.emit(local_files(event)[0])

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
        if self.hasFocus() or self._dropping:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent_text), 2))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setOpacity(0.35 if self.hide_button.isChecked() else 1.0)
        place = QRectF(8, (HEIGHT - SWATCH) / 2, SWATCH, SWATCH)
        draw_swatch(painter, self.area, place, self._looks)
        painter.end()

    # Inside

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14 + SWATCH, 0, 2, 0)
        layout.setSpacing(0)
        layout.addWidget(self.name, 1)
        layout.addSpacing(6)
        layout.addWidget(self.share)
        layout.addSpacing(6)
        layout.addWidget(self.state)
        for part in (self.name, self.share, self.state):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        metrics = self.fontMetrics()
        # One width for all rows, so that the shares stand below one another.
        self.state.setFixedWidth(max(map(metrics.horizontalAdvance, LONGEST)) + 2)
        for button in (self.hide_button, self.lock_button, self.clear_button, self.more_button):
            button.setFixedSize(22, 24)
            layout.addWidget(button)

    def _words(self) -> QRect:
        """Where name, share and state stand."""
        left, right = self.name.x() - 4, self.state.geometry().right()
        return QRect(left, 2, right - left, self.height() - 4)

    def _ask_for_menu(self) -> None:
        self.menu_requested.emit(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))

    def _show_drop(self, *, dropping: bool) -> None:
        self._dropping = dropping
        self.update()

    def _end_rename(self) -> None:
        editor, self.editor = self.editor, None
        if editor is not None:
            had = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had:
                self.setFocus()


def percent(share: float) -> str:
    """A share as the artist reads it: never 0 % for something, never 100 % for not everything."""
    shown = min(share * 100, 99.9 if share < 1 else 100.0)
    return f"{max(shown, 0.1 if share > 0 else 0.0):.1f} %"
