"""Pictures, areas and paths that the motion tests are about."""

from __future__ import annotations

from pathlib import Path as FilePath

import cv2
import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import Path

Rgb = npt.NDArray[np.uint8]
PHOTOS = FilePath(__file__).parents[1] / "data" / "photos"


def textured(width: int, height: int, seed: int = 0, grain: int = 5) -> Rgb:
    """Smooth noise: texture everywhere, the same nowhere."""
    random = np.random.default_rng(seed)
    size = (height // grain + 2, width // grain + 2, 3)
    small = random.integers(0, 256, size, np.uint8)
    large = cv2.resize(small, None, fx=grain, fy=grain, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(large[:height, :width], np.uint8)


def painted(width: int, height: int, *ellipses: tuple[int, int, int, int, int]) -> Rgb:
    """A label map of ellipses (area, x, y, half width, half height)."""
    labels = np.zeros((height, width), np.uint8)
    for area, x, y, across, down in ellipses:
        cv2.ellipse(labels, (x, y), (across, down), 0, 0, 360, area, -1)
    return labels


def line(*points: tuple[float, float]) -> Path:
    return Path(tuple((float(x), float(y)) for x, y in points))


def load_photo(name: str) -> Rgb:
    found = cv2.imread(str(PHOTOS / name))
    assert found is not None
    return np.ascontiguousarray(found[..., ::-1], np.uint8)
