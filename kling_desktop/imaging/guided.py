"""Draws a coarse mask's edge again on the picture's own pixels, by a guided filter along it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.colour_cut import Field, Pixels
from kling_desktop.model.areas import Mask, Rect

TILE = 128
"""Side of the squares that are filtered where the edge runs, in pixels."""
RIGID = 1e-2
"""The filter's ε as a share of the square's variance: below it, differences are noise."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A mask (0…1, or bool) and where it lies: rectangle ``rect`` of another pixel grid."""

    mask: npt.NDArray[np.generic]
    rect: tuple[float, float, float, float]

    def over(self, part: Rect) -> Field:
        """The mask on the pixels of ``part`` of that grid, linearly interpolated."""
        import cv2

        across, down, left, top = self._place(part)
        near = self._near(part)
        place = np.array([[across, 0, left - near.x0], [0, down, top - near.y0]])
        source = np.ascontiguousarray(self.mask[near.y0 : near.y1, near.x0 : near.x1], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = part.width, part.height
        warped = cv2.warpAffine(source, place, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, np.float32)

    def constant(self, part: Rect) -> bool | None:
        """Whether the mask holds all of ``part`` or nothing of it; None: some."""
        near = self._near(part)
        values = self.mask[near.y0 : near.y1, near.x0 : near.x1]
        return bool(values.flat[0]) if (values == values.flat[0]).all() else None

    def _place(self, part: Rect) -> tuple[float, float, float, float]:
        """Pixels of the mask to a pixel of the grid, and where the part's first pixel lies."""
        x0, y0, x1, y1 = self.rect
        height, width = self.mask.shape
        across, down = width / (x1 - x0), height / (y1 - y0)
        return (
            across,
            down,
            (part.x0 - x0 + 0.5) * across - 0.5,
            (part.y0 - y0 + 0.5) * down - 0.5,
        )

    def _near(self, part: Rect) -> Rect:
        """The mask's pixels that ``part`` is interpolated from."""
        height, width = self.mask.shape
        across, down, left, top = self._place(part)
        x0, y0 = (min(max(0, math.floor(low)), n - 1) for low, n in ((left, width), (top, height)))
        x1, y1 = math.ceil(left + part.width * across), math.ceil(top + part.height * down)
        return Rect(x0, y0, max(x0 + 1, min(width, x1 + 1)), max(y0 + 1, min(height, y1 + 1)))


def redraw(pixels: Pixels, coarse: Placed, cancelled: Callable[[], bool]) -> Mask | None:
    """The mask at the size of ``pixels`` (H, W, 3 or 4), its edge where the picture has one.

    ``coarse.rect`` is in pixels of ``pixels``. Away from the edge it is the coarse mask; a band
    of about two of its pixels on both sides is filtered (He, Sun, Tang, 2013). None: cancelled.
    """
    height, width = pixels.shape[:2]
    result = np.zeros((height, width), np.bool_)
    factor = (coarse.rect[2] - coarse.rect[0]) / coarse.mask.shape[1]
    radius = max(2, math.ceil(2 * factor))
    for tile in _tiles(width, height):
        if cancelled():
            return None
        rows, columns = slice(tile.y0, tile.y1), slice(tile.x0, tile.x1)
        wide = Rect(tile.x0 - radius, tile.y0 - radius, tile.x1 + radius, tile.y1 + radius)
        wide = wide.clipped(width, height)
        constant = coarse.constant(wide)
        if constant is not None:
            result[rows, columns] = constant
            continue
        part = pixels[wide.y0 : wide.y1, wide.x0 : wide.x1, :3]
        drawn = _filtered(part, coarse.over(wide), radius)
        inner = drawn[tile.y0 - wide.y0 :, tile.x0 - wide.x0 :]
        result[rows, columns] = inner[: tile.height, : tile.width]
    return result


def _tiles(width: int, height: int) -> Iterator[Rect]:
    for y in range(0, height, TILE):
        for x in range(0, width, TILE):
            yield Rect(x, y, min(x + TILE, width), min(y + TILE, height))


def _filtered(part: Pixels, soft: Field, radius: int) -> Mask:
    import cv2

    hard = (soft > 0.5).astype(np.float32)
    guide = _telling(part, hard)
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(field: npt.NDArray[np.floating]) -> Field:
        return np.asarray(cv2.boxFilter(field, cv2.CV_32F, window, borderType=cv2.BORDER_REFLECT))

    middle, share = mean(guide), mean(hard)
    variance = mean(guide * guide) - middle * middle
    slope = (mean(guide * hard) - middle * share) / (variance + RIGID)
    drawn = mean(slope) * guide + mean(share - slope * middle)
    # Beyond the band the coarse mask stands: the filter knows nothing of the whole.
    band = (share > 0.01) & (share < 0.99)
    clean = cv2.medianBlur(np.where(band, drawn > 0.5, hard > 0.5).astype(np.uint8), 3)
    return np.asarray(clean > 0)


def _telling(part: Pixels, hard: Field) -> Field:
    """The one mixture of the channels that tells both sides apart best (Fisher, 1936), with unit
    variance: an edge between colours of one brightness is an edge in it."""
    colour = part.astype(np.float32)
    some = colour[::2, ::2].reshape(-1, 3)
    side = hard[::2, ::2].ravel() > 0.5
    if side.all() or not side.any():
        return np.zeros(hard.shape, np.float32)
    centred = some - some.mean(axis=0)
    spread = centred.T @ centred / len(some) + 4.0 * np.eye(3, dtype=np.float32)
    mixture = np.linalg.solve(spread, centred[side].mean(axis=0) - centred[~side].mean(axis=0))
    guide = colour @ mixture.astype(np.float32)
    return np.asarray((guide - guide.mean()) / max(float(guide.std()), 1e-3))
