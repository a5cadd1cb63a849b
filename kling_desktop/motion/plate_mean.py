"""The colours of a filled hole: a mean of guesses, each weighed by how it fares on known pixels."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from kling_desktop.model.areas import Mask
from kling_desktop.motion.plate_base import Image, Table, fitted, membrane, shrunk

FRONT_BUDGET = 60_000
"""Hole pixels up to which colours are carried inwards at full resolution."""
REACH = 3.0
"""Radius in pixels of what a carried colour is made from; a wider one is slower and no nearer."""
RING = 6
"""Width in pixels of the ring of known pixels on which the guesses are tried."""
FAR = 1.5
"""Distance of the membrane from the carried guesses, by theirs, up to which it is believed."""
DEEPER = 3.0
"""Squared error in a hole by the geometric mean of that in the ring and of the disagreement."""
USUAL = (0.25, 0.25, 0.5)
"""Weights of Telea's guess, the Navier–Stokes one and the membrane where a trial tells nothing."""
PULL = 0.12
"""Pull towards the usual weights by the errors' mean square: a ring is a small sample."""


@dataclass(frozen=True, slots=True)
class Base:
    """A picture whose hole is filled without texture.

    ``apart`` is the mean squared distance in grey levels between the two carried guesses, ``error``
    the expected squared error of the fill: what the trial found, and more the less they agree.
    """

    image: Image
    apart: float
    error: float


def smooth(image: Image, hole: Mask) -> Base:
    """The picture with its hole filled by a mean of three guesses; known pixels as they are.

    Two guesses carry colours inwards from the rim along edges (Telea, 2004; Bertalmio, Bertozzi
    and Sapiro: Navier–Stokes, 2001), the third is a membrane stretched over the hole. A mean of
    guesses errs less than each (Bates and Granger: The combination of forecasts, 1969), with the
    weights that would have been best in a ring around the hole, filled in the same way.
    """
    height, width = hole.shape
    scale = min(1.0, math.sqrt(FRONT_BUDGET / float(hole.sum())))
    small, gap = image, hole
    if scale < 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small, gap = shrunk(image, hole, size)
    sheet = membrane(image, hole)
    if not gap.any() or gap.all():
        return Base(sheet, 0.0, 0.0)
    both = _carried(small, gap)
    away = both[0][gap] - both[1][gap]
    apart = float(np.mean(away * away))
    table = _tried(small, gap)
    weights = _weights(table)
    found = _mean([*both, membrane(small, gap)], weights, gap, apart)
    if scale < 1.0:
        found = fitted(image, hole, found)
    error = DEEPER * math.sqrt(float(weights @ table @ weights) * apart)
    return Base(found, apart, error)


def near(base: Image, guess: Image, share: float, hole: Mask, reach: float) -> Image:
    """The base moved by a share of the way to one more guess, by less if that is far off.

    A guess farther from the base than ``reach``, a mean squared distance, is not believed wholly.
    """
    away = guess - base
    far = float(np.mean(away[hole] ** 2))
    return np.asarray(base + share * math.sqrt(min(1.0, (reach + 1.0) / (far + 1.0))) * away)


def _mean(guesses: list[Image], weights: Table, hole: Mask, apart: float) -> Image:
    """The weighted mean; the membrane counts for less where it is farther off than they are."""
    telea, stokes, sheet = guesses
    both = float(weights[0] + weights[1])
    share = float(weights[0]) / both if both > 1e-6 else 0.5
    carried = np.float32(share) * telea + np.float32(1.0 - share) * stokes
    return near(carried, sheet, float(weights[2]), hole, FAR * apart)


def _carried(image: Image, hole: Mask) -> tuple[Image, Image]:
    """Telea's fill and the Navier–Stokes one."""
    import cv2

    pixels, gap = np.clip(np.rint(image), 0, 255).astype(np.uint8), hole.astype(np.uint8)
    telea, stokes = (
        np.where(hole[..., None], cv2.inpaint(pixels, gap, REACH, how), image)
        for how in (cv2.INPAINT_TELEA, cv2.INPAINT_NS)
    )
    return np.asarray(telea, np.float32), np.asarray(stokes, np.float32)


def _tried(image: Image, hole: Mask) -> Table:
    """Mean products of the errors of the guesses in a ring around the hole, filled with it."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RING + 1, 2 * RING + 1))
    wide = cv2.dilate(hole.astype(np.uint8), kernel) > 0
    ring = wide & ~hole
    if wide.all() or not ring.any():
        return np.eye(3)
    guesses = (*_carried(image, wide), membrane(image, wide))
    errors = np.stack([(guess[ring] - image[ring]).ravel() for guess in guesses])
    return np.asarray(errors @ errors.T / errors.shape[1], np.float64)


def _weights(table: Table) -> Table:
    """Weights of least squared error, none below 0, that add up to 1."""
    count = len(table)
    pull = PULL * float(np.trace(table)) / count + 1e-6
    usual = np.array(USUAL)
    best, least = usual, math.inf
    for size in range(1, count + 1):
        for some in itertools.combinations(range(count), size):
            weights = _solved(table + pull * np.eye(count), pull * usual, list(some))
            away = weights - usual
            cost = float(weights @ table @ weights + pull * (away @ away))
            if weights.min() >= 0.0 and cost < least:
                best, least = weights, cost
    return best


def _solved(table: Table, target: Table, some: list[int]) -> Table:
    """The weights at which w·table·w − 2·target·w is least, with only some of them not 0."""
    size = len(some)
    system = np.ones((size + 1, size + 1))
    system[:size, :size] = table[np.ix_(some, some)]
    system[size, size] = 0.0
    found = np.zeros(len(table))
    found[some] = np.linalg.solve(system, [*target[some], 1.0])[:size]
    return found
