"""Waiting for what a thread or a timer does, with the event loop turning."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication


def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Return as soon as it holds; fail where it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        QApplication.processEvents()
        time.sleep(0.005)


def turn(seconds: float = 0.05) -> None:
    """Let events and threads go on for a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.005)
