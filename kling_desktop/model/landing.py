"""The shot as a provider is asked for it: parents' motion added, and backwards where it lands.

A provider begins at the still. In a shot that lands the still is the *last* frame, so everything is
asked for backwards from there, and the finished video is turned round when it arrives.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from kling_desktop.model import camera as moves
from kling_desktop.model.path import Path, Points, at, backwards, resolved
from kling_desktop.model.shot import Shot


def sent(shot: Shot) -> Shot:
    """The shot whose motion starts at the still: every path starts on its area.

    A camera move that cannot be turned round is left out; the checks refuse such a shot.
    """
    paths = resolved(shot.paths, land=shot.land)
    if not shot.land:
        return replace(shot, paths=paths)
    camera = None if shot.camera is None else moves.backwards(shot.camera)
    return replace(shot, paths={k: backwards(path) for k, path in paths.items()}, camera=camera)


def places(path: Path, time: npt.ArrayLike, *, land: bool) -> Points:
    """Where a path of ``sent`` is at shares (0…1) of the finished video's time, shape (n, 2)."""
    when = np.atleast_1d(np.asarray(time, np.float64))
    return at(path, 1.0 - when if land else when)


def switched(shot: Shot, *, land: bool) -> Shot:
    """The shot landing or not, its motion as it looked: paths turned round stay on their areas."""
    if shot.land == land:
        return shot
    paths = {area: backwards(path) for area, path in shot.paths.items()}
    return replace(shot, land=land, paths=paths)
