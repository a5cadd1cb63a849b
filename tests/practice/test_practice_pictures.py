"""Pictures are told by content, decoded to the end, and read the same whatever their mode."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kling_desktop.practice import pictures
from kling_desktop.practice.order import Broken


@given(data=st.binary(max_size=200))
def test_plain_base64_comes_back(data: bytes) -> None:
    assert pictures.from_base64(base64.b64encode(data).decode(), "image") == data


@given(text=st.text(max_size=80))
def test_any_text_is_decoded_or_refused(text: str) -> None:
    try:
        data = pictures.from_base64(text, "image")
    except Broken:
        return
    assert base64.b64encode(data).decode()[:-4] == text[:-4]


@given(data=st.binary(max_size=400), kind=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_behind_a_signature_are_refused(data: bytes, kind: bytes) -> None:
    with pytest.raises(Broken, match="damaged"):
        pictures.decode(kind + data, "image")


@given(cut=st.integers(0, 2000))
def test_a_photo_cut_anywhere_is_refused(kit: Any, cut: int) -> None:
    whole = base64.b64decode(kit.photo(kind="JPEG"))
    with pytest.raises(Broken):
        pictures.decode(whole[: len(whole) - 2 - cut], "image")


def test_the_format_is_the_content_s(kit: Any) -> None:
    for kind in ("JPEG", "PNG"):
        still, _ = pictures.decode(base64.b64decode(kit.photo(kind=kind)), "image")
        assert still.format == kind


def test_a_bomb_is_refused_by_its_header() -> None:
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    data += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 4) + b"IDAT" + bytes(8)
    with pytest.raises(Broken, match="30000 × 30000 px, more than"):
        pictures.decode(data, "image")


def test_exif_orientation_turns_the_picture(kit: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = kit.file(Image.new("RGB", (400, 300)), "JPEG", exif=exif)
    still, decoded = pictures.decode(data, "image")
    assert (still.width, still.height) == (300, 400) == decoded.size


def checked() -> Image.Image:
    pixels = np.zeros((8, 8), np.uint8)
    pixels[:4] = 255
    return Image.fromarray(pixels)


def sixteen_bit() -> Image.Image:
    return Image.fromarray(np.asarray(checked()).astype(np.uint16) * 257)


def transparent() -> Image.Image:
    white = Image.new("RGBA", (8, 8), (255, 255, 255, 255))
    white.putalpha(checked())
    return white


@pytest.mark.parametrize(
    "image",
    [
        checked(),
        checked().convert("1"),
        checked().convert("P"),
        checked().convert("RGB"),
        checked().convert("LA"),
        sixteen_bit(),
        transparent(),
    ],
    ids=["grey", "1-bit", "palette", "rgb", "grey-alpha", "16-bit", "transparent"],
)
def test_masks_of_every_mode_mean_the_same(kit: Any, image: Image.Image) -> None:
    _, decoded = pictures.decode(kit.file(image), "mask")
    assert np.array_equal(pictures.brushed(decoded), np.asarray(checked()) > 127)


@pytest.mark.parametrize(("level", "counts"), [(127, False), (128, True)])
def test_the_threshold_of_a_brushed_pixel(level: int, counts: bool) -> None:
    assert pictures.brushed(Image.new("L", (2, 2), level)).all() == counts


def test_transparent_parts_of_a_photo_are_white() -> None:
    pixels = pictures.rgb(Image.new("RGBA", (2, 2), (10, 20, 30, 0)))
    assert pixels.shape == (2, 2, 3)
    assert (pixels == 255).all()
