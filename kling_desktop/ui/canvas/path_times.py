"""When an area is where, as marks along its way: ticks at equal times, rests, and the way itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import Path, Point, Points, at

GRAIN = 0.01
"""Seconds between the moments that are asked for."""
QUARTER = 25
"""Moments from one tick to the next."""
REST = 0.2
"""Seconds from which on standing still is a rest."""
STILL = 1e-6
"""Image pixels within a moment below which nothing moves: even easing starts faster."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Where an area is after ``seconds``; ``across`` is a unit vector at right angles to its way,
    ``along`` how many image pixels it has come."""

    seconds: float
    place: Point
    across: Point
    along: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Where an area stands still, and for how long."""

    seconds: float
    place: Point
    across: Point


@dataclass(frozen=True, slots=True)
class Times:
    """All marks of one path, in image pixels, whatever the view."""

    ticks: tuple[Tick, ...] = ()
    rests: tuple[Rest, ...] = ()
    way: Points | None = None
    """The way that an area takes, shape (n, 2), where it is not its own curve."""
    length: float = 0.0
    """How many image pixels the way is long."""


def times_along(motion: Path, seconds: float) -> Times:
    """The marks of a path (as ``resolved`` gives it) in a video of that many seconds."""
    if not motion.points or (len(motion.points) < 2 and not motion.carriers):
        return Times()
    when = np.arange(0.0, seconds - GRAIN / 2, GRAIN)
    places = at(motion, np.append(when, seconds) / seconds)
    steps = np.hypot(*np.diff(places, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    still = steps < STILL
    across = _across(places)
    ticks = tuple(
        Tick(index * GRAIN, _point(places[index]), _point(across[index]), float(along[index]))
        for index in range(QUARTER, len(when), QUARTER)
        if not (still[index - 1] and still[index])
    )
    rests = _rests(places, across, still) if along[-1] > 0.0 else ()
    return Times(ticks, rests, places if motion.carriers else None, float(along[-1]))


def _across(places: Points) -> Points:
    """Unit vectors at right angles to where it goes; where it rests, to where it came from or will
    go."""
    step = np.diff(places, axis=0)
    step = np.vstack([step[:1], step[:-1] + step[1:], step[-1:]])
    length = np.hypot(*step.T)
    moving = np.flatnonzero(length > STILL)
    if not moving.size:
        return np.tile((0.0, -1.0), (len(places), 1))
    before = np.searchsorted(moving, np.arange(len(places)), side="right") - 1
    heading = step[moving[np.maximum(before, 0)]]
    heading /= np.hypot(*heading.T)[:, None]
    return np.column_stack([heading[:, 1], -heading[:, 0]])


def _rests(places: Points, across: Points, still: npt.NDArray[np.bool_]) -> tuple[Rest, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], still, [False])).astype(np.int8)))
    return tuple(
        Rest(float(end - begin) * GRAIN, _point(places[begin]), _point(across[begin]))
        for begin, end in edges.reshape(-1, 2)
        if (end - begin) * GRAIN >= REST - 1e-9
    )


def _point(pair: npt.NDArray[np.float64]) -> Point:
    return float(pair[0]), float(pair[1])
