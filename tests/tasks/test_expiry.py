"""How long a video can be fetched is known from the start, shown in time, and warned of."""

from __future__ import annotations

import pytest

from kling_desktop.model.task import SOON, Task, TaskState
from kling_desktop.tasks.worker import warning

S = TaskState
A = "a1" * 16
DAY = 86_400.0


def a_task(state: TaskState = S.DOWNLOADING, **values: object) -> Task:
    base = {"remote_id": "r", "expires": 100 * DAY}
    return Task("t", "acc", state, 0.0, 0.0, **(base | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (SOON + 1, ""),
        (3.5 * DAY, "Fetch within 3 days"),
        (2 * DAY, "Fetch within 2 days"),
        (DAY, "Fetch within 24 hours"),
        (4000.0, "Fetch within 1 hour"),
        (60.0, "Fetch within 1 hour"),
        (-1.0, "The provider may have deleted the video by now"),
    ],
)
def test_the_list_says_how_long_a_video_can_be_fetched(left: float, words: str) -> None:
    assert a_task().fetch_within(100 * DAY - left) == words
    assert a_task(S.FAILED, made=True).fetch_within(100 * DAY - left) == words


@pytest.mark.parametrize(
    "task",
    [
        a_task(S.DONE),
        a_task(S.PROCESSING),
        a_task(S.CANCELLED),
        a_task(S.FAILED, remote_id=None),
        a_task(S.FAILED),
        a_task(S.FAILED, made=False, video_url="https://v/1.mp4"),
        a_task(expires=None),
    ],
)
def test_nothing_is_said_where_there_is_nothing_to_fetch(task: Task) -> None:
    assert task.fetch_within(99.9 * DAY) == ""


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (3.1 * DAY, []),
        (2.9 * DAY, ["The provider keeps the video for 3 days more: see to it soon."]),
        (DAY, ["The provider keeps the video for 24 hours more: see to it soon."]),
        (-1.0, ["The provider may have deleted the video by now."]),
    ],
)
def test_a_warning_comes_with_the_error_when_time_is_short(left: float, words: list[str]) -> None:
    assert warning(a_task(), 100 * DAY - left) == words
    assert warning(a_task(remote_id=None), 100 * DAY - left) == []


@pytest.fixture
def keeping(bench):
    bench.engine.close()
    bench.engine = bench.engine_again(keeps=lambda account: 30 if account == "acc" else None)
    return bench


def test_the_time_counts_from_when_the_provider_took_the_task(keeping) -> None:
    keeping.submit()
    keeping.clock.now += 500
    keeping.steps(until=S.SUBMITTED)
    assert keeping.task.expires == pytest.approx(keeping.clock.now + 30 * DAY, abs=1.0)
    keeping.steps()
    assert (keeping.task.state, keeping.task.fetch_within(keeping.clock.now + 29 * DAY)) == (
        S.DONE,
        "",
    )


def test_a_provider_that_does_not_say_has_no_end(keeping) -> None:
    keeping.submit(account="other")
    keeping.steps()
    assert keeping.task.expires is None


def test_nothing_that_goes_wrong_there_costs_a_paid_task_its_name(bench) -> None:
    def gone(account: str) -> float:
        raise ValueError(f"There is no account {account}.")

    bench.engine.close()
    bench.engine = bench.engine_again(keeps=gone)
    bench.submit()
    bench.engine.step()
    assert (bench.task.state, bench.task.expires) == (S.SUBMITTED, None)


def test_a_task_that_was_found_later_counts_from_when_it_was_written(keeping) -> None:
    keeping.submit()
    keeping.journal.update(A, state=S.SUBMITTING)
    keeping.journal.update(A, state=S.UNCONFIRMED)
    keeping.clock.now += 5 * DAY
    keeping.engine.confirm(A, keeping.host.make({}))
    keeping.steps(until=S.SUBMITTED)
    assert keeping.task.expires == keeping.task.created + 30 * DAY


def test_a_video_that_cannot_be_fetched_warns_before_it_is_gone(keeping) -> None:
    for _ in range(400):
        keeping.host.say("video", status=503)
    keeping.submit()
    keeping.steps(until=S.DOWNLOADING)
    keeping.steps(limit=3)
    assert "busy" in keeping.task.error and "keeps" not in keeping.task.error
    keeping.clock.now += 28 * DAY
    keeping.steps(limit=3)
    assert keeping.task.error.endswith("keeps the video for 47 hours more: see to it soon.")
    assert keeping.task.fetch_within(keeping.clock.now) == "Fetch within 47 hours"
    keeping.host.script["video"].clear()
    keeping.steps()
    assert (keeping.task.state, keeping.task.error) == (S.DONE, None)
