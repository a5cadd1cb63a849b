"""Changes of a speed curve: pure functions over its points."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF

from kling_desktop.model.timing import Speed

NEAREST = 0.01
"""Shares of the time between two points at least."""
FASTEST = 10.0
SLOWEST = 0.05
"""What is left of a curve all of whose points were taken to zero: an area that never moves would
have no way."""


def at(speed: Speed, time: float) -> float:
    """How fast it is at a share of the time."""
    when, fast = np.asarray(speed, np.float64).T
    return float(np.interp(time, when, fast))


def moved(speed: Speed, index: int, time: float, fast: float) -> Speed:
    """One point elsewhere, between its neighbours; the outer two keep their time."""
    if 0 < index < len(speed) - 1:
        low, high = speed[index - 1][0] + NEAREST, speed[index + 1][0] - NEAREST
        time = round(min(max(time, low), high), 4) if low < high else speed[index][0]
    else:
        time = speed[index][0]
    fast = round(min(max(fast, 0.0), max(FASTEST, speed[index][1])), 2)
    if fast == 0.0 and not any(v for k, (_, v) in enumerate(speed) if k != index):
        fast = SLOWEST
    return (*speed[:index], (time, fast), *speed[index + 1 :])


def added(speed: Speed, time: float) -> tuple[Speed, int]:
    """A point on the line at a share of the time, and its index; where there is no room for
    another, the nearest one."""
    index = next(k for k, (t, _) in enumerate(speed) if t >= min(time, 1.0))
    index = max(index, 1)
    if min(time - speed[index - 1][0], speed[index][0] - time) < NEAREST:
        nearer = abs(time - speed[index - 1][0]) < abs(speed[index][0] - time)
        return speed, index - 1 if nearer else index
    time = round(time, 4)
    return (*speed[:index], (time, round(at(speed, time), 2)), *speed[index:]), index


def removed(speed: Speed, index: int) -> Speed:
    """Without one of the inner points; what is left moves."""
    left = (*speed[:index], *speed[index + 1 :])
    if any(fast for _, fast in left):
        return left
    return tuple((time, SLOWEST) for time, _ in left)


def caught(places: Sequence[QPointF], at_: QPointF, reach: float) -> int | None:
    """The nearest place within reach of the pointer."""
    best, found = reach, None
    for index, place in enumerate(places):
        distance = math.hypot(place.x() - at_.x(), place.y() - at_.y())
        if distance <= best:
            best, found = distance, index
    return found
