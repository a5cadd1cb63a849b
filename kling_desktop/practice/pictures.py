"""Pictures on the wire: strict Base64, JPEG or PNG by content, pixels."""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
import zlib
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from kling_desktop.practice.order import Broken, Still

if TYPE_CHECKING:
    from PIL import Image

LARGEST_FILE = 10 * 1024 * 1024
SMALLEST_SIDE = 300
WIDEST = 2.5
MOST_PIXELS = 150_000_000
"""Beyond every camera, and the most that is worth decoding for practice."""

Pixels = npt.NDArray[np.uint8]
Brushed = npt.NDArray[np.bool_]

_ORIENTATION = 0x0112
_PREFIX = re.compile(r"data:[^,]{0,100},?", re.IGNORECASE)
_FOREIGN = re.compile(r"[^A-Za-z0-9+/=]")
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for broken files of the two formats."""


def from_base64(value: object, field: str) -> bytes:
    """The bytes behind a bare Base64 string; raises Broken for anything but exactly that."""
    if not isinstance(value, str):
        raise Broken(field, "must be a string of Base64")
    if prefix := _PREFIX.match(value):
        raise Broken(field, f"remove the prefix “{prefix[0]}” and send the Base64 string alone")
    if value[:8].lower().startswith(("http://", "https://")):
        raise Broken(field, "is an address; this server fetches nothing, send Base64")
    if "\n" in value or "\r" in value:
        raise Broken(field, "has line breaks; Base64 must be one line")
    if foreign := _FOREIGN.search(value):
        raise Broken(field, f"“{_shown(foreign[0])}” is not in the Base64 alphabet")
    if len(value) % 4:
        raise Broken(field, "the Base64 is cut off or lacks its padding")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Broken(field, "the Base64 padding is in the wrong place") from None


def picture(value: object, field: str, *, aspect: bool) -> tuple[Still, Image.Image]:
    """A reference image and its decoded form, held to the page's rules for images.

    ``aspect`` adds the rule that the page states for ``image`` alone.
    """
    data = from_base64(value, field)
    if len(data) > LARGEST_FILE:
        raise Broken(field, f"the file has {len(data) / 2**20:.1f} MB; at most 10 MB are allowed")
    still, decoded = decode(data, field)
    size = f"{still.width} × {still.height} px"
    if min(still.width, still.height) < SMALLEST_SIDE:
        raise Broken(field, f"is {size}; each side needs at least {SMALLEST_SIDE} px")
    if aspect and max(still.width, still.height) > WIDEST * min(still.width, still.height):
        raise Broken(field, f"is {size}; the aspect ratio must lie between 1:2.5 and 2.5:1")
    return still, decoded


def decode(data: bytes, field: str) -> tuple[Still, Image.Image]:
    """Identify by content and decode to the last byte; raises Broken where that fails."""
    kind = _format(data)
    if kind is None:
        raise Broken(field, "is neither a JPEG nor a PNG file")
    try:
        decoded = _open(data, kind, field)
    except _UNREADABLE:
        raise Broken(field, f"the {kind} file is damaged or cut off") from None
    return Still(data, kind, decoded.width, decoded.height), decoded


def load(still: Still) -> Image.Image:
    """The decoded form of a still that was accepted before."""
    return decode(still.data, "image")[1]


def rgb(image: Image.Image) -> Pixels:
    """(height, width, 3) RGB, transparent parts over white."""
    return np.array(_flat(image, 255).convert("RGB"))


def brushed(image: Image.Image) -> Brushed:
    """(height, width) bool: True where the luminance is above 127, transparent parts dark."""
    flat = _flat(image, 0)
    found: Brushed = np.asarray(flat.convert("L")) > 127
    return found


def _format(data: bytes) -> Literal["JPEG", "PNG"] | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return None


def _open(data: bytes, kind: Literal["JPEG", "PNG"], field: str) -> Image.Image:
    from PIL import ImageOps, JpegImagePlugin, PngImagePlugin

    # The two readers themselves, not Image.open, which warns about size before it can be refused.
    reader = JpegImagePlugin.JpegImageFile if kind == "JPEG" else PngImagePlugin.PngImageFile
    with reader(io.BytesIO(data)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            reason = f"is {opened.width} × {opened.height} px, more than this server decodes"
            raise Broken(field, reason)
        opened.load()
        if opened.getexif().get(_ORIENTATION, 1) == 1:
            return opened.copy()
        return ImageOps.exif_transpose(opened)


def _flat(image: Image.Image, backdrop: int) -> Image.Image:
    """Eight bits a channel, and no transparency."""
    from PIL import Image

    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if not image.has_transparency_data:
        return image
    opaque = Image.new("RGBA", image.size, (backdrop, backdrop, backdrop, 255))
    opaque.alpha_composite(image.convert("RGBA"))
    return opaque


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
