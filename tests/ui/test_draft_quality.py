"""The ladder of qualities and the clock of the draft, both with times that are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.ui.draft_clock import PAUSE, Beat, Loop, Run
from kling_desktop.ui.draft_quality import CALM, HEIGHTS, SLOW, Ladder, rungs

INTERVAL = 1 / 60
FULL = rungs(4096, 1200)


class Machine:
    """Renders frames whose time goes with their pixels: ``cost`` seconds at 1080."""

    def __init__(self, ladder: Ladder, cost: float) -> None:
        self.ladder, self.cost, self.now = ladder, cost, 0.0
        self.heights = [ladder.height]

    def run(self, seconds: float) -> list[int]:
        """The heights it went through, from the present one on."""
        end, self.heights = self.now + seconds, [self.ladder.height]
        while self.now < end:
            took = self.cost * (self.ladder.height / 1080) ** 2
            self.now += max(took, INTERVAL)
            self.ladder.timed(took, INTERVAL)
            if self.ladder.height != self.heights[-1]:
                self.heights.append(self.ladder.height)
        return self.heights


@pytest.mark.parametrize(
    ("picture", "shown", "found"),
    [
        (4096, 4000, (1080, 810, 720, 540, 360)),
        (4096, 700, (720, 540, 360)),
        (4096, 720, (720, 540, 360)),
        (4096, 90, (360,)),
        (512, 480, (512, 360)),
        (512, 2000, (512, 360)),
        (1080, 2000, (1080, 810, 720, 540, 360)),
        (600, 500, (540, 360)),
        (200, 700, (200,)),
        (1, 1, (1,)),
    ],
)
def test_rungs(picture: int, shown: int, found: tuple[int, ...]) -> None:
    assert rungs(picture, shown) == found


@given(st.integers(1, 9000), st.integers(0, 9000))
def test_rungs_fall_and_waste_nothing(picture: int, shown: int) -> None:
    found = rungs(picture, shown)
    assert found == tuple(sorted(set(found), reverse=True))
    assert found[0] <= min(picture, HEIGHTS[0])
    # Enough for the screen, as far as the picture and the limit go.
    assert found[0] >= min(picture, shown, HEIGHTS[0])


def test_a_quick_machine_keeps_the_best() -> None:
    assert Machine(Ladder(FULL), 0.010).run(30) == [1080]


def test_the_quality_drops_until_the_rate_is_held() -> None:
    machine = Machine(Ladder(FULL), 0.030)
    assert machine.run(3) == [1080, 810, 720]
    assert machine.cost * (machine.ladder.height / 1080) ** 2 <= INTERVAL


def test_it_drops_after_ten_slow_frames() -> None:
    ladder = Ladder(FULL)
    for _ in range(SLOW - 1):
        ladder.timed(0.02, INTERVAL)
    assert ladder.height == 1080
    ladder.timed(0.02, INTERVAL)
    assert ladder.height == 810


def test_a_slow_frame_now_and_then_changes_nothing() -> None:
    ladder = Ladder(FULL)
    for index in range(600):
        ladder.timed(0.02 if index % 3 == 0 else 0.012, INTERVAL)
    assert ladder.height == 1080


def test_one_hiccup_changes_nothing() -> None:
    ladder = Ladder(FULL)
    ladder.timed(2.0, INTERVAL)
    ladder.timed(2.0, INTERVAL)
    for _ in range(100):
        ladder.timed(0.012, INTERVAL)
    assert ladder.height == 1080


def test_at_the_lowest_there_is_nothing_left_to_drop() -> None:
    machine = Machine(Ladder(FULL), 1.0)
    machine.run(60)
    assert machine.ladder.height == 360


def test_it_climbs_after_two_seconds_of_headroom() -> None:
    machine = Machine(Ladder(FULL), 0.030)
    machine.run(3)
    machine.cost = 0.005
    assert machine.run(CALM * 0.8) == [720]
    assert machine.run(CALM * 2.5) == [720, 810, 1080]


def test_it_does_not_climb_to_what_would_be_too_slow() -> None:
    machine = Machine(Ladder(FULL), 0.030)
    machine.run(3)
    assert machine.run(60) == [720]


def test_a_climb_that_fails_is_not_repeated_soon() -> None:
    """Frames whose time does not go with the pixels look as if there were room."""
    ladder, heights = Ladder((1080, 720)), [1080]
    for _ in range(60 * 60):
        ladder.timed(0.004 if ladder.height == 720 else 0.03, INTERVAL)
        if ladder.height != heights[-1]:
            heights.append(ladder.height)
    assert 6 <= len(heights) <= 14


def test_another_zoom_goes_on_with_what_is_nearest() -> None:
    ladder = Ladder(FULL)
    ladder.extend(rungs(4096, 500))
    assert ladder.height == 540
    ladder.extend(FULL)
    assert ladder.height == 1080, "at its best it stays at its best"
    machine = Machine(ladder, 0.030)
    machine.run(3)
    ladder.extend(rungs(4096, 800))
    assert ladder.height == 720


def test_once_ends_on_the_last_frame() -> None:
    run = Run(0.0, 5.0, Loop.ONCE)
    assert [run.share(t) for t in (0, 2.5, 5, 60)] == [0, 0.5, 1, 1]
    assert [run.over(t) for t in (0, 4.99, 5, 60)] == [False, False, True, True]


def test_a_loop_rests_on_its_last_frame_and_begins_again() -> None:
    run = Run(0.0, 5.0, Loop.REPEAT)
    assert run.share(5 + PAUSE / 2) == 1
    assert run.share(5 + PAUSE) == pytest.approx(0, abs=1e-9)
    assert run.share(5 + PAUSE + 1) == pytest.approx(0.2)
    assert not run.over(1e6)


def test_forth_and_back_never_jumps() -> None:
    run = Run(0.0, 5.0, Loop.PINGPONG)
    assert [run.share(t) for t in (0, 4, 5, 6, 10, 11)] == pytest.approx([0, 0.8, 1, 0.8, 0, 0.2])


@given(
    st.floats(0, 1),
    st.floats(1, 60),
    st.sampled_from(list(Loop)),
    st.floats(0, 1000),
)
def test_a_run_begins_where_it_was_and_stays_within(
    since: float, seconds: float, loop: Loop, elapsed: float
) -> None:
    run = Run(since, seconds, loop)
    assert run.share(0) == pytest.approx(since)
    assert 0 <= run.share(elapsed) <= 1


def test_the_beat_is_even_and_leaves_out_what_is_late() -> None:
    beat = Beat(100.0, 0.1)
    assert beat.elapsed(100.0) == 0
    assert beat.rest(100.03) == pytest.approx(0.07)
    assert beat.elapsed(100.101) == pytest.approx(0.1)
    assert beat.rest(100.35) == 0
    assert beat.elapsed(100.35) == pytest.approx(0.3)
    assert beat.rest(100.36) == pytest.approx(0.04)


def test_what_is_woken_early_shows_that_moment_and_keeps_the_beat() -> None:
    beat = Beat(0.0, 0.1)
    assert beat.elapsed(0.1) == pytest.approx(0.1)
    assert beat.rest(0.11) == pytest.approx(0.09)
    for now in (0.12, 0.13):
        assert beat.elapsed(now) == pytest.approx(now)
        assert beat.rest(now) == pytest.approx(0.2 - now)


def test_another_interval_goes_on_from_the_same_moment() -> None:
    beat = Beat(0.0, 0.1)
    assert beat.elapsed(1.0) == pytest.approx(1.0)
    beat.interval = 0.04
    assert beat.elapsed(1.0) == pytest.approx(1.0)
    assert beat.rest(1.0) == pytest.approx(0.04)
