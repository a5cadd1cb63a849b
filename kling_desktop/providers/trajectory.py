"""A drawn path as the whole numbers of the wire: few points, equal time steps, one pixel exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import Path, Points, at
from kling_desktop.providers.knots import layouts, longest_pieces, placed, spread
from kling_desktop.providers.schedule import Floats
from kling_desktop.providers.wire_curve import Size, WireCurve, clamped, distances, to_wire

FEWEST = 2
MOST = 77
"""The API takes 2 to 77 points for 5 seconds."""
TOLERANCE = 1.0
"""Pixels by which the sent polyline may stray from the drawn curve."""
HALF_FRAME = 0.5 / (30 * 5)
"""Half a frame at 30 fps as a share of 5 s: the time by which easing may be off between points."""
TRIES = 5
"""Layouts, good by the thinned curve, that the whole curve gets to judge."""
SLACK = 0.98
"""Steps by which a point may come early or late where that is the price of the shape."""

COARSE = 600
"""Vertices of the thinned curve that refuses most candidates; the whole curve has the last word."""

HOPELESS = 3.0
"""Pixels from which no better search will bring a curve within the tolerance."""

Whole = npt.NDArray[np.intp]
Rank = tuple[int, float, float]


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


def trajectory(path: Path, image_size: Size, sent_size: Size) -> Trajectory:
    """2 to 77 points that follow a path drawn on an image once it is sent at ``sent_size``.

    Sizes are (width, height). The points are the path's places at equal time steps, the fewest that
    stay within a pixel of the curve and half a frame of its timing. Where no 77 equal steps can
    stay within a pixel, points move onto the curve's corners and bends, early or late by as little
    as possible. Outside the picture the curve is clamped to its border.
    Raises ValueError for a path with fewer than two points.
    """
    if len(path.points) < 2:
        raise ValueError("a path needs two points or more")
    curve = WireCurve.of(path, image_size, sent_size)
    coarse = curve.thinned(COARSE)
    found = _equal_steps(path, coarse, curve, image_size, sent_size)
    if found is None:
        shares = _moved_steps(coarse, curve)
        when = curve.schedule.times(shares)
        found = shares, _rounded(path, when, image_size, sent_size)
    shares, sent = found
    rounding = np.hypot(*(curve.at(shares) - sent).T).max()
    deviation = float(max(curve.errors(shares, sent).max(), rounding))
    return Trajectory(tuple((int(x), int(y)) for x, y in sent), deviation)


def _equal_steps(
    path: Path, coarse: WireCurve, curve: WireCurve, image_size: Size, sent_size: Size
) -> tuple[Floats, Points] | None:
    """Shares and points of the fewest equal time steps that stay within the tolerance, if any."""
    counts = np.arange(FEWEST, MOST + 1)
    begins = np.cumsum(counts) - counts
    steps = [np.linspace(0.0, 1.0, count) for count in counts]
    # One call for all candidates: flattening the path is the dear part of asking where it is.
    together = _rounded(path, np.concatenate(steps), image_size, sent_size)
    for index in np.flatnonzero(_promising(coarse, counts, begins, together)):
        shares, sent = (
            curve.schedule.shares(steps[index]),
            together[begins[index] : begins[index] + counts[index]],
        )
        if curve.errors(shares, sent).max() <= TOLERANCE and curve.schedule.carried_by(
            int(counts[index]), HALF_FRAME
        ):
            return shares, sent
    return None


def _promising(
    coarse: WireCurve, counts: Whole, begins: Whole, together: Points
) -> npt.NDArray[np.bool_]:
    """Which numbers of equal steps a thinned curve does not refuse, all asked at once.

    ``together`` holds the points of every number of steps, one after the other from ``begins``.
    """
    when = coarse.schedule.times(coarse.shares)
    gaps = (counts - 1)[:, None]
    piece = begins[:, None] + np.minimum((when * gaps).astype(np.intp), gaps - 1)
    vertices = np.tile(coarse.points, (len(counts), 1))
    off = distances(vertices, together[piece.ravel()], together[piece.ravel() + 1])
    # A vertex right at a sent point may be told to either side of it; a hair more forgives that.
    return np.asarray(off.reshape(piece.shape).max(axis=1) <= TOLERANCE + 1e-3)


def _moved_steps(coarse: WireCurve, curve: WireCurve) -> Floats:
    """Shares of 77 points, moved in time so that the shape is kept."""
    schedule, bases = coarse.schedule, _bases(coarse)
    ranked: list[tuple[Rank, int, Floats]] = []
    for shares in layouts(coarse, bases, MOST):
        rank = _rank(_strays(coarse, shares), schedule.lateness(shares))
        ranked.append((rank, len(ranked), shares))
    ranked.sort(key=lambda entry: entry[:2])
    best = _best(curve, [shares for _, _, shares in ranked[:TRIES]])
    if _strays(curve, best) <= TOLERANCE or min(rank[-1] for rank, _, _ in ranked) > HOPELESS:
        return best
    knots = longest_pieces(curve, MOST, TOLERANCE)
    if knots is None:
        return best
    return _best(curve, [best, placed(bases[0], knots), knots])


def _best(curve: WireCurve, layouts_of_it: list[Floats]) -> Floats:
    """The best of a few by the whole curve; the first within the tolerance of those in order."""
    tried = []
    for index, shares in enumerate(layouts_of_it):
        rank = _rank(_strays(curve, shares), curve.schedule.lateness(shares))
        if rank[0] < 2:
            return shares
        tried.append((rank, index))
    return layouts_of_it[min(tried)[1]]


def _strays(curve: WireCurve, shares: Floats) -> float:
    """How far the curve strays from whole points laid at those shares."""
    return float(curve.errors(shares, np.rint(curve.at(shares))).max())


def _rank(off: float, late: float) -> Rank:
    """Shape within a pixel and time within a step; then shape alone; then the best shape in time.

    The last number is ``off`` again, whatever the rank.
    """
    if off <= TOLERANCE:
        return (0 if late < 1 else 1, late, off)
    return (2 if late < 1 else 3, off, off)


def _bases(curve: WireCurve) -> list[Floats]:
    """Equal time steps; steps that go where the curve bends, but less than one early or late;
    and steps that only ask where it bends."""
    step, schedule = np.linspace(0.0, 1.0, MOST), curve.schedule
    equal = schedule.shares(step)
    bent = spread(curve, MOST)
    slack = SLACK / (MOST - 1)
    near = schedule.shares(np.clip(schedule.times(bent), step - slack, step + slack))
    return [equal, near, (equal + bent) / 2, bent]


def _rounded(path: Path, when: Floats, image_size: Size, sent_size: Size) -> Points:
    """Where the path is at those times, as whole wire pixels inside the picture."""
    return np.rint(clamped(to_wire(at(path, when), image_size, sent_size), sent_size))
