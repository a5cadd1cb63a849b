"""What stands beside a thing is told from the thing itself, on pictures made up here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from kling_desktop.imaging.beside import without_strips
from kling_desktop.imaging.colour_cut import colours
from kling_desktop.model.areas import Mask

NOTHING = np.zeros((200, 120), np.bool_)
Y, X = np.mgrid[:200, :120]
POST = (abs(X - 60) < 14) & (Y > 30) & (Y < 180)


def picture(post: Mask, strip: Mask) -> npt.NDArray[np.uint8]:
    """A bright smooth post and a rough dark strip on a blue ground."""
    rng = np.random.default_rng(2)
    pixels = np.empty((*post.shape, 3))
    pixels[:] = (60, 80, 130)
    pixels[post] = (225, 215, 190)
    rough = (X + Y) // 2 % 2
    pixels[strip] = np.where(rough[..., None] > 0, (150, 110, 60), (70, 50, 30))[strip]
    return np.clip(pixels + rng.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("place", [47, 74])
def test_a_rough_strip_alongside_is_left_out(place: int) -> None:
    strip = (abs(X - (place - 3 if place < 60 else place + 3)) < 4) & (Y > 50) & (Y < 170) & ~POST
    left = without_strips(colours(picture(POST, strip)), POST | strip, NOTHING)
    assert (left & strip).sum() <= 0.1 * strip.sum()
    assert (left & POST).sum() >= 0.98 * POST.sum()


def test_what_is_marked_as_inside_stays() -> None:
    strip = (abs(X - 77) < 4) & (Y > 50) & (Y < 170)
    left = without_strips(colours(picture(POST, strip)), POST | strip, strip)
    assert (left & strip).sum() == strip.sum()


def test_a_plain_thing_stays_whole() -> None:
    left = without_strips(colours(picture(POST, NOTHING)), POST, NOTHING)
    assert np.array_equal(left, POST)


def test_a_rim_all_round_stays() -> None:
    away = np.hypot(X - 60, Y - 100)
    disc, rim = away < 34, (away >= 34) & (away < 42)
    left = without_strips(colours(picture(disc, rim)), disc | rim, NOTHING)
    assert np.array_equal(left, disc | rim)


def test_an_arm_across_stays() -> None:
    arm = (abs(Y - 90) < 5) & (X >= 74) & (X < 110)
    left = without_strips(colours(picture(POST, arm)), POST | arm, NOTHING)
    assert np.array_equal(left, POST | arm)
