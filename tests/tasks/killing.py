"""Kills a program at random moments while it generates videos, resumes, and counts what went wrong."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kling_desktop.model.task import TaskState
from kling_desktop.providers.client import Client
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.tasks.engine import Engine
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.pace import Pace
from tests.tasks.conftest import Host
from tests.tasks.killed_worker import flip

ROOT = Path(__file__).parents[2]
FAST = Pace(poll_first=0.01, poll_min=0.02, poll_max=0.03, retry_min=0.02, lookup_first=0.03)
REQUESTS = 15
"""How many requests three tasks make from the first to the last."""


@dataclass
class Toll:
    """What came of one kill, or of many."""

    kills: int = 0
    lost: int = 0
    """Tasks that were written down or made, and did not end as a video."""
    double: int = 0
    """Tasks that were made more than once."""
    corrupt: int = 0
    """Videos that are not whole, files that nobody knows, journals that are damaged."""
    struck: Counter[str] = field(default_factory=Counter)
    """In which states the tasks were when the program died."""

    def add(self, other: Toll) -> None:
        self.kills += other.kills
        self.lost += other.lost
        self.double += other.double
        self.corrupt += other.corrupt
        self.struck += other.struck

    def __str__(self) -> str:
        struck = ", ".join(f"{state} {count}" for state, count in self.struck.most_common())
        return (
            f"{self.kills} kills: {self.lost} lost, {self.double} double, {self.corrupt} corrupt"
            f" (struck while {struck or 'nothing was written'})"
        )


class Nursery:
    """A process that has imported everything and forks one program after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("killed_worker.py")), "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def start(self, folder: Path, url: str, threads: int, *, reverse: bool) -> int:
        """The pid of a new program that is about to write its tasks down."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([str(folder), url, threads, reverse]) + "\n")
        stdin.flush()
        return int(stdout.readline())

    def close(self) -> None:
        self._process.communicate()


@contextmanager
def nursery() -> Iterator[Nursery]:
    one = Nursery()
    try:
        yield one
    finally:
        one.close()


def kill_once(seed: int, folder: Path, born: Nursery) -> Toll:
    """One program on its own folder and host, killed at a moment that the seed decides."""
    chance = random.Random(seed)
    reverse = chance.random() < 0.4
    host = Host()
    host.create_pause = host.video_pause = 0.02
    try:
        pid = born.start(folder, host.url, chance.choice([0, 4]), reverse=reverse)
        _kill_after(chance.randrange(REQUESTS + 1), pid, host, chance)
        journal = Journal(folder / "journal.sqlite")
        try:
            toll = Toll(1, struck=Counter(str(task.state) for task in journal.all()))
            _resume(journal, folder, host)
            return _count(toll, journal, folder, host, reverse=reverse)
        finally:
            journal.close()
    finally:
        host.stop()


def _kill_after(requests: int, pid: int, host: Host, chance: random.Random) -> None:
    for _ in range(requests):
        if not host.arrivals.acquire(timeout=0.5):
            break
    # Into the middle of whatever that request set going.
    time.sleep(chance.random() * 0.03)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        while True:
            os.kill(pid, 0)
            time.sleep(0.001)


def _resume(journal: Journal, folder: Path, host: Host) -> None:
    profile = load_profiles(ROOT / "resources" / "providers.json")["official"]
    client = Client(profile, host.url, "secret")
    engine = Engine(
        journal,
        lambda _account: client,
        folder / "videos",
        check_video=lambda _path: None,
        turn=flip,
        pace=FAST,
    )
    engine.resume()
    ids = [task.id for task in journal.all()]
    engine.run(ids, threading.Event(), sleep=time.sleep, patience=20.0)
    engine.close()
    client.close()


def _count(toll: Toll, journal: Journal, folder: Path, host: Host, *, reverse: bool) -> Toll:
    made = Counter(made["external_task_id"] for made in host.creations)
    tasks = {task.id: task for task in journal.all()}
    whole = host.video[::-1] if reverse else host.video
    ended = [task for task in tasks.values() if task.state == TaskState.DONE]
    toll.lost = len(tasks) - len(ended) + len(made.keys() - tasks.keys())
    toll.lost += sum(made[task.id] == 0 for task in ended)
    toll.double = sum(count > 1 for count in made.values())
    videos = {Path(task.video or "") for task in ended}
    toll.corrupt = sum(path.read_bytes() != whole for path in videos) + len(ended) - len(videos)
    there = set((folder / "videos").glob("*")) if tasks else set()
    toll.corrupt += len(there - videos)
    raw = sqlite3.connect(folder / "journal.sqlite")
    toll.corrupt += raw.execute("PRAGMA integrity_check").fetchone() != ("ok",)
    raw.close()
    return toll
