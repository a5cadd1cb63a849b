"""What is written off too early is asked for again; what nobody knows the fate of is not paid twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kling_desktop.model.task import IllegalTransition, TaskState
from kling_desktop.tasks.engine import Ending
from kling_desktop.tasks.lease import new_owner

from .conftest import Answer, coded

S = TaskState
A, B = "a1" * 16, "b2" * 16
GATEWAYS: dict[str, Any] = {
    "kong": {"message": "no Route matched with those values"},
    "fastapi": {"detail": "Not Found"},
    "spring": {"timestamp": "x", "status": 404, "error": "Not Found", "path": "/"},
    "problem": {"status": 404, "title": "Not Found", "detail": "task not found"},
    "page": b"<html>404</html>",
}


def restarted(bench, **options: Any) -> None:
    bench.engine.close()
    bench.engine = bench.engine_again(**options)
    bench.engine.resume()


# A task that the provider seems to have lost


@pytest.mark.parametrize("name", ["kong", "fastapi", "spring", "page"])
def test_a_paid_task_outlives_a_gateway_that_lost_its_way_for_an_hour(bench, name: str) -> None:
    for _ in range(400):
        bench.host.say("query", status=404, body=GATEWAYS[name])
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    start = bench.clock.now
    while bench.clock.now < start + 3600:
        bench.clock.sleep(bench.engine.step() or 0)
    assert bench.task.state == S.SUBMITTED
    assert "nothing at this address" in bench.task.error
    assert bench.host.asked("query") < 100, "with growing pauses"
    bench.host.script["query"].clear()
    bench.steps()
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)


def test_a_run_comes_back_from_a_gateway_that_lost_its_way_and_keeps_the_task(bench) -> None:
    for _ in range(400):
        bench.host.say("query", status=404, body=b"<html>nginx")
    bench.submit()
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep, patience=60.0)
    assert (ending, bench.task.state) == (Ending.WAITING, S.SUBMITTED)


def test_a_restart_begins_to_count_anew(bench) -> None:
    for _ in range(3):
        for _ in range(7):
            bench.host.say("query", coded(404, 1203))
        if bench.journal.all() == []:
            bench.submit()
        while bench.host.script["query"]:
            bench.clock.sleep(bench.engine.step() or 0)
        assert bench.task.state == S.SUBMITTED
        restarted(bench)
    bench.steps()
    assert bench.task.state == S.DONE


def test_what_the_provider_did_not_itself_call_failed_is_worth_another_question(bench) -> None:
    names = [f"{number:032x}" for number in range(6)]
    states: dict[str, dict[str, object]] = {
        names[0]: {"remote_id": "r0"},
        names[1]: {"remote_id": "r1", "made": True, "video_url": "https://v/1.mp4"},
        names[2]: {"remote_id": "r2", "made": False},
        names[3]: {},
        names[4]: {"remote_id": "r4", "video": "/v/4.mp4"},
        names[5]: {"remote_id": "r5"},
    }
    for name, values in states.items():
        bench.submit(name)
        bench.clock.now += 1
        bench.journal.update(name, state=S.FAILED, error="No.", **values)
    since = bench.journal.get(names[5]).created
    bench.journal.update(names[5], remote_id="r5")
    found = [task.id for task in bench.journal.unfetched(since=0.0)]
    assert found == [names[0], names[1], names[5]]
    assert bench.journal.unfetched(since=since) == []


def test_it_is_asked_for_once_more_and_fetched(bench) -> None:
    for _ in range(8):
        bench.host.say("query", coded(404, 1203))
    bench.submit()
    bench.steps()
    assert [task.id for task in bench.journal.unfetched(since=0.0)] == [A]
    bench.engine.retry(A)
    bench.steps()
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)
    assert bench.journal.unfetched(since=0.0) == []


def test_a_download_that_another_program_took_up_is_left_to_it(bench) -> None:
    for _ in range(8):
        bench.host.say("query", coded(404, 1203))
    bench.submit()
    bench.steps()
    assert bench.task.state == S.FAILED
    other = bench.engine_again()
    bench.engine.retry(A)
    thief = new_owner()
    bench.journal.update(A, owner=thief, owned_until=bench.clock.now + 200, troubles=3)
    assert other.retry(A).state == S.DOWNLOADING
    item = bench.journal.agenda()[0]
    assert (item.lease.owner, bench.journal.entry(A).troubles) == (thief, 3)
    other.close()


@pytest.mark.parametrize("state", [S.SUBMITTED, S.PROCESSING])
def test_only_what_failed_is_taken_up_again(bench, state: TaskState) -> None:
    bench.host.states = ["processing"] * 3 + ["succeed"]
    bench.submit()
    bench.steps(until=state)
    assert bench.engine.retry(A) == bench.journal.get(A)
    assert bench.task.state == state
    bench.engine.cancel(A)
    with pytest.raises(IllegalTransition):
        bench.engine.retry(A)


# A request that nobody knows the fate of


@pytest.mark.parametrize("body", GATEWAYS.values(), ids=GATEWAYS.keys())
def test_after_a_crash_a_gateway_s_404_is_never_a_reason_to_pay_again(bench, body: Any) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    bench.host.make({"external_task_id": A})
    for _ in range(2 if "task" in str(body) else 5):
        bench.host.say("find", status=404, body=body)
    restarted(bench)
    bench.steps()
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)
    assert bench.host.asked("create") == 0


def test_a_no_in_words_alone_is_enough_to_ask_the_artist_and_not_to_pay_again(bench) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    for _ in range(3):
        bench.host.say("find", status=404, body=GATEWAYS["problem"])
    restarted(bench)
    bench.steps()
    assert (bench.task.state, bench.host.asked("find")) == (S.UNCONFIRMED, 3)
    assert "says that it has no such task" in bench.task.error
    assert bench.host.asked("create") == 0


def test_after_many_such_answers_the_artist_is_asked(bench) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    for _ in range(30):
        bench.host.say("find", status=404, body={"detail": "Not Found"})
    restarted(bench)
    bench.steps()
    assert (bench.task.state, bench.host.asked("find")) == (S.UNCONFIRMED, 8)
    assert "gives no answer that tells" in bench.task.error
    bench.engine.check_again(A)
    bench.steps()
    assert (bench.task.state, bench.host.asked("find")) == (S.UNCONFIRMED, 9)
    assert bench.host.asked("create") == 0


def test_one_odd_answer_among_firm_noes_is_enough_to_be_careful(bench) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    bench.host.say("find", status=404, body={"detail": "Not Found"})
    restarted(bench)
    bench.steps()
    assert (bench.task.state, bench.host.asked("create")) == (S.UNCONFIRMED, 0)
    assert "was ended while it sent" in bench.task.error


@pytest.fixture
def interrupted(bench, monkeypatch: pytest.MonkeyPatch):
    """Ctrl-C while the answer to a POST is awaited; the request has gone out."""
    client = bench.connect("acc")
    create = client.create

    def stopped(body: bytes) -> str:
        bench.host.say("create", reset="late")
        with pytest.raises(Exception, match="request went out"):
            create(body)
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "create", stopped)
    bench.engine.close()
    bench.engine = bench.engine_again(connect=lambda _: client)
    bench.submit()
    with pytest.raises(KeyboardInterrupt):
        bench.engine.step()
    return bench


def test_what_was_interrupted_is_never_sent_again_by_itself(interrupted) -> None:
    assert interrupted.task.state == S.SUBMITTING
    restarted(interrupted)
    interrupted.steps()
    assert interrupted.task.state == S.UNCONFIRMED
    assert "was stopped while it sent" in interrupted.task.error
    assert (interrupted.host.asked("find"), interrupted.host.asked("create")) == (3, 1)


def test_what_was_interrupted_and_came_late_is_found(interrupted) -> None:
    interrupted.host.make({"external_task_id": A})
    restarted(interrupted)
    interrupted.steps()
    assert (interrupted.task.state, len(interrupted.host.creations)) == (S.DONE, 1)


def test_an_interrupted_look_up_leaves_no_new_doubt(bench, monkeypatch) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    client = bench.connect("acc")

    def stop(_name: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "find", stop)
    bench.engine.close()
    bench.engine = bench.engine_again(connect=lambda _: client)
    bench.engine.resume()
    with pytest.raises(KeyboardInterrupt):
        bench.engine.step()
    assert bench.journal.entry(A).doubt is None


def test_a_window_that_closes_while_a_request_is_out_says_so(bench) -> None:
    bench.host.say("create", hang=True)
    with ThreadPoolExecutor(2) as pool:
        engine = bench.engine_again(pool=pool)
        engine.submit("acc", b'{"external_task_id": "%s"}' % B.encode(), task_id=B)
        engine.step()
        bench.host.arrivals.acquire(timeout=5)
        engine.close(timeout=0.0)
        assert "was stopped while it sent" in (bench.journal.entry(B).doubt or "")


# The provider says that it could not take the task


def test_a_refusal_is_checked_before_it_is_believed(bench) -> None:
    bench.host.say("create", coded(504, 5002))
    bench.submit()
    bench.steps(until=S.SUBMITTING)
    assert bench.task.error.startswith("The provider has too much to do.")
    bench.steps(until=S.QUEUED)
    assert (bench.host.asked("create"), bench.host.asked("find")) == (1, 2)
    bench.steps()
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)


def test_a_gateway_s_404_is_no_proof_that_a_refusal_was_one(bench) -> None:
    bench.host.say("create", coded(504, 5002))
    for _ in range(9):
        bench.host.say("find", status=404, body={"detail": "Not Found"})
    bench.submit()
    bench.steps()
    assert (bench.task.state, bench.host.asked("create")) == (S.UNCONFIRMED, 1)
    assert bench.task.error.startswith("The provider has too much to do. Asked several times")


def test_a_crash_while_checking_a_refusal_goes_on_checking(bench) -> None:
    bench.host.say("create", Answer(500, {"code": 5000, "message": "no"}, makes=True))
    bench.submit()
    bench.steps(until=S.SUBMITTING)
    restarted(bench)
    bench.steps()
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)


def test_refusals_that_go_on_come_with_growing_pauses(bench) -> None:
    for _ in range(30):
        bench.host.say("create", coded(503, 5001))
    bench.submit()
    start = bench.clock.now
    while bench.clock.now < start + 600:
        bench.clock.sleep(bench.engine.step() or 0)
    assert 6 <= bench.host.asked("create") <= 16
    assert bench.task.state in {S.QUEUED, S.SUBMITTING}
    bench.host.script["create"].clear()
    bench.steps()
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)
