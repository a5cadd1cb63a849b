"""What the artist decides: held accounts, cancelled, unconfirmed and failed tasks."""

from __future__ import annotations

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.providers.errors import Credentials

S = TaskState
A, B, C = "a1" * 16, "b2" * 16, "c3" * 16


def test_an_account_that_cannot_be_used_is_held_and_nothing_is_lost(bench) -> None:
    good, bad = bench.connect, [True]

    def connect(account: str):
        if bad and account == "acc":
            raise ValueError("There is no token for this account: enter it under Accounts.")
        return good(account)

    bench.engine = bench.engine_again(connect=connect)
    bench.submit(A)
    bench.submit(B, account="other")
    bench.steps()
    assert bench.journal.get(B).state == S.DONE
    assert bench.task.state == S.QUEUED
    assert bench.engine.held == {"acc": bench.task.error}
    assert "enter it" in bench.task.error
    bad.clear()
    bench.engine.release("acc")
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.engine.held == {}
    assert len(bench.host.creations) == 2


def test_when_only_sending_is_forbidden_paid_tasks_are_still_brought_home(bench) -> None:
    bench.submit(A)
    bench.steps(until=S.SUBMITTED)
    bench.host.say("create", status=429, body={"code": 1101, "message": "arrears"})
    bench.submit(B)
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.journal.get(B).state == S.QUEUED
    assert "credit" in bench.engine.held["acc"]


def test_a_key_that_is_refused_while_polling_holds_the_account_until_released(bench) -> None:
    bench.submit(A)
    bench.steps(until=S.SUBMITTED)
    bench.host.say("query", status=401, body={"code": 1002, "message": "bad"})
    bench.steps()
    assert bench.task.state == S.SUBMITTED
    assert bench.engine.blocked(bench.task)
    asked = len(bench.host.requests)
    assert bench.engine.step() is None
    assert len(bench.host.requests) == asked
    bench.engine.release("acc")
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_a_cancelled_task_is_left_alone(bench) -> None:
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    assert bench.engine.cancel(A).state == S.CANCELLED
    assert bench.engine.step() is None
    assert bench.host.asked("query") == 0
    assert bench.engine.cancel(A).state == S.CANCELLED


def test_cancelling_a_download_removes_its_part(bench) -> None:
    bench.submit()
    bench.host.say("video", cut=1000)
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    assert list((bench.folder / "videos").glob("*.part"))
    bench.engine.cancel(A)
    assert list((bench.folder / "videos").iterdir()) == []


def test_a_task_cancelled_while_it_is_sent_keeps_its_name_at_the_provider(bench) -> None:
    real = bench.connect("acc")

    class Slow:
        can_find = True

        def create(self, body: bytes) -> str:
            name = real.create(body)
            bench.engine.cancel(A)
            return name

    bench.engine = bench.engine_again(connect=lambda _: Slow())
    bench.submit()
    bench.steps()
    assert (bench.task.state, bench.task.remote_id) == (S.CANCELLED, "remote-1")


def test_an_unconfirmed_task_waits_for_the_artist_s_word(bench) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    bench.journal.update(A, state=S.UNCONFIRMED, error="Perhaps.")
    assert bench.engine.step() is None
    assert bench.engine.blocked(bench.task) == "Perhaps."
    assert bench.host.requests == []
    with pytest.raises(ValueError, match="never taken"):
        bench.engine.retry(A)


def test_the_artist_may_say_that_it_arrived(bench) -> None:
    bench.submit()
    remote_id = bench.host.make({"external_task_id": "other"})
    bench.journal.update(A, state=S.SUBMITTING)
    bench.journal.update(A, state=S.UNCONFIRMED, error="Perhaps.")
    asking = bench.engine.confirm(A, f"  {remote_id}\n")
    assert asking.error == f"Asking the provider whether it has the task “{remote_id}”."
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.asked("create") == 0


def test_the_artist_may_say_that_it_never_arrived(bench) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    bench.journal.update(A, state=S.UNCONFIRMED, error="Perhaps.")
    assert bench.engine.send_again(A).error is None
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_a_failed_download_may_be_tried_again(bench) -> None:
    for _ in range(40):
        bench.host.say("video", status=410)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.FAILED
    bench.host.script["video"].clear()
    assert bench.engine.retry(A).state == S.DOWNLOADING
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_a_task_that_was_refused_is_tried_again_as_a_task_of_its_own(bench) -> None:
    bench.host.say("create", status=400, body={"code": 1201, "message": "cfg_scale"})
    bench.submit()
    bench.steps()
    again = bench.engine.retry(A)
    assert (again.state, again.shot, again.model) == (S.QUEUED, bench.task.shot, bench.task.model)
    bench.steps()
    assert (bench.task.state, bench.journal.get(again.id).state) == (S.FAILED, S.DONE)
    assert [made["external_task_id"] for made in bench.host.creations] == [again.id]


@pytest.mark.parametrize("doubt", [{"doubt": "Perhaps."}, {"resent": 1}])
def test_a_task_that_may_have_been_made_is_never_sent_again_by_a_retry(bench, doubt) -> None:
    bench.submit()
    bench.journal.update(A, state=S.FAILED, error="Refused.", **doubt)
    with pytest.raises(ValueError, match="may have been made"):
        bench.engine.retry(A)
    assert len(bench.journal.all()) == 1


def test_credentials_are_never_in_what_is_written(bench) -> None:
    class Wrong:
        can_find = False

        def create(self, body: bytes) -> str:
            raise Credentials("The key is wrong.", code=1002, provider_words="no")

    bench.engine = bench.engine_again(connect=lambda _: Wrong())
    bench.submit()
    bench.steps()
    assert bench.engine.held["acc"].startswith("The key is wrong.")
    assert bench.task.state == S.QUEUED
