"""Turns areas into the PNG masks and maps that are sent and kept, and reads them back."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.header import ImageError, kind, opened
from kling_desktop.model.areas import STATIC, Labels, Mask

_THRESHOLD = 128
_GREY, _PALETTE = 0, 3
"""PNG colour types, in the byte after the bit depth in the header. Source: PNG, section 11.2.1."""


def mask_png(mask: Mask) -> bytes:
    """An 8-bit grayscale PNG of a (height, width) mask: white where it is True, black elsewhere."""
    return _png(mask.view(np.uint8) * np.uint8(255))


def labels_png(labels: Labels) -> bytes:
    """An 8-bit grayscale PNG whose values are the labels; the same map gives the same bytes."""
    return _png(labels)


def indexed_png(values: Labels, colours: Sequence[tuple[int, int, int]]) -> bytes:
    """A palette PNG of a (height, width) map: value k has the k-th of ``colours`` (R, G, B), and 0
    is transparent white, so that who ignores the palette reads the values all the same."""
    from PIL import Image

    image = Image.fromarray(values)
    image.putpalette([255, 255, 255, *(part for colour in colours for part in colour)])
    out = io.BytesIO()
    image.save(out, "PNG", transparency=0)
    return out.getvalue()


def read_labels(data: bytes, width: int, height: int) -> Labels:
    """The (height, width) label map in a PNG of one channel, or of a palette whose indices count.

    Raises ImageError for another kind of file, mode or size, and for values above 7.
    """
    if kind(data) != "PNG":
        raise ImageError("The map of the areas is not a PNG file; save it as one.")
    with opened(data, "The map of the areas") as image:
        if image.size != (width, height):
            raise ImageError(
                f"The map of the areas is {image.size[0]}×{image.size[1]} pixels, the picture is "
                f"{width}×{height}; give them one size."
            )
        depth, colour = data[24], data[25]
        if colour not in {_GREY, _PALETTE} or (colour == _GREY and depth not in {1, 8}):
            raise ImageError(
                "The map of the areas must have one channel of 8 bits, or a palette; "
                "save it as such a PNG."
            )
        labels = np.array(image, np.uint8, order="C")
    highest = int(labels.max(initial=0))
    if highest > STATIC:
        raise ImageError(
            f"The map of the areas holds the value {highest}; only 0 (none), 1–6 (moving) and "
            "7 (static) mean something."
        )
    return labels


def read_mask(data: bytes) -> Mask:
    """(height, width) bool: True where a black-and-white picture is nearer to white.

    Takes every format and mode that a picture may have; what is transparent is not brushed.
    Raises ImageError for anything else.
    """
    with opened(data, "The mask") as image:
        image.load()
        if image.mode.startswith("I;16"):
            return np.asarray(image) >= _THRESHOLD * 257
        brushed: Mask = np.asarray(image.convert("L")) >= _THRESHOLD
        if image.has_transparency_data:
            brushed &= np.asarray(image.convert("RGBA").getchannel("A")) >= _THRESHOLD
        return brushed


def _png(grey: npt.NDArray[np.uint8]) -> bytes:
    import cv2

    # Without options cv2 is the fastest: asking for a level makes it try every row filter.
    return cv2.imencode(".png", grey)[1].tobytes()
