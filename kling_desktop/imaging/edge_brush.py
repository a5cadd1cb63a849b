"""The edge-snapping brush: paints, under the brush, only what belongs to the pointer's place.

A dab learns the colours in its middle, finds where the colours under the brush fall apart into
those and others (Otsu 1979), describes both kinds by a Gaussian, and keeps the pixels that are more
likely of the first kind and hang together with the middle. Only differences of colours count, in
whatever order their channels are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.flood import nothing
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point

_SPACING = 1 / 3
"""Way between two dabs, as a share of the radius."""
_CORE, _SMALLEST_CORE = 0.25, 2.0
"""Radius of the middle that is learnt from: a share of the brush, and at least so many pixels."""
_NOISE, _SHADE = 6.0, 12.0
"""Differences that are nothing, of 255: any, and along the colour itself, as light makes them."""
_TRIMMED = 1.85
"""How much wider a Gaussian of three channels is than its inner two thirds, as variances."""
_STRICTEST, _LOOSEST = 1.8, 12.0
"""Deviations from the middle beyond which a pixel is never taken, at sensitivity 1 and 0."""
_CLOSE = 0.36
"""Share of that limit within which the colours are not looked at for a place to part them."""
_BINS = 64
_FEW = 0.02
"""A share of the brush too small to be a kind of its own."""
_LEARNT_RADIUS = 64
"""A larger brush learns from every second pixel, third pixel, and so on."""
_LARGE = 160.0
"""Radius from which on a smaller copy is looked at."""
_SMOOTH = 1.0
"""Deviation, in pixels, of the blur that lets neighbours decide together."""
_PINHOLE = 0.25
"""Side of the largest gap that is closed, as a share of the radius."""
_PIECE = 0.1
"""A piece belongs to the pointer's place if it holds that share of what is kept of the middle."""

_Colours = npt.NDArray[np.float32]
_Numbers = npt.NDArray[np.float32]


class EdgeStroke:
    """One stroke with the button down: dabs at even distances along the pointer's way."""

    def __init__(self, pixels: npt.NDArray[np.uint8], *, sensitivity: float = 0.5) -> None:
        self._pixels = pixels
        self._sensitivity = sensitivity
        self._last: Point | None = None

    def move(self, to: Point, *, radius: float) -> tuple[Rect, Mask]:
        """What the dabs since the last one paint, up to ``to``: nothing while it is still near.

        Returns a rectangle on the picture and the mask in it. The first call makes a dab.
        """
        painted = [
            dab(self._pixels, place, radius=radius, sensitivity=self._sensitivity)
            for place in self._places(to, max(1.0, radius * _SPACING))
        ]
        rect = Rect(0, 0, 0, 0)
        for part, _ in painted:
            rect = rect.united(part)
        mask = np.zeros((rect.height, rect.width), np.bool_)
        for (x0, y0, x1, y1), kept in painted:
            mask[y0 - rect.y0 : y1 - rect.y0, x0 - rect.x0 : x1 - rect.x0] |= kept
        return rect, mask

    def _places(self, to: Point, spacing: float) -> list[Point]:
        if self._last is None:
            self._last = to
            return [to]
        (x, y), (across, down) = self._last, (to[0] - self._last[0], to[1] - self._last[1])
        length = math.hypot(across, down)
        steps = [step * spacing / length for step in range(1, int(length / spacing) + 1)]
        places = [(x + across * step, y + down * step) for step in steps]
        self._last = places[-1] if places else self._last
        return places


def dab(
    pixels: npt.NDArray[np.uint8], at: Point, *, radius: float, sensitivity: float = 0.5
) -> tuple[Rect, Mask]:
    """The pixels within ``radius`` image pixels of ``at`` (x, y) that belong with those near it.

    ``pixels`` is (height, width, 3 or more) uint8; only the first three channels count.
    ``sensitivity`` goes from 0 (only strong edges stop the brush) to 1 (slight ones do). Returns a
    rectangle on the picture and the mask in it; nothing where ``at`` is not on the picture.
    """
    height, width = pixels.shape[:2]
    x, y = at
    if not (0 <= x < width and 0 <= y < height):
        return nothing()
    radius = max(radius, 1.0)
    rect = Rect(
        math.floor(x - radius), math.floor(y - radius), math.ceil(x + radius), math.ceil(y + radius)
    ).clipped(width, height)
    part, place = pixels[rect.y0 : rect.y1, rect.x0 : rect.x1, :3], (x - rect.x0, y - rect.y0)
    if radius <= _LARGE:
        return rect, _kept(part, place, radius, sensitivity)
    return rect, _kept_coarsely(part, place, radius, sensitivity)


def _kept(
    pixels: npt.NDArray[np.uint8], at: Point, radius: float, sensitivity: float
) -> npt.NDArray[np.bool_]:
    """What a dab paints of the pixels (height, width, 3) around it, ``at`` counted from their
    corner."""
    away = _away(pixels.shape[:2], at)
    brush, core = away <= radius**2, away <= max(_SMALLEST_CORE, _CORE * radius) ** 2
    step = 1 + int(radius / _LEARNT_RADIUS)
    alike = _alike(_colours(pixels), brush, core, sensitivity, step)
    kept = _attached(alike & brush, core)
    return kept | _pinholes(brush & ~kept, away > (radius - 1.5) ** 2, _PINHOLE * radius)


def _kept_coarsely(
    pixels: npt.NDArray[np.uint8], at: Point, radius: float, sensitivity: float
) -> npt.NDArray[np.bool_]:
    """The same, found on a smaller copy: who paints with so large a brush sees no single pixels."""
    import cv2

    height, width = pixels.shape[:2]
    size = max(1, round(width * _LARGE / radius)), max(1, round(height * _LARGE / radius))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    place = at[0] * size[0] / width, at[1] * size[1] / height
    # The rim is cut below, at full size.
    found = _kept(small, place, _LARGE + 1.0, sensitivity).astype(np.float32)
    whole = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray((whole > 0.5) & (_away((height, width), at) <= radius**2), np.bool_)


def _away(shape: tuple[int, ...], at: Point) -> _Numbers:
    """Squared distances of pixels' centres from a place."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    across = np.asarray(columns + (0.5 - at[0]), np.float32)
    down = np.asarray(rows + (0.5 - at[1]), np.float32)
    return across**2 + down**2


@dataclass(frozen=True, slots=True)
class _Kind:
    """A Gaussian of colours: mean (3,) and covariance (3, 3)."""

    mean: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]

    def deviation(self, colours: _Colours) -> _Numbers:
        """Squared Mahalanobis distance of every colour (height, width, 3)."""
        import cv2

        whiten = np.linalg.cholesky(np.linalg.inv(self.spread)).T
        turn = np.hstack([whiten, -(whiten @ self.mean)[:, None]])
        white = np.asarray(cv2.transform(colours, turn), np.float32)
        return np.asarray(np.einsum("...i,...i->...", white, white), np.float32)

    def cost(self, colours: _Colours) -> _Numbers:
        """Twice the negative log-likelihood of every colour, but for a constant."""
        return self.deviation(colours) + np.float32(np.linalg.slogdet(self.spread)[1])


def _kind(colours: _Colours) -> _Kind:
    """The Gaussian of colours (n, 3), never narrower than the noise of a photograph."""
    mean = colours.mean(axis=0, dtype=np.float64)
    off = colours - mean
    return _Kind(mean, off.T @ off / len(off) + np.eye(3) * _NOISE**2)


def _middle(colours: _Colours) -> _Kind:
    """The kind of colours (n, 3) under the pointer, light and shade allowed for.

    The third of them that is farthest from their median does not count: it may be another thing.
    """
    off = np.abs(colours - np.median(colours, axis=0)).sum(axis=1)
    kind = _kind(colours[off <= max(8.0, float(np.quantile(off, 2 / 3)))])
    light = kind.mean / max(1.0, float(np.linalg.norm(kind.mean)))
    return _Kind(kind.mean, kind.spread * _TRIMMED + np.outer(light, light) * _SHADE**2)


def _colours(pixels: npt.NDArray[np.uint8]) -> _Colours:
    import cv2

    return np.asarray(cv2.medianBlur(np.ascontiguousarray(pixels), 3), np.float32)


def _alike(colours: _Colours, brush: Mask, core: Mask, sensitivity: float, step: int) -> Mask:
    """Which pixels are more likely of the kind in the core than of another one under the brush."""
    import cv2

    limit = _LOOSEST * (_STRICTEST / _LOOSEST) ** min(max(sensitivity, 0.0), 1.0)
    every = np.s_[::step, ::step]
    sample, under = colours[every], brush[every]
    middle = _middle(sample[core[every]])
    away = np.sqrt(middle.deviation(np.ascontiguousarray(sample)))
    parted = away <= _parting(away[under], limit)
    own, others = under & parted, under & ~parted
    alike = middle.deviation(colours) <= limit**2
    if np.count_nonzero(others) <= _FEW * np.count_nonzero(under) or not own.any():
        return np.asarray(alike, np.bool_)
    lead = _kind(sample[others]).cost(colours) - _kind(sample[own]).cost(colours)
    lead = np.asarray(cv2.GaussianBlur(np.clip(lead, -20, 20), (0, 0), _SMOOTH), np.float32)
    return np.asarray(alike & (lead >= 0), np.bool_)


def _parting(away: _Numbers, limit: float) -> float:
    """Where distances from the middle part best into near and far ones, below the limit.

    Source: Otsu, A threshold selection method from gray-level histograms, 1979.
    """
    counts, edges = np.histogram(np.minimum(away, 2 * limit), _BINS, (0.0, 2 * limit))
    sums = np.cumsum(counts * (edges[1:] + edges[:-1]) / 2)
    near = np.cumsum(counts)
    far = near[-1] - near
    between = (sums[-1] * near - sums * near[-1]) ** 2 / np.maximum(near * far, 1)
    between[(edges[1:] < _CLOSE * limit) | (edges[1:] > limit)] = -1.0
    return float(edges[1:][np.argmax(between)])


def _attached(alike: Mask, core: Mask) -> Mask:
    """The pieces that hold a good part of the core."""
    import cv2

    count, pieces = cv2.connectedComponents(alike.view(np.uint8), connectivity=4)
    held = np.bincount(pieces[core], minlength=count)
    held[0] = 0
    return np.asarray(((held > 0) & (held >= _PIECE * held.sum()))[pieces], np.bool_)


def _pinholes(gaps: Mask, rim: Mask, side: float) -> Mask:
    """The gaps that are small and do not reach the rim of the brush."""
    import cv2

    _, pieces, stats, _ = cv2.connectedComponentsWithStats(gaps.view(np.uint8), connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] <= side * side
    small[pieces[rim & gaps]] = False
    small[0] = False
    return np.asarray(small[pieces], np.bool_)
