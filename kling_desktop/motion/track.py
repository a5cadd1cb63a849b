"""Where an area is at each moment of the draft: its path asked once, then looked up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import Path, Points, at, done, length

STEPS = 4096
"""Time steps at which a path is asked; a frame lies between two of them."""
WINDOW = STEPS // 50
"""Steps to either side over which the heading of a turning area is taken."""
STANDS = 1e-6
"""Pixels below which it has no heading."""

Floats = npt.NDArray[np.float64]


class Pose(NamedTuple):
    """Shift in output pixels, angle in radians (clockwise as seen), size as a factor."""

    dx: float
    dy: float
    angle: float = 0.0
    size: float = 1.0

    def away(self, radius: float) -> float:
        """How far, in pixels, any of a thing of that radius is at most from where it rests."""
        turned = radius * (abs(self.angle) + abs(self.size - 1.0))
        return math.hypot(self.dx, self.dy) + turned


REST = Pose(0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The poses of one area at equal time steps. ``turns`` is (STEPS + 1, 2) of angle and size, or
    None for an area that is only shifted."""

    path: Path
    shifts: Points
    turns: Floats | None

    @classmethod
    def of(cls, path: Path, scale: tuple[float, float]) -> Self:
        """The track of a path in picture pixels; ``scale`` are output pixels for one of them."""
        time = np.linspace(0.0, 1.0, STEPS + 1)
        where = at(path, time)
        shifts = np.asarray((where - where[0]) * scale, np.float64)
        if not path.turns and path.scale == 1.0:
            return cls(path, shifts, None)
        size = 1.0 + (path.scale - 1.0) * done(path, time)
        angle = _headings(shifts) if path.turns else np.zeros(STEPS + 1)
        return cls(path, shifts, np.column_stack([angle, size]))

    def pose(self, time: float) -> Pose:
        """The pose at a share of the time (0…1), clamped outside."""
        exact = min(1.0, max(0.0, time)) * STEPS
        index = min(int(exact), STEPS - 1)
        share = exact - index
        x, y = self.shifts[index] + (self.shifts[index + 1] - self.shifts[index]) * share
        if self.turns is None:
            return Pose(float(x), float(y))
        angle, size = self.turns[index] + (self.turns[index + 1] - self.turns[index]) * share
        return Pose(float(x), float(y), float(angle), float(size))


def moves(path: Path) -> bool:
    """Whether an area with this path leaves its place, turns or changes size."""
    return path.drawn and (length(path) > 0.0 or path.scale != 1.0)


def _headings(shifts: Points) -> Floats:
    """How far the way has turned since its beginning, in radians, (n,); where it rests, as before."""
    index = np.arange(len(shifts))
    ahead = shifts[np.minimum(index + WINDOW, STEPS)]
    behind = shifts[np.maximum(index - WINDOW, 0)]
    along = ahead - behind
    going = np.hypot(along[:, 0], along[:, 1]) > STANDS
    if not going.any():
        return np.zeros(len(shifts))
    last = np.maximum.accumulate(np.where(going, index, -1))
    last[last < 0] = int(going.argmax())
    heading = np.unwrap(np.arctan2(along[:, 1], along[:, 0])[last], period=2 * math.pi)
    return np.asarray(heading - heading[0])
