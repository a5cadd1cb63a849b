"""Renders the hand-drawn outlines beside it (`*.json`) as black-and-white masks (`*.png`) of the photos' sizes."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FINE = 8  # samples per pixel and axis

Polygon = list[tuple[float, float]]


def inside(polygon: Polygon, *, width: int, height: int) -> NDArray[np.bool_]:
    """Which sample centres lie inside: bool, (height·FINE, width·FINE), by the even-odd rule."""
    crossings = np.zeros((height * FINE, width * FINE + 1), np.int32)
    points = np.asarray(polygon, float) * FINE - 0.5
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        top, bottom = np.clip(np.ceil(sorted((y0, y1))), 0, height * FINE).astype(int)
        rows = np.arange(top, bottom)
        columns = np.ceil(x0 + (rows - y0) * (x1 - x0) / (y1 - y0))
        crossings[rows, np.clip(columns, 0, width * FINE).astype(int)] += 1
    odd: NDArray[np.bool_] = np.cumsum(crossings, axis=1)[:, :-1] % 2 == 1
    return odd


def mask(
    outlines: list[Polygon], holes: list[Polygon], *, width: int, height: int
) -> NDArray[np.uint8]:
    """The area as uint8 (height, width), 0 or 255: white where most samples of a pixel lie in it."""
    fine = np.zeros((height * FINE, width * FINE), bool)
    for outline in outlines:
        fine |= inside(outline, width=width, height=height)
    for hole in holes:
        fine &= ~inside(hole, width=width, height=height)
    share = fine.reshape(height, FINE, width, FINE).mean(axis=(1, 3))
    return np.where(share > 0.5, 255, 0).astype(np.uint8)


def main() -> None:
    """Write one PNG for every JSON in this folder."""
    folder = Path(__file__).parent
    for source in sorted(folder.glob("*.json")):
        (photo,) = (folder.parent / "photos").glob(f"{source.stem}.*")
        with Image.open(photo) as image:
            width, height = image.size
        drawn = json.loads(source.read_text("utf-8"))
        pixels = mask(drawn["outlines"], drawn["holes"], width=width, height=height)
        Image.fromarray(pixels).save(source.with_suffix(".png"), optimize=True)


if __name__ == "__main__":
    main()
