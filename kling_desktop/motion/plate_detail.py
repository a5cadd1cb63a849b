"""The texture of a filled hole: bands of detail from copied pixels, as strong as around the hole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask
from kling_desktop.motion.patches import Index
from kling_desktop.motion.plate_base import Image, blurred, membrane

Floats = npt.NDArray[np.float32]

SCALES = (0.7, 1.4, 2.8, 6.0, 12.0)
"""Standard deviations in pixels that part the bands, from the finest."""
FALL = 0.3
"""Strength of a band by that of the next finer one, where the finer one is not at its most."""
TOP = 1.3
"""Most that a band is strengthened."""
SHARE = 0.76
"""Gradient energy aimed at by that of the surroundings."""
NEAR = 5.0
"""Standard deviation in pixels over which gradient energy is local."""
SPREAD = 1.7
"""Mean square of a texture's gradients by their squared mean; a few steep edges have far more."""
LIFT = 1.5
"""Most that a source is strengthened to the level of where it goes."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def detailed(image: Image, hole: Mask, base: Image, source: Index, trust: float) -> Image:
    """``base`` with texture inside the hole.

    Independent texture costs squared error by its variance, but shows by its gradients. A band's
    gradients by its variance grow with its frequency, so the finest bands are laid in at full
    strength and each coarser one weaker, just enough for the wanted gradient energy. What is
    trusted to continue the surroundings truly (``trust``, 0…1) is laid in wholly.
    """
    inside = np.nonzero(hole)
    there = (source[..., 0][inside], source[..., 1][inside])
    wanted = _energy_around(image, hole)
    level = np.sqrt(wanted[inside] / (wanted[there] + 1e-2))
    level = ((1.0 - trust) * np.clip(level, 0.0, LIFT) + trust).astype(np.float32)[:, None]
    bands, rest = _bands(image, hole)
    found = base.copy()
    if trust > 0.0:
        # Colours carried inwards would show up twice beside the copied edges that continue them.
        found[inside] += trust * (membrane(rest, hole) - base)[inside]
    laid = [band[there] * level for band in bands]
    steps = _steps(found, laid, hole, inside)
    gains = _gains(steps, SHARE * float(wanted[inside].mean()), trust)
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


def _energy_around(image: Image, hole: Mask) -> Floats:
    """Local gradient energy of the luma, carried on into the hole, (H, W).

    Edges on the rim are no texture, and between rough and even surroundings the geometric mean is
    taken: a little grain too few is seen less than grain in a clear sky.
    """
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
    return np.asarray(np.exp(membrane(np.log(texture + 0.25), hole)), np.float32)


def _steps(
    base: Image, bands: list[Image], hole: Mask, inside: tuple[npt.NDArray[np.intp], ...]
) -> npt.NDArray[np.float64]:
    """Mean products of the gradients of base and bands: energy of a mix is its quadratic form."""
    canvas = np.zeros(hole.shape, np.float32)
    across, down = hole[:, :-1] & hole[:, 1:], hole[:-1] & hole[1:]
    rows = []
    for part in (base[inside], *bands):
        canvas[inside] = part @ LUMA
        sideways, downwards = np.diff(canvas, axis=1)[across], np.diff(canvas, axis=0)[down]
        rows.append(np.concatenate([sideways, downwards]))
    table = np.stack(rows).astype(np.float64)
    return np.asarray(table @ table.T / max(1, len(inside[0])), np.float64)


def _gains(steps: npt.NDArray[np.float64], wanted: float, trust: float) -> list[float]:
    """Strength of each band, from the finest; found by halving the interval."""
    own = np.diag(steps)[1:]
    # In a soft picture the finest bands are empty, so the fall begins where there is something.
    first = int(np.argmax(own >= own.max() / 4.0))
    falling = FALL ** np.maximum(0, np.arange(len(SCALES)) - first)
    low, high = 0.0, TOP / FALL
    for _ in range(14):
        middle = (low + high) / 2.0
        mix = np.concatenate([[1.0], np.minimum(TOP, middle * falling)])
        low, high = (low, middle) if mix @ steps @ mix > wanted else (middle, high)
    return [max(trust, float(gain)) for gain in np.minimum(TOP, low * falling)]
