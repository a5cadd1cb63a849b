"""What the parts of the motion section have in common: they show a path and ask for another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kling_desktop.model.path import Path
from kling_desktop.model.shot import Shot
from kling_desktop.ui.panels.form import Number, guard_wheel


class MotionPart(QWidget):
    """Shows one path of a shot. ``wanted`` carries the path in its place, what the step is called,
    and what it merges with: steps in a row with the same words become one, none with ""."""

    wanted = Signal(object, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._path = Path()
        self._burst = 0
        """Counts what was typed or dragged in one go, so that only this becomes one step."""
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)

    def show_path(self, path: Path, shot: Shot, area: int) -> None:
        """Show the path of an area."""
        raise NotImplementedError

    def ask(self, text: str, merge: str = "", **changes: Any) -> None:
        """Ask for the path with some of its fields changed."""
        path = replace(self._path, **changes)
        if path != self._path:
            self._path = path
            self.wanted.emit(path, text, f"{merge} {self._burst}" if merge else "")

    def ends_burst(self) -> None:
        """What comes next is another step."""
        self._burst += 1

    def number(
        self, name: str, accessible: str, *, limits: tuple[float, float], suffix: str, decimals: int
    ) -> Number:
        """A number to type; leaving it, or Enter, ends the step."""
        least, most = limits
        box = Number(minimum=least, maximum=most, decimals=decimals, suffix=suffix)
        box.setObjectName(name)
        box.setAccessibleName(accessible)
        box.editingFinished.connect(self.ends_burst)
        guard_wheel(box)
        return box
