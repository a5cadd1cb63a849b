"""Polls are spread evenly, and never asked for sooner or later than they may be."""

from __future__ import annotations

import heapq
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.tasks.pace import Pace
from kling_desktop.tasks.spread import Spread

PACE = Pace()


@given(st.lists(st.floats(5, 15), min_size=1, max_size=60), st.floats(0, 2e9))
def test_a_moment_lies_between_the_least_and_the_most(pauses: list[float], now: float) -> None:
    spread = Spread()
    for pause in pauses:
        when = spread.place(now + pause, now=now, least=5.0, most=15.0)
        assert now + 5.0 - 1e-6 <= when <= now + 15.0 + 1e-6
        assert abs(when - now - pause) <= 1.0 + 1e-6


@given(st.floats(5, 15))
def test_a_task_that_is_alone_is_asked_about_when_it_is_due(pause: float) -> None:
    assert Spread().place(1e9 + pause, now=1e9, least=5.0, most=15.0) == 1e9 + pause


def test_two_hundred_tasks_that_began_at_once_are_soon_asked_about_one_by_one() -> None:
    spread, chance = Spread(), random.Random(5)
    line = [(0.0, task, 0) for task in range(200)]
    polls: Counter[int] = Counter()
    while line[0][0] < 600.0:
        now, task, attempts = heapq.heappop(line)
        polls[int(now * 10)] += 1
        due = now + PACE.poll(attempts, chance=chance.random())
        due = spread.place(due, now=now, least=PACE.poll_min, most=PACE.poll_max)
        heapq.heappush(line, (due, task, attempts + 1))
    late = [count for moment, count in polls.items() if moment > 600]
    assert max(late) <= 4
    assert sum(late) / 5400 < 1.7, "fifteen a second or so, however many began at once"


def test_it_does_not_grow_for_ever() -> None:
    spread = Spread()
    for moment in range(20_000):
        spread.place(moment + 10.0, now=float(moment), least=5.0, most=15.0)
    assert len(spread._moments) < 5000
