"""The texture of a filled hole: bands of detail from copied pixels, as strong as around the hole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask
from kling_desktop.motion.patches import Index
from kling_desktop.motion.plate_base import (
    LUMA,
    Floats,
    Image,
    Table,
    blurred,
    differences,
    membrane,
)
from kling_desktop.motion.plate_mean import Base
from kling_desktop.motion.plate_mix import Mixes

SCALES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Standard deviations in pixels that part the bands, from the finest."""
LEAST, PLAIN, MOST = 0.74, 0.9, 0.85
"""Gradient energy aimed at: least and usual, by that of texture; and by all around the hole."""
BESIDE = 3.2
"""Square of the energy around a hole by that of its texture, at which the edges lie beside it."""
ROOM, TIGHT = 0.06, 0.1
"""Growth of the squared error for which texture is laid in freely, and that for what shows."""
FAINT = 0.015
"""Growth of the squared error where the surroundings have hardly any texture."""
SHARPENED = 5
"""Times that the finest band is differentiated twice for the sharp one."""
COVERED = 12.0
"""Mean squared gradient of a texture that shows; what is fainter is laid in only where cheap."""
EDGES = 1.6
"""Gradient energy around a hole by that of the texture there, above which edges hold it."""
STANDOUT = 8.0
"""Distance from its blur, by the median distance, up to which a pixel is texture."""
NEAR = 5.0
"""Standard deviation in pixels over which gradient energy is local."""
SPREAD = 1.7
"""Mean square of a texture's gradients by their squared mean; a few steep edges have far more."""
LIFT = 1.5
"""Most that a source is strengthened to the level of where it goes."""

Places = tuple[npt.NDArray[np.intp], ...]


def detailed(image: Image, hole: Mask, base: Base, source: Index, trust: float) -> Image:
    """The base with texture inside the hole.

    Independent texture costs squared error by its variance, but shows by its gradients. A band's
    gradients by its variance grow with its frequency, so where the error leaves no room for the
    natural mix, finer bands are laid in more strongly and coarser ones less. What is trusted to
    continue the surroundings truly (``trust``, 0…1) is laid in wholly.
    """
    inside = np.nonzero(hole)
    there = (source[..., 0][inside], source[..., 1][inside])
    around = _around(image, hole)
    level = np.sqrt(around.texture[inside] / (around.texture[there] + 1e-2))
    level = ((1.0 - trust) * np.clip(level, 0.0, LIFT) + trust).astype(np.float32)[:, None]
    bands, rest = _bands(image, hole)
    found = base.image.copy()
    if trust > 0.0:
        # Colours carried inwards would show up twice beside the copied edges that continue them.
        found[inside] += trust * (membrane(rest, hole) - base.image)[inside]
    laid = [_toned(band[there] * level, trust) for band in bands]
    laid = [_sharp(laid[0], hole, inside), *laid]
    usual = float(np.exp(np.log(around.texture[inside]).mean()))
    even = max(1e-3, min(around.energy, EDGES * usual))
    mixes = Mixes(*_steps(found, laid, hole, source, even), _products(laid), trust)
    shows = usual >= COVERED
    room, tight = (ROOM, TIGHT) if shows else (FAINT, FAINT)
    # Edges among the texture count like it; where they hold far more than it, they lie beside.
    edges = max(1.0, around.energy / even)
    most = max(PLAIN, min(MOST * edges, BESIDE / edges))
    least = LEAST if shows else 0.0
    gains = mixes.chosen(least, most, room * base.error, tight * base.error)
    found[inside] += sum(gain * band for gain, band in zip(gains, laid, strict=True))
    return found


def _sharp(band: Image, hole: Mask, inside: Places) -> Image:
    """The finest of a band, as strong as the band: most gradient for its variance."""
    import cv2

    canvas = np.zeros(hole.shape, np.float32)
    luma = band @ LUMA
    canvas[inside] = luma
    for _ in range(SHARPENED):
        canvas = np.asarray(cv2.Laplacian(canvas, cv2.CV_32F, scale=0.25), np.float32)
    fine = canvas[inside]
    strength = np.sqrt(float(luma @ luma) / (float(fine @ fine) + 1e-6))
    tint = (luma @ band) / (float(luma @ luma) + 1e-6)
    return np.asarray(fine[:, None] * (strength * tint), np.float32)


def _bands(image: Image, hole: Mask) -> tuple[list[Image], Image]:
    """The known part split by scale, from the finest band, and the blur that remains."""
    found, finer = [], image
    for scale in SCALES:
        coarser = blurred(image, hole, scale)
        found.append(finer - coarser)
        finer = coarser
    return found, finer


def _toned(band: Image, trust: float) -> Image:
    """A band in the one tint that follows its luma: speckles of other colours only err.

    What stands far out comes from an edge beside a source, and would be stamped where none is.
    """
    luma = band @ LUMA
    limit = (STANDOUT * float(np.percentile(np.abs(luma[::7]), 50)) + 1.0) / max(1e-3, 1.0 - trust)
    band = np.clip(band, -limit, limit)
    luma = band @ LUMA
    tint = (luma @ band) / (float(luma @ luma) + 1e-6)
    return np.asarray(trust * band + (1.0 - trust) * luma[:, None] * tint, np.float32)


@dataclass(frozen=True, slots=True)
class _Around:
    """Gradient energy of the luma, carried on into the hole: (H, W), and its mean in the hole.

    In ``texture`` edges on the rim do not count, and between rough and even surroundings the
    geometric mean is taken: a little grain too few is seen less than grain in a clear sky.
    """

    texture: Floats
    energy: float


def _around(image: Image, hole: Mask) -> _Around:
    luma = image @ LUMA
    unknown = hole.copy()
    unknown[:-1] |= hole[1:]
    unknown[:, :-1] |= hole[:, 1:]
    energy = np.zeros_like(luma)
    energy[:, :-1] += np.diff(luma, axis=1) ** 2
    energy[:-1] += np.diff(luma, axis=0) ** 2
    both = np.dstack([energy, np.sqrt(energy), energy])
    local = np.maximum(blurred(both, unknown, NEAR), 0.0)
    texture = np.minimum(local[..., 0], SPREAD * local[..., 1] ** 2)
    logs = np.log(texture + 0.25)
    carried = membrane(np.dstack([logs, np.sqrt(local[..., 0]), logs]), hole)
    energies = (carried[..., 1] ** 2)[hole]
    return _Around(np.exp(carried[..., 0]), float(energies.mean()))


def _steps(
    base: Image, bands: list[Image], hole: Mask, source: Index, energy: float
) -> tuple[Table, Table]:
    """Mean products of the gradients of base and bands, by the wanted mean square.

    Once with differences of neighbours, once with those of wider spaced, smoothed ones (Sobel's),
    which the finest bands hardly touch. How much of the latter is wanted, the sources tell.
    """
    import cv2

    inside = np.nonzero(hole)
    there = (source[..., 0][inside], source[..., 1][inside])
    canvas = base @ LUMA
    wanted = [
        sum(float(np.mean(part[there] ** 2)) for part in gradients) + 1e-3
        for gradients in (differences(canvas), _sobel(canvas))
    ]
    inner = cv2.erode(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inner = inner if inner.any() else hole
    rows: list[list[Floats]] = [[], []]
    for index in range(len(bands) + 1):
        if index:
            canvas = np.zeros(hole.shape, np.float32)
            canvas[inside] = bands[index - 1] @ LUMA
        rows[0].append(np.concatenate([part[inner] for part in differences(canvas)]))
        rows[1].append(np.concatenate([part[inner] for part in _sobel(canvas)]))
    shares = (energy, energy * wanted[1] / wanted[0])
    tables = [np.stack(part) for part in rows]
    fine, wide = (
        np.asarray(table @ table.T / (inner.sum() * share), np.float64)
        for table, share in zip(tables, shares, strict=True)
    )
    return fine, wide


def _sobel(luma: Floats) -> tuple[Floats, Floats]:
    import cv2

    across, down = (
        np.asarray(cv2.Sobel(luma, cv2.CV_32F, x, y, scale=0.125), np.float32)
        for x, y in ((1, 0), (0, 1))
    )
    return across, down


def _products(bands: list[Image]) -> Table:
    """Mean products of the bands: the variance of a mix is its quadratic form."""
    table = np.stack([band.ravel() for band in bands])
    return np.asarray(table @ table.T / max(1, table.shape[1]), np.float64)
