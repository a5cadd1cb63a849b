"""When along its way an area is where: easing, a speed curve of the artist's own, and rests."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

Shares = npt.NDArray[np.float64]
Speed = tuple[tuple[float, float], ...]
"""(share of the time, relative speed ≥ 0) from 0 to 1, rising in time, linear in between."""
Hold = tuple[float, float]
"""Shares of the video's time for which an area rests before and after it moves."""

STILL: Hold = (0.0, 0.0)
LONGEST_HOLD = 0.98
"""What both rests may take together: something is left to move in."""


class Timing(StrEnum):
    LINEAR = "linear"
    EASE_IN = "ease-in"
    EASE_OUT = "ease-out"
    EASE_IN_OUT = "ease-in-out"
    CUSTOM = "custom"
    """As fast as the path's own speed curve says."""
    STEPS = "steps"
    """Each piece from one point to the next takes the same time: where points lie close, it is
    slow."""


MIRRORED = {Timing.EASE_IN: Timing.EASE_OUT, Timing.EASE_OUT: Timing.EASE_IN}


def eased(timing: Timing, share: npt.ArrayLike, speed: Speed = ()) -> Shares:
    """Share of the way done (0…1) at each share of the time to move (0…1), clamped outside."""
    t = np.clip(np.asarray(share, np.float64), 0.0, 1.0)
    if timing == Timing.EASE_IN:
        return t * t
    if timing == Timing.EASE_OUT:
        return 1.0 - (1.0 - t) ** 2
    if timing == Timing.EASE_IN_OUT:
        return t * t * (3.0 - 2.0 * t)
    if timing == Timing.CUSTOM:
        return _travelled(speed, t)
    return t


def moving(hold: Hold, time: npt.ArrayLike) -> Shares:
    """Share of the time to move that is over (0…1) at each share of the video's time."""
    before, after = hold
    span = max(1.0 - before - after, 1.0 - LONGEST_HOLD)
    return np.asarray(np.clip((np.asarray(time, np.float64) - before) / span, 0.0, 1.0))


def speeds(timing: Timing, speed: Speed = ()) -> Speed:
    """The speed curve of any timing: what an editor shows, and begins to change."""
    if timing == Timing.EASE_IN:
        return ((0.0, 0.0), (1.0, 2.0))
    if timing == Timing.EASE_OUT:
        return ((0.0, 2.0), (1.0, 0.0))
    if timing == Timing.EASE_IN_OUT:
        return tuple((t, 6.0 * t * (1.0 - t)) for t in (0.0, 0.125, 0.25, 0.5, 0.75, 0.875, 1.0))
    return speed if timing == Timing.CUSTOM and _drives(speed) else ((0.0, 1.0), (1.0, 1.0))


def mirrored_speed(speed: Speed) -> Speed:
    """The same speeds in the opposite order."""
    return tuple((1.0 - t, v) for t, v in reversed(speed))


def _drives(speed: Speed) -> bool:
    """Whether a speed curve gets anywhere."""
    return len(speed) >= 2 and any(v > 0.0 for _, v in speed)


def _travelled(speed: Speed, t: Shares) -> Shares:
    """The integral of a speed curve, as a share of the whole."""
    if not _drives(speed):
        return t
    when, fast = np.asarray(speed, np.float64).T
    gaps = np.diff(when)
    done = np.concatenate(([0.0], np.cumsum(gaps * (fast[1:] + fast[:-1]) / 2.0)))
    if not done[-1] > 0.0:
        return t
    piece = np.clip(np.searchsorted(when, t, side="right") - 1, 0, len(gaps) - 1)
    into = t - when[piece]
    slope = np.diff(fast)[piece] / np.maximum(gaps[piece], 1e-12)
    found = (done[piece] + fast[piece] * into + slope * into * into / 2.0) / done[-1]
    return np.asarray(np.clip(found, 0.0, 1.0))
