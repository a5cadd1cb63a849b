"""What has to be remembered of a pen: whether it is down, double taps, and the system's echo of it."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent

from kling_desktop.model.path import Point

ECHO_MS = 500
"""How long after a pen's event a mouse event may be the system's echo of it."""
SLIP = 8.0
"""Widget pixels that lie between the two touches of a double tap at most."""


class Pen:
    """Places are widget pixels, times the milliseconds of Qt's events."""

    def __init__(self) -> None:
        self.down = False
        self._time = 0
        self._tapped: Point | None = None
        """Where it last came down, unless that was the second tap of two."""
        self._tap_time = 0

    def heard(self, time: int) -> None:
        """It did something."""
        self._time = time

    def comes_down(self, place: Point, time: int) -> bool:
        """Whether this is a double tap: Qt tells double clicks of mice only."""
        self.down = True
        interval = QGuiApplication.styleHints().mouseDoubleClickInterval()
        near = self._tapped is not None and math.dist(place, self._tapped) <= SLIP
        twice = near and time - self._tap_time <= interval
        self._tapped, self._tap_time = None if twice else place, time
        return twice

    def echoes(self, event: QMouseEvent) -> bool:
        """Whether the system made this mouse event of a pen's event that was dealt with."""
        made = event.source() != Qt.MouseEventSource.MouseEventNotSynthesized
        return self.down or (made and self._time > 0 and event.timestamp() - self._time < ECHO_MS)
