"""Doubtful creations, look-ups, crashes while sending: what the fault table does not go into."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.engine import Ending

S = TaskState
PARKED = "cannot say whether it arrived"
A = "a1" * 16


def whole_or_nothing(bench) -> None:
    """Under a final name there is a whole video or nothing, and only a finished task has one."""
    finals = bench.finals()
    assert len(finals) == (1 if bench.task.state == S.DONE else 0)
    for path in finals:
        assert path.read_bytes() == bench.host.video


def coded(status: int, code: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "body": {"code": code, "message": "Its words."}, **more}


DOUBTFUL: dict[str, dict[str, Any]] = {
    "500": {"status": 500, "body": b"oops"},
    "503": {"status": 503, "body": b"<html>busy"},
    "504": {"status": 504, "body": {"detail": "gateway"}},
    "reset-late": {"reset": "late"},
    "cut": {"body": {"code": 0, "data": {"task_id": "remote-1"}}, "cut": 20},
    "late": {"hang": True},
    "no-json": {"body": b"<html>fine</html>"},
    "empty": {"body": b""},
    "wrong-types": {"body": {"code": 0, "data": [1, {"task_id": []}]}},
    "no-id": {"body": {"code": 0, "data": {"task_id": None}}},
    "409": {"status": 409, "body": {"detail": "there already"}},
}


HAPPENED = {
    **dict.fromkeys(("500", "503", "504"), "The provider failed while it took the request"),
    **dict.fromkeys(
        ("cut", "no-json", "empty", "wrong-types", "no-id"), "its answer names no task"
    ),
    "reset-late": "the connection broke",
    "late": "no answer came in time",
    "409": "already has a task of this number",
}


@pytest.mark.parametrize("made", [True, False], ids=["made", "not-made"])
@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_create_is_looked_up_where_the_host_can_say(
    bench, name: str, made: bool
) -> None:
    for _ in range(9):
        bench.host.say("create", **DOUBTFUL[name], makes=made)
    bench.submit()
    bench.steps()
    assert bench.task.state == (S.DONE if made else S.UNCONFIRMED)
    assert bench.host.asked("create") == 1
    assert bench.host.asked("find") == (1 if made else 3)
    assert any("asking the provider" in (task.error or "") for task in bench.changes)
    if not made:
        assert HAPPENED[name] in bench.task.error
        assert "no such task" in bench.task.error
        assert "Send again" in bench.task.error
    whole_or_nothing(bench)


@pytest.mark.parametrize("name", ["empty", "504", "reset-late"])
def test_a_host_that_never_knows_a_task_does_not_keep_a_run_waiting(bench, name: str) -> None:
    bench.host.say("create", **DOUBTFUL[name])
    bench.submit()
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep, patience=60.0)
    assert ending == Ending.UNCONFIRMED
    assert bench.host.asked("create") == 1


def test_a_look_up_that_finds_nothing_is_no_usable_answer(bench) -> None:
    bench.host.say("create", **DOUBTFUL["504"])
    bench.submit()
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep, patience=20.0)
    assert ending == Ending.WAITING
    assert bench.task.state == S.SUBMITTING


def test_a_late_backend_is_found_by_the_artist_and_paid_once(bench) -> None:
    bench.host.say("create", **DOUBTFUL["504"])
    bench.submit()
    bench.steps()
    bench.engine.confirm(A, bench.host.make({"external_task_id": A}))
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


@pytest.mark.parametrize("can_find", [False])
@pytest.mark.parametrize("made", [True, False], ids=["made", "not-made"])
@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_create_is_parked_where_the_host_cannot_say(
    bench, name: str, made: bool
) -> None:
    bench.host.say("create", **DOUBTFUL[name], makes=made)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.UNCONFIRMED
    assert PARKED in bench.task.error
    assert HAPPENED[name] in bench.task.error
    bench.engine.close()
    bench.engine = bench.engine_again()
    assert bench.engine.resume() == []
    bench.clock.now += 86_400
    assert bench.engine.step() is None
    assert bench.host.asked("create") == 1
    assert len(bench.host.creations) == int(made)
    whole_or_nothing(bench)


@pytest.mark.parametrize("can_find", [True, False])
def test_a_create_that_is_reset_before_it_was_read_is_never_paid_twice(
    bench, can_find: bool
) -> None:
    bench.host.say("create", reset="early")
    bench.submit()
    bench.steps()
    assert bench.task.state in {S.DONE, S.UNCONFIRMED}
    assert len(bench.host.creations) == int(bench.task.state == S.DONE)
    whole_or_nothing(bench)


def test_a_host_that_knows_its_tasks_late_is_asked_more_than_once(bench) -> None:
    bench.host.say("create", reset="late", makes=True)
    for _ in range(2):
        bench.host.say("find", **coded(404, 1203))
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.asked("find") == 3
    assert len(bench.host.creations) == 1


@pytest.mark.parametrize("name", ["500", "late", "no-json", "cut", "reset-late"])
def test_a_look_up_without_an_answer_is_no_no(bench, name: str) -> None:
    bench.host.say("create", reset="late", makes=True)
    for _ in range(6):
        bench.host.say("find", **DOUBTFUL[name])
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_a_look_up_with_a_refused_key_waits_for_the_artist(bench) -> None:
    bench.host.say("create", reset="late", makes=True)
    bench.host.say("find", **coded(401, 1002))
    bench.submit()
    bench.steps()
    assert bench.task.state == S.SUBMITTING
    assert bench.engine.blocked(bench.task)
    bench.engine.release("acc")
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_found_submitting_after_a_crash_it_is_looked_up(bench) -> None:
    bench.submit()
    bench.journal.update("a1" * 16, state=S.SUBMITTING)
    bench.host.make({"external_task_id": "a1" * 16})
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.resume()
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.asked("create") == 0


def crash(bench) -> None:
    """The program ends while it sends; nothing was made."""
    owner = bench.engine._worker.owner
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kling_desktop.tasks.sending.send", gone)
        with pytest.raises(Killed):
            bench.engine.step()
    assert bench.task.state == S.SUBMITTING
    bench.journal.release(owner)
    bench.engine = bench.engine_again()
    bench.engine.resume()


class Killed(BaseException):
    """Nothing is written down any more."""


def gone(*_: object) -> None:
    raise Killed


def test_what_a_crash_left_unsent_is_sent_once_more_and_not_twice(bench) -> None:
    bench.submit()
    crash(bench)
    bench.steps(until=S.QUEUED)
    assert bench.host.asked("find") == 3
    crash(bench)
    bench.steps()
    assert bench.task.state == S.UNCONFIRMED
    assert "was ended while it sent" in bench.task.error
    assert bench.host.asked("create") == 0
    bench.engine.send_again(A)
    crash(bench)
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.asked("create") == 1


def test_a_doubt_outlives_a_crash(bench) -> None:
    bench.host.say("create", **DOUBTFUL["504"])
    bench.submit()
    bench.engine.step()
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.resume()
    bench.steps()
    assert bench.task.state == S.UNCONFIRMED
    assert bench.host.asked("create") == 1


@pytest.mark.parametrize("can_find", [False])
def test_found_submitting_after_a_crash_it_is_parked_where_nobody_can_say(bench) -> None:
    bench.submit()
    bench.journal.update("a1" * 16, state=S.SUBMITTING)
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.resume()
    bench.steps()
    assert bench.task.state == S.UNCONFIRMED
    assert bench.host.requests == []


@pytest.mark.parametrize("fault", [coded(401, 1000), coded(429, 1101), coded(403, 1103)])
def test_a_query_that_needs_the_artist_holds_the_account(bench, fault) -> None:
    bench.host.say("query", **fault)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.SUBMITTED
    assert bench.engine.held["acc"] == bench.task.error
    assert len(bench.host.creations) == 1


def test_retry_after_is_heeded_between_polls(bench) -> None:
    bench.host.say("query", **coded(429, 1302, headers={"Retry-After": "33"}))
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    bench.clock.sleep(2.0)
    assert bench.engine.step() == pytest.approx(33.0, abs=1.0)


def test_a_task_that_its_provider_does_not_know_fails_after_many_times_and_minutes(bench) -> None:
    for _ in range(8):
        bench.host.say("query", **coded(404, 1203))
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    bench.clock.sleep(bench.engine.step() or 0)
    start = bench.clock.now
    bench.engine.step()
    assert (bench.task.state, bench.task.error) == (S.SUBMITTED, None)
    assert "does not know this task at the moment" in bench.task.note
    bench.steps()
    assert (bench.task.state, bench.host.asked("query")) == (S.FAILED, 8)
    assert bench.clock.now - start > 120
    assert "does not know this task" in bench.task.error and "asks once more" in bench.task.error
    assert bench.engine.retry("a1" * 16).state == S.DOWNLOADING
    bench.steps()
    assert bench.task.state == S.DONE


def test_a_finished_task_without_a_link_is_asked_again_and_then_said(bench) -> None:
    empty = {"body": {"code": 0, "data": {"task_id": "remote-1", "task_status": "succeed"}}}
    for _ in range(8):
        bench.host.say("query", **empty)
    bench.submit()
    start = bench.clock.now
    bench.steps()
    assert bench.task.state == S.FAILED
    assert bench.clock.now - start > 120
    assert "no link" in bench.task.error
