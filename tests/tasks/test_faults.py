"""Every fault of a provider and of a video's host ends in the right state, with one sentence, paid once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kling_desktop.model.task import TaskState

S = TaskState
PARKED = "cannot say whether it arrived"


def whole_or_nothing(bench) -> None:
    """Under a final name there is a whole video or nothing, and only a finished task has one."""
    finals = bench.finals()
    assert len(finals) == (1 if bench.task.state == S.DONE else 0)
    for path in finals:
        assert path.read_bytes() == bench.host.video


def coded(status: int, code: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "body": {"code": code, "message": "Its words."}, **more}


CERTAIN = {
    "401-1000": (coded(401, 1000), S.QUEUED, "key", 0),
    "401-1002": (coded(401, 1002), S.QUEUED, "key", 0),
    "401-no-json": ({"status": 401, "body": b"<html>"}, S.QUEUED, "key", 0),
    "401-1004-clock": (coded(401, 1004), S.QUEUED, "clock", 0),
    "402": ({"status": 402, "body": {}}, S.QUEUED, "credit", 0),
    "429-1100": (coded(429, 1100), S.QUEUED, "account", 0),
    "429-1101": (coded(429, 1101), S.QUEUED, "credit", 0),
    "429-1102": (coded(429, 1102), S.QUEUED, "pack", 0),
    "429-1304": (coded(429, 1304), S.QUEUED, "address", 0),
    "403-1103": (coded(403, 1103), S.QUEUED, "may not", 0),
    "redirect": ({"status": 302, "headers": {"Location": "/x"}}, S.QUEUED, "address", 0),
    "200-with-code": (coded(200, 1101), S.QUEUED, "credit", 0),
    "400-1201": (coded(400, 1201), S.FAILED, "Its words.", 0),
    "400-1301": (coded(400, 1301), S.FAILED, "content rules", 0),
    "404-1203": (coded(404, 1203), S.FAILED, "model is gone", 0),
    "429-1303": (coded(429, 1303), S.DONE, "as many tasks", 1),
    "429-1302": (coded(429, 1302, headers={"Retry-After": "9"}), S.DONE, "more time", 1),
    "500-5000": (coded(500, 5000), S.DONE, "trouble of its own", 1),
    "503-5001": (coded(503, 5001), S.DONE, "maintained", 1),
    "504-5002": (coded(504, 5002), S.DONE, "too much to do", 1),
}


@pytest.mark.parametrize("can_find", [True, False], ids=["can-find", "cannot-find"])
@pytest.mark.parametrize("name", CERTAIN)
def test_a_create_whose_answer_is_certain(bench, name: str) -> None:
    fault, state, words, creations = CERTAIN[name]
    for _ in range(2 if "clock" in name else 1):
        bench.host.say("create", **fault)
    bench.submit()
    bench.steps()
    said = [task.error for task in bench.changes if task.error]
    assert bench.task.state == state
    assert any(words in sentence for sentence in said), said
    assert (bench.engine.held != {}) == (state == S.QUEUED)
    assert len(bench.host.creations) == creations
    if state == S.DONE:
        assert bench.task.error is None
    whole_or_nothing(bench)


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


@pytest.mark.parametrize("made", [True, False], ids=["made", "not-made"])
@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_create_is_cleared_up_where_the_host_can_say(
    bench, name: str, made: bool
) -> None:
    bench.host.say("create", **DOUBTFUL[name], makes=made)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1
    assert bench.host.asked("create") == (1 if made else 2)
    assert any("asking the provider" in (task.error or "") for task in bench.changes)
    whole_or_nothing(bench)


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
    assert bench.task.state == S.DONE or (bench.task.state == S.UNCONFIRMED and not can_find)
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


PASSING: dict[str, dict[str, Any]] = {
    **{name: DOUBTFUL[name] for name in ("500", "503", "504", "reset-late", "late")},
    **{name: DOUBTFUL[name] for name in ("cut", "no-json", "empty", "wrong-types")},
    "reset-early": {"reset": "early"},
    "500-5000": coded(500, 5000),
    "429-1302": coded(429, 1302, headers={"Retry-After": "33"}),
    "404-once": coded(404, 1203),
    "unknown-state": {
        "body": {"code": 0, "data": {"task_id": "remote-1", "task_status": "dreaming"}}
    },
}


@pytest.mark.parametrize("name", PASSING)
def test_a_query_that_goes_wrong_three_times_fails_nothing(bench, name: str) -> None:
    for _ in range(3):
        bench.host.say("query", **PASSING[name])
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.task.error is None
    assert len(bench.host.creations) == 1
    whole_or_nothing(bench)


@pytest.mark.parametrize("fault", [coded(401, 1000), coded(429, 1101), coded(403, 1103)])
def test_a_query_that_needs_the_artist_holds_the_account(bench, fault) -> None:
    bench.host.say("query", **fault)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.SUBMITTED
    assert bench.engine.held["acc"] == bench.task.error
    assert len(bench.host.creations) == 1


def test_retry_after_is_heeded_between_polls(bench) -> None:
    bench.host.say("query", **PASSING["429-1302"])
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    bench.clock.sleep(2.0)
    assert bench.engine.step() == pytest.approx(33.0, abs=1.0)


def test_a_task_that_its_provider_does_not_know_fails_after_a_few_times(bench) -> None:
    for _ in range(4):
        bench.host.say("query", **coded(404, 1203))
    bench.submit()
    bench.steps()
    assert bench.task.state == S.FAILED
    assert "does not know this task" in bench.task.error
    assert bench.engine.retry("a1" * 16).state == S.DOWNLOADING
    bench.steps()
    assert bench.task.state == S.DONE


def test_a_finished_task_without_a_link_is_asked_again_and_then_said(bench) -> None:
    empty = {"body": {"code": 0, "data": {"task_id": "remote-1", "task_status": "succeed"}}}
    for _ in range(4):
        bench.host.say("query", **empty)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.FAILED
    assert "no link" in bench.task.error


PAGE = {"body": b"<html>sign in</html>", "headers": {"Content-Type": "text/html"}}
LONGER = {"headers": {"Content-Length": "400000"}}
VIDEO: dict[str, tuple[dict[str, Any], int, TaskState, str]] = {
    "404-once": ({"status": 404}, 1, S.DONE, ""),
    "403-expired": ({"status": 403}, 9, S.FAILED, "expired"),
    "410-expired": ({"status": 410}, 9, S.FAILED, "expired"),
    "cut-once": ({"cut": 100_000}, 1, S.DONE, ""),
    "cut-thrice": ({"cut": 50_000}, 3, S.DONE, ""),
    "cut-for-ever": ({"cut": 0}, 99, S.FAILED, "does not come whole"),
    "wrong-length": (LONGER, 99, S.FAILED, "does not come whole"),
    "page-once": (PAGE, 1, S.DONE, ""),
    "page-for-ever": (PAGE, 9, S.FAILED, "web page"),
    "busy": ({"status": 503, "headers": {"Retry-After": "20"}}, 8, S.DONE, ""),
    "reset": ({"reset": "early"}, 8, S.DONE, ""),
    "slow-once": ({**LONGER, "keep_open": True}, 1, S.DONE, ""),
}


@pytest.mark.parametrize("ranges", [True, False], ids=["range", "no-range"])
@pytest.mark.parametrize("name", VIDEO)
def test_a_video_that_does_not_come(bench, name: str, ranges: bool) -> None:
    fault, times, state, words = VIDEO[name]
    bench.host.ranges = ranges
    for _ in range(times):
        bench.host.say("video", **fault)
    bench.submit()
    bench.steps()
    assert bench.task.state == state
    assert words in (bench.task.error or "")
    assert (bench.task.error is None) == (state == S.DONE)
    assert len(bench.host.creations) == 1
    whole_or_nothing(bench)


def test_a_video_that_changed_between_two_halves_is_one_of_them(bench) -> None:
    bench.host.say("video", cut=100_000)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    bench.host.video, bench.host.etag = b"HEAD" + b"\x02" * 150_000 + b"TAIL", '"v2"'
    bench.clock.now += 60
    bench.steps()
    assert bench.task.state == S.DONE
    whole_or_nothing(bench)


def test_an_expired_link_is_exchanged_for_a_fresh_one_once(bench, other_host) -> None:
    bench.host.video_url = f"{other_host.url}/files/old.mp4"
    other_host.say("video", status=403)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.host.video_url = None
    asked = bench.host.asked("query")
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.asked("query") == asked + 1
    assert other_host.asked("video") == 1


@pytest.mark.parametrize("fault", [coded(401, 1002), {"status": 500, "body": b""}])
def test_asking_for_a_fresh_link_may_fail_without_failing_the_task(bench, fault) -> None:
    bench.host.say("video", status=403)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.host.say("query", **fault)
    bench.clock.sleep(bench.engine.step())
    assert bench.task.state == S.DOWNLOADING
    assert bench.clock.slept[-1] >= 1.0
    bench.engine.release("acc")
    bench.clock.now += 60
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_a_read_only_videos_folder_keeps_the_task(bench) -> None:
    (bench.folder / "videos").write_text("a file where the folder should be")
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    assert bench.task.state == S.DOWNLOADING
    assert "check that folder" in bench.task.error
    (bench.folder / "videos").unlink()
    bench.clock.now += 60
    bench.steps()
    assert bench.task.state == S.DONE
    assert Path(bench.task.video).exists()
