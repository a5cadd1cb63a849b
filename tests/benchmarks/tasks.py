"""What 200 running tasks cost: share of one core, spread of the polls, and a 100 MB download beside them.

    python tests/benchmarks/tasks.py [SECONDS]

The engine runs on the window's worker thread with its pool, against a host of its own process on
loopback; a timer of 5 ms on the main thread stands for the window. The core's share is that of this
process without what the timer alone takes. The download is measured in turns with curl, each into
a file, while the 200 tasks go on being polled.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer

from kling_desktop.model.task import Task, TaskState
from kling_desktop.providers.client import Client
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.tasks.engine import Engine
from kling_desktop.tasks.journal import Journal
from kling_desktop.ui.worker import Worker

ROOT = Path(__file__).parents[2]
TASKS = 200
SIZE = 100_000_000
ROUNDS = 3
HEARTBEAT_MS = 5
WARM_UP = 30.0
"""Seconds in which the first looks, close together after a start, spread out."""


def serve() -> None:
    """The host: every task runs on and on; /files/ is a video of zeros; /times is when polls came."""
    times: list[float] = []
    with tempfile.TemporaryFile() as video:
        video.truncate(SIZE)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                if self.path.startswith("/files/"):
                    self.send_response(200)
                    self.send_header("Content-Type", "video/mp4")
                    self.send_header("Content-Length", str(SIZE))
                    self.end_headers()
                    self.wfile.flush()
                    self.connection.sendfile(video, 0, SIZE)
                    return
                self.answer(times if self.path == "/times" else self.poll())

            def poll(self) -> object:
                times.append(time.time())
                name = self.path.rpartition("/")[2]
                return {"code": 0, "data": {"task_id": name, "task_status": "processing"}}

            def answer(self, payload: object) -> None:
                body = json.dumps(payload).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()


@contextmanager
def host() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, __file__, "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.communicate()


def written(journal: Journal, number: int) -> None:
    """So many tasks that the provider has already."""
    now = time.time()
    for each in range(number):
        name = f"{each:032x}"
        task = Task(name, "acc", TaskState.SUBMITTED, now, now, remote_id=f"r{each}", due=now)
        # Asked about for some time already, so that the pauses have grown to what they stay at.
        task = replace(task, attempts=9)
        journal.add(task, b"{}")


def worker(journal: Journal, url: str, videos: Path) -> Worker:
    profile = load_profiles(ROOT / "resources" / "providers.json")["official"]
    client = Client(profile, url, "secret")

    def make(
        changed: Callable[[Task], None],
        progress: Callable[[str, int, int | None], None],
        pool: Executor,
    ) -> Engine:
        return Engine(
            journal,
            lambda _account: client,
            videos,
            check_video=lambda _path: None,
            changed=changed,
            progress=progress,
            pool=pool,
        )

    return Worker(make, lambda *_: b"")


class Heart:
    """The window's thread: how long it lets its timer wait, in milliseconds."""

    def __init__(self) -> None:
        self._beats: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._beats.append(time.perf_counter()))
        self._timer.start(HEARTBEAT_MS)

    def during(self, done: Callable[[], bool]) -> list[float]:
        """The gaps between the beats until ``done``."""
        self._beats.clear()
        loop = QEventLoop()
        while not done():
            loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return [1000 * gap for gap in np.diff(self._beats)]


def for_seconds(seconds: float) -> Callable[[], bool]:
    until = time.perf_counter() + seconds
    return lambda: time.perf_counter() > until


def shares(heart: Heart, seconds: float) -> tuple[float, list[float]]:
    """The share of one core that this process takes, in percent, and the gaps between beats."""
    cpu, wall = time.process_time(), time.perf_counter()
    gaps = heart.during(for_seconds(seconds))
    return 100 * (time.process_time() - cpu) / (time.perf_counter() - wall), gaps


def polls(url: str, seconds: float) -> str:
    with urllib.request.urlopen(f"{url}/times") as reply:
        times = json.loads(reply.read())
    late = np.array([each for each in times if each > time.time() - seconds])
    moments = Counter((late * 10).astype(int).tolist())
    return (
        f"{len(late) / seconds:.1f} polls a second, at most {max(moments.values(), default=0)} in "
        f"100 ms (mean {len(late) / seconds / 10:.1f})"
    )


def curl(url: str, folder: Path) -> float:
    """MB/s of a download by curl, into a file that is brought to the disk, as ours is."""
    target = folder / "curl.mp4"
    start = time.perf_counter()
    subprocess.run(["curl", "-s", "-o", str(target), f"{url}/files/curl.mp4"], check=True)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    taken = time.perf_counter() - start
    target.unlink()
    return SIZE / 1e6 / taken


def fetched(journal: Journal, heart: Heart, made: Worker, url: str, number: int) -> list[float]:
    """One video through the engine: MB/s from its first step to DONE, then the gaps."""
    name, now, ended = f"{0xF000 + number:032x}", time.time(), []
    task = Task(name, "acc", TaskState.DOWNLOADING, now, now, remote_id="v", due=now)
    made.task_changed.connect(
        lambda each: (
            ended.append(time.perf_counter()) if each.id == name and each.finished else None
        )
    )
    start = time.perf_counter()
    journal.add(task, b"{}")
    journal.update(name, video_url=f"{url}/files/ours.mp4", due=now)
    made.resume()
    gaps = heart.during(lambda: bool(ended))
    Path(journal.get(name).video or "").unlink()
    return [SIZE / 1e6 / (ended[0] - start), *gaps]


def beats(gaps: list[float]) -> str:
    return f"heartbeat p99 {np.percentile(gaps, 99):.1f} ms, longest {max(gaps):.1f} ms"


def main(seconds: float) -> None:
    application = QCoreApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as name, host() as url:
        folder = Path(name)
        journal = Journal(folder / "journal.sqlite")
        written(journal, TASKS)
        heart = Heart()
        alone, gaps = shares(heart, min(20.0, seconds))
        print(f"the timer alone: {beats(gaps)}")
        made = worker(journal, url, folder / "videos")
        made.resume()
        heart.during(for_seconds(WARM_UP))
        taken, gaps = shares(heart, seconds)
        print(f"{TASKS} running tasks for {seconds:.0f} s: {polls(url, seconds)}; {beats(gaps)}")
        ratio = downloads(journal, heart, made, url, folder)
        made.stop()
        journal.close()
        print(
            f"share of one core: {taken - alone:.1f} % (and the timer alone {alone:.1f} %){ratio}"
        )
    application.shutdown()


def downloads(journal: Journal, heart: Heart, made: Worker, url: str, folder: Path) -> str:
    """Ours and curl's in turns; the ratio, in words."""
    ours, theirs, gaps = [], [], []
    for number in range(ROUNDS):
        speed, *more = fetched(journal, heart, made, url, number)
        ours.append(speed)
        gaps += more
        if shutil.which("curl"):
            theirs.append(curl(url, folder))
    print(f"{SIZE // 1_000_000} MB beside them: {np.median(ours):.0f} MB/s; {beats(gaps)}")
    if not theirs:
        return "; curl is not installed, so the download was compared with nothing"
    return f"; download against curl ({np.median(theirs):.0f} MB/s): {np.median(ours) / np.median(theirs):.2f}x"


if __name__ == "__main__":
    socket.setdefaulttimeout(60)
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0)
