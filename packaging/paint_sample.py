"""Paints the sample shot: two balloons and a boat on a lake at dusk → resources/sample.kling.

Run it with the project's own Python: ``.venv/bin/python packaging/paint_sample.py``. Everything in
the picture is computed here, from seeded noise, so that the sample has no author but this file.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path as FilePath

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

ROOT = FilePath(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kling_desktop.imaging.load import pixels, read  # noqa: E402
from kling_desktop.imaging.thumbnail import thumbnail  # noqa: E402
from kling_desktop.model import shot as shots  # noqa: E402
from kling_desktop.model.areas import STATIC, Labels  # noqa: E402
from kling_desktop.model.path import Curve, Path, Timing  # noqa: E402
from kling_desktop.workshop import write_shot  # noqa: E402

WIDTH, HEIGHT, SCALE = 1280, 720, 2
HORIZON = 0.66
Floats = npt.NDArray[np.float32]
Colour = tuple[float, float, float]


def main() -> None:
    picture, labels = paint()
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=92, subsampling=0)
    shot = shots.of(read(data.getvalue(), "balloons.jpg"))
    shot.labels[:] = labels
    shot = shots.replace(
        shot,
        paths={
            1: Path(((452, 250), (560, 190), (700, 150), (850, 120)), Curve.SMOOTH),
            2: Path(((842, 318), (800, 270), (770, 215)), Curve.SMOOTH, Timing.EASE_IN_OUT),
            3: Path(((640, 548), (480, 558), (300, 560)), Curve.SMOOTH, Timing.EASE_OUT),
        },
        settings=shots.Settings(
            prompt="Hot-air balloons drift over a calm mountain lake at dusk while a small boat "
            "sails by, soft light, steady camera"
        ),
    )
    target = ROOT / "resources" / "sample.kling"
    write_shot(shot, target, preview=thumbnail(pixels(shot.picture), shot.labels, 512))
    print(target)


def paint() -> tuple[npt.NDArray[np.uint8], Labels]:
    """The picture (H, W, 3) RGB and its areas."""
    canvas = sky()
    mountains(canvas)
    lake(canvas)
    shore = foreground(canvas)
    labels = np.zeros(canvas.shape[:2], np.uint8)
    labels[shore] = STATIC
    red = [(0.86, 0.27, 0.22), (0.98, 0.80, 0.45)]
    blue = [(0.20, 0.42, 0.62), (0.93, 0.90, 0.82)]
    labels[balloon(canvas, (452, 215), 74, red)] = 1
    labels[balloon(canvas, (842, 296), 44, blue)] = 2
    labels[boat(canvas, (640, 562), 62)] = 3
    grain = np.random.default_rng(7).normal(0, 0.012, canvas.shape[:2]).astype(np.float32)
    small = cv2.resize(canvas + grain[:, :, None], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    areas = np.ascontiguousarray(labels[SCALE // 2 :: SCALE, SCALE // 2 :: SCALE])
    return (np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8), areas


def sky() -> Floats:
    rows = np.linspace(0, 1, HEIGHT * SCALE, dtype=np.float32)
    stops = [0.0, 0.35, 0.58, HORIZON, 1.0]
    colours = np.array(
        [
            (0.10, 0.13, 0.30),
            (0.36, 0.30, 0.50),
            (0.90, 0.55, 0.45),
            (1.0, 0.78, 0.55),
            (1, 0.8, 0.6),
        ]
    )
    column = np.stack([np.interp(rows, stops, colours[:, c]) for c in range(3)], 1)
    canvas = np.repeat(column[:, None, :].astype(np.float32), WIDTH * SCALE, axis=1)
    glow = distance((980, int(HEIGHT * HORIZON) - 30))
    canvas += (0.35 * np.exp(-((glow / 190) ** 2)))[:, :, None] * np.float32([1, 0.75, 0.45])
    clouds(canvas)
    return canvas


def clouds(canvas: Floats) -> None:
    noise = octaves((5, 16), seed=3)
    band = np.exp(-(((np.linspace(0, 1, canvas.shape[0]) - 0.34) / 0.16) ** 2))
    cover = np.clip((noise - 0.52) * 3.2, 0, 1) * band[:, None].astype(np.float32)
    canvas += cover[:, :, None] * (np.float32([1.0, 0.72, 0.62]) - canvas) * 0.55


def mountains(canvas: Floats) -> None:
    tones: list[Colour] = [(0.55, 0.42, 0.55), (0.38, 0.32, 0.47), (0.22, 0.22, 0.36)]
    for index, tone in enumerate(tones):
        ridge = (
            HORIZON
            - 0.17
            + 0.055 * index
            - 0.20 * (octaves((5 + 4 * index, 1), seed=20 + index)[0] - 0.5)
        )
        rows = np.arange(canvas.shape[0], dtype=np.float32)[:, None] / canvas.shape[0]
        inside = (rows > ridge[None, :]) & (rows < HORIZON)
        light = 0.85 + 0.35 * octaves((60, 40), seed=30 + index)
        haze = np.clip((rows - ridge[None, :]) / 0.2, 0, 1) * 0.35
        body = np.float32(tone) * light[:, :, None]
        body += haze[:, :, None] * (np.float32([0.95, 0.66, 0.52]) - body)
        canvas[inside] = body[inside]


def lake(canvas: Floats) -> None:
    horizon = int(canvas.shape[0] * HORIZON)
    depth = np.arange(canvas.shape[0] - horizon, dtype=np.float32)
    ripple = (octaves((14, 90), seed=9)[horizon:] - 0.5) * (6 + depth[:, None] * 0.10)
    rows = np.clip(horizon - 1 - depth[:, None] * 1.05 + ripple * 2, 0, horizon - 1)
    columns = np.arange(canvas.shape[1], dtype=np.float32)[None, :] + ripple
    mirrored = cv2.remap(
        canvas, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    shade = np.linspace(0.86, 0.52, len(depth), dtype=np.float32)[:, None, None]
    glint = 0.05 * (octaves((30, 240), seed=11)[horizon:] > 0.64)[:, :, None]
    canvas[horizon:] = mirrored * shade * np.float32([0.92, 0.96, 1.06]) + glint.astype(np.float32)


def foreground(canvas: Floats) -> npt.NDArray[np.bool_]:
    """Dark shore with reeds and pines in both corners; returns what it covers."""
    cover = np.zeros(canvas.shape[:2], np.uint8)
    random = np.random.default_rng(5)
    height, width = cover.shape
    bank = height * (0.985 - 0.09 * np.abs(np.linspace(-1, 1, width)) ** 1.5)
    bank -= 18 * octaves((40, 1), seed=40)[0]
    cover[np.arange(height)[:, None] > bank[None, :]] = 255
    for x in [*random.uniform(0, 0.16, 9), *random.uniform(0.86, 1.0, 8)]:
        pine(
            cover,
            int(x * width),
            int(bank[int(min(x * width, width - 1))]),
            random.uniform(120, 400),
        )
    inside = cover > 0
    tone = 0.055 + 0.05 * octaves((200, 130), seed=41)
    canvas[inside] = (tone[:, :, None] * np.float32([0.9, 0.95, 1.25]))[inside]
    return inside


def pine(cover: npt.NDArray[np.uint8], x: int, foot: int, height: float) -> None:
    for level in np.linspace(0, 1, 9):
        top = foot - height * (1 - level * 0.86)
        half = height * (0.03 + 0.17 * level)
        corners = [
            (x, top - height * 0.10),
            (x - half, top + height * 0.07),
            (x + half, top + height * 0.07),
        ]
        cv2.fillPoly(cover, [np.int32(corners)], 255)
    cv2.rectangle(cover, (x - 5, int(foot - height * 0.1)), (x + 5, foot + 20), 255, -1)


def balloon(
    canvas: Floats, centre: tuple[float, float], radius: float, colours: list[Colour]
) -> npt.NDArray[np.bool_]:
    """A striped envelope with a basket; ``centre`` and ``radius`` in picture pixels."""
    y, x = np.mgrid[: canvas.shape[0], : canvas.shape[1]].astype(np.float32) / SCALE
    u, v = (x - centre[0]) / radius, (y - centre[1]) / radius
    narrow = np.where(v > 0.25, 1 - 0.62 * (np.maximum(v - 0.25, 0) / 0.95) ** 1.6, 1.0)
    across = u / np.maximum(narrow * np.sqrt(np.clip(1 - np.minimum(v, 0.25) ** 2, 0.02, 1)), 0.05)
    envelope = (np.abs(across) <= 1) & (v >= -0.985) & (v <= 1.2)
    gore = np.floor(np.arcsin(np.clip(across, -1, 1)) / np.pi * 10 + 0.5).astype(int) % 2
    light = 0.62 + 0.42 * np.clip(1 - ((u - 0.35) ** 2 + (v + 0.25) ** 2) / 1.9, 0, 1)
    weave = 1 + 0.06 * (octaves((220, 140), seed=int(radius)) - 0.5)
    body = np.where(gore[:, :, None] == 0, np.float32(colours[0]), np.float32(colours[1]))
    belt = np.abs(v - 0.12) < 0.07
    body = np.where(belt[:, :, None], np.float32([0.25, 0.20, 0.30]), body)
    canvas[envelope] = (body * (light * weave)[:, :, None])[envelope].astype(np.float32)
    ropes = (np.abs(np.abs(u) - (0.30 - 0.28 * (v - 1.2))) < 0.018) & (v > 1.18) & (v < 1.52)
    basket = (np.abs(u) < 0.22) & (v >= 1.5) & (v <= 1.78)
    canvas[ropes] = (0.16, 0.12, 0.14)
    canvas[basket] = (0.34, 0.22, 0.15)
    whole = np.uint8(envelope | ropes | basket)
    closed = cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((71, 71), np.uint8))
    return cv2.dilate(closed, np.ones((5, 5), np.uint8)) > 0


def boat(canvas: Floats, foot: tuple[float, float], size: float) -> npt.NDArray[np.bool_]:
    """A small sailing boat; ``foot`` is the middle of its water line."""
    cover = np.zeros(canvas.shape[:2], np.uint8)
    parts: list[tuple[list[tuple[float, float]], Colour]] = [
        ([(-0.55, -0.16), (0.60, -0.16), (0.42, 0.04), (-0.44, 0.04)], (0.30, 0.13, 0.12)),
        ([(0.02, -1.35), (0.02, -0.24), (-0.50, -0.24)], (0.97, 0.90, 0.78)),
        ([(0.07, -1.22), (0.07, -0.24), (0.47, -0.24)], (0.92, 0.80, 0.66)),
        ([(0.0, -1.42), (0.05, -1.42), (0.05, -0.14), (0.0, -0.14)], (0.20, 0.14, 0.12)),
    ]
    for corners, colour in parts:
        points = np.int32(
            [((foot[0] + a * size) * SCALE, (foot[1] + b * size) * SCALE) for a, b in corners]
        )
        cv2.fillPoly(canvas, [points], colour, cv2.LINE_AA)
        cv2.fillPoly(cover, [points], 255)
    return cv2.dilate(cover, np.ones((9, 9), np.uint8)) > 0


def distance(point: tuple[int, int]) -> Floats:
    """Distance of every canvas pixel from a point, in picture pixels."""
    y, x = np.mgrid[: HEIGHT * SCALE, : WIDTH * SCALE].astype(np.float32) / SCALE
    return np.hypot(x - point[0], y - point[1]).astype(np.float32)


def octaves(cells: tuple[int, int], *, seed: int) -> Floats:
    """Smooth noise in 0…1 over the canvas: ``cells`` lumps across and down, four octaves."""
    random, total = (
        np.random.default_rng(seed),
        np.zeros((HEIGHT * SCALE, WIDTH * SCALE), np.float32),
    )
    for octave in range(4):
        shape = (cells[1] * 2**octave + 1, cells[0] * 2**octave + 1)
        lumps = random.random(shape, np.float32)
        total += cv2.resize(lumps, total.shape[::-1], interpolation=cv2.INTER_CUBIC) / 2**octave
    return (total / 1.875).astype(np.float32)


if __name__ == "__main__":
    main()
