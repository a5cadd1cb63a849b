"""kill -9 at any moment: afterwards every task has one creation and one whole video."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.engine import Ending, Engine
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.pace import Pace

FAST = Pace(poll_first=0.01, poll_min=0.02, poll_max=0.03, retry_min=0.02, lookup_first=0.03)
REQUESTS = 15
"""How many requests three tasks make from the first to the last."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no kill -9")


def killed_after(requests: int, folder: Path, host, chance: random.Random, threads: int) -> None:
    """Start the program and kill it after so many requests and a little more."""
    script = Path(__file__).with_name("killed_worker.py")
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder), host.url, str(threads)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    for _ in range(requests):
        if not host.arrivals.acquire(timeout=1.0):
            break
    # Into the middle of whatever that request set going.
    threading.Event().wait(chance.random() * 0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("seed", range(REQUESTS + 1))
def test_after_kill_9_and_resume_each_task_exists_once_and_its_video_is_whole(
    seed: int, host, connect, tmp_path: Path
) -> None:
    host.create_pause = host.video_pause = 0.02
    killed_after(seed, tmp_path, host, random.Random(seed), threads=4 * (seed % 2))
    journal = Journal(tmp_path / "journal.sqlite")
    engine = Engine(journal, connect, tmp_path / "videos", check_video=lambda _: None, pace=FAST)
    try:
        written = [task.id for task in journal.all()]
        engine.resume()
        ending = engine.run(written, threading.Event(), sleep=time.sleep, patience=20.0)
        assert ending == Ending.FINISHED
        assert sorted(made["external_task_id"] for made in host.creations) == sorted(written)
        for task in journal.all():
            assert task.state == TaskState.DONE
            assert Path(task.video or "").read_bytes() == host.video
    finally:
        engine.close()
        journal.close()
    left = [path.name for path in (tmp_path / "videos").glob("*")] if written else []
    assert len(left) == len(written)
    raw = sqlite3.connect(tmp_path / "journal.sqlite")
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()
