"""Speed of draft frames against plain numpy/cv2 that does the same compositing.

Run: python tests/benchmarks/draft.py. Six areas with paths of twenty points; both sides alternate in one
run; the last line is the ratio at 1280×720.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path as FilePath
from statistics import median

sys.path.insert(0, str(FilePath(__file__).resolve().parents[2]))

import cv2
import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import Path, sample
from kling_desktop.motion.draft import Draft

Rgb = npt.NDArray[np.uint8]
FRAMES = 81


def shot(width: int, height: int) -> tuple[Rgb, npt.NDArray[np.uint8], dict[int, Path]]:
    """A textured picture, six ellipses on it, and a wandering path for each."""
    random = np.random.default_rng(7)
    noise = random.integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    pixels = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    labels = np.zeros((height, width), np.uint8)
    paths = {}
    for area in range(1, 7):
        x = width * (0.2 + 0.3 * ((area - 1) % 3))
        y = height * (0.3 if area <= 3 else 0.7)
        axes = (round(width * 0.08), round(height * 0.12))
        cv2.ellipse(labels, (round(x), round(y)), axes, 0, 0, 360, area, -1)
        steps = random.normal(0, width * 0.01, (20, 2)).cumsum(axis=0)
        paths[area] = Path(tuple((x + float(dx), y + float(dy)) for dx, dy in steps - steps[0]))
    return np.asarray(pixels, np.uint8), labels, paths


def plain(pixels: Rgb, labels: Rgb, paths: dict[int, Path]) -> Callable[[int], Rgb]:
    """The obvious way: warp a premultiplied box for each area, blend it in float."""
    background = cv2.inpaint(
        pixels[::4, ::4].copy(), (labels[::4, ::4] > 0).view(np.uint8), 3, cv2.INPAINT_TELEA
    )
    background = cv2.resize(background, pixels.shape[1::-1])
    background[labels == 0] = pixels[labels == 0]
    pieces = []
    for area, path in paths.items():
        mask = np.pad((labels == area).astype(np.float32), 2)
        x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
        box = np.s_[y - 2 : y + h + 2, x - 2 : x + w + 2]
        alpha = cv2.GaussianBlur(mask[box], (3, 3), 0)[..., None]
        colour = np.pad(pixels, ((2, 2), (2, 2), (0, 0)))[box] * alpha
        where = sample(path, FRAMES)
        pieces.append((np.dstack([colour, alpha]), (x - 4, y - 4), where - where[0]))

    def frame(index: int) -> Rgb:
        found = background.copy()
        for piece, (x, y), shifts in pieces:
            dx, dy = shifts[index]
            left, top = int(np.floor(dx)), int(np.floor(dy))
            matrix = np.array([[1, 0, dx - left], [0, 1, dy - top]])
            moved = cv2.warpAffine(piece, matrix, piece.shape[1::-1], flags=cv2.INTER_LINEAR)
            y0, x0 = max(0, y + top), max(0, x + left)
            below = found[y0 : y + top + moved.shape[0], x0 : x + left + moved.shape[1]]
            moved = moved[y0 - y - top :, x0 - x - left :][: below.shape[0], : below.shape[1]]
            below[...] = moved[..., :3] + below * (1 - moved[..., 3:])
        return found

    return frame


def measure(width: int, height: int) -> float:
    """Print frames a second at that size; return the draft's time by the plain one's."""
    pixels, labels, paths = shot(width, height)
    start = time.perf_counter()
    draft = Draft(pixels, labels, paths)
    made = time.perf_counter() - start
    other = plain(pixels, labels, paths)
    ours, theirs = [], []
    for index in range(FRAMES):
        start = time.perf_counter()
        draft.frame(index / (FRAMES - 1))
        between = time.perf_counter()
        other(index)
        ours.append(between - start)
        theirs.append(time.perf_counter() - between)
    fps = 1 / median(ours)
    print(
        f"{width}×{height}: draft {fps:.0f} fps, plain {1 / median(theirs):.0f} fps, prepared in {made:.2f} s"
    )
    return median(ours) / median(theirs)


if __name__ == "__main__":
    ratio = measure(1280, 720)
    print(f"1920×1080 ratio {measure(1920, 1080):.2f}")
    print(f"ratio {ratio:.2f}")
