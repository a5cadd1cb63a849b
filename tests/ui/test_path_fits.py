"""Commands on paths beside the edge of the picture: the shape stays what was drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QSpinBox

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path
from kling_desktop.model.path_shape import box, rotated
from kling_desktop.ui.dialogs.amount import AmountDialog
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.path_orders import SMALLER
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow

Paint = Callable[[int, Rect], None]
POINTS = ((80.0, 80.0), (180.0, 90.0), (200.0, 200.0), (280.0, 220.0))
SIZE = 512


@pytest.fixture(autouse=True)
def drawn(window: MainWindow, document: Document, toolbox: Toolbox, paint: Paint) -> None:
    paint(1, Rect(50, 50, 111, 111))
    toolbox.tool, toolbox.area = Tool.PATH, 1
    document.set_path(1, Path(POINTS), "Draw path")


@pytest.fixture
def said(notices: Notices) -> list[str]:
    found: list[str] = []
    notices.posted.connect(lambda sentence, _tone: found.append(sentence))
    return found


def share(found: tuple, wanted: tuple) -> float:
    """How large one is of the other; the shape has to be the same."""
    a, b = np.array(found) - found[0], np.array(wanted) - wanted[0]
    factor = float(np.abs(a).max() / np.abs(b).max())
    assert a == pytest.approx(b * factor, abs=1e-6)
    assert np.min(found) >= 0
    assert np.max(found) <= SIZE - 1
    return factor


def test_a_copy_beside_the_edge_is_made_smaller_around_its_place(
    window: MainWindow, document: Document, paint: Paint, said: list[str]
) -> None:
    paint(2, Rect(440, 440, 501, 501))
    window.acts["path.copyTo.2"].trigger()
    points = document.shot.paths[2].points
    assert points[0] == (470.5, 470.5)
    assert share(points, POINTS) == pytest.approx(40.5 / 200)
    assert said == [SMALLER]
    document.undo_stack.undo()
    assert 2 not in document.shot.paths


def test_a_copy_that_fits_is_as_large(
    window: MainWindow, document: Document, paint: Paint, said: list[str]
) -> None:
    paint(2, Rect(140, 240, 201, 301))
    window.acts["path.copyTo.2"].trigger()
    assert share(document.shot.paths[2].points, POINTS) == pytest.approx(1)
    assert said == []


def test_in_a_landing_shot_the_end_stays_on_the_area(
    window: MainWindow, document: Document, paint: Paint, said: list[str]
) -> None:
    document.set_land(land=True)
    document.set_path(1, Path(POINTS), "Draw path")
    paint(2, Rect(20, 20, 81, 81))
    window.acts["path.copyTo.2"].trigger()
    points = document.shot.paths[2].points
    assert points[-1] == (50.5, 50.5)
    assert share(points, POINTS) == pytest.approx(50.5 / 200)
    assert said == [SMALLER]


def test_snap_keeps_the_shape(window: MainWindow, document: Document, said: list[str]) -> None:
    far = tuple((x + 231.0, y + 291.0) for x, y in POINTS)
    document.set_path(1, Path(far[::-1]), "Draw path")
    window.acts["path.snapStart"].trigger()
    points = document.shot.paths[1].points
    assert points[0] == (80.5, 80.5)
    assert share(points, POINTS[::-1]) == pytest.approx(80.5 / 200)
    assert said == [SMALLER]


@pytest.fixture
def ask(window: MainWindow) -> Callable[[str, str], AmountDialog]:
    """Open a dialog and type an amount."""

    def asked(action_id: str, amount: str) -> AmountDialog:
        window.acts[action_id].trigger()
        (dialog,) = (each for each in window.findChildren(AmountDialog) if each.isVisible())
        spin = dialog.findChild(QSpinBox)
        spin.selectAll()
        QTest.keyClicks(spin, amount)
        return dialog

    return asked


def test_turned_out_of_the_picture_it_is_moved_back_as_it_is(
    document: Document, ask: Callable[[str, str], AmountDialog]
) -> None:
    dialog = ask("path.rotate", "180")
    assert not any(each.text() == SMALLER for each in dialog.findChildren(QLabel))
    dialog.accept()
    points = document.shot.paths[1].points
    assert share(points, rotated(POINTS, 180, POINTS[0])) == pytest.approx(1)
    assert box(points)[0] == pytest.approx((0, 0), abs=1e-6)


def test_scaled_beyond_the_picture_it_fills_it_and_the_dialog_says_so(
    document: Document, ask: Callable[[str, str], AmountDialog]
) -> None:
    dialog = ask("path.scale", "400")
    (words,) = (each for each in dialog.findChildren(QLabel) if each.text() == SMALLER)
    assert words.isVisible()
    spin = dialog.findChild(QSpinBox)
    spin.selectAll()
    QTest.keyClicks(spin, "800")
    QTest.keyClick(spin, Qt.Key.Key_Return)
    points = document.shot.paths[1].points
    assert share(points, POINTS) == pytest.approx(511 / 200)
    assert document.undo_stack.undoText() == "Scale path 1"
