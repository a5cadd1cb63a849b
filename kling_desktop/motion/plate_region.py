"""One hole and its surroundings: colours first, then texture from where patches can be copied."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from kling_desktop.model.areas import Mask
from kling_desktop.motion import patches, plate_base, plate_detail, plate_mean, plate_seam
from kling_desktop.motion.patches import Copied, Index
from kling_desktop.motion.plate_base import Image
from kling_desktop.motion.plate_mean import Base

AREA_BUDGET = 64_000
"""Pixels of one hole's surroundings among which patches are matched."""
PATCHES = 130.0
"""Patches for which there is time among so many pixels."""
WHOLE_BUDGET = 1_200_000
"""Pixels of a region that is worked on at full resolution."""
LED = 0.3
"""Most that the base is moved towards the copied colours."""
DOUBT = 0.25
"""Distance from the base by that of the guesses, as squares, up to which they are believed."""
SOFT = 4.0
"""Standard deviation in pixels of the blur under which copied colours count as such."""

Cancelled = Callable[[], bool]


def filled(image: Image, hole: Mask, budget: float, cancelled: Cancelled) -> Image | None:
    """The picture with its hole filled; known pixels as they are; None when cancelled.

    ``budget`` is the number of hole pixels at which patches are matched: finer detail comes along
    with them. Deterministic.
    """
    done = _done(image, hole, budget, cancelled)
    return None if done is None else np.where(hole[..., None], done.image, image)


def _done(image: Image, hole: Mask, budget: float, cancelled: Cancelled) -> Copied | None:
    if cancelled():
        return None
    if not hole.any():
        return Copied(image, patches.itself(hole), 0.0)
    height, width = hole.shape
    if height * width > WHOLE_BUDGET:
        half = ((width + 1) // 2, (height + 1) // 2)
        small, gap = plate_base.shrunk(image, hole, half)
        done = _done(small, gap, budget, cancelled)
        return None if done is None else _sharpened(image, hole, done)
    base = plate_mean.smooth(image, hole)
    copied = _copied(image, hole, base.image, budget, cancelled)
    if copied is None:
        return None if cancelled() else Copied(base.image, patches.itself(hole), 0.0)
    base = replace(base, image=_led(image, hole, base, copied))
    found = plate_detail.detailed(image, hole, base, copied.source, copied.trust)
    return replace(copied, image=plate_seam.eased(found, base.image, hole))


def _led(image: Image, hole: Mask, base: Base, copied: Copied) -> Image:
    """The base moved a little towards the copied colours: one more guess, with structure."""
    import cv2

    rows, columns = copied.source[..., 0], copied.source[..., 1]
    colours = np.asarray(cv2.GaussianBlur(image[rows, columns], (0, 0), SOFT), np.float32)
    mixed = plate_mean.near(base.image, colours, LED, hole, DOUBT * base.apart)
    return np.where(hole[..., None], mixed, image)


def _copied(
    image: Image, hole: Mask, base: Image, budget: float, cancelled: Cancelled
) -> Copied | None:
    """Where each pixel can be copied from, matched at a scale that is quick."""
    import cv2

    height, width = hole.shape
    share = min(budget / float(hole.sum()), AREA_BUDGET / (width * height))
    # A long, narrow hole takes many small patches.
    share *= min(1.0, PATCHES / patches.expected(hole, min(1.0, share)))
    if share > 0.64:
        return patches.copied(image, hole, base, cancelled)
    size = (max(1, round(width * share**0.5)), max(1, round(height * share**0.5)))
    small, gap = plate_base.shrunk(image, hole, size)
    if not gap.any():
        return None
    guess = np.asarray(cv2.resize(base, size, interpolation=cv2.INTER_AREA), np.float32)
    found = patches.copied(small, gap, guess, cancelled)
    return None if found is None else replace(found, source=_enlarged(found.source, hole))


def _sharpened(image: Image, hole: Mask, small: Copied) -> Copied:
    """A result enlarged, with the finest detail of each pixel's source laid over it."""
    import cv2

    height, width = hole.shape
    source = _enlarged(small.source, hole)
    large = cv2.resize(small.image, (width, height), interpolation=cv2.INTER_CUBIC)
    found = np.asarray(large, np.float32)
    rows, columns = np.nonzero(hole)
    there = (source[rows, columns, 0], source[rows, columns, 1])
    fine = image[there] - found[there]
    usual = _usual(fine) / max(1e-3, 1.0 - small.trust)
    found[rows, columns] += np.clip(fine, -usual, usual)
    return Copied(found, source, small.trust)


def _usual(fine: Image) -> float:
    """What fine detail seldom exceeds; edges do, and would be stamped where there are none."""
    return 3.0 * math.sqrt(float(np.mean(fine * fine))) if fine.size else 0.0


def _enlarged(small: Index, hole: Mask) -> Index:
    """Sources for every pixel of the hole, as far away as in the small picture."""
    height, width = hole.shape
    rows_small, columns_small = small.shape[:2]
    rows, columns = np.nonzero(hole)
    cell = (rows * rows_small // height, columns * columns_small // width)
    away = small[cell] - np.column_stack(cell)
    far = np.rint(away * (height / rows_small, width / columns_small))
    source_rows = np.clip(rows + far[:, 0], 0, height - 1).astype(np.int32)
    source_columns = np.clip(columns + far[:, 1], 0, width - 1).astype(np.int32)
    found = patches.itself(hole)
    known = _nearest_known(hole, found)
    found[rows, columns] = known[source_rows, source_columns]
    return found


def _nearest_known(hole: Mask, itself: Index) -> Index:
    """Of each pixel the nearest outside the hole: rounded sources can miss it by a few pixels."""
    import cv2

    _, labels = cv2.distanceTransformWithLabels(
        hole.astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.zeros((int(labels.max()) + 1, 2), np.int32)
    places[labels[~hole]] = itself[~hole]
    return np.asarray(places[labels], np.int32)
