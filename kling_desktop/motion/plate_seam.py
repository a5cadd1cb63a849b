"""The rim of a filled hole: texture gives way to plain colours where it would show a seam."""

from __future__ import annotations

import numpy as np

from kling_desktop.model.areas import Mask
from kling_desktop.motion.plate_base import LUMA, Image, differences

SEEN = 1.35
"""Mean gradient on the rim, by that of the surroundings, from which a seam would be seen."""
NEAR, FAR = 3, 15
"""Pixels from the rim at which the surroundings begin and end."""
FADE = 4.0
"""Pixels inside the rim over which texture comes back."""
SHARES = (0.8, 0.6, 0.4, 0.2, 0.0)
"""How much of the texture may stay on the rim, tried one after another."""


def eased(found: Image, base: Image, hole: Mask) -> Image:
    """A filled picture without a seam that its texture makes; ``base`` is the same without any."""
    import cv2

    inner = _wider(~hole, 1) & hole
    rim = inner | (_wider(hole, 1) & ~hole)
    about = _wider(hole, FAR) & ~_wider(hole, NEAR)
    if not about.any() or not rim.any():
        return found
    allowed = SEEN * _steepness(found, about)
    if _steepness(found, rim) <= allowed:
        return found
    depth = cv2.distanceTransform(np.pad(hole, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
    fade = np.where(hole, np.clip(1.0 - (depth - 1.0) / FADE, 0.0, 1.0), 0.0)
    away = np.asarray(fade[..., None] * (base - found), np.float32)
    soft = found
    for share in SHARES:
        soft = np.asarray(found + (1.0 - share) * away, np.float32)
        if _steepness(soft, rim) <= allowed:
            break
    return soft


def _steepness(image: Image, where: Mask) -> float:
    across, down = differences(np.asarray(image @ LUMA, np.float32))
    return float(np.mean(np.sqrt(across[where] ** 2 + down[where] ** 2)))


def _wider(mask: Mask, reach: int) -> Mask:
    import cv2

    side = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), side) > 0, np.bool_)
