"""The colours of a filled hole without their texture: the guess that errs least."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask

Image = npt.NDArray[np.float32]
"""Shape (height, width, 3), 0…255."""

FRONT_BUDGET = 100_000
"""Hole pixels up to which colours are carried inwards at full resolution."""
REACH = 3.0
"""Radius in pixels of what a carried colour is made from; a wider one is slower and no nearer."""
SWEEPS = 8
"""Relaxations of the membrane at each level; the coarser ones have done the rest."""
GRAIN = 2.5
"""Standard deviation in pixels: what is finer counts as grain."""
RING = 12
"""Width in pixels of the ring in which grain and colours are compared."""


@dataclass(frozen=True, slots=True)
class Base:
    """A picture whose hole is filled without texture.

    ``apart`` is the mean squared distance in grey levels between the fill and the nearer of the
    two carried guesses: by about so much a mean of guesses errs less than they.
    """

    image: Image
    apart: float


def smooth(image: Image, hole: Mask) -> Base:
    """The picture with its hole filled by the mean of three guesses; known pixels as they are.

    Two guesses carry colours inwards from the rim along edges (Telea, 2004; Bertalmio, Bertozzi
    and Sapiro: Navier–Stokes, 2001), the third is a membrane stretched over the hole. A mean of
    guesses errs less than each (Bates and Granger: The combination of forecasts, 1969). Among
    grain the first two only smear what happens to lie on the rim, so there the membrane counts
    for more.
    """
    sheet = membrane(image, hole)
    share = min(1.0, max(0.3, (grain(image, hole) - 0.04) / 0.26))
    both = _carried(image, hole)
    found = share * sheet + (0.5 - share / 2.0) * (both[0] + both[1])
    apart = min(_apart(found, guess, hole) for guess in both)
    return Base(np.asarray(found, np.float32), apart)


def _apart(one: Image, other: Image, hole: Mask) -> float:
    import cv2

    away = one - other
    return float(np.mean(cv2.mean(away * away, hole.astype(np.uint8))[:3]))


def grain(image: Image, hole: Mask) -> float:
    """Which share (0…1) of the variance around the hole is finer than a few pixels."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RING + 1, 2 * RING + 1))
    ring = (cv2.dilate(hole.astype(np.uint8), kernel) > 0) & ~hole
    if not ring.any():
        return 0.0
    fine = (image - blurred(image, hole, GRAIN))[ring]
    return float(np.mean(fine * fine) / (image[ring].var(axis=0).mean() + 1e-3))


def blurred(image: Image, hole: Mask, sigma: float) -> Image:
    """A Gaussian blur to which pixels of the hole contribute nothing; sigma in pixels."""
    import cv2

    height, width = hole.shape
    known = (~hole).astype(np.float32)
    weighted = cv2.merge([*cv2.split(image * known[..., None]), known])
    coarse = max(1.0, sigma / 2.0)
    size = (math.ceil(width / coarse), math.ceil(height / coarse))
    small = cv2.resize(weighted, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / coarse, borderType=cv2.BORDER_REFLECT_101)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[..., :3] / (large[..., 3:] + 1e-4), np.float32)


def membrane(image: npt.NDArray[np.float32], hole: Mask) -> npt.NDArray[np.float32]:
    """The hole filled as by a sheet fixed at its rim: ∇² = 0, from coarse to fine.

    ``image`` has shape (H, W) or (H, W, channels). Where nothing is known the fill is 0.
    """
    import cv2

    height, width = hole.shape
    known = (~hole).astype(np.float32)
    if not hole.any():
        return image.copy()
    coarse = np.zeros_like(image)
    if max(height, width) > 2 and known.any():
        small, gap = shrunk(image, hole, ((width + 1) // 2, (height + 1) // 2))
        large = cv2.resize(membrane(small, gap), (width, height), interpolation=cv2.INTER_LINEAR)
        coarse = np.asarray(large, np.float32).reshape(image.shape)
    gap_here, known_here = hole.astype(np.uint8), (~hole).astype(np.uint8)
    found = cv2.copyTo(image, known_here, coarse).reshape(image.shape)
    for _ in range(SWEEPS):
        found = cv2.copyTo(cv2.blur(found, (3, 3)), gap_here, found).reshape(image.shape)
    return np.asarray(found, np.float32)


def shrunk(
    image: npt.NDArray[np.float32], hole: Mask, size: tuple[int, int]
) -> tuple[npt.NDArray[np.float32], Mask]:
    """A smaller picture, (width, height), to which pixels of the hole contribute nothing."""
    import cv2

    known = (~hole).astype(np.float32)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    spread = known if image.ndim == 2 else known[..., None]
    colours = cv2.resize(image * spread, size, interpolation=cv2.INTER_AREA)
    weight_here = weight if image.ndim == 2 else weight[..., None]
    found = colours.reshape(*weight.shape, *image.shape[2:]) / np.maximum(weight_here, 1e-6)
    return np.asarray(found, np.float32), weight < min(0.5, float(weight.max()))


def _carried(image: Image, hole: Mask) -> tuple[Image, Image]:
    """Telea's fill and the Navier–Stokes one, at a scale at which they are quick."""
    import cv2

    height, width = hole.shape
    scale = min(1.0, math.sqrt(FRONT_BUDGET / float(hole.sum())))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small, gap = (image, hole) if scale == 1.0 else shrunk(image, hole, size)
    if gap.all():
        return membrane(image, hole), membrane(image, hole)
    pixels = np.clip(np.rint(small), 0, 255).astype(np.uint8)
    both = [
        np.asarray(cv2.inpaint(pixels, gap.astype(np.uint8), REACH, how), np.float32)
        for how in (cv2.INPAINT_TELEA, cv2.INPAINT_NS)
    ]
    if scale < 1.0:
        both = [_fitted(image, hole, found) for found in both]
    return both[0], both[1]


def _fitted(image: Image, hole: Mask, small: Image) -> Image:
    """A small fill enlarged, and led to the known colours at the rim."""
    import cv2

    height, width = hole.shape
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    rest = np.where(hole[..., None], np.float32(0), image - large)
    return np.asarray(large + membrane(rest, hole), np.float32)
