"""Pauses stay within their bounds, grow, heed the host and never overflow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.tasks.lease import FARTHEST
from kling_desktop.tasks.pace import Pace

PACE = Pace()
CHANCE = st.floats(0, 1, exclude_max=True)
COUNT = st.integers(0, 10**9)


@given(COUNT, CHANCE)
def test_polls_stay_between_least_and_most(attempts: int, chance: float) -> None:
    assert PACE.poll_min <= PACE.poll(attempts, chance=chance) <= PACE.poll_max


@given(COUNT, CHANCE)
def test_retries_stay_between_least_and_most(troubles: int, chance: float) -> None:
    assert PACE.retry_min <= PACE.retry(troubles, chance=chance) <= PACE.retry_max


@given(COUNT, CHANCE, st.floats(0, 1e12))
def test_a_host_s_wish_is_heeded_up_to_an_hour(troubles: int, chance: float, wish: float) -> None:
    pause = PACE.retry(troubles, chance=chance, retry_after=wish)
    assert min(wish, FARTHEST) <= pause <= FARTHEST


@given(CHANCE)
def test_pauses_grow(chance: float) -> None:
    for pauses in (
        [PACE.poll(n, chance=chance) for n in range(20)],
        [PACE.retry(n, chance=chance) for n in range(20)],
        [PACE.lookup(n) for n in range(20)],
    ):
        assert pauses == sorted(pauses)
        assert pauses[-1] > pauses[0]


def test_three_looks_for_a_lost_task_take_most_of_a_minute() -> None:
    assert 30 < sum(PACE.lookup(n) for n in range(PACE.lookups)) < 60


def test_chance_spreads_what_began_together() -> None:
    assert PACE.poll(10, chance=0.0) - PACE.poll(10, chance=0.99) > 3.0
