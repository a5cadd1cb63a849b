"""The worker with a real engine, journal and practice server: nothing lost, ended in seconds."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import io
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import keyring
import numpy as np
import pytest
from keyring.backends import fail
from PIL import Image
from pytestqt.qtbot import QtBot

from kling_desktop.imaging.load import pixels, read
from kling_desktop.model.landing import switched
from kling_desktop.model.path import Path as Curve
from kling_desktop.model.shot import Shot, of
from kling_desktop.model.task import Task, TaskState
from kling_desktop.motion.reverse import reverse
from kling_desktop.motion.video import probe, verify
from kling_desktop.motion.video import read as read_video
from kling_desktop.practice.server import PracticeServer
from kling_desktop.providers.errors import Unreachable
from kling_desktop.storage.accounts import Account
from kling_desktop.storage.atomic import StorageError
from kling_desktop.tasks.engine import Engine
from kling_desktop.tasks.journal import JournalError
from kling_desktop.tasks.network import AWAY
from kling_desktop.tasks.pace import Pace
from kling_desktop.ui import worker as worker_module
from kling_desktop.ui.pool import DaemonPool
from kling_desktop.ui.worker import CLOSED, Worker
from kling_desktop.workshop import Workshop

QUICK = Pace(poll_first=0.02, poll_min=0.05, poll_max=0.2, lookup_first=0.05)
S = TaskState


class Log:
    """Everything that the worker told, in order."""

    def __init__(self, worker: Worker) -> None:
        self.tasks: list[Task] = []
        self.refused: list[str] = []
        self.held: list[tuple[str, str]] = []
        self.progress: list[tuple[str, int, int | None]] = []
        worker.task_changed.connect(self.tasks.append)
        worker.refused.connect(self.refused.append)
        worker.held.connect(lambda account, words: self.held.append((account, words)))
        worker.progressed.connect(lambda *values: self.progress.append(values))

    def states(self, task_id: str) -> list[TaskState]:
        told = [task.state for task in self.tasks if task.id == task_id]
        return [state for n, state in enumerate(told) if n == 0 or told[n - 1] != state]

    def last(self, task_id: str) -> Task:
        return [task for task in self.tasks if task.id == task_id][-1]

    def reached(self, task_id: str, state: TaskState) -> Callable[[], bool]:
        return lambda: any(t.id == task_id and t.state == state for t in self.tasks)


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """The tests must not write to the keyring of whoever runs them."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path / "home")
    yield workshop
    workshop.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path / "server", pace=0) as server:
        yield server


@pytest.fixture
def account(workshop: Workshop, server: PracticeServer) -> Account:
    account = Account("lab", "practice", server.url)
    workshop.accounts.add(account, server.token)
    return account


@pytest.fixture(scope="module")
def shot() -> Shot:
    ramp = np.linspace(0, 255, 400 * 320 * 3).astype(np.uint8).reshape(320, 400, 3)
    file = io.BytesIO()
    Image.fromarray(ramp).save(file, "PNG")
    made = of(read(file.getvalue(), "ramp.png"))
    made.labels[50:120, 60:140] = 1
    return Shot(
        picture=made.picture,
        labels=made.labels,
        paths={1: Curve(((100.0, 80.0), (220.0, 110.0)))},
    )


@pytest.fixture
def make_engine(workshop: Workshop) -> Callable[..., Engine]:
    """The workshop's engine, in a hurry."""

    def make(
        changed: Callable[[Task], None],
        progress: Callable[[str, int, int | None], None],
        pool: Executor,
    ) -> Engine:
        return Engine(
            workshop.journal,
            workshop.connect,
            workshop.directories.videos,
            changed=changed,
            progress=progress,
            check_video=verify,
            turn=reverse,
            pace=QUICK,
            pool=pool,
        )

    return make


@pytest.fixture
def worker(
    workshop: Workshop, make_engine: Callable[..., Engine], qtbot: QtBot
) -> Iterator[Worker]:
    worker = Worker(make_engine, workshop.request)
    yield worker
    assert worker.stop()


@pytest.fixture
def log(worker: Worker) -> Log:
    return Log(worker)


def test_a_shot_that_lands_becomes_a_video_that_ends_with_it(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account
) -> None:
    landing = switched(shot, land=True)
    task_id = worker.generate(landing, account, "ramp")
    assert log.tasks[0].reverse
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    assert log.last(task_id).reverse
    frames = [frame.astype(float) for _, frame in read_video(Path(log.last(task_id).video or ""))]
    still = pixels(shot.picture)
    away = [np.abs(frames[index][: still.shape[0]] - still).mean() for index in (0, -1)]
    assert 2 * away[1] < away[0]


def test_a_shot_becomes_a_video(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, server: PracticeServer
) -> None:
    task_id = worker.generate(shot, account, "ramp")
    assert [(t.id, t.state, t.shot, t.account) for t in log.tasks] == [
        (task_id, S.QUEUED, "ramp", "lab")
    ], "it is in the list before anything is done about it"
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    video = log.last(task_id).video
    assert video is not None and probe(Path(video)).width == 400
    states = log.states(task_id)
    assert states[:2] == [S.QUEUED, S.SUBMITTING] and states[-2:] == [S.DOWNLOADING, S.DONE]
    assert log.progress and log.progress[-1][1] == Path(video).stat().st_size
    assert (server.creations, log.refused, log.held) == (1, [], [])


def test_the_workshops_own_engine_and_bundled_server_do_it_too(
    qtbot: QtBot, workshop: Workshop, shot: Shot
) -> None:
    worker = Worker(workshop.engine, workshop.request)
    log = Log(worker)
    task_id = worker.generate(shot, workshop.account("practice"), "ramp")
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    assert worker.stop()
    assert workshop.journal.get(task_id).state == S.DONE
    assert worker.isFinished() and log.refused == []


def test_asking_returns_at_once(worker: Worker, shot: Shot, account: Account) -> None:
    start = time.perf_counter()
    for _ in range(5):
        worker.generate(shot, account, "ramp")
    assert time.perf_counter() - start < 0.1


def test_several_shots_at_once_are_made_once_each(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, server: PracticeServer
) -> None:
    ids = [worker.generate(shot, account, f"take {n}") for n in range(3)]
    for task_id in ids:
        qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=40_000)
    assert server.creations == 3
    assert len({log.last(task_id).video for task_id in ids}) == 3


def test_a_shot_that_cannot_be_sent_is_refused_and_listed(
    qtbot: QtBot, worker: Worker, log: Log, account: Account, workshop: Workshop
) -> None:
    task_id = worker.generate(Shot(), account, "nothing")
    qtbot.waitUntil(lambda: bool(log.refused))
    assert "no picture" in log.refused[0]
    assert log.last(task_id).state == S.FAILED and log.last(task_id).error == log.refused[0]
    assert workshop.journal.all() == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (JournalError("The disk is full: free some space."), "disk is full"),
        (StorageError("There is no room left."), "no room left"),
        (Unreachable("The host cannot be reached."), "cannot be reached"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("body with a secret"), "unexpected went wrong here (RuntimeError)"),
    ],
)
def test_every_error_reaches_the_artist(
    qtbot: QtBot, make_engine: Callable[..., Engine], account: Account, error: Any, words: str
) -> None:
    def request(*_: object) -> bytes:
        raise error

    worker = Worker(make_engine, request)
    log = Log(worker)
    task_id = worker.generate(Shot(), account, "take")
    qtbot.waitUntil(log.reached(task_id, S.FAILED))
    assert worker.stop()
    assert len(log.refused) == 1 and words in log.refused[0]
    assert "secret" not in log.refused[0]


def test_a_broken_journal_is_told_and_tried_again(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, workshop: Workshop
) -> None:
    path = workshop.directories.journal
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database at all" * 100)
    first = worker.generate(shot, account, "one")
    qtbot.waitUntil(log.reached(first, S.FAILED))
    assert "journal is damaged" in log.refused[0]
    path.unlink()
    second = worker.generate(shot, account, "two")
    qtbot.waitUntil(log.reached(second, S.DONE), timeout=30_000)
    assert log.last(first).state == S.FAILED


def test_a_journal_that_takes_nothing_more_refuses(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, workshop: Workshop
) -> None:
    worker.resume()
    qtbot.waitUntil(lambda: worker._engine is not None)
    with sqlite3.connect(workshop.directories.journal) as other:
        other.execute("DROP TABLE requests")
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.FAILED))
    assert "journal cannot be read or written" in log.refused[0]


def test_an_engine_that_breaks_is_made_anew(
    qtbot: QtBot,
    make_engine: Callable[..., Engine],
    workshop: Workshop,
    shot: Shot,
    account: Account,
) -> None:
    made: list[Engine] = []

    def make(*values: Any) -> Engine:
        engine = make_engine(*values)
        made.append(engine)
        if len(made) == 1:
            engine.step = lambda: 1 / 0  # type: ignore[method-assign]
        return engine

    worker = Worker(make, workshop.request)
    log = Log(worker)
    worker.resume()
    qtbot.waitUntil(lambda: bool(log.refused))
    assert "ZeroDivisionError" in log.refused[0]
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    assert worker.stop() and len(made) == 2


def test_a_held_account_is_told_once_and_goes_on_when_released(
    qtbot: QtBot,
    worker: Worker,
    log: Log,
    shot: Shot,
    account: Account,
    server: PracticeServer,
    workshop: Workshop,
) -> None:
    workshop.accounts.add(account, "not-the-token")
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(lambda: bool(log.held))
    qtbot.wait(100)
    assert [name for name, _ in log.held] == ["lab"]
    assert log.last(task_id).state == S.QUEUED
    workshop.accounts.add(account, server.token)
    worker.release("lab")
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    assert server.creations == 1


def test_cancel_is_told(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, server: PracticeServer
) -> None:
    server.set_faults([{"route": "query", "do": {"state": "submitted"}}])
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.SUBMITTED))
    worker.cancel(task_id)
    qtbot.waitUntil(log.reached(task_id, S.CANCELLED))
    assert log.refused == []


def test_what_does_not_fit_the_task_is_refused(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, server: PracticeServer
) -> None:
    server.set_faults([{"route": "query", "do": {"state": "submitted"}}])
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.SUBMITTED))
    worker.send_again(task_id)
    worker.cancel("never-heard-of")
    worker.cancel(task_id)
    qtbot.waitUntil(log.reached(task_id, S.CANCELLED))
    worker.retry(task_id)
    qtbot.waitUntil(lambda: len(log.refused) == 3)
    assert "no longer in doubt" in log.refused[0]
    assert "never written down" in log.refused[1]
    assert "moved on" in log.refused[2]
    assert server.creations == 1


def relay(workshop: Workshop, server: PracticeServer) -> Account:
    """An account whose host cannot say whether a task arrived."""
    account = Account("relay", "mulerun", server.url)
    workshop.accounts.add(account, server.token)
    return account


def test_sending_again_twice_pays_once(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, server: PracticeServer, workshop: Workshop
) -> None:
    server.set_faults([{"route": "create", "do": {"status": 500}, "times": 1}])
    task_id = worker.generate(shot, relay(workshop, server), "take")
    qtbot.waitUntil(log.reached(task_id, S.UNCONFIRMED))
    worker.send_again(task_id)
    worker.send_again(task_id)
    qtbot.waitUntil(log.reached(task_id, S.SUBMITTED))
    assert server.creations == 1
    assert len(log.refused) == 1 and "no longer in doubt" in log.refused[0]


def test_an_unconfirmed_task_that_the_artist_found_goes_on(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, server: PracticeServer, workshop: Workshop
) -> None:
    server.set_faults([{"route": "create", "do": "reset-after", "times": 1}])
    task_id = worker.generate(shot, relay(workshop, server), "take")
    qtbot.waitUntil(log.reached(task_id, S.UNCONFIRMED))
    # The page of a provider would show it; the practice server can be asked for our own id.
    client = workshop.client(Account("finder", "practice", server.url), server.token)
    remote_id = client.find(task_id)
    client.close()
    assert remote_id is not None
    worker.confirm(task_id, remote_id)
    qtbot.waitUntil(lambda: log.last(task_id).remote_id == remote_id)
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    assert server.creations == 1 and log.refused == []


def test_checking_again_finds_what_came_late_and_pays_once(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, server: PracticeServer
) -> None:
    server.set_faults(
        [
            {"route": "create", "do": {"status": 500, "performed": True}, "times": 1},
            {"route": "query", "do": {"status": 404, "message": "No such task."}, "times": 3},
        ]
    )
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.UNCONFIRMED), timeout=10_000)
    worker.check_again(task_id)
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    assert server.creations == 1 and log.refused == []


def test_a_paused_queue_is_told_kept_and_let_go_in_the_artist_s_order(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, server: PracticeServer
) -> None:
    told: list[frozenset[str]] = []
    worker.paused.connect(told.append)
    worker.pause(account.id)
    first, second = (worker.generate(shot, account, f"take {n}") for n in (1, 2))
    qtbot.waitUntil(lambda: bool(log.last(second).note))
    assert told == [{account.id}] and server.creations == 0
    worker.move(second, before=first)
    qtbot.waitUntil(lambda: log.last(second).rank < log.last(first).rank)
    worker.set_limit(account.id, 1)
    worker.resume_queue(account.id)
    qtbot.waitUntil(log.reached(first, S.DONE), timeout=30_000)
    order = [t.id for t in log.tasks if t.state == S.SUBMITTED]
    assert order.index(second) < order.index(first)
    assert told[-1] == frozenset() and log.refused == []


def test_a_limit_outlives_an_engine_that_broke(
    qtbot: QtBot, make_engine: Callable[..., Engine], workshop: Workshop, account: Account
) -> None:
    made: list[Engine] = []

    def make(*values: Any) -> Engine:
        made.append(make_engine(*values))
        if len(made) == 1:
            made[0].step = lambda: 1 / 0  # type: ignore[method-assign]
        return made[-1]

    worker = Worker(make, workshop.request)
    worker.set_limit(account.id, 2)
    worker.set_limit("other", 0)
    log = Log(worker)
    worker.resume()
    qtbot.waitUntil(lambda: len(log.refused) == 2)
    worker.resume()
    qtbot.waitUntil(lambda: len(made) == 2 and made[1].limit(account.id) == 2)
    assert worker.stop()
    assert "1 or more" in log.refused[0] and "ZeroDivisionError" in log.refused[1]


def test_a_duplicate_is_a_task_of_its_own(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, account: Account, server: PracticeServer
) -> None:
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    worker.duplicate(task_id)
    qtbot.waitUntil(lambda: log.tasks[-1].id != task_id and log.tasks[-1].state == S.DONE)
    assert server.creations == 2
    assert log.last(task_id).shot == log.tasks[-1].shot == "take"


def test_a_host_out_of_reach_is_told_once_and_its_return_too(
    qtbot: QtBot, worker: Worker, log: Log, shot: Shot, workshop: Workshop, server: PracticeServer
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = Account("nowhere", "practice", f"http://127.0.0.1:{free.getsockname()[1]}")
    workshop.accounts.add(nowhere, server.token)
    told: list[str] = []
    worker.offline.connect(told.append)
    ids = [worker.generate(shot, nowhere, f"take {n}") for n in range(3)]
    qtbot.waitUntil(lambda: bool(told))
    assert told == [AWAY]
    for task_id in ids:
        worker.cancel(task_id)
    qtbot.waitUntil(lambda: all(log.last(task_id).state == S.CANCELLED for task_id in ids))
    assert log.refused == []


def test_what_an_earlier_run_left_is_finished(
    qtbot: QtBot,
    make_engine: Callable[..., Engine],
    workshop: Workshop,
    shot: Shot,
    account: Account,
    server: PracticeServer,
) -> None:
    server.set_faults([{"route": "query", "do": {"state": "submitted"}}])
    first = Worker(make_engine, workshop.request)
    log = Log(first)
    task_id = first.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.SUBMITTED))
    assert first.stop()
    server.set_faults(None)
    second = Worker(make_engine, workshop.request)
    log = Log(second)
    second.resume()
    qtbot.waitUntil(log.reached(task_id, S.DONE), timeout=30_000)
    assert second.stop() and server.creations == 1


def test_a_task_asked_for_just_before_the_end_is_in_the_journal(
    workshop: Workshop,
    make_engine: Callable[..., Engine],
    shot: Shot,
    account: Account,
    qtbot: QtBot,
) -> None:
    worker = Worker(make_engine, workshop.request)
    ids = [worker.generate(shot, account, f"take {n}") for n in range(3)]
    assert worker.stop()
    assert {task.id for task in workshop.journal.all()} == set(ids)


def test_after_the_end_everything_is_refused(
    workshop: Workshop,
    make_engine: Callable[..., Engine],
    shot: Shot,
    account: Account,
    qtbot: QtBot,
) -> None:
    worker = Worker(make_engine, workshop.request)
    log = Log(worker)
    assert worker.stop(), "stopping what never ran is nothing"
    task_id = worker.generate(shot, account, "take")
    assert log.refused == [CLOSED] and log.last(task_id).state == S.FAILED
    assert not worker.isRunning()


@pytest.mark.parametrize("route", ["create", "query", "video"])
def test_the_end_does_not_wait_for_a_silent_host(
    qtbot: QtBot,
    workshop: Workshop,
    make_engine: Callable[..., Engine],
    shot: Shot,
    account: Account,
    server: PracticeServer,
    route: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_module, "CLOSING", 0.5)
    server.set_faults([{"route": route, "do": {"delay": 60}}])
    worker = Worker(make_engine, workshop.request)
    log = Log(worker)
    task_id = worker.generate(shot, account, "take")
    state = {"create": S.SUBMITTING, "query": S.SUBMITTED, "video": S.DOWNLOADING}[route]
    qtbot.waitUntil(log.reached(task_id, state), timeout=30_000)
    qtbot.wait(150)
    start = time.perf_counter()
    assert worker.stop()
    assert time.perf_counter() - start < 4
    assert workshop.journal.get(task_id).state == state
    assert server.creations == 1


def test_late_answers_are_told_to_nobody(
    qtbot: QtBot,
    workshop: Workshop,
    make_engine: Callable[..., Engine],
    shot: Shot,
    account: Account,
    server: PracticeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_module, "CLOSING", 0.1)
    server.set_faults([{"route": "create", "do": {"delay": 1}}])
    worker = Worker(make_engine, workshop.request)
    log = Log(worker)
    task_id = worker.generate(shot, account, "take")
    qtbot.waitUntil(log.reached(task_id, S.SUBMITTING))
    assert worker.stop()
    told = len(log.tasks)
    qtbot.waitUntil(lambda: workshop.journal.get(task_id).state == S.SUBMITTED, timeout=10_000)
    qtbot.wait(50)
    assert len(log.tasks) == told
    assert workshop.journal.get(task_id).remote_id is not None, "its id is kept all the same"


class TestDaemonPool:
    """Threads that end with the program."""

    def test_results_and_errors_come_back(self) -> None:
        pool = DaemonPool(2, "pool")
        results = [pool.submit(pow, 2, n) for n in range(20)]
        wrong = pool.submit(int, "x")
        assert [future.result(5) for future in results] == [2**n for n in range(20)]
        assert isinstance(wrong.exception(5), ValueError)
        pool.shutdown()

    def test_no_more_threads_than_asked_for(self) -> None:
        pool, gate, at_once = DaemonPool(3, "narrow"), threading.Event(), threading.Semaphore(0)

        def wait() -> None:
            at_once.release()
            gate.wait(10)

        futures = [pool.submit(wait) for _ in range(8)]
        for _ in range(3):
            assert at_once.acquire(timeout=5)
        assert not at_once.acquire(timeout=0.1)
        gate.set()
        for future in futures:
            future.result(5)
        pool.shutdown()
        assert not any(t.name.startswith("narrow-") for t in threading.enumerate())

    def test_after_shutdown_nothing_is_taken(self) -> None:
        pool, gate = DaemonPool(1, "pool"), threading.Event()
        running, waiting = pool.submit(gate.wait, 10), pool.submit(int)
        pool.shutdown(wait=False, cancel_futures=True)
        gate.set()
        assert running.result(5) is True and waiting.cancelled()
        with pytest.raises(RuntimeError):
            pool.submit(int)

    def test_a_program_ends_whatever_its_threads_wait_for(self) -> None:
        code = (
            "import time; from kling_desktop.ui.pool import DaemonPool\n"
            "DaemonPool(1, 'p').submit(time.sleep, 120); print('end')"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
        )
        assert done.stdout == "end\n"
