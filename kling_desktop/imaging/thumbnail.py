"""Makes the small preview of a shot: the picture with its areas tinted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels

Colour = tuple[int, int, int]

COLOURS: tuple[Colour, ...] = (
    (230, 80, 60),
    (64, 190, 110),
    (70, 140, 250),
    (245, 195, 50),
    (185, 100, 225),
    (80, 205, 225),
    (150, 155, 165),
)
"""RGB of the areas 1…6 and the static one."""

_STRENGTH = 0.5
_QUALITY = 85
_SMOOTHING = 3


def thumbnail(
    pixels: npt.NDArray[np.uint8],
    labels: Labels,
    side: int,
    *,
    colours: Sequence[Colour] = COLOURS,
) -> bytes:
    """A JPEG whose long side has ``side`` pixels, of (height, width, 3) RGB pixels.

    ``labels`` has the same height and width; ``colours`` are seven. Raises ValueError otherwise.
    """
    if pixels.shape[:2] != labels.shape:
        raise ValueError(f"labels are {labels.shape}, the picture is {pixels.shape[:2]}")
    if len(colours) != len(areas.AREAS):
        raise ValueError(f"seven colours are needed, not {len(colours)}")
    import cv2

    height, width = labels.shape
    factor = side / max(width, height)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(pixels, size, interpolation=method), np.float32)
    tint, share = _tint(labels, size, colours)
    tinted = small * (1 - share) + tint
    bgr = np.rint(tinted[..., ::-1]).clip(0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _tint(
    labels: Labels, size: tuple[int, int], colours: Sequence[Colour]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """(height, width, 3) tint already weighted, and (height, width, 1) its share of the pixel."""
    import cv2

    palette = np.zeros((areas.STATIC + 1, 4), np.float32)
    palette[1:, :3] = np.asarray(colours, np.float32) * _STRENGTH
    palette[1:, 3] = _STRENGTH
    # A few map pixels for each of the preview's make smooth edges without the whole map in colour.
    finer = areas.scaled(labels, size[0] * _SMOOTHING, size[1] * _SMOOTHING)
    found = np.asarray(cv2.resize(palette[finer], size, interpolation=cv2.INTER_AREA), np.float32)
    return found[..., :3], found[..., 3:]
