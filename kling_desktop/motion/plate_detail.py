"""The texture of a filled hole: bands of detail from copied pixels, as strong as around the hole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask
from kling_desktop.motion.patches import Index
from kling_desktop.motion.plate_base import Base, Image, blurred, membrane

Floats = npt.NDArray[np.float32]
Table = npt.NDArray[np.float64]

SCALES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Standard deviations in pixels that part the bands, from the finest."""
FALL = 0.15
"""Strength of a band by that of the next finer one, where the finer one is not at its most."""
TOP, REST = 3.5, 1.3
"""Most that the finest band with something in it is strengthened, and most for the others."""
LEAST, MOST = 0.73, 0.9
"""Gradient energy aimed at by that of the surroundings: at least, and where it costs nothing."""
LOSS = 1.05
"""Growth of the squared error for which more texture than the least is laid in: 0.2 dB."""
LEAD = 0.8
"""How much of the distance between base and carried guesses the base errs less than they."""
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
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

Places = tuple[npt.NDArray[np.intp], ...]


def detailed(image: Image, hole: Mask, base: Base, source: Index, trust: float) -> Image:
    """The base with texture inside the hole.

    Independent texture costs squared error by its variance, but shows by its gradients. A band's
    gradients by its variance grow with its frequency, so the finest bands are laid in at full
    strength and each coarser one weaker, just enough for the wanted gradient energy. What is
    trusted to continue the surroundings truly (``trust``, 0…1) is laid in wholly.
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
    mixes = _Mixes(_steps(found, laid, hole, inside), _products(laid), trust)
    usual = float(np.exp(np.log(around.texture[inside]).mean()))
    even = min(around.energy, EDGES * usual)
    # Where edges hold most of the energy, half-way (in decibels) to it is the most.
    gains = mixes.chosen(even, (even * around.energy) ** 0.5, base.apart)
    found[inside] += sum(gain * band for gain, band in zip(gains, laid, strict=True))
    return found


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


def _steps(base: Image, bands: list[Image], hole: Mask, inside: Places) -> Table:
    """Mean products of the gradients of base and bands: energy of a mix is its quadratic form."""
    canvas = np.zeros(hole.shape, np.float32)
    across, down = hole[:, :-1] & hole[:, 1:], hole[:-1] & hole[1:]
    rows = []
    for part in (base[inside], *bands):
        canvas[inside] = part @ LUMA
        sideways, downwards = np.diff(canvas, axis=1)[across], np.diff(canvas, axis=0)[down]
        rows.append(np.concatenate([sideways, downwards]))
    table = np.stack(rows)
    return np.asarray(table @ table.T / max(1, len(inside[0])), np.float64)


def _products(bands: list[Image]) -> Table:
    """Mean products of the bands: the variance of a mix is its quadratic form."""
    table = np.stack([band.ravel() for band in bands])
    return np.asarray(table @ table.T / max(1, table.shape[1]), np.float64)


@dataclass(frozen=True, slots=True)
class _Mixes:
    """The mixes of bands to choose from, ordered by strength."""

    steps: Table
    products: Table
    trust: float

    def chosen(self, least: float, most: float, apart: float) -> Floats:
        """Gain of each band, from the finest.

        The energy lies between LEAST of ``least`` and MOST of ``most``: as much as the base errs
        less than other fills (``apart``) allows.
        """
        varied = float(self.products.sum())
        room = LOSS * (varied + LEAD * apart) - varied

        def enough(gains: Floats) -> bool:
            energy = self._energy(gains)
            if energy <= LEAST * least:
                return False
            costs = float(gains @ self.products @ gains)
            return costs > room or energy > MOST * most

        low, high = 0.0, TOP / FALL ** len(SCALES)
        for _ in range(40):
            middle = (low + high) / 2.0
            low, high = (low, middle) if enough(self._gains(middle)) else (middle, high)
        return self._gains(low)

    def _energy(self, gains: Floats) -> float:
        mix = np.concatenate([[1.0], gains])
        return float(mix @ self.steps @ mix)

    def _gains(self, strength: float) -> Floats:
        own = np.diag(self.steps)[1:]
        # In a soft picture the finest bands are empty: the fall begins where there is something.
        first = int(np.argmax(own >= own.max() / 4.0))
        coarser = np.maximum(0, np.arange(len(own)) - first)
        limits = np.where(coarser > 0, REST, TOP)
        gains = np.minimum(limits, strength * FALL**coarser)
        return np.maximum(self.trust, gains).astype(np.float32)
