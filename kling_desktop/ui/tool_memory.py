"""Keeps the options of the tools from one start of the program to the next."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, QTimer

from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.toolbox import Options, Toolbox

KEY = "tools"
SETTLE_MS = 800
"""A slider moves a lot before it stands still, and every write waits for the disk."""
LIMITS: dict[str, tuple[float, float]] = {
    "tolerance": (0, 255),
    "sensitivity": (0.0, 1.0),
    "softness": (0.2, 5.0),
    "stabiliser": (0, 30),
}


class ToolMemory(QObject):
    """Reads the options at once and writes them whenever they have changed."""

    def __init__(self, toolbox: Toolbox, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._toolbox, self._preferences = toolbox, preferences
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self.write)
        toolbox.choose(**understood(preferences.get(KEY)))
        toolbox.options_changed.connect(self._timer.start)

    def finish(self) -> None:
        """Write what is not written yet."""
        if self._timer.isActive():
            self._timer.stop()
            self.write()

    def write(self) -> None:
        """A preference that the disk refuses is no reason to stop the artist."""
        with contextlib.suppress(StorageError):
            self._preferences.set(KEY, asdict(self._toolbox.options))


def understood(found: object) -> dict[str, Any]:
    """The options in what was kept; whatever is not as it should be is left out."""
    kept = found if isinstance(found, dict) else {}
    usual = Options()
    values = {each.name: _value(each.name, kept.get(each.name), usual) for each in fields(usual)}
    return {name: value for name, value in values.items() if value is not None}


def _value(name: str, value: object, usual: Options) -> object:
    """A value of the kind of the usual one and within its limits, or None."""
    kind = type(getattr(usual, name))
    if issubclass(kind, StrEnum):
        return kind(value) if isinstance(value, str) and value in set(kind) else None
    if kind is bool or isinstance(value, bool):
        return value if kind is bool and isinstance(value, bool) else None
    if not isinstance(value, (int, float) if kind is float else int):
        return None
    least, most = LIMITS[name]
    return kind(value) if least <= value <= most else None
