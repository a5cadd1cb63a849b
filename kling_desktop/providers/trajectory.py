"""A drawn path as the whole numbers of the wire: few points, equal time steps, one pixel exact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import Path, Points, at
from kling_desktop.providers.knots import key_points
from kling_desktop.providers.schedule import Floats
from kling_desktop.providers.wire_curve import Size, WireCurve, clamped, distances, to_wire

FEWEST = 2
MOST = 77
"""The API takes 2 to 77 points for 5 seconds."""
TOLERANCE = 1.0
"""Pixels by which the sent polyline may stray from the drawn curve."""
HALF_FRAME = 0.5 / (30 * 5)
"""Half a frame at 30 fps as a share of 5 s: the time by which easing may be off between points."""
ONE_STEP = 1.0 / (MOST - 1)
"""The same where no number of steps keeps the shape: what lies between two of 77 points."""
COARSE = 600
"""Vertices of the thinned curve that refuses most candidates; the whole curve has the last word."""

TRIES = 8
"""Numbers of steps, good by the thinned curve, that the whole curve gets to judge."""
STRIDE = 6
"""How many more key points each try puts in."""
WORTH = 0.5
"""A shape beyond a pixel has to get that much better for points to leave their time."""

Whole = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What is sent for one path: whole wire pixels, origin bottom-left, equal time steps."""

    points: tuple[tuple[int, int], ...]
    deviation_px: float
    """Largest distance between the drawn curve and the polyline through the points, in pixels of
    the sent picture. At most 1 unless the curve is too rich for 77 points."""


def wire_points(path: Path, image_size: Size, sent_size: Size) -> list[tuple[int, int]]:
    """The points of a path's ``trajectories``; see ``trajectory``."""
    return list(trajectory(path, image_size, sent_size).points)


@lru_cache(maxsize=64)
def trajectory(path: Path, image_size: Size, sent_size: Size) -> Trajectory:
    """2 to 77 points that follow a path drawn on an image once it is sent at ``sent_size``.

    Sizes are (width, height). The points are the path's places at equal time steps, the fewest that
    stay within a pixel of the curve and half a frame of its timing. Where no number of equal steps
    can, the point nearest in time to each corner moves onto it, by half a step at most; where that
    does not help either, it is the equal steps that stray least. Outside the picture the curve is
    clamped to its border.
    A path that another carries is sent as the way that its area takes. Remembered: budget, checks
    and request ask about the same few paths, and each takes milliseconds.
    Raises ValueError for a path with fewer than two points that nothing carries.
    """
    if not path.drawn:
        raise ValueError("a path needs two points or more")
    curve = WireCurve.of(path, image_size, sent_size)
    laid = _equal_steps(path, curve, image_size, sent_size)
    if laid.deviation_px > TOLERANCE:
        moved = _moved_steps(path, curve, image_size, sent_size)
        if moved.deviation_px <= max(TOLERANCE, WORTH * laid.deviation_px):
            laid = moved
    return laid


def _equal_steps(path: Path, curve: WireCurve, image_size: Size, sent_size: Size) -> Trajectory:
    """The fewest equal time steps that stay within the tolerance, else those that stray least and
    are at most one step of the budget off their time."""
    counts = np.arange(FEWEST, MOST + 1)
    begins = np.cumsum(counts) - counts
    steps = [np.linspace(0.0, 1.0, count) for count in counts]
    # One call for all candidates: flattening the path is the dear part of asking where it is.
    together = _rounded(path, np.concatenate(steps), image_size, sent_size)
    coarse = _coarse_errors(curve.thinned(COARSE), counts, begins, together)
    best: Trajectory | None = None
    # A vertex right at a sent point may be told to either side of it; a hair more forgives that.
    good = np.flatnonzero(coarse <= TOLERANCE + 1e-3)
    for index in (int(i) for i in (*good, *coarse.argsort()[:TRIES], MOST - FEWEST)):
        sent = together[begins[index] : begins[index] + counts[index]]
        found = _judged(curve, curve.schedule.shares(steps[index]), sent)
        close = found.deviation_px <= TOLERANCE
        if not close and best is not None and found.deviation_px >= best.deviation_px:
            continue
        late = 0.0 if index == MOST - FEWEST else curve.schedule.late(int(counts[index]))
        if close and late <= HALF_FRAME:
            return found
        if late <= ONE_STEP and (best is None or found.deviation_px < best.deviation_px):
            best = found
    assert best is not None  # noqa: S101 - the last number of steps is always judged
    return best


def _moved_steps(path: Path, curve: WireCurve, image_size: Size, sent_size: Size) -> Trajectory:
    """77 equal time steps, the nearest point moved onto each corner: half a step at most."""
    schedule, step = curve.schedule, np.linspace(0.0, 1.0, MOST)
    equal, keys = schedule.shares(step), key_points(curve.thinned(COARSE), MOST)
    nearest = np.rint(schedule.times(keys) * (MOST - 1)).astype(np.intp)
    best: Trajectory | None = None
    for count in sorted({*range(2, len(keys), STRIDE), len(keys)}):
        shares = equal.copy()
        # Written from the least telling to the most: where two want one point, that one has it.
        shares[nearest[:count][::-1]] = keys[:count][::-1]
        when = np.where(shares == equal, step, schedule.times(shares))
        sent = _rounded(path, when, image_size, sent_size)
        found = _judged(curve, shares, sent)
        if best is None or found.deviation_px < best.deviation_px:
            best = found
    assert best is not None  # noqa: S101 - there are always both ends
    return best


def _judged(curve: WireCurve, shares: Floats, sent: Points) -> Trajectory:
    """Points that are meant to lie at those shares, with how far the curve strays from them."""
    rounding = np.hypot(*(curve.at(shares) - sent).T).max()
    deviation = float(max(curve.errors(shares, sent).max(), rounding))
    return Trajectory(tuple((int(x), int(y)) for x, y in sent), deviation)


def _coarse_errors(curve: WireCurve, counts: Whole, begins: Whole, together: Points) -> Floats:
    """About how far a thinned curve strays from each number of equal steps, all asked at once.

    ``together`` holds the points of every number of steps, one after the other from ``begins``.
    """
    when = curve.schedule.times(curve.shares)
    gaps = (counts - 1)[:, None]
    piece = begins[:, None] + np.minimum((when * gaps).astype(np.intp), gaps - 1)
    vertices = np.tile(curve.points, (len(counts), 1))
    off = distances(vertices, together[piece.ravel()], together[piece.ravel() + 1])
    return np.asarray(off.reshape(piece.shape).max(axis=1), np.float64)


def _rounded(path: Path, when: Floats, image_size: Size, sent_size: Size) -> Points:
    """Where the path is at those times, as whole wire pixels inside the picture."""
    return np.rint(clamped(to_wire(at(path, when), image_size, sent_size), sent_size))
