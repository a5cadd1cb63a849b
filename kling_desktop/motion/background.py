"""What lies behind the moving areas: the picture with them filled in, and the static area on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from kling_desktop.model import areas
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.motion import layers
from kling_desktop.motion.layers import Coverage, Layer, Rgb
from kling_desktop.motion.plate import grown, grown_by, rim_of, rough
from kling_desktop.motion.still import Still

AROUND = 48
"""Least pixels around what is filled in roughly, to take colours from."""

Fill = Callable[[Rgb, Mask], Rgb]


@dataclass(frozen=True, slots=True, eq=False)
class Rim:
    """Where the background around one area was filled in although the area does not cover it, or
    not wholly: 255 in a mask over ``box``. At rest the picture itself belongs there."""

    box: Rect
    mask: Coverage


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
    rims: Mapping[int, Rim]
    """Of each moving area."""

    def settle(self, frame: Rgb, picture: Rgb, area: int, share: float) -> None:
        """Bring the picture back around an area that is, for a share (0…1), where it rests."""
        import cv2

        rim = self.rims[area]
        part = np.s_[rim.box.y0 : rim.box.y1, rim.box.x0 : rim.box.x1]
        mixed = cv2.addWeighted(frame[part], 1.0 - share, picture[part], share, 0.0)
        frame[part] = cv2.copyTo(mixed, rim.mask, frame[part])


def filled(still: Still, moving: frozenset[int], fill: Fill, *, fine: bool) -> Background:
    """The background where those areas move, as ``fill`` makes it."""
    if not moving:
        none = np.zeros(still.size[::-1], np.bool_)
        return Background(still.picture, none, moving, fine=True, static=None, rims={})
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
    filled = wide & ~keep
    return Background(pixels, filled, moving, fine, static, _rims(still, moving, filled))


def _rims(still: Still, moving: frozenset[int], filled: Mask) -> dict[int, Rim]:
    found: dict[int, Rim] = {}
    height, width = filled.shape
    reach = rim_of(height, width)
    for area in moving:
        cover = still.cover(area)
        if cover is None:
            continue
        inner = cover.box
        box = Rect(inner.x0 - reach, inner.y0 - reach, inner.x1 + reach, inner.y1 + reach)
        box = box.clipped(width, height)
        part = np.s_[box.y0 : box.y1, box.x0 : box.x1]
        around = ((inner.y0 - box.y0, box.y1 - inner.y1), (inner.x0 - box.x0, box.x1 - inner.x1))
        own = np.pad(cover.share, around)
        near = grown_by(own > 0, reach) & filled[part] & (own < 255)
        near &= ~still.hole(moving - {area}, box)
        found[area] = Rim(box, near.view(np.uint8) * np.uint8(255))
    return found
