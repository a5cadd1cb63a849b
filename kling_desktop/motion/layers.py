"""Layers: areas cut out of the picture with a narrow feather, shifted by parts of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Rect

Rgb = npt.NDArray[np.uint8]
"""Shape (height, width, 3)."""
Coverage = npt.NDArray[np.uint8]
"""Shape (height, width): 255 where a pixel belongs wholly to an area."""

MARGIN = 6
"""Pixels kept around an area: the feather, then what the cubic kernel reads."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A piece of picture with its opacity; ``x``, ``y`` is where it lies at rest.

    Colours are not premultiplied but continued outwards from the area, so that neither the feather
    nor the overshoot of the cubic kernel can bring in the old background.
    """

    colour: Rgb
    alpha: Coverage
    x: int
    y: int

    def blend(self, frame: Rgb, dx: float, dy: float, within: Rect | None = None) -> Rect:
        """Draw onto ``frame``, shifted by (dx, dy) pixels, and return what was touched."""
        import cv2

        left, top = math.floor(dx), math.floor(dy)
        height, width = self.alpha.shape
        x, y = self.x + left, self.y + top
        touched = Rect(x, y, x + width, y + height).clipped(frame.shape[1], frame.shape[0])
        if within is not None:
            touched = _shared(touched, within)
        if touched.empty:
            return touched
        part = Rect(touched.x0 - x, touched.y0 - y, touched.x1 - x, touched.y1 - y)
        fraction = (dx - left, dy - top)
        alpha = _shifted(self.alpha, part, fraction, cubic=False)
        opaque = cv2.merge([alpha, alpha, alpha])
        own = cv2.multiply(_shifted(self.colour, part, fraction, cubic=True), opaque, scale=1 / 255)
        below = frame[touched.y0 : touched.y1, touched.x0 : touched.x1]
        rest = cv2.multiply(below, cv2.bitwise_not(opaque), scale=1 / 255)
        below[...] = cv2.add(own, rest)
        return touched


def cut(pixels: Rgb, coverage: Coverage) -> Layer | None:
    """The covered part of a picture as a layer, or None where nothing is covered.

    Everything covered is opaque; beyond its edge the opacity falls off within 1.5 pixels.
    """
    box = _box(coverage)
    if box.empty:
        return None
    inner = np.s_[box.y0 : box.y1, box.x0 : box.x1]
    near = np.pad(pixels[inner], ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="edge")
    cover = np.pad(coverage[inner], MARGIN)
    colour = _continued(near, cover >= min(250, int(cover.max())))
    return Layer(colour, _feathered(cover), box.x0 - MARGIN, box.y0 - MARGIN)


def pin(plate: Rgb, coverage: Coverage) -> Layer | None:
    """The covered part of the background as a layer that lies on top of everything.

    Its feather shows the background, so that at rest it changes nothing at all.
    """
    box = _box(coverage)
    if box.empty:
        return None
    box = Rect(box.x0 - 3, box.y0 - 3, box.x1 + 3, box.y1 + 3).clipped(*coverage.shape[::-1])
    part = np.s_[box.y0 : box.y1, box.x0 : box.x1]
    return Layer(plate[part].copy(), _feathered(coverage[part]), box.x0, box.y0)


def _box(coverage: Coverage) -> Rect:
    import cv2

    x, y, width, height = cv2.boundingRect(coverage)
    return Rect(x, y, x + width, y + height)


def _feathered(coverage: Coverage) -> Coverage:
    import cv2

    soft = cv2.GaussianBlur(coverage, (5, 5), 0.7, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.max(coverage, cv2.add(soft, soft)), np.uint8)


def _continued(pixels: Rgb, inside: npt.NDArray[np.bool_]) -> Rgb:
    """The picture with the colours of ``inside`` carried on beyond its edge."""
    import cv2

    known = inside.astype(np.float32)
    size, sigma = (2 * MARGIN + 1,) * 2, MARGIN / 4
    weight = cv2.GaussianBlur(known, size, sigma)
    colours = cv2.GaussianBlur(pixels * known[..., None], size, sigma)
    outside = ~inside & (weight > 1e-6)
    found = pixels.copy()
    found[outside] = np.rint(colours[outside] / weight[outside][:, None]).astype(np.uint8)
    return found


def _shifted(
    array: npt.NDArray[np.uint8], part: Rect, fraction: tuple[float, float], *, cubic: bool
) -> npt.NDArray[np.uint8]:
    """``part`` of the array after a shift by fractions of a pixel to the right and down.

    A shift has the same weights everywhere, so two one-dimensional filters do it exactly, where a
    general warp would round to 1/32 pixel.
    """
    import cv2

    if fraction == (0.0, 0.0):
        return array[part.y0 : part.y1, part.x0 : part.x1]
    top, left = max(0, part.y0 - 2), max(0, part.x0 - 2)
    source = array[top : part.y1 + 2, left : part.x1 + 2]
    across, down = (_kernel(share, cubic=cubic) for share in fraction)
    anchor = (2, 2) if cubic else (1, 1)
    moved = cv2.sepFilter2D(
        source, -1, across, down, anchor=anchor, borderType=cv2.BORDER_REPLICATE
    )
    y, x = part.y0 - top, part.x0 - left
    return np.asarray(moved[y : y + part.height, x : x + part.width], np.uint8)


def _kernel(shift: float, *, cubic: bool) -> npt.NDArray[np.float32]:
    """Weights of the pixels from two (cubic) or one before to one or none after."""
    if not cubic:
        return np.array([shift, 1.0 - shift], np.float32)
    t = 1.0 - shift
    weights = (
        ((-t + 2.0) * t - 1.0) * t / 2.0,
        ((3.0 * t - 5.0) * t * t + 2.0) / 2.0,
        ((-3.0 * t + 4.0) * t + 1.0) * t / 2.0,
        (t - 1.0) * t * t / 2.0,
    )
    return np.array(weights, np.float32)


def _shared(a: Rect, b: Rect) -> Rect:
    return Rect(max(a.x0, b.x0), max(a.y0, b.y0), min(a.x1, b.x1), min(a.y1, b.y1))
