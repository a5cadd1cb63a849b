"""Filling a hole with patches of what surrounds it, from coarse to fine.

The method is that of Wexler, Shechtman and Irani (Space-time completion of video, 2007): every
patch that touches the hole looks for its like in the known part, and the likes found vote on the
pixels. The search is PatchMatch (Barnes et al., 2009), here over all patches at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask

Image = npt.NDArray[np.float32]
"""Shape (height, width, 3), 0…255."""
Index = npt.NDArray[np.intp]
Costs = npt.NDArray[np.float32]

REACH = 2
"""A patch is (2 × REACH + 1)² pixels."""
COARSEST = 20
"""Shortest side, in pixels, of the picture on which the filling begins."""
FADE = 1.3
"""How much less a patch counts for each pixel that it lies deeper in the hole."""
SETTLING = 80
"""Steps of that evening out."""
STIFF = 0.005
"""How strongly a colour is held when steps between sources are evened out: over 1/√STIFF pixels."""
ROUNDS = 3
"""Searches and votes at each level."""
NEIGHBOURS = ((0, 1), (0, -1), (1, 0), (-1, 0))


@dataclass(frozen=True, slots=True)
class Filled:
    """A picture without its hole, and where each pixel of it came from.

    ``source`` has shape (height, width, 2): row and column; a known pixel comes from itself.
    """

    image: Image
    source: Index


def fill(image: Image, hole: Mask) -> Filled:
    """The picture with the hole filled; cost grows with the pixels, so hand in a small one.

    Where nothing surrounds the hole from which a whole patch could be had, the fill is smooth.
    """
    levels = [(image, hole)]
    while min(levels[-1][1].shape) > 2 * COARSEST and depth(levels[-1][1]).max() > REACH:
        levels.append(halved(*levels[-1]))
    random = np.random.default_rng(0)
    coarse, gap = levels.pop()
    filled = _completed(smooth(coarse, gap), gap, None, random)
    for image_here, hole_here in reversed(levels):
        guess = _enlarged(filled, image_here, hole_here)
        filled = _completed(guess.image, hole_here, guess.source, random)
    return Filled(_settled(filled, hole), filled.source)


def smooth(image: Image, hole: Mask) -> Image:
    """The hole filled from its rim inwards, without texture; a mean where there is no rim."""
    import cv2

    if hole.all():
        return np.full_like(image, image.reshape(-1, 3).mean(axis=0))
    pixels = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    found = cv2.inpaint(pixels, hole.astype(np.uint8), 3.0, cv2.INPAINT_TELEA)
    return np.where(hole[..., None], found.astype(np.float32), image)


def shrunk(image: Image, hole: Mask, size: tuple[int, int]) -> tuple[Image, Mask]:
    """A smaller picture, (width, height), to which pixels of the hole contribute nothing."""
    import cv2

    known = (~hole).astype(np.float32)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(image * known[..., None], size, interpolation=cv2.INTER_AREA)
    found = colours / np.maximum(weight, 1e-6)[..., None]
    return np.asarray(found, np.float32), np.asarray(weight < 0.5, np.bool_)


def halved(image: Image, hole: Mask) -> tuple[Image, Mask]:
    height, width = hole.shape
    return shrunk(image, hole, ((width + 1) // 2, (height + 1) // 2))


def depth(hole: Mask) -> Costs:
    """How far each pixel lies inside the hole; beyond the picture counts as outside."""
    import cv2

    distance = cv2.distanceTransform(np.pad(hole, 1).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(distance, np.float32)[1:-1, 1:-1]


def _trust(hole: Mask) -> Costs:
    """Weight of the patch around each pixel: what lies near the rim is best known."""
    return np.asarray(FADE ** -depth(hole), np.float32)


def _enlarged(filled: Filled, image: Image, hole: Mask) -> Filled:
    """A coarse result as the first guess for the next level."""
    import cv2

    height, width = hole.shape
    large = cv2.resize(filled.image, (width, height), interpolation=cv2.INTER_LINEAR)
    rows, columns = np.indices((height, width))
    source = filled.source[rows // 2, columns // 2] * 2
    source[..., 0] += rows % 2
    source[..., 1] += columns % 2
    guess = np.where(hole[..., None], np.asarray(large, np.float32), image)
    return Filled(guess, np.minimum(source, (height - 1, width - 1)))


def _completed(guess: Image, hole: Mask, source: Index | None, random: Any) -> Filled:
    """One level: a few rounds of search and vote, starting from a guess."""
    import cv2

    kernel = np.ones((2 * REACH + 1,) * 2, np.uint8)
    known = np.pad((~hole).astype(np.uint8), REACH)
    usable = cv2.erode(known, kernel)[REACH:-REACH, REACH:-REACH] > 0
    itself: Index = np.moveaxis(np.indices(hole.shape), 0, -1)
    if not usable.any():
        return Filled(guess, itself)
    targets = np.flatnonzero(cv2.dilate(hole.astype(np.uint8), kernel))
    search = _Search(guess, usable, targets, _trust(hole).reshape(-1)[targets], random)
    if source is not None:
        search.suggest((source[..., 0] * hole.shape[1] + source[..., 1]).reshape(-1)[targets])
    for _ in range(ROUNDS):
        search.improve()
        search.vote(hole)
    found = itself.reshape(-1, 2).copy()
    found[targets] = np.column_stack(np.unravel_index(search.best, hole.shape))
    return Filled(search.image, np.where(hole[..., None], found.reshape(itself.shape), itself))


def _settled(filled: Filled, hole: Mask) -> Image:
    """The image with the differences between neighbours that their sources have.

    Where two sources meet that do not quite agree, the step is spread out (Pérez, Gangnet and
    Blake: Poisson image editing, 2003, here with a pull towards the given colours).
    """
    import cv2

    cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32)
    around = cv2.filter2D(np.ones(hole.shape, np.float32), -1, cross, borderType=0)
    wanted = STIFF * filled.image
    for down, right in NEIGHBOURS:
        wanted -= _difference(filled, hole, down, right)
    found, inside = filled.image.copy(), hole[..., None]
    for _ in range(SETTLING):
        total = cv2.filter2D(found, -1, cross, borderType=0)
        found = np.where(inside, (wanted + total) / (around + STIFF)[..., None], found)
    return np.asarray(found, np.float32)


def _difference(filled: Filled, hole: Mask, down: int, right: int) -> Image:
    """What a neighbour should have more than each pixel; 0 where there is no neighbour."""
    height, width = hole.shape
    rows, columns = np.indices(hole.shape)
    there = (np.clip(rows + down, 0, height - 1), np.clip(columns + right, 0, width - 1))

    def step(source: Index, sign: int) -> Image:
        y = np.clip(source[..., 0] + sign * down, 0, height - 1)
        x = np.clip(source[..., 1] + sign * right, 0, width - 1)
        return np.asarray(filled.image[y, x] - filled.image[source[..., 0], source[..., 1]])

    own, theirs = step(filled.source, 1), -step(filled.source[there], -1)
    mean = np.where(hole[there][..., None], (own + theirs) / 2, own)
    exists = (there[0] == rows + down) & (there[1] == columns + right)
    return np.where(exists[..., None], mean, np.float32(0))


class _Search:
    """The nearest known patch of every patch that touches the hole."""

    def __init__(
        self, image: Image, usable: Mask, targets: Index, trust: Costs, random: Any
    ) -> None:
        self.image, self._trust = image.copy(), trust
        self._usable, self._targets, self._random = usable, targets, random
        self._shape = usable.shape
        self._place = np.full(usable.size, -1, np.intp)
        self._place[targets] = np.arange(len(targets))
        self._rows, self._columns = np.divmod(targets, self._shape[1])
        pool = np.flatnonzero(usable)
        self.best: Index = pool[random.integers(0, len(pool), len(targets))]
        self._pool = pool
        self._read()

    def suggest(self, source: Index) -> None:
        """Try one source patch, a flat index, for every target."""
        rows, columns = np.divmod(source, self._shape[1])
        self._try(rows, columns)

    def improve(self) -> None:
        """Ask the neighbours, then look around the best so far in shrinking circles."""
        for step in (4, 2, 1, 1):
            for down, right in NEIGHBOURS:
                self._ask(down * step, right * step)
            self._wander()

    def vote(self, hole: Mask) -> None:
        """Set every pixel of the hole to the weighted mean of the patches that cover it."""
        rows, columns = np.divmod(self.best, self._shape[1])
        spread = float(np.quantile(self._cost, 0.75)) + 1e-6
        weight = (self._trust * (np.exp(-self._cost / spread) + 1e-4))[:, None]
        height, width = self._shape
        total = np.zeros((height + 2 * REACH, width + 2 * REACH, 4), np.float32)
        for down in range(-REACH, REACH + 1):
            for right in range(-REACH, REACH + 1):
                colour = self.image[rows + down, columns + right]
                place = (self._rows + down + REACH, self._columns + right + REACH)
                total[place] += np.hstack([colour * weight, weight])
        inner = total[REACH:-REACH, REACH:-REACH]
        self.image[hole] = inner[hole][:, :3] / inner[hole][:, 3:]
        self._read()

    def _read(self) -> None:
        padded = np.pad(self.image, ((REACH, REACH), (REACH, REACH), (0, 0)), mode="edge")
        side = 2 * REACH + 1
        views = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1))
        self._patches = views
        self._wanted = views[self._rows, self._columns].reshape(len(self._targets), 3 * side * side)
        self._cost = self._costs(slice(None), *np.divmod(self.best, self._shape[1]))

    def _costs(self, which: Any, rows: Index, columns: Index) -> Costs:
        offered = self._patches[rows, columns].reshape(len(rows), self._wanted.shape[1])
        offered -= self._wanted[which]
        return np.asarray(np.einsum("ij,ij->i", offered, offered), np.float32)

    def _ask(self, down: int, right: int) -> None:
        """Take over a neighbour's source, moved as far back as the neighbour is away."""
        height, width = self._shape
        rows, columns = self._rows + down, self._columns + right
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        flat = np.where(inside, rows * width + columns, 0)
        neighbour = np.where(inside, self._place[flat], -1)
        theirs = np.divmod(self.best[np.maximum(neighbour, 0)], width)
        own = np.divmod(self.best, width)
        rows = np.where(neighbour >= 0, theirs[0] - down, own[0])
        columns = np.where(neighbour >= 0, theirs[1] - right, own[1])
        self._try(rows, columns)

    def _wander(self) -> None:
        height, width = self._shape
        radius = max(height, width) // 2
        while radius >= 1:
            own = np.divmod(self.best, width)
            step = self._random.integers(-radius, radius + 1, (2, len(self.best)))
            self._try(own[0] + step[0], own[1] + step[1])
            radius //= 3

    def _try(self, rows: Index, columns: Index) -> None:
        height, width = self._shape
        fits = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        flat = np.where(fits, rows * width + columns, 0)
        fits &= self._usable.reshape(-1)[flat] & (flat != self.best)
        which = np.flatnonzero(fits)
        cost = self._costs(which, rows[which], columns[which])
        better = cost < self._cost[which]
        self.best[which[better]] = flat[which[better]]
        self._cost[which[better]] = cost[better]
