"""Turns decoded pixels of any mode into 8-bit sRGB, a band of rows at a time."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.header import ImageError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsTransform

Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 3): RGB, origin top-left."""

_WHITE_IS_ZERO = (262, 0)
_PROFILE_SPACE = {"L": "L", "LA": "L", "1": "L", "CMYK": "CMYK", "LAB": "LAB"}


def converter(image: Image, subject: str) -> Callable[[Image], Pixels]:
    """A function that turns a band cut from ``image`` into (rows, width, 3) sRGB.

    Alpha is put over white, 16 bits are scaled to 8, an embedded colour profile is applied where
    it is sound. Raises ImageError for pixels without a known white (32-bit or floating point).
    """
    if image.mode.startswith("I;16"):
        tag, value = _WHITE_IS_ZERO
        negative = getattr(image, "tag_v2", {}).get(tag) == value
        return _from_inverted_16_bit if negative else _from_16_bit
    if image.mode in {"I", "F"}:
        raise ImageError(f"{subject} has 32-bit pixels; save it with 8 or 16 bits and open that.")
    transparent = image.has_transparency_data
    space = _PROFILE_SPACE.get(image.mode, "RGB")
    transform = _transform(image, space)

    def convert(band: Image) -> Pixels:
        from PIL import Image, ImageCms

        if transform is None:
            colours = band.convert("RGB")
        else:
            own = band if band.mode == space else band.convert(space)
            colours = ImageCms.applyTransform(own, transform) or own
        if transparent:
            alpha = band.convert("RGBA").getchannel("A")
            colours = Image.composite(colours, Image.new("RGB", band.size, "white"), alpha)
        return np.asarray(colours)

    return convert


def _from_16_bit(band: Image) -> Pixels:
    deep = np.asarray(band).astype(np.uint32)
    grey = ((deep + 128) // 257).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def _from_inverted_16_bit(band: Image) -> Pixels:
    return 255 - _from_16_bit(band)


def _transform(image: Image, space: str) -> ImageCmsTransform | None:
    """From the picture's own colours to sRGB, or None where they are sRGB or the profile is broken."""
    from PIL import ImageCms

    embedded = image.info.get("icc_profile") or b""
    if not embedded and space != "LAB":
        return None
    try:
        source = ImageCms.createProfile("LAB") if space == "LAB" else io.BytesIO(embedded)
        own = ImageCms.ImageCmsProfile(source)
        if _is_srgb(own.profile.profile_description):
            return None
        return ImageCms.buildTransform(
            own,
            ImageCms.createProfile("sRGB"),
            space,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def _is_srgb(description: str | None) -> bool:
    text = (description or "").lower()
    return text.startswith("srgb") and "linear" not in text
