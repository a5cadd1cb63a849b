"""Paths: the curve that is drawn and the one function that samples it in time."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kling_desktop.model.path import Curve, Path, at, flatten, length, sample
from kling_desktop.model.timing import Timing, eased

coordinate = st.floats(0, 4000, allow_nan=False, width=32)
points = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=20).map(tuple)
paths = st.builds(Path, points=points, curve=st.sampled_from(Curve), timing=st.sampled_from(Timing))


def distance_to_polyline(point, polyline):
    starts, ends = polyline[:-1], polyline[1:]
    along = ends - starts
    squared = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - starts) * along).sum(axis=1) / squared, 0, 1)
    return np.hypot(*(starts + share[:, None] * along - point).T).min()


@given(paths)
def test_the_curve_passes_through_every_point(path):
    curve = flatten(path)
    if len(curve) > 1:
        for point in path.points:
            assert distance_to_polyline(np.array(point), curve) < 1e-3


@given(paths, st.integers(2, 77))
def test_samples_run_from_the_first_point_to_the_last(path, count):
    found = sample(path, count)
    assert found.shape == (count, 2)
    assert found[0] == pytest.approx(path.points[0], abs=1e-6)
    assert found[-1] == pytest.approx(path.points[-1], abs=1e-6)


@given(paths, st.integers(2, 77))
@settings(max_examples=60)
def test_samples_lie_on_the_curve(path, count):
    curve = flatten(path)
    assume(len(curve) > 1)
    for point in sample(path, count):
        assert distance_to_polyline(point, curve) < 1e-6


@given(points, st.sampled_from(Curve))
def test_linear_timing_travels_equal_lengths_in_equal_times(pts, curve):
    path = Path(pts, curve, Timing.LINEAR)
    dense = sample(path, 4001)
    steps = np.hypot(*np.diff(dense, axis=0).T)
    assert steps.max(initial=0) <= length(path) / 4000 * 1.001 + 1e-9


@given(st.sampled_from(Timing))
def test_every_timing_starts_at_zero_ends_at_one_and_never_goes_back(timing):
    done = eased(timing, np.linspace(0, 1, 101))
    assert done[0] == 0 and done[-1] == 1
    assert (np.diff(done) >= 0).all()
    assert eased(timing, [-1.0, 2.0]).tolist() == [0.0, 1.0]


def test_eases_are_on_the_side_their_names_say():
    half = {timing: float(eased(timing, 0.5)) for timing in Timing}
    assert half[Timing.EASE_IN] < half[Timing.LINEAR] < half[Timing.EASE_OUT]
    assert half[Timing.EASE_IN_OUT] == pytest.approx(0.5)


def test_two_points_make_a_straight_line_whatever_the_curve():
    for curve in Curve:
        assert flatten(Path(((0, 0), (30, 40)), curve)).tolist() == [[0, 0], [30, 40]]
        assert length(Path(((0, 0), (30, 40)), curve)) == pytest.approx(50)


def test_a_smooth_curve_is_smooth():
    path = Path(((0, 100), (100, 0), (200, 100), (300, 0)), Curve.SMOOTH)
    pieces = np.diff(flatten(path), axis=0)
    angles = np.unwrap(np.arctan2(pieces[:, 1], pieces[:, 0]))
    assert np.abs(np.diff(angles)).max() < 0.1


@given(points, st.sampled_from(Curve))
def test_timing_by_steps_is_at_each_point_in_turn(pts, curve):
    path = Path(pts, curve, Timing.STEPS)
    found = at(path, np.linspace(0, 1, len(pts)))
    assert np.allclose(found, pts, atol=1e-6)


def test_points_sent_at_equal_times_move_as_the_eased_path_they_came_from():
    eased = Path(((10, 10), (200, 90), (400, 20)), Curve.SMOOTH, Timing.EASE_IN_OUT)
    sent = Path(tuple(map(tuple, sample(eased, 77))), Curve.STRAIGHT, Timing.STEPS)
    apart = np.hypot(*(sample(sent, 400) - sample(eased, 400)).T)
    assert apart.max() < 0.2


def test_repeated_points_do_no_harm():
    path = Path(((5, 5), (5, 5), (9, 5), (9, 5), (20, 30)), Curve.SMOOTH)
    assert np.isfinite(flatten(path)).all()
    assert sample(path, 5)[-1].tolist() == [20, 30]


def test_one_point_stays_and_none_is_an_error():
    assert at(Path(((3, 4),)), [0, 1]).tolist() == [[3, 4], [3, 4]]
    with pytest.raises(ValueError, match="nowhere"):
        at(Path(), 0.5)
