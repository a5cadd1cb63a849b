"""What lies behind the moving areas: the picture with them filled in, and the static area on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kling_desktop.model import areas
from kling_desktop.model.areas import Mask
from kling_desktop.motion import layers
from kling_desktop.motion.layers import Layer, Rgb
from kling_desktop.motion.plate import grown, rough
from kling_desktop.motion.still import Still

AROUND = 48
"""Least pixels around what is filled in roughly, to take colours from."""

Fill = Callable[[Rgb, Mask], Rgb]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The picture without its moving areas, which was filled in where ``filled`` is true.

    The plate reaches a little beyond the hole, but areas that stay are the artist's, to the pixel.
    """

    pixels: Rgb
    filled: Mask
    moving: frozenset[int]
    fine: bool
    static: Layer | None
    """What lies on top of everything."""


def filled(still: Still, moving: frozenset[int], fill: Fill, *, fine: bool) -> Background:
    """The background where those areas move, as ``fill`` makes it."""
    if not moving:
        none = np.zeros(still.size[::-1], np.bool_)
        return Background(still.picture, none, moving, fine=True, static=None)
    hole = still.hole(moving)
    wide = grown(hole)
    return _kept(still, moving, fill(still.picture, wide), wide, hole, fine=fine)


def patched(still: Still, moving: frozenset[int], old: Background) -> Background:
    """The background for other holes out of an old one of the same picture: rough, and only where
    nothing was filled in before."""
    import cv2

    if not moving:
        return filled(still, moving, rough, fine=True)
    hole = still.hole(moving)
    wide = grown(hole)
    pixels = cv2.copyTo(old.pixels, (old.filled & wide).view(np.uint8), still.picture.copy())
    new = (wide & ~old.filled).view(np.uint8)
    x, y, width, height = cv2.boundingRect(new)
    if width:
        margin = max(AROUND, width // 2, height // 2)
        part = np.s_[
            max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin
        ]
        fill = rough(still.picture[part], wide[part])
        pixels[part] = cv2.copyTo(fill, new[part], pixels[part])
    return _kept(still, moving, np.asarray(pixels, np.uint8), wide, hole, fine=False)


def _kept(
    still: Still, moving: frozenset[int], pixels: Rgb, wide: Mask, hole: Mask, *, fine: bool
) -> Background:
    """A filled background, finished: areas that stay as they are, the static one to lie on top."""
    import cv2

    keep = still.others(moving) & ~hole
    pixels = np.asarray(cv2.copyTo(still.picture, keep.view(np.uint8), pixels), np.uint8)
    cover = still.cover(areas.STATIC)
    static = None if cover is None else layers.pin(pixels, cover.share, cover.box)
    return Background(pixels, wide & ~keep, moving, fine, static)
