"""Camera moves: what one sees for each axis, and that nothing is seen of the outside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.model.camera import AXES, Camera, CameraKind
from kling_desktop.motion.camera import EFFECTS, homography

SIZE = {"width": 640, "height": 360}


def moved(camera: Camera | None, x: float, y: float, time: float = 1.0) -> tuple[float, float]:
    found = homography(camera, time, **SIZE) @ (x, y, 1.0)
    return float(found[0] / found[2]), float(found[1] / found[2])


def simple(axis: str, value: float) -> Camera:
    return Camera(CameraKind.SIMPLE, {axis: value})


@pytest.mark.parametrize(
    "camera", [None, simple("zoom", 0), Camera("simple"), Camera("unheard-of")]
)
def test_no_move_is_the_identity(camera: Camera | None) -> None:
    assert np.allclose(homography(camera, 1.0, **SIZE), np.eye(3), atol=1e-12)


@pytest.mark.parametrize("kind", list(CameraKind))
def test_every_move_begins_at_the_picture(kind: CameraKind) -> None:
    camera = Camera(kind, dict.fromkeys(AXES, 5.0) if kind == CameraKind.SIMPLE else None)
    assert np.allclose(homography(camera, 0.0, **SIZE), np.eye(3), atol=1e-12)
    assert not np.allclose(homography(camera, 1.0, **SIZE), np.eye(3), atol=1e-3)


CENTRE = (319.5, 179.5)


@pytest.mark.parametrize("axis", ["horizontal", "pan"])
def test_right_shows_what_lies_right(axis: str) -> None:
    x, y = moved(simple(axis, 6), *CENTRE)
    assert x < CENTRE[0] - 10
    assert y == pytest.approx(CENTRE[1])
    assert moved(simple(axis, -6), *CENTRE)[0] == pytest.approx(2 * CENTRE[0] - x)


@pytest.mark.parametrize("axis", ["vertical", "tilt"])
def test_up_shows_what_lies_above(axis: str) -> None:
    x, y = moved(simple(axis, 6), *CENTRE)
    assert y > CENTRE[1] + 10
    assert x == pytest.approx(CENTRE[0])


def test_sliding_keeps_the_scale_and_turning_does_not() -> None:
    def span(axis: str) -> float:
        return moved(simple(axis, 10), 600, 300)[1] - moved(simple(axis, 10), 600, 60)[1]

    assert span("horizontal") == pytest.approx(240)
    assert span("pan") < 230


def test_roll_is_clockwise_about_the_centre() -> None:
    assert moved(simple("roll", 10), *CENTRE) == pytest.approx(CENTRE)
    x, y = moved(simple("roll", 10), CENTRE[0] + 100, CENTRE[1])
    assert y > CENTRE[1] + 20
    assert np.hypot(x - CENTRE[0], y - CENTRE[1]) == pytest.approx(100)


def test_zoom_enlarges() -> None:
    assert moved(simple("zoom", 10), CENTRE[0] + 100, CENTRE[1])[0] > CENTRE[0] + 130
    assert moved(simple("zoom", -10), CENTRE[0] + 100, CENTRE[1])[0] < CENTRE[0] + 75


def test_turns_forward_mirror_each_other() -> None:
    right, left = Camera("right_turn_forward"), Camera("left_turn_forward")
    assert moved(right, *CENTRE)[0] < CENTRE[0] < moved(left, *CENTRE)[0]
    assert moved(right, *CENTRE)[0] + moved(left, *CENTRE)[0] == pytest.approx(2 * CENTRE[0])


def test_down_back_shrinks_and_forward_up_enlarges() -> None:
    def span(kind: str) -> float:
        return moved(Camera(kind), 420, 180)[0] - moved(Camera(kind), 220, 180)[0]

    assert span("down_back") < 190
    assert span("forward_up") > 220


def test_every_axis_has_words() -> None:
    assert set(EFFECTS) == set(AXES)
    assert all(low != high for low, high in EFFECTS.values())


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(AXES), st.floats(), max_size=6),
    st.floats(-1, 2),
    st.integers(1, 4000),
    st.integers(1, 4000),
)
def test_any_config_gives_a_finite_invertible_move(
    config: dict[str, float], time: float, width: int, height: int
) -> None:
    found = homography(Camera("simple", config), time, width=width, height=height)
    assert np.isfinite(found).all()
    assert abs(np.linalg.det(found)) > 0.05
