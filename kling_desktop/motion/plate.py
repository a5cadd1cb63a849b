"""The background plate: the picture with the moving areas taken out and filled in."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask, Rect
from kling_desktop.motion import patches

Rgb = npt.NDArray[np.uint8]

RIM = 3
"""Pixels beyond a hole that still carry the colours of what was cut out."""
HOLE_BUDGET = 9000
"""Hole pixels, all holes together, at which patches are matched; finer detail is copied after."""
AREA_BUDGET = 60_000
"""Pixels of one hole's surroundings at that scale."""
JOINED = 24
"""Holes nearer than twice this are filled as one."""


def plate(pixels: Rgb, hole: Mask) -> Rgb:
    """A fresh (H, W, 3) picture without the hole, equal to ``pixels`` 3 pixels away from it.

    A hole that covers everything is filled with the mean colour.
    """
    import cv2

    found = pixels.copy()
    if not hole.any():
        return found
    if hole.all():
        found[...] = np.rint(pixels.reshape(-1, 3).mean(axis=0))
        return found
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RIM + 1, 2 * RIM + 1))
    wide = cv2.dilate(hole.astype(np.uint8), kernel) > 0
    wide = hole if wide.all() else wide
    share = HOLE_BUDGET / float(wide.sum())
    for region in _regions(wide):
        part = np.s_[region.y0 : region.y1, region.x0 : region.x1]
        found[part] = _filled(found[part], wide[part], share)
    return found


def _regions(hole: Mask) -> list[Rect]:
    """Rectangles around groups of holes, each with surroundings to take colours from."""
    import cv2

    height, width = hole.shape
    near = cv2.boxFilter(hole.astype(np.float32), -1, (2 * JOINED + 1,) * 2) > 1e-9
    count, _, boxes, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8))
    found: list[Rect] = []
    for x, y, w, h in (map(int, box[:4]) for box in boxes[1:count]):
        margin = max(16, max(w, h) // 2)
        found.append(Rect(x - margin, y - margin, x + w + margin, y + h + margin))
    return [region.clipped(width, height) for region in found]


def _filled(pixels: Rgb, hole: Mask, share: float) -> Rgb:
    """One region filled: patches at a scale they are quick at, detail from where they came from."""
    if not hole.any():
        return pixels
    height, width = hole.shape
    scale = min(1.0, math.sqrt(share), math.sqrt(AREA_BUDGET / (width * height)))
    image = pixels.astype(np.float32)
    if patches.depth(hole).max() <= RIM + 3:
        return _blended(pixels, patches.smooth(image, hole), hole)
    if scale > 0.7:
        return _blended(pixels, patches.fill(image, hole).image, hole)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = patches.fill(*patches.shrunk(image, hole, size))
    return _blended(pixels, _detailed(image, hole, small), hole)


def _detailed(image: patches.Image, hole: Mask, small: patches.Filled) -> patches.Image:
    """The small result enlarged, with the fine structure of each pixel's source laid over it.

    Only what the small picture could not hold is copied, so sources that change from one pixel to
    the next leave no seam.
    """
    import cv2

    height, width = hole.shape
    rows_small, columns_small = small.image.shape[:2]
    base = cv2.resize(small.image, (width, height), interpolation=cv2.INTER_CUBIC)
    detail = np.where(hole[..., None], np.float32(0), image - base)
    rows, columns = np.nonzero(hole)
    y, x = (rows + 0.5) * rows_small / height, (columns + 0.5) * columns_small / width
    cell = (y.astype(np.intp), x.astype(np.intp))
    away = small.source[cell] - np.column_stack(cell)
    far = np.rint(away * (height / rows_small, width / columns_small)).astype(np.intp)
    source = (
        np.clip(rows + far[:, 0], 0, height - 1),
        np.clip(columns + far[:, 1], 0, width - 1),
    )
    found = np.asarray(base, np.float32)
    found[rows, columns] += detail[source]
    return found


def _blended(pixels: Rgb, filled: npt.NDArray[np.float32], hole: Mask) -> Rgb:
    """The fill inside the hole, taking over from the picture within the hole's rim."""
    import cv2

    distance = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)
    weight = np.clip(distance / RIM, 0.0, 1.0)[..., None]
    mixed = pixels * (1.0 - weight) + filled * weight
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
