"""Videos that are turned round on arrival: once, whole, and whatever happens on the way."""

from __future__ import annotations

import errno
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks import schema
from kling_desktop.tasks.engine import Ending, Engine
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.pace import Pace
from tests.tasks.conftest import VIDEO, Bench
from tests.tasks.killed_worker import flip

S = TaskState
A = "a1" * 16
FLIPPED = b"HEAD" + VIDEO[4:-4][::-1] + b"TAIL"

Tick = Callable[[], None]


def turn_slowly(tick: Tick = lambda: None) -> Callable[..., None]:
    """A turning in steps, whole or not at all, that refuses what was turned already."""

    def turn(source: Path, target: Path, **_: Any) -> None:
        whole = source.read_bytes()
        assert whole == VIDEO
        half = target.with_name(target.name + ".part")
        tick()
        half.write_bytes(FLIPPED[:1000])
        tick()
        half.write_bytes(FLIPPED)
        tick()
        half.replace(target)

    return turn


def failing(*errors: Exception | None) -> Callable[..., None]:
    """A turning that fails so and so first."""
    left = iter(errors)

    def turn(source: Path, target: Path, **values: Any) -> None:
        error = next(left, None)
        if error is not None:
            raise error
        turn_slowly()(source, target, **values)

    return turn


def no_room() -> ValueError:
    error = ValueError("The video could not be turned round into /x/y.part: No space left.")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    return error


@pytest.fixture
def started(bench: Bench) -> Callable[..., None]:
    """Puts an engine with another turning on the bench."""

    def start(turn: Callable[..., None], **options: Any) -> None:
        bench.engine.close()
        bench.engine = bench.engine_again(turn=turn, **options)

    return start


def left(bench: Bench) -> list[str]:
    return sorted(path.name for path in (bench.folder / "videos").iterdir())


def assert_turned_once(bench: Bench) -> None:
    assert bench.task.state == S.DONE
    assert bench.task.error is None
    assert bench.task.reverse is True
    (final,) = bench.finals()
    assert bench.task.video == str(final)
    assert final.read_bytes() == FLIPPED
    assert left(bench) == [final.name]
    assert len(bench.host.creations) == 1


def test_a_video_is_turned_round_on_arrival(bench: Bench, started) -> None:
    started(turn_slowly())
    bench.submit(reverse=True)
    bench.steps()
    assert_turned_once(bench)
    assert bench.host.asked("video") == 1


def test_others_are_left_as_they_come(bench: Bench, started) -> None:
    started(failing(*[ValueError("Never asked for.")] * 9))
    bench.submit()
    bench.steps()
    assert (bench.task.state, bench.task.reverse) == (S.DONE, False)
    assert [path.read_bytes() for path in bench.finals()] == [VIDEO]


def test_it_is_turned_only_when_it_is_whole(bench: Bench, started) -> None:
    started(turn_slowly())
    bench.host.say("video", cut=100_000)
    bench.submit(reverse=True)
    bench.steps()
    assert_turned_once(bench)
    assert bench.host.asked("video") == 2


class Killed(BaseException):
    """Stands for the end of the program: nothing here catches it."""


@contextmanager
def killed_before(number: int, patch: pytest.MonkeyPatch, journal: Journal) -> Iterator[Tick]:
    """Raise Killed before the step ``number`` of all that touches the disk or the journal."""
    steps = iter(range(number))

    def tick() -> None:
        if next(steps, None) is None:
            raise Killed

    def ticking(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **values: Any) -> Any:
            tick()
            return original(*arguments, **values)

        return call

    with patch.context() as inner:
        for owner, name in (
            (Path, "unlink"), (Path, "replace"), (os, "fsync"),
            (journal, "reserve"), (journal, "write"),
        ):  # fmt: skip
            inner.setattr(owner, name, ticking(getattr(owner, name)))
        yield tick


@pytest.mark.parametrize("older", [False, True], ids=["new", "replaces"])
def test_killed_before_any_step_it_ends_as_one_whole_turned_video(
    bench: Bench, started, monkeypatch: pytest.MonkeyPatch, older: bool
) -> None:
    kills = 0
    while kills < 99:
        number = kills
        bench.engine.close()
        folder = bench.folder / "videos"
        output = folder / f"out-{number}.mp4"
        folder.mkdir(exist_ok=True)
        if older:
            output.write_bytes(b"HEAD an older one TAIL")
        task_id = f"{number:032x}"
        bench.engine = bench.engine_again()
        bench.submit(task_id, reverse=True, output=output)
        bench.steps(until=S.DOWNLOADING, task_id=task_id)
        with killed_before(number, monkeypatch, bench.journal) as tick:
            bench.engine.close()
            bench.engine = bench.engine_again(turn=turn_slowly(tick))
            try:
                bench.engine.resume()
                bench.engine.run([task_id], threading.Event(), sleep=bench.clock.sleep)
            except Killed:
                kills += 1
        bench.clock.now += 1000
        bench.engine = bench.engine_again(turn=turn_slowly())
        bench.engine.resume()
        bench.engine.run([task_id], threading.Event(), sleep=bench.clock.sleep)
        task = bench.journal.get(task_id)
        assert (task.state, task.video, task.error) == (S.DONE, str(output), None)
        assert output.read_bytes() == FLIPPED
        assert left(bench) == [output.name]
        output.unlink()
        if kills == number:
            break
    # As many steps as there are: the last round came through.
    assert 15 < kills < 99


@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9")
@pytest.mark.parametrize("seed", range(10))
def test_after_kill_9_while_it_is_turned(seed: int, host, connect, tmp_path: Path) -> None:
    chance = random.Random(seed)
    script, root = Path(__file__).with_name("killed_worker.py"), str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), host.url, str(4 * (seed % 2)), "reverse"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    while host.asked("video") < 1 + seed % 3 and host.arrivals.acquire(timeout=2.0):
        pass
    threading.Event().wait(chance.random() * 0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    pace = Pace(poll_first=0.01, poll_min=0.02, poll_max=0.03, retry_min=0.02, lookup_first=0.03)
    journal = Journal(tmp_path / "journal.sqlite")
    values: dict[str, Any] = {"check_video": lambda _: None, "turn": flip, "pace": pace}
    engine = Engine(journal, connect, tmp_path / "videos", **values)
    try:
        ids = [task.id for task in journal.all()]
        engine.resume()
        ending = engine.run(ids, threading.Event(), sleep=time.sleep, patience=20.0)
        assert ending == Ending.FINISHED
        for task in journal.all():
            assert task.state == TaskState.DONE
            assert Path(task.video or "").read_bytes() == host.video[::-1]
        assert len(host.creations) == len(ids) == 3
        assert len(list((tmp_path / "videos").iterdir())) == 3
    finally:
        engine.close()
        journal.close()


def endless(began: threading.Event) -> Callable[..., None]:
    """A turning that goes on until it is stopped."""

    def turn(source: Path, target: Path, *, cancelled: Any, progress: Any) -> None:
        half = target.with_name(target.name + ".part")
        half.write_bytes(b"HEAD")
        began.set()
        for _ in range(2000):
            progress(0, 10)
            if cancelled():
                half.unlink()
                raise ValueError("It was stopped.")
            threading.Event().wait(0.005)

    return turn


@pytest.mark.parametrize("ending", ["close", "cancel"])
def test_stopped_while_it_is_turned(bench: Bench, started, ending: str) -> None:
    began = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        started(endless(began), pool=pool)
        bench.submit(reverse=True)
        while not began.is_set():
            bench.clock.sleep(bench.engine.step() or 0.0)
            bench.engine.wait_idle(0.05)
        start = time.monotonic()
        if ending == "cancel":
            bench.engine.cancel(A)
            assert bench.engine.wait_idle(5.0)
        bench.engine.close()
        assert time.monotonic() - start < 1.0
    if ending == "cancel":
        assert bench.task.state == S.CANCELLED
        assert left(bench) == []
        return
    assert (bench.task.state, bench.task.error) == (S.DOWNLOADING, None)
    started(turn_slowly())
    bench.engine.resume()
    bench.steps()
    assert_turned_once(bench)
    assert bench.host.asked("video") == 1


def test_what_a_killed_turning_left_goes_with_the_task(bench: Bench, started) -> None:
    bench.submit(reverse=True)
    bench.steps(until=S.DOWNLOADING)
    folder = bench.folder / "videos"
    folder.mkdir()
    for name in (".mp4.part", ".mp4.part.json", ".mp4.turned.part", ".mp4.turned.part.part"):
        (folder / f"{A}{name}").write_bytes(b"HEAD")
    (folder / "another.mp4").write_bytes(b"HEAD")
    bench.engine.cancel(A)
    assert left(bench) == ["another.mp4"]


def test_a_full_disk_is_said_and_the_download_is_not_lost(bench: Bench, started) -> None:
    started(failing(no_room(), no_room(), no_room(), no_room()))
    bench.submit(reverse=True)
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    assert bench.task.state == S.DOWNLOADING
    assert bench.task.error == (
        "The disk is full: free some space, and the video will be turned round."
    )
    assert f"{A}.mp4.part" in left(bench)
    bench.steps()
    assert_turned_once(bench)
    assert bench.host.asked("video") == 1


def test_a_folder_that_cannot_be_written_is_said(bench: Bench, started) -> None:
    started(failing(PermissionError(errno.EACCES, "no")))
    bench.submit(reverse=True)
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    assert "check that folder" in (bench.task.error or "")
    bench.steps()
    assert_turned_once(bench)


def test_a_video_that_cannot_be_turned_is_kept_as_it_was_sent(bench: Bench, started) -> None:
    started(failing(*[ValueError("It has no times.")] * 9))
    bench.submit(reverse=True)
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.task.reverse is False
    assert "kept as it was sent" in (bench.task.error or "")
    (final,) = bench.finals()
    assert (final.read_bytes(), left(bench)) == (VIDEO, [final.name])
    assert bench.host.asked("video") == 1


def test_a_turned_video_that_is_not_sound_is_made_anew(bench: Bench, started) -> None:
    tries = iter([b"HEAD and no end", b"", FLIPPED])
    started(lambda _source, target, **_: target.write_bytes(next(tries)))
    bench.submit(reverse=True)
    bench.steps()
    assert_turned_once(bench)
    assert bench.host.asked("video") == 1


def test_what_took_the_place_of_the_part_is_checked_before_it_is_kept(
    bench: Bench, started
) -> None:
    started(turn_slowly())
    bench.submit(reverse=True)
    bench.steps(until=S.DOWNLOADING)
    folder = bench.folder / "videos"
    folder.mkdir()
    (folder / f"{A}.mp4.turned.part").write_bytes(b"HEAD cut by a power failure")
    bench.steps()
    assert_turned_once(bench)


def test_a_long_turning_keeps_its_lease(bench: Bench, started) -> None:
    owners = []

    def turn(source: Path, target: Path, *, cancelled: Any, progress: Any) -> None:
        for done in range(5):
            bench.clock.now += 200
            progress(done, 5)
            (item,) = bench.journal.agenda()
            owners.append(item.lease.until > bench.clock.now)
        assert not cancelled()
        turn_slowly()(source, target)

    started(turn)
    bench.submit(reverse=True)
    bench.steps()
    assert owners == [True] * 5
    assert_turned_once(bench)


def test_an_engine_that_cannot_turn_keeps_the_video(bench: Bench, started) -> None:
    bench.submit(reverse=True)
    bench.steps(limit=12)
    assert bench.task.state == S.DOWNLOADING
    assert f"{A}.mp4.part" in left(bench)
    started(turn_slowly())
    bench.steps()
    assert_turned_once(bench)


def test_a_journal_from_before_knows_of_no_turning(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "old.sqlite", isolation_level=None)
    for statement in (line for step in schema.MIGRATIONS[:2] for line in step):
        raw.execute(statement)
    columns = "id, account, state, created, updated"
    raw.execute(f"INSERT INTO tasks ({columns}) VALUES ('x', 'acc', 'done', 1, 1)")
    raw.execute("PRAGMA user_version = 2")
    raw.close()
    journal = Journal(tmp_path / "old.sqlite")
    assert journal.get("x").reverse is False
    journal.close()
