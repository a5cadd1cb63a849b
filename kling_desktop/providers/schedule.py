"""When a path is where: the time and the share of the way, from one to the other and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import MOMENTS, Path, done, moments, vertices
from kling_desktop.model.timing import Timing

Floats = npt.NDArray[np.float64]

INSTANT = 1e-9
"""A share of the way that takes no time worth telling, unless the path rests there."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rising times (n,) and shares of the length (n,), linear in between."""

    when: Floats
    where: Floats

    @classmethod
    def of(cls, path: Path, shares: Floats) -> Self:
        """The schedule of a path whose flattened curve has its vertices at ``shares``."""
        if path.carriers:
            return cls(moments(path), shares)
        if path.plain:
            return cls(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
        before, after = path.hold
        bends = [before, 1.0 - after]
        if path.timing == Timing.STEPS:
            steps = np.linspace(0.0, 1.0, len(path.points))
            when = np.unique([0.0, 1.0, *bends, *(before + steps * (1.0 - before - after))])
            return cls(when, np.interp(done(path, when), steps, shares[vertices(path)]))
        bends += [before + time * (1.0 - before - after) for time, _ in path.speed]
        when = np.union1d(np.linspace(0.0, 1.0, MOMENTS), np.clip(bends, 0.0, 1.0))
        return cls(when, done(path, when))

    def shares(self, times: Floats) -> Floats:
        """The share of the way done at each time."""
        return np.interp(times, self.when, self.where)

    def times(self, shares: Floats) -> Floats:
        """A time at which each share of the way is done."""
        return np.interp(shares, self.where, self.when)

    def late(self, count: int) -> float:
        """How far off its time the way is at most with that many equal points, linear in between,
        as a share of all the time."""
        if len(self.when) == 2:
            return 0.0
        fine = np.linspace(0.0, 1.0, 1501)
        step = np.linspace(0.0, 1.0, count)
        shown = np.interp(fine, step, self.shares(step))
        late = np.clip(fine, self.times(shown - INSTANT), self.times(shown + INSTANT)) - fine
        return float(np.abs(late).max())
