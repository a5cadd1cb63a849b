"""The magic wand and the bucket: everything of one kind that hangs together with the clicked pixel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import BAND, Labels, Mask, Rect

_FIRST_REACH = 192
"""Pixels around the seed that are looked at first; what is larger makes the window grow."""
_ALIKE, _REACHED = 255, 1

_Alike = Callable[[Rect], npt.NDArray[np.uint8]]
"""For a rectangle, a new array of its shape: 255 where a pixel is like the seed, else 0."""


def flood(
    pixels: npt.NDArray[np.uint8],
    seed: tuple[int, int],
    tolerance: int,
    *,
    contiguous: bool = True,
) -> tuple[Rect, Mask]:
    """The pixels whose channels all differ from those at ``seed`` (x, y) by ``tolerance`` at most.

    ``pixels`` is (height, width, 3 or more); only the first three channels count. ``contiguous``
    takes the 4-connected part that holds the seed, otherwise all of the picture. Returns the
    smallest rectangle that holds them and the mask in it; nothing for a seed off the picture.
    """
    import cv2

    height, width, channels = pixels.shape
    x, y = seed
    if not (0 <= x < width and 0 <= y < height):
        return nothing()
    colour = [int(value) for value in pixels[y, x, :3]]
    low = [max(0, value - tolerance) for value in colour] + [0] * (channels - 3)
    high = [min(255, value + tolerance) for value in colour] + [255] * (channels - 3)

    def alike(rect: Rect) -> npt.NDArray[np.uint8]:
        part = pixels[rect.y0 : rect.y1, rect.x0 : rect.x1]
        return np.asarray(cv2.inRange(part, tuple(low), tuple(high)), np.uint8)

    if contiguous:
        return _connected(alike, seed, width, height)
    return _everywhere(alike, width, height)


def fill(labels: Labels, seed: tuple[int, int]) -> tuple[Rect, Mask]:
    """The 4-connected pixels of the same label as ``seed`` (x, y), as ``flood`` returns them.

    Four neighbours, so that an outline whose pixels touch only at their corners still holds.
    """
    import cv2

    height, width = labels.shape
    x, y = seed
    if not (0 <= x < width and 0 <= y < height):
        return nothing()
    label = int(labels[y, x])

    def alike(rect: Rect) -> npt.NDArray[np.uint8]:
        part = labels[rect.y0 : rect.y1, rect.x0 : rect.x1]
        return np.asarray(cv2.inRange(part, (label,), (label,)), np.uint8)

    return _connected(alike, seed, width, height)


def nothing() -> tuple[Rect, Mask]:
    """The selection without a pixel."""
    return Rect(0, 0, 0, 0), np.zeros((0, 0), np.bool_)


def _connected(alike: _Alike, seed: tuple[int, int], width: int, height: int) -> tuple[Rect, Mask]:
    """Flood a window around the seed, a larger one for as long as the flood reaches its border."""
    import cv2

    x, y = seed
    window = Rect(x, y, x + 1, y + 1)
    step = _FIRST_REACH
    touched = (True, True, True, True)
    while any(touched):
        left, top, right, bottom = touched
        window = Rect(
            window.x0 - step * left,
            window.y0 - step * top,
            window.x1 + step * right,
            window.y1 + step * bottom,
        ).clipped(width, height)
        step = max(window.width, window.height)
        found = alike(window)
        place = x - window.x0, y - window.y0
        _, _, _, (x0, y0, w, h) = cv2.floodFill(found, None, place, (_REACHED,), flags=4)
        touched = (
            x0 == 0 and window.x0 > 0,
            y0 == 0 and window.y0 > 0,
            x0 + w == window.width and window.x1 < width,
            y0 + h == window.height and window.y1 < height,
        )
    rect = Rect(window.x0 + x0, window.y0 + y0, window.x0 + x0 + w, window.y0 + y0 + h)
    return rect, found[y0 : y0 + h, x0 : x0 + w] == _REACHED


def _everywhere(alike: _Alike, width: int, height: int) -> tuple[Rect, Mask]:
    import cv2

    found = np.empty((height, width), np.uint8)
    rect = Rect(0, 0, 0, 0)
    for top in range(0, height, BAND):
        bottom = min(top + BAND, height)
        band = found[top:bottom]
        np.bitwise_and(alike(Rect(0, top, width, bottom)), 1, out=band)
        x, y, w, h = cv2.boundingRect(band)
        rect = rect.united(Rect(x, top + y, x + w, top + y + h))
    return rect, found[rect.y0 : rect.y1, rect.x0 : rect.x1].copy().view(np.bool_)
