"""The background plate: the picture with the moving areas taken out and filled in."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask, Rect
from kling_desktop.motion import plate_base, plate_region

Rgb = npt.NDArray[np.uint8]

RIM = 3
"""Least pixels beyond an area that still carry the colours of what was cut out."""
HOLE_BUDGET = 10_000
"""Hole pixels, all holes together, at which patches are matched."""
ROUGH_BUDGET = 130_000
"""Pixels of the whole picture for the first plate."""
JOINED = 24
"""Holes nearer than twice this are filled as one."""


def grown(hole: Mask) -> Mask:
    """The hole and the rim around it on which soft edges and shadows of what was cut out lie.

    The rim is 3 pixels, in a large picture 1/240 of its shorter side. A hole that would grow over
    everything stays as it is.
    """
    wide = grown_by(hole, rim_of(*hole.shape))
    return hole if wide.all() else wide


def grown_by(hole: Mask, rim: int) -> Mask:
    """The hole and a rim of so many pixels around it."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
    return np.asarray(cv2.dilate(hole.view(np.uint8), kernel), np.uint8).view(np.bool_)


def rim_of(height: int, width: int) -> int:
    """How far, in pixels, a hole in a picture of that size is grown."""
    return max(RIM, round(min(height, width) / 240))


def rough(pixels: Rgb, hole: Mask) -> Rgb:
    """A plate to begin with, at once: as :func:`plate`, but filled smoothly, without texture."""
    import cv2

    found = pixels.copy()
    if not hole.any() or hole.all():
        return _plain(found, hole)
    height, width = hole.shape
    scale = min(1.0, math.sqrt(ROUGH_BUDGET / (height * width)))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    known = (~hole).view(np.uint8)
    seen = cv2.resize(known * np.uint8(255), size, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(cv2.copyTo(pixels, known), size, interpolation=cv2.INTER_AREA)
    small = colours * np.float32(255) / np.maximum(seen, 1)[..., None]
    gap = seen < min(32, int(seen.max()))
    sheet = np.clip(np.rint(plate_base.membrane(np.asarray(small, np.float32), gap)), 0, 255)
    mask = np.ascontiguousarray(hole).view(np.uint8)
    x, y, across, down = cv2.boundingRect(mask)
    # Pixel centres: x of the picture lies at (x + ½) · size / width − ½ of the sheet.
    right, lower = size[0] / width, size[1] / height
    shift = ((x + 0.5) * right - 0.5, (y + 0.5) * lower - 0.5)
    matrix = np.array([[right, 0.0, shift[0]], [0.0, lower, shift[1]]])
    near = cv2.warpAffine(
        sheet.astype(np.uint8),
        matrix,
        (across, down),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    part = np.s_[y : y + down, x : x + across]
    found[part] = cv2.copyTo(near, mask[part], found[part])
    return found


def plate(
    pixels: Rgb,
    hole: Mask,
    *,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Rgb:
    """A fresh (H, W, 3) picture without the hole, equal to ``pixels`` outside it.

    Hand in a :func:`grown` hole where an area was painted around something. A hole that covers
    everything is filled with the mean colour. ``progress`` hears the share done (0…1); once
    ``cancelled`` answers true, what is left of the hole is as in :func:`rough`.
    """
    found = rough(pixels, hole)
    if not hole.any() or hole.all():
        return found
    stop = cancelled or (lambda: False)
    total, done = float(hole.sum()), 0.0
    for region, own in _regions(hole):
        part = np.s_[region.y0 : region.y1, region.x0 : region.x1]
        image = pixels[part].astype(np.float32)
        budget = HOLE_BUDGET * float(hole[part].sum()) / total
        inside = plate_region.filled(image, hole[part], budget, stop)
        if inside is None:
            return found
        found[part][own] = np.clip(np.rint(inside[own]), 0, 255).astype(np.uint8)
        done += float(own.sum())
        if progress is not None:
            progress(done / total)
    return found


def _plain(found: Rgb, hole: Mask) -> Rgb:
    """Nothing to fill, or nothing to fill it from."""
    if hole.any():
        found[...] = np.rint(found.reshape(-1, 3).mean(axis=0))
    return found


def _regions(hole: Mask) -> list[tuple[Rect, Mask]]:
    """Groups of holes: a rectangle with surroundings to take colours from, and the group in it."""
    import cv2

    height, width = hole.shape
    kernel = np.ones((2 * JOINED + 1, 2 * JOINED + 1), np.uint8)
    near = cv2.dilate(np.ascontiguousarray(hole).view(np.uint8), kernel)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(near)
    found: list[tuple[Rect, Mask]] = []
    for label in range(1, count):
        x, y, w, h = (int(side) for side in boxes[label][:4])
        margin = max(16, max(w, h) // 2)
        wide = Rect(x - margin, y - margin, x + w + margin, y + h + margin)
        region = wide.clipped(width, height)
        part = np.s_[region.y0 : region.y1, region.x0 : region.x1]
        found.append((region, hole[part] & (labels[part] == label)))
    return found
