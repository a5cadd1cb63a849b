"""The options of every tool: what they change, that they fit, and that they are remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QLabel,
    QToolBar,
    QToolButton,
    QWidget,
)

from kling_desktop.model.shot import AreaLook
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.elided import Elided
from kling_desktop.ui.tool_memory import ToolMemory, understood, understood_radius
from kling_desktop.ui.toolbox import Combine, Mark, Options, Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from kling_desktop.workshop import Workshop
from tests.ui.pointer import click

SELECTING = [Tool.LASSO, Tool.RECTANGLE, Tool.ELLIPSE, Tool.WAND, Tool.SMART, Tool.FILL]


def button(window: MainWindow, name: str) -> QToolButton:
    """The button of that name in the bar as it is now."""
    found = [each for each in window.findChildren(QToolButton, name) if each.isVisible()]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("tool", SELECTING)
def test_selections_combine_by_three_buttons(
    window: MainWindow, toolbox: Toolbox, tool: Tool
) -> None:
    toolbox.tool = tool
    assert button(window, "combine-add").isChecked()
    click(button(window, "combine-subtract"), QPoint(9, 9))
    assert toolbox.options.combine == Combine.SUBTRACT
    assert not button(window, "combine-add").isChecked()
    click(button(window, "combine-subtract"), QPoint(9, 9))
    assert toolbox.options.combine == Combine.SUBTRACT
    click(button(window, "combine-intersect"), QPoint(9, 9))
    assert toolbox.options.combine == Combine.INTERSECT


def test_how_selections_combine_is_one_choice_for_all_tools(
    window: MainWindow, toolbox: Toolbox
) -> None:
    toolbox.tool = Tool.LASSO
    click(button(window, "combine-intersect"), QPoint(9, 9))
    toolbox.tool = Tool.WAND
    assert button(window, "combine-intersect").isChecked()


def test_the_wand(window: MainWindow, toolbox: Toolbox) -> None:
    toolbox.tool = Tool.WAND
    wand = window.options.wand
    wand.tolerance.number.setFocus()
    wand.tolerance.number.selectAll()
    QTest.keyClicks(wand.tolerance.number, "70")
    QTest.keyClick(wand.tolerance.number, Qt.Key.Key_Return)
    assert toolbox.options.tolerance == 70
    assert wand.tolerance.slider.value() == 70
    assert window.canvas.hasFocus()
    QTest.keyClick(wand.tolerance.slider, Qt.Key.Key_Home)
    assert (toolbox.options.tolerance, wand.tolerance.number.value()) == (0, 0)
    QTest.keyClick(wand.contiguous, Qt.Key.Key_Space)
    assert not toolbox.options.contiguous
    toolbox.choose(contiguous=True, tolerance=9)
    assert wand.contiguous.isChecked()
    assert wand.tolerance.number.value() == 9


def test_the_smart_selection_says_what_a_drag_means(window: MainWindow, toolbox: Toolbox) -> None:
    toolbox.tool = Tool.SMART
    click(button(window, "mark-inside"), QPoint(9, 9))
    assert toolbox.options.mark == Mark.INSIDE
    assert window.options.smart.hint.text().startswith("Scribble over what belongs to it.")
    assert "Enter accepts, Esc takes back." in window.options.smart.hint.text()


@pytest.mark.parametrize("tool", [Tool.BRUSH, Tool.ERASER])
def test_smoothing(window: MainWindow, toolbox: Toolbox, tool: Tool) -> None:
    toolbox.tool = tool
    smoothing = window.options.brush.smoothing
    assert smoothing.isVisible()
    QTest.keyClick(smoothing.slider, Qt.Key.Key_End)
    assert toolbox.options.stabiliser == 30
    assert smoothing.number.value() == 30


def test_the_pen_opens_a_small_menu(window: MainWindow, toolbox: Toolbox) -> None:
    pen = window.options.brush.pen
    assert pen.toolTip() == "Pen pressure: off"
    assert not pen.curves["Firm"].isEnabled()
    pen.pressure.trigger()
    assert toolbox.options.pressure
    pen.curves["Firm"].trigger()
    assert toolbox.options.softness == 1.8
    assert pen.toolTip() == "Pen pressure: on, firm"
    pen.curves["Soft"].trigger()
    assert toolbox.options.softness == 0.6
    assert not pen.curves["Firm"].isChecked()


def test_the_edge_brush(window: MainWindow, toolbox: Toolbox) -> None:
    toolbox.tool = Tool.EDGE
    edge = window.options.edge
    QTest.keyClick(edge.sensitivity.slider, Qt.Key.Key_End)
    assert toolbox.options.sensitivity == 1.0
    toolbox.radius = 33.0
    assert edge.across.number.value() == 66
    assert window.options.brush.number.value() == 66


def test_the_hint_of_the_path_names_the_area(
    window: MainWindow, toolbox: Toolbox, document: Document
) -> None:
    toolbox.tool = Tool.PATH
    document.set_look(1, AreaLook("Arm"), "look")
    assert window.options.path.hint.text().startswith("Arm:")


# Room


def parts(page: QWidget) -> list[QWidget]:
    return [each for each in page.findChildren(QWidget) if each.isVisible()]


@pytest.mark.parametrize("tool", list(Tool))
def test_every_bar_fits_a_small_screen(window: MainWindow, toolbox: Toolbox, tool: Tool) -> None:
    window.resize(1280, 800)
    toolbox.tool = tool
    QApplication.processEvents()
    bar = window.findChild(QToolBar, "optionsBar")
    extension = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert extension is None or not extension.isVisible()
    page = window.options.currentWidget()
    for part in [page, *parts(page)]:
        place = part.mapTo(bar, part.rect().topLeft())
        assert bar.rect().contains(part.rect().translated(place))
        assert part.visibleRegion().boundingRect() == part.rect()
        if isinstance(part, Elided) and tool != Tool.PATH:
            assert part.shown == part.text()
        elif isinstance(part, QLabel):
            assert part.width() >= part.minimumSizeHint().width()


@pytest.mark.parametrize("tool", list(Tool))
def test_in_the_smallest_window_sliders_and_hints_give_way(
    window: MainWindow, toolbox: Toolbox, tool: Tool
) -> None:
    window.resize(900, 600)
    toolbox.tool = tool
    QApplication.processEvents()
    bar = window.findChild(QToolBar, "optionsBar")
    play = bar.widgetForAction(window.acts["motion.play"])
    assert play.isVisible()
    assert bar.rect().contains(play.geometry())
    page = window.options.currentWidget()
    for part in parts(page):
        if isinstance(part, QAbstractSpinBox | QCheckBox):
            assert part.width() >= part.minimumSizeHint().width()
        if isinstance(part, QAbstractSpinBox | QAbstractButton):
            assert part.visibleRegion().boundingRect() == part.rect()


@pytest.mark.parametrize("tool", list(Tool))
def test_all_tools_are_seen_in_the_smallest_window(window: MainWindow, tool: Tool) -> None:
    window.resize(900, 600)
    QApplication.processEvents()
    strip = window.findChild(QToolBar, "toolStrip")
    shown = strip.widgetForAction(window.acts[f"tool.{tool}"])
    assert shown.isVisible()
    assert strip.rect().contains(shown.geometry())
    extension = strip.findChild(QToolButton, "qt_toolbar_ext_button")
    assert extension is None or not extension.isVisible()


def test_a_label_without_room_ends_in_an_ellipsis(qapp: QApplication) -> None:
    label = Elided("A sentence that is longer than its place")
    label.resize(80, 20)
    assert label.shown.endswith("…")
    label.resize(label.sizeHint())
    assert label.shown == label.text()
    assert label.minimumSizeHint().width() == 0


# Keys


@pytest.mark.parametrize("tool", [Tool.BRUSH, Tool.EDGE, Tool.WAND])
def test_letters_are_shortcuts_in_a_number_too(
    window: MainWindow, toolbox: Toolbox, tool: Tool
) -> None:
    toolbox.tool = tool
    number = next(n for n in window.options.findChildren(QAbstractSpinBox) if n.isVisible())
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "42")
    assert number.value() == 42
    assert number.hasFocus()
    QTest.keyClick(number, Qt.Key.Key_L)
    assert toolbox.tool == Tool.LASSO
    assert window.canvas.hasFocus()


def test_brackets_change_the_size_while_it_is_edited(window: MainWindow, toolbox: Toolbox) -> None:
    number = window.options.brush.number
    number.setFocus()
    before = toolbox.radius
    QTest.keyClick(number, Qt.Key.Key_BracketRight)
    assert toolbox.radius > before
    assert number.value() == round(2 * toolbox.radius)
    QTest.keyClick(number, Qt.Key.Key_3)
    assert toolbox.area == 1


@pytest.mark.parametrize("part", ["number", "slider"])
@pytest.mark.parametrize("name", ["across", "smoothing"])
def test_escape_gives_the_keyboard_back(window: MainWindow, part: str, name: str) -> None:
    field = getattr(getattr(window.options.brush, name), part)
    field.setFocus()
    assert field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert window.canvas.hasFocus()


def test_tips_of_the_smart_bar_name_the_keys(window: MainWindow, toolbox: Toolbox) -> None:
    toolbox.tool = Tool.SMART
    assert button(window, "mark-inside").toolTip().endswith("(Ctrl)")
    assert button(window, "mark-outside").toolTip().endswith("(Ctrl+Alt)")


# Memory


def test_options_come_back_with_the_next_window(
    window: MainWindow, toolbox: Toolbox, workshop: Workshop
) -> None:
    toolbox.choose(combine=Combine.INTERSECT, tolerance=77, softness=1.8, mark=Mark.OUTSIDE)
    toolbox.radius = 61.5
    window.close()
    again = Toolbox()
    ToolMemory(again, Preferences(workshop.directories.settings), again)
    assert again.options == toolbox.options
    assert again.radius == toolbox.radius == 61.5


def test_many_changes_are_one_write(
    toolbox: Toolbox, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(workshop.preferences, "set", lambda key, _value: written.append(key))
    memory = ToolMemory(toolbox, workshop.preferences, toolbox)
    for value in range(30):
        toolbox.choose(tolerance=value)
    memory.finish()
    memory.finish()
    assert written == ["tools"]


@pytest.mark.parametrize(
    ("kept", "taken"),
    [
        (None, {}),
        ([], {}),
        ({}, {}),
        ({"combine": "add", "mark": "inside"}, {"combine": Combine.ADD, "mark": Mark.INSIDE}),
        ({"combine": "multiply", "mark": 3}, {}),
        ({"tolerance": 300}, {}),
        ({"tolerance": -1}, {}),
        ({"tolerance": 4.5}, {}),
        ({"tolerance": True}, {}),
        ({"contiguous": 1, "pressure": "yes"}, {}),
        ({"contiguous": False}, {"contiguous": False}),
        ({"sensitivity": 1}, {"sensitivity": 1.0}),
        ({"sensitivity": float("nan"), "softness": 0}, {}),
        ({"stabiliser": 31, "unknown": 5}, {}),
        ({"softness": [1]}, {}),
    ],
)
def test_bad_values_are_ignored(kept: object, taken: dict[str, object]) -> None:
    assert understood(kept) == taken
    assert Options(**understood(kept))


@pytest.mark.parametrize("kept", [None, [], {}, {"radius": "9"}, {"radius": True}, {"radius": 0}])
@pytest.mark.parametrize("value", [float("nan"), 1e9])
def test_a_bad_size_is_ignored(kept: object, value: float) -> None:
    assert understood_radius(kept) is None
    assert understood_radius({"radius": value}) is None
    assert understood_radius({"radius": 7}) == 7.0


def test_a_disk_that_refuses_stops_nobody(
    toolbox: Toolbox, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kling_desktop.storage.atomic import StorageError

    def refuse(*_: object) -> None:
        raise StorageError("no")

    monkeypatch.setattr(workshop.preferences, "set", refuse)
    memory = ToolMemory(toolbox, workshop.preferences, toolbox)
    toolbox.choose(tolerance=3)
    memory.finish()
    assert toolbox.options.tolerance == 3


def test_the_hint_of_the_path_in_a_landing_shot(
    window: MainWindow, document: Document, toolbox: Toolbox
) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    hint = window.options.path.hint
    assert hint.text() == "Area 2: click, or drag, where it goes."
    document.set_land(land=True)
    assert hint.text() == "Area 2: click, or drag, the way it comes; it ends on the area."
