"""The end frame made of the draft, by real clicks: shown, described, and switched off again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path
from kling_desktop.model.shot import AreaLook, Picture
from kling_desktop.ui.document import Document
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.panels.end_frame import EndFramePanel
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.window import MainWindow
from tests.ui.pointer import PHOTOS, click, drop
from tests.ui.test_problems_and_generate import generate_button, problem_list
from tests.ui.waiting import until


@pytest.fixture
def panel(ready_window: MainWindow, document: Document, inspector: Inspector) -> EndFramePanel:
    """Of a model that takes end frames, and has no brush."""
    use(document, inspector, "kling-v2-6")
    panel = ready_window.column.camera.end_frame
    ready_window.column._scroll.ensureWidgetVisible(panel)
    return panel


def use(document: Document, inspector: Inspector, name: str) -> None:
    settings = replace(document.shot.settings, model_name=name, cfg_scale=None)
    document.set_settings(settings, "Choose model")
    inspector.look()


def carry(panel: EndFramePanel) -> None:
    click(panel.carry, QPoint(8, panel.carry.height() // 2))


def way(window: MainWindow) -> str:
    found = window.findChild(QLabel, "motionWay")
    assert isinstance(found, QLabel)
    return found.text()


def test_the_problem_offers_it_and_generate_says_so(
    ready_window: MainWindow, panel: EndFramePanel, document: Document, inspector: Inspector
) -> None:
    assert not generate_button(ready_window).property("ready")
    problems = problem_list(ready_window)
    fix = problems.itemWidget(problems.item(0)).findChild(type(panel.choose), "fix")
    click(fix)
    inspector.look()
    assert document.shot.end_carries
    assert panel.carry.isChecked()
    assert generate_button(ready_window).property("ready")
    assert way(ready_window) == "The draft's end frame carries the motion."
    document.undo_stack.undo()
    assert not document.shot.end_carries
    assert not panel.carry.isChecked()


def test_its_picture_follows_the_path(panel: EndFramePanel, document: Document) -> None:
    carry(panel)
    until(lambda: not panel.area.picture.pixmap().isNull())
    before = panel.area.picture.pixmap().toImage()
    document.set_path(1, Path(((150.0, 150.0), (400.0, 420.0))), "Draw path 1")
    until(lambda: panel.area.picture.pixmap().toImage() != before)
    carry(panel)
    assert panel.area.picture.text() == "Drop here"


def test_without_motion_there_is_no_picture(
    window: MainWindow, document: Document, inspector: Inspector
) -> None:
    use(document, inspector, "kling-v2-6")
    panel = window.column.camera.end_frame
    window.column._scroll.ensureWidgetVisible(panel)
    carry(panel)
    assert document.shot.end_carries
    assert panel.area.picture.text() == "No motion yet"
    assert panel.describe.isVisible()
    assert not panel.describe.isEnabled()


def test_the_sentence_goes_into_the_prompt_once(
    ready_window: MainWindow, panel: EndFramePanel, document: Document
) -> None:
    document.set_look(1, AreaLook("the lamp"), "Rename")
    document.set_settings(replace(document.shot.settings, prompt="A portrait."), "Type")
    assert not panel.describe.isVisible()
    carry(panel)
    until(panel.describe.isEnabled)
    click(panel.describe)
    assert document.shot.settings.prompt == "A portrait. The lamp moves to the right."
    assert not panel.describe.isEnabled()
    document.undo_stack.undo()
    assert document.shot.settings.prompt == "A portrait."
    assert panel.describe.isEnabled()


def test_a_dropped_picture_takes_its_place(
    ready_window: MainWindow, panel: EndFramePanel, document: Document, inspector: Inspector
) -> None:
    carry(panel)
    drop(panel.area, PHOTOS / "rocket.jpg")
    ready_window.files.finish()
    assert document.shot.end is not None
    assert not document.shot.end_carries
    assert not panel.carry.isChecked()
    carry(panel)
    assert document.shot.end is None
    document.undo_stack.undo()
    assert isinstance(document.shot.end, Picture)


def test_camera_moves_open_up_where_an_end_frame_carries_them(
    ready_window: MainWindow,
    panel: EndFramePanel,
    document: Document,
    inspector: Inspector,
    studio: Studio,
) -> None:
    camera = ready_window.column.camera
    assert not camera.kind.isEnabled()
    carry(panel)
    assert camera.kind.isEnabled()
    camera.kind.setFocus()
    QTest.keyClick(camera.kind, Qt.Key.Key_Down)
    assert document.shot.camera == Camera("simple", {"horizontal": 5.0})
    inspector.look()
    assert [problem.code for problem in inspector.problems if problem.stops] == []


def test_no_points_are_counted_that_are_not_sent(
    ready_window: MainWindow, panel: EndFramePanel, document: Document
) -> None:
    motion = ready_window.column.motion
    until(motion.sent.budget.text)
    carry(panel)
    assert motion.sent.budget.text() == ""
    assert not motion.sent.dots.isVisible()
    assert motion.draft.heading.text() == "In the draft and in its end frame"


def test_it_is_not_offered_where_the_model_takes_no_end_frame(
    panel: EndFramePanel, document: Document, inspector: Inspector
) -> None:
    use(document, inspector, "kling-v2-1-master")
    assert not panel.carry.isEnabled()
    use(document, inspector, "kling-v2-6")
    carry(panel)
    use(document, inspector, "kling-v2-1-master")
    assert panel.carry.isEnabled()  # to switch it off
    stops = [problem.code for problem in inspector.problems if problem.stops]
    assert stops == ["end_frame_not_supported"]
