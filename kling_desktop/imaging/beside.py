"""Tells a thing from what was taken for a part of it: rough strips beside it, holes in it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.colour_cut import FLOOR, Colours, Field, cut, histogram
from kling_desktop.model.areas import Mask

SLIM = 0.35
"""Greatest thickness of a strip, as a share of the thing's."""
LONG = 10.0
"""How many times as long as thick it is at least, along the thing."""
ROUND = 1.25
"""Greatest length, as a share of the thing's: what runs round it is its rim."""
EVEN = 1.5
"""How many times as long one of its two sides (to the thing, to the outside) may be."""
ROUGH = 1.4
"""How many times as large the differences of neighbouring colours in it are at least."""
LEAST = 0.002
"""Strips of a smaller share of the thing's area are left to the fine cut."""

HOLE = 0.004
"""Holes of a smaller share of the thing's area are filled."""
RIM = 0.05
"""How far in from its outer edge a thing is first believed, as a share of its size."""
DOUBT, PLAIN = 1.0, 1.5
"""How likely (log odds) the background must be for a pixel of a hole, and on average in it."""
FADED = 0.05
"""How much less sharp than the thing's outer edge a hole's may be: highlights fade."""
NEAR, ALIKE = 0.15, 0.15
"""By which share of the thing's size the background counts e times less, and how much of its
colours a hole has in common with it."""


def without_strips(seen: Colours, thing: Mask, keep: Mask) -> Mask:
    """``thing`` without what only stands beside it; nothing of ``keep`` is taken away.

    The colours of the thing's core are held against those of its fringe and of the outside, and
    divided by a minimum cut. A piece that falls away is given up if it is a strip along the thing,
    rougher than it, and parted from it as sharply as from the outside. A limb is no such strip:
    more of its edge faces the outside than the thing.
    """
    depth, outer = _depth(thing), _depth(~thing)
    thick = max(float(np.percentile(depth[thing], 95)), 1.0)
    core = _core(seen, thing, depth / thick, ~thing & (outer < 2 * thick))
    if not core.any():
        return thing
    return thing & ~_strips(_Steps(seen.axes), thing, core | keep, thick)


def without_holes(seen: Colours, thing: Mask, keep: Mask) -> Mask:
    """``thing`` without the holes in which its background is seen; none that ``keep`` touches.

    The colours along the outer edge, then those of all that is no hole, are held against the
    colours around the thing, and divided by a minimum cut. A piece stays filled unless it clearly
    looks like the background: details have colours of their own or of the rest, highlights fade.
    """
    depth, outer = _depth(thing), _depth(~thing)
    area = int(thing.sum())
    size = math.sqrt(area)
    ours, around = (depth > 1) & (depth <= max(2.0, RIM * size)), outer > 1.5
    if not ours.any() or not around.any():
        return thing
    theirs = histogram(seen, around.astype(np.float32), 0.8)
    seeds = np.where(depth > 2, np.int8(0), np.int8(-1))
    for _ in range(2):
        colours = histogram(seen, ours.astype(np.float32), 0.8)
        ratio = np.log((theirs + 3 * FLOOR) / (colours + 3 * FLOOR))
        plain = ratio.astype(np.float32)[seen.bins]
        holes = cut(seen, np.clip(plain - DOUBT, -4, 4), seeds, trust=1.0)
        ours = (depth > 1) & ~holes
    pieces = [piece for piece in _pieces(holes, HOLE * area) if plain[piece].mean() >= PLAIN]
    if not pieces:
        return thing
    steps, rest = _Steps(seen.axes), thing & ~holes
    least = _sharpness(steps.between(thing, ~thing)) - FADED
    for piece in pieces:
        sharp = _sharpness(steps.between(piece, rest)) >= least
        if sharp and not (piece & keep).any() and _alike(seen, piece, around, NEAR * size):
            thing = thing & ~piece
    return thing


def _alike(seen: Colours, piece: Mask, around: Mask, reach: float) -> bool:
    """Whether the colours of the nearest background are those of the piece."""
    away = _depth(~piece)
    near = around * np.exp((away[around].min() - away) / reach)
    ours, theirs = (histogram(seen, side.astype(np.float32), 0.8) for side in (piece, near))
    return float(np.minimum(ours, theirs).sum()) >= ALIKE


def _pieces(mask: Mask, least: float) -> list[Mask]:
    """The connected pieces of it that have so many pixels."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    large = np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= least) + 1
    return [labels == label for label in large]


def _core(seen: Colours, thing: Mask, inner: Field, around: Mask) -> Mask:
    """What of the thing has its core's colours; ``inner`` is the depth, 1 its middle."""
    seeds = np.where(thing, np.where(inner > 0.85, np.int8(1), np.int8(0)), np.int8(-1))
    core = inner > 0.5
    for _ in range(2):
        sides = (core, thing & ~core, around)
        ours, fringe, outside = (histogram(seen, side.astype(np.float32), 0.8) for side in sides)
        ratio = np.log((ours + 3 * FLOOR) / (np.maximum(fringe, outside) + 3 * FLOOR))
        belief = ratio.astype(np.float32)[seen.bins] + (2 * inner - 1)
        core = cut(seen, np.clip(belief, -4, 4), seeds, trust=1.0)
    return core


class _Steps:
    """Squared differences of neighbouring colours, and their mean between pixels of two masks."""

    def __init__(self, axes: Field) -> None:
        import cv2

        smooth = np.asarray(cv2.GaussianBlur(axes, (0, 0), 1.0), np.float32)
        self._steps = [(np.diff(smooth, axis=i) ** 2).sum(axis=-1) for i in (0, 1)]
        self._usual = sum(_mean(steps) for steps in self._steps) / 2 + 1e-9

    def between(self, one: Mask, other: Mask) -> npt.NDArray[np.floating]:
        """Of every pair of neighbours of which one lies in either mask."""
        pairs = (
            (one[:-1] & other[1:]) | (one[1:] & other[:-1]),
            (one[:, :-1] & other[:, 1:]) | (one[:, 1:] & other[:, :-1]),
        )
        return np.concatenate([s[p] for s, p in zip(self._steps, pairs, strict=True)]) / self._usual


def _strips(steps: _Steps, thing: Mask, core: Mask, thick: float) -> Mask:
    import cv2

    rest = _slim(thing & ~core, SLIM * thick).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=4)
    depth = _depth(rest > 0)
    smooth = _mean(steps.between(core, core))
    longest = ROUND * math.hypot(*(np.ptp(axis) + 1 for axis in np.nonzero(thing)))
    taken = np.zeros(thing.shape, np.bool_)
    for label in np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= LEAST * thing.sum()):
        piece = labels == label
        if label == 0:
            continue
        inner, outer = steps.between(piece, core), steps.between(piece, ~thing)
        ratio = inner.size / max(1, outer.size)
        alongside = 2 * LONG * depth[piece].max() <= inner.size <= longest
        strip = alongside and 1 / EVEN <= ratio <= EVEN
        sharp = strip and _sharpness(inner) >= _sharpness(outer) - 0.05
        if sharp and _mean(steps.between(piece, piece)) >= ROUGH**2 * smooth:
            taken |= piece
    return taken


def _slim(rest: Mask, depth: float) -> Mask:
    """The parts of it that no disc of that radius fits in."""
    thick = _depth(rest) > depth
    return rest & (_depth(~thick) > depth) if thick.any() else rest


def _sharpness(steps: npt.NDArray[np.floating]) -> float:
    return _mean(1 - np.exp(-steps))


def _mean(values: npt.NDArray[np.floating]) -> float:
    return float(values.mean()) if values.size else 0.0


def _depth(side: Mask) -> Field:
    import cv2

    return np.asarray(cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
