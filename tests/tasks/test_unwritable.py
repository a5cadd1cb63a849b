"""What cannot be written down, and mistakes of ours: no task is lost, and none is asked for in a heat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.journal import JournalError

S = TaskState
A, B = "a1" * 16, "b2" * 16


class Odd:
    """A Remote whose answers hold what no file can."""

    can_find = True

    def __init__(self, real: Any, **odd: Any) -> None:
        self.real, self.odd = real, odd

    def create(self, body: bytes) -> str:
        name = self.real.create(body)
        return self.odd.get("name", name)

    def query(self, name: str) -> Any:
        status = self.real.query(name.replace("?", ""))
        return type(status)(status.state, self.odd.get("url", status.video_url))

    def find(self, name: str) -> str | None:
        return self.real.find(name)


def test_half_a_letter_in_a_link_or_an_id_loses_nothing(bench) -> None:
    real = bench.connect("acc")
    bench.engine.close()
    bench.engine = bench.engine_again(connect=lambda _: Odd(real, name="remote-1\ud800"))
    bench.submit()
    bench.steps()
    assert (bench.task.state, bench.task.remote_id) == (S.DONE, "remote-1?")
    bench.engine.close()
    odd = Odd(real, url="http://127.0.0.1:1/\ud800.mp4")
    bench.engine = bench.engine_again(connect=lambda _: odd)
    bench.submit(B)
    bench.steps(limit=60)
    assert bench.journal.get(B).remote_id == "remote-2"
    odd.odd.clear()


@pytest.mark.parametrize("pool", [False, True], ids=["one thread", "a pool"])
def test_whatever_goes_wrong_on_writing_is_tried_again_ever_later(
    bench, monkeypatch: pytest.MonkeyPatch, pool: bool
) -> None:
    write, wrong = bench.journal.write, [True]

    def odd(task_id: str, changes: dict[str, Any], **how: Any) -> Any:
        if wrong[0] and "attempts" in changes and changes.get("state") != S.SUBMITTING:
            raise OverflowError("a number that is too large")
        return write(task_id, changes, **how)

    monkeypatch.setattr(bench.journal, "write", odd)
    with ThreadPoolExecutor(2) as threads:
        bench.engine.close()
        bench.engine = bench.engine_again(pool=threads if pool else None)
        bench.host.states = ["processing"]
        bench.submit()
        start = bench.clock.now
        while bench.clock.now < start + 600:
            delay = bench.engine.step()
            assert bench.engine.wait_idle(5)
            bench.clock.sleep(delay or 0)
        assert (bench.task.state, bench.task.remote_id) == (S.SUBMITTED, "remote-1")
        assert "OverflowError" in bench.task.error
        assert bench.host.asked("query") < 25, "no hot loop"
        wrong[0], bench.host.states = False, ["succeed"]
        for _ in range(200):
            if (delay := bench.engine.step()) is None and bench.engine.wait_idle(5):
                break
            assert bench.engine.wait_idle(5)
            bench.clock.sleep(delay or 0)
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)


def test_where_nothing_at_all_can_be_written_the_engine_waits(bench, monkeypatch) -> None:
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    bench.clock.sleep(2.0)

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(bench.journal, "write", broken)
        assert bench.engine.step() == pytest.approx(5.0)
        assert "ZeroDivisionError" in (bench.engine.trouble or "")
        asked = bench.host.asked("query")
        assert bench.engine.step() and bench.host.asked("query") == asked
    bench.steps()
    assert bench.task.state == S.DONE


def test_a_listener_that_fails_costs_no_task(bench) -> None:
    def listen(_task: Any) -> None:
        if len(bench.host.requests) in {1, 2}:
            raise RuntimeError("whoever listens")

    bench.engine.close()
    bench.engine = bench.engine_again(changed=listen)
    bench.submit()
    bench.steps()
    assert (bench.task.state, len(bench.host.creations)) == (S.DONE, 1)


def test_a_journal_that_fails_while_it_is_interrupted_keeps_the_name(bench, monkeypatch) -> None:
    write = bench.journal.write

    def stopped(task_id: str, changes: dict[str, Any], **how: Any) -> Any:
        if "remote_id" in changes:
            monkeypatch.setattr(bench.journal, "write", write)
            raise KeyboardInterrupt
        return write(task_id, changes, **how)

    monkeypatch.setattr(bench.journal, "write", stopped)
    bench.submit()
    with pytest.raises(KeyboardInterrupt):
        bench.engine.step()
    bench.engine.close()
    assert (bench.task.state, bench.task.remote_id) == (S.SUBMITTED, "remote-1")


def test_a_journal_error_is_still_one(bench, monkeypatch) -> None:
    bench.submit()

    def full(*_: Any, **__: Any) -> Any:
        raise JournalError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(bench.journal, "write", full)
        bench.engine.step()
        assert bench.engine.trouble == "The disk is full."
    bench.clock.sleep(6)
    bench.steps()
    assert bench.task.state == S.DONE
