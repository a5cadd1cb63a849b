"""Quality and speed of the background plate on composites whose background is known.

Run: python tests/benchmarks/plate.py [picture …]. A cut-out is pasted over a seeded blob of each
photograph and texture and removed again; OpenCV's Telea and Navier–Stokes fill the same hole at
full resolution with radius 3 and 5, and the best of each counts. All figures are taken inside
the hole against the true background:

PSNR    over RGB, in dB;
energy  sum of squared luma differences between neighbours, by the truth's;
seam    mean gradient within a pixel of the rim by that of the ring 3 to 15 pixels outside.

A hole counts as textured where texture covers it and not a few edges (at least half of its true
pixels have a gradient of 4 levels, and the steepest tenth has less than 3/4 of the energy), and
where its surroundings tell how much there is (the ring of 20 pixels around it has 2/3 to 3/2 of
its energy). The energy of every hole is printed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

sys.path.insert(0, str(FilePath(__file__).resolve().parents[2]))

import cv2
import numpy as np
import numpy.typing as npt

from kling_desktop.motion.plate import plate, rough

Rgb = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
PHOTOS = FilePath(__file__).parents[1] / "data" / "photos"
TEXTURES = {"grass": 2, "pebbles": 2, "brick": 2, "wood": 2, "cloth": 2, "clouds": 2, "noise": 1}
HOLES_IN_A_PHOTO = 6


@dataclass(frozen=True, slots=True)
class Found:
    """What one hole gives."""

    psnr: float
    telea: float
    stokes: float
    energy: float
    seam: float
    textured: bool
    seconds: float

    @property
    def gain(self) -> float:
        """PSNR above the better of OpenCV's two, in dB."""
        return self.psnr - max(self.telea, self.stokes)


def texture(kind: str, width: int = 640, height: int = 480, seed: int = 0) -> Rgb:
    """A picture that is one texture all over."""
    random = np.random.default_rng(seed)
    level, tint = _Surface(random, width, height).made(kind)
    noise = 2.0 * random.normal(size=(height, width, 1))
    found = np.stack([level * share for share in tint], axis=-1) + noise
    return np.clip(np.rint(found), 0, 255).astype(np.uint8)


class _Surface:
    """Textures from seeded noise."""

    def __init__(self, random: np.random.Generator, width: int, height: int) -> None:
        self._random, self._width, self._height = random, width, height
        rows, columns = np.mgrid[:height, :width]
        self._y, self._x = rows.astype(np.float32), columns.astype(np.float32)

    def made(self, kind: str) -> tuple[Floats, tuple[float, float, float]]:
        makers = {
            "noise": (self._noise, (1.0, 1.0, 1.0)),
            "clouds": (self._clouds, (1.0, 0.95, 0.9)),
            "wood": (self._wood, (1.0, 0.75, 0.5)),
            "cloth": (self._cloth, (0.6, 0.8, 1.0)),
            "brick": (self._brick, (1.0, 0.7, 0.6)),
            "grass": (self._grass, (0.7, 1.0, 0.5)),
            "pebbles": (self._pebbles, (1.0, 0.95, 0.9)),
        }
        maker, tint = makers[kind]
        return maker(), tint

    def _soft(self, across: float, down: float | None = None) -> Floats:
        raw = self._random.normal(size=(self._height, self._width)).astype(np.float32)
        found = cv2.GaussianBlur(raw, (0, 0), across, sigmaY=down or across)
        return np.asarray(found / found.std(), np.float32)

    def _noise(self) -> Floats:
        return 128 + 30 * self._soft(0.6)

    def _clouds(self) -> Floats:
        octaves = (1, 2, 4, 8, 16, 32)
        return 128 + sum((2.25 * size**0.6 * self._soft(size) for size in octaves), np.float32(0))

    def _wood(self) -> Floats:
        rings = np.sin((self._y + 8 * self._soft(60, 12)) / 5)
        return 140 + 25 * rings + 12 * self._soft(14, 0.8) + 5 * self._soft(0.7)

    def _cloth(self) -> Floats:
        warp = np.sin(self._x * 0.9 + 0.5 * self._soft(9))
        weft = np.sin(self._y * 0.9 + 0.5 * self._soft(9))
        return 120 + 22 * (warp + weft) + 8 * self._soft(0.8) + 10 * self._soft(30)

    def _brick(self) -> Floats:
        row = (self._y // 24).astype(int)
        shifted = self._x + row % 2 * 28
        tone = self._random.normal(130, 14, (self._height // 24 + 2, self._width // 56 + 3))
        stone = tone[row, (shifted // 56).astype(int)] + 7 * self._soft(0.8) + 5 * self._soft(3)
        mortar = (self._y % 24 < 3) | (shifted % 56 < 3)
        level = np.where(mortar, 190 + 5 * self._soft(0.8), stone).astype(np.float32)
        return np.asarray(cv2.GaussianBlur(level, (0, 0), 0.7), np.float32)

    def _grass(self) -> Floats:
        level = np.full((self._height, self._width), 70, np.float32)
        for _ in range(self._width * self._height // 34):
            x, y = self._random.uniform(0, self._width), self._random.uniform(0, self._height)
            lean, tall = self._random.normal(0, 0.45), self._random.uniform(10, 30)
            tip = (x + tall * np.sin(lean), y - tall * np.cos(lean))
            shade = float(np.clip(self._random.normal(115, 30), 40, 220))
            ends = [(int(px * 8), int(py * 8)) for px, py in ((x, y), tip)]
            thick = int(self._random.integers(1, 4))
            cv2.line(level, ends[0], ends[1], (shade,), thick, cv2.LINE_AA, 3)
        blurred = np.asarray(cv2.GaussianBlur(level, (0, 0), 0.6), np.float32)
        return blurred + 4 * self._soft(20) + 2 * self._soft(0.7)

    def _pebbles(self) -> Floats:
        count = self._width * self._height // 88
        seeds = np.ones((self._height, self._width), np.uint8)
        seeds[
            self._random.integers(0, self._height, count),
            self._random.integers(0, self._width, count),
        ] = 0
        distance, stone = cv2.distanceTransformWithLabels(
            seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        tone = self._random.normal(130, 28, int(stone.max()) + 1)
        level = tone[stone] * (1 - 0.5 * np.clip(distance / 8, 0, 1) ** 2)
        soft = cv2.GaussianBlur(level.astype(np.float32), (0, 0), 0.8)
        return np.asarray(soft, np.float32) + 3 * self._soft(0.7)


def blob(shape: tuple[int, int], x: float, y: float, radius: float, seed: int) -> Mask:
    """A round, uneven hole."""
    random = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    far = np.ones_like(turn)
    for wave in range(1, 5):
        far += random.normal(0, 0.14 / wave**0.5) * np.cos(wave * turn + random.uniform(0, 6.3))
    wide = random.uniform(0.75, 1.3)
    outline = [x + radius * far * np.cos(turn) * wide, y + radius * far * np.sin(turn) / wide]
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(np.stack(outline, axis=1)).astype(np.int32)], (1,))
    return mask > 0


def composite(truth: Rgb, hole: Mask) -> Rgb:
    """The background with something pasted over the hole."""
    cut = cv2.imread(str(PHOTOS / "coffee.png"))[150:300, 200:400, ::-1]
    found = truth.copy()
    found[hole] = 255 - cv2.resize(cut, truth.shape[1::-1])[hole]
    return found


def cases(extra: list[str]) -> Iterator[tuple[str, Rgb, Mask]]:
    """Name, background and hole of each composite."""
    random = np.random.default_rng(5)
    sources = [(FilePath(PHOTOS / name), HOLES_IN_A_PHOTO) for name in _photos()]
    sources += [(FilePath(name), 3) for name in extra]
    for path, count in sources:
        truth = np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
        for index in range(count):
            yield f"{path.stem} {index + 1}", truth, _anywhere(truth, random, 25, 65)
    for kind, count in TEXTURES.items():
        truth = texture(kind)
        for index in range(count):
            yield f"~{kind} {index + 1}", truth, _anywhere(truth, random, 40, 95)


def _photos() -> list[str]:
    return ["astronaut.png", "coffee.png", "rocket.jpg"]


def _anywhere(truth: Rgb, random: np.random.Generator, least: float, most: float) -> Mask:
    height, width = truth.shape[:2]
    radius = random.uniform(least, most)
    x = random.uniform(radius * 0.9, width - radius * 0.9)
    y = random.uniform(radius * 0.9, height - radius * 0.9)
    return blob((height, width), x, y, radius, int(random.integers(1_000_000)))


def psnr(found: Rgb, truth: Rgb, hole: Mask) -> float:
    error = found[hole].astype(float) - truth[hole]
    return float(10 * np.log10(255**2 / max(1e-9, float(np.mean(error * error)))))


def squared_gradient(pixels: Rgb) -> Floats:
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    right = np.diff(luma, axis=1, append=luma[:, -1:])
    down = np.diff(luma, axis=0, append=luma[-1:])
    return np.asarray(right**2 + down**2, np.float32)


def measured(name: str, truth: Rgb, hole: Mask) -> Found:
    """Fill the hole in every way and compare."""
    pixels, mask = composite(truth, hole), hole.astype(np.uint8)
    start = time.perf_counter()
    found = plate(pixels, hole)
    seconds = time.perf_counter() - start
    telea, stokes = (
        max(psnr(cv2.inpaint(pixels, mask, radius, how), truth, hole) for radius in (3, 5))
        for how in (cv2.INPAINT_TELEA, cv2.INPAINT_NS)
    )
    ours, true = squared_gradient(found), squared_gradient(truth)
    inner = _shrunk(mask, 3) > 0
    about = (_wider(mask, 41) > 0) & (_wider(mask, 3) == 0)
    alike = 2 / 3 <= float(true[about].mean()) / max(1e-6, float(true[inner].mean())) <= 1.5
    steepest = np.sort(true[inner])[-(int(inner.sum()) // 10) :]
    covered = float(np.median(np.sqrt(true[inner]))) >= 4.0
    covered &= float(steepest.sum()) < 0.75 * float(true[inner].sum())
    return Found(
        psnr(found, truth, hole),
        telea,
        stokes,
        float(ours[inner].sum() / max(1e-6, float(true[inner].sum()))),
        seam(found, hole),
        alike and covered,
        seconds,
    )


def seam(found: Rgb, hole: Mask) -> float:
    """Mean gradient on the rim by that of the surroundings."""
    mask, steep = hole.astype(np.uint8), np.sqrt(squared_gradient(found))
    rim = (_wider(mask, 3) > 0) & (_shrunk(mask, 3) == 0)
    about = (_wider(mask, 31) > 0) & (_wider(mask, 7) == 0)
    return float(steep[rim].mean() / max(1e-6, float(steep[about].mean())))


def _wider(mask: Rgb, side: int) -> Rgb:
    return np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), np.uint8)


def _shrunk(mask: Rgb, side: int) -> Rgb:
    return np.asarray(cv2.erode(mask, np.ones((side, side), np.uint8)), np.uint8)


def summary(rows: list[Found]) -> None:
    gains = np.array([row.gain for row in rows])
    energies = np.array([row.energy for row in rows if row.textured])
    seams = np.array([row.seam for row in rows])
    near = float(np.mean(gains >= -0.5))
    fitting = float(np.mean((energies >= 0.6) & (energies <= 1.5)))
    print(f"{len(rows)} holes, {len(energies)} of them textured")
    print(
        f"PSNR above the better of OpenCV's: mean {gains.mean():+.2f} dB, lowest {gains.min():+.2f}"
    )
    print(f"  at least −0.5 dB: {near:.0%} of the holes")
    print(f"gradient energy 0.6…1.5 of the truth's: {fitting:.0%} of the textured holes")
    print(f"  median {np.median(energies):.2f}")
    print(f"seam at most 1.5: {np.mean(seams <= 1.5):.0%} of the holes, largest {seams.max():.2f}")


def speed(width: int, height: int) -> None:
    """Times of the first and of the final plate with 3, 10 and 25 % of the picture missing."""
    truth = cv2.resize(texture("grass"), (width, height), interpolation=cv2.INTER_CUBIC)
    truth = np.asarray(truth, np.uint8)
    for share in (0.03, 0.10, 0.25):
        radius = (share * width * height / np.pi) ** 0.5
        hole = blob((height, width), width * 0.45, height * 0.5, radius, 1)
        start = time.perf_counter()
        rough(truth, hole)
        between = time.perf_counter()
        plate(truth, hole)
        end = time.perf_counter()
        print(
            f"{width}×{height}, hole {hole.mean():.0%}: first {1000 * (between - start):.0f} ms, "
            f"final {end - between:.2f} s"
        )


if __name__ == "__main__":
    found = []
    print("hole            PSNR  Telea     NS   gain  energy   seam   time")
    for name, truth, hole in cases(sys.argv[1:]):
        row = measured(name, truth, hole)
        found.append(row)
        print(
            f"{name:13s} {row.psnr:6.2f} {row.telea:6.2f} {row.stokes:6.2f} {row.gain:+6.2f}  "
            f"{row.energy:5.2f}{'*' if row.textured else ' '} {row.seam:6.2f} {row.seconds:5.2f} s"
        )
    print("* textured")
    summary(found)
    speed(1920, 1080)
    speed(4096, 4096)
