"""The speed curve: dragged, clicked and typed at in the window; the shot follows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kling_desktop.model.path import Path
from kling_desktop.model.timing import Speed, Timing, eased, speeds
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.motion_speed import FASTEST, NEAREST, added, at, moved, removed
from kling_desktop.ui.panels.speed_curve import SpeedCurve
from kling_desktop.ui.panels.speed_plot import Plot
from kling_desktop.ui.theme import Look
from kling_desktop.ui.toolbox import Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.waiting import until

PATH = Path(((100.0, 100.0), (300.0, 160.0), (420.0, 300.0)))
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def curve(window: MainWindow, document: Document) -> SpeedCurve:
    document.set_path(1, PATH, "Draw path 1")
    found = window.column.motion.pace.speed
    window.column._scroll.ensureWidgetVisible(found)
    QApplication.processEvents()
    assert found.isVisible()
    return found


def send(curve: SpeedCurve, kind: QEvent.Type, place: QPointF, held: Qt.MouseButton) -> None:
    button = NONE if kind == QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(kind, place, curve.mapToGlobal(place), button, held, PLAIN)
    QApplication.sendEvent(curve, event)


def click(curve: SpeedCurve, place: QPointF, kind: QEvent.Type | None = None) -> None:
    send(curve, kind or QEvent.Type.MouseButtonPress, place, LEFT)
    send(curve, QEvent.Type.MouseButtonRelease, place, NONE)


def drag(curve: SpeedCurve, start: QPointF, *to: QPointF) -> None:
    send(curve, QEvent.Type.MouseButtonPress, start, LEFT)
    for place in to:
        send(curve, QEvent.Type.MouseMove, place, LEFT)
    send(curve, QEvent.Type.MouseButtonRelease, to[-1], NONE)


def path(document: Document) -> Path:
    return document.shot.paths[1]


def test_dragging_an_end_makes_an_own_curve_as_one_step(
    curve: SpeedCurve, document: Document
) -> None:
    steps, place = document.undo_stack.index(), curve.place(1)
    drag(curve, place, place + QPointF(-40, 10), place + QPointF(-70, 20), place + QPointF(-90, 25))
    changed = path(document)
    assert changed.timing == Timing.CUSTOM
    assert changed.speed[0] == (0.0, 1.0)
    assert changed.speed[1][0] == 1.0
    assert 0.0 < changed.speed[1][1] < 0.5
    assert document.undo_stack.index() == steps + 1
    document.undo_stack.undo()
    assert path(document) == PATH
    assert curve.speed == speeds(Timing.LINEAR)
    document.undo_stack.redo()
    assert path(document) == changed
    assert curve.speed == changed.speed


def test_a_drag_shows_before_it_ends(curve: SpeedCurve, document: Document) -> None:
    place = curve.place(0)
    send(curve, QEvent.Type.MouseButtonPress, place, LEFT)
    send(curve, QEvent.Type.MouseMove, place + QPointF(0, -20), LEFT)
    until(lambda: path(document).timing == Timing.CUSTOM)
    assert path(document).speed[0][1] > 1.2
    send(curve, QEvent.Type.MouseButtonRelease, place + QPointF(0, -20), NONE)


def test_a_click_on_the_line_adds_a_point_that_can_be_dragged(
    curve: SpeedCurve, document: Document
) -> None:
    steps = document.undo_stack.index()
    middle = (curve.place(0) + curve.place(1)) / 2
    click(curve, middle)
    assert len(path(document).speed) == 3
    assert path(document).speed[1] == (pytest.approx(0.5, abs=0.01), pytest.approx(1.0, abs=0.02))
    assert curve.selected == 1
    drag(curve, curve.place(1), curve.place(1) + QPointF(40, -30))
    time, fast = path(document).speed[1]
    assert time > 0.6
    assert fast > 1.5
    assert document.undo_stack.index() == steps + 2
    drag(curve, curve.place(1), curve.place(1) + QPointF(900, -900))
    time, fast = path(document).speed[1]
    assert time == pytest.approx(1.0 - NEAREST)
    assert fast <= FASTEST


def test_a_press_that_adds_and_drags_is_one_step(curve: SpeedCurve, document: Document) -> None:
    steps = document.undo_stack.index()
    middle = (curve.place(0) + curve.place(1)) / 2
    drag(curve, middle, middle + QPointF(10, -10), middle + QPointF(20, -25))
    assert path(document).speed[1][1] > 1.4
    assert document.undo_stack.index() == steps + 1
    drag(curve, curve.place(1), curve.place(1) + QPointF(0, 10))
    assert document.undo_stack.index() == steps + 2


def test_a_click_beside_the_line_changes_nothing(curve: SpeedCurve, document: Document) -> None:
    steps = document.undo_stack.index()
    click(curve, curve.place(0) + QPointF(60, -25))
    QTest.mouseClick(curve, Qt.MouseButton.RightButton, pos=curve.place(0).toPoint())
    assert (path(document), document.undo_stack.index()) == (PATH, steps)


def test_a_double_click_takes_a_point_away_but_never_an_end(
    curve: SpeedCurve, document: Document
) -> None:
    kind = QEvent.Type.MouseButtonDblClick
    middle = (curve.place(0) + curve.place(1)) / 2
    click(curve, middle)
    click(curve, middle, kind)  # of the same double click that added it
    assert len(curve.speed) == 3
    click(curve, curve.place(1))
    click(curve, curve.place(1), kind)
    assert len(path(document).speed) == 2
    click(curve, curve.place(0))
    click(curve, curve.place(0), kind)
    assert len(path(document).speed) == 2


def test_the_keyboard_does_all_of_it(curve: SpeedCurve, document: Document) -> None:
    curve.setFocus(Qt.FocusReason.TabFocusReason)
    assert curve.selected == 0
    steps = document.undo_stack.index()
    QTest.keyClick(curve, Qt.Key.Key_Insert)
    assert curve.selected == 1
    assert path(document).speed[1] == (0.5, 1.0)
    QTest.keyClick(curve, Qt.Key.Key_Up)
    QTest.keyClick(curve, Qt.Key.Key_Left, SHIFT)
    assert path(document).speed[1] == (pytest.approx(0.4), pytest.approx(1.1))
    assert document.undo_stack.index() == steps + 3
    assert "Point 2 of 3" in curve.accessibleDescription()
    QTest.keyClick(curve, Qt.Key.Key_Tab)
    assert curve.selected == 2
    QTest.keyClick(curve, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(curve, Qt.Key.Key_Left)
    assert path(document).speed[2] == (1.0, 0.5)
    QTest.keyClick(curve, Qt.Key.Key_Backtab)
    QTest.keyClick(curve, Qt.Key.Key_Delete)
    assert path(document).speed == ((0.0, 1.0), (1.0, 0.5))
    while document.undo_stack.index() > steps:
        document.undo_stack.undo()
    assert path(document) == PATH


def test_tab_leaves_at_the_last_point(curve: SpeedCurve) -> None:
    curve.setFocus(Qt.FocusReason.BacktabFocusReason)
    assert curve.selected == 1
    QTest.keyClick(curve, Qt.Key.Key_Tab)
    assert not curve.hasFocus()
    assert curve.selected is None


def test_a_key_held_down_is_one_step(curve: SpeedCurve, document: Document) -> None:
    from PySide6.QtGui import QKeyEvent

    curve.setFocus(Qt.FocusReason.TabFocusReason)
    steps = document.undo_stack.index()
    for repeat in (False, True, True):
        kind = QEvent.Type.KeyPress
        QApplication.sendEvent(curve, QKeyEvent(kind, Qt.Key.Key_Up, PLAIN, "", repeat))
    assert path(document).speed[0] == (0.0, pytest.approx(1.3))
    assert document.undo_stack.index() == steps + 1


@pytest.mark.parametrize("timing", [Timing.EASE_IN, Timing.EASE_OUT, Timing.EASE_IN_OUT])
def test_presets_show_their_own_curve_and_begin_it(
    curve: SpeedCurve, document: Document, timing: Timing
) -> None:
    document.set_path(1, Path(PATH.points, timing=timing), "Choose timing")
    assert curve.speed == speeds(timing)
    share = np.linspace(0, 1, 50)
    assert np.allclose(
        eased(Timing.CUSTOM, share, curve.speed), eased(timing, share), rtol=0, atol=0.02
    )
    drag(curve, curve.place(0), curve.place(0) + QPointF(0, -15))
    assert path(document).timing == Timing.CUSTOM
    assert path(document).speed[1:] == speeds(timing)[1:]


def test_undo_in_the_middle_of_a_drag_leaves_the_hand_its_curve(
    curve: SpeedCurve, document: Document
) -> None:
    place = curve.place(1)
    send(curve, QEvent.Type.MouseButtonPress, place, LEFT)
    send(curve, QEvent.Type.MouseMove, place + QPointF(0, 15), LEFT)
    until(lambda: path(document) != PATH)
    document.undo_stack.undo()
    send(curve, QEvent.Type.MouseMove, place + QPointF(0, 20), LEFT)
    send(curve, QEvent.Type.MouseButtonRelease, place + QPointF(0, 20), NONE)
    assert path(document).speed == curve.speed
    assert curve.speed[1][1] < 0.7


def test_hovering_shows_what_a_press_would_do(curve: SpeedCurve) -> None:
    shapes = []
    middle = (curve.place(0) + curve.place(1)) / 2
    for place in (curve.place(0), middle, middle + QPointF(0, -30)):
        send(curve, QEvent.Type.MouseMove, place, NONE)
        shapes.append(curve.cursor().shape())
    assert len(set(shapes)) == 3


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_it_looks_different_where_it_cannot_be_used(
    curve: SpeedCurve, window: MainWindow, document: Document, toolbox: Toolbox, look: Look
) -> None:
    def seen() -> QImage:
        QApplication.processEvents()
        return curve.grab().toImage()

    window.theme.choose(look)
    usable = seen()
    toolbox.area = 2
    assert not curve.isEnabled()
    assert seen() != usable
    toolbox.area = 1
    document.set_path(1, Path(PATH.points, timing=Timing.STEPS), "Choose timing")
    assert not curve.isEnabled()
    assert window.column.motion.pace.hint.isVisible()


# The pure part

speed_curves = st.lists(st.floats(0, 5), min_size=2, max_size=9).map(
    lambda fast: tuple(zip(np.linspace(0, 1, len(fast)).tolist(), fast, strict=True))
)


def whole(speed: Speed) -> bool:
    """What a shot file takes."""
    when = [time for time, _ in speed]
    rises = all(b > a for a, b in pairwise(when))
    return rises and (when[0], when[-1]) == (0.0, 1.0) and any(fast > 0 for _, fast in speed)


@given(speed_curves, st.integers(0, 8), st.floats(-1, 2), st.floats(-3, 20))
def test_a_moved_point_stays_between_its_neighbours(
    speed: Speed, index: int, time: float, fast: float
) -> None:
    index %= len(speed)
    found = moved(speed, index, time, fast)
    assert whole(found)
    assert found[:index] == speed[:index]
    assert found[index + 1 :] == speed[index + 1 :]
    assert 0.0 <= found[index][1] <= FASTEST


@given(speed_curves, st.floats(0, 1))
def test_an_added_point_lies_on_the_line_and_can_be_removed(speed: Speed, time: float) -> None:
    found, index = added(speed, time)
    if len(found) == len(speed):
        assert abs(found[index][0] - time) < NEAREST
        return
    assert found[index][1] == pytest.approx(at(speed, found[index][0]), abs=0.006)
    assert whole(found) or not any(fast for _, fast in speed)
    assert removed(found, index) == speed or not any(fast for _, fast in speed)


@given(speed_curves, st.integers(1, 7))
def test_what_is_left_after_removing_moves(speed: Speed, index: int) -> None:
    if index < len(speed) - 1:
        assert whole(removed(speed, index))


@given(speed_curves, st.floats(0, 1), st.floats(0, 1))
def test_places_and_values_are_the_same_thing(speed: Speed, time: float, share: float) -> None:
    plot, size = Plot(speed, 0.5, 4.5), QSize(294, 112)
    place = plot.place(time, share * plot.top, size)
    assert QSize(294, 112).expandedTo(QSize(int(place.x()), int(place.y()))) == size
    assert plot.value(place, size) == pytest.approx((time, share * plot.top), abs=1e-6)


def test_the_axis_stays_while_a_point_is_dragged_up(qapp: object) -> None:
    plot = Plot(((0.0, 1.0), (1.0, 1.0))).fixed()
    assert plot.showing(((0.0, 9.0), (1.0, 1.0))).top == plot.top
    assert Plot(((0.0, 9.0), (1.0, 1.0))).top > 9.0


def test_it_is_as_wide_as_the_column(curve: SpeedCurve, make_window: Callable[..., object]) -> None:
    assert curve.height() == 112
    assert curve.width() > 240
    assert curve.rect().contains(curve.place(0).toPoint() - QPoint(5, 0))


def test_a_point_on_a_steep_line_lies_where_it_is_shown() -> None:
    steep = ((0.0, 0.0), (0.125, 0.0), (0.25, 4.55078125), (1.0, 0.0))
    found, index = added(steep, 0.17155396467504816)
    assert found[index][1] == pytest.approx(at(steep, found[index][0]), abs=0.005)
