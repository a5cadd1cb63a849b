"""Loads pictures: proves that a file is whole and legal, and decodes it to upright sRGB pixels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kling_desktop.imaging.colour import Pixels, converter
from kling_desktop.imaging.header import ImageError, opened, orientation, quoted
from kling_desktop.model.shot import Picture

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

__all__ = ["ImageError", "Pixels", "pixels", "read", "read_file"]

MAX_FILE_BYTES = 1_000_000_000
_BAND_PIXELS = 1 << 20
_FLIPS = {
    1: (1, 1),
    2: (1, -1),
    3: (-1, -1),
    4: (-1, 1),
    5: (1, 1),
    6: (-1, 1),
    7: (-1, -1),
    8: (1, -1),
}
"""Orientation → steps (down, across); from 5 on rows and columns are swapped as well."""


MIN_SIDE = 4
"""A tracking pixel or a hairline saved by mistake is no picture that anybody means to move."""


def read(data: bytes, name: str = "") -> Picture:
    """The picture in a file's bytes, decoded once to prove it is whole; ``name`` is for sentences.

    JPEG, PNG, WebP, TIFF and BMP by content. Raises ImageError for everything else, and for what
    is empty, cut short, animated, a mere line or dot, larger than 16384 pixels a side or than 100 megapixels.
    """
    with opened(data, quoted(name)) as image:
        width, height = image.size
        if min(width, height) < MIN_SIDE:
            raise ImageError(
                f"{quoted(name)} is {width}×{height} pixels, too small to be a picture; open "
                f"one with at least {MIN_SIDE} pixels a side."
            )
        # A JPEG decoded at an eighth still reads every one of its bytes, in a fraction of the time.
        image.draft(None, (1, 1))
        image.load()
        converter(image, quoted(name))
        if orientation(image, data) >= 5:
            width, height = height, width
        return Picture(data, str(image.format), width, height, name)


def read_file(path: Path) -> Picture:
    """The picture in a file, named after it; raises ImageError as ``read`` does."""
    try:
        if not path.exists():
            raise ImageError(f"There is no file “{path}”; check its name and folder.")
        if not path.is_file():
            raise ImageError(f"“{path}” is not a file; choose a picture.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ImageError(f"“{path.name}” is larger than 1 GB; scale it down and open that.")
        data = path.read_bytes()
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "not enough memory"
        raise ImageError(
            f"“{path.name}” cannot be read ({reason}); check that you may open it."
        ) from error
    return read(data, path.name)


def pixels(picture: Picture) -> Pixels:
    """(height, width, 3) RGB uint8, C-contiguous, upright, in sRGB, alpha over white."""
    with opened(picture.data, quoted(picture.name)) as image:
        image.load()
        return _upright(image, orientation(image, picture.data), quoted(picture.name))


def _upright(image: ImageFile, turn: int, subject: str) -> Pixels:
    width, height = image.size
    shape = (width, height, 3) if turn >= 5 else (height, width, 3)
    upright = np.empty(shape, np.uint8)
    stored = _as_stored(upright, turn)
    convert = converter(image, subject)
    # Bands keep the intermediate copies of an 8000 × 8000 picture to a few megabytes.
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        stored[top:bottom] = convert(image.crop((0, top, width, bottom)))
    return upright


def _as_stored(upright: Pixels, turn: int) -> Pixels:
    """The view of an upright array in which the file's rows and columns are as they are stored.

    Source: the Exif standard, tag Orientation: which sides row 0 and column 0 belong to.
    """
    down, across = _FLIPS[turn]
    view = upright.transpose(1, 0, 2) if turn >= 5 else upright
    return view[::down, ::across]
