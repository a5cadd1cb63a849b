"""The places of a curve that tell most of its shape: corners and bends."""

from __future__ import annotations

import heapq

from kling_desktop.model.path import Points
from kling_desktop.providers.schedule import Floats
from kling_desktop.providers.wire_curve import WireCurve, distances

SPLIT = 0.05
"""Pixels below which no further key point is looked for."""


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


def _worst(points: Points, start: int, end: int) -> tuple[float, int, int, int]:
    """(minus the largest distance from the chord, where it is, start, end)."""
    off = distances(points[start + 1 : end], points[start], points[end])
    if not off.size:
        return (0.0, start, start, end)
    at = int(off.argmax())
    return (-float(off[at]), start + 1 + at, start, end)
