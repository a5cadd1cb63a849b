"""A hand that moves a real pointer over a canvas: it sends what Qt would send."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kling_desktop.ui.canvas.canvas import Canvas

LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier
Place = tuple[float, float]


class Hand:
    """Positions are image pixels, unless a method says otherwise."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def at(self, place: Place) -> QPointF:
        return self.canvas.view_point(*place)

    def press(self, place: Place, *, button: Qt.MouseButton = LEFT, keys=PLAIN) -> None:
        self._mouse(QEvent.Type.MouseButtonPress, self.at(place), button, button, keys)

    def move(self, place: Place, *, held: Qt.MouseButton = LEFT, keys=PLAIN) -> None:
        self._mouse(QEvent.Type.MouseMove, self.at(place), NONE, held, keys)

    def hover(self, place: Place) -> None:
        self.move(place, held=NONE)

    def release(self, place: Place, *, button: Qt.MouseButton = LEFT, keys=PLAIN) -> None:
        self._mouse(QEvent.Type.MouseButtonRelease, self.at(place), button, NONE, keys)

    def click(self, place: Place, *, keys=PLAIN) -> None:
        self.press(place, keys=keys)
        self.release(place, keys=keys)

    def double(self, place: Place, *, keys=PLAIN) -> None:
        """A whole double click: press, release, double press, release."""
        self.click(place, keys=keys)
        self._mouse(QEvent.Type.MouseButtonDblClick, self.at(place), LEFT, LEFT, keys)
        self.release(place, keys=keys)

    def double_drag(self, place: Place, to: Place) -> None:
        """The same, with a drag before the second release."""
        self.click(place)
        self._mouse(QEvent.Type.MouseButtonDblClick, self.at(place), LEFT, LEFT, PLAIN)
        self.move(to)
        self.release(to)

    def drag(self, *places: Place, keys=PLAIN) -> None:
        self.press(places[0], keys=keys)
        for place in places[1:]:
            self.move(place, keys=keys)
        self.release(places[-1], keys=keys)

    def drag_widget(self, a: QPointF, b: QPointF, *, button: Qt.MouseButton = LEFT) -> None:
        """Drag between two places in widget pixels."""
        self._mouse(QEvent.Type.MouseButtonPress, a, button, button, PLAIN)
        self._mouse(QEvent.Type.MouseMove, b, NONE, button, PLAIN)
        self._mouse(QEvent.Type.MouseButtonRelease, b, button, NONE, PLAIN)

    def wheel(
        self, place: QPointF, notches: float = 0.0, *, keys=PLAIN, pixels: QPoint | None = None
    ) -> None:
        """Turn the wheel at a place in widget pixels, or move two fingers by ``pixels``."""
        phase = Qt.ScrollPhase.NoScrollPhase if pixels is None else Qt.ScrollPhase.ScrollUpdate
        angle = QPoint(0, round(notches * 120)) if pixels is None else pixels * 8
        turned = False
        event = QWheelEvent(place, place, pixels or QPoint(), angle, NONE, keys, phase, turned)
        QApplication.sendEvent(self.canvas, event)

    def pen(
        self,
        kind: QEvent.Type,
        place: Place,
        *,
        pressure: float = 1.0,
        eraser: bool = False,
        held: bool = True,
        keys: Qt.KeyboardModifier = PLAIN,
    ) -> None:
        """One event of a pen, ``held`` to the paper or above it."""
        pointer = QPointingDevice.PointerType.Eraser if eraser else QPointingDevice.PointerType.Pen
        device = QPointingDevice(
            "pen",
            1,
            QPointingDevice.DeviceType.Stylus,
            pointer,
            QPointingDevice.Capability.Pressure | QPointingDevice.Capability.Position,
            1,
            1,
        )
        where = self.at(place)
        button = NONE if kind == QEvent.Type.TabletMove else LEFT
        event = QTabletEvent(
            kind,
            device,
            where,
            where,
            pressure,
            0,
            0,
            0,
            0,
            0,
            keys,
            button,
            LEFT if held else NONE,
        )
        QApplication.sendEvent(self.canvas, event)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.canvas, key, keys)

    def _mouse(
        self,
        kind: QEvent.Type,
        where: QPointF,
        button: Qt.MouseButton,
        held: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        place = self.canvas.mapToGlobal(where)
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, where, place, button, held, keys))


class EraserEnd(Hand):
    """The same with the eraser end of a pen in place of the mouse."""

    def press(self, place: Place, *, button: Qt.MouseButton = LEFT, keys=PLAIN) -> None:
        self.pen(QEvent.Type.TabletPress, place, eraser=True, keys=keys)

    def move(self, place: Place, *, held: Qt.MouseButton = LEFT, keys=PLAIN) -> None:
        self.pen(QEvent.Type.TabletMove, place, eraser=True, held=held == LEFT, keys=keys)

    def release(self, place: Place, *, button: Qt.MouseButton = LEFT, keys=PLAIN) -> None:
        self.pen(QEvent.Type.TabletRelease, place, eraser=True, held=False, keys=keys)
