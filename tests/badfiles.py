"""Image files that artists really have and that loaders trip over, made as bytes when asked for.

``REFUSED`` must be refused with a sentence wherever a picture is taken; ``UNUSUAL`` is legal and
must load right. Each maps a file name to a function without arguments that returns the bytes.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 480, 320
ORIENTATION = 0x0112


def picture(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Smooth, lopsided colours: red grows to the right, green downwards, blue is a corner."""
    y, x = np.mgrid[:height, :width]
    blue = np.where((x < width // 4) & (y < height // 4), 220, 40)
    channels = x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), blue
    return Image.fromarray(np.dstack(channels).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file of Pillow's format ``kind``."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain_jpeg() -> bytes:
    return encoded(picture(), "JPEG", quality=95, subsampling=0)


def plain_png() -> bytes:
    return encoded(picture(), "PNG")


def truncated_jpeg() -> bytes:
    data = plain_jpeg()
    return data[: len(data) * 2 // 3]


def truncated_png() -> bytes:
    data = plain_png()
    return data[: len(data) * 2 // 3]


def truncated_webp() -> bytes:
    data = encoded(picture(), "WEBP")
    return data[: len(data) * 2 // 3]


def truncated_tiff() -> bytes:
    data = encoded(picture(), "TIFF")
    return data[: len(data) * 2 // 3]


def truncated_bmp() -> bytes:
    data = encoded(picture(), "BMP")
    return data[: len(data) * 2 // 3]


def header_only_jpeg() -> bytes:
    return plain_jpeg()[:20]


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG whose header promises a huge picture; what follows is tiny."""
    return png(width, height, 8, 2, zlib.compress(b"\0" * 1000))


def huge_jpeg(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small JPEG whose frame header promises a huge picture."""
    data = bytearray(plain_jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def huge_webp() -> bytes:
    """An extended WebP whose canvas is 16 777 216 pixels wide."""
    canvas = b"\0\0\0\0" + b"\xff\xff\xff" + b"\0\0\0"
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def png(width: int, height: int, depth: int, colour: int, compressed: bytes) -> bytes:
    """A PNG put together by hand: header, one data chunk, end."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", compressed), chunk(b"IEND", b""))
    )


def _two_frames() -> tuple[Image.Image, Image.Image]:
    return picture(), picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def animated(kind: str) -> bytes:
    """Two frames (or pages) as GIF, WEBP, PNG or TIFF."""
    first, second = _two_frames()
    return encoded(first, kind, save_all=True, append_images=[second])


def svg() -> bytes:
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def text() -> bytes:
    return b"This is not a picture at all.\n"


def cmyk_jpeg() -> bytes:
    return encoded(picture().convert("CMYK"), "JPEG", quality=95)


def gray16() -> np.ndarray:
    """(HEIGHT, WIDTH) uint16 from 0 on the left to 65535 on the right."""
    row = np.linspace(0, 65535, WIDTH).round().astype(np.uint16)
    return np.repeat(row[None], HEIGHT, axis=0)


def gray16_png() -> bytes:
    return encoded(Image.fromarray(gray16()), "PNG")


def gray16_tiff() -> bytes:
    return encoded(Image.fromarray(gray16()), "TIFF")


def rgb16_png() -> bytes:
    """16 bits a channel: ``picture()`` times 257, big-endian, no row filter."""
    deep = np.asarray(picture()).astype(">u2") * np.uint16(257)
    rows = deep.astype(">u2").reshape(HEIGHT, -1).view(np.uint8)
    filtered = np.hstack([np.zeros((HEIGHT, 1), np.uint8), rows])
    return png(WIDTH, HEIGHT, 16, 2, zlib.compress(filtered.tobytes()))


def rotated_jpeg(orientation: int) -> bytes:
    """A JPEG that shows ``picture()`` upright, stored as a camera held that way would (1…8)."""
    return rotated(orientation, "JPEG", quality=95, subsampling=0)


def rotated(orientation: int, kind: str, **options: object) -> bytes:
    """``picture()`` stored turned, with the EXIF orientation that turns it back."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image = picture() if undo is None else picture().transpose(undo)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(image, kind, exif=exif, **options)


def palette_png() -> bytes:
    return encoded(picture().quantize(64), "PNG")


def bilevel_png() -> bytes:
    return encoded(picture().convert("1"), "PNG")


def gray_alpha_png() -> bytes:
    return encoded(transparent().convert("LA"), "PNG")


def transparent() -> Image.Image:
    """``picture()`` whose left half is fully transparent."""
    image = picture().convert("RGBA")
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[:, : WIDTH // 2] = 0
    image.putalpha(Image.fromarray(alpha))
    return image


def rgba_png() -> bytes:
    return encoded(transparent(), "PNG")


def one_pixel_png() -> bytes:
    return encoded(picture(1, 1), "PNG")


REFUSED: dict[str, Callable[[], bytes]] = {
    "empty.png": lambda: b"",
    "text.jpg": text,
    "drawing.svg": svg,
    "truncated.jpg": truncated_jpeg,
    "truncated.png": truncated_png,
    "truncated.webp": truncated_webp,
    "truncated.tiff": truncated_tiff,
    "truncated.bmp": truncated_bmp,
    "header-only.jpg": header_only_jpeg,
    "one-pixel.png": one_pixel_png,
    "huge.png": huge_png,
    "huge.jpg": huge_jpeg,
    "huge.webp": huge_webp,
    "animated.gif": lambda: animated("GIF"),
    "animated.webp": lambda: animated("WEBP"),
    "animated.png": lambda: animated("PNG"),
    "pages.tiff": lambda: animated("TIFF"),
}

UNUSUAL: dict[str, Callable[[], bytes]] = {
    "cmyk.jpg": cmyk_jpeg,
    "gray16.png": gray16_png,
    "gray16.tiff": gray16_tiff,
    "rgb16.png": rgb16_png,
    "palette.png": palette_png,
    "bilevel.png": bilevel_png,
    "gray-alpha.png": gray_alpha_png,
    "rgba.png": rgba_png,
    "really-a-png.jpg": plain_png,
    "really-a-jpeg.png": plain_jpeg,
    "turned.jpg": lambda: rotated_jpeg(6),
    "picture.webp": lambda: encoded(picture(), "WEBP", lossless=True),
    "picture.tiff": lambda: encoded(picture(), "TIFF", compression="tiff_lzw"),
    "picture.bmp": lambda: encoded(picture(), "BMP"),
}
