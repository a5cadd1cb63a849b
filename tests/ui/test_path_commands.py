"""Commands on paths, through the menus of the real window: each one step of undo, bit for bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.path_presets import Preset
from kling_desktop.model.path_shape import mirrored, moved, rotated, scaled, smoothed
from kling_desktop.model.shot import AreaLook
from kling_desktop.model.timing import Timing
from kling_desktop.ui.dialogs.amount import AmountDialog
from kling_desktop.ui.dialogs.gestures import GESTURES
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.tool_memory import understood
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.canvas.hand import Hand
from tests.ui.waiting import turn

Paint = Callable[[int, Rect], None]
POINTS = ((200.0, 200.0), (240.0, 160.0), (280.0, 240.0), (320.0, 200.0))
PATH = Path(POINTS, Curve.STRAIGHT, Timing.EASE_IN, hold=(0.1, 0.0))
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def drawn(window: MainWindow, document: Document, toolbox: Toolbox) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    document.set_path(2, PATH, "Draw path")
    window.activateWindow()
    window.canvas.setFocus()


@pytest.fixture
def hand(window: MainWindow) -> Hand:
    return Hand(window.canvas)


@pytest.fixture
def said(notices: Notices) -> list[str]:
    found: list[str] = []
    notices.posted.connect(lambda sentence, _tone: found.append(sentence))
    return found


@pytest.fixture
def do(window: MainWindow, document: Document) -> Callable[..., Path]:
    """Trigger an action that changes the path of an area: one step that can be undone exactly.
    Returns the path afterwards."""

    def done(action_id: str, text: str, area: int = 2) -> Path:
        before, steps = dict(document.shot.paths), document.undo_stack.count()
        window.acts[action_id].trigger()
        assert document.undo_stack.count() == steps + 1
        assert document.undo_stack.undoText() == text
        after = dict(document.shot.paths)
        document.undo_stack.undo()
        assert document.shot.paths == before
        document.undo_stack.redo()
        assert document.shot.paths == after
        return after[area]

    return done


def dialog_of(window: MainWindow) -> AmountDialog:
    (found,) = (each for each in window.findChildren(AmountDialog) if each.isVisible())
    return found


def assert_same(found: tuple, wanted: tuple) -> None:
    assert np.array(found) == pytest.approx(np.array(wanted), abs=1e-6)


# The shape


@pytest.mark.parametrize(
    ("action_id", "text", "points"),
    [
        ("path.reverse", "Reverse path 2", POINTS[::-1]),
        ("path.mirrorH", "Mirror path left and right 2", mirrored(POINTS, across=True)),
        ("path.mirrorV", "Mirror path top and bottom 2", mirrored(POINTS, across=False)),
        ("path.smooth", "Smooth path 2", smoothed(POINTS)),
    ],
)
def test_the_whole_path_changes_and_nothing_else_of_it(
    do: Callable[..., Path], action_id: str, text: str, points: tuple
) -> None:
    path = do(action_id, text)
    assert path.points == points
    assert (path.curve, path.timing, path.hold) == (PATH.curve, PATH.timing, PATH.hold)


def test_selected_points_change_alone(
    do: Callable[..., Path], window: MainWindow, hand: Hand
) -> None:
    hand.click(POINTS[1])
    hand.click(POINTS[2], keys=SHIFT)
    assert do("path.mirrorV", "Mirror path top and bottom 2").points == (
        POINTS[0],
        (240, 240),
        (280, 160),
        POINTS[3],
    )
    assert window.canvas.stage.selected == {1, 2}


def test_one_selected_point_is_not_a_part(do: Callable[..., Path], hand: Hand) -> None:
    hand.click(POINTS[1])
    assert do("path.reverse", "Reverse path 2").points == POINTS[::-1]


def test_commands_work_with_any_tool_in_hand(do: Callable[..., Path], toolbox: Toolbox) -> None:
    toolbox.tool = Tool.BRUSH
    assert do("path.reverse", "Reverse path 2").points == POINTS[::-1]


# With an amount


def test_scaling_is_seen_live_and_kept(window: MainWindow, document: Document) -> None:
    window.acts["path.scale"].trigger()
    dialog = dialog_of(window)
    assert dialog.number.text() == "100 %"
    assert "Area 2" in dialog.windowTitle()
    dialog.number.setValue(150)
    assert document.shot.paths[2] == PATH
    assert_same(window.canvas.stage.path.points, scaled(POINTS, (1.5, 1.5), POINTS[0]))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert_same(document.shot.paths[2].points, scaled(POINTS, (1.5, 1.5), POINTS[0]))
    assert document.undo_stack.undoText() == "Scale path 2"
    document.undo_stack.undo()
    assert document.shot.paths[2] == PATH


def test_rotating_is_taken_back_by_escape(window: MainWindow, document: Document) -> None:
    window.acts["path.rotate"].trigger()
    dialog = dialog_of(window)
    dialog.number.setValue(30)
    assert_same(window.canvas.stage.path.points, rotated(POINTS, 30, POINTS[0]))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.canvas.stage.path == document.shot.paths[2] == PATH
    assert document.undo_stack.count() == 1


def test_a_part_is_turned_around_its_middle(
    window: MainWindow, document: Document, hand: Hand
) -> None:
    hand.click(POINTS[1])
    hand.click(POINTS[2], keys=SHIFT)
    window.acts["path.rotate"].trigger()
    dialog = dialog_of(window)
    dialog.number.setValue(90)
    dialog.accept()
    wanted = rotated(POINTS[1:3], 90, (260, 200))
    assert_same(document.shot.paths[2].points, (POINTS[0], *wanted, POINTS[3]))


def test_in_a_landing_shot_the_end_stays_on_the_area(
    window: MainWindow, document: Document
) -> None:
    document.set_land(land=True)
    points = document.shot.paths[2].points
    window.acts["path.scale"].trigger()
    dialog = dialog_of(window)
    dialog.number.setValue(50)
    dialog.accept()
    assert_same(document.shot.paths[2].points, scaled(points, (0.5, 0.5), points[-1]))


def test_undo_takes_an_open_amount_back_first(window: MainWindow, document: Document) -> None:
    window.acts["path.scale"].trigger()
    dialog_of(window).number.setValue(200)
    window.acts["edit.undo"].trigger()
    assert document.shot.paths[2] == window.canvas.stage.path == PATH
    assert not window.findChildren(AmountDialog) or not dialog_is_open(window)


def dialog_is_open(window: MainWindow) -> bool:
    return any(each.isVisible() for each in window.findChildren(AmountDialog))


@pytest.mark.parametrize("how", ["gesture", "tool", "area", "command"])
def test_whatever_else_is_done_keeps_what_is_seen(
    window: MainWindow, document: Document, toolbox: Toolbox, hand: Hand, how: str
) -> None:
    window.acts["path.scale"].trigger()
    dialog_of(window).number.setValue(50)
    if how == "gesture":
        hand.click((400, 400))
    elif how == "tool":
        toolbox.tool = Tool.BRUSH
    elif how == "area":
        toolbox.area = 3
    else:
        window.acts["path.reverse"].trigger()
    document.undo_stack.setIndex(2)
    assert_same(document.shot.paths[2].points, scaled(POINTS, (0.5, 0.5), POINTS[0]))
    assert not dialog_is_open(window)
    document.undo_stack.setIndex(1)
    assert document.shot.paths == {2: PATH}


def test_another_shot_forgets_the_amount(window: MainWindow, document: Document) -> None:
    window.acts["path.scale"].trigger()
    dialog_of(window).number.setValue(50)
    document.open(document.shot, document.pixels, None)
    assert not dialog_is_open(window)
    assert document.shot.paths[2] == PATH
    assert document.undo_stack.count() == 0


# On the area


def test_snap_moves_the_whole_path_to_the_middle_of_its_area(
    do: Callable[..., Path], paint: Paint, window: MainWindow
) -> None:
    assert not window.acts["path.snapStart"].isEnabled()
    paint(2, Rect(100, 100, 141, 121))
    path = do("path.snapStart", "Snap path 2 to its area")
    assert path.points[0] == (120.5, 110.5)
    assert_same(path.points, moved(POINTS, 120.5 - 200, 110.5 - 200))


def test_in_a_landing_shot_it_ends_there(
    do: Callable[..., Path], paint: Paint, document: Document
) -> None:
    paint(2, Rect(100, 100, 141, 121))
    document.set_land(land=True)
    points = document.shot.paths[2].points
    path = do("path.snapStart", "Snap path 2 to its area")
    assert path.points[-1] == (120.5, 110.5)
    assert_same(path.points, moved(points, 120.5 - points[-1][0], 110.5 - points[-1][1]))


def test_a_start_put_beside_the_area_is_not_moved(
    window: MainWindow, document: Document, toolbox: Toolbox, paint: Paint, hand: Hand
) -> None:
    paint(3, Rect(100, 100, 120, 120))
    toolbox.area = 3
    hand.click((300, 300))
    assert document.shot.paths[3].points == (pytest.approx((300, 300)),)


# Other areas


def test_a_copy_for_an_unpainted_area_is_the_same_path(do: Callable[..., Path]) -> None:
    assert do("path.copyTo.5", "Copy path 2 to area 5", 5) == PATH


def test_a_copy_for_a_painted_area_begins_on_it(do: Callable[..., Path], paint: Paint) -> None:
    paint(5, Rect(50, 60, 71, 81))
    path = do("path.copyTo.5", "Copy path 2 to area 5", 5)
    assert path.points[0] == (60.5, 70.5)
    assert_same(path.points, moved(POINTS, 60.5 - 200, 70.5 - 200))
    assert (path.curve, path.timing, path.hold) == (PATH.curve, PATH.timing, PATH.hold)


def test_a_copy_that_begins_on_the_area_stays_there(do: Callable[..., Path], paint: Paint) -> None:
    paint(5, Rect(190, 190, 300, 300))
    assert do("path.copyTo.5", "Copy path 2 to area 5", 5) == PATH


def test_a_copy_for_its_own_parent_is_not_carried_by_itself(
    do: Callable[..., Path], document: Document
) -> None:
    do("path.copyTo.5", "Copy path 2 to area 5", 5)
    do("path.parent.5", "Move area 2 with area 5")
    assert do("path.copyTo.6", "Copy path 2 to area 6", 6).parent == 5
    do("path.reverse", "Reverse path 2")
    assert do("path.copyTo.5", "Copy path 2 to area 5", 5).parent is None
    assert document.shot.paths[2].parent == 5


def test_a_locked_area_gets_no_copy(
    window: MainWindow, document: Document, toolbox: Toolbox, said: list[str]
) -> None:
    toolbox.set_locked(5, locked=True)
    window.acts["path.copyTo.5"].trigger()
    assert list(document.shot.paths) == [2]
    assert "Area 5 is locked" in said[0]


def test_an_area_moves_with_another_and_never_in_a_circle(
    do: Callable[..., Path], window: MainWindow, document: Document, toolbox: Toolbox
) -> None:
    document.set_path(3, Path(((10.0, 10.0), (90.0, 10.0)), parent=2), "Draw path")
    document.set_path(4, Path(((10.0, 10.0), (90.0, 10.0)), parent=3), "Draw path")
    assert window.acts["path.parent.none"].isChecked()
    for child, why in ((3, "moves with this area already"), (4, "already"), (6, "has no path")):
        assert not window.acts[f"path.parent.{child}"].isEnabled()
        assert why in window.acts[f"path.parent.{child}"].toolTip()
    menus = [menu for menu in window.findChildren(QMenu) if "ves with" in menu.title()]
    assert len(menus) == 2
    assert all(menu.toolTipsVisible() for menu in menus)
    document.set_path(5, Path(((10.0, 10.0), (90.0, 10.0))), "Draw path")
    assert "added" in window.acts["path.parent.5"].toolTip()
    assert do("path.parent.5", "Move area 2 with area 5") == Path(
        POINTS, PATH.curve, PATH.timing, PATH.hold, parent=5
    )
    assert window.acts["path.parent.5"].isChecked()
    toolbox.area = 5
    for descendant in (2, 3, 4):
        assert not window.acts[f"path.parent.{descendant}"].isEnabled()
    toolbox.area = 2
    assert do("path.parent.none", "Move area 2 with nothing") == PATH


def test_a_painted_area_without_a_path_is_carried(
    do: Callable[..., Path], window: MainWindow, document: Document, toolbox: Toolbox, paint: Paint
) -> None:
    paint(3, Rect(100, 100, 141, 121))
    toolbox.area = 3
    assert do("path.parent.2", "Move area 3 with area 2", 3) == Path(((120.5, 110.5),), parent=2)


def test_an_area_without_path_and_pixels_is_not(
    window: MainWindow, document: Document, toolbox: Toolbox, said: list[str]
) -> None:
    toolbox.area = 3
    window.acts["path.parent.2"].trigger()
    assert list(document.shot.paths) == [2]
    assert said == ["Area 3 has no path and is not painted yet: paint it first, or draw its path."]
    assert window.acts["path.parent.none"].isChecked()


def test_clear_takes_the_path_away(
    window: MainWindow, document: Document, do: Callable[..., Path]
) -> None:
    window.acts["path.clear"].trigger()
    assert document.shot.paths == {}
    assert document.undo_stack.undoText() == "Clear path 2"
    assert not window.acts["path.clear"].isEnabled()
    document.undo_stack.undo()
    assert document.shot.paths == {2: PATH}


@pytest.mark.parametrize("action_id", ["path.reverse", "path.scale", "path.clear"])
def test_a_locked_area_keeps_its_path(
    window: MainWindow, document: Document, toolbox: Toolbox, said: list[str], action_id: str
) -> None:
    toolbox.set_locked(2, locked=True)
    window.acts[action_id].trigger()
    assert document.shot.paths == {2: PATH}
    assert "locked" in said[0]
    assert not dialog_is_open(window)


# Where they are found


def test_the_sheet_lists_the_gestures(window: MainWindow) -> None:
    said = {heading: dict(rows) for heading, rows in GESTURES.items()}
    assert said["Path"]["Move the whole path"] == "Alt + drag on its curve or a point"
    several = said["Several points of a path"]
    assert several["Choose all in a box"] == "Ctrl + drag"
    assert several["Choose one more, or one less"] == "Shift + click"
    assert any("round handle" in how for how in several.values())


def test_ctrl_a_selects_all_points(window: MainWindow, toolbox: Toolbox) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_A, CTRL)
    assert window.canvas.stage.selected == {0, 1, 2, 3}
    toolbox.tool = Tool.BRUSH
    QTest.keyClick(window.canvas, Qt.Key.Key_A, CTRL)
    assert toolbox.tool == Tool.BRUSH
    assert window.canvas.stage.selected == frozenset()


def test_without_a_path_there_is_nothing_to_change(window: MainWindow, toolbox: Toolbox) -> None:
    for area in (3, 7):
        toolbox.area = area
        for action_id in ("path.reverse", "path.snapStart", "path.copyTo.1", "path.clear"):
            assert not window.acts[action_id].isEnabled()
    assert not window.acts["path.parent.1"].isEnabled()  # the static area moves with nothing


def test_the_button_beside_the_options_opens_the_same_menu(window: MainWindow) -> None:
    button = window.findChild(QToolButton, "pathMenuButton")
    assert button.isVisible()
    bar = {action.text(): action.menu() for action in window.menuBar().actions()}
    in_bar, in_button = bar["&Path"], button.menu()
    assert isinstance(in_bar, QMenu)
    assert [a.text() for a in in_bar.actions()] == [a.text() for a in in_button.actions()]


def test_areas_have_the_names_that_the_artist_gave_them(
    window: MainWindow, document: Document
) -> None:
    document.set_look(5, AreaLook("Arm"), "Rename")
    assert window.acts["path.copyTo.5"].text() == "Arm"
    assert window.acts["path.parent.5"].text() == "Arm"


def test_a_preset_is_chosen_in_the_bar(
    window: MainWindow, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    box = window.options.path.preset
    box.setFocus()
    for _ in range(3):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert toolbox.options.preset == Preset.CIRCLE
    hand.drag((200, 200), (250, 200), (300, 200))
    assert document.shot.paths[2].points[0] == pytest.approx((200, 200))
    assert len(document.shot.paths[2].points) == 13
    assert box.currentText() == "Circle"
    toolbox.choose(preset=None)
    assert box.currentText() == "By hand"


def test_a_start_of_the_program_begins_by_drawing() -> None:
    for kept in (Preset.CIRCLE, "circle", 3, None, [1]):
        assert "preset" not in understood({"preset": kept, "tolerance": 7})


def test_a_timing_made_elsewhere_is_shown_and_kept(window: MainWindow, document: Document) -> None:
    own = Path(POINTS, Curve.SMOOTH, Timing.CUSTOM, speed=((0.0, 0.0), (1.0, 1.0)))
    document.set_path(2, own, "Own curve")
    options = window.options.path
    assert options.timing.currentText() == "Own curve"
    options.curve.setCurrentIndex(options.curve.findData(Curve.STRAIGHT))
    assert document.shot.paths[2] == Path(POINTS, Curve.STRAIGHT, Timing.CUSTOM, speed=own.speed)
    document.set_path(2, PATH, "Draw path")
    assert options.timing.findText("Own curve") == -1


def test_a_freehand_line_is_seen_in_the_window_as_it_grows(
    window: MainWindow, toolbox: Toolbox, hand: Hand
) -> None:
    """Repainted in parts, in the middle of a window, it looks as when painted whole."""

    def seen(picture: QPixmap) -> np.ndarray:
        image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
        whole = np.frombuffer(image.constBits(), np.uint8)
        pixels = whole.reshape(image.height(), image.width(), 4)[..., :3]
        corner, size = window.canvas.mapTo(window, QPoint(0, 0)), window.canvas.size()
        return pixels[corner.y() :, corner.x() :][: size.height(), : size.width()].astype(int)

    toolbox.area = 3
    hand.press((50, 400))
    for k in range(300):
        hand.move((50 + k, 400 - 40 * np.sin(k / 15)))
        if k % 3 == 0:
            QApplication.processEvents()
    turn(0.1)
    parts = seen(window.screen().grabWindow(window.winId()))
    whole = seen(window.grab())
    assert np.abs(parts - whole).max(axis=2).mean() < 0.01
    hand.key(Qt.Key.Key_Escape)
    turn(0.1)
    assert np.abs(whole - seen(window.grab())).max(axis=2).mean() > 0.5  # there was something
