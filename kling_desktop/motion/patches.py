"""Where the pixels of a hole can be copied from: patches that continue what surrounds it.

The patch on the rim of which most is known, edges first, is compared with every patch of the
surroundings; the most alike gives its pixels, and so on until the hole is closed (Criminisi, Pérez
and Toyama: Region filling by exemplar-based inpainting, 2004). Nothing is averaged, so texture
keeps its sharpness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask
from kling_desktop.motion.plate_base import Image

Index = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

SIDE = 21
"""Largest side of a patch in pixels, odd."""
GUIDE = 0.3
"""Weight of the guessed colours of a patch's unknown part; its known part has 1."""
WORN = 0.5
"""What one use of a source adds to its cost, so that no patch is stamped again and again."""
FLOOR = 20.0
"""Squared grey levels: differences below this are noise."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A picture without its hole, and where each pixel of it came from.

    ``source`` has shape (height, width, 2): row and column; a known pixel comes from itself.
    ``trust`` (0…1) says how well the patches continued what was known: near 1 in bricks or cloth,
    which say themselves how they go on, 0 where sources look like the hole's surroundings in kind
    only.
    """

    image: Image
    source: Index
    trust: float


def copied(image: Image, hole: Mask, guess: Image, cancelled: Callable[[], bool]) -> Copied | None:
    """The hole filled patch by patch; None where no whole patch is known, or when cancelled.

    ``guess`` is the picture with the hole filled without texture. Time grows with the pixels of
    the hole times those of the picture, so hand in a small one.
    """
    for side in (_side(hole), 9, 5):
        if side > min(hole.shape):
            continue
        usable = _whole(hole, side)
        if usable.any():
            filling = _Filling(image, hole, guess, usable)
            return filling.run(cancelled)
    return None


def itself(hole: Mask) -> Index:
    """Each pixel as its own source."""
    return np.moveaxis(np.indices(hole.shape, np.int32), 0, -1).copy()


def expected(hole: Mask, share: float) -> float:
    """About how many patches close the hole when it has that share of its pixels."""
    return max(1.0, 2.0 * share * float(hole.sum()) / _side(hole, share**0.5) ** 2)


def _side(hole: Mask, scale: float = 1.0) -> int:
    """Patches about as wide as the hole is deep."""
    import cv2

    deep = float(cv2.distanceTransform(np.pad(hole, 1).astype(np.uint8), cv2.DIST_L2, 3).max())
    return int(min(SIDE, max(7, 2 * round(deep * scale * 0.5) + 1)))


def _whole(hole: Mask, side: int) -> Mask:
    """At which top-left corners a patch lies wholly in the known part."""
    import cv2

    count = cv2.boxFilter(hole.astype(np.float32), -1, (side, side), anchor=(0, 0), normalize=False)
    height, width = hole.shape
    return np.asarray(count[: height - side + 1, : width - side + 1] < 0.5, np.bool_)


class _Filling:
    """A hole on its way to being closed."""

    def __init__(self, image: Image, hole: Mask, guess: Image, usable: Mask) -> None:
        self._known, self._usable = image, usable
        self._side = hole.shape[0] - usable.shape[0] + 1
        self._hole, self._left = hole, hole.copy()
        self._image = np.where(hole[..., None], guess, image)
        self._source = itself(hole)
        self._worn = np.zeros(usable.shape, np.float32)
        self._misses: list[tuple[int, float]] = []

    def run(self, cancelled: Callable[[], bool]) -> Copied | None:
        while self._left.any():
            if cancelled():
                return None
            self._close(*self._next())
        miss = sum(count * miss for count, miss in self._misses)
        mean = miss / max(1, sum(count for count, _ in self._misses))
        trust = min(1.0, max(0.0, (0.55 - mean) / 0.25))
        return Copied(self._image, self._source, trust)

    def _next(self) -> tuple[int, int]:
        """Top-left corner of the patch to fill next."""
        import cv2

        box = (self._side, self._side)
        filled = (~self._left).astype(np.float32)
        certain = cv2.boxFilter(filled, -1, box, borderType=cv2.BORDER_CONSTANT)
        grey = np.asarray(cv2.cvtColor(self._image, cv2.COLOR_RGB2GRAY), np.float32)
        steep = self._steep(grey)
        left = self._left.astype(np.uint8)
        inner = cv2.erode(left, np.ones((3, 3), np.uint8), borderValue=1) > 0
        front = self._left & ~inner if (self._left & ~inner).any() else self._left
        edges = steep / (float(steep[front].mean()) + 1e-3)
        first = int(np.where(front, certain * (1.0 + edges), -1.0).argmax())
        y, x = divmod(first, self._left.shape[1])
        rows, columns = self._usable.shape
        return min(max(y - self._side // 2, 0), rows - 1), min(
            max(x - self._side // 2, 0), columns - 1
        )

    def _steep(self, grey: Floats) -> Floats:
        import cv2

        steep = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
        steep[self._left] = 0.0
        return np.asarray(cv2.blur(steep, (self._side // 2 | 1,) * 2), np.float32)

    def _close(self, y: int, x: int) -> None:
        """Fill what a patch has open from its best source."""
        import cv2

        side = self._side
        here = np.s_[y : y + side, x : x + side]
        wanted, open_here = self._image[here], self._left[here].copy()
        weight = np.where(open_here, np.float32(GUIDE), np.float32(1))
        mask = cv2.merge([np.sqrt(weight)] * 3)
        cost = cv2.matchTemplate(self._known, wanted, cv2.TM_SQDIFF, mask=mask)
        cost = np.where(self._usable, cost / (3.0 * float(weight.sum())), np.float32(np.inf))
        worn = self._worn * (float(cost.min()) + FLOOR)
        row, column = divmod(int((cost + worn).argmin()), cost.shape[1])
        there = np.s_[row : row + side, column : column + side]
        self._note(wanted, self._known[there], open_here, self._hole[here])
        wanted[open_here] = self._known[there][open_here]
        rows, columns = np.indices((side, side))
        self._source[here][open_here] = np.dstack([rows + row, columns + column])[open_here]
        self._left[here] = False
        use = np.zeros_like(self._worn)
        cv2.circle(use, (column, row), max(1, side // 3), WORN, -1)
        self._worn += use

    def _note(self, wanted: Image, offered: Image, open_here: Mask, hole: Mask) -> None:
        """How far the source misses what is there already, by how much that varies."""
        sure = ~open_here & ~hole
        sure = sure if sure.sum() > 20 else ~open_here
        if sure.any():
            miss = float(np.mean((wanted[sure] - offered[sure]) ** 2))
            varied = float(wanted[sure].var(axis=0).mean())
            self._misses.append((int(open_here.sum()), (miss + FLOOR) / (varied + FLOOR)))
