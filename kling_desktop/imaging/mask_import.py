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


def read(data: bytes, name: str, width: int, height: int) -> Mask:
    """The mask in a PNG, JPEG, WebP, BMP or TIFF file, scaled to (height, width).

    White belongs to the area: where some of the file is transparent, what is at least half opaque;
    otherwise what is at least half as bright as white. Scaled down, a pixel follows the majority
    of what it covers; scaled up, the nearest pixel. ``name`` is for sentences.

    Raises ImageError for what is no picture or too large, has another shape than the picture, or
    holds nothing white.
    """
    subject = quoted(name or "mask")
    with opened(data, subject) as image:
        turned = orientation(image, data) >= 5
        size = (image.height, image.width) if turned else image.size
        _require_aspect(size, (width, height), subject)
        picture = Picture(data, str(image.format), *size, name or "mask")
        alpha = _alpha(image, data)
    white = _brightness(picture) if alpha is None else alpha
    mask = _scaled(white >= _HALF, width, height)
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


def _alpha(image: ImageFile, data: bytes) -> npt.NDArray[np.uint8] | None:
    """(height, width) opacity, upright, or None where nothing is more transparent than not."""
    from PIL import ImageOps

    # Of a 16-bit grey PNG Pillow cannot tell the transparent value apart.
    if not image.has_transparency_data or image.mode.startswith("I"):
        return None
    upright = image if orientation(image, data) == 1 else ImageOps.exif_transpose(image)
    alpha = np.asarray(upright.convert("RGBA").getchannel("A"), np.uint8)
    return alpha if alpha.min() < _HALF else None


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
