"""What a hand does in the export dialog, and what lies on the disk afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton

from kling_desktop.motion.draft import Draft
from kling_desktop.motion.export import drafted
from kling_desktop.ui.dialogs.export_draft import ExportDraftDialog
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_export import DraftExport
from tests.ui.waiting import turn, until


def lasting(document: Document, seconds: str) -> None:
    document.set_settings(replace(document.shot.settings, duration=seconds), "Duration")


def press(button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(box: QComboBox, words: str) -> None:
    """Open the list and click an entry."""
    row = next(row for row in range(box.count()) if box.itemText(row).startswith(words))
    box.showPopup()
    view = box.view()
    place = view.visualRect(box.model().index(row, 0)).center()
    turn(0.02)
    QTest.mouseMove(view.viewport(), place)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    turn(0.02)
    assert box.currentIndex() == row


def type_name(dialog: ExportDraftDialog, name: str) -> None:
    dialog.name.selectAll()
    QTest.keyClicks(dialog.name, name)


def finish(export: DraftExport) -> None:
    until(lambda: not export.running, 20)


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def draft_of(document: Document, height: int | None = None) -> Draft:
    return drafted(document.pixels, document.shot, height=height)


def read_png(path: Path) -> np.ndarray:
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return np.asarray(found[..., ::-1])
