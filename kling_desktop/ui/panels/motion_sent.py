"""What is sent of the path in hand: whom it moves with, and how many points."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from kling_desktop.model.areas import MOVING
from kling_desktop.model.path import Path, may_carry
from kling_desktop.model.shot import Shot
from kling_desktop.ui.budget import SentPoints
from kling_desktop.ui.colours import label
from kling_desktop.ui.panels.form import Hint, Row, combo, fill, form
from kling_desktop.ui.panels.motion_part import MotionPart

MOST = 77
"""The points that the API takes for a path."""
GOOD_PX = 1.0
"""Deviation that nobody sees."""


class MotionSent(MotionPart):
    """Parent and budget."""

    def __init__(self) -> None:
        super().__init__()
        self.parent_area = combo("motionParent", "The area that it moves with")
        self.parent_area.setToolTip("Another area whose motion is added")
        self.budget = Hint()
        self.budget.setObjectName("motionBudget")
        self.dots = QCheckBox("Show sent points")
        self.dots.setObjectName("showSent")
        rows, grid = form()
        Row(grid, "Moves with", self.parent_area)
        for part in (rows, self.budget, self.dots):
            self.column.addWidget(part)
        self.parent_area.currentIndexChanged.connect(self._on_parent)

    def show_path(self, path: Path, shot: Shot, area: int) -> None:
        self._path = path
        entries: list[tuple[str, int | None, str | None]] = [("No other area", None, None)]
        for other in MOVING:
            if other != area and (other in shot.paths or other == path.parent):
                name = label(other, shot.looks)
                circle = not may_carry(shot.paths, area, other)
                reason = f"{name} moves with this area already." if circle else None
                entries.append((name, other, reason))
        fill(self.parent_area, entries, path.parent)

    def show_budget(self, found: SentPoints | None) -> None:
        """Say how many points are sent; a path that is too rich for them is marked."""
        if found is None:
            self.budget.say("")
            return
        off = f"at most {max(found.deviation_px, 0.1):.1f} px off the drawn path"
        rough = found.deviation_px > GOOD_PX
        tip = " Fewer turns, or a longer rest, would bring it closer." if rough else ""
        sentence = f"{len(found.points)} of {MOST} points will be sent, {off}.{tip}"
        self.budget.say(sentence, "warning" if rough else "muted")

    def _on_parent(self) -> None:
        parent = self.parent_area.currentData()
        self.ask("Choose carrier", parent=parent)
