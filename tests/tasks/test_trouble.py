"""Crashes, full disks, odd clocks, a second engine: the engine keeps its head and the tasks."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.providers.errors import Unreachable
from kling_desktop.tasks.download import Limits
from kling_desktop.tasks.journal import Journal, JournalError
from kling_desktop.tasks.lease import Lease, new_owner

S = TaskState
A, B, C = "a1" * 16, "b2" * 16, "c3" * 16


def stealing(bench) -> None:
    thief = {"owner": new_owner(), "owned_until": bench.clock.now + 1000.0}
    bench.journal.update(A, **thief)


@pytest.mark.parametrize("how", ["taken", "cancelled"])
def test_nothing_is_sent_for_a_task_that_is_no_longer_ours(bench, how: str) -> None:
    def connect(account: str):
        stealing(bench) if how == "taken" else bench.engine.cancel(A)
        return bench.connect(account)

    bench.engine = bench.engine_again(connect=connect)
    bench.submit()
    bench.engine.step()
    assert bench.host.requests == []
    assert bench.task.state == (S.QUEUED if how == "taken" else S.CANCELLED)


def test_an_answer_that_comes_after_the_task_was_taken_away_is_dropped(bench) -> None:
    real = bench.connect("acc")

    class Robbed:
        can_find = True
        create = real.create

        def query(self, remote_id: str):
            stealing(bench)
            return real.query(remote_id)

    bench.engine = bench.engine_again(connect=lambda _: Robbed())
    bench.host.states = ["processing"]
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    bench.clock.sleep(2.0)
    bench.engine.step()
    assert bench.host.asked("query") == 1
    assert bench.task.state == S.SUBMITTED


def test_the_network_may_be_away_for_a_day_while_polling(bench) -> None:
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    port, bench.host.port = bench.host.port, 0
    real = bench.connect("acc")

    class Away:
        can_find = True

        def query(self, remote_id: str):
            if bench.host.port == 0:
                raise Unreachable("Not there.")
            return real.query(remote_id)

    bench.engine.close()
    bench.engine = bench.engine_again(connect=lambda _: Away())
    start = bench.clock.now
    while bench.clock.now < start + 86_400:
        bench.clock.sleep(bench.engine.step() or 0)
    assert bench.task.state == S.SUBMITTED
    assert bench.task.error.startswith("Waiting for the network")
    assert max(bench.clock.slept) <= 60.0
    bench.host.port = port
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.task.error is None


def test_two_engines_never_work_on_one_task(bench) -> None:
    other = bench.engine_again()
    bench.submit(A)
    assert other.step() is not None
    assert bench.host.requests == []
    assert other.resume() == []
    bench.engine.step()
    bench.engine.close()
    for _ in range(20):
        bench.clock.sleep(other.step() or 0)
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_resuming_looks_at_everything_soon_but_not_in_one_burst(bench) -> None:
    for number in range(40):
        bench.submit(f"{number:032x}")
    for number in range(40):
        task_id = f"{number:032x}"
        bench.journal.update(task_id, state=S.SUBMITTING)
        bench.journal.update(task_id, state=S.SUBMITTED, remote_id="r", due=bench.clock.now + 500)
    bench.engine.close()
    bench.engine = bench.engine_again()
    assert len(bench.engine.resume()) == 40
    dues = sorted(item.due for item in bench.journal.agenda())
    assert dues[0] == bench.clock.now
    assert 1.0 < dues[-1] - dues[0] <= 10.0
    assert all(late - early > 0.05 for early, late in itertools.pairwise(dues))


def test_a_clock_that_was_put_back_by_a_day_stops_nothing(bench) -> None:
    bench.submit()
    bench.steps(until=S.PROCESSING)
    bench.clock.now -= 86_400
    start = bench.clock.now
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.clock.now - start < 120


def test_sleeping_for_hours_in_mid_poll_costs_nothing(bench) -> None:
    bench.submit()
    bench.steps(until=S.PROCESSING)
    bench.clock.now += 8 * 3600
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_what_surprises_us_in_one_task_is_said_by_name_only_and_tried_again(bench, caplog) -> None:
    real, surprises = bench.connect("acc"), [1]

    class Odd:
        can_find = True
        create, find = real.create, real.find

        def query(self, remote_id: str):
            if surprises:
                surprises.pop()
                raise TypeError("the whole request, with everything in it")
            return real.query(remote_id)

    bench.engine = bench.engine_again(connect=lambda _: Odd())
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    bench.clock.sleep(2.0)
    bench.engine.step()
    assert "TypeError" in bench.task.error
    assert "whole request" not in caplog.text + bench.task.error
    bench.steps()
    assert bench.task.state == S.DONE


def test_a_surprise_while_sending_is_never_sent_again_unasked(bench) -> None:
    real = bench.connect("acc")

    class Odd:
        can_find = False
        query = real.query

        def create(self, body: bytes) -> str:
            real.create(body)
            raise RuntimeError("after it went out")

    bench.engine = bench.engine_again(connect=lambda _: Odd())
    bench.submit()
    bench.steps()
    assert bench.task.state == S.UNCONFIRMED
    assert len(bench.host.creations) == 1


class FullDisk(Journal):
    """A journal on a disk that is full from time to time."""

    full = False

    def write(self, task_id, changes, **how):
        if self.full:
            raise JournalError("The disk is full: free some space.")
        return super().write(task_id, changes, **how)


@pytest.fixture
def full_disk(bench, tmp_path: Path):
    journal = FullDisk(tmp_path / "journal.sqlite", clock=bench.clock)
    bench.engine.close()
    bench.engine = bench.engine_again(journal=journal)
    yield journal
    bench.engine.close()
    journal.close()


def test_nothing_is_sent_that_could_not_be_written_down(bench, full_disk: FullDisk) -> None:
    bench.submit()
    full_disk.full = True
    for _ in range(5):
        bench.clock.sleep(bench.engine.step())
    assert bench.host.requests == []
    assert "disk is full" in bench.engine.trouble
    assert bench.clock.slept == [5.0] * 5
    full_disk.full = False
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.engine.trouble is None


def test_a_paid_task_s_name_is_kept_until_it_can_be_written(bench, full_disk: FullDisk) -> None:
    real = bench.connect("acc")

    class Filling:
        can_find = True
        find, query = real.find, real.query

        def create(self, body: bytes) -> str:
            full_disk.full = True
            return real.create(body)

    bench.engine._worker._connect = lambda _: Filling()
    bench.submit()
    bench.clock.sleep(bench.engine.step())
    bench.clock.sleep(bench.engine.step())
    assert bench.task.remote_id is None
    full_disk.full = False
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1
    assert bench.host.asked("find") == 0


def test_a_video_that_was_named_just_before_a_crash_is_not_fetched_again(bench) -> None:
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    final = bench.folder / "videos" / "named.mp4"
    final.parent.mkdir(exist_ok=True)
    final.write_bytes(bench.host.video)
    bench.journal.update(A, target=str(final))
    bench.steps()
    assert (bench.task.state, bench.task.video) == (S.DONE, str(final))
    assert bench.host.asked("video") == 0


def test_with_a_pool_a_slow_download_does_not_hold_up_the_others(bench) -> None:
    bench.engine.close()
    slow = {"headers": {"Content-Length": str(len(bench.host.video) + 5)}, "keep_open": True}
    for _ in range(2):
        bench.host.say("video", **slow)
    with ThreadPoolExecutor(4) as pool:
        engine = bench.engine_again(pool=pool, limits=None)
        bench.engine = engine
        for task_id in (A, B, C):
            bench.submit(task_id)

        def forward(done) -> bool:
            for _ in range(600):
                engine.step()
                bench.clock.now += 1.0
                engine.wait(0.02)
                if done():
                    return True
            return False

        def state(task_id: str) -> TaskState:
            return bench.journal.get(task_id).state

        assert forward(lambda: bench.host.asked("video") >= 2)
        bench.host.states = ["processing"]
        before = bench.host.asked("query")
        late = "d4" * 16
        bench.submit(late)
        assert forward(lambda: state(late) == S.PROCESSING)
        assert bench.host.asked("query") > before
        engine.close(10.0)
        assert engine.wait_idle(0.0)
    assert all(item.lease.owner is None for item in bench.journal.agenda())
    bench.host.states = ["succeed"]
    bench.engine = bench.engine_again()
    bench.engine.resume()
    bench.steps()
    assert {task.state for task in bench.journal.all()} == {S.DONE}
    assert len(bench.host.creations) == 4


def test_a_running_download_renews_its_lease_and_stops_when_it_lost_it(bench) -> None:
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    thief = Lease(new_owner(), bench.clock.now + 1e3)

    def progress(_id: str, here: int, _whole: int | None) -> None:
        bench.clock.now += 200
        if here > 0 and bench.journal.entry(A).task.state == S.DOWNLOADING:
            bench.journal.write(A, {"owner": thief.owner, "owned_until": bench.clock.now + 1e3})

    bench.engine.close()
    bench.engine = bench.engine_again(progress=progress, limits=Limits(chunk=4096))
    bench.engine.step()
    assert bench.task.state == S.DOWNLOADING
    assert bench.finals() == []


def test_an_engine_that_is_closed_does_nothing_more(bench) -> None:
    bench.submit()
    bench.engine.close()
    assert bench.engine.step() is None
    assert bench.host.requests == []
