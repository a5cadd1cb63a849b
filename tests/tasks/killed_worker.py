"""A program of its own that generates three videos, to be killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kling_desktop.providers.client import Client
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.tasks.engine import Engine
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.pace import Pace

FAST = Pace(poll_first=0.01, poll_min=0.02, poll_max=0.03, retry_min=0.02, lookup_first=0.03)


def flip(
    source: Path,
    target: Path,
    *,
    cancelled: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> None:
    """Stands for the turning of a video: all bytes the other way round, by and by."""
    whole = source.read_bytes()[::-1]
    half = target.with_name(target.name + ".part")
    with half.open("wb") as file:
        for start in range(0, len(whole), 50_000):
            file.write(whole[start : start + 50_000])
            file.flush()
            time.sleep(0.002)
    half.replace(target)


def main(folder: Path, url: str, threads: int, reverse: bool) -> None:
    shipped = Path(__file__).parents[2] / "resources" / "providers.json"
    client = Client(load_profiles(shipped)["official"], url, "secret")
    journal = Journal(folder / "journal.sqlite")
    pool = ThreadPoolExecutor(threads) if threads else None
    engine = Engine(
        journal,
        lambda _account: client,
        folder / "videos",
        check_video=lambda _path: None,
        turn=flip,
        pace=FAST,
        pool=pool,
    )
    print("ready", flush=True)
    ids = [f"{number:x}" * 32 for number in (1, 2, 3)]
    for task_id in ids:
        body = json.dumps({"image": "aGVsbG8=" * 1000, "external_task_id": task_id}).encode()
        engine.submit("acc", body, task_id=task_id, shot="killed", reverse=reverse)
    engine.run(ids, threading.Event())


def serve() -> None:
    """For each line of standard input a fork that does what the line says; its pid is the answer."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        folder, url, threads, reverse = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            main(Path(folder), url, threads, reverse)
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), "reverse" in sys.argv[4:])
