"""Task states: which may follow which."""

import pytest

from kling_desktop.model.task import FINAL, FOLLOWS, IllegalTransition, Task, TaskState, require


def test_every_state_has_its_followers_and_staying_is_allowed():
    assert set(FOLLOWS) == set(TaskState)
    for state in TaskState:
        require(state, state)


def test_what_was_sent_is_never_queued_again_by_itself():
    for state in (TaskState.SUBMITTED, TaskState.PROCESSING, TaskState.DOWNLOADING):
        assert TaskState.QUEUED not in FOLLOWS[state]
        assert TaskState.SUBMITTING not in FOLLOWS[state]


def test_nothing_leaves_done():
    for state in TaskState:
        if state != TaskState.DONE:
            with pytest.raises(IllegalTransition):
                require(TaskState.DONE, state)


def test_every_state_can_reach_an_end():
    reached = set(FINAL)
    while True:
        more = {state for state, after in FOLLOWS.items() if after & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(TaskState)


def test_finished_follows_the_state():
    task = Task("a", "practice", TaskState.DONE, created=0, updated=0)
    assert task.finished
    assert not Task("a", "practice", TaskState.UNCONFIRMED, created=0, updated=0).finished
