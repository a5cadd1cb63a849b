"""One row of the areas panel: an area's colour, name, state, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QLabel, QWidget

from kling_desktop.model.areas import STATIC
from kling_desktop.ui.area_words import in_words, tip
from kling_desktop.ui.colours import USUAL, Looks, label
from kling_desktop.ui.icons import IconButton, draw_swatch
from kling_desktop.ui.panels.elided import Elided
from kling_desktop.ui.panels.end_frame import local_files
from kling_desktop.ui.panels.name_edit import NameEdit
from kling_desktop.ui.theme import scheme, set_tone

HEIGHT = 28
SWATCH = 18
SIDE = 20
GAP = 6


class AreaRow(QAbstractButton):
    """A checkable row: checked while its area is in hand. Up and Down go to the neighbours.

    Its buttons are there while the pointer is over the row or it has the keyboard, eye and lock also
    while its area is in hand, or while they are down; else the name has their room.
    """

    moved = Signal(int)
    """-1 or 1: the keyboard asks for the row above or below."""
    menu_requested = Signal(QPoint)
    """A place on the screen for the menu of the area."""
    renamed = Signal(str)
    """A name was entered; empty for the usual one."""
    file_dropped = Signal(object)
    """Path of a mask that was dropped."""
    left = Signal()
    """The mouse is done with it: the keyboard may go elsewhere."""

    def __init__(self, area: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = area
        self._looks, self._dropping, self._hovered = USUAL, False, False
        self._stays = False
        """Whether the keyboard stays with the row after a name was entered."""
        self.setObjectName(f"areaRow{area}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAcceptDrops(True)
        self.setFixedHeight(HEIGHT)
        self.name, self.state = Elided(), Elided()
        self.share = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.more_button = IconButton("more", "")
        self.clear_button = IconButton("clear", "")
        self.lock_button = IconButton("unlock", "", checked="lock")
        self.hide_button = IconButton("eye", "", checked="eye-off")
        self.editor: NameEdit | None = None
        """The field for a new name, while there is one."""
        self._build()
        self.more_button.clicked.connect(self._ask_for_menu)
        self.toggled.connect(self._show_buttons)
        self.show_looks(USUAL)

    # What it shows

    def show_looks(self, looks: Looks) -> None:
        """Name and colour of now."""
        self._looks = looks
        named, words = label(self.area, looks), in_words(self.area, looks)
        usual = named == label(self.area)
        self.name.setText("Static" if usual and self.area == STATIC else named)
        key = "0" if self.area == STATIC else str(self.area)
        said = f"Take {words} in hand ({key}); double-click the name to change it"
        self.setToolTip(tip(said))
        _say(self.clear_button, f"Clear {words} and its path")
        _say(self.more_button, f"More about {words}")
        self.update()

    def show_state(self, share: float, state: str, *, trouble: bool, painted: bool) -> None:
        """``share`` of the picture (0…1) that is painted, and a few words about the path."""
        self.share.setText(percent(share) if painted else "–")
        self.state.setText(state)
        # It is read whole; it is the name that gives way.
        self.state.setFixedWidth(self.state.sizeHint().width() + GAP if state else 0)
        set_tone(self.state, "warning" if trouble else "muted")
        set_tone(self.share, "" if painted else "muted")
        named = label(self.area, self._looks)
        self.setAccessibleName(f"{named}, {self.share.text()}, {state}")

    def show_view(self, *, hidden: bool, locked: bool) -> None:
        words = in_words(self.area, self._looks)
        self.hide_button.setChecked(hidden)
        self.lock_button.setChecked(locked)
        _say(self.hide_button, f"Show {words}" if hidden else f"Hide {words}")
        _say(self.lock_button, f"Unlock {words}" if locked else f"Lock {words} against changes")
        self._show_buttons()

    def begin_rename(self) -> None:
        """Put a field where the name stands."""
        if self.editor is None:
            self._stays = self.hasFocus()
            look = self._looks.get(self.area)
            self.editor = NameEdit(look.name if look else "", label(self.area), self)
            self._place_editor(self.editor)
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

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed = self.isDown()
        super().mouseReleaseEvent(event)
        if pressed:
            self.left.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self._show_buttons()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self._show_buttons()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_buttons()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_buttons()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """One of its buttons got or lost the keyboard."""
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self._show_buttons()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.editor is not None:
            self._place_editor(self.editor)

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
        elif self._hovered:
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
        layout.setContentsMargins(14 + SWATCH, 0, 6, 0)
        layout.setSpacing(0)
        layout.addWidget(self.name, 1)
        layout.addSpacing(GAP)
        layout.addWidget(self.state)
        for button in self._buttons:
            button.setFixedSize(SIDE, 24)
            button.installEventFilter(self)
            layout.addWidget(button)
        layout.addWidget(self.share)
        for part in (self.name, self.share, self.state):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # One width for all rows, so that the shares stand below one another.
        self.share.setFixedWidth(self.fontMetrics().horizontalAdvance(percent(1.0)) + 4)

    @property
    def _buttons(self) -> tuple[IconButton, ...]:
        """As they stand. The two that may be down come last, where they stay when others go."""
        return self.more_button, self.clear_button, self.lock_button, self.hide_button

    def _show_buttons(self) -> None:
        focused = QApplication.focusWidget()
        mine = focused is not None and focused in {self, *self._buttons, self.editor}
        near = self._hovered or mine
        known = near or self.isChecked()
        locked, hidden = self.lock_button.isChecked(), self.hide_button.isChecked()
        policy = self.hide_button.sizePolicy()
        policy.setRetainSizeWhenHidden(locked)  # or else the lock would move under the pointer
        self.hide_button.setSizePolicy(policy)
        self.more_button.setVisible(near)
        self.clear_button.setVisible(near)
        self.lock_button.setVisible(known or locked)
        self.hide_button.setVisible(known or hidden)
        self.update()

    def _place_editor(self, editor: NameEdit) -> None:
        layout = self.layout()
        assert layout is not None  # noqa: S101 - it is made with the row
        layout.activate()
        editor.setGeometry(self._words())

    def _words(self) -> QRect:
        """Where name and state stand."""
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
            if had and self._stays:
                self.setFocus()
            elif had:
                self.left.emit()
            self._show_buttons()


def percent(share: float) -> str:
    """A share as the artist reads it: never 0 % for something, never 100 % for not everything."""
    shown = min(share * 100, 99.9 if share < 1 else 100.0)
    return f"{max(shown, 0.1 if share > 0 else 0.0):.1f} %"


def _say(button: IconButton, words: str) -> None:
    """What a button does; the name of an area in it is no markup."""
    button.say(words)
    button.setToolTip(tip(words))
