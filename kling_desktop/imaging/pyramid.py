"""Makes what the canvas shows of a picture: smaller copies, and 32-bit pixels of a part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SMALLEST = 512


def bgra(
    pixels: npt.NDArray[np.uint8], out: npt.NDArray[np.uint8] | None = None
) -> npt.NDArray[np.uint8]:
    """(height, width, 4) as B, G, R, 255 of (height, width, 3) RGB: the bytes of Qt's RGB32; into
    ``out``, where that is given."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA, dst=out), np.uint8)


def pyramid(pixels: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    """A picture (height, width, channels), then halves of halves until no side is longer than 512.

    Pixel i of level n is the mean of pixels [i·2ⁿ, (i + 1)·2ⁿ) of the picture, exactly, so that
    positions differ by a power of two and nothing else; an odd side is rounded up.
    """
    levels = [pixels]
    while max(levels[-1].shape[:2]) > SMALLEST:
        levels.append(_half(levels[-1]))
    return levels


def _half(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Mean of every 2×2 block; the last row or column of an odd side stands alone."""
    import cv2

    height, width, channels = image.shape
    half = np.empty(((height + 1) // 2, (width + 1) // 2, channels), np.uint8)
    for rows, half_rows in _parts(height):
        for columns, half_columns in _parts(width):
            target = half[half_rows, half_columns]
            size = (target.shape[1], target.shape[0])
            cv2.resize(image[rows, columns], size, dst=target, interpolation=cv2.INTER_AREA)
    return half


def _parts(length: int) -> list[tuple[slice, slice]]:
    """(pixels, halved pixels): the even part of a side, and what is left over."""
    even = length // 2
    parts = [(slice(0, 2 * even), slice(0, even)), (slice(2 * even, length), slice(even, even + 1))]
    return [part for part in parts if part[0].start < min(part[0].stop, length)]
