"""What is sent of the path in hand: whom it moves with, and how many points."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from kling_desktop.model.areas import MOVING
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Shot
from kling_desktop.ui.budget import SentPoints
from kling_desktop.ui.colours import label
from kling_desktop.ui.panels.form import Hint, Row, combo, fill, form
from kling_desktop.ui.panels.motion_part import MotionPart
from kling_desktop.ui.path_orders import no_carrier

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
        self.lost, self.budget = Hint(), Hint()
        self.lost.setObjectName("motionLost")
        self.budget.setObjectName("motionBudget")
        self.dots = QCheckBox("Show sent points")
        self.dots.setObjectName("showSent")
        rows, grid = form()
        Row(grid, "Moves with", self.parent_area)
        for part in (rows, self.lost, self.budget, self.dots):
            self.column.addWidget(part)
        self.parent_area.currentIndexChanged.connect(self._on_parent)

    def show_path(self, path: Path, shot: Shot, area: int) -> None:
        self._path = path
        entries: list[tuple[str, int | None, str | None]] = [("No other area", None, None)]
        for other in MOVING:
            known = shot.paths.get(other, Path())
            if other != area and (known.points or other == path.parent):
                reason = no_carrier(shot, area, other)
                entries.append((label(other, shot.looks), other, reason))
        fill(self.parent_area, entries, path.parent)
        above = path.parent
        lost = above is not None and not shot.paths.get(above, Path()).points
        name = label(above, shot.looks) if lost and above is not None else ""
        self.lost.say(f"{name} has no path: nothing carries this one." if name else "", "warning")

    def show_budget(self, found: SentPoints | None) -> None:
        """Say how many points are sent; a path that is too rich for them is marked."""
        if found is None:
            self.budget.say("")
            return
        off = f"at most {max(found.deviation_px, 0.1):.1f} px off the drawn path"
        rough = found.deviation_px > GOOD_PX
        tip = f" {self._advice}" if rough else ""
        sentence = f"{len(found.points)} of {MOST} points will be sent, {off}.{tip}"
        self.budget.say(sentence, "warning" if rough else "muted")

    @property
    def _advice(self) -> str:
        """What would bring it closer: all points are equal steps of the time, those of rests too."""
        rest = ", or let it rest for less of the time" if any(self._path.hold) else ""
        return f"Draw it simpler{rest}."

    def _on_parent(self) -> None:
        parent = self.parent_area.currentData()
        self.ask("Choose carrier", parent=parent)
