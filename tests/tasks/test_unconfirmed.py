"""A task that may or may not have been made: asked for again, recognised, or sent again; paid once."""

from __future__ import annotations

import pytest

from kling_desktop.model.task import TaskState

S = TaskState
A = "a1" * 16


@pytest.fixture
def parked(bench):
    """Its answer was lost, and the host did not know it when it was asked."""
    bench.host.say("create", status=504, body={"detail": "gateway"})
    bench.submit()
    bench.steps()
    assert bench.task.state == S.UNCONFIRMED
    return bench


def test_checking_again_finds_a_task_that_came_late(parked) -> None:
    parked.host.make({"external_task_id": A})
    asking = parked.engine.check_again(A)
    assert (asking.state, asking.error) == (
        S.SUBMITTING,
        "No usable answer came: asking the provider whether the task is there.",
    )
    parked.steps()
    assert parked.task.state == S.DONE
    assert (len(parked.host.creations), parked.host.asked("create")) == (1, 1)


def test_checking_again_in_vain_leaves_it_as_it_was_after_one_question(parked) -> None:
    before, asked = parked.task.error, parked.host.asked("find")
    for times in (1, 2, 3):
        parked.engine.check_again(A)
        parked.steps()
        assert (parked.task.state, parked.task.error) == (S.UNCONFIRMED, before)
        assert parked.host.asked("find") == asked + times
    assert parked.host.asked("create") == 1


@pytest.mark.parametrize("can_find", [False])
def test_checking_again_where_the_host_cannot_tell_says_so(parked) -> None:
    parked.engine.check_again(A)
    parked.steps()
    assert parked.task.state == S.UNCONFIRMED
    assert "cannot say whether it arrived" in parked.task.error
    assert parked.host.asked("find") == 0


def test_what_a_crash_left_in_doubt_is_not_sent_by_checking(bench) -> None:
    bench.submit()
    bench.journal.update(A, state=S.SUBMITTING)
    bench.journal.update(A, state=S.UNCONFIRMED, error="Perhaps.")
    bench.engine.check_again(A)
    bench.steps()
    assert bench.task.state == S.UNCONFIRMED
    assert "was ended while it sent" in bench.task.error
    assert bench.host.asked("create") == 0


def test_a_crash_while_checking_changes_nothing(parked) -> None:
    parked.engine.check_again(A)
    parked.engine.close()
    parked.engine = parked.engine_again()
    parked.engine.resume()
    parked.steps()
    assert parked.task.state == S.UNCONFIRMED
    assert parked.host.asked("create") == 1


def test_the_artist_recognises_it(parked) -> None:
    parked.engine.confirm(A, parked.host.make({}))
    parked.steps()
    assert parked.task.state == S.DONE
    assert (len(parked.host.creations), parked.host.asked("create")) == (1, 1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"status": 404, "body": b"<html>nginx"},
        {"status": 404, "body": {"detail": "Not Found"}},
        {"status": 400, "body": {"code": 1201, "message": "bad id"}},
    ],
)
def test_a_mistyped_id_is_not_believed_and_can_be_corrected(parked, answer) -> None:
    if answer:
        parked.host.say("find", **answer)
    parked.engine.confirm(A, "remote-99")
    parked.steps()
    assert (parked.task.state, parked.task.remote_id) == (S.UNCONFIRMED, None)
    assert "knows no task “remote-99”" in parked.task.error
    assert "failed while it took the request" in parked.task.error
    parked.engine.confirm(A, parked.host.make({}))
    parked.steps()
    assert (parked.task.state, parked.task.error) == (S.DONE, None)
    assert (len(parked.host.creations), parked.host.asked("create")) == (1, 1)


@pytest.mark.parametrize("answer", [{"status": 503, "body": b"later"}, {"hang": True}])
def test_an_id_that_nobody_could_ask_for_is_asked_for_by_the_artist(parked, answer) -> None:
    name = parked.host.make({})
    parked.host.say("query", **answer)
    parked.engine.confirm(A, name)
    parked.steps()
    assert (parked.task.state, parked.task.remote_id) == (S.UNCONFIRMED, None)
    assert "could not be found out" in parked.task.error
    parked.engine.confirm(A, name)
    parked.steps()
    assert parked.task.state == S.DONE


def test_a_key_that_is_refused_there_holds_the_account(parked) -> None:
    parked.host.say("find", status=401, body={"code": 1002, "message": "no"})
    parked.engine.confirm(A, "remote-9")
    parked.steps()
    assert parked.task.state == S.UNCONFIRMED
    assert "does not accept the key" in parked.engine.held["acc"]


def test_a_crash_while_an_id_is_asked_for_asks_again(parked) -> None:
    parked.engine.confirm(A, parked.host.make({}))
    parked.engine.close()
    parked.engine = parked.engine_again()
    parked.engine.resume()
    parked.steps()
    assert (parked.task.state, parked.host.asked("create")) == (S.DONE, 1)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the task's id"),
        ("  ", "Enter the task's id"),
        ("remote 1", "Enter the task's id"),
        ("a\nb", "Enter the task's id"),
        ("..", "Enter the task's id"),
        ("x" * 300, "Enter the task's id"),
        ("https://x.example/tasks/remote-1", "is an address"),
        ("www.x.example/remote-1", "is an address"),
    ],
)
def test_what_is_no_id_is_refused_with_a_sentence(parked, typed: str, words: str) -> None:
    asked = len(parked.host.requests)
    with pytest.raises(ValueError, match=words):
        parked.engine.confirm(A, typed)
    assert parked.task.state == S.UNCONFIRMED and parked.engine.step() is None
    assert len(parked.host.requests) == asked


def test_the_id_of_another_task_is_refused(parked) -> None:
    other = "b2" * 16
    parked.submit(other, shot="Boat")
    parked.steps()
    taken = parked.journal.get(other).remote_id
    with pytest.raises(ValueError, match="is the task of “Boat” in this list"):
        parked.engine.confirm(A, f" {taken} ")
    assert parked.task.state == S.UNCONFIRMED
    parked.journal.update(other, account="another")
    parked.engine.confirm(A, taken)
    assert parked.task.state == S.SUBMITTING, "accounts have ids of their own"


@pytest.mark.parametrize("can_find", [False])
def test_the_reason_of_a_doubt_is_kept_where_nobody_can_be_asked(parked) -> None:
    before = parked.task.error
    assert before.startswith("The provider failed while it took the request")
    for _ in range(2):
        parked.engine.check_again(A)
        parked.steps()
        assert (parked.task.state, parked.task.error) == (S.UNCONFIRMED, before)


def test_the_artist_has_it_sent_again(parked) -> None:
    parked.engine.send_again(A)
    parked.steps()
    assert parked.task.state == S.DONE
    assert (len(parked.host.creations), parked.host.asked("create")) == (1, 2)


@pytest.mark.parametrize("how", ["check_again", "send_again"])
def test_what_is_in_no_doubt_is_left_alone(bench, how: str) -> None:
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    with pytest.raises(ValueError, match="no longer in doubt"):
        getattr(bench.engine, how)(A)
    with pytest.raises(ValueError, match="no longer in doubt"):
        bench.engine.confirm(A, "remote-9")
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1
