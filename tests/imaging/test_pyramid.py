"""The pyramid: exact means, exact positions, nothing cut off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.imaging.pyramid import bgra, pyramid


def photo(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


def test_bytes_are_blue_green_red_opaque() -> None:
    pixels = photo(5, 7)
    found = bgra(pixels)
    assert found.shape == (5, 7, 4)
    assert found.flags.c_contiguous
    assert (found[..., 2::-1] == pixels).all()
    assert (found[..., 3] == 255).all()


def test_the_picture_itself_comes_first_and_is_not_copied() -> None:
    image = bgra(photo(700, 600))
    assert pyramid(image)[0] is image


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((400, 512), [(400, 512)]),
        ((400, 513), [(400, 513), (200, 257)]),
        ((1, 2000), [(1, 2000), (1, 1000), (1, 500)]),
        ((1025, 3), [(1025, 3), (513, 2), (257, 1)]),
    ],
)
def test_sides_are_halved_until_none_is_longer_than_512(
    shape: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    assert [level.shape[:2] for level in pyramid(bgra(photo(*shape)))] == sizes


@settings(max_examples=30, deadline=None)
@given(st.integers(513, 700), st.integers(1, 700))
def test_every_pixel_is_the_mean_of_the_four_it_stands_for(height: int, width: int) -> None:
    image = bgra(photo(height, width))
    half = pyramid(image)[1]
    padded = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge").astype(float)
    rows, columns = half.shape[:2]
    means = padded.reshape(rows, 2, columns, 2, 4).mean(axis=(1, 3))
    assert np.abs(half - means).max() <= 0.5


def test_levels_can_be_handed_to_qt() -> None:
    for level in pyramid(bgra(photo(1025, 777))):
        assert level.flags.c_contiguous
        assert (level[..., 3] == 255).all()
