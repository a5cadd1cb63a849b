"""Paths: the control points an area follows, and the one function that samples them in time.

Points are image pixels as floats, origin top-left, y down. A smooth path is a centripetal
Catmull-Rom spline: it passes through every point that was drawn, never loops between two of them,
and needs no handles to store (Yuksel, Schaefer, Keyser: Parameterization and applications of
Catmull-Rom curves, 2011).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from kling_desktop.model import timing as times_of
from kling_desktop.model.timing import MIRRORED, STILL, Hold, Shares, Speed, Timing

Point = tuple[float, float]
Points = npt.NDArray[np.float64]
"""Shape (n, 2): x, y in image pixels."""

STEP = 0.75
"""Longest piece of a flattened curve, in pixels: far below what a one-pixel budget could notice."""
PIECES = 4000
"""Most pieces of one curve segment: a path across the largest picture stays exact enough."""
MOMENTS = 8193
"""Equal time steps at which a way that is not plain in time is asked."""


class Curve(StrEnum):
    STRAIGHT = "straight"
    SMOOTH = "smooth"


@dataclass(frozen=True, slots=True)
class Path:
    """What one area follows. ``extra`` holds keys that are kept but not understood."""

    points: tuple[Point, ...] = ()
    curve: Curve = Curve.SMOOTH
    timing: Timing = Timing.LINEAR
    hold: Hold = STILL
    speed: Speed = ()
    """The speed curve, for ``Timing.CUSTOM``."""
    parent: int | None = None
    """Another area, whose motion is added."""
    turns: bool = False
    """Whether the draft turns the area with its path; never sent."""
    scale: float = 1.0
    """How large the area is at the path's end in the draft, 1 as painted; never sent."""
    carriers: tuple[Path, ...] = ()
    """Paths whose displacement is added at every time: what ``resolved`` makes of parents. Never
    stored."""
    anchor: float = 0.0
    """The time at which carriers add nothing: 0, or 1 where the path ends on its area."""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def drawn(self) -> bool:
        """Whether it leads anywhere: two points, or one that is carried."""
        return len(self.points) >= 2 or bool(self.points and self.carriers)

    @property
    def plain(self) -> bool:
        """Whether it moves evenly from the first moment to the last along its own curve."""
        even = self.timing == Timing.LINEAR or (self.timing == Timing.CUSTOM and not self.speed)
        return even and self.hold == STILL and not self.carriers


def flatten(path: Path) -> Points:
    """The curve as a dense polyline, shape (n, 2).

    Of a path by itself it holds every control point exactly; of a carried one it is the way that
    its area takes, a vertex for each of ``moments``.
    """
    return at(path, moments(path)) if path.carriers else _own_curve(path)


def vertices(path: Path) -> npt.NDArray[np.intp]:
    """Where each control point stands in the flattened curve; for paths of two points or more that
    nothing carries."""
    pieces = _pieces(path.points, path.curve)
    return np.concatenate(([0], np.cumsum([len(piece) for piece in pieces], dtype=np.intp)))


def length(path: Path) -> float:
    """Length of the curve in pixels."""
    return float(np.hypot(*np.diff(flatten(path), axis=0).T).sum())


def done(path: Path, time: npt.ArrayLike) -> Shares:
    """Share of its own way (0…1) that a path has done at each share of the time (0…1)."""
    return times_of.eased(path.timing, times_of.moving(path.hold, time), path.speed)


def at(path: Path, time: npt.ArrayLike) -> Points:
    """Where the path is at each share of the time (0…1), shape (n, 2), in image pixels.

    The only place where a path meets time: draft, request, overlay and follow score all ask here.
    Raises ValueError for a path without points.
    """
    found = _own(path, time)
    for carrier in path.carriers:
        if carrier.points:
            found = found + _own(carrier, time) - _own(carrier, path.anchor)
    return found


def moments(path: Path) -> Shares:
    """Rising shares of the time between which a carried path moves as good as evenly."""
    found = [np.linspace(0.0, 1.0, MOMENTS)]
    for each in (path, *path.carriers):
        if len(each.points) >= 2 and each.timing != Timing.STEPS:
            # Rests end, and corners come, between the steps: each gets a moment of its own. Who
            # rests for long is fast afterwards.
            going = np.linspace(each.hold[0], 1.0 - each.hold[1], MOMENTS)
            steps = np.union1d(found[0], going)
            travelled = _travelled(_own_curve(each))
            shares = travelled[vertices(each)] / max(travelled[-1], 1e-12)
            corners = np.interp(shares, done(each, steps), steps)
            found += [corners] if each.hold == STILL else [going, corners]
    return np.unique(np.concatenate(found))


def sample(path: Path, count: int) -> Points:
    """The path at ``count`` equal time steps from its start to its end, shape (count, 2)."""
    return at(path, np.linspace(0.0, 1.0, count))


def resolved(paths: Mapping[int, Path], *, land: bool = False) -> dict[int, Path]:
    """The paths with the motion of their parents, and those of the parents, added; of a shot that
    lands they keep their ends where they are, else their starts.

    A circle of parents, or a parent without a path, carries nothing.
    """
    found: dict[int, Path] = {}
    for area, path in paths.items():
        carriers: list[Path] = []
        seen, above = {area}, path.parent
        while above is not None and above not in seen and above in paths:
            seen.add(above)
            carriers.append(replace(paths[above], carriers=()))
            above = paths[above].parent
        carried = () if above in seen else tuple(carriers)
        found[area] = replace(path, carriers=carried, anchor=float(land and bool(carried)))
    return found


def may_carry(paths: Mapping[int, Path], area: int, parent: int) -> bool:
    """Whether an area may move with another: not where that moves, over others perhaps, with it."""
    above: int | None = parent
    passed: set[int] = set()
    while above is not None and above not in passed:
        if above == area:
            return False
        passed.add(above)
        above = paths[above].parent if above in paths else None
    return True


def backwards(path: Path) -> Path:
    """The same motion with the time running backwards; carriers run backwards, too."""
    before, after = path.hold
    return replace(
        path,
        points=path.points[::-1],
        timing=MIRRORED.get(path.timing, path.timing),
        hold=(after, before),
        speed=times_of.mirrored_speed(path.speed),
        carriers=tuple(backwards(carrier) for carrier in path.carriers),
        anchor=1.0 - path.anchor if path.carriers else 0.0,
    )


def _own(path: Path, time: npt.ArrayLike) -> Points:
    """Where the path is by itself at each share of the time, shape (n, 2)."""
    curve = _own_curve(path)
    if not len(curve):
        raise ValueError("a path without points is nowhere")
    if len(curve) == 1:
        return np.repeat(curve, np.size(time), axis=0)
    travelled = _travelled(curve)
    share = np.atleast_1d(done(path, time))
    if path.timing == Timing.STEPS:
        reached = travelled[vertices(path)]
        wanted = np.interp(share, np.linspace(0.0, 1.0, len(reached)), reached)
    else:
        wanted = share * travelled[-1]
    return np.column_stack([np.interp(wanted, travelled, curve[:, axis]) for axis in (0, 1)])


def _own_curve(path: Path) -> Points:
    return _flattened(path.points, path.curve)


@lru_cache(maxsize=32)
def _flattened(points: tuple[Point, ...], curve: Curve) -> Points:
    """Remembered, and read-only: overlay, draft, checks and request ask for the same few curves."""
    found = np.asarray(points, np.float64).reshape(-1, 2)
    if len(found) >= 2:
        found = np.vstack([*_pieces(points, curve), found[-1:]])
    found.setflags(write=False)
    return found


def _travelled(curve: Points) -> Shares:
    """How far along the polyline each vertex lies."""
    return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))))


def _pieces(places: tuple[Point, ...], curve: Curve) -> list[Points]:
    """For each control point but the last, the curve from it up to, not including, the next."""
    points = np.asarray(places, np.float64)
    moving = np.hypot(*np.diff(points, axis=0).T) > 1e-9
    kept = points[np.concatenate(([True], moving))]
    if curve != Curve.SMOOTH or len(kept) < 3:
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
