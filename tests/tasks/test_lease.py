"""A lease keeps two programs off one task, and a dead program's task does not wait."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.lease import Lease, new_owner

PROCESSING, SUBMITTING = TaskState.PROCESSING, TaskState.SUBMITTING


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def with_pid(owner: str, pid: int) -> str:
    host, _, birth, tail = owner.rsplit(":", 3)
    return f"{host}:{pid}:{birth}:{tail}"


def test_owners_differ_even_within_one_process() -> None:
    assert new_owner() != new_owner()
    assert str(os.getpid()) in new_owner()


@pytest.mark.parametrize("state", [PROCESSING, SUBMITTING])
def test_a_task_without_an_owner_or_with_the_same_is_free(state: TaskState) -> None:
    assert Lease(None, 0).free_for("me", now=5, state=state)
    assert Lease("me", 1).free_for("me", now=5, state=state)


def test_a_living_owner_keeps_its_task_until_the_lease_runs_out() -> None:
    lease = Lease(new_owner(), 100.0)
    assert not lease.free_for("me", now=99.0, state=PROCESSING)
    assert lease.free_for("me", now=101.0, state=PROCESSING)


def test_a_request_on_its_way_stays_with_its_living_sender_whatever_the_lease_says() -> None:
    assert not Lease(new_owner(), 100.0).free_for("me", now=1e9, state=SUBMITTING)


@pytest.mark.parametrize("state", [PROCESSING, SUBMITTING])
def test_the_task_of_a_dead_process_is_free_at_once(state: TaskState) -> None:
    dead = with_pid(new_owner(), ended_process())
    assert Lease(dead, 1000.0).free_for("me", now=1.0, state=state)


def test_a_process_that_only_has_the_same_number_is_not_the_owner() -> None:
    host, pid, birth, tail = new_owner().rsplit(":", 3)
    if birth == "0":
        pytest.skip("this system does not tell when a process began")
    other = f"{host}:{pid}:{int(birth) + 1}:{tail}"
    assert Lease(other, 1000.0).free_for("me", now=1.0, state=SUBMITTING)


def test_of_another_machine_only_the_lease_is_known() -> None:
    far = "elsewhere:1:2:abc"
    assert not Lease(far, 100.0).free_for("me", now=99.0, state=SUBMITTING)
    assert Lease(far, 100.0).free_for("me", now=101.0, state=SUBMITTING)


def test_a_lease_from_a_clock_that_was_put_back_does_not_last_a_day() -> None:
    assert Lease(new_owner(), 86_400.0).free_for("me", now=0.0, state=PROCESSING)


@pytest.mark.parametrize("owner", ["", "x", "a:b:c:d", "::::", "host:-1:0:x"])
def test_a_broken_owner_counts_as_unknown(owner: str) -> None:
    assert not Lease(owner, 100.0).free_for("me", now=1.0, state=PROCESSING)
    assert Lease(owner, 100.0).free_for("me", now=101.0, state=PROCESSING)
