"""Smart select against outlines drawn by hand, and its promises on pictures made up here."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kling_desktop.imaging.smart import Hints, Mark, select
from kling_desktop.model.areas import Mask, Rect, bounds

Pixels = npt.NDArray[np.uint8]
DATA = Path(__file__).parents[1] / "data"
PHOTOS = {"rocket": "rocket.jpg", "astronaut": "astronaut.png", "coffee": "coffee.png"}


def photo(name: str) -> tuple[Pixels, Mask]:
    """A photograph, and what a person outlined in it."""
    with Image.open(DATA / "photos" / PHOTOS[name]) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    with Image.open(DATA / "truth" / f"{name}.png") as truth:
        return pixels, np.asarray(truth) > 127


def moved(truth: Mask, left: float, top: float, right: float, bottom: float) -> Rect:
    """The thing's bounds, each side moved outwards by a share of the thing's size."""
    exact = bounds(truth.astype(np.uint8), 1)
    assert exact is not None
    width, height = exact.width, exact.height
    return Rect(
        round(exact.x0 - left * width),
        round(exact.y0 - top * height),
        round(exact.x1 + right * width),
        round(exact.y1 + bottom * height),
    )


def on_picture(pixels: Pixels, hints: Hints) -> Mask:
    """The selection at the picture's size."""
    rect, mask = select(pixels, hints)
    whole = np.zeros(pixels.shape[:2], np.bool_)
    whole[rect.y0 : rect.y1, rect.x0 : rect.x1] = mask
    return whole


def agreement(found: Mask, truth: Mask) -> float:
    """Intersection over union."""
    return float((found & truth).sum() / (found | truth).sum())


def scene() -> tuple[Pixels, Mask]:
    """A ring (a disc with a hole) of noisy orange on noisy blue-grey, 160×120."""
    rng = np.random.default_rng(4)
    pixels = np.empty((120, 160, 3), np.int16)
    pixels[:] = (90, 110, 140)
    y, x = np.mgrid[:120, :160]
    away = np.hypot(x - 78, y - 61)
    ring = (away < 38) & (away > 13)
    pixels[ring] = (220, 130, 40)
    noise = rng.normal(0, 9, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8), ring


SCENE, RING = scene()
AROUND_RING = Rect(32, 14, 126, 106)


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        ("coffee", (0.05, 0.05, 0.05, 0.05)),
        ("coffee", (0.2, 0.1, 0.02, 0.2)),
        ("coffee", (-0.03, 0.2, 0.25, 0.0)),
        ("astronaut", (0.0, 0.02, 0.05, 0.0)),
        ("astronaut", (0.02, 0.15, 0.15, 0.2)),
        ("astronaut", (0.1, 0.02, 0.02, 0.1)),
        ("astronaut", (0.05, 0.05, 0.05, 0.05)),
    ],
)
def test_one_rough_rectangle_selects_the_thing(
    name: str, sides: tuple[float, float, float, float]
) -> None:
    pixels, truth = photo(name)
    found = on_picture(pixels, Hints(moved(truth, *sides)))
    assert agreement(found, truth) >= 0.90


@pytest.mark.parametrize(
    ("name", "good", "middle"),
    [("rocket", 0.5, 0.88), ("astronaut", 0.7, 0.92), ("coffee", 1.0, 0.97)],
)
def test_rough_rectangles_select_the_thing_as_often_as_they_did(
    name: str, good: float, middle: float
) -> None:
    pixels, truth = photo(name)
    rng = np.random.default_rng(5)
    boxes = [moved(truth, *rng.uniform(-0.03, 0.25, 4)) for _ in range(4)]
    found = [agreement(on_picture(pixels, Hints(box)), truth) for box in boxes]
    assert np.mean(np.array(found) >= 0.9) >= good
    assert np.median(found) >= middle


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
def test_a_mark_on_what_was_right_changes_nothing_for_the_worse(name: str) -> None:
    pixels, truth = photo(name)
    box = moved(truth, 0.1, 0.1, 0.1, 0.1)
    alone = on_picture(pixels, Hints(box))
    rows, columns = np.nonzero(alone & truth)
    middle = len(rows) // 2
    inside = Mark(((float(columns[middle]), float(rows[middle])),), 3.0)
    helped = agreement(on_picture(pixels, Hints(box, (inside,))), truth)
    assert helped >= agreement(alone, truth) - 0.005


def test_scribbles_part_the_rocket_from_its_tower() -> None:
    pixels, truth = photo("rocket")
    box = moved(truth, 0.1, 0.05, 0.1, 0.02)
    along = Mark(((322.0, 130.0), (322.0, 402.0)), 3.0)
    tower = Mark(((334.0, 190.0), (333.5, 400.0)), 1.0)
    pipe = Mark(((311.5, 190.0), (311.0, 360.0)), 1.0)
    helped = agreement(on_picture(pixels, Hints(box, (along,), (tower, pipe))), truth)
    assert helped >= 0.90


def test_scribbles_alone_select_the_cup() -> None:
    pixels, truth = photo("coffee")
    inside = Mark(((130.0, 200.0), (250.0, 330.0), (300.0, 60.0), (430.0, 200.0)), 5.0)
    outside = Mark(((30.0, 300.0), (120.0, 390.0), (520.0, 350.0), (550.0, 60.0)), 5.0)
    assert agreement(on_picture(pixels, Hints(None, (inside,), (outside,))), truth) >= 0.90


def test_holes_stay_and_the_edge_is_exact() -> None:
    found = on_picture(SCENE, Hints(AROUND_RING))
    assert agreement(found, RING) >= 0.97
    assert not found[61, 78]


Y, X = np.mgrid[:300, :400]


def disc(x: float, y: float, radius: float) -> Mask:
    return np.asarray(np.hypot(X - x, Y - y) < radius)


def mug() -> Mask:
    handle = (np.hypot(X - 245, (Y - 150) / 1.1) < 62) & ~(np.hypot(X - 245, (Y - 150) / 1.1) < 42)
    return np.asarray(handle | ((abs(X - 190) < 55) & (abs(Y - 150) < 80)))


def akimbo() -> Mask:
    """Somebody with a hand on the hip, on the right."""
    arm = (abs(X - 222 - 50 + abs(Y - 140)) < 14) & (abs(Y - 140) < 52)
    body = (abs(X - 200) < 32) & (abs(Y - 140) < 62)
    legs = (abs(abs(X - 200) - 19) < 13) & (abs(Y - 236) < 40)
    return np.asarray(disc(200, 52, 26) | body | arm | legs)


OPEN = {"ring": disc(200, 150, 80) & ~disc(200, 150, 42), "mug": mug(), "akimbo": akimbo()}


def before(ground: str, thing: Mask, spots: dict[str, Mask]) -> Pixels:
    """A green thing with white or dark spots before a smooth ground or a part of a photo."""
    rng = np.random.default_rng(6)
    if ground == "smooth":
        pixels = np.repeat(np.linspace(60, 190, 400)[None, :, None], 3, 2).repeat(300, 0)
    else:
        pixels = photo("coffee")[0][:150, :200].repeat(2, 0).repeat(2, 1).astype(np.float64)
    pixels[thing] = (40, 130, 70)
    for colour, where in spots.items():
        pixels[where & thing] = {"white": (246, 246, 240), "dark": (25, 30, 28)}[colour]
    return np.clip(pixels + rng.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("ground", ["smooth", "wood"])
@pytest.mark.parametrize("name", OPEN)
def test_what_is_seen_through_a_thing_is_left_out(name: str, ground: str) -> None:
    thing = OPEN[name]
    box = moved(thing, 0.05, 0.04, 0.06, 0.05)
    assert agreement(on_picture(before(ground, thing, {}), Hints(box)), thing) >= 0.97


@pytest.mark.parametrize("ground", ["smooth", "wood"])
def test_bright_and_dark_details_are_no_holes(ground: str) -> None:
    thing = disc(200, 150, 85)
    spots = {"white": disc(172, 125, 18) | disc(230, 170, 9), "dark": disc(232, 120, 14)}
    box = moved(thing, 0.05, 0.04, 0.06, 0.05)
    found = on_picture(before(ground, thing, spots), Hints(box))
    assert agreement(found, thing) >= 0.97
    assert found[disc(200, 150, 75)].all()


def test_a_hole_that_is_marked_as_inside_is_filled() -> None:
    ring = OPEN["ring"]
    box, inside = moved(ring, 0.05, 0.04, 0.06, 0.05), Mark(((190.0, 150.0), (212.0, 155.0)), 3.0)
    found = on_picture(before("smooth", ring, {}), Hints(box, (inside,)))
    assert agreement(found, disc(200, 150, 80)) >= 0.97


def test_the_edge_is_found_at_full_resolution() -> None:
    large = np.repeat(np.repeat(SCENE, 14, axis=0), 14, axis=1)
    truth = np.repeat(np.repeat(RING, 14, axis=0), 14, axis=1)
    box = Rect(*(14 * side for side in AROUND_RING))
    found = on_picture(large, Hints(box))
    perimeter = 2 * np.pi * (38 + 13) * 14
    # One and a half pixels of the reduced copy would be nine here.
    assert (found ^ truth).sum() / perimeter <= 4.0


def test_marks_win() -> None:
    sky = Mark(((20.0, 20.0), (60.0, 10.0)), 3.0)
    ring = Mark(((105.0, 50.0), (105.0, 72.0)), 3.0)
    found = on_picture(SCENE, Hints(AROUND_RING, inside=(sky,), outside=(ring,)))
    for (ax, ay), (bx, by) in pairwise(sky.points):
        for t in np.linspace(0, 1, 30):
            assert found[int(ay + t * (by - ay)), int(ax + t * (bx - ax))]
    assert not found[50:72, 103:107].any()


def test_outside_wins_where_both_are_marked() -> None:
    inside, outside = Mark(((70.0, 30.0),), 6.0), Mark(((72.0, 30.0),), 3.0)
    found = on_picture(SCENE, Hints(None, (inside,), (outside,)))
    assert found[30, 66]
    assert not found[28:32, 71:74].any()


@pytest.mark.parametrize("noise", [0.0, 1.0, 10.0])
def test_nothing_stands_out_of_a_flat_picture(noise: float) -> None:
    rng = np.random.default_rng(1)
    flat = np.clip(rng.normal(128, noise, (200, 300, 3)), 0, 255).astype(np.uint8)
    rect, mask = select(flat, Hints(Rect(50, 50, 200, 150)))
    assert rect.empty
    assert mask.size == 0


def test_no_hint_selects_nothing() -> None:
    rect, mask = select(SCENE, Hints(None))
    assert rect.empty
    assert mask.size == 0


@pytest.mark.parametrize("patience", [0, 1, 3, 8])
def test_it_stops_when_cancelled(patience: int) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > patience

    rect, mask = select(SCENE, Hints(AROUND_RING), cancelled=cancelled)
    assert rect.empty
    assert mask.size == 0
    assert asked <= patience + 3


def test_the_same_hints_give_the_same_mask() -> None:
    first, again = (select(SCENE, Hints(AROUND_RING)) for _ in range(2))
    assert first[0] == again[0]
    assert np.array_equal(first[1], again[1])


def test_channels_and_their_order_do_not_matter() -> None:
    opaque = np.full((*SCENE.shape[:2], 1), 255, np.uint8)
    rgba, bgra = (np.concatenate([p, opaque], axis=2) for p in (SCENE, SCENE[..., ::-1]))
    wanted = on_picture(SCENE, Hints(AROUND_RING))
    assert np.array_equal(on_picture(rgba, Hints(AROUND_RING)), wanted)
    assert agreement(on_picture(bgra, Hints(AROUND_RING)), wanted) >= 0.999


def test_a_rectangle_beyond_the_picture_is_cut_to_it() -> None:
    found = on_picture(SCENE, Hints(Rect(-40, 10, 130, 4000)))
    assert agreement(found, RING) >= 0.9
    assert select(SCENE, Hints(Rect(500, 500, 600, 600)))[0].empty


@pytest.mark.parametrize("box", [Rect(60, 60, 61, 61), Rect(60, 60, 60, 60), Rect(9, 9, 2, 2)])
def test_a_rectangle_of_no_size_selects_nothing(box: Rect) -> None:
    assert select(SCENE, Hints(box))[0].empty


_places = st.tuples(st.floats(-40, 90), st.floats(-40, 80))
_marks = st.lists(
    st.builds(Mark, st.lists(_places, min_size=1, max_size=3).map(tuple), st.floats(0, 12)),
    max_size=2,
).map(tuple)
_boxes = st.none() | st.builds(Rect, *[st.integers(-30, 90)] * 4)


@settings(max_examples=20)
@given(_boxes, _marks, _marks)
def test_any_hints_give_a_mask_on_the_picture(
    box: Rect | None, inside: tuple[Mark, ...], outside: tuple[Mark, ...]
) -> None:
    small = np.ascontiguousarray(SCENE[::2, ::2])
    rect, mask = select(small, Hints(box, inside, outside))
    assert mask.dtype == np.bool_
    assert mask.shape == (rect.height, rect.width)
    assert rect.empty or rect == rect.clipped(small.shape[1], small.shape[0])
