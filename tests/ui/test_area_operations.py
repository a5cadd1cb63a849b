"""Operations on whole areas: by menu and dialog, through the thread, as one step of undo each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path as File

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from kling_desktop.model.areas import MOVING, STATIC, Rect
from kling_desktop.model.path import Path
from kling_desktop.model.shot import AreaLook
from kling_desktop.ui.area_operations import AreaOperations
from kling_desktop.ui.area_orders import AMOUNTS, Change, Kind, Order
from kling_desktop.ui.dialogs.amount import AmountDialog
from kling_desktop.ui.dialogs.unsaved import UnsavedDialog
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.canvas.hand import Hand
from tests.ui.pointer import click
from tests.ui.waiting import turn, until

Paint = Callable[[int, Rect], None]
SQUARE = Rect(100, 100, 200, 200)


@pytest.fixture
def operations(window: MainWindow) -> Iterator[AreaOperations]:
    found = window.findChild(AreaOperations)
    assert isinstance(found, AreaOperations)
    yield found
    found.jobs.finish()


@pytest.fixture
def said(notices: Notices) -> list[tuple[str, Tone]]:
    found: list[tuple[str, Tone]] = []
    notices.posted.connect(lambda sentence, tone: found.append((sentence, tone)))
    return found


@pytest.fixture
def do(window: MainWindow, operations: AreaOperations) -> Callable[[str], None]:
    """Trigger an action and wait for what it does."""

    def done(action_id: str) -> None:
        window.acts[action_id].trigger()
        until(lambda: not operations.jobs.busy)

    return done


def dialog_of(window: MainWindow, operations: AreaOperations) -> AmountDialog:
    found: list[AmountDialog] = []

    def settled() -> bool:
        found[:] = [each for each in window.findChildren(AmountDialog) if each.isVisible()]
        return len(found) == 1 and not operations.jobs.busy

    until(settled)
    return found[0]


# At once


def test_fill_holes(do: Callable[[str], None], document: Document, paint: Paint) -> None:
    paint(1, SQUARE)
    paint(0, Rect(140, 140, 150, 150))
    before = document.labels.copy()
    steps = document.undo_stack.count()
    do("area.fillHoles")
    assert document.counts[1] == 10_000
    assert document.undo_stack.count() == steps + 1
    assert document.undo_stack.undoText() == "Fill holes of area 1"
    document.undo_stack.undo()
    assert np.array_equal(document.labels, before)


def test_nothing_to_do_is_said_and_is_no_step(
    do: Callable[[str], None], document: Document, paint: Paint, said: list[tuple[str, Tone]]
) -> None:
    paint(1, SQUARE)
    steps = document.undo_stack.count()
    do("area.fillHoles")
    assert said == [("Area 1 has no holes.", Tone.INFO)]
    assert document.undo_stack.count() == steps


def test_names_of_the_artist_are_used(
    do: Callable[[str], None], document: Document, paint: Paint, said: list[tuple[str, Tone]]
) -> None:
    paint(1, SQUARE)
    document.set_look(1, AreaLook("Arm"), "n")
    do("area.fillHoles")
    assert said == [("“Arm” has no holes.", Tone.INFO)]
    do("area.invert")
    assert document.undo_stack.undoText() == "Invert “Arm”"


def test_invert(do: Callable[[str], None], document: Document, paint: Paint) -> None:
    paint(1, SQUARE)
    paint(2, Rect(0, 0, 50, 50))
    do("area.invert")
    assert document.counts[1] == 512 * 512 - 10_000 - 2500
    assert document.counts[2] == 2500


def test_an_unpainted_area_has_nothing_to_grow(
    do: Callable[[str], None], window: MainWindow, said: list[tuple[str, Tone]]
) -> None:
    do("area.grow")
    assert said == [("Area 1 is not painted yet: paint it first.", Tone.INFO)]
    assert window.findChild(AmountDialog) is None


def test_give_goes_to_the_other_area(
    do: Callable[[str], None], document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    do("area.give.static")
    assert document.counts[1] == 0
    assert document.counts[STATIC] == 10_000
    assert document.undo_stack.undoText() == "Give area 1 to the static area"


def test_swap_takes_pixels_and_paths_and_leaves_names(
    do: Callable[[str], None], document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    paint(3, Rect(0, 0, 20, 20))
    first, third = Path(((1.0, 1.0), (90.0, 9.0))), Path(((5.0, 5.0), (200.0, 9.0)))
    document.set_path(1, first, "p")
    document.set_path(3, third, "p")
    document.set_look(1, AreaLook("Arm"), "n")
    before = document.labels.copy()
    steps = document.undo_stack.count()
    do("area.swap.3")
    assert (document.counts[1], document.counts[3]) == (400, 10_000)
    assert document.shot.paths == {1: third, 3: first}
    assert document.shot.looks == {1: AreaLook("Arm")}
    assert document.undo_stack.count() == steps + 1
    document.undo_stack.undo()
    assert np.array_equal(document.labels, before)
    assert document.shot.paths == {1: first, 3: third}


def test_swap_of_paths_alone(do: Callable[[str], None], document: Document) -> None:
    line = Path(((1.0, 1.0), (90.0, 9.0)))
    document.set_path(1, line, "p")
    do("area.swap.2")
    assert document.shot.paths == {2: line}


def test_swap_with_the_static_area_leaves_the_path(
    do: Callable[[str], None], document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    line = Path(((1.0, 1.0), (90.0, 9.0)))
    document.set_path(1, line, "p")
    do("area.swap.static")
    assert document.counts[STATIC] == 10_000
    assert document.shot.paths == {1: line}


@pytest.mark.parametrize(
    ("action_id", "locked"),
    [
        ("area.invert", 1),
        ("area.fillHoles", 1),
        ("area.grow", 1),
        ("area.give.2", 2),
        ("area.swap.2", 2),
        ("area.pinRest", STATIC),
        ("area.pinBorder", STATIC),
        ("area.clear", 1),
    ],
)
def test_locked_areas_are_refused_by_one_sentence(
    do: Callable[[str], None],
    document: Document,
    toolbox: Toolbox,
    paint: Paint,
    said: list[tuple[str, Tone]],
    action_id: str,
    locked: int,
) -> None:
    paint(1, SQUARE)
    paint(2, Rect(0, 0, 9, 9))
    toolbox.set_locked(locked, locked=True)
    before = document.labels.copy()
    do(action_id)
    name = "Static area" if locked == STATIC else f"Area {locked}"
    assert said == [
        (f"{name} is locked. Unlock it in the list of areas to change it.", Tone.WARNING)
    ]
    assert np.array_equal(document.labels, before)


def test_locked_neighbours_lose_nothing(
    do: Callable[[str], None], document: Document, toolbox: Toolbox, paint: Paint
) -> None:
    paint(1, SQUARE)
    paint(2, Rect(0, 0, 90, 90))
    toolbox.set_locked(2, locked=True)
    do("area.invert")
    assert document.counts[2] == 8100


def test_a_hidden_area_is_shown_when_it_is_changed(
    do: Callable[[str], None], toolbox: Toolbox, paint: Paint
) -> None:
    paint(1, SQUARE)
    toolbox.set_hidden(1, hidden=True)
    do("area.invert")
    assert toolbox.hidden == frozenset()


def test_what_is_painted_meanwhile_is_not_lost(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.invert"].trigger()
    paint(2, Rect(0, 0, 50, 50))
    until(lambda: not operations.jobs.busy)
    assert document.counts[2] == 2500
    assert document.counts[1] == 512 * 512 - 10_000 - 2500
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.counts[1] == 10_000
    assert document.counts[2] == 0


def test_another_shot_gets_nothing_of_it(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    from kling_desktop.model.shot import of

    paint(1, SQUARE)
    window.acts["area.invert"].trigger()
    picture = document.shot.picture
    assert picture is not None
    document.open(of(picture), document.pixels, None)
    until(lambda: not operations.jobs.busy)
    assert document.counts[1] == 0
    assert not document.modified


def test_a_result_waits_for_the_stroke_under_way(
    operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    stroke = True
    operations.busy = lambda: stroke
    operations.run(Kind.INVERT)
    until(lambda: not operations.jobs.busy)
    turn()
    assert document.counts[1] == 10_000
    stroke = False
    until(lambda: document.counts[1] == 512 * 512 - 10_000)


def test_a_failure_is_a_notice(
    operations: AreaOperations, document: Document, said: list[tuple[str, Tone]]
) -> None:
    def fail(_labels: object) -> Change:
        raise MemoryError

    operations.carry_out(Order("Fail", fail, "", (1,)))
    until(lambda: said)
    assert said[0][1] == Tone.ERROR
    assert "not enough memory" in said[0][0]


def test_clear_is_one_step(do: Callable[[str], None], document: Document, paint: Paint) -> None:
    paint(1, SQUARE)
    document.set_path(1, Path(((1.0, 1.0), (90.0, 9.0))), "p")
    steps = document.undo_stack.count()
    do("area.clear")
    assert document.counts[1] == 0
    assert document.shot.paths == {}
    assert document.undo_stack.count() == steps + 1


# With an amount


def test_the_amount_is_seen_before_it_is_taken(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    steps = document.undo_stack.count()
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    assert not dialog.isModal()
    assert dialog.windowTitle() == "Grow: Area 1"
    seen = document.counts[1]
    assert seen > 108 * 100
    QTest.keyClick(dialog.number, Qt.Key.Key_Up)
    until(lambda: document.counts[1] > seen)
    assert document.undo_stack.count() == steps
    assert not document.undo_stack.canRedo()
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    until(lambda: not operations.jobs.busy)
    assert document.undo_stack.count() == steps + 1
    assert document.undo_stack.undoText() == "Grow area 1 by 5 px"
    document.undo_stack.undo()
    assert document.counts[1] == 10_000


def test_escape_takes_it_back_for_good(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    before, steps = document.labels.copy(), document.undo_stack.count()
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    assert document.counts[1] == 92 * 92
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert np.array_equal(document.labels, before)
    assert document.counts[1] == 10_000
    assert document.undo_stack.count() == steps
    assert not document.undo_stack.canRedo()
    assert not window.acts["edit.redo"].isEnabled()


def test_escape_while_it_is_worked_out(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.grow"].trigger()
    QTest.keyClick(window.findChild(AmountDialog), Qt.Key.Key_Escape)
    until(lambda: not operations.jobs.busy)
    turn()
    assert document.counts[1] == 10_000


def test_enter_while_it_is_worked_out_keeps_the_last_amount(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.shrink"].trigger()
    dialog = window.findChild(AmountDialog)
    dialog.number.setValue(30)
    dialog.number.setValue(10)
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)
    until(lambda: document.counts[1] == 80 * 80)
    until(lambda: not operations.jobs.busy)
    document.undo_stack.undo()
    assert document.counts[1] == 10_000


def test_the_last_amount_is_remembered_for_each_operation(
    window: MainWindow, operations: AreaOperations, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    dialog.number.setValue(17)
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    assert dialog.number.value() == 17
    dialog.reject()
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    assert dialog.number.value() == AMOUNTS[Kind.SHRINK].usual
    dialog.reject()


def test_a_strange_amount_in_the_file_is_the_usual_one(
    window: MainWindow, operations: AreaOperations, paint: Paint
) -> None:
    window.preferences.set("amounts", {"grow": "many", "shrink": 10_000})
    paint(1, SQUARE)
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    assert dialog.number.value() == AMOUNTS[Kind.GROW].usual
    dialog.reject()
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    assert dialog.number.value() == AMOUNTS[Kind.SHRINK].most
    dialog.reject()


def test_an_amount_that_changes_nothing_says_so(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    steps = document.undo_stack.count()
    window.acts["area.removeSpecks"].trigger()
    dialog = dialog_of(window, operations)
    assert dialog.hint.text() == "Area 1 has no pieces smaller than 8 × 8 px."
    assert dialog.hint.isVisible()
    assert document.undo_stack.count() == steps
    dialog.reject()


def test_whatever_is_done_meanwhile_keeps_what_is_seen(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    paint(2, Rect(0, 0, 10, 10))
    assert not dialog.isVisible()
    assert document.counts[1] == 92 * 92
    assert document.counts[2] == 100
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.counts[1] == 10_000


def test_it_stays_with_its_area(
    window: MainWindow,
    operations: AreaOperations,
    document: Document,
    paint: Paint,
    toolbox: Toolbox,
) -> None:
    paint(1, SQUARE)
    paint(2, Rect(300, 300, 400, 400))
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    click(window.column.areas.rows[2], QPoint(60, 14))
    assert toolbox.area == 2
    assert dialog.isVisible()
    dialog.number.setValue(10)
    until(lambda: not operations.jobs.busy)
    assert (document.counts[1], document.counts[2]) == (80 * 80, 10_000)
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)
    assert document.undo_stack.undoText() == "Shrink area 1 by 10 px"


def test_a_lock_that_comes_keeps_what_is_seen(
    window: MainWindow,
    operations: AreaOperations,
    document: Document,
    paint: Paint,
    toolbox: Toolbox,
) -> None:
    paint(1, SQUARE)
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    dialog.number.setValue(10)
    click(window.column.areas.rows[1].lock_button)
    assert toolbox.locked == {1}
    assert not dialog.isVisible()
    assert document.undo_stack.undoText() == "Shrink area 1 by 4 px"
    until(lambda: not operations.jobs.busy)
    turn()
    assert document.counts[1] == 92 * 92


def test_escape_leaves_what_can_be_done_again(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    paint(2, Rect(0, 0, 50, 50))
    paint(1, Rect(150, 150, 260, 260))
    whole = document.labels.copy()
    document.undo_stack.undo()
    document.undo_stack.undo()
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    dialog.number.setValue(20)
    until(lambda: not operations.jobs.busy)
    assert document.counts[1] > 10_000
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert document.counts[1] == 10_000
    document.undo_stack.redo()
    document.undo_stack.redo()
    assert np.array_equal(document.labels, whole)


def test_redo_behind_the_dialog_takes_it_back(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    paint(2, Rect(90, 90, 160, 160))
    whole = document.labels.copy()
    document.undo_stack.undo()
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    window.acts["edit.redo"].trigger()
    assert not dialog.isVisible()
    assert np.array_equal(document.labels, whole)


def test_a_stroke_keeps_what_is_seen_and_goes_on_top(
    window: MainWindow,
    operations: AreaOperations,
    document: Document,
    paint: Paint,
    toolbox: Toolbox,
) -> None:
    paint(1, SQUARE)
    before = document.labels.copy()
    toolbox.radius = 20
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    seen = document.labels.copy()
    toolbox.area = 2
    assert dialog.isVisible()
    Hand(window.canvas).drag((90.0, 150.0), (210.0, 150.0))
    assert not dialog.isVisible()
    assert document.undo_stack.count() == 3
    document.undo_stack.undo()
    assert np.array_equal(document.labels, seen)
    document.undo_stack.undo()
    assert np.array_equal(document.labels, before)


def test_moving_the_picture_does_not_end_it(
    window: MainWindow, operations: AreaOperations, paint: Paint, toolbox: Toolbox
) -> None:
    paint(1, SQUARE)
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    hand = Hand(window.canvas)
    toolbox.tool = Tool.PAN
    hand.drag((90.0, 150.0), (210.0, 150.0))
    toolbox.tool = Tool.BRUSH
    hand.wheel(hand.at((100.0, 100.0)), 1)
    hand.press((150.0, 150.0), button=Qt.MouseButton.RightButton)
    assert dialog.isVisible()
    dialog.reject()


def test_a_stroke_before_the_accepted_amount_is_there(
    window: MainWindow,
    operations: AreaOperations,
    document: Document,
    paint: Paint,
    toolbox: Toolbox,
) -> None:
    paint(1, SQUARE)
    before = document.labels.copy()
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    dialog.number.setValue(10)
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)
    toolbox.area, toolbox.radius = 2, 5
    Hand(window.canvas).drag((300.0, 300.0), (320.0, 300.0))
    until(lambda: not operations.jobs.busy)
    until(lambda: document.counts[1] == 80 * 80)
    assert document.counts[2] > 0
    while document.undo_stack.index() > 1:
        document.undo_stack.undo()
    assert np.array_equal(document.labels, before)


@pytest.mark.parametrize("what", ["area.fillHoles", "area.clear", "a path"])
def test_other_actions_keep_what_is_seen(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint, what: str
) -> None:
    paint(1, SQUARE)
    before = document.labels.copy()
    window.acts["area.shrink"].trigger()
    dialog_of(window, operations)
    if what == "a path":
        document.set_path(1, Path(((1.0, 1.0), (90.0, 9.0))), "p")
    else:
        window.acts[what].trigger()
        until(lambda: not operations.jobs.busy)
    assert not any(each.isVisible() for each in window.findChildren(AmountDialog))
    texts = [document.undo_stack.text(i) for i in range(document.undo_stack.count())]
    assert "Shrink area 1 by 4 px" in texts
    while document.undo_stack.index() > 1:
        document.undo_stack.undo()
    assert np.array_equal(document.labels, before)


def test_what_is_saved_is_a_step(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint, tmp_path: File
) -> None:
    paint(1, SQUARE)
    document.saved(tmp_path / "shot.kling")
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    window.acts["file.save"].trigger()
    window.files.finish()
    assert not dialog.isVisible()
    assert not document.modified
    assert document.undo_stack.undoText() == "Shrink area 1 by 4 px"


def test_closing_the_window_keeps_what_is_seen(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint, tmp_path: File
) -> None:
    paint(1, SQUARE)
    document.saved(tmp_path / "shot.kling")
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    window.close()
    assert window.isVisible()
    assert not dialog.isVisible()
    assert document.modified
    question = window.findChild(UnsavedDialog)
    assert question is not None
    question.reject()


def test_words_of_the_amount_are_read_whole(
    window: MainWindow, operations: AreaOperations, paint: Paint
) -> None:
    paint(1, SQUARE)
    for kind in AMOUNTS:
        window.acts[f"area.{kind}"].trigger()
        dialog = dialog_of(window, operations)
        for label in dialog.findChildren(QLabel):
            if label is not dialog.hint:
                assert label.width() >= label.sizeHint().width()
        assert dialog.number.width() >= dialog.number.sizeHint().width()
        dialog.reject()


def test_names_in_the_dialog_are_no_markup(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    document.set_look(1, AreaLook("<b>Arm</b>"), "n")
    window.acts["area.removeSpecks"].trigger()
    dialog = dialog_of(window, operations)
    assert dialog.hint.textFormat() == Qt.TextFormat.PlainText
    assert "<b>Arm</b>" in dialog.hint.text()
    dialog.reject()


def test_undo_behind_the_dialog_ends_it(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    window.acts["edit.undo"].trigger()
    assert not dialog.isVisible()
    assert document.counts[1] == 10_000
    turn()
    assert document.counts[1] == 10_000


def test_a_second_dialog_keeps_what_the_first_one_shows(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.shrink"].trigger()
    dialog_of(window, operations)
    window.acts["area.shrink"].trigger()
    dialog = dialog_of(window, operations)
    assert document.counts[1] == 84 * 84
    dialog.reject()
    assert document.counts[1] == 92 * 92


def test_another_shot_closes_the_dialog(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    from kling_desktop.model.shot import of

    paint(1, SQUARE)
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    picture = document.shot.picture
    assert picture is not None
    document.open(of(picture), document.pixels, None)
    assert not dialog.isVisible()
    turn()
    assert not any(document.counts[area] for area in MOVING)


def test_pin_everything_else(
    window: MainWindow, operations: AreaOperations, document: Document, paint: Paint
) -> None:
    paint(1, SQUARE)
    window.acts["area.pinRest"].trigger()
    dialog = dialog_of(window, operations)
    assert dialog.windowTitle() == "Pin everything else"
    dialog.number.setValue(0)
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)
    until(lambda: document.counts[STATIC] == 512 * 512 - 10_000)
    until(lambda: not operations.jobs.busy)


def test_pin_the_border(window: MainWindow, operations: AreaOperations, document: Document) -> None:
    window.acts["area.pinBorder"].trigger()
    dialog = dialog_of(window, operations)
    assert document.counts[STATIC] == 512 * 512 - 496 * 496
    dialog.accept()


def test_the_dialog_stands_beside_the_row(
    window: MainWindow, operations: AreaOperations, paint: Paint, toolbox: Toolbox
) -> None:
    window.move(0, 0)
    QApplication.processEvents()
    toolbox.area = 3
    paint(3, SQUARE)
    window.acts["area.grow"].trigger()
    dialog = dialog_of(window, operations)
    row = window.column.areas.rows[3]
    assert dialog.frameGeometry().right() <= row.mapToGlobal(row.rect().topLeft()).x()
    dialog.reject()
