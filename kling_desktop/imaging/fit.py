"""Fits a picture to what the API takes: a JPEG or PNG, 8-bit, upright, opaque, at most 10 MB."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kling_desktop.imaging.header import TITLES, opened, orientation, quoted
from kling_desktop.imaging.load import Pixels, pixels
from kling_desktop.model.checks import FORMATS, MAX_BYTES, MIN_SIDE
from kling_desktop.model.shot import Picture

Format = Literal["JPEG", "PNG"]

_QUALITIES = (95, 90, 85)
_LAST_QUALITIES = (75, 60, 40)
_SHRINK = 0.9
_PNG_LEVEL = 3
_PNG_DEPTH = 24
"""Where a PNG's header says how many bits a channel has."""
_NOT_RGB = {"P": "palette", "PA": "palette", "CMYK": "CMYK", "LAB": "Lab", "YCbCr": "YCbCr"}


@dataclass(frozen=True, slots=True)
class Fitted:
    """The file that is sent; ``notes`` says each change in a sentence, and is empty without one."""

    data: bytes
    format: Format
    width: int
    height: int
    notes: tuple[str, ...]


class _TooLargeError(Exception):
    """The file being written has outgrown the limit: what is left of it need not be made."""


class _Limited(io.BytesIO):
    """A file in memory that refuses to grow beyond a limit."""

    def __init__(self, limit: float) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: object, /) -> int:
        written = super().write(data)  # type: ignore[arg-type]
        if self.tell() > self._limit:
            raise _TooLargeError
        return written


def needs_fitting(picture: Picture, *, limit: int = MAX_BYTES) -> bool:
    """Whether the untouched file breaks a rule, told from its header; raises ImageError."""
    return bool(_reasons(picture, limit))


def fit(picture: Picture, *, limit: int = MAX_BYTES) -> Fitted:
    """What is sent of a picture: its own bytes wherever they obey, else a copy without metadata.

    The copy is a lossless PNG unless that has more than ``limit`` bytes or the file was a JPEG;
    then a JPEG, scaled down only where quality 85 is still too large, and never below 300 pixels
    a side. Sides and aspect are otherwise the artist's. Raises ImageError as ``read`` does.
    """
    reasons = _reasons(picture, limit)
    if not reasons:
        own: Format = "JPEG" if picture.format == "JPEG" else "PNG"
        return Fitted(picture.data, own, picture.width, picture.height, ())
    data, chosen, (width, height) = _copy(pixels(picture), picture.format, limit)
    copy = f"a {chosen} copy of {_megabytes(len(data))}"
    notes = [reason.format(copy=copy) for reason in reasons]
    if picture.format in FORMATS and chosen != picture.format and len(picture.data) <= limit:
        notes.append(f"As a {picture.format} it would be too large, so {copy} is sent.")
    if (width, height) != (picture.width, picture.height):
        notes.append(
            f"It is scaled from {picture.width}×{picture.height} to {width}×{height} pixels to "
            f"stay within {_megabytes(limit)}."
        )
    return Fitted(data, chosen, width, height, tuple(notes))


def written(whole: Pixels, like: str, *, limit: int = MAX_BYTES) -> Fitted:
    """RGB pixels (H, W, 3) made here as a file to send, of the kind that suits a picture whose
    format is ``like``: a JPEG for a JPEG."""
    data, chosen, (width, height) = _copy(whole, like, limit)
    return Fitted(data, chosen, width, height, ())


def _reasons(picture: Picture, limit: int) -> tuple[str, ...]:
    """A sentence for each rule that the untouched file breaks; ``{copy}`` stands for the copy."""
    png = picture.format == "PNG"
    with opened(picture.data, quoted(picture.name)) as image:
        depth = picture.data[_PNG_DEPTH] if png else 8
        rules = {
            f"The picture is a {TITLES[picture.format]} file; {{copy}} is sent.": (
                picture.format not in FORMATS
            ),
            f"The picture is {_megabytes(len(picture.data))}; {{copy}} is sent.": (
                len(picture.data) > limit
            ),
            "The picture has 16 bits a channel; the copy that is sent has 8.": (
                depth > 8 or image.mode.startswith("I;16")
            ),
            "The picture has less than 8 bits a pixel; the copy that is sent has 8.": (
                depth < 8 and image.mode != "P"
            ),
            "The picture has an alpha channel; the copy that is sent is opaque, on white.": (
                image.has_transparency_data
            ),
            f"The picture has {_NOT_RGB.get(image.mode)} colours; the copy that is sent has RGB.": (
                image.mode in _NOT_RGB
            ),
            "The picture is stored turned; the copy that is sent is upright.": (
                orientation(image, picture.data) != 1
            ),
        }
        return tuple(sentence for sentence, broken in rules.items() if broken)


def _copy(whole: Pixels, source: str, limit: int) -> tuple[bytes, Format, tuple[int, int]]:
    """The first copy within the limit: (data, format, (width, height))."""
    if source != "JPEG":
        data = _encoded(whole, "PNG", limit, compress_level=_PNG_LEVEL)
        if data is not None:
            return data, "PNG", (whole.shape[1], whole.shape[0])
    for size, quality, bound in _jpegs(whole.shape[1], whole.shape[0], limit):
        data = _encoded(_resized(whole, size), "JPEG", bound, quality=quality, subsampling=0)
        if data is not None:
            return data, "JPEG", size
    raise AssertionError("the last attempt has no limit")


def _jpegs(width: int, height: int, limit: int) -> Iterator[tuple[tuple[int, int], int, float]]:
    """(size, quality, limit) to try, best first; the very last is taken whatever it weighs."""
    for quality in _QUALITIES:
        yield (width, height), quality, limit
    least = min(1.0, MIN_SIDE / min(width, height))
    scale = 1.0
    while scale > least:
        scale = max(least, scale * _SHRINK)
        size = max(MIN_SIDE, round(width * scale)), max(MIN_SIDE, round(height * scale))
        yield size, _QUALITIES[-1], limit
    size = (width, height) if scale == 1.0 else size
    for quality in _LAST_QUALITIES:
        yield size, quality, limit
    yield size, _LAST_QUALITIES[-1], math.inf


def _resized(whole: Pixels, size: tuple[int, int]) -> Pixels:
    import cv2

    if size == (whole.shape[1], whole.shape[0]):
        return whole
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def _encoded(whole: Pixels, format_: Format, limit: float, **options: int) -> bytes | None:
    """The pixels as a file without metadata, or None as soon as it outgrows the limit."""
    from PIL import Image

    file = _Limited(limit)
    try:
        Image.fromarray(whole).save(file, format_, **options)
    except _TooLargeError:
        return None
    return file.getvalue()


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 50_000 else f"{count / 1e3:.1f} kB"
