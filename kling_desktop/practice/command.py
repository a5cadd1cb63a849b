"""The practice server from the command line: one line of JSON, then work until interrupted."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

from kling_desktop.practice.server import PracticeServer


def run(
    *,
    port: int,
    dialect: str,
    token: str | None,
    pace: float,
    faults: str | None,
    folder: Path,
    out: TextIO,
    parallel: int | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit status. Main thread only.

    The first line on ``out`` is ``{"url": …, "token": …}``. Raises ValueError with a sentence for
    bad arguments and OSError where the port is taken.
    """
    server = PracticeServer(
        folder,
        port=port,
        dialect=dialect,
        token=token,
        pace=pace,
        faults=faults,
        parallel=parallel,
    )
    with _interruption() as interrupted, server:
        print(json.dumps({"url": server.url, "token": server.token}), file=out, flush=True)
        # A wait without end would not hear Ctrl-C on Windows.
        while not interrupted.wait(0.5):
            pass
    return 0


@contextmanager
def _interruption() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, for as long as the block lasts."""
    interrupted = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        interrupted.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    earlier = [signal.signal(number, on_signal) for number in numbers]
    try:
        yield interrupted
    finally:
        for number, handler in zip(numbers, earlier, strict=True):
            signal.signal(number, handler)
