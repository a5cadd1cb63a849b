"""The background plate: untouched outside, plausible inside, never an exception."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.motion.plate import RIM, plate
from tests.motion.scenes import Rgb, painted, textured


def far_outside(hole: Rgb) -> Rgb:
    near = cv2.dilate(hole.astype(np.uint8), np.ones((2 * RIM + 1,) * 2, np.uint8))
    return near == 0


def test_no_hole_is_a_copy(photo: Rgb) -> None:
    found = plate(photo, np.zeros(photo.shape[:2], np.bool_))
    assert np.array_equal(found, photo)
    assert not np.shares_memory(found, photo)


def test_only_the_hole_and_its_rim_change(photo: Rgb) -> None:
    hole = painted(photo.shape[1], photo.shape[0], (1, 250, 200, 70, 50)) > 0
    before = photo.copy()
    found = plate(photo, hole)
    outside = far_outside(hole)
    assert np.array_equal(found[outside], photo[outside])
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


@pytest.mark.parametrize("scale", [1, 3])
def test_fill_has_the_texture_of_its_surroundings(scale: int) -> None:
    pixels = textured(320 * scale, 240 * scale, grain=4)
    hole = painted(320 * scale, 240 * scale, (1, 160 * scale, 120 * scale, 45 * scale, 40 * scale))
    found = plate(pixels, hole > 0)
    inside, outside = (found[part].astype(float) for part in (hole > 0, hole == 0))
    assert inside.std() > 0.45 * outside.std()
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
    assert np.array_equal(found[44:56, 94:106], pixels[44:56, 94:106])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_any_size_and_any_hole(width: int, height: int, data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 99))
    share = data.draw(st.sampled_from([0.0, 0.01, 0.3, 0.9, 1.0]))
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
    hole = random.random((height, width)) < share
    if data.draw(st.booleans()):
        hole = cv2.blur(hole.astype(np.float32), (9, 9)) > 0.2
    found = plate(pixels, hole)
    assert found.shape == pixels.shape
    assert found.dtype == np.uint8
    if not hole.all():
        outside = far_outside(hole)
        assert np.array_equal(found[outside], pixels[outside])
