"""The background plate: untouched outside, plausible inside, never an exception."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.motion.plate import RIM, grown, plate, rough
from tests.benchmarks.plate import squared_gradient
from tests.motion.scenes import Rgb, painted, textured


def test_no_hole_is_a_copy(photo: Rgb) -> None:
    found = plate(photo, np.zeros(photo.shape[:2], np.bool_))
    assert np.array_equal(found, photo)
    assert not np.shares_memory(found, photo)


def test_only_the_hole_changes(photo: Rgb) -> None:
    hole = painted(photo.shape[1], photo.shape[0], (1, 250, 200, 70, 50)) > 0
    before = photo.copy()
    found = plate(photo, hole)
    assert np.array_equal(found[~hole], photo[~hole])
    assert not np.array_equal(found[hole], photo[hole])
    assert np.array_equal(photo, before)


def test_same_hole_same_plate(photo: Rgb) -> None:
    hole = painted(photo.shape[1], photo.shape[0], (1, 200, 150, 60, 40)) > 0
    assert np.array_equal(plate(photo, hole), plate(photo, hole))


def test_nothing_of_what_was_cut_out_is_left() -> None:
    pixels = textured(320, 240) // 2
    hole = painted(320, 240, (1, 160, 120, 50, 60)) > 0
    pixels[hole] = (255, 0, 255)
    found = plate(pixels, hole).astype(int)
    magenta = (found[..., 0] > 180) & (found[..., 1] < 80) & (found[..., 2] > 180)
    assert not magenta.any()


@pytest.mark.parametrize("scale", [1, 2])
def test_fill_has_the_texture_of_its_surroundings(scale: int) -> None:
    pixels = textured(320 * scale, 240 * scale, grain=4)
    hole = painted(320 * scale, 240 * scale, (1, 160 * scale, 120 * scale, 45 * scale, 40 * scale))
    found = plate(pixels, hole > 0)
    inside, outside = (found[part].astype(float) for part in (hole > 0, hole == 0))
    steep = squared_gradient(found)
    assert 0.6 <= steep[hole > 0].mean() / steep[hole == 0].mean() <= 1.5
    assert inside.std() > outside.std() / 3
    assert np.abs(inside.mean(axis=0) - outside.mean(axis=0)).max() < 25


def test_stripes_go_on_through_the_hole() -> None:
    rows = np.arange(240) // 12 % 2 * 200 + 20
    pixels = np.broadcast_to(rows[:, None, None], (240, 320, 3)).astype(np.uint8).copy()
    hole = painted(320, 240, (1, 160, 120, 40, 40)) > 0
    right = np.abs(plate(pixels, hole).astype(int) - pixels)[hole] < 60
    assert right.mean() > 0.85


def test_a_gradient_has_no_seam() -> None:
    ramp = np.linspace(20, 230, 320)
    pixels = np.broadcast_to(ramp[None, :, None], (240, 320, 3)).astype(np.uint8).copy()
    hole = painted(320, 240, (1, 160, 120, 50, 50)) > 0
    found = plate(pixels, hole).astype(int)
    edge = (
        cv2.morphologyEx(hole.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8)) > 0
    )
    steps = np.abs(np.diff(found[..., 0], axis=1))
    assert steps[edge[:, 1:]].max() <= 12


def test_a_hole_that_is_everything_is_the_mean(photo: Rgb) -> None:
    found = plate(photo, np.ones(photo.shape[:2], np.bool_))
    assert np.ptp(found.reshape(-1, 3), axis=0).max() == 0
    assert np.abs(found[0, 0] - photo.reshape(-1, 3).mean(axis=0)).max() <= 1


def test_nearly_everything_and_both_borders() -> None:
    pixels = textured(200, 150)
    hole = np.ones((150, 200), np.bool_)
    hole[40:60, 90:110] = False
    found = plate(pixels, hole)
    assert np.array_equal(found[40:60, 90:110], pixels[40:60, 90:110])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_any_size_and_any_hole(width: int, height: int, data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 99))
    share = data.draw(st.sampled_from([0.0, 0.01, 0.3, 0.9, 1.0]))
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
    hole = random.random((height, width)) < share
    if data.draw(st.booleans()):
        hole = cv2.blur(hole.astype(np.float32), (9, 9)) > 0.2
    for found in (plate(pixels, hole), rough(pixels, hole)):
        assert found.shape == pixels.shape
        assert found.dtype == np.uint8
        if not hole.all():
            assert np.array_equal(found[~hole], pixels[~hole])


def lines(hole: Rgb) -> None:
    hole[4:100:16] = True


def dots(hole: Rgb) -> None:
    hole[4:100:12, 4::12] = True


def one_pixel(hole: Rgb) -> None:
    hole[70, 100] = True


def corner(hole: Rgb) -> None:
    hole[:50, :60] = True


def half(hole: Rgb) -> None:
    hole[:, 100:] = True


def most(hole: Rgb) -> None:
    hole[:135] = True


def grid(hole: Rgb) -> None:
    hole[...] = True
    hole[1::2, 1::2] = False


@pytest.mark.parametrize("shape", [lines, dots, one_pixel, corner, half, most, grid])
@pytest.mark.parametrize("fill", [plate, rough])
def test_unusual_holes_take_the_colours_around_them(
    shape: Callable[[Rgb], None], fill: Callable[[Rgb, Rgb], Rgb]
) -> None:
    pixels = textured(200, 150) // 8 + np.array([150, 90, 30], np.uint8)
    hole = np.zeros((150, 200), np.bool_)
    shape(hole)
    covered = pixels.copy()
    covered[hole] = (0, 255, 255)
    found = fill(covered, hole)
    assert np.array_equal(found[~hole], pixels[~hole])
    assert np.abs(found[hole].astype(float) - pixels[hole]).mean() < 12


def test_the_hidden_pixels_have_no_say() -> None:
    photo = textured(400, 300)
    hole = painted(photo.shape[1], photo.shape[0], (1, 250, 200, 50, 40)) > 0
    other = photo.copy()
    other[hole] = 255 - other[hole]
    assert np.array_equal(plate(photo, hole), plate(other, hole))
    assert np.array_equal(rough(photo, hole), rough(other, hole))


def test_cancelled_it_is_the_rough_one(photo: Rgb) -> None:
    hole = painted(photo.shape[1], photo.shape[0], (1, 250, 200, 70, 50)) > 0
    assert np.array_equal(plate(photo, hole, cancelled=lambda: True), rough(photo, hole))


def test_cancelled_halfway_the_search_ends(photo: Rgb) -> None:
    hole = painted(photo.shape[1], photo.shape[0], (1, 250, 200, 70, 50)) > 0
    asked = 0

    def after_some() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    assert np.array_equal(plate(photo, hole, cancelled=after_some), rough(photo, hole))
    assert asked == 7


def test_progress_rises_to_one_hole_by_hole() -> None:
    hole = painted(400, 200, (1, 60, 60, 20, 20), (2, 320, 120, 20, 20)) > 0
    heard: list[float] = []
    plate(textured(400, 200), hole, progress=heard.append)
    assert heard == [pytest.approx(0.5, abs=0.01), pytest.approx(1.0)]


def test_grown_reaches_the_rim_and_more_in_a_large_picture() -> None:
    small, large = np.zeros((100, 100), np.bool_), np.zeros((2400, 2400), np.bool_)
    small[50, 50] = large[1200, 1200] = True
    assert np.flatnonzero(grown(small).any(axis=0)).tolist() == list(range(50 - RIM, 51 + RIM))
    assert grown(large).any(axis=0).sum() == 21


def test_grown_leaves_something_to_fill_from() -> None:
    hole = np.ones((40, 40), np.bool_)
    hole[20, 20] = False
    assert not grown(hole).all()
    assert not grown(np.zeros((40, 40), np.bool_)).any()
