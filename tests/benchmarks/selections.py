"""How well smart selection finds what was outlined by eye: intersection over union with the truth.

    python tests/benchmarks/selections.py [BOXES]

Smart selection from rough boxes, each side moved by −3 … +25 % of the thing's size, alone and with
the scribbles that somebody would add. For the edge brush and the wand see their tests.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from kling_desktop.imaging.smart import Hints, Mark, select
from kling_desktop.model.areas import Mask, Rect

DATA = Path(__file__).parents[1] / "data"
THINGS: dict[str, tuple[str, tuple[Mark, ...], tuple[Mark, ...]]] = {
    "rocket": (
        "rocket.jpg",
        (Mark(((322, 140), (322, 200), (322, 260), (322, 320), (322, 390)), 1.5),),
        (),
    ),
    "astronaut": (
        "astronaut.png",
        (Mark(((120, 330), (200, 420), (300, 330)), 4.0),),
        (Mark(((400, 400), (440, 440)), 4.0), Mark(((30, 150), (40, 220)), 4.0)),
    ),
    "coffee": ("coffee.png", (Mark(((180, 130), (200, 260), (420, 260)), 4.0),), ()),
}
"""A photo, and marks inside and outside the thing, drawn once by eye."""


def photo(name: str) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(DATA / "photos" / name).convert("RGB"))


def truth(thing: str) -> Mask:
    return np.asarray(Image.open(DATA / "truth" / f"{thing}.png")) > 127


def rough(mask: Mask, rng: np.random.Generator) -> Rect:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x0, x1, y0, y1 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    left, top, right, bottom = rng.uniform(-0.03, 0.25, 4)
    width, height = x1 - x0, y1 - y0
    return Rect(
        int(x0 - left * width),
        int(y0 - top * height),
        int(np.ceil(x1 + right * width)),
        int(np.ceil(y1 + bottom * height)),
    )


def likeness(found: tuple[Rect, Mask], mask: Mask) -> float:
    (x0, y0, x1, y1), part = found
    whole = np.zeros_like(mask)
    whole[y0:y1, x0:x1] = part
    return float((whole & mask).sum() / (whole | mask).sum())


def smart(thing: str, boxes: int) -> None:
    file, inside, outside = THINGS[thing]
    pixels, mask, rng = photo(file), truth(thing), np.random.default_rng(7)
    found: dict[str, list[float]] = {}
    times = []
    for _ in range(boxes):
        box = rough(mask, rng)
        ways = {"box": Hints(box), "and a scribble inside": Hints(box, inside)}
        if outside:
            ways["and outside"] = Hints(box, inside, outside)
        for way, hints in ways.items():
            start = time.perf_counter()
            found.setdefault(way, []).append(likeness(select(pixels, hints), mask))
            times.append(time.perf_counter() - start)
    for way, values in found.items():
        share = np.mean(np.array(values) >= 0.9)
        print(
            f"{thing:10s} {way:22s} median {np.median(values):.3f}  least {min(values):.3f}  "
            f"≥ 0.90: {share:.0%}",
            flush=True,
        )
    print(f"{thing:10s} {'':22s} {np.median(times) * 1000:.0f} ms")


def main() -> None:
    boxes = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for thing in THINGS:
        smart(thing, boxes)


if __name__ == "__main__":
    main()
