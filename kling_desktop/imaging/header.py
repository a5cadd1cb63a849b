"""Opens an image file by its content and its header, before anything large is decoded."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_SIDE = 16384
MAX_PIXELS = 100_000_000
TITLES = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "TIFF": "TIFF", "BMP": "BMP"}

_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OTHERS = (
    (0, b"GIF8", "a GIF"),
    (0, b"%PDF", "a PDF"),
    (0, b"8BPS", "a Photoshop document"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyp", "a video"),
)
_ORIENTATION, _SUBFILE_TYPE = 0x0112, 254
_THUMBNAIL_OR_MASK = 1 | 4
_MOST_EXTRA_PAGES = 8


class ImageError(ValueError):
    """A picture that cannot be used; its text is the sentence that the artist reads."""


def quoted(name: str) -> str:
    """How a sentence begins that speaks about the file."""
    return f"“{name}”" if name else "The picture"


def kind(data: bytes) -> str | None:
    """Pillow's name of the format that the bytes are in, or None for anything not accepted."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(_TIFF_STARTS):
        return "TIFF"
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return "BMP"
    return None


@contextmanager
def opened(data: bytes, subject: str) -> Iterator[ImageFile]:
    """The picture with its header read and its size accepted, its pixels not yet decoded.

    Whatever Pillow raises or warns of, here or in the body, ends as an ImageError whose sentence
    begins with ``subject``.
    """
    with _sentences(subject), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = kind(data)
        if found is None:
            raise ImageError(_refusal(data, subject))
        if found == "WEBP":
            _accept_size(*_webp_canvas(data), subject)
        with _open(found, data) as image:
            _accept_size(*image.size, subject)
            if _animated(image):
                raise ImageError(_one_frame(found, subject))
            yield image


def orientation(image: ImageFile, data: bytes) -> int:
    """The EXIF orientation 1…8 that remains to be applied to the pixels as Pillow decodes them."""
    # Pillow turns a TIFF itself, and decodes a whole PNG only to look for metadata after it.
    if image.format == "TIFF":
        return 1
    if image.format == "PNG" and b"eXIf" not in data and b"adobe.xmp" not in data:
        return 1
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - broken metadata must not cost the artist a whole picture
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _open(found: str, data: bytes) -> ImageFile:
    """The format's own reader: ``Image.open`` would try every plug-in there is."""
    from PIL import (
        BmpImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    readers: dict[str, Callable[[io.BytesIO], ImageFile]] = {
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
        "TIFF": TiffImagePlugin.TiffImageFile,
        "BMP": BmpImagePlugin.BmpImageFile,
    }
    return readers[found](io.BytesIO(data))


@contextmanager
def _sentences(subject: str) -> Iterator[None]:
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(
            f"{subject} needs more memory than there is; close other programs or scale it "
            "down and open it again."
        ) from error
    except Exception as error:  # a damaged file makes Pillow raise whatever its parser trips over
        raise ImageError(
            f"{subject} is damaged or cut short; copy or export it again and open that."
        ) from error


def _refusal(data: bytes, subject: str) -> str:
    if not data:
        return f"{subject} is empty (0 bytes); copy or export it again and open that."
    for offset, start, what in _OTHERS:
        if data.startswith(start, offset):
            return f"{subject} is {what}; save it as one PNG or JPEG picture and open that."
    if b"<svg" in data[:1000].lower():
        return f"{subject} is an SVG drawing; save it as a PNG picture and open that."
    return (
        f"{subject} is not a picture that can be opened; "
        "choose a JPEG, PNG, WebP, TIFF or BMP file."
    )


def _one_frame(found: str, subject: str) -> str:
    what = "has several pages; save one page" if found == "TIFF" else "is animated; save one frame"
    return f"{subject} {what} as PNG or JPEG and open that."


def _accept_size(width: int, height: int, subject: str) -> None:
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise ImageError(
            f"{subject} is {width}×{height} pixels; at most {MAX_PIXELS // 1_000_000} "
            f"megapixels and {MAX_SIDE} pixels a side can be used, so scale it down and open "
            "that."
        )


def _webp_canvas(data: bytes) -> tuple[int, int]:
    """(width, height) of an extended WebP, whose reader allocates the canvas when it is made.

    (1, 1) for the plain kinds, whose sides cannot exceed what is accepted. Source: the WebP
    container specification, RFC 9649, section 2.7.
    """
    if data[12:16] != b"VP8X" or len(data) < 30:
        return 1, 1
    return (
        1 + int.from_bytes(data[24:27], "little"),
        1 + int.from_bytes(data[27:30], "little"),
    )


def _animated(image: ImageFile) -> bool:
    if image.format == "TIFF":
        return _several_pages(image)
    return bool(getattr(image, "is_animated", False))


def _several_pages(image: ImageFile) -> bool:
    """Whether a TIFF has a further page that is neither a thumbnail nor a mask of the first."""
    several = False
    for page in range(1, _MOST_EXTRA_PAGES):
        try:
            image.seek(page)
        except EOFError:
            break
        tags = getattr(image, "tag_v2", {})
        several = several or not tags.get(_SUBFILE_TYPE, 0) & _THUMBNAIL_OR_MASK
    image.seek(0)
    return several
