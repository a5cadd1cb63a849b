"""Looking at the picture: fit, zoom, pan, frames, files, and what is repainted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from kling_desktop.model.path import Path
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import LEFT, MIDDLE, EraserEnd, Hand
from tests.ui.canvas.proof import Repaints


def seen(canvas: Canvas, rect: QRect | None = None) -> np.ndarray:
    """What the canvas paints, (H, W, 3) RGB; only what lies in ``rect``, where one is given."""
    image = QImage(canvas.size(), QImage.Format.Format_RGB32)
    image.fill(0)
    canvas.render(image, QPoint(), QRegion() if rect is None else QRegion(rect))
    if rect is not None:  # render moves the region to the target's corner
        image.fill(0)
        canvas.render(image, rect.topLeft(), QRegion(rect))
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return data[:, : image.width(), 2::-1].copy()


def colour_at(canvas: Canvas, x: float, y: float) -> tuple[int, ...]:
    place = canvas.view_point(x, y).toPoint()
    return tuple(int(c) for c in seen(canvas)[place.y(), place.x()])


def test_a_picture_opens_fitted_and_stays_fitted(canvas: Canvas, qtbot: QtBot) -> None:
    def whole() -> bool:
        corner, end = canvas.view_point(0, 0), canvas.view_point(400, 300)
        inside = corner.x() >= 0 and corner.y() >= 0
        return inside and end.x() <= canvas.width() and end.y() <= canvas.height()

    assert whole()
    before = canvas.zoom
    canvas.resize(900, 700)
    assert whole()
    assert canvas.zoom > before
    canvas.zoom_in()
    zoom = canvas.zoom
    canvas.resize(640, 480)
    assert canvas.zoom == zoom
    canvas.fit()
    assert whole()


def test_actual_size_shows_the_pixels_of_the_picture(canvas: Canvas, document: Document) -> None:
    canvas.actual_size()
    assert canvas.zoom == 1.0
    corner = canvas.view_point(0, 0).toPoint()
    shown = seen(canvas)[corner.y() : corner.y() + 300, corner.x() : corner.x() + 400]
    assert (shown == document.pixels).all()


def test_the_wheel_zooms_at_the_cursor(canvas: Canvas, hand: Hand) -> None:
    at = QPointF(250, 200)
    for notches in (1, 1, -3, 2, 5):
        before, zoom = canvas.image_point(at), canvas.zoom
        hand.wheel(at, notches)
        after = canvas.image_point(at)
        assert (canvas.zoom > zoom) == (notches > 0)
        assert abs(after.x() - before.x()) * canvas.zoom < 0.51
        assert abs(after.y() - before.y()) * canvas.zoom < 0.51


def test_zoom_ends_at_its_limits(canvas: Canvas, hand: Hand) -> None:
    for _ in range(60):
        hand.wheel(QPointF(320, 240), 2)
    assert canvas.zoom == 32
    for _ in range(60):
        hand.wheel(QPointF(320, 240), -2)
    assert canvas.zoom == 0.05


def test_zoom_tells(canvas: Canvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.zoom_changed) as signal:
        canvas.zoom = 2.0
    assert signal.args == [2.0]


@pytest.mark.parametrize("way", ["space", "middle", "tool", "fingers"])
def test_panning(
    canvas: Canvas, hand: Hand, toolbox: Toolbox, document: Document, way: str
) -> None:
    before = canvas.view_point(200, 150)
    a, b = QPointF(300, 200), QPointF(330, 180)
    if way == "space":
        QTest.keyPress(canvas, Qt.Key.Key_Space)
        assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
        hand.drag_widget(a, b)
        QTest.keyRelease(canvas, Qt.Key.Key_Space)
    elif way == "middle":
        hand.drag_widget(a, b, button=MIDDLE)
    elif way == "tool":
        toolbox.tool = Tool.PAN
        hand.drag_widget(a, b)
    else:
        hand.wheel(a, pixels=QPoint(30, -20))
    assert canvas.view_point(200, 150) - before == QPointF(30, -20)
    assert not document.labels.any()
    assert not canvas.fits


def test_after_space_is_let_go_the_brush_paints_again(
    canvas: Canvas, hand: Hand, document: Document
) -> None:
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    hand.click((100, 100))
    assert document.labels.any()


def test_an_area_shows_in_its_colour_until_it_is_hidden(
    canvas: Canvas, hand: Hand, toolbox: Toolbox
) -> None:
    plain = colour_at(canvas, 200, 150)
    toolbox.area, toolbox.radius = 1, 20
    hand.click((200, 150))
    hand.hover((20, 20))
    red = colour_at(canvas, 200, 150)
    assert red[0] > plain[0] + 30
    toolbox.set_hidden(1, hidden=True)
    assert colour_at(canvas, 200, 150) == plain
    toolbox.set_hidden(1, hidden=False)
    assert colour_at(canvas, 200, 150) == red


@pytest.mark.parametrize("tool", [Tool.BRUSH, Tool.WAND, Tool.PATH])
def test_work_on_a_hidden_area_shows_it(
    canvas: Canvas, hand: Hand, toolbox: Toolbox, document: Document, said: list[str], tool: Tool
) -> None:
    toolbox.set_hidden(1, hidden=True)
    toolbox.tool = tool
    hand.click((200, 150))
    assert document.labels[150, 200] == 1 or 1 in document.shot.paths
    assert toolbox.hidden == set()
    assert said == []


def test_the_eraser_leaves_what_is_hidden_hidden(
    canvas: Canvas, hand: Hand, toolbox: Toolbox
) -> None:
    toolbox.set_hidden(1, hidden=True)
    toolbox.tool = Tool.ERASER
    hand.click((200, 150))
    assert toolbox.hidden == {1}


@pytest.mark.parametrize("zoom", [0.37, 0.5, 1.0, 1.7, 5.0])
def test_a_partial_repaint_equals_a_whole_one(
    canvas: Canvas, hand: Hand, toolbox: Toolbox, document: Document, zoom: float, qtbot: QtBot
) -> None:
    canvas.zoom = zoom
    for area in (1, 7):
        toolbox.area = area
        hand.drag((60 * area, 20), (200, 150), (300, 280))
    document.set_path(3, Path(((50, 50), (200, 250), (350, 60))), "Draw path")
    qtbot.wait(1)
    whole = seen(canvas)
    rng = np.random.default_rng(2)
    for _ in range(12):
        x, y = int(rng.integers(0, 560)), int(rng.integers(0, 400))
        part = seen(canvas, QRect(x, y, 70, 60))[y : y + 60, x : x + 70].astype(int)
        # Qt's fixed-point smoothing may round one step differently for another source rectangle.
        assert np.abs(part - whole[y : y + 60, x : x + 70]).max() <= 2


def test_the_ring_shows_the_true_radius(canvas: Canvas, hand: Hand, toolbox: Toolbox) -> None:
    canvas.actual_size()
    toolbox.radius = 40
    without = seen(canvas).astype(int)
    hand.hover((200, 150))
    changed = np.argwhere(np.abs(seen(canvas).astype(int) - without).max(axis=2) > 20)
    centre = canvas.view_point(200, 150)
    away = np.hypot(changed[:, 1] + 0.5 - centre.x(), changed[:, 0] + 0.5 - centre.y())
    assert len(changed) > 150
    assert (np.abs(away - 40) < 3).all()


def test_the_ring_goes_when_the_pointer_leaves(canvas: Canvas, hand: Hand) -> None:
    without = seen(canvas)
    hand.hover((200, 150))
    assert (seen(canvas) != without).any()
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert (seen(canvas) == without).all()


@pytest.mark.parametrize(
    ("pointer", "button"),
    [(Hand, LEFT), (Hand, MIDDLE), (Hand, Qt.MouseButton.RightButton), (EraserEnd, LEFT)],
)
def test_the_ring_goes_along_with_a_press_that_no_move_came_before(
    canvas: Canvas,
    hand: Hand,
    pointer: type[Hand],
    button: Qt.MouseButton,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand.hover((100, 80))
    repaints = Repaints(canvas, monkeypatch)
    pointer(canvas).press((300, 220), button=button)
    assert repaints.suffice()
    pointer(canvas).release((300, 220), button=button)
    assert repaints.suffice()


def test_the_cursor_is_told_in_image_pixels(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    told: list[QPointF | None] = []
    canvas.cursor_moved.connect(told.append)
    hand.hover((100, 45.25))
    hand.hover((123.5, 45.25))
    qtbot.waitUntil(lambda: bool(told))
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert told[0] is not None
    assert (told[0].x(), told[0].y()) == pytest.approx((123.5, 45.25))
    assert told[1] is None


def test_a_frame_takes_the_place_of_the_picture(
    canvas: Canvas, hand: Hand, document: Document
) -> None:
    hand.click((200, 150))
    hand.hover((10, 10))
    document.set_path(1, Path(((50, 50), (350, 60))), "Draw path")
    picture, area = colour_at(canvas, 300, 250), colour_at(canvas, 200, 150)
    canvas.show_frame(np.full((90, 120, 3), (10, 200, 30), np.uint8))
    assert colour_at(canvas, 300, 250) == (10, 200, 30)
    assert colour_at(canvas, 200, 150) != (10, 200, 30)
    canvas.show_plan = False
    assert colour_at(canvas, 200, 150) == (10, 200, 30)
    assert colour_at(canvas, 200, 55) == (10, 200, 30)
    canvas.show_plan = True
    canvas.show_frame(None)
    assert colour_at(canvas, 300, 250) == picture
    assert colour_at(canvas, 200, 150) == area


def test_another_picture_starts_afresh(
    canvas: Canvas, hand: Hand, document: Document, open_picture: Callable[..., None]
) -> None:
    hand.press((200, 150))
    canvas.show_frame(np.zeros((3, 4, 3), np.uint8))
    open_picture(document, 1000, 200)
    hand.release((200, 150))
    assert document.undo_stack.count() == 0
    assert canvas.fits
    assert canvas.stage.view.image == (1000, 200)
    assert colour_at(canvas, 900, 100)[0] > 150


def test_the_empty_canvas_invites(empty_canvas: Canvas, qtbot: QtBot) -> None:
    state = empty_canvas.findChild(type(empty_canvas._empty), "emptyCanvas")
    assert state is not None
    assert state.isVisible()
    button = state.findChild(QPushButton, "emptySample")
    assert button is not None
    with qtbot.waitSignal(empty_canvas.sample_requested):
        button.click()


def test_an_empty_canvas_does_not_zoom(empty_canvas: Canvas) -> None:
    zoom, hand = empty_canvas.zoom, Hand(empty_canvas)
    hand.wheel(QPointF(100, 100), 3)
    hand.drag_widget(QPointF(100, 100), QPointF(150, 150), button=MIDDLE)
    empty_canvas.zoom_in()
    assert empty_canvas.zoom == zoom
    assert empty_canvas.fits


def test_the_invitation_goes_with_the_first_picture(canvas: Canvas) -> None:
    assert not canvas._empty.isVisible()


def drop(canvas: Canvas, urls: list[QUrl]) -> bool:
    """Drop; whether the canvas took it."""
    data = QMimeData()
    data.setUrls(urls)
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    enter.ignore()
    QApplication.sendEvent(canvas, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(canvas, QDropEvent(QPointF(50, 50), copy, data, left, none))
    return True


def test_local_files_may_be_dropped(empty_canvas: Canvas, tmp_path: FilePath) -> None:
    dropped: list[list[FilePath]] = []
    empty_canvas.files_dropped.connect(dropped.append)
    files = [tmp_path / "a b.png", tmp_path / "ü.jpg"]
    urls = [QUrl.fromLocalFile(str(file)) for file in files]
    assert drop(empty_canvas, [*urls, QUrl("https://example.com/c.png")])
    assert dropped == [files]
    assert not drop(empty_canvas, [QUrl("https://example.com/c.png")])
    assert not drop(empty_canvas, [])


def test_undo_repaints_only_what_changed(
    canvas: Canvas, hand: Hand, document: Document, qtbot: QtBot
) -> None:
    canvas.zoom = 4.0
    hand.click((200, 150))
    hand.hover((150, 100))
    qtbot.wait(20)
    asked: list[QRect] = []
    canvas.stage.update = asked.append
    document.undo_stack.undo()
    assert len(asked) == 1
    assert asked[0].contains(canvas.view_point(200, 150).toPoint())


def test_cancel_for_the_undo_action(canvas: Canvas, hand: Hand, document: Document) -> None:
    assert not canvas.cancel()
    hand.press((100, 100))
    assert canvas.cancel()
    assert not document.labels.any()
