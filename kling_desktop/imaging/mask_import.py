"""Reads a black-and-white picture that an artist made elsewhere as the mask of an area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.header import opened, orientation, quoted
from kling_desktop.imaging.load import ImageError, pixels
from kling_desktop.model import areas
from kling_desktop.model.areas import Mask
from kling_desktop.model.shot import Picture

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_HALF = 128
_TOLERANCE = 0.01
"""How far two aspects may differ, as a share, before the shapes are called different."""
_NEAR = 64
"""How far from black or from white every channel may be to be called near it."""
_MOST, _TRACE = 0.9, 0.001
"""The share of a black-and-white picture near black or white, and what each needs more than."""


def read(data: bytes, name: str, width: int, height: int) -> Mask:
    """The mask in a PNG, JPEG, WebP, BMP or TIFF file, scaled to (height, width).

    White belongs to the area: what is at least half as bright as white and half opaque. Where
    some of the file is transparent and its colours are no black-and-white picture, as in a shape
    or a photograph cut out, what is at least half opaque counts. Scaled down, a pixel follows the
    majority of what it covers; scaled up, the nearest pixel. ``name`` is for sentences.

    Raises ImageError for what is no picture or too large, has another shape than the picture, or
    holds nothing white.
    """
    subject = quoted(name or "mask")
    with opened(data, subject) as image:
        turned = orientation(image, data) >= 5
        size = (image.height, image.width) if turned else image.size
        _require_aspect(size, (width, height), subject)
        picture = Picture(data, str(image.format), *size, name or "mask")
        white = _cut_out(image, data)
    if white is None:
        white = _brightness(picture) >= _HALF
    mask = _scaled(white, width, height)
    if not mask.any():
        raise ImageError(
            f"Nothing in the mask is white; paint what belongs to the area white in {subject} and "
            "import it again."
        )
    return mask


def _require_aspect(size: tuple[int, int], picture: tuple[int, int], subject: str) -> None:
    """A side of the mask may be a pixel off, as rounding makes it, or the aspect 1 %."""
    (w, h), (width, height) = size, picture
    rounded = (w - 1) * height <= (h + 1) * width and (h - 1) * width <= (w + 1) * height
    if not rounded and abs(w * height - h * width) > _TOLERANCE * h * width:
        raise ImageError(
            f"{subject} is {w}×{h} pixels and the picture {width}×{height}, which is another "
            "shape; save the mask with the picture's proportions and import it again."
        )


def _cut_out(image: ImageFile, data: bytes) -> Mask | None:
    """(height, width) of what a partly transparent picture means as white, upright, or None where
    nothing is more transparent than not."""
    import cv2
    from PIL import ImageOps

    # Of a 16-bit grey PNG Pillow cannot tell the transparent value apart.
    if not image.has_transparency_data or image.mode.startswith("I"):
        return None
    upright = image if orientation(image, data) == 1 else ImageOps.exif_transpose(image)
    rgba = np.asarray(upright.convert("RGBA"), np.uint8)
    opaque: Mask = rgba[..., 3] >= _HALF
    if opaque.all():
        return None
    if not _black_and_white(rgba, opaque):
        return opaque
    # Not over white, or a black rim that fades out would be half bright.
    return opaque & (cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY) >= _HALF)


def _black_and_white(rgba: npt.NDArray[np.uint8], opaque: Mask) -> bool:
    """Whether what is opaque of (height, width, 4) RGBA has two sides, black and white, and little
    between: then it is a mask of its own, unlike one colour or a photograph."""
    red, green, blue = (rgba[..., channel] for channel in range(3))
    dark = np.maximum(np.maximum(red, green), blue) < _NEAR
    bright = np.minimum(np.minimum(red, green), blue) > 255 - _NEAR
    total, black, white = (int(np.count_nonzero(m & opaque)) for m in (opaque, dark, bright))
    return black + white >= _MOST * total and min(black, white) > _TRACE * total


def _brightness(picture: Picture) -> npt.NDArray[np.uint8]:
    import cv2

    return np.asarray(cv2.cvtColor(pixels(picture), cv2.COLOR_RGB2GRAY), np.uint8)


def _scaled(mask: Mask, width: int, height: int) -> Mask:
    import cv2

    own_height, own_width = mask.shape
    if own_width * own_height <= width * height:
        return areas.scaled(mask.view(np.uint8), width, height).view(np.bool_)
    grey = mask.view(np.uint8) * np.uint8(255)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA) >= _HALF)
