"""Pictures with holes: blurred, made smaller, and filled with a membrane."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask

Image = npt.NDArray[np.float32]
"""Shape (height, width, 3), 0…255."""
Floats = npt.NDArray[np.float32]
Table = npt.NDArray[np.float64]
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

SWEEPS = 8
"""Relaxations of the membrane at each level; the coarser ones have done the rest."""


def differences(luma: Floats) -> tuple[Floats, Floats]:
    """To the neighbour on the right and to the one below; 0 at the border."""
    return np.diff(luma, axis=1, append=luma[:, -1:]), np.diff(luma, axis=0, append=luma[-1:])


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


def fitted(image: Image, hole: Mask, small: Image) -> Image:
    """A small fill enlarged, and led to the known colours at the rim."""
    import cv2

    height, width = hole.shape
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    rest = np.where(hole[..., None], np.float32(0), image - large)
    return np.asarray(large + membrane(rest, hole), np.float32)
