"""Layers: cut without loss, shifted exactly, without a halo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.model.areas import Rect
from kling_desktop.motion import layers
from tests.motion.scenes import Rgb, painted, textured


def covered(labels: Rgb) -> tuple[Rgb, Rect]:
    """What is painted, as a coverage and the rectangle it lies in."""
    ys, xs = np.nonzero(labels)
    box = Rect(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    whole = np.where(labels > 0, np.uint8(255), np.uint8(0))
    return whole[box.y0 : box.y1, box.x0 : box.x1], box


def test_covered_pixels_come_back_exactly(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 180, 60, 90))
    layer = layers.cut(photo, *covered(labels))
    frame = np.zeros_like(photo)
    layer.blend(frame, 0.0, 0.0)
    assert np.array_equal(frame[labels > 0], photo[labels > 0])


@settings(max_examples=30, deadline=None)
@given(st.integers(-400, 400), st.integers(-400, 400))
def test_whole_pixels_move_without_loss(dx: int, dy: int) -> None:
    pixels = textured(120, 90)
    labels = painted(120, 90, (1, 60, 45, 25, 20))
    layer = layers.cut(pixels, *covered(labels))
    frame = np.zeros_like(pixels)
    touched = layer.blend(frame, float(dx), float(dy))
    rows, columns = np.nonzero(labels)
    inside = (rows + dy >= 0) & (rows + dy < 90) & (columns + dx >= 0) & (columns + dx < 120)
    rows, columns = rows[inside], columns[inside]
    assert np.array_equal(frame[rows + dy, columns + dx], pixels[rows, columns])
    assert touched.empty or touched == touched.clipped(120, 90)
    untouched = frame.copy()
    if not touched.empty:
        untouched[touched.y0 : touched.y1, touched.x0 : touched.x1] = 0
    assert not untouched.any()


@settings(max_examples=40, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3))
def test_a_ramp_moves_by_parts_of_a_pixel(dx: float, dy: float) -> None:
    y, x = np.mgrid[0:80, 0:100]
    pixels = np.dstack([x * 2, y * 2, x + y]).astype(np.uint8)
    labels = painted(100, 80, (1, 50, 40, 30, 25))
    layer = layers.cut(pixels, *covered(labels))
    frame = np.zeros_like(pixels)
    layer.blend(frame, dx, dy)
    middle = frame[35:45, 45:55].astype(float)
    expected = np.dstack([(x - dx) * 2, (y - dy) * 2, x + y - dx - dy])[35:45, 45:55]
    assert np.abs(middle - expected).max() <= 1.01


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5, 0.9])
def test_old_background_leaves_no_halo(shift: float) -> None:
    pixels = np.zeros((80, 100, 3), np.uint8)
    pixels[:] = (0, 255, 0)
    labels = painted(100, 80, (1, 50, 40, 20, 20))
    pixels[labels > 0] = (200, 30, 60)
    layer = layers.cut(pixels, *covered(labels))
    frame = np.full_like(pixels, 40)
    layer.blend(frame, 10 + shift, 5 + shift)
    assert frame[..., 1].max() <= 42


def test_feather_is_narrow() -> None:
    pixels = np.full((60, 60, 3), 255, np.uint8)
    labels = painted(60, 60, (1, 30, 30, 12, 12))
    layer = layers.cut(pixels, *covered(labels))
    frame = np.zeros_like(pixels)
    layer.blend(frame, 0.0, 0.0)
    assert (frame[labels > 0] == 255).all()
    wide = painted(60, 60, (1, 30, 30, 15, 15))
    assert not frame[wide == 0].any()


def test_an_area_at_the_border_moves_in_with_a_clean_edge() -> None:
    pixels = textured(60, 60)
    labels = np.zeros((60, 60), np.uint8)
    labels[:, :20] = 1
    layer = layers.cut(pixels, *covered(labels))
    frame = np.zeros_like(pixels)
    layer.blend(frame, 15.0, 0.0)
    assert np.array_equal(frame[:, 15:35], pixels[:, :20])
    assert not frame[:, :12].any()


def test_a_pinned_layer_at_rest_changes_nothing() -> None:
    background = textured(80, 60)
    layer = layers.pin(background, *covered(painted(80, 60, (7, 40, 30, 20, 15))))
    frame = background.copy()
    layer.blend(frame, 0.0, 0.0)
    assert np.abs(frame.astype(int) - background).max() <= 1


def test_blending_keeps_within_its_rectangle() -> None:
    pixels = textured(80, 60)
    layer = layers.cut(pixels, *covered(painted(80, 60, (1, 40, 30, 20, 15))))
    frame = np.zeros_like(pixels)
    within = Rect(30, 20, 45, 40)
    assert layer.blend(frame, 0.25, 0.75, within) == within
    whole = np.zeros_like(pixels)
    layer.blend(whole, 0.25, 0.75)
    assert np.array_equal(frame[20:40, 30:45], whole[20:40, 30:45])
    frame[20:40, 30:45] = 0
    assert not frame.any()
