"""Ghosts: where they are, how strong they are, and what they leave alone."""

from __future__ import annotations

import numpy as np
import pytest

from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path, backwards
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.ghosts import COUNT, ghosts, later

SIZE = (120, 400)
STRAIGHT = Path(((40.0, 60.0), (340.0, 60.0)))


def scene(static: slice | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A dark picture, a bright square of 30 pixels at the left that moves 300 to the right."""
    pixels, labels = np.full((*SIZE, 3), 40, np.uint8), np.zeros(SIZE, np.uint8)
    pixels[45:75, 25:55], labels[45:75, 25:55] = 240, 1
    if static is not None:
        labels[30:90, static] = 7
    return pixels, labels


def levels(frame: np.ndarray) -> list[float]:
    """How bright it is in the middle of the square and of each ghost, left to right."""
    return [float(frame[60, 40 + 60 * index, 0]) for index in range(COUNT + 1)]


def test_ghosts_stand_at_even_times_and_fade() -> None:
    pixels, labels = scene()
    found = levels(ghosts(Draft(pixels, labels, {1: STRAIGHT}), 0.0))
    assert found[0] == 240, "the area itself"
    assert found[1:] == sorted(found[1:], reverse=True)
    assert found[1] > 140 and 60 < found[-1] < 110


def test_between_the_ghosts_the_picture_is_as_it_was() -> None:
    pixels, labels = scene()
    frame = ghosts(Draft(pixels, labels, {1: STRAIGHT}), 0.0)
    untouched = np.ones(SIZE, np.bool_)
    for index in range(COUNT + 1):
        untouched[40:80, 20 + 60 * index : 60 + 60 * index] = False
    assert np.array_equal(frame[untouched], pixels[untouched])
    assert np.array_equal(frame[45:75, 25:55], pixels[45:75, 25:55])


def test_the_static_area_hides_them() -> None:
    pixels, labels = scene(static=slice(80, 130))
    frame = ghosts(Draft(pixels, labels, {1: STRAIGHT}), 0.0)
    assert np.array_equal(frame[30:90, 80:130], pixels[30:90, 80:130])
    assert levels(frame)[2] > 100


def test_what_lies_before_is_not_shown_again() -> None:
    pixels, labels = scene()
    frame = ghosts(Draft(pixels, labels, {1: STRAIGHT}), 0.5)
    assert frame[60, 40, 0] < 60, "where it came from"
    assert frame[60, 190, 0] == pytest.approx(240, abs=2), "where it is"
    for index in range(1, COUNT + 1):
        assert frame[60, 190 + 30 * index, 0] > 60


def test_at_the_end_there_are_none() -> None:
    pixels, labels = scene()
    draft = Draft(pixels, labels, {1: STRAIGHT})
    assert np.array_equal(ghosts(draft, 1.0), draft.frame(1.0))


def test_a_shot_that_lands_shows_where_areas_come_from() -> None:
    pixels, labels = scene()
    arriving = backwards(Path(((340.0, 60.0), (40.0, 60.0))))
    draft = Draft(pixels, labels, {1: arriving}, backwards=True)
    found = levels(ghosts(draft, 1.0, home=1.0))
    assert found[0] == 240 and found[1:] == sorted(found[1:], reverse=True) and found[-1] > 60


def test_labels_may_be_larger_than_the_frame() -> None:
    pixels, labels = scene(static=slice(80, 130))
    draft = Draft(pixels, labels, {1: STRAIGHT}, height=60)
    assert ghosts(draft, 0.0).shape == (60, 200, 3)


def test_without_areas_that_move_it_is_the_picture() -> None:
    pixels, labels = scene()
    draft = Draft(pixels, labels, {}, Camera())
    frame = ghosts(draft, 0.0)
    assert np.array_equal(frame, pixels)
    frame[:] = 0
    assert draft.picture.any(), "the draft's own picture was given away"


def test_moments() -> None:
    assert later(0.0) == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert later(0.5) == pytest.approx([0.6, 0.7, 0.8, 0.9, 1.0])
    assert later(1.0, home=1.0) == pytest.approx([0.8, 0.6, 0.4, 0.2, 0.0])
    assert later(1.0) == () == later(0.0, home=1.0)
