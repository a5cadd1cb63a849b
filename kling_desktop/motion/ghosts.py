"""Ghosts: the picture with each moving area shown, faintly, where it will be later."""

from __future__ import annotations

from collections.abc import Sequence

from kling_desktop.model.areas import Rect
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.layers import Rgb

COUNT = 5
NEAREST, FARTHEST = 0.62, 0.26
"""Opacity of the ghost that is next in time, and of the last one."""


def ghosts(draft: Draft, time: float, *, home: float = 0.0) -> Rgb:
    """The picture at a share of the time (0…1) with ghosts, a fresh (h, w, 3) array.

    Ghosts are at ``later`` moments; for a draft whose ``home``, where the picture itself is seen, is
    its end they are at earlier ones. The nearest in time is the strongest and lies on top, so that
    one sees which way it goes; the areas themselves lie over all of them, and the static area over
    everything. ``draft`` is without camera.
    """
    found = draft.picture.copy() if time == home else draft.frame(time)
    moments = later(time, home=home)
    if not moments:
        return found
    touched = Rect(0, 0, 0, 0)
    for index in reversed(range(len(moments))):
        share = index / max(1, len(moments) - 1)
        strength = NEAREST + (FARTHEST - NEAREST) * share
        for area in reversed(draft.moving):
            touched = touched.united(draft.paste(found, area, moments[index], strength=strength))
    for area in reversed(draft.moving):
        touched = touched.united(draft.paste(found, area, time))
    draft.pin(found, touched)
    return found


def later(time: float, *, home: float = 0.0, count: int = COUNT) -> Sequence[float]:
    """Even moments from a share of the time (0…1) to the end, nearest first; to the beginning where
    ``home`` is the end. None where that is reached."""
    end = 1.0 - home
    if time == end:
        return ()
    return [time + (end - time) * (index + 1) / count for index in range(count)]
