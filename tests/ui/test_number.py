"""A number typed beyond its limits becomes the nearest that is allowed, and keeps all its digits."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kling_desktop.ui.panels.form import Number


@pytest.mark.parametrize(
    ("limits", "typed", "meant"),
    [
        ((10, 400, 0, " %"), "500", 400),
        ((10, 400, 0, " %"), "9999", 400),
        ((10, 400, 0, " %"), "3", 10),
        ((10, 400, 0, " %"), "120", 120),
        ((0, 4.9, 1, " s"), "12", 4.9),
        ((0, 4.9, 1, " s"), "-3", 0),
        ((0, 4.9, 1, " s"), "2.5", 2.5),
        ((-10, 10, 1, ""), "-20", -10),
        ((-10, 10, 1, ""), "abc", 1),
    ],
)
def test_a_number_is_taken_as_it_was_meant(qtbot, limits: tuple, typed: str, meant: float) -> None:
    least, most, decimals, suffix = limits
    box = Number(minimum=least, maximum=most, decimals=decimals, suffix=suffix)
    qtbot.addWidget(box)
    box.setValue(1)
    box.show()
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, typed)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == pytest.approx(meant)
    assert box.text().endswith(suffix)
