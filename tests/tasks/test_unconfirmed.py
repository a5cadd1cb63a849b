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
