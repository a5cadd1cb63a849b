"""Trajectories against an independent, brute-force measure of distance and time."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kling_desktop.model.path import Curve, Path, at, flatten
from kling_desktop.model.timing import Timing
from kling_desktop.providers.knots import key_points
from kling_desktop.providers.trajectory import Trajectory, trajectory, wire_points
from kling_desktop.providers.wire_curve import WireCurve, clamped, to_wire

CHECKED = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@st.composite
def drawn(draw: st.DrawFn, *, curve: Curve | None = None, most: int = 20) -> tuple[Path, tuple]:
    """A path of 2 to 20 points on an image of 300 to 8000 px, now and then beyond its border."""
    width, height = draw(st.integers(300, 8000)), draw(st.integers(300, 8000))
    reach = draw(st.sampled_from([0.0, 0.0, 0.2]))
    place = st.tuples(
        st.floats(-reach, 1 + reach).map(lambda share: share * (width - 1)),
        st.floats(-reach, 1 + reach).map(lambda share: share * (height - 1)),
    )
    points = draw(st.lists(place, min_size=2, max_size=most))
    kind = curve or draw(st.sampled_from(list(Curve)))
    timing = draw(st.sampled_from(list(Timing)))
    hold = draw(st.sampled_from([(0.0, 0.0), (0.0, 0.0), (0.1, 0.3), (0.25, 0.0), (1 / 3, 1 / 7)]))
    fast = draw(st.lists(st.floats(0.0, 3.0), min_size=3, max_size=6))
    fast[1] = max(fast[1], 0.5)
    speed = tuple(zip(np.linspace(0, 1, len(fast)).tolist(), fast, strict=True))
    return Path(tuple(points), kind, timing, hold, speed), (width, height)


def dense(path: Path, image: tuple[int, int], sent: tuple[int, int]) -> np.ndarray:
    """The drawn curve every half pixel or so, in wire pixels, clamped point by point."""
    points = flatten(path)
    if len(points) <= len(path.points):
        along = np.linspace(0, len(points) - 1, 1 + 2000 * (len(points) - 1))
        points = np.column_stack([np.interp(along, range(len(points)), p) for p in points.T])
    x = np.clip(points[:, 0] * sent[0] / image[0], 0, sent[0] - 1)
    y = np.clip(sent[1] - 1 - points[:, 1] * sent[1] / image[1], 0, sent[1] - 1)
    return np.column_stack([x, y])


def furthest(curve: np.ndarray, polyline: list[tuple[int, int]]) -> float:
    """Largest distance from the curve to the nearest piece of the polyline, tried one by one."""
    best = np.full(len(curve), np.inf)
    for (ax, ay), (bx, by) in itertools.pairwise(polyline):
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        u = ((curve[:, 0] - ax) * dx + (curve[:, 1] - ay) * dy) / square if square else 0.0
        u = np.clip(u, 0, 1)
        best = np.minimum(best, np.hypot(curve[:, 0] - ax - u * dx, curve[:, 1] - ay - u * dy))
    return float(best.max())


def is_sound(found: Trajectory, path: Path, image: tuple, sent: tuple) -> None:
    assert 2 <= len(found.points) <= 77
    for x, y in found.points:
        assert type(x) is int
        assert type(y) is int
        assert 0 <= x < sent[0]
        assert 0 <= y < sent[1]
    ends = clamped(to_wire(at(path, [0.0, 1.0]), image, sent), sent)
    assert np.abs(np.array(found.points[0]) - ends[0]).max() <= 0.5 + 1e-9
    assert np.abs(np.array(found.points[-1]) - ends[1]).max() <= 0.5 + 1e-9


@CHECKED
@given(drawn())
def test_points_are_whole_inside_and_honest_about_their_deviation(case: tuple) -> None:
    path, image = case
    found = trajectory(path, image, image)
    is_sound(found, path, image, image)
    assert furthest(dense(path, image, image), list(found.points)) <= found.deviation_px + 1e-6


@CHECKED
@given(drawn(most=3), st.floats(0.2, 1.0))
def test_points_follow_the_size_that_is_sent(case: tuple, scale: float) -> None:
    path, image = case
    sent = (max(300, round(image[0] * scale)), max(300, round(image[1] * scale)))
    found = trajectory(path, image, sent)
    is_sound(found, path, image, sent)
    assert furthest(dense(path, image, sent), list(found.points)) <= found.deviation_px + 1e-6


@CHECKED
@given(drawn())
def test_no_point_is_more_than_half_a_step_from_its_time(case: tuple) -> None:
    path, image = case
    found = trajectory(path, image, image)
    steps = len(found.points) - 1
    for index, point in enumerate(found.points):
        around = np.clip(np.linspace(index - 0.5, index + 0.5, 801) / steps, 0, 1)
        places = clamped(to_wire(at(path, around), image, image), image)
        gap = np.hypot(*np.diff(places, axis=0).T).max()
        assert np.hypot(*(places - np.array(point)).T).min() <= 0.71 + gap


def strays_in_time(path: Path, image: tuple[int, int], count: int) -> float:
    """How far the path is, at any time, from the piece that so many equal steps have for it."""
    times = np.linspace(0, 1, 4001)
    curve = clamped(to_wire(at(path, times), image, image), image)
    sent = np.rint(clamped(to_wire(at(path, np.linspace(0, 1, count)), image, image), image))
    piece = np.minimum((times * (count - 1)).astype(int), count - 2)
    start, along = sent[piece], sent[piece + 1] - sent[piece]
    square = np.maximum((along**2).sum(1), 1e-12)
    share = np.clip(((curve - start) * along).sum(1) / square, 0, 1)
    return float(np.hypot(*(start + share[:, None] * along - curve).T).max())


@settings(CHECKED, max_examples=25)
@given(drawn(most=8))
def test_no_number_of_equal_steps_keeps_the_shape_better(case: tuple) -> None:
    path, image = case
    # An eased path, or one that rests, may need more steps for its timing than for its shape.
    path = replace(path, timing=Timing.LINEAR, hold=(0.0, 0.0))
    found = trajectory(path, image, image).deviation_px
    for count in range(20, 78, 3):
        assert found <= max(1.0, strays_in_time(path, image, count) * 1.1 + 0.5)


@CHECKED
@given(
    st.lists(st.floats(0.15, 0.85), min_size=3, max_size=8),
    st.integers(300, 1600),
    st.sampled_from([Timing.LINEAR, Timing.EASE_IN_OUT]),
)
def test_corners_are_kept_where_a_step_lies_between_them(
    heights: list[float], width: int, timing: Timing
) -> None:
    across = np.linspace(0.1, 0.9, len(heights))
    corners = tuple(
        (float(x * width), float(y * width)) for x, y in zip(across, heights, strict=True)
    )
    found = trajectory(Path(corners, Curve.STRAIGHT, timing), (width, width), (width, width))
    assert found.deviation_px <= 1


def test_a_straight_line_takes_two_points_with_the_origin_bottom_left() -> None:
    path = Path(((10.0, 20.0), (600.0, 20.0)))
    assert wire_points(path, (640, 480), (640, 480)) == [(10, 459), (600, 459)]


def test_down_on_screen_is_down_on_the_wire() -> None:
    path = Path(((100.0, 100.0), (100.0, 400.0)))
    (_, first), (_, last) = wire_points(path, (640, 480), (640, 480))
    assert first > last


def test_a_smaller_sent_picture_scales_the_points() -> None:
    path = Path(((100.0, 100.0), (1000.0, 700.0)))
    assert wire_points(path, (1200, 800), (600, 400)) == [(50, 349), (500, 49)]


def test_going_there_and_back_keeps_the_turning_point() -> None:
    path = Path(((100.0, 100.0), (500.0, 100.0), (100.0, 100.0)), Curve.STRAIGHT)
    assert wire_points(path, (640, 480), (640, 480)) == [(100, 379), (500, 379), (100, 379)]


def test_equal_steps_in_time_are_equal_steps_on_a_linear_path() -> None:
    path = Path(((50.0, 400.0), (300.0, 60.0), (590.0, 400.0)), Curve.SMOOTH)
    found = trajectory(path, (640, 480), (640, 480))
    expected = at(path, np.linspace(0, 1, len(found.points)))
    expected[:, 1] = 479 - expected[:, 1]
    assert found.deviation_px <= 1
    assert np.abs(np.array(found.points) - expected).max() <= 0.5 + 1e-9


def test_no_smaller_number_of_equal_steps_would_do() -> None:
    path = Path(((50.0, 400.0), (300.0, 60.0), (590.0, 400.0)), Curve.SMOOTH)
    image = (640, 480)
    count = len(wire_points(path, image, image))
    curve = dense(path, image, image)
    assert count > 5
    for fewer in range(2, count):
        points = np.rint(to_wire(at(path, np.linspace(0, 1, fewer)), image, image))
        assert furthest(curve, [tuple(point) for point in points]) > 1


@pytest.mark.parametrize("timing", [Timing.EASE_IN, Timing.EASE_OUT, Timing.EASE_IN_OUT])
def test_easing_is_carried_by_the_spacing_of_the_points(timing: Timing) -> None:
    image = (1920, 1080)
    path = Path(((100.0, 500.0), (1700.0, 500.0)), Curve.STRAIGHT, timing)
    points = np.array(wire_points(path, image, image), float)
    frames = np.linspace(0, 1, 150)
    shown = np.interp(frames, np.linspace(0, 1, len(points)), points[:, 0])
    assert np.abs(shown - at(path, frames)[:, 0]).max() <= 1.0


def test_a_corner_that_equal_steps_would_cut_is_sent_itself() -> None:
    path = Path(((10.0, 10.0), (1500.5, 33.0), (1511.0, 900.0), (77.0, 901.0)), Curve.STRAIGHT)
    found = trajectory(path, (1920, 1080), (1920, 1080))
    assert found.deviation_px <= 1
    assert (1511, 179) in found.points
    assert len(found.points) == 77


def test_a_path_that_leaves_the_picture_runs_along_its_border() -> None:
    path = Path(((100.0, 100.0), (900.0, -300.0), (900.0, 200.0)), Curve.STRAIGHT)
    found = trajectory(path, (800, 600), (800, 600))
    assert found.deviation_px <= 1
    assert (799, 599) in found.points
    assert max(x for x, _ in found.points) == 799


def test_a_path_on_one_spot_is_two_equal_points() -> None:
    path = Path(((10.0, 10.0), (10.0, 10.0)))
    assert wire_points(path, (400, 300), (400, 300)) == [(10, 289), (10, 289)]


@pytest.mark.parametrize("points", [(), ((5.0, 5.0),)])
def test_a_path_without_a_way_is_refused(points: tuple) -> None:
    with pytest.raises(ValueError, match="two points"):
        trajectory(Path(points), (400, 300), (400, 300))


def test_the_first_key_point_is_the_sharpest_corner() -> None:
    path = Path(((0.0, 0.0), (500.0, 10.0), (600.0, 400.0), (610.0, 410.0)), Curve.STRAIGHT)
    curve = WireCurve.of(path, (800, 600), (800, 600))
    keys = key_points(curve, 77)
    assert list(keys[:2]) == [0.0, 1.0]
    assert keys[2] == curve.shares[1]


@pytest.mark.parametrize("curve", list(Curve))
@pytest.mark.parametrize("timing", list(Timing))
def test_the_schedule_agrees_with_the_model_both_ways(timing: Timing, curve: Curve) -> None:
    path = Path(((100.0, 100.0), (200.0, 100.0), (230.0, 170.0), (230.0, 300.0)), curve, timing)
    image = (1000, 1000)
    drawn_curve = WireCurve.of(path, image, image)
    when = np.linspace(0, 1, 50)
    shares = drawn_curve.schedule.shares(when)
    assert np.abs(drawn_curve.at(shares) - to_wire(at(path, when), image, image)).max() < 1e-4
    assert np.abs(drawn_curve.schedule.times(shares) - when).max() < 1e-4


def test_a_rest_on_the_way_is_kept() -> None:
    spots = ((50.0, 50.0), (400.0, 60.0), (400.0, 60.0), (500.0, 400.0))
    path = Path(spots, Curve.STRAIGHT, Timing.STEPS)
    found = wire_points(path, (800, 600), (800, 600))
    assert found == [(50, 549), (400, 539), (400, 539), (500, 199)]


def test_points_drawn_by_steps_are_sent_as_they_are_where_that_will_do() -> None:
    path = Path(
        ((50.0, 50.0), (100.0, 60.0), (400.0, 70.0), (410.0, 400.0)), Curve.STRAIGHT, Timing.STEPS
    )
    assert wire_points(path, (800, 600), (800, 600)) == [
        (50, 549),
        (100, 539),
        (400, 529),
        (410, 199),
    ]


@pytest.mark.parametrize(
    ("points", "timing", "hold", "image"),
    [
        (
            ((732.8, 183.1), (526.3, 1074.3), (132.1, 345.0)),
            Timing.EASE_IN,
            (0.3, 0.2),
            (1279, 1081),
        ),
        (((100.0, 600.0), (640.0, 80.0), (1180.0, 600.0)), Timing.EASE_IN, (0.3, 0.2), (1280, 720)),
        (((200.0, 200.0), (900.0, 220.0), (210.0, 400.0)), Timing.LINEAR, (0.1, 0.6), (1280, 720)),
    ],
)
def test_what_no_number_of_points_keeps_strays_as_little_as_any_of_about_its_time(
    points: tuple, timing: Timing, hold: tuple, image: tuple
) -> None:
    path = Path(points, Curve.SMOOTH, timing, hold=hold)
    curve = WireCurve.of(path, image, image)
    found = trajectory(path, image, image)
    assert found.deviation_px > 1
    for count in range(2, 78):
        if curve.schedule.late(count) <= 1 / 76:
            times = np.linspace(0, 1, count)
            sent = np.rint(to_wire(at(path, times), image, image))
            assert (
                found.deviation_px <= curve.errors(curve.schedule.shares(times), sent).max() + 0.01
            )
