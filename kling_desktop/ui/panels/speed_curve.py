"""The speed curve: how fast an area moves over the time in which it moves, drawn and changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kling_desktop.model.timing import Speed, Timing, speeds
from kling_desktop.ui.panels.motion_speed import added, caught, moved, removed
from kling_desktop.ui.panels.speed_plot import HEIGHT, Plot, draw_plot

FRAME_MS = 16
"""How often a curve that is being dragged tells of itself at most."""
POINT_REACH, LINE_REACH = 10.0, 8.0
"""Pixels around the pointer in which a point, or the line, is caught."""
STEPS = {
    Qt.Key.Key_Left: (-0.02, 0.0),
    Qt.Key.Key_Right: (0.02, 0.0),
    Qt.Key.Key_Up: (0.0, 0.1),
    Qt.Key.Key_Down: (0.0, -0.1),
}
"""What an arrow key adds to (share of the time, relative speed)."""
REMOVES = {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
ADDS = {Qt.Key.Key_Insert, Qt.Key.Key_Plus}
USED = {*REMOVES, *ADDS, *STEPS}
WIDE = 5.0
"""How many times as much with Shift held."""
HELP = (
    "Drag the points. Click the line to add one; double click or Delete takes one away. "
    "With the keyboard: Tab, arrow keys, Insert, Delete."
)


class SpeedCurve(QWidget):
    """Points (share of the time to move, relative speed): the outer two keep their time."""

    changed = Signal(object, int)
    """The new speed curve, and the number of the gesture that it belongs to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("speedCurve")
        self.setAccessibleName("Speed over time")
        self.setToolTip(HELP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._plot = Plot(speeds(Timing.LINEAR))
        self._selected: int | None = None
        self._held = False
        """Whether the selected point is being dragged."""
        self._grip = QPointF()
        self._added = False
        """Whether the last press added a point, so that its double click does not remove it."""
        self._gesture = 0
        self._late = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._late.timeout.connect(self._tell)
        self._untold = False

    @property
    def speed(self) -> Speed:
        return self._plot.speed

    @property
    def selected(self) -> int | None:
        """Index of the point that keys act on."""
        return self._selected

    def show_speed(self, speed: Speed, *, begin: float, end: float) -> None:
        """Show a curve for a motion from second ``begin`` to second ``end`` of the video. The one
        that is being dragged stays as it is."""
        if self._held:
            speed = self.speed
        self._plot = Plot(speed, begin, end, self._plot.top if self._held else None)
        if self._selected is not None and self._selected >= len(speed):
            self._select(None)
        self.update()

    def place(self, index: int) -> QPointF:
        """Where a point stands in the widget."""
        return self._plot.place(*self.speed[index], self.size())

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        index, self._added = self._point_at(at), False
        if index is None and self._on_line(at):
            self._gesture += 1
            speed, index = added(self.speed, self._plot.value(at, self.size())[0])
            self._added = True
            self._take(speed)
        self._select(index)
        if index is not None:
            self._gesture += not self._added
            self._held, self._grip = True, self.place(index) - at
            self._plot = self._plot.fixed()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._point_at(event.position())
        if self._added or index is None:
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._remove(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._held and not event.buttons() & Qt.MouseButton.LeftButton:
            self._let_go()
        if self._held and self._selected is not None:
            time, speed = self._plot.value(at + self._grip, self.size())
            self._take(moved(self.speed, self._selected, time, min(speed, self._plot.top)))
        elif self._point_at(at) is not None:
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            on = self._on_line(at)
            self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()

    # Keys

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  (Qt's name)
        """Tab goes from point to point before it leaves."""
        index = -1 if self._selected is None else self._selected
        wanted = index + 1 if next else index - 1
        if self.hasFocus() and 0 <= wanted < len(self.speed):
            self._select(wanted)
            return True
        return super().focusNextPrevChild(next)

    def event(self, event: QEvent) -> bool:
        """Keys that do something here are no shortcuts of the window meanwhile."""
        used = isinstance(event, QKeyEvent) and event.key() in USED
        if used and self._selected is not None and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index, key = self._selected, event.key()
        if index is None:
            super().keyPressEvent(event)
        elif key in REMOVES:
            self._remove(index)
        elif key in ADDS:
            after = min(index, len(self.speed) - 2)
            self._gesture += 1
            speed, new = added(self.speed, (self.speed[after][0] + self.speed[after + 1][0]) / 2)
            self._take(speed)
            self._select(new)
        elif Qt.Key(key) in STEPS:
            self._nudge(index, Qt.Key(key), event)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._select(0)
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._select(len(self.speed) - 1)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._let_go()
        self._select(None)
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_plot(painter, self, self._plot, self._selected)
        painter.end()

    # Inside

    def _point_at(self, at: QPointF) -> int | None:
        places = [self.place(index) for index in range(len(self.speed))]
        return caught(places, at, POINT_REACH)

    def _on_line(self, at: QPointF) -> bool:
        return self._plot.beside(at, self.size()) <= LINE_REACH

    def _nudge(self, index: int, key: Qt.Key, event: QKeyEvent) -> None:
        by = WIDE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        self._gesture += not event.isAutoRepeat()
        (time, speed), (dt, dv) = self.speed[index], STEPS[key]
        self._take(moved(self.speed, index, time + dt * by, speed + dv * by))

    def _remove(self, index: int) -> None:
        if 0 < index < len(self.speed) - 1:
            self._gesture += 1
            self._held = False
            self._take(removed(self.speed, index))
            self._select(None if index >= len(self.speed) - 1 else index)

    def _select(self, index: int | None) -> None:
        self._selected = index
        self.setAccessibleDescription("" if index is None else self._plot.words(index))
        self.update()

    def _take(self, speed: Speed) -> None:
        """Another curve, told at once, or with the next frame."""
        if speed == self.speed:
            return
        self._plot = self._plot.showing(speed)
        self._untold = True
        self.update()
        if not self._held:
            self._tell()
        elif not self._late.isActive():
            self._late.start()

    def _tell(self) -> None:
        if self._untold:
            self._untold = False
            self.changed.emit(self.speed, self._gesture)

    def _let_go(self) -> None:
        if self._held:
            self._late.stop()
            self._tell()
            self._held = False
            self._plot = Plot(self.speed, self._plot.begin, self._plot.end)
            if self._selected is not None:
                self._select(self._selected)
