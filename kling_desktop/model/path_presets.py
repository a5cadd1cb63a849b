"""Ready-made paths, each placed by one drag across the picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

from kling_desktop.model.path import Curve, Point
from kling_desktop.model.path_shape import Shape, rotated

ARC_RISE = 0.3
"""How far an arc rises above the drag, as a share of its length."""
ARC_POINTS, CIRCLE_POINTS, TURN_POINTS = 5, 12, 10
WAVES, WAVE_HEIGHT = 2, 0.125
"""Whole waves along the drag, and how far they swing to each side of it."""
TURNS = 2
SHAKES, SHAKE_REACH = 12, 0.25
"""Places that a shake goes to, and how far they lie from its middle, as a share of the drag."""
GOLDEN = 180 * (3 - math.sqrt(5))
"""Degrees by which each place of a shake follows the last: never twice the same direction."""
HOPS, HOP_SHRINK, HOP_RISE = 4, 0.7, 0.8
"""Bounces along the drag, how much shorter each is than the last, and how high for its length."""
HOP_SHARES = (0.16, 0.5, 0.84)
"""Where a hop has points beside those on the ground."""


class Preset(StrEnum):
    LINE = "line"
    ARC = "arc"
    CIRCLE = "circle"
    WAVE = "wave"
    SPIRAL = "spiral"
    SHAKE = "shake"
    BOUNCE = "bounce"


Placed = tuple[Shape, Curve]
Plain = list[Point]
"""Points for a drag from (0, 0) to (length, 0), with up on the picture at negative y."""


def placed(preset: Preset, start: Point, end: Point) -> Placed:
    """The points of a preset for a drag from ``start`` to ``end``, and the curve through them.

    A circle has the drag as its diameter and begins and ends at ``start``; a spiral goes outward
    from ``start`` to ``end``; a shake stays around ``start``, where it begins and ends; all others
    go from ``start`` to ``end``. Arcs and bounces rise towards the top of the picture. The same
    drag gives the same points. They may lie outside of the picture.
    """
    length = math.dist(start, end)
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    plain = _PLAIN[preset](length)
    if end[0] < start[0]:  # up is on the right hand of a drag to the left
        plain = [(x, -y) for x, y in plain]
    turned = rotated(plain, angle, (0.0, 0.0))
    points = [(x + start[0], y + start[1]) for x, y in turned]
    points[0] = start  # exactly, whatever the sums round to
    points[-1] = start if preset in _RETURNS else end
    return tuple(points), _CURVES.get(preset, Curve.SMOOTH)


def _line(length: float) -> Plain:
    return [(0.0, 0.0), (length, 0.0)]


def _arc(length: float) -> Plain:
    """On a true circle through both ends."""
    rise = ARC_RISE * length
    radius = (length * length / 4 + rise * rise) / (2 * rise) if rise else 0.0
    half = math.asin(min(1.0, length / 2 / radius)) if radius else 0.0
    angles = (half * (2 * index / (ARC_POINTS - 1) - 1) for index in range(ARC_POINTS))
    return [
        (length / 2 + radius * math.sin(angle), radius - rise - radius * math.cos(angle))
        for angle in angles
    ]


def _circle(length: float) -> Plain:
    radius = length / 2
    angles = (2 * math.pi * index / CIRCLE_POINTS for index in range(CIRCLE_POINTS + 1))
    return [(radius - radius * math.cos(angle), -radius * math.sin(angle)) for angle in angles]


def _wave(length: float) -> Plain:
    """A point on every crest and every crossing."""
    quarters = 4 * WAVES
    return [
        (length * index / quarters, -length * WAVE_HEIGHT * math.sin(math.pi / 2 * index))
        for index in range(quarters + 1)
    ]


def _spiral(length: float) -> Plain:
    """As far from the one before with each turn (Archimedes)."""
    count = TURNS * TURN_POINTS
    return [
        (
            length * index / count * math.cos(2 * math.pi * index / TURN_POINTS),
            length * index / count * math.sin(2 * math.pi * index / TURN_POINTS),
        )
        for index in range(count + 1)
    ]


def _shake(length: float) -> Plain:
    """Places all around, near and far in turns."""
    places = []
    for index in range(SHAKES):
        angle = math.radians(GOLDEN * index)
        reach = length * SHAKE_REACH * (1.0 if index % 2 == 0 else 0.6)
        places.append((reach * math.cos(angle), reach * math.sin(angle)))
    return [(0.0, 0.0), *places, (0.0, 0.0)]


def _bounce(length: float) -> Plain:
    """Parabolas, each lower and shorter by the same share, as a ball that loses speed."""
    whole = sum(HOP_SHRINK**hop for hop in range(HOPS))
    points, ground = [(0.0, 0.0)], 0.0
    for hop in range(HOPS):
        span = length * HOP_SHRINK**hop / whole
        rise = span * HOP_RISE
        points += [(ground + span * t, -4 * rise * t * (1 - t)) for t in HOP_SHARES]
        ground += span
        points.append((ground, 0.0))
    return points


_PLAIN: dict[Preset, Callable[[float], Plain]] = {
    Preset.LINE: _line,
    Preset.ARC: _arc,
    Preset.CIRCLE: _circle,
    Preset.WAVE: _wave,
    Preset.SPIRAL: _spiral,
    Preset.SHAKE: _shake,
    Preset.BOUNCE: _bounce,
}
_CURVES = {Preset.LINE: Curve.STRAIGHT, Preset.SHAKE: Curve.STRAIGHT}
_RETURNS = frozenset({Preset.CIRCLE, Preset.SHAKE})
