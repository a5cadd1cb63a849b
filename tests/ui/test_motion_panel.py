"""The motion section in the window: each field changes the path in hand, as one step each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDoubleSpinBox, QLabel, QWidget

from kling_desktop.model.areas import STATIC, Rect
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.shot import AreaLook, Picture
from kling_desktop.model.timing import Timing, speeds
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.motion import MotionPanel
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.pointer import PHOTOS
from tests.ui.waiting import turn, until

PATH = Path(((100.0, 100.0), (300.0, 160.0), (420.0, 300.0)))
LINE = Path(((60.0, 400.0), (300.0, 400.0)))
PLAIN = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
DOWN, UP, ENTER = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return


@pytest.fixture
def panel(window: MainWindow, document: Document) -> MotionPanel:
    document.set_path(1, PATH, "Draw path 1")
    document.set_path(2, LINE, "Draw path 2")
    window.column._scroll.ensureWidgetVisible(window.column.motion)
    return window.column.motion


def path(document: Document, area: int = 1) -> Path:
    return document.shot.paths[area]


def choose(box: QComboBox, value: object) -> None:
    """With the keyboard, entry by entry."""
    box.setFocus()
    wanted, tries = box.findData(value), 20
    while box.currentIndex() != wanted:
        tries -= 1
        assert tries
        QTest.keyClick(box, DOWN if box.currentIndex() < wanted else UP)


def type_in(box: QDoubleSpinBox, number: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, number)
    QTest.keyClick(box, ENTER)


def tick(box: QAbstractButton) -> None:
    QTest.mouseClick(box, LEFT, PLAIN, QPoint(8, box.height() // 2))


def taken_back(document: Document, steps: int, before: Path, area: int = 1) -> bool:
    """Whether exactly one step was made, and undoing it brings the path back."""
    one = document.undo_stack.index() == steps + 1
    after = path(document, area)
    document.undo_stack.undo()
    same = path(document, area) == before
    document.undo_stack.redo()
    return one and same and path(document, area) == after


def test_every_field_has_a_name(panel: MotionPanel) -> None:
    for name in [
        "motionCurve",
        "motionTiming",
        "speedCurve",
        "holdBefore",
        "holdAfter",
        "motionParent",
        "motionBudget",
        "showSent",
        "motionTurns",
        "motionScale",
        "motionHint",
    ]:
        assert panel.findChild(QWidget, name) is not None, name


def test_curve_and_timing(panel: MotionPanel, document: Document) -> None:
    steps = document.undo_stack.index()
    choose(panel.pace.curve, Curve.STRAIGHT)
    assert path(document) == replace(PATH, curve=Curve.STRAIGHT)
    assert taken_back(document, steps, PATH)
    choose(panel.pace.timing, Timing.EASE_IN)
    assert path(document).timing == Timing.EASE_IN
    assert panel.pace.speed.speed == speeds(Timing.EASE_IN)
    assert taken_back(document, steps + 1, replace(PATH, curve=Curve.STRAIGHT))


def test_an_own_curve_begins_as_what_was_there(panel: MotionPanel, document: Document) -> None:
    document.set_path(1, replace(PATH, timing=Timing.STEPS), "Choose timing")
    choose(panel.pace.timing, Timing.CUSTOM)
    assert path(document).speed == speeds(Timing.LINEAR)
    own = ((0.0, 0.5), (1.0, 2.0))
    document.set_path(1, replace(PATH, timing=Timing.EASE_OUT, speed=own), "Choose timing")
    choose(panel.pace.timing, Timing.CUSTOM)
    assert (path(document).timing, path(document).speed) == (Timing.CUSTOM, own)


def test_rests_are_typed_in_seconds(panel: MotionPanel, document: Document) -> None:
    steps = document.undo_stack.index()
    type_in(panel.pace.before, "1.2")
    assert path(document).hold == (pytest.approx(0.24), 0.0)
    assert taken_back(document, steps, PATH)
    before = path(document)
    type_in(panel.pace.after, "0.5")
    assert path(document).hold == (pytest.approx(0.24), pytest.approx(0.1))
    assert taken_back(document, steps + 1, before)
    settings = replace(document.shot.settings, duration="10")
    document.set_settings(settings, "Choose duration")
    assert (panel.pace.before.value(), panel.pace.after.value()) == (2.4, 1.0)


def test_something_is_left_to_move_in(panel: MotionPanel, document: Document) -> None:
    type_in(panel.pace.after, "3")
    type_in(panel.pace.before, "1.9")
    assert path(document).hold == (pytest.approx(0.38), pytest.approx(0.6))
    assert panel.pace.before.maximum() == 1.9
    QTest.keyClick(panel.pace.before, UP)
    QTest.keyClick(panel.pace.after, UP)
    assert sum(path(document).hold) == pytest.approx(0.98)


def test_steps_of_a_number_in_a_row_are_one_step(panel: MotionPanel, document: Document) -> None:
    steps = document.undo_stack.index()
    panel.pace.before.setFocus()
    for _ in range(4):
        QTest.keyClick(panel.pace.before, UP)
    assert panel.pace.before.value() == pytest.approx(0.4)
    assert taken_back(document, steps, PATH)
    QTest.keyClick(panel.pace.before, ENTER)
    QTest.keyClick(panel.pace.before, UP)
    assert document.undo_stack.index() == steps + 2


def test_a_rest_of_between_tenths_stays_as_it_is(panel: MotionPanel, document: Document) -> None:
    odd = replace(PATH, hold=(0.0333, 0.0))
    document.set_path(1, odd, "Rest")
    assert panel.pace.before.value() == pytest.approx(0.2)
    panel.pace.before.setFocus()
    QTest.keyClick(panel.pace.before, ENTER)
    assert path(document) == odd


def test_what_it_moves_with_is_never_a_circle(
    panel: MotionPanel, document: Document, toolbox: Toolbox
) -> None:
    steps = document.undo_stack.index()
    choose(panel.sent.parent_area, 2)
    assert path(document) == replace(PATH, parent=2)
    assert taken_back(document, steps, PATH)
    document.set_path(3, replace(LINE, parent=1), "Draw path 3")
    toolbox.area = 2
    box = panel.sent.parent_area
    offered = {box.itemData(i): box.model().item(i).isEnabled() for i in range(box.count())}
    assert offered == {None: True, 1: False, 3: False}
    box.setFocus()
    QTest.keyClick(box, DOWN)
    assert path(document, 2).parent is None
    assert "already" in box.itemData(1, Qt.ItemDataRole.ToolTipRole)
    toolbox.area = 1
    choose(panel.sent.parent_area, None)
    assert path(document) == PATH


def test_areas_are_called_what_they_are_called(
    panel: MotionPanel, document: Document, toolbox: Toolbox
) -> None:
    document.set_look(2, AreaLook("Left arm"), "Name")
    assert panel.sent.parent_area.findText("Left arm") >= 0
    toolbox.area = 2
    assert panel.whose.text() == "Left arm"


def test_what_only_the_draft_shows(panel: MotionPanel, document: Document) -> None:
    steps = document.undo_stack.index()
    tick(panel.draft.turns)
    assert path(document) == replace(PATH, turns=True)
    assert taken_back(document, steps, PATH)
    type_in(panel.draft.scale, "250")
    assert path(document) == replace(PATH, turns=True, scale=2.5)
    assert taken_back(document, steps + 1, replace(PATH, turns=True))
    type_in(panel.draft.scale, "400")
    assert path(document).scale == 4.0
    QTest.keyClick(panel.draft.scale, UP)
    assert path(document).scale == 4.0
    type_in(panel.draft.scale, "10")
    assert path(document).scale == 0.1


def test_the_budget_says_how_many_points_are_sent(
    panel: MotionPanel, document: Document, toolbox: Toolbox
) -> None:
    until(lambda: panel.budget.found is not None)
    found = panel.budget.found
    assert found is not None
    assert panel.sent.budget.text() == (
        f"{len(found.points)} of 77 points will be sent, "
        f"at most {max(found.deviation_px, 0.1):.1f} px off the drawn path."
    )
    toolbox.area = 2
    until(lambda: panel.budget.found not in {None, found})
    assert panel.sent.budget.text().startswith("2 of 77 points")
    toolbox.area = 1
    assert panel.budget.found is found
    toolbox.area = 3
    assert panel.sent.budget.text() == ""


def test_the_budget_follows_a_parent_and_remembers(panel: MotionPanel, document: Document) -> None:
    until(lambda: panel.budget.found is not None)
    first = panel.budget.found
    document.set_path(1, replace(PATH, parent=2), "Parent")
    until(lambda: panel.budget.found is not first)
    assert panel.budget.found is not None
    assert panel.budget.found.points[-1] == pytest.approx((511.0, 300.0), abs=1.5)
    document.undo_stack.undo()
    assert panel.budget.found is first


def test_the_budget_is_of_the_shot_that_is_open(
    panel: MotionPanel, document: Document, window: MainWindow
) -> None:
    until(lambda: panel.budget.found is not None)
    broken = replace(document.shot, picture=Picture(b"no picture", "PNG", 512, 512))
    document.open(broken, document.pixels, None)
    assert panel.budget.found is None
    turn(0.3)
    assert panel.sent.budget.text() == ""
    assert not panel.budget._settle.isActive()
    window.files.open_now(PHOTOS / "astronaut.png")
    document.set_path(1, PATH, "Draw path 1")
    until(lambda: panel.budget.found is not None)


def test_a_path_too_rich_for_its_points_is_marked(panel: MotionPanel, document: Document) -> None:
    zigzag = tuple((20.0 + 2.2 * k, 100.0 + 250 * (k % 2)) for k in range(200))
    document.set_path(1, Path(zigzag, Curve.STRAIGHT), "Draw path 1")
    until(lambda: panel.budget.found is not None and panel.budget.found.deviation_px > 2, 10)
    assert panel.sent.budget.property("tone") == "warning"
    assert panel.sent.budget.text().endswith("off the drawn path. Draw it simpler.")
    before = panel.budget.found
    type_in(panel.pace.after, "1")
    until(lambda: panel.budget.found not in {None, before}, 10)
    assert panel.sent.budget.text().endswith(
        "Draw it simpler, or let it rest for less of the time."
    )


def test_sent_points_show_on_the_canvas(
    panel: MotionPanel, window: MainWindow, toolbox: Toolbox
) -> None:
    toolbox.tool = Tool.PATH
    until(lambda: panel.budget.found is not None)
    layer = window.canvas.stage.paths
    before = window.canvas.grab().toImage()
    tick(panel.sent.dots)
    assert layer._drawn[1].sent is panel.budget.found
    assert window.canvas.grab().toImage() != before
    toolbox.area = 2
    assert layer._drawn[1].sent is None
    until(lambda: layer._drawn[2].sent is not None)
    tick(panel.sent.dots)
    assert layer._drawn[2].sent is None


def test_without_a_path_there_is_a_sentence(
    panel: MotionPanel, document: Document, toolbox: Toolbox
) -> None:
    assert panel.hint.isHidden()
    assert panel.pace.curve.isEnabled()
    toolbox.area = 4
    assert panel.hint.text() == (
        "Area 4 has no path yet. Take the path tool (P) and draw where it goes."
    )
    for part in (panel.pace.curve, panel.pace.speed, panel.sent.parent_area, panel.draft.scale):
        assert not part.isEnabled()
    toolbox.area = STATIC
    assert "static area" in panel.hint.text()
    assert not panel.pace.timing.isEnabled()


def test_a_shot_without_paths_shows_only_the_sentence(window: MainWindow) -> None:
    panel = window.column.motion
    assert panel.hint.isVisible()
    assert not panel.pace.isVisible()
    assert panel.height() < 120


def test_typing_goes_to_the_area_that_was_in_hand(
    panel: MotionPanel, document: Document, toolbox: Toolbox
) -> None:
    panel.pace.before.setFocus()
    QTest.keyClick(panel.pace.before, UP)
    toolbox.area = 2
    assert panel.pace.before.value() == 0.0
    QTest.keyClick(panel.pace.before, UP)
    assert path(document, 1).hold == path(document, 2).hold == (pytest.approx(0.02), 0.0)
    document.undo_stack.undo()
    assert (path(document, 1).hold[0], path(document, 2).hold[0]) == (pytest.approx(0.02), 0.0)


def test_the_section_remembers_that_it_was_folded(
    panel: MotionPanel, make_window: Callable[[], MainWindow]
) -> None:
    panel.section.fold(folded=True)
    assert make_window().column.motion.section.folded


# Landing


def test_landing_turns_the_motion_round(
    window: MainWindow, document: Document, paint: Callable[[int, Rect], None]
) -> None:
    paint(1, Rect(80, 80, 130, 130))
    document.set_path(1, PATH, "Draw path 1")
    land = window.column.camera.land
    window.column._scroll.ensureWidgetVisible(land)
    assert land.hint.text() == (
        "The picture becomes the last frame. "
        "The video is turned round when it arrives (encoded anew)."
    )
    steps = document.undo_stack.index()
    tick(land.box)
    assert document.shot.land
    assert path(document).points == PATH.points[::-1]
    assert document.undo_stack.index() == steps + 1
    document.undo_stack.undo()
    assert not land.box.isChecked()
    assert (document.shot.land, path(document)) == (False, PATH)
    document.undo_stack.redo()
    assert land.box.isChecked()


def test_landing_needs_a_picture(empty_window: MainWindow) -> None:
    box = empty_window.column.camera.land.box
    assert box.objectName() == "land"
    assert not box.isEnabled()


def test_a_landing_path_keeps_its_budget(
    panel: MotionPanel, window: MainWindow, document: Document
) -> None:
    until(lambda: panel.budget.found is not None)
    before = panel.budget.found
    tick(window.column.camera.land.box)
    until(lambda: panel.budget.found is not None)
    turn(0.3)
    assert panel.budget.found is before  # backwards twice: what is sent is the same


def test_in_a_landing_shot_the_size_is_that_of_the_beginning(
    panel: MotionPanel, document: Document
) -> None:
    def words() -> list[str]:
        return [each.text() for each in panel.draft.findChildren(QLabel)]

    assert "Size at the end" in words()
    document.set_land(land=True)
    assert "Size at the beginning" in words()
    assert panel.draft.scale.accessibleName() == "Size at the beginning of the path"
    type_in(panel.draft.scale, "250")
    assert document.undo_stack.undoText() == "Change size at the beginning of path 1"
    document.set_land(land=False)
    assert "Size at the end" in words()


def test_what_carried_it_is_gone(panel: MotionPanel, document: Document) -> None:
    document.set_path(1, replace(PATH, parent=2), "Parent")
    assert not panel.sent.lost.isVisible()
    document.set_path(2, None, "Clear path 2")
    assert panel.sent.lost.isVisible()
    assert panel.sent.lost.text() == "Area 2 has no path: nothing carries this one."
    assert panel.sent.parent_area.currentData() == 2
    choose(panel.sent.parent_area, None)
    assert path(document) == PATH
    assert not panel.sent.lost.isVisible()
    assert panel.sent.parent_area.findData(2) == -1
