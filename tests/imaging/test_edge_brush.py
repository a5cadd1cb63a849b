"""The edge-snapping brush: it stops where the thing ends, and paints all of it before that."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kling_desktop.imaging.edge_brush import EdgeStroke, dab
from kling_desktop.imaging.strokes import capsule
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point

DATA = Path(__file__).parents[1] / "data"
Pixels = npt.NDArray[np.uint8]


def laid(rect: Rect, mask: Mask, target: Mask) -> None:
    """Paint a dab on a mask of the picture's size; it must lie on the picture."""
    assert mask.shape == (rect.height, rect.width)
    assert mask.dtype == np.bool_
    assert rect == rect.clipped(target.shape[1], target.shape[0])
    target[rect.y0 : rect.y1, rect.x0 : rect.x1] |= mask


def dabbed(pixels: Pixels, at: Point, radius: float, sensitivity: float = 0.5) -> Mask:
    found = np.zeros(pixels.shape[:2], np.bool_)
    laid(*dab(pixels, at, radius=radius, sensitivity=sensitivity), found)
    return found


def away(at: Point, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Distance of every pixel centre to a point."""
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    distance: npt.NDArray[np.float64] = np.hypot(x - at[0], y - at[1])
    return distance


def halves(noise: float = 0.0, size: int = 120) -> Pixels:
    """A bluish left half and a reddish right one, with noise, shaded from top to bottom."""
    pixels = np.empty((size, size, 3))
    pixels[:, : size // 2], pixels[:, size // 2 :] = (70, 100, 150), (170, 110, 80)
    pixels *= np.linspace(0.85, 1.1, size)[:, None, None]
    pixels += np.random.default_rng(0).normal(0, noise, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8)


def places_inside(truth: Mask, radius: float) -> list[tuple[Point, Point]]:
    """Level strokes a third of the radius apart whose ends and way stay half of it inside."""
    import cv2

    padded = np.pad(truth, 1, mode="edge").view(np.uint8)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    strokes = []
    for row in range(0, truth.shape[0], max(1, round(radius / 3))):
        deep = np.concatenate([[False], depth[row] >= radius / 2, [False]])
        turns = np.flatnonzero(deep[1:] != deep[:-1])
        strokes += [
            ((start + 0.5, row + 0.5), (end - 0.5, row + 0.5))
            for start, end in zip(turns[::2], turns[1::2], strict=True)
        ]
    return strokes


def agreement(found: Mask, truth: Mask) -> float:
    """Intersection over union."""
    return float((found & truth).sum() / (found | truth).sum())


@pytest.mark.parametrize(
    ("photo", "radius", "least"),
    [
        ("astronaut.png", 20, 0.96),
        ("astronaut.png", 36, 0.92),
        ("coffee.png", 20, 0.95),
        ("coffee.png", 36, 0.91),
        ("rocket.jpg", 10, 0.90),
    ],
)
def test_strokes_that_cross_the_outline_select_the_thing(
    photo: str, radius: float, least: float
) -> None:
    pixels = np.asarray(Image.open(DATA / "photos" / photo).convert("RGB"))
    truth = np.asarray(Image.open(DATA / "truth" / Path(photo).with_suffix(".png"))) > 127
    found, plain = np.zeros_like(truth), np.zeros_like(truth)
    for start, end in places_inside(truth, radius):
        stroke = EdgeStroke(pixels)
        for place in (start, end):
            laid(*stroke.move(place, radius=radius), found)
        capsule(plain, start, end, radius_a=radius, radius_b=radius, value=1)
    assert agreement(found, truth) >= least
    assert (found & ~truth).sum() <= 0.3 * (plain & ~truth).sum()


@pytest.mark.parametrize("noise", [0, 4, 10])
@pytest.mark.parametrize("radius", [3, 8, 25, 45])
def test_a_dab_over_an_edge_stops_at_it(noise: float, radius: float) -> None:
    at = (60 - radius / 2, 60.5)
    found = dabbed(halves(noise), at, radius)
    assert not found[:, 61:].any()
    reached = away(at, found.shape) <= radius
    reached[:, 59:] = False
    assert found[reached].mean() >= 0.97


@pytest.mark.parametrize("radius", [100, 200])
def test_a_large_dab_is_as_exact_as_a_small_one(radius: float) -> None:
    pixels = halves(6, size=500)
    found = dabbed(pixels, (250 - radius / 2, 250.5), radius)
    assert not found[:, 252:].any()
    reached = away((250 - radius / 2, 250.5), found.shape) <= radius
    reached[:, 248:] = False
    assert found[reached].mean() >= 0.98


@pytest.mark.parametrize("radius", [1, 2.5, 10, 40])
def test_on_one_colour_it_is_a_plain_brush(radius: float) -> None:
    pixels = np.full((120, 120, 3), 90, np.uint8)
    assert (
        dabbed(pixels, (60.2, 59.7), radius) == (away((60.2, 59.7), (120, 120)) <= radius)
    ).all()


def test_another_thing_of_the_same_colour_is_not_taken_across_a_gap() -> None:
    pixels = np.full((80, 80, 3), 60, np.uint8)
    pixels[:, 10:35] = pixels[:, 45:70] = (200, 180, 60)
    found = dabbed(pixels, (27.0, 40.0), 30)
    assert found[40, 12:34].all()
    assert not found[:, 36:].any()


def test_a_small_mark_on_the_thing_is_painted_over() -> None:
    pixels = np.full((80, 80, 3), 60, np.uint8)
    pixels[36:39, 48:51] = 255
    assert dabbed(pixels, (40.0, 40.0), 30)[37, 49]


def test_texture_leaves_no_gaps_in_a_stroke() -> None:
    random = np.random.default_rng(2)
    pixels = (120 + 25 * random.standard_normal((160, 160, 3))).clip(0, 255).astype(np.uint8)
    found = np.zeros((160, 160), np.bool_)
    for row in range(20, 141, 7):
        stroke = EdgeStroke(pixels)
        for place in ((20.0, float(row)), (140.0, float(row))):
            laid(*stroke.move(place, radius=20), found)
    assert found[20:140, 20:140].mean() >= 0.99


def test_more_sensitivity_stops_at_slighter_edges() -> None:
    pixels = np.full((100, 100, 3), (100, 120, 140), np.uint8)
    pixels[:, 50:] = (118, 120, 140)
    painted = [dabbed(pixels, (40.0, 50.0), 30, sense)[:, 52:].any() for sense in (0.0, 1.0)]
    assert painted == [True, False]


def test_neither_a_fourth_channel_nor_the_order_of_the_others_counts() -> None:
    pixels = np.asarray(Image.open(DATA / "photos" / "coffee.png").convert("RGB"))
    turned = np.dstack([pixels[..., ::-1], np.full(pixels.shape[:2], 255, np.uint8)])
    turned.setflags(write=False)
    for at in ((90.0, 200.0), (180.0, 90.0), (330.0, 370.0)):
        one, other = dabbed(pixels, at, 40), dabbed(turned, at, 40)
        assert (one != other).sum() <= 0.001 * one.sum()


def test_the_same_stroke_paints_the_same() -> None:
    pixels = halves(5)
    first, second = (dabbed(pixels, (55.0, 60.0), 20) for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize("at", [(-1.0, 5.0), (5.0, -0.1), (120.0, 5.0), (5.0, 130.0)])
def test_beside_the_picture_there_is_nothing_to_learn(at: Point) -> None:
    rect, mask = dab(halves(), at, radius=30)
    assert (rect, mask.shape) == (Rect(0, 0, 0, 0), (0, 0))


def test_dabs_follow_evenly_however_the_pointer_is_reported() -> None:
    pixels = np.full((60, 400, 3), 90, np.uint8)
    ways = ([20.0, 380.0], [20.0 + step for step in range(361)], [20.0, 21.5, 200.2, 205.0, 380.0])
    covered = []
    for way in ways:
        stroke, found = EdgeStroke(pixels), np.zeros((60, 400), np.bool_)
        for x in way:
            laid(*stroke.move((x, 30.0), radius=12), found)
        covered.append(found)
    capsule_like = np.zeros((60, 400), np.uint8)
    capsule(capsule_like, (20, 30), (380, 30), radius_a=10.5, radius_b=10.5, value=1)
    for found in covered:
        assert found[(capsule_like == 1) & (np.arange(400) < 376)].all()
        assert (found == covered[0]).mean() > 0.999


def test_a_pointer_that_hardly_moves_paints_one_dab() -> None:
    stroke = EdgeStroke(halves())
    assert not stroke.move((30.0, 30.0), radius=12)[0].empty
    rect, mask = stroke.move((32.0, 31.0), radius=12)
    assert (rect, mask.shape) == (Rect(0, 0, 0, 0), (0, 0))


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.floats(-5, 45), st.floats(-5, 35)),
    st.floats(0, 60),
    st.floats(0, 1),
    st.sampled_from((1, 2, 30, 256)),
)
def test_whatever_the_picture_a_dab_stays_under_the_brush(
    seed: int, at: Point, radius: float, sensitivity: float, levels: int
) -> None:
    random = np.random.default_rng(seed)
    shape = random.integers(1, 31), random.integers(1, 41), random.integers(3, 5)
    pixels = (random.integers(0, levels, shape) * (255 // levels)).astype(np.uint8)
    found = dabbed(pixels, at, radius, sensitivity)
    assert not found[away(at, found.shape) > max(1.0, radius) + 1e-9].any()


@given(st.tuples(st.floats(1, 99), st.floats(1, 99)), st.tuples(st.floats(1, 99), st.floats(1, 99)))
def test_no_place_on_the_way_is_left_out(a: Point, b: Point) -> None:
    pixels = np.full((100, 100, 3), 200, np.uint8)
    stroke, found = EdgeStroke(pixels), np.zeros((100, 100), np.bool_)
    for place in (a, b):
        laid(*stroke.move(place, radius=9), found)
    length = math.dist(a, b)
    for way in np.arange(0, max(0.0, length - 3), 1.0):
        x, y = (a[axis] + (b[axis] - a[axis]) * way / length for axis in (0, 1))
        assert found[int(y), int(x)]


@pytest.mark.parametrize("place", [(300.0, 250.0), (120.0, 300.0), (480.0, 60.0)])
def test_a_brush_too_large_for_single_pixels_paints_the_same(place: tuple[float, float]) -> None:
    import cv2

    small = np.asarray(Image.open(DATA / "photos" / "coffee.png").convert("RGB"))
    large = cv2.resize(small, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)
    (_, fine), (rect, coarse) = (
        dab(small, place, radius=80),
        dab(large, (place[0] * 5, place[1] * 5), radius=400),
    )
    reduced = cv2.resize(coarse.astype(np.uint8), fine.shape[::-1], interpolation=cv2.INTER_AREA)
    assert fine.sum() > 2000
    assert (fine & (reduced > 0)).sum() / (fine | (reduced > 0)).sum() > 0.9
    centre = place[0] * 5 - rect.x0, place[1] * 5 - rect.y0
    assert not coarse[away(centre, coarse.shape) > 400].any()
