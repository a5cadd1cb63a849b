"""The local queue: as many at once as may run, in the artist's order, and none while it is paused."""

from __future__ import annotations

import json

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.decisions import renamed
from kling_desktop.tasks.room import RAISED_AFTER, Room

S = TaskState
IDS = [f"{n:x}" * 32 for n in range(1, 10)]
FULL = {"status": 429, "body": {"code": 1303, "message": "parallel"}}


def states(bench, *ids: str) -> list[TaskState]:
    return [bench.journal.get(task_id).state for task_id in ids]


def sent(bench) -> list[str]:
    return [made["external_task_id"] for made in bench.host.creations]


def forward(bench, seconds: float) -> None:
    until = bench.clock.now + seconds
    while bench.clock.now < until:
        bench.clock.sleep(min(bench.engine.step() or 1.0, max(0.01, until - bench.clock.now)))


@pytest.fixture
def endless(bench):
    """Tasks run until the host is told otherwise."""
    bench.host.states = ["processing"]
    return bench


def test_no_more_run_at_once_than_the_artist_allows(endless) -> None:
    bench = endless
    bench.engine.set_limit("acc", 3)
    for task_id in IDS[:5]:
        bench.submit(task_id)
    forward(bench, 120)
    assert states(bench, *IDS[:5]) == [S.PROCESSING] * 3 + [S.QUEUED] * 2
    assert bench.journal.get(IDS[3]).note == "Waits until one of your 3 running tasks ends."
    assert bench.journal.get(IDS[3]).error is None
    bench.engine.set_limit("acc", None)
    forward(bench, 30)
    assert states(bench, *IDS[:5]) == [S.PROCESSING] * 5
    assert bench.journal.get(IDS[3]).note is None


def test_the_limit_of_one_account_is_not_that_of_another(endless) -> None:
    bench = endless
    bench.engine.set_limit("acc", 1)
    bench.submit(IDS[0])
    bench.submit(IDS[1])
    bench.submit(IDS[2], account="other")
    forward(bench, 30)
    assert states(bench, *IDS[:3]) == [S.PROCESSING, S.QUEUED, S.PROCESSING]
    assert bench.journal.get(IDS[1]).note == "Waits until your running task ends."


def test_a_refusal_teaches_how_many_may_run_and_one_that_ends_makes_room(endless) -> None:
    bench = endless
    for task_id in IDS[:2]:
        bench.submit(task_id)
    forward(bench, 10)
    for _ in range(9):
        bench.host.say("create", **FULL)
    for task_id in IDS[2:5]:
        bench.submit(task_id)
    forward(bench, 300)
    assert bench.engine.limit("acc") == 2
    assert bench.host.asked("create") == 3, "one refusal is enough for all"
    assert bench.journal.get(IDS[4]).note == "Waits until one of your 2 running tasks ends."
    bench.host.script["create"].clear()
    bench.host.states = ["failed"]
    bench.steps(until=S.FAILED, task_id=IDS[0])
    bench.host.states = ["processing"]
    forward(bench, 20)
    assert sent(bench) == IDS[: len(sent(bench))]
    assert len(sent(bench)) >= 3


def test_a_refusal_while_nothing_of_ours_runs_is_tried_again(bench) -> None:
    for _ in range(3):
        bench.host.say("create", **FULL)
    bench.submit(IDS[0])
    bench.submit(IDS[1])
    bench.steps()
    assert states(bench, *IDS[:2]) == [S.DONE, S.DONE]
    assert len(bench.host.creations) == 2


def test_after_ten_minutes_one_more_is_tried(endless) -> None:
    bench = endless
    bench.submit(IDS[0])
    forward(bench, 10)
    bench.host.say("create", **FULL)
    bench.submit(IDS[1])
    forward(bench, 60)
    assert states(bench, IDS[1]) == [S.QUEUED]
    forward(bench, RAISED_AFTER)
    assert states(bench, IDS[1]) == [S.PROCESSING]


def test_what_is_learned_rises_and_what_is_set_stays() -> None:
    now = [0.0]
    room = Room(lambda: now[0])
    assert room.limit("a") is None
    room.refused("a", 0)
    assert room.limit("a") == 1
    room.refused("a", 3)
    now[0] = 2 * RAISED_AFTER + 1
    assert room.limit("a") == 5
    room.set("a", 4)
    assert room.limit("a") == 4
    room.set("a", None)
    assert room.limit("a") == 5
    with pytest.raises(ValueError, match="1 or more"):
        room.set("a", 0)


def test_a_limit_counts_what_was_running_before_a_restart(endless) -> None:
    bench = endless
    bench.submit(IDS[0])
    forward(bench, 10)
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.set_limit("acc", 1)
    bench.engine.resume()
    bench.submit(IDS[1])
    forward(bench, 60)
    assert states(bench, *IDS[:2]) == [S.PROCESSING, S.QUEUED]


def test_a_task_that_is_named_does_not_wait_for_one_that_nobody_looks_after(endless) -> None:
    bench = endless
    bench.submit(IDS[0])
    forward(bench, 10)
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.set_limit("acc", 1)
    bench.submit(IDS[1])
    bench.engine.step(only=[IDS[1]])
    assert states(bench, IDS[1]) == [S.SUBMITTED]


def test_the_queue_goes_in_the_artist_s_order(endless) -> None:
    bench = endless
    bench.engine.pause()
    for task_id in IDS[:4]:
        bench.submit(task_id)
    order = bench.engine.move(IDS[3], before=IDS[0])
    assert [task.id for task in order] == [IDS[3], IDS[0], IDS[1], IDS[2]]
    order = bench.engine.move(IDS[0])
    assert [task.id for task in order] == [IDS[3], IDS[1], IDS[2], IDS[0]]
    assert [task.rank for task in order] == sorted(task.rank for task in order)
    bench.submit(IDS[4])
    bench.engine.move(IDS[1], before=IDS[1])
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.resume()
    bench.engine.resume_queue()
    forward(bench, 30)
    assert sent(bench) == [IDS[3], IDS[1], IDS[2], IDS[0], IDS[4]]


def test_what_is_no_longer_queued_cannot_be_moved(endless) -> None:
    bench = endless
    bench.submit(IDS[0])
    forward(bench, 10)
    bench.engine.pause()
    bench.submit(IDS[1])
    with pytest.raises(ValueError, match="no longer in the queue"):
        bench.engine.move(IDS[0], before=IDS[1])
    with pytest.raises(ValueError, match="has been sent"):
        bench.engine.move(IDS[1], before=IDS[0])
    with pytest.raises(ValueError, match="no longer in the queue"):
        bench.engine.move("nobody")


@pytest.mark.parametrize("account", [None, "acc"])
def test_a_paused_queue_sends_nothing_even_after_a_restart(endless, account) -> None:
    bench = endless
    bench.submit(IDS[0])
    forward(bench, 10)
    bench.engine.pause(account)
    bench.submit(IDS[1])
    bench.submit(IDS[2], account="other")
    forward(bench, 60)
    assert states(bench, *IDS[:2]) == [S.PROCESSING, S.QUEUED]
    assert states(bench, IDS[2]) == [S.QUEUED if account is None else S.PROCESSING]
    assert "is paused" in bench.journal.get(IDS[1]).note
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.resume()
    assert bench.engine.paused == {account or ""}
    forward(bench, 60)
    assert states(bench, IDS[1]) == [S.QUEUED]
    bench.host.states = ["succeed"]
    bench.engine.resume_queue(account)
    bench.steps()
    assert states(bench, *IDS[:3]) == [S.DONE] * 3
    assert bench.journal.get(IDS[1]).note is None


def test_only_paused_tasks_are_nothing_to_wait_for(bench) -> None:
    bench.engine.pause("acc")
    bench.submit(IDS[0])
    assert bench.engine.step() is None
    assert bench.host.requests == []


def test_a_task_that_somebody_names_goes_in_spite_of_a_pause(bench) -> None:
    bench.engine.pause()
    bench.submit(IDS[0])
    bench.engine.step(only=[IDS[0]])
    assert len(bench.host.creations) == 1


def test_letting_all_go_on_lets_each_account_go_on(bench) -> None:
    for account in ("acc", "other", None):
        bench.engine.pause(account)
    assert bench.engine.paused == {"acc", "other", ""}
    bench.engine.resume_queue("acc")
    assert bench.engine.paused == {"other", ""}
    bench.engine.resume_queue()
    assert bench.engine.paused == frozenset()


def test_a_duplicate_is_the_same_request_under_a_new_name(bench) -> None:
    bench.submit(IDS[0], reverse=False)
    bench.steps()
    twin = bench.engine.duplicate(IDS[0])
    old, new = (bench.journal.request(task_id) for task_id in (IDS[0], twin.id))
    assert new == old.replace(IDS[0].encode(), twin.id.encode())
    bench.steps()
    assert sent(bench) == [IDS[0], twin.id]
    assert len({bench.journal.get(each).video for each in (IDS[0], twin.id)}) == 2


def test_a_duplicate_of_what_is_no_longer_kept_is_refused(bench) -> None:
    bench.submit(IDS[0])
    bench.steps()
    bench.clock.now += 40 * 86_400
    bench.journal.tidy()
    with pytest.raises(ValueError, match="no longer kept"):
        bench.engine.duplicate(IDS[0])
    with pytest.raises(KeyError):
        bench.engine.duplicate("nobody")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"external_task_id": "old", "prompt": 'say "external_task_id":"old" or :"old"'},
            {"external_task_id": 'n"w', "prompt": 'say "external_task_id":"old" or :"old"'},
        ),
        ({"input": {"id": "old"}, "old": 1.50}, {"input": {"id": 'n"w'}, "old": 1.50}),
        ({"prompt": "no id at all: old"}, {"prompt": "no id at all: old"}),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_only_the_value_that_is_the_id_is_exchanged(before, after, indent) -> None:
    bodies = [json.dumps(fields, indent=indent).encode() for fields in (before, after)]
    assert renamed(bodies[0], "old", 'n"w') == bodies[1]


def test_an_id_that_is_there_twice_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="generate the shot again"):
        renamed(b'{"prompt":"old","id":"old"}', "old", "new")


def test_steps_count_from_where_a_task_stands(bench) -> None:
    bench.engine.pause()
    for task_id in IDS[:4]:
        bench.submit(task_id)
    bench.changes.clear()
    order = [task.id for task in bench.engine.shift(IDS[3], -2)]
    assert order == [IDS[0], IDS[3], IDS[1], IDS[2]]
    assert [task.id for task in bench.changes] == order
    for step, first in ((-5, True), (-1, True), (9, False), (1, False)):
        order = [task.id for task in bench.engine.shift(IDS[1], step)]
        assert order[0 if first else -1] == IDS[1], "as far as the queue goes"
    bench.engine.cancel(IDS[0])
    with pytest.raises(ValueError, match="no longer in the queue"):
        bench.engine.shift(IDS[0], 1)
