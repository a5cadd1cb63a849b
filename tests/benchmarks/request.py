"""The request body of a 1920×1080 shot with all seven areas, against encoding seven masks alone.

    python tests/benchmarks/request.py [ROUNDS]

The other side writes the same seven masks as PNGs with cv2's defaults and encodes them in Base64: what
any client has to do. Ours also counts, checks, resamples six rich paths and writes the JSON.
"""

from __future__ import annotations

import base64
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath

sys.path.insert(0, str(FilePath(__file__).resolve().parents[2]))

import cv2
import numpy as np

from kling_desktop.imaging.load import read
from kling_desktop.model import areas
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.shot import Settings, Shot, of
from kling_desktop.storage.accounts import Account
from kling_desktop.workshop import Workshop

WIDTH, HEIGHT, POINTS = 1920, 1080, 20
ROUNDS = 9


def shot() -> Shot:
    """Six blobs and a ground, each with a smooth path of twenty points."""
    rng = np.random.default_rng(3)
    small = rng.integers(0, 255, (HEIGHT // 40, WIDTH // 40, 3), np.uint8)
    pixels = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    picture = read(cv2.imencode(".jpg", pixels)[1].tobytes(), "photo.jpg")
    found = of(picture)
    found.labels[HEIGHT - 160 :] = areas.STATIC
    paths = {}
    for area in areas.MOVING:
        x, y = 160 + 270 * (area - 1), 300 + 120 * (area % 3)
        cv2.ellipse(found.labels, (x, y), (110, 150), 15 * area, 0, 360, area, -1)
        cv2.circle(found.labels, (x + 60, y - 60), 70, area, -1)
        t = np.linspace(0, 1, POINTS)
        across, down = x + 500 * t * (1 if x < WIDTH / 2 else -1), y + 90 * np.sin(9 * t + area)
        paths[area] = Path(
            tuple((float(a), float(b)) for a, b in zip(across, down, strict=True)), Curve.SMOOTH
        )
    return replace(found, paths=paths, settings=Settings(mode="pro"))


def bare(labels: np.ndarray) -> int:
    """Seven masks as PNGs in Base64; how many characters that makes."""
    made = 0
    for area in areas.AREAS:
        mask = (labels == area).astype(np.uint8) * 255
        made += len(base64.b64encode(cv2.imencode(".png", mask)[1].tobytes()))
    return made


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - start) / 1e6


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as home:
        workshop = Workshop(FilePath(home))
        account = Account("relay", "mulerun")
        one = shot()
        rows: dict[str, list[float]] = {"first": [], "again": [], "bare": []}
        for turn in range(rounds + 1):
            found = measure(workshop, account, one, turn)
            if turn:
                for name, value in found.items():
                    rows[name].append(value)
        workshop.close()
    medians = {name: float(np.median(values)) for name, values in rows.items()}
    ratios = {
        name: float(np.median(np.array(rows[name]) / np.array(rows["bare"])))
        for name in ("first", "again")
    }
    print(f"bare encoding {medians['bare']:.1f} ms")
    for name, ratio in ratios.items():
        reached = "reached" if ratio <= 1.3 else "MISSED"
        print(f"request, {name:6s} {medians[name]:7.1f} ms  {ratio:5.2f}×   ≤ 1.3   {reached}")
    return 0


def measure(workshop: Workshop, account: Account, one: Shot, turn: int) -> dict[str, float]:
    """Milliseconds of a shot that was never seen, of the same with another prompt, and of the bare
    encoding."""
    fresh = replace(one, labels=one.labels.copy(), paths=jittered(one, turn))
    again = replace(fresh, settings=replace(one.settings, prompt="again"))
    return {
        "first": milliseconds(lambda: workshop.request(fresh, account, "id")),
        "again": milliseconds(lambda: workshop.request(again, account, "id")),
        "bare": milliseconds(lambda: bare(one.labels)),
    }


def jittered(one: Shot, turn: int) -> dict[int, Path]:
    """Paths that nobody has seen before."""
    return {
        area: replace(path, points=tuple((x + turn / 7, y) for x, y in path.points))
        for area, path in one.paths.items()
    }


if __name__ == "__main__":
    sys.exit(main())
