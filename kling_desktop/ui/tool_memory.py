"""Keeps brush size and options of the tools from one start of the program to the next."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, QTimer

from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.toolbox import MAX_RADIUS, MIN_RADIUS, Options, Toolbox

KEY = "tools"
RADIUS = "radius"
"""The entry that is no option."""
SETTLE_MS = 800
"""A slider moves a lot before it stands still, and every write waits for the disk."""
LIMITS: dict[str, tuple[float, float]] = {
    "tolerance": (0, 255),
    "sensitivity": (0.0, 1.0),
    "softness": (0.2, 5.0),
    "stabiliser": (0, 30),
}


class ToolMemory(QObject):
    """Reads everything at once and writes it whenever something has changed."""

    def __init__(self, toolbox: Toolbox, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._toolbox, self._preferences = toolbox, preferences
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self.write)
        kept = preferences.get(KEY)
        toolbox.choose(**understood(kept))
        toolbox.radius = understood_radius(kept) or toolbox.radius
        toolbox.options_changed.connect(self._on_changed)
        toolbox.radius_changed.connect(self._on_changed)

    def finish(self) -> None:
        """Write what is not written yet."""
        if self._timer.isActive():
            self._timer.stop()
            self.write()

    def write(self) -> None:
        """A preference that the disk refuses is no reason to stop the artist."""
        with contextlib.suppress(StorageError):
            kept = {**asdict(self._toolbox.options), RADIUS: self._toolbox.radius}
            self._preferences.set(KEY, kept)

    def _on_changed(self, _what: object) -> None:
        self._timer.start()


def understood(found: object) -> dict[str, Any]:
    """The options in what was kept; whatever is not as it should be is left out."""
    kept = found if isinstance(found, dict) else {}
    usual = Options()
    values = {each.name: _value(each.name, kept.get(each.name), usual) for each in fields(usual)}
    return {name: value for name, value in values.items() if value is not None}


def understood_radius(found: object) -> float | None:
    """The brush radius in what was kept, if there is a good one."""
    value = found.get(RADIUS) if isinstance(found, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if MIN_RADIUS <= value <= MAX_RADIUS else None


def _value(name: str, value: object, usual: Options) -> object:
    """A value of the kind of the usual one and within its limits, or None."""
    kind = type(getattr(usual, name))
    if name not in LIMITS and not issubclass(kind, StrEnum | bool):
        return None  # not kept
    if issubclass(kind, StrEnum):
        return kind(value) if isinstance(value, str) and value in set(kind) else None
    if kind is bool or isinstance(value, bool):
        return value if kind is bool and isinstance(value, bool) else None
    if not isinstance(value, (int, float) if kind is float else int):
        return None
    least, most = LIMITS[name]
    return kind(value) if least <= value <= most else None
