"""Paths: the control points an area follows, and the one function that samples them in time.

Points are image pixels as floats, origin top-left, y down. A smooth path is a centripetal
Catmull-Rom spline: it passes through every point that was drawn, never loops between two of them,
and needs no handles to store (Yuksel, Schaefer, Keyser: Parameterization and applications of
Catmull-Rom curves, 2011).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Point = tuple[float, float]
Points = npt.NDArray[np.float64]
"""Shape (n, 2): x, y in image pixels."""

STEP = 0.75
"""Longest piece of a flattened curve, in pixels: far below what a one-pixel budget could notice."""
PIECES = 4000
"""Most pieces of one curve segment: a path across the largest picture stays exact enough."""


class Curve(StrEnum):
    STRAIGHT = "straight"
    SMOOTH = "smooth"


class Timing(StrEnum):
    LINEAR = "linear"
    EASE_IN = "ease-in"
    EASE_OUT = "ease-out"
    EASE_IN_OUT = "ease-in-out"
    STEPS = "steps"
    """Each piece from one point to the next takes the same time: where points lie close, it is
    slow."""


@dataclass(frozen=True, slots=True)
class Path:
    """What one area follows. ``extra`` holds keys that are kept but not understood."""

    points: tuple[Point, ...] = ()
    curve: Curve = Curve.SMOOTH
    timing: Timing = Timing.LINEAR
    extra: Mapping[str, Any] = field(default_factory=dict)


def flatten(path: Path) -> Points:
    """The drawn curve as a dense polyline, shape (n, 2), holding every control point exactly."""
    points = np.asarray(path.points, np.float64).reshape(-1, 2)
    if len(points) < 2:
        return points
    return np.vstack([*_pieces(path), points[-1:]])


def vertices(path: Path) -> npt.NDArray[np.intp]:
    """Where each control point stands in the flattened curve; for paths of two points or more."""
    return np.concatenate(([0], np.cumsum([len(piece) for piece in _pieces(path)], dtype=np.intp)))


def length(path: Path) -> float:
    """Length of the drawn curve in pixels."""
    return float(np.hypot(*np.diff(flatten(path), axis=0).T).sum())


def progress(timing: Timing, time: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Share of the way done (0…1) at each share of the time (0…1), clamped outside."""
    t = np.clip(np.asarray(time, np.float64), 0.0, 1.0)
    if timing == Timing.EASE_IN:
        return t * t
    if timing == Timing.EASE_OUT:
        return 1.0 - (1.0 - t) ** 2
    if timing == Timing.EASE_IN_OUT:
        return t * t * (3.0 - 2.0 * t)
    return t


def at(path: Path, time: npt.ArrayLike) -> Points:
    """Where the path is at each share of the time (0…1), shape (n, 2), in image pixels.

    The only place where a path meets time: draft, request, overlay and follow score all ask here.
    Raises ValueError for a path without points.
    """
    curve = flatten(path)
    if not len(curve):
        raise ValueError("a path without points is nowhere")
    if len(curve) == 1:
        return np.repeat(curve, np.size(time), axis=0)
    travelled = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))))
    if path.timing == Timing.STEPS:
        reached = travelled[vertices(path)]
        steps = np.linspace(0.0, 1.0, len(reached))
        wanted = np.interp(progress(Timing.LINEAR, np.atleast_1d(time)), steps, reached)
    else:
        wanted = np.atleast_1d(progress(path.timing, time)) * travelled[-1]
    return np.column_stack([np.interp(wanted, travelled, curve[:, axis]) for axis in (0, 1)])


def sample(path: Path, count: int) -> Points:
    """The path at ``count`` equal time steps from its start to its end, shape (count, 2)."""
    return at(path, np.linspace(0.0, 1.0, count))


def _pieces(path: Path) -> list[Points]:
    """For each control point but the last, the curve from it up to, not including, the next."""
    points = np.asarray(path.points, np.float64)
    moving = np.hypot(*np.diff(points, axis=0).T) > 1e-9
    kept = points[np.concatenate(([True], moving))]
    if path.curve != Curve.SMOOTH or len(kept) < 3:
        return [points[index : index + 1] for index in range(len(points) - 1)]
    padded = np.vstack([2 * kept[0] - kept[1], kept, 2 * kept[-1] - kept[-2]])
    segments = (_segment(padded[index : index + 4]) for index in range(len(kept) - 1))
    return [next(segments) if moves else points[:0] for moves in moving]


def _segment(four: Points) -> Points:
    """The spline between the middle two of four points, its end left out (Barry-Goldman)."""
    knots = np.concatenate(([0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(four, axis=0).T)))))
    chord = float(np.hypot(*(four[2] - four[1])))
    count = int(np.clip(np.ceil(chord * 1.6 / STEP), 8, PIECES))
    t = knots[1] + (knots[2] - knots[1]) * np.arange(count)[:, None] / count

    def between(a: Points, b: Points, start: int, end: int) -> Points:
        span = knots[end] - knots[start]
        return np.asarray(a * ((knots[end] - t) / span) + b * ((t - knots[start]) / span))

    first = [between(four[i], four[i + 1], i, i + 1) for i in range(3)]
    second = [between(first[i], first[i + 1], i, i + 2) for i in range(2)]
    return between(second[0], second[1], 1, 2)
