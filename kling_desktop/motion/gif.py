"""Writes GIFs frame by frame: one palette for the whole clip, and only what changes from frame to
frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.uint8]

FASTEST = 25.0
"""Frames a second. The format counts hundredths of a second; below 4 of them players stumble."""
COLOURS = 255
UNCHANGED = 255
"""The index that shows what was there before."""
SAMPLED_PIXELS = 250_000
_CELLS = 64
"""Cells of the colour cube along each axis."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The colours of a clip."""

    colours: Rgb
    """(255, 3)."""
    nearest: Indices
    """The index of each of 64³ cells of the colour cube, red first."""
    spread: float
    """Levels by which neighbouring pixels are dithered apart."""


def palette(samples: Sequence[Rgb]) -> Palette:
    """The 255 colours that do best for these frames: median cut (Heckbert, 1982), then k-means."""
    from PIL import Image

    every = max(1, round((sum(frame[..., 0].size for frame in samples) / SAMPLED_PIXELS) ** 0.5))
    thinned = [frame[::every, ::every].reshape(-1, 3) for frame in samples]
    found = np.ascontiguousarray(np.concatenate(thinned))
    cut = Image.fromarray(found[None]).quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=2)
    listed = np.array(cut.getpalette(), np.uint8).reshape(-1, 3)[:COLOURS]
    colours = np.zeros((COLOURS, 3), np.uint8)
    colours[: len(listed)] = listed
    nearest = _nearest(colours)
    error = found.astype(np.float32) - colours[nearest[_cells(found)]]
    # A triangle as wide as the palette's steps: their error, if even, has this deviation.
    return Palette(colours, nearest, float(np.sqrt(12.0) * error.std()))


def dithered(frame: Rgb, found: Palette) -> Indices:
    """(h, w) indices of an (h, w, 3) frame, by ordered dither (Bayer, 1973).

    Unlike error diffusion it gives a pixel that stands still the same colour in every frame.
    """
    height, width = frame.shape[:2]
    tile = np.rint(_bayer() * found.spread).astype(np.int16)
    pattern = np.tile(tile, (height // 8 + 1, width // 8 + 1))[:height, :width]
    moved = np.clip(frame + pattern[..., None], 0, 255).astype(np.uint8)
    return np.asarray(found.nearest[_cells(moved)])


def write(file: IO[bytes], frames: Iterable[Rgb], found: Palette, *, fps: float) -> None:
    """Write (h, w, 3) frames of one size as a GIF89a that repeats for ever.

    Delays are whole hundredths of a second whose sum never strays from ``fps`` by more than half
    of one.
    """
    shown: Indices | None = None
    for frame, delay in zip(frames, delays(fps), strict=False):
        indices = dithered(frame, found)
        if shown is None:
            file.write(_head(indices.shape[1], indices.shape[0], found))
            _write_part(file, indices, (0, 0), delay, whole=True)
        else:
            part, place = _difference(indices, shown)
            _write_part(file, part, place, delay, whole=False)
        shown = indices
    file.write(b";")


def delays(fps: float) -> Iterator[int]:
    """Hundredths of a second for which each frame stands."""
    count = 0
    while True:
        yield round((count + 1) * 100 / fps) - round(count * 100 / fps)
        count += 1


def _bayer() -> npt.NDArray[np.float64]:
    """Thresholds of an 8×8 tile, evenly spread over −0.5…0.5."""
    tile = np.zeros((1, 1))
    for _ in range(3):
        tile = np.block([[4 * tile, 4 * tile + 2], [4 * tile + 3, 4 * tile + 1]])
    return (tile + 0.5) / tile.size - 0.5


def _cells(pixels: Rgb) -> npt.NDArray[np.int32]:
    """Number of the cell of the colour cube that each pixel (…, 3) lies in."""
    cells = (pixels >> 2).astype(np.int32)
    return np.asarray(cells[..., 0] << 12 | cells[..., 1] << 6 | cells[..., 2], np.int32)


def _nearest(colours: Rgb) -> Indices:
    wanted = colours.astype(np.float32)
    lengths = (wanted**2).sum(axis=1)
    middles = np.arange(_CELLS, dtype=np.float32) * 4 + 1.5
    found = np.empty(_CELLS**3, np.uint8)
    for red in range(_CELLS):
        cells = np.stack(np.meshgrid(middles[red], middles, middles, indexing="ij"), axis=-1)
        far = lengths - 2.0 * (cells.reshape(-1, 3) @ wanted.T)
        found[red * _CELLS**2 : (red + 1) * _CELLS**2] = far.argmin(axis=1)
    return found


def _difference(indices: Indices, shown: Indices) -> tuple[Indices, tuple[int, int]]:
    """The smallest part that holds every change, and where (x, y) it lies.

    What did not change in it is see-through. A frame without change is one such pixel.
    """
    changed = indices != shown
    columns, rows = np.flatnonzero(changed.any(axis=0)), np.flatnonzero(changed.any(axis=1))
    if not columns.size:
        return np.full((1, 1), UNCHANGED, np.uint8), (0, 0)
    x, y = int(columns[0]), int(rows[0])
    place = np.s_[y : int(rows[-1]) + 1, x : int(columns[-1]) + 1]
    return np.where(changed[place], indices[place], np.uint8(UNCHANGED)), (x, y)


def _head(width: int, height: int, found: Palette) -> bytes:
    """Signature, screen, global colours, and the extension that makes players repeat for ever."""
    screen = width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\xf7\x00\x00"
    repeat = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return b"GIF89a" + screen + found.colours.tobytes() + b"\x00\x00\x00" + repeat


def _write_part(
    file: IO[bytes], indices: Indices, place: tuple[int, int], delay: int, *, whole: bool
) -> None:
    from PIL import Image
    from PIL.GifImagePlugin import getdata

    options = {"duration": delay * 10, "disposal": 1}
    if not whole:
        options["transparency"] = UNCHANGED
    image = Image.fromarray(np.ascontiguousarray(indices)).convert("L")
    image.putpalette(bytes(768))  # any: the colours stand at the head of the file
    for block in getdata(image, place, **options):
        file.write(block)
