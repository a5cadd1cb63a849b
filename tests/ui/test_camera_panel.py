"""Camera panel and end frame."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kling_desktop.model.camera import Camera
from kling_desktop.model.shot import Picture
from kling_desktop.ui.document import Document
from kling_desktop.ui.files import Files
from kling_desktop.ui.panels.camera import CameraPanel
from kling_desktop.ui.window import MainWindow
from tests.ui.pointer import PHOTOS, click, drop


@pytest.fixture
def panel(window: MainWindow) -> CameraPanel:
    panel = window.column.camera
    window.column._scroll.ensureWidgetVisible(panel)
    return panel


def use(document: Document, name: str, mode: str = "pro") -> None:
    settings = replace(document.shot.settings, model_name=name, mode=mode)
    document.set_settings(settings, "Choose model")


def test_one_axis_begins_with_a_move(panel: CameraPanel, document: Document) -> None:
    panel.kind.setFocus()
    QTest.keyClick(panel.kind, Qt.Key.Key_Down)
    camera = document.shot.camera
    assert camera is not None
    assert camera.to_api() == {"type": "simple", "config": {"horizontal": 5.0}}
    assert panel.axis.isVisible()


def test_another_axis_keeps_the_amount(panel: CameraPanel, document: Document) -> None:
    document.set_camera(Camera("simple", {"horizontal": -3.0}), "c")
    panel.axis.setFocus()
    QTest.keyClick(panel.axis, Qt.Key.Key_Down)
    assert document.shot.camera == Camera("simple", {"vertical": -3.0})
    assert panel._effect.text() == "Camera slides down."


def test_slider_and_number_agree_and_merge(panel: CameraPanel, document: Document) -> None:
    document.set_camera(Camera("simple", {"zoom": 1.0}), "c")
    steps = document.undo_stack.count()
    panel.slider.setFocus()
    for _ in range(3):
        QTest.keyClick(panel.slider, Qt.Key.Key_PageUp)
    assert document.shot.camera == Camera("simple", {"zoom": 4.0})
    assert panel.value.value() == 4.0
    assert document.undo_stack.count() == steps + 1
    panel.value.setFocus()
    QTest.keyClick(panel.value, Qt.Key.Key_Up)
    assert panel.slider.value() == 45


def test_a_preset_has_no_values(panel: CameraPanel, document: Document) -> None:
    document.set_camera(Camera("simple", {"roll": 2.0}), "c")
    panel.kind.setFocus()
    QTest.keyClick(panel.kind, Qt.Key.Key_End)
    camera = document.shot.camera
    assert camera is not None
    assert camera.to_api() == {"type": "left_turn_forward"}
    assert not panel.axis.isVisible()


def test_off_again(panel: CameraPanel, document: Document) -> None:
    document.set_camera(Camera("down_back"), "c")
    panel.kind.setFocus()
    QTest.keyClick(panel.kind, Qt.Key.Key_Home)
    assert document.shot.camera is None


def test_pan_and_tilt_admit_that_they_are_disputed(panel: CameraPanel, document: Document) -> None:
    document.set_camera(Camera("simple", {"tilt": 2.0}), "c")
    assert "two ways" in panel._effect.text()


def test_disabled_with_a_reason_but_never_a_trap(panel: CameraPanel, document: Document) -> None:
    use(document, "kling-v2-6")
    assert not panel.kind.isEnabled()
    assert "takes no camera move" in panel._kind_row.hint.text()
    document.set_camera(Camera("down_back"), "c")
    assert panel.kind.isEnabled()


def test_a_move_that_the_model_lacks_cannot_be_chosen(
    panel: CameraPanel, document: Document
) -> None:
    use(document, "kling-v1-5")
    panel.kind.setFocus()
    QTest.keyClick(panel.kind, Qt.Key.Key_End)
    camera = document.shot.camera
    assert camera is None or camera.kind == "simple"


def test_an_unknown_move_of_a_file_is_shown(panel: CameraPanel, document: Document) -> None:
    document.set_camera(Camera("orbit"), "c")
    assert panel.kind.currentText() == "orbit (unknown)"
    assert document.shot.camera == Camera("orbit")


def test_end_frame_is_refused_by_2_1_with_a_reason(panel: CameraPanel) -> None:
    assert not panel.end_frame.choose.isEnabled()
    assert "2.1 models take no end frame" in panel.end_frame.hint.text()


def test_a_dropped_picture_becomes_the_end_frame(
    panel: CameraPanel, document: Document, files: Files
) -> None:
    use(document, "kling-v2-6")
    assert panel.end_frame.choose.isEnabled()
    drop(panel.end_frame.area, PHOTOS / "rocket.jpg")
    files.finish()
    assert document.shot.end is not None
    assert document.shot.end.name == "rocket.jpg"
    assert not panel.end_frame.area.picture.pixmap().isNull()


def test_remove_takes_the_end_frame_away(panel: CameraPanel, document: Document) -> None:
    data = (PHOTOS / "rocket.jpg").read_bytes()
    document.set_end(Picture(data, "JPEG", 640, 427, "rocket.jpg"), "e")
    assert panel.end_frame.remove.isEnabled()
    click(panel.end_frame.remove, QPoint(5, 5))
    assert document.shot.end is None
    assert panel.end_frame.area.picture.text() == "Drop here"


def test_an_end_frame_that_cannot_be_drawn_says_so(panel: CameraPanel, document: Document) -> None:
    document.set_end(Picture(b"broken", "JPEG", 640, 427, "x.jpg"), "e")
    assert panel.end_frame.area.picture.text() == "No preview"
