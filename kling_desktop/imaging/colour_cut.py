"""Divides a small picture in two by colour: histograms of both sides and a minimum cut."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask

Field = npt.NDArray[np.float32]
"""A number for every pixel, shape (height, width)."""
Pixels = npt.NDArray[np.uint8]

BINS = 18
"""Steps of each colour axis in a histogram."""
BLUR = 0.6
"""Standard deviation, in steps, by which histograms are blurred: near colours count as one."""
FLOOR = 1e-4
"""What every colour weighs at least, so that one seen on neither side speaks for neither."""
SURE = 3.0
"""Largest natural logarithm of odds that colour alone may claim."""
_LEVELS = 3.0
"""Grey levels of the plane that carries the odds to the cut, per unit of their logarithm."""
_REACH = 8.0


@dataclass(frozen=True, slots=True)
class Colours:
    """A picture as the cut wants it: ``axes`` (H, W, 3) in 0…1, the histogram bin of each pixel,
    and its two strongest colour axes as 8-bit planes (H, W, 2)."""

    axes: Field
    bins: npt.NDArray[np.int32]
    planes: Pixels

    @property
    def shape(self) -> tuple[int, int]:
        return self.bins.shape[0], self.bins.shape[1]


def colours(pixels: Pixels) -> Colours:
    """Opponent colours of (H, W, 3 or 4) ``pixels``, stretched to the range that they use.

    Luma and two colour differences, chosen so that swapping the first and the third channel
    changes nothing: RGB and BGRX give the same.
    """
    axes = _stretched(_opponents(pixels))
    steps = np.minimum((axes * BINS).astype(np.int32), BINS - 1)
    bins = (steps[..., 0] * BINS + steps[..., 1]) * BINS + steps[..., 2]
    return Colours(axes, bins, _strongest(axes))


def contrast(pixels: Pixels) -> float:
    """How far apart, in 8-bit steps, the colours of the picture lie, its few extremes left out."""
    low, high = np.quantile(_opponents(pixels).reshape(-1, 3), (0.002, 0.998), axis=0)
    return float((high - low).max())


def odds(
    seen: Colours, inside: Field, outside: Field, *, blur: float = BLUR, caution: float = FLOOR
) -> Field:
    """Logarithm of the odds, from colour alone, that a pixel belongs inside: within ±SURE.

    ``inside`` and ``outside`` weigh how much each pixel is taken as an example of either side.
    ``caution`` above FLOOR gives colours that were hardly seen to the outside.
    """
    ours, theirs = (histogram(seen, weights, blur) for weights in (inside, outside))
    ratio = np.log((ours + FLOOR) / (theirs + caution))
    return np.asarray(np.clip(ratio, -SURE, SURE).astype(np.float32)[seen.bins])


def overlap(seen: Colours, inside: Mask) -> float:
    """How much of the colours is common to both sides: 0 nothing, 1 all."""
    ours, theirs = (histogram(seen, side.astype(np.float32), 0.8) for side in (inside, ~inside))
    return float(np.minimum(ours, theirs).sum())


def cut(seen: Colours, belief: Field, seeds: npt.NDArray[np.int8], *, trust: float) -> Mask:
    """The division that fits ``belief`` (log odds of inside) best and follows edges.

    ``seeds`` above 0 are inside, below 0 outside, whatever else is believed; ``trust`` weighs
    belief against edges. The minimum cut is GrabCut's (Rother, Kolmogorov, Blake, 2004), run with
    two frozen models over a plane that carries the belief: two Gaussians of one width make the
    difference of their logarithms linear in it.
    """
    import cv2

    carried = np.round(128 + _LEVELS * np.clip(belief, -_REACH, _REACH)).astype(np.uint8)
    image = np.ascontiguousarray(np.dstack([seen.planes, carried]))
    labels = np.where(belief > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[seeds > 0] = cv2.GC_FGD
    labels[seeds < 0] = cv2.GC_BGD
    models = _model(127.0, 2 * _LEVELS / trust), _model(129.0, 2 * _LEVELS / trust)
    cv2.grabCut(image, labels, (0, 0, 0, 0), *models, 1, cv2.GC_EVAL_FREEZE_MODEL)
    return np.asarray((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))


def _model(centre: float, variance: float) -> npt.NDArray[np.float64]:
    """GrabCut's form of one Gaussian: 5 weights, 5 means, 5 covariances, of which one is used."""
    model = np.zeros((1, 65))
    model[0, 0] = 1.0
    model[0, 5:8] = 128.0, 128.0, centre
    model[0, 20:29] = np.diag((1e6, 1e6, variance)).ravel()
    return model


def _opponents(pixels: Pixels) -> Field:
    first, green, third = (pixels[..., i].astype(np.float32) for i in range(3))
    across = (first - third) / 2
    if across.sum(dtype=np.float64) < 0:  # the sign is all that the channels' order decides
        across = -across
    return np.dstack([(first + 2 * green + third) / 4, across, (2 * green - first - third) / 4])


def _stretched(axes: Field) -> Field:
    low, high = np.quantile(axes.reshape(-1, 3), (0.005, 0.995), axis=0)
    spans = np.maximum(high - low, 1.0)
    spans = np.maximum(spans, [8.0, *[max(spans.max() / 4, 6.0)] * 2])  # leaves noise small
    return np.asarray(np.clip((axes - (low + high) / 2) / spans + 0.5, 0, 1).astype(np.float32))


def _strongest(axes: Field) -> Pixels:
    flat = axes.reshape(-1, 3) - axes.reshape(-1, 3).mean(axis=0)
    _, directions = np.linalg.eigh(flat.T @ flat)
    along = flat @ directions[:, [2, 1]]
    grey = np.round(128 + along * (127 / max(float(np.abs(along).max()), 1e-6)))
    return np.asarray(grey.reshape(*axes.shape[:2], 2).astype(np.uint8))


def histogram(seen: Colours, weights: Field, blur: float) -> npt.NDArray[np.float64]:
    """Shares of the bins, blurred along the three axes."""
    flat = np.bincount(seen.bins.ravel(), weights.ravel(), BINS**3).astype(np.float64)
    counts = flat.reshape(BINS, BINS, BINS)
    near = math.exp(-0.5 / blur**2)
    for axis in range(3):
        cube = np.moveaxis(counts, axis, 0)
        spread: npt.NDArray[np.float64] = cube.astype(np.float64)
        spread[1:] += near * cube[:-1]
        spread[:-1] += near * cube[1:]
        counts = np.moveaxis(spread, 0, axis)
    return np.asarray(counts.ravel() / max(float(counts.sum()), 1e-6))
