"""Layers: areas cut out of the picture with a narrow feather, shifted by parts of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Rect
from kling_desktop.motion.track import Pose

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
        left, top = math.floor(dx), math.floor(dy)
        height, width = self.alpha.shape
        x, y = self.x + left, self.y + top
        touched = Rect(x, y, x + width, y + height).clipped(frame.shape[1], frame.shape[0])
        if within is not None:
            touched = touched.shared(within)
        if touched.empty:
            return touched
        part = Rect(touched.x0 - x, touched.y0 - y, touched.x1 - x, touched.y1 - y)
        fraction = (dx - left, dy - top)
        alpha = _shifted(self.alpha, part, fraction, cubic=False)
        _over(frame, touched, _shifted(self.colour, part, fraction, cubic=True), alpha)
        return touched

    def blend_turned(self, frame: Rgb, pose: Pose) -> Rect:
        """Draw onto ``frame`` in any pose about the layer's own middle; returns what was touched."""
        import cv2

        height, width = self.alpha.shape
        middle = self.middle
        turned = cv2.getRotationMatrix2D(middle, -math.degrees(pose.angle), pose.size)
        matrix = np.asarray(turned, np.float64)
        matrix[:, 2] += np.array([self.x + pose.dx, self.y + pose.dy])
        corners = (
            np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ matrix.T
        )
        x0, y0 = np.floor(corners.min(axis=0)).astype(int)
        x1, y1 = np.ceil(corners.max(axis=0)).astype(int) + 1
        touched = Rect(int(x0), int(y0), int(x1), int(y1)).clipped(frame.shape[1], frame.shape[0])
        if touched.empty:
            return touched
        matrix[:, 2] -= np.array([touched.x0, touched.y0])
        size = (touched.width, touched.height)
        colour = cv2.warpAffine(
            self.colour, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        alpha = cv2.warpAffine(self.alpha, matrix, size, flags=cv2.INTER_LINEAR)
        _over(frame, touched, np.asarray(colour, np.uint8), np.asarray(alpha, np.uint8))
        return touched

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of what is covered, in pixels of the layer: what it turns about."""
        import cv2

        found = cv2.moments(self.alpha)
        total = max(found["m00"], 1e-9)
        return found["m10"] / total, found["m01"] / total

    @property
    def radius(self) -> float:
        """Half of the layer's diagonal, in pixels."""
        return math.hypot(*self.alpha.shape) / 2.0

    def faded(self, strength: float) -> Layer:
        """The same layer at a share (0…1) of its opacity."""
        import cv2

        return replace(
            self, alpha=np.asarray(cv2.convertScaleAbs(self.alpha, alpha=strength), np.uint8)
        )


def cut(pixels: Rgb, coverage: Coverage, box: Rect) -> Layer:
    """The covered part of a picture as a layer; ``coverage`` is that of ``box``.

    Everything covered is opaque; beyond its edge the opacity falls off within 1.5 pixels.
    """
    cover = np.pad(coverage, MARGIN)
    near = crop(pixels, box.x0 - MARGIN, box.y0 - MARGIN, cover.shape)
    colour = _continued(near, cover >= min(250, int(cover.max())))
    return Layer(colour, _feathered(cover), box.x0 - MARGIN, box.y0 - MARGIN)


def crop(pixels: Rgb, x: int, y: int, shape: tuple[int, ...]) -> Rgb:
    """A piece (height, width) of a picture from (x, y) on; beyond its border the border goes on."""
    rows = np.clip(np.arange(y, y + shape[0]), 0, pixels.shape[0] - 1)
    columns = np.clip(np.arange(x, x + shape[1]), 0, pixels.shape[1] - 1)
    return np.ascontiguousarray(pixels[rows[:, None], columns])


def pin(plate: Rgb, coverage: Coverage, box: Rect) -> Layer:
    """The covered part of the background as a layer that lies on top of everything; ``coverage``
    is that of ``box``.

    Its feather shows the background, so that at rest it changes nothing at all.
    """
    wide = Rect(box.x0 - 3, box.y0 - 3, box.x1 + 3, box.y1 + 3).clipped(*plate.shape[1::-1])
    around = (
        (box.y0 - wide.y0, wide.y1 - box.y1),
        (box.x0 - wide.x0, wide.x1 - box.x1),
    )
    part = np.s_[wide.y0 : wide.y1, wide.x0 : wide.x1]
    return Layer(plate[part].copy(), _feathered(np.pad(coverage, around)), wide.x0, wide.y0)


def _over(frame: Rgb, touched: Rect, colour: Rgb, alpha: Coverage) -> None:
    """Lay colours of that opacity over a part of the frame."""
    import cv2

    opaque = cv2.merge([alpha, alpha, alpha])
    own = cv2.multiply(colour, opaque, scale=1 / 255)
    below = frame[touched.y0 : touched.y1, touched.x0 : touched.x1]
    rest = cv2.multiply(below, cv2.bitwise_not(opaque), scale=1 / 255)
    below[...] = cv2.add(own, rest)


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
