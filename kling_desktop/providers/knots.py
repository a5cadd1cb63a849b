"""Where to spend a fixed number of points on a curve that equal time steps cannot follow."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

from kling_desktop.model.path import Points
from kling_desktop.providers.schedule import Floats
from kling_desktop.providers.wire_curve import WireCurve, distances

ROUNDS = 12
"""Enough for the spread to settle within a few percent."""
FLOOR = 0.002
"""Weight of a pixel of straight way beside bends: some points come there too."""
EVEN = 0.02
"""Pixels of error that no piece is thought to be without."""
STRIDE = 6
"""How many more key points each layout of one base puts in."""
SPLIT = 0.05
"""Pixels below which no further knot is looked for."""


def key_points(curve: WireCurve, most: int) -> Floats:
    """Shares of the curve's key points, the most telling first, both ends in front.

    Douglas and Peucker's points (1973), found worst first, so that every beginning of the list is
    the answer for one tolerance.
    """
    points = curve.points
    found = [0, len(points) - 1]
    open_pieces = [_worst(points, 0, len(points) - 1)]
    while open_pieces and len(found) < most:
        error, middle, start, end = heapq.heappop(open_pieces)
        if -error < SPLIT:
            break
        found.append(middle)
        for a, b in ((start, middle), (middle, end)):
            if b - a > 1:
                heapq.heappush(open_pieces, _worst(points, a, b))
    return curve.shares[found]


def spread(curve: WireCurve, count: int) -> Floats:
    """Shares of as many points, such that every piece between two strays from the curve alike.

    A chord strays with the bend times the square of its length, so points are laid by the root of
    the bend; rounds of weighing each piece by what it really strays even out the rest.
    """
    step = np.hypot(*np.diff(curve.points, axis=0).T)
    bend = np.sqrt(curve.turns() * (step[1:] + step[:-1]) / 2)
    density = np.concatenate(([0.0], bend, [0.0])) + FLOOR * step.sum() / len(curve.shares)
    shares = _equally(curve.shares, np.cumsum(density), count)
    best, least = shares, np.inf
    for _ in range(ROUNDS):
        piece = np.clip(np.searchsorted(shares, curve.shares, "right") - 1, 0, count - 2)
        worst = np.zeros(count - 1)
        np.maximum.at(worst, piece, curve.errors(shares, curve.at(shares)))
        if worst.max() < least:
            best, least = shares, worst.max()
        # The fourth root instead of the square root: half the way, so that rounds do not overshoot.
        weight = np.concatenate(([0.0], np.cumsum(np.sqrt(np.sqrt(worst + EVEN)))))
        shares = _equally(shares, weight, count)
    return best


def _equally(shares: Floats, weight: Floats, count: int) -> Floats:
    """``count`` shares with equal weights between them."""
    found = np.interp(np.linspace(weight[0], weight[-1], count), weight, shares)
    found[0], found[-1] = 0.0, 1.0
    return found


def placed(base: Floats, knots: Floats) -> Floats:
    """``base`` with the entry nearest to each knot moved onto it; all shares, all rising.

    ``knots`` holds both ends and no more entries than ``base``. Where knots crowd, they take
    neighbouring entries, so that the largest shift is as small as it can be (the isotonic fit in
    the largest-error sense: the mean of the running maximum and the running minimum).
    """
    count, rank = len(base), np.arange(len(knots))
    wanted = np.interp(knots, base, np.arange(count)) - rank
    highest = np.maximum.accumulate(wanted)
    lowest = np.minimum.accumulate(wanted[::-1])[::-1]
    index = rank + np.clip(np.rint((highest + lowest) / 2), 0, count - len(knots)).astype(np.intp)
    index[0], index[-1] = 0, count - 1
    between = np.interp(np.arange(count), index, knots)
    left = np.searchsorted(index, np.arange(count), "right") - 1
    right = np.minimum(left + 1, len(knots) - 1)
    inside = (base >= knots[left]) & (base <= knots[right])
    moved = np.where(inside, base, between)
    moved[index] = knots
    return np.sort(moved)


def layouts(curve: WireCurve, bases: list[Floats], most: int) -> Iterator[Floats]:
    """Ways of laying ``most`` shares: each base with more and more key points put in."""
    keys = key_points(curve, most)
    counts = sorted({*range(2, len(keys) + 1, STRIDE), len(keys)})
    for base in bases:
        for count in counts:
            yield placed(base, np.unique(keys[:count]))


def longest_pieces(curve: WireCurve, most: int, tolerance: float) -> Floats | None:
    """Shares of vertices, each as far from the last as whole points can go within the tolerance.

    The dear way, for curves that just fit: it knows how each point is rounded. None where ``most``
    vertices do not reach the end.
    """
    points, whole, last = curve.points, np.rint(curve.points), len(curve.points) - 1

    def fits(start: int, end: int) -> bool:
        piece = distances(points[start : end + 1], whole[start], whole[end])
        return bool(piece.max() <= tolerance)

    found, stride = [0], 16
    while found[-1] < last and len(found) < most:
        start = found[-1]
        near, far = start + 1, start + stride
        while far < last and fits(start, far):
            near, far = far, far + (far - start)
        far = min(far, last + 1)
        while far - near > 1:
            middle = (near + far) // 2
            near, far = (middle, far) if fits(start, middle) else (near, middle)
        stride = max(2, near - start)
        found.append(near)
    return curve.shares[found] if found[-1] == last else None


def _worst(points: Points, start: int, end: int) -> tuple[float, int, int, int]:
    """(minus the largest distance from the chord, where it is, start, end)."""
    off = distances(points[start + 1 : end], points[start], points[end])
    if not off.size:
        return (0.0, start, start, end)
    at = int(off.argmax())
    return (-float(off[at]), start + 1 + at, start, end)
