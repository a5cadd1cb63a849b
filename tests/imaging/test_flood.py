"""Wand and bucket: the same pixels as a search by hand, however large, thin or winding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kling_desktop.imaging import regions
from kling_desktop.imaging.flood import fill, flood
from kling_desktop.model.areas import Labels, Mask, Rect

DATA = Path(__file__).parents[1] / "data"


def whole(rect: Rect, mask: Mask, shape: tuple[int, ...]) -> Mask:
    """The mask laid on the picture; the rectangle must be on it and no larger than needed."""
    assert mask.shape == (rect.height, rect.width)
    assert mask.dtype == np.bool_
    if rect.empty:
        assert (rect, mask.shape) == (Rect(0, 0, 0, 0), (0, 0))
    else:
        assert rect == rect.clipped(shape[1], shape[0])
        assert mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any()
    full = np.zeros(shape[:2], np.bool_)
    full[rect.y0 : rect.y1, rect.x0 : rect.x1] = mask
    return full


def reached(alike: Mask, seed: tuple[int, int]) -> Mask:
    """The 4-connected part that holds the seed, by a search pixel by pixel."""
    height, width = alike.shape
    found = np.zeros_like(alike)
    todo = [seed]
    while todo:
        x, y = todo.pop()
        if 0 <= x < width and 0 <= y < height and alike[y, x] and not found[y, x]:
            found[y, x] = True
            todo += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
    return found


def alike(pixels: npt.NDArray[np.uint8], seed: tuple[int, int], tolerance: int) -> Mask:
    colours = pixels[..., :3].astype(int)
    near: Mask = (np.abs(colours - colours[seed[1], seed[0]]) <= tolerance).all(axis=2)
    return near


@st.composite
def pictures(draw: st.DrawFn) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
    """A small picture of few colours with three or four channels, and a place in it."""
    height, width = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    levels = draw(st.integers(1, 4))
    pixels = random.integers(0, levels, (height, width, draw(st.sampled_from((3, 4)))))
    seed = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return (pixels * (255 // levels)).astype(np.uint8), seed


@given(pictures(), st.integers(0, 255), st.booleans())
def test_it_finds_what_a_search_by_hand_finds(
    picture: tuple[npt.NDArray[np.uint8], tuple[int, int]], tolerance: int, contiguous: bool
) -> None:
    pixels, seed = picture
    expected = alike(pixels, seed, tolerance)
    if contiguous:
        expected = reached(expected, seed)
    found = flood(pixels, seed, tolerance, contiguous=contiguous)
    assert (whole(*found, pixels.shape) == expected).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.tuples(*[st.integers(0, 899)] * 2))
def test_large_shapes_make_the_window_grow(seed: int, cell: int, at: tuple[int, int]) -> None:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 2, (900 // (cell * 20), 900 // (cell * 20)), np.uint8)
    rows = np.minimum(np.arange(900) // (cell * 20), len(coarse) - 1)
    labels = np.ascontiguousarray(coarse[rows][:, rows])
    found = whole(*fill(labels, at), labels.shape)
    assert found[at[1], at[0]]
    assert (labels[found] == labels[at[1], at[0]]).all()
    # Whatever lies next to it has another label.
    around = np.zeros_like(found)
    around[1:] |= found[:-1]
    around[:-1] |= found[1:]
    around[:, 1:] |= found[:, :-1]
    around[:, :-1] |= found[:, 1:]
    assert (labels[around & ~found] != labels[at[1], at[0]]).all()


def test_a_winding_corridor_is_followed_to_its_end() -> None:
    labels = np.ones((1200, 1200), np.uint8)
    labels[::4] = 0
    labels[2::8, :1] = labels[1::8, :1] = labels[3::8, :1] = 0
    labels[6::8, -1:] = labels[5::8, -1:] = labels[7::8, -1:] = 0
    found = whole(*fill(labels, (600, 600)), labels.shape)
    assert (found == (labels == 0)).all()


def test_an_outline_of_touching_corners_holds_the_bucket() -> None:
    labels = np.zeros((40, 40), np.uint8)
    for step in range(10):
        for x, y in ((20 + step, 10 + step), (20 - step, 10 + step)):
            labels[y, x] = labels[39 - y, x] = 3
    found = whole(*fill(labels, (20, 20)), labels.shape)
    assert found[20, 20]
    assert not found[0].any() and not found[:, 0].any()


@pytest.mark.parametrize("seed", [(-1, 0), (0, -1), (5, 0), (0, 4)])
def test_beside_the_picture_there_is_nothing(seed: tuple[int, int]) -> None:
    pixels = np.zeros((4, 5, 3), np.uint8)
    assert not whole(*flood(pixels, seed, 10), pixels.shape).any()
    assert not whole(*fill(pixels[..., 0], seed), pixels.shape).any()


def test_a_picture_that_may_not_be_written_is_left_alone() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (30, 30, 4), np.uint8)
    before = pixels.copy()
    pixels.setflags(write=False)
    for contiguous in (True, False):
        flood(pixels, (3, 3), 60, contiguous=contiguous)
    assert (pixels == before).all()


CLICKS = [(152, 304, 56), (242, 56, 100), (240, 357, 80), (178, 124, 64), (449, 145, 32)]
"""x, y and tolerance: three on the saucer, two on the cup."""


def test_a_few_clicks_and_the_clean_up_select_cup_and_saucer() -> None:
    pixels = np.asarray(Image.open(DATA / "photos" / "coffee.png").convert("RGB"))
    truth = np.asarray(Image.open(DATA / "truth" / "coffee.png")) > 127
    labels: Labels = np.zeros(truth.shape, np.uint8)
    for x, y, tolerance in CLICKS:
        labels[whole(*flood(pixels, (x, y), tolerance), labels.shape)] = 1
    rect, after = regions.fill_holes(labels, 1)
    labels[rect.y0 : rect.y1, rect.x0 : rect.x1] = after
    rect, after = regions.smooth(labels, 1, 2)
    labels[rect.y0 : rect.y1, rect.x0 : rect.x1] = after
    found = labels == 1
    assert (found & truth).sum() / (found | truth).sum() >= 0.90
