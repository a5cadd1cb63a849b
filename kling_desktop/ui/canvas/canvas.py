"""The canvas: pointer, pen, wheel and keys, handed to the tool in hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
    QWindow,
)
from PySide6.QtWidgets import QWidget

from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.drop_zone import DropZone
from kling_desktop.ui.canvas.pen import Pen
from kling_desktop.ui.canvas.ring import Ring, ring_rect
from kling_desktop.ui.canvas.space import SpaceBar
from kling_desktop.ui.canvas.stage import Pointer
from kling_desktop.ui.canvas.tools.kit import kit
from kling_desktop.ui.canvas.wheel import is_trackpad
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Tool, Toolbox

WHEEL_ZOOM = 2**0.25
"""Factor of one notch of the wheel (120 units)."""
WHEEL_SIZE = 1.12
"""The same for the brush size."""
SIZE_STEP = 1.2
FRAME_MS = 16
AWAY = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
RIGHT = Qt.MouseButton.RightButton


class Canvas(DropZone):
    """The picture to paint on."""

    cursor_moved = Signal(object)
    """QPointF in image pixels, at most once a frame, or None when the pointer left."""
    path_tried = Signal(object)
    """The paths as they are shown, by area, while one of them is under way; None afterwards."""
    space_tapped = Signal()
    """The space bar was pressed and let go without moving the picture."""

    def __init__(
        self,
        document: Document,
        toolbox: Toolbox,
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, toolbox, notices, parent)
        self.setObjectName("canvas")
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tools = kit(self.stage)
        self._tool = self._tools[toolbox.tool]
        self._ring = Ring()
        self._place: Point | None = None
        """Where the pointer is, in widget pixels."""
        self._down = False
        """Whether the tool's gesture is under way: the left button, or the pen, is down."""
        self._at = Pointer(0.0, 0.0)
        """Where the gesture has got to."""
        self._grip: Point | None = None
        """Where the pointer last was while it moves the picture."""
        self._grip_button = LEFT
        self._space = False
        self._space_bar = SpaceBar(self)
        self._space_bar.held.connect(self._hold_space)
        self._space_bar.tapped.connect(self.space_tapped)
        self.stage.tried = self.path_tried.emit
        self._teller = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._teller.timeout.connect(self._tell_place)
        self._pen = Pen()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus_window_changed)
        document.opened.connect(self._on_another_shot)
        toolbox.tool_changed.connect(self._on_tool_changed)
        toolbox.area_changed.connect(self._on_area_changed)
        toolbox.radius_changed.connect(self._on_radius_changed)
        self._show_cursor()

    # What the window uses

    @property
    def brush_radius(self) -> float:
        """Radius of brush and eraser in image pixels; the toolbox keeps it."""
        return self.stage.toolbox.radius

    @brush_radius.setter
    def brush_radius(self, radius: float) -> None:
        self.stage.toolbox.radius = radius

    def brush_bigger(self) -> None:
        self.brush_radius = max(self.brush_radius * SIZE_STEP, self.brush_radius + 0.5)

    def brush_smaller(self) -> None:
        self.brush_radius = min(self.brush_radius / SIZE_STEP, self.brush_radius - 0.5)

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way, during which nothing else should change the shot."""
        return self._tool.active

    def cancel(self) -> bool:
        """Take back the gesture under way, as Escape does; False where there is none."""
        if not self._tool.active:
            return False
        self._tool.cancel()
        self._down = False
        return True

    def finish(self) -> None:
        """End the gesture under way, as when the button is let go where the pointer last was."""
        self._pen.down = False
        if self._down:
            self._down = False
            self._tool.release(self._at)

    def pick(self) -> None:
        """Take the area under the pointer in hand, if there is one."""
        if self._place is not None:
            self._pick(*self.stage.view.to_image(*self._place))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._pen.echoes(event):
            place = event.position()
            self._pressed(event.button(), (place.x(), place.y()), self._pointer(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._pen.echoes(event):
            place = event.position()
            at = self._pointer(event)
            self._pressed(event.button(), (place.x(), place.y()), at, twice=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pen.down:
            return
        position, held = event.position(), event.buttons()
        place = position.x(), position.y()
        if self._grip is not None and self._grips(held, place):
            return
        # Comparing is quicker than asking for a bit, which Python's enums are slow at.
        if self._down and held != LEFT and not held & LEFT:
            self.finish()
        x, y = self.stage.view.to_image(*place)
        self._moved(place, Pointer(x, y, event.modifiers()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._pen.down:
            self._released(event.button(), self._pointer(event))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._space_bar.listen(on=True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._space_bar.listen(on=False)
        self._hold_space(held=self._space and self.hasFocus())
        self._show_ring(None)
        self._teller.stop()
        self.cursor_moved.emit(None)
        super().leaveEvent(event)

    # Pen

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Accepted, so that Qt makes no mouse event of it; the system's own echo is ignored."""
        place, kind, at = event.position(), event.type(), self._pointer(event)
        spot = place.x(), place.y()
        if kind == QEvent.Type.TabletPress:
            twice = self._pen.comes_down(spot, event.timestamp())
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pressed(event.button(), spot, at, twice=twice)
            self._pen.down = True  # a gesture that was still open has ended meanwhile
        elif kind == QEvent.Type.TabletMove:
            held = event.buttons()
            if self._grip is None or not self._grips(held, spot):
                if self._pen.down and self._down and not held & LEFT:
                    self.finish()
                self._moved(spot, at)
        elif kind == QEvent.Type.TabletRelease and self._pen.down:
            self._released(event.button(), at)
            self._pen.down = False
        self._pen.heard(event.timestamp())
        event.accept()

    # Wheel and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        # With Alt held Qt gives what a wheel does as a sideways turn.
        turn = event.angleDelta()
        notches = (turn.y() or turn.x()) / 120
        place = event.position()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._tool.ring:
            self.brush_radius *= WHEEL_SIZE**notches
        elif is_trackpad(event):
            delta = event.pixelDelta()
            self.move_by(delta.x(), delta.y())
        elif notches:
            self.step_at(WHEEL_ZOOM**notches, (place.x(), place.y()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space_bar.press()
        elif key == Qt.Key.Key_Escape and self.cancel():
            return
        elif key == Qt.Key.Key_Escape and self.stage.selected:
            self.stage.select()
        elif not self._tool.key(key, event.modifiers(), repeats=event.isAutoRepeat()):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_bar.release()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hold_space(held=False)
        if event.reason() in AWAY:
            self.finish()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._on_lapse()
        super().hideEvent(event)

    # On top of the picture

    def draw_on_top(self, painter: QPainter) -> None:
        self._tool.draw(painter)
        if self._tool.ring and self._place is not None and self._grip is None:
            ratio = self.stage.view.ratio
            x, y = self._place
            radius = self.brush_radius * self.stage.view.zoom
            self._ring.draw(painter, x * ratio, y * ratio, radius, ratio)

    # Inside

    @property
    def _pans(self) -> bool:
        return self._space or self.stage.toolbox.tool == Tool.PAN

    def _pointer(self, event: QMouseEvent | QTabletEvent) -> Pointer:
        place = event.position()
        x, y = self.stage.view.to_image(place.x(), place.y())
        if isinstance(event, QTabletEvent):
            erases = event.pointerType() == QPointingDevice.PointerType.Eraser
            return Pointer(x, y, event.modifiers(), event.pressure(), erases, pen=True)
        return Pointer(x, y, event.modifiers())

    def _pressed(
        self, button: Qt.MouseButton, place: Point, at: Pointer, *, twice: bool = False
    ) -> None:
        """A button of the mouse or the pen went down, perhaps for the second time at once."""
        self._show_ring(place)  # a touch screen or a pen sends no move before it
        self._space_bar.used()
        if button == MIDDLE or (button == LEFT and self._pans):
            self.finish()
            self._grip, self._grip_button = place, button
            self._show_cursor()
        elif button == LEFT and self._grip is None:
            self._begin(at, self._tool.double if twice else self._tool.press)
        elif button == RIGHT and not (self._down or self._tool.active):
            self.pick()

    def _released(self, button: Qt.MouseButton, at: Pointer) -> None:
        if self._grip is not None and button == self._grip_button:
            self._grip = None
            self._show_ring(self._place)
            self._show_cursor()
        elif self._down and button == LEFT:
            self._at = at
            self.finish()

    def _grips(self, held: Qt.MouseButton, place: Point) -> bool:
        """Move the picture, unless the button was let go unheard."""
        if held & self._grip_button:
            self._pan_to(*place)
            return True
        self._grip = None
        return False

    def _begin(self, at: Pointer, press: Callable[[Pointer], None]) -> None:
        """A gesture begins; one that is still open, its end unheard, is kept as it is."""
        self.finish()
        self._down, self._at = True, at
        press(at)

    def _hold_space(self, held: bool) -> None:
        self._space = held
        if not held or self._down:
            self._space_bar.used()
        self._show_cursor()

    def _moved(self, place: Point, at: Pointer) -> None:
        """The pointer is somewhere else, with or without a gesture under way."""
        tool = self._tool
        self._at = at
        if self._down:
            tool.drag(at)
        else:
            tool.hover(at)
        if tool.ring:
            self._show_ring(place)
        else:
            self._place = place
            self._show_cursor()
        if not self._teller.isActive():
            self._teller.start()

    def _show_ring(self, place: Point | None) -> None:
        """Move the ring; the parts under the old and the new one are repainted together, with the
        stroke between them and the squares that its pixels are from close by."""
        old, self._place = self._place, place
        start, end = old or place, place or old
        if start is not None and end is not None and self._tool.ring:
            view = self.stage.view
            reach = (self.stage.toolbox.radius + 1.0) * view.zoom / view.ratio
            self.update(ring_rect(start, end, reach))

    def _tell_place(self) -> None:
        self.cursor_moved.emit(QPointF(self._at[0], self._at[1]))

    def _pan_to(self, x: float, y: float) -> None:
        assert self._grip is not None  # noqa: S101
        dx, dy = x - self._grip[0], y - self._grip[1]
        self._grip = self._place = x, y
        self.move_by(dx, dy)

    def _show_cursor(self) -> None:
        if self._grip is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._pans and not self._down:
            shape = Qt.CursorShape.OpenHandCursor
        elif self.stage.document.shot.picture is None:
            shape = Qt.CursorShape.ArrowCursor
        else:
            shape = self._tool.cursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _pick(self, x: float, y: float) -> None:
        if self.stage.view.covers(x, y):
            area = int(self.stage.document.labels[int(y), int(x)])
            if area not in self.stage.toolbox.hidden:
                self.stage.toolbox.area = area  # which leaves it as it is where nothing is painted

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        """A dialog or another program comes: the button may be let go without a word to us."""
        if window is None or window is not self.window().windowHandle():
            self._on_lapse()

    def _on_lapse(self) -> None:
        """The end of a gesture may go unheard: it ends here."""
        self.finish()
        self._grip = None
        self._hold_space(held=False)

    def _on_another_shot(self) -> None:
        self._tool.leave()
        self._show_cursor()

    def _on_tool_changed(self, tool: Tool) -> None:
        self.finish()
        self._tool.settle()
        self._tool.leave()
        self._tool = self._tools[tool]
        self.stage.show_paths()
        self._show_cursor()
        self.update()

    def _on_area_changed(self, area: int) -> None:  # noqa: ARG002
        self._tool.area_changed()
        self.stage.show_paths()

    def _on_radius_changed(self, radius: float) -> None:  # noqa: ARG002
        if self._tool.ring:
            self.update()
