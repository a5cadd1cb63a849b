"""Masks and maps: out and back without a changed pixel, everything else refused in a sentence."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kling_desktop.imaging.load import ImageError
from kling_desktop.imaging.masks import labels_png, mask_png, read_labels, read_mask
from kling_desktop.model import areas
from tests import badfiles

sides = st.integers(1, 40)


@st.composite
def maps(draw: st.DrawFn) -> areas.Labels:
    seed = draw(st.integers(0, 2**32 - 1))
    shape = draw(st.tuples(sides, sides))
    return np.random.default_rng(seed).integers(0, 8, shape, np.uint8)


def refusal(data: bytes, width: int = 40, height: int = 30) -> str:
    with pytest.raises(ImageError) as caught:
        read_labels(data, width, height)
    return str(caught.value)


def labels(width: int = 40, height: int = 30) -> areas.Labels:
    return (np.arange(width * height, dtype=np.uint32) % 8).astype(np.uint8).reshape(height, width)


@settings(max_examples=100, deadline=None)
@given(maps())
def test_a_map_survives_the_way_out_and_back(found: areas.Labels) -> None:
    height, width = found.shape
    back = read_labels(labels_png(found), width, height)
    assert (back == found).all()
    assert back.flags.c_contiguous
    assert back.flags.writeable


@settings(max_examples=100, deadline=None)
@given(maps(), st.integers(1, 7))
def test_a_mask_decodes_to_exactly_its_area(found: areas.Labels, area: int) -> None:
    mask = areas.mask(found, area)
    image = Image.open(io.BytesIO(mask_png(mask)))
    assert (image.format, image.mode) == ("PNG", "L")
    assert (np.asarray(image) == np.where(mask, 255, 0)).all()
    assert (read_mask(mask_png(mask)) == mask).all()


def test_the_same_map_gives_the_same_bytes() -> None:
    assert labels_png(labels()) == labels_png(labels().copy())


def test_a_map_that_is_a_view_is_written_right() -> None:
    view = labels(80, 60)[::2, ::2]
    assert (read_labels(labels_png(view), 40, 30) == view).all()


def test_of_a_palette_the_indices_count() -> None:
    image = Image.fromarray(labels()).convert("P")
    image.putdata(labels().reshape(-1).tolist())
    image.putpalette([200 - index for index in range(24)])
    for bits in (4, 8):
        data = badfiles.encoded(image, "PNG", bits=bits)
        assert (read_labels(data, 40, 30) == labels()).all()


def test_one_bit_is_none_and_the_first_area() -> None:
    image = Image.fromarray(labels() > 3)
    assert (read_labels(badfiles.encoded(image, "PNG"), 40, 30) == (labels() > 3)).all()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_colour_and_alpha_are_refused(mode: str) -> None:
    data = badfiles.encoded(Image.fromarray(labels()).convert(mode), "PNG")
    assert "one channel of 8 bits" in refusal(data)


def test_sixteen_bits_are_refused() -> None:
    data = badfiles.encoded(Image.fromarray(labels().astype(np.uint16)), "PNG")
    assert "one channel of 8 bits" in refusal(data)


def test_four_bits_of_grey_are_refused_because_their_values_would_be_scaled() -> None:
    rows = np.zeros((30, 21), np.uint8)
    data = badfiles.png(40, 30, 4, 0, zlib.compress(rows.tobytes()))
    assert "one channel of 8 bits" in refusal(data)


def test_another_size_is_refused_with_both_sizes() -> None:
    said = refusal(labels_png(labels(41, 30)))
    assert "41×30" in said
    assert "40×30" in said


def test_values_above_seven_are_refused_with_the_value() -> None:
    wrong = labels()
    wrong[3, 4] = 200
    assert "the value 200" in refusal(labels_png(wrong))


@pytest.mark.parametrize("name", ["empty.png", "text.jpg", "animated.gif", "truncated.jpg"])
def test_what_is_no_png_is_refused(name: str) -> None:
    assert "not a PNG file" in refusal(badfiles.REFUSED[name]())


def test_a_bomb_is_refused_by_its_header() -> None:
    assert "30000×30000" in refusal(badfiles.huge_png(), 30_000, 30_000)


def test_a_map_cut_short_is_refused() -> None:
    whole = labels_png(np.random.default_rng(0).integers(0, 8, (30, 40), np.uint8))
    assert "damaged or cut short" in refusal(whole[: len(whole) // 2])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_a_damaged_map_is_a_map_or_a_sentence(at: int, patch: bytes) -> None:
    data = bytearray(labels_png(labels()))
    data[at : at + len(patch)] = patch
    try:
        found = read_labels(bytes(data), 40, 30)
        sound = found.shape == (30, 40) and found.max() <= areas.STATIC
    except ImageError as error:
        sound = str(error).endswith(".")
    assert sound


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_masks_of_every_mode_are_understood(mode: str) -> None:
    meant = labels() > 3
    if mode == "I;16":
        image = Image.fromarray(np.where(meant, 65535, 0).astype(np.uint16))
    else:
        image = Image.fromarray(np.where(meant, 255, 0).astype(np.uint8)).convert(mode)
    assert (read_mask(badfiles.encoded(image, "PNG")) == meant).all()


def test_a_mask_may_be_a_jpeg() -> None:
    meant = np.zeros((64, 64), np.bool_)
    meant[16:48, 16:48] = True
    image = Image.fromarray(np.where(meant, 255, 0).astype(np.uint8))
    assert (read_mask(badfiles.encoded(image, "JPEG", quality=95)) == meant).all()


def test_transparent_is_not_brushed() -> None:
    image = Image.new("RGBA", (10, 10), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), (0, 0, 5, 10))
    found = read_mask(badfiles.encoded(image, "PNG"))
    assert found[:, :5].all()
    assert not found[:, 5:].any()


def test_a_broken_mask_is_refused_with_a_sentence() -> None:
    with pytest.raises(ImageError, match="The mask is damaged or cut short"):
        read_mask(badfiles.truncated_png())
