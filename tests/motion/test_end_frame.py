"""The end frame that carries a shot's motion, and the words that go with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kling_desktop.model import areas
from kling_desktop.model.camera import Camera
from kling_desktop.model.landing import sent, switched
from kling_desktop.model.path import Path
from kling_desktop.model.shot import AreaLook, Picture, Shot, of
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.end_frame import end_frame
from kling_desktop.motion.wording import motion_sentence

SIZE = (320, 200)


def scene(*points: tuple[float, float], **changes: object) -> tuple[Shot, np.ndarray]:
    """A bright square on grey, and where it goes."""
    pixels = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    pixels[40:80, 40:80] = (230, 200, 40)
    shot = of(Picture(b"x", "PNG", *SIZE))
    shot.labels[40:80, 40:80] = 1
    paths = {1: Path(points)} if points else {}
    return replace(shot, paths=paths, **changes), pixels  # type: ignore[arg-type]


def square(frame: np.ndarray) -> tuple[float, float]:
    """Where the bright square is: its middle (x, y)."""
    rows, columns = np.nonzero(frame[:, :, 0] > 180)
    return float(columns.mean()) + 0.5, float(rows.mean()) + 0.5


def test_it_is_the_last_frame_of_the_draft() -> None:
    shot, pixels = scene((60.0, 60.0), (200.0, 120.0))
    frame = end_frame(shot, pixels, SIZE)
    assert np.array_equal(frame, Draft(pixels, shot.labels, sent(shot).paths).frame(1.0))
    assert square(frame) == pytest.approx((200.0, 120.0), abs=0.6)


def test_another_size_to_the_pixel() -> None:
    shot, pixels = scene((60.0, 60.0), (200.0, 120.0))
    frame = end_frame(shot, pixels, (161, 101))
    assert frame.shape == (101, 161, 3)
    assert square(frame) == pytest.approx((100.6, 60.6), abs=0.8)


def test_a_shot_that_lands_ends_on_where_it_comes_from() -> None:
    shot, pixels = scene((60.0, 60.0), (200.0, 120.0))
    landing = switched(shot, land=True)
    assert landing.paths[1].points[0] == (200.0, 120.0)
    assert square(end_frame(landing, pixels, SIZE)) == pytest.approx((200.0, 120.0), abs=0.6)


def test_the_camera_is_carried_too() -> None:
    shot, pixels = scene(camera=Camera("simple", {"horizontal": 10.0}))
    x, _ = square(end_frame(shot, pixels, SIZE))
    assert x == pytest.approx(60.0 - 0.12 * SIZE[0], abs=1.0)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ((200.0, 60.0), "What is at the upper left moves far to the right."),
        ((60.0, 100.0), "What is at the upper left moves down."),
        ((100.0, 20.0), "What is at the upper left moves to the upper right."),
        ((30.0, 60.0), "What is at the upper left moves to the left."),
    ],
)
def test_where_it_goes_in_words(end: tuple[float, float], words: str) -> None:
    assert motion_sentence(scene((60.0, 60.0), end)[0]) == words


def test_curves_ways_back_names_and_the_camera_in_words() -> None:
    round_ = scene((60.0, 60.0), (120.0, 120.0), (180.0, 60.0))[0]
    assert motion_sentence(round_).endswith("moves far to the right in a curve.")
    back = scene((60.0, 60.0), (120.0, 60.0), (60.0, 60.0))[0]
    assert motion_sentence(back).endswith("moves away and comes back.")
    named = scene((60.0, 60.0), (60.0, 120.0), looks={1: AreaLook("the kite")})[0]
    assert motion_sentence(named) == "The kite moves down."
    seen = replace(named, camera=Camera("simple", {"horizontal": -4.0}))
    assert motion_sentence(seen) == "The kite moves down. The camera slides left."


def test_a_landing_is_described_as_it_is_asked_for() -> None:
    landing = switched(scene((60.0, 60.0), (200.0, 60.0))[0], land=True)
    assert motion_sentence(landing) == "What is at the upper left moves far to the right."


def test_what_does_not_move_is_not_mentioned() -> None:
    shot = scene()[0]
    assert motion_sentence(shot) == ""
    shot.labels[150:, :] = areas.STATIC
    assert motion_sentence(shot) == ""
    named = replace(shot, looks={areas.STATIC: AreaLook("the ground")})
    assert motion_sentence(named) == "The ground stays where it is."
