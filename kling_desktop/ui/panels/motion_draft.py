"""What only the draft shows of a motion: turning along the path, and another size at its end."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout

from kling_desktop.model.path import Path
from kling_desktop.model.shot import Shot
from kling_desktop.ui.panels.form import Row, form, frame
from kling_desktop.ui.panels.motion_part import MotionPart

SMALLEST, LARGEST = 10, 400
"""Per cent."""
END, BEGINNING = "end", "beginning"
"""Where the size is another one: away from the picture."""
HALF = 0.5
"""Per cent by which a size may differ from the number that shows it."""
HEADING, CARRIED = "Draft only, not sent", "In the draft and in its end frame"
TIP = "Kling takes no turns and sizes; it makes up its own."


class MotionDraft(MotionPart):
    """Set apart, so that nobody takes it for something that is paid for."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = QCheckBox("Turn along the path")
        self.turns.setObjectName("motionTurns")
        limits = (float(SMALLEST), float(LARGEST))
        self.scale = self.number(
            "motionScale", "Size at the end of the path", limits=limits, suffix=" %", decimals=0
        )
        self.scale.setSingleStep(5.0)
        self._size, self._where = QLabel(), END
        self.heading = QLabel(HEADING)
        self._build()
        self.turns.toggled.connect(self._on_turns)
        self.scale.valueChanged.connect(self._on_scale)

    def show_path(self, path: Path, shot: Shot, area: int) -> None:  # noqa: ARG002
        self._path, self._where = path, BEGINNING if shot.land else END
        self.heading.setText(CARRIED if shot.end_carries else HEADING)
        self._size.setText(f"Size at the {self._where}")
        self.scale.setAccessibleName(f"Size at the {self._where} of the path")
        with QSignalBlocker(self.turns), QSignalBlocker(self.scale):
            self.turns.setChecked(path.turns)
            if abs(self.scale.value() - path.scale * 100) >= HALF:
                self.scale.setValue(path.scale * 100)

    def _build(self) -> None:
        box = frame("draftOnly")
        box.setToolTip(TIP)
        inside = QVBoxLayout(box)
        inside.setContentsMargins(10, 6, 10, 8)
        inside.setSpacing(4)
        self.heading.setProperty("role", "small")
        self.heading.setProperty("tone", "warning")
        inside.addWidget(self.heading)
        inside.addWidget(self.turns)
        rows, grid = form()
        grid.setColumnMinimumWidth(0, 0)
        self._size.setBuddy(self.scale)
        Row(grid, self._size, self.scale)
        inside.addWidget(rows)
        self.column.addWidget(box)

    def _on_turns(self, on: bool) -> None:
        self.ask("Change turning", turns=on)

    def _on_scale(self, per_cent: float) -> None:
        if abs(per_cent - self._path.scale * 100) >= HALF:
            self.ask(f"Change size at the {self._where}", "size", scale=round(per_cent / 100, 4))
