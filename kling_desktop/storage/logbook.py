"""The log file: small, private, turned over when it is full, and free of secrets from the start."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import time
from collections import deque
from collections.abc import Collection
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import private_folder
from kling_desktop.storage.discretion import Secrets

FILE = "kling-desktop.log"
PACKAGE = "kling_desktop"
MOST_BYTES = 1_000_000
FILES = 3
"""The one that is written, and older ones with a number behind the name."""

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Logbook:
    """Writes what the package logs to a file, from ``open`` to ``close``; the file is made when
    there is something to write.

    A log that cannot be written is no reason to fail or to say anything: it is left out.
    """

    def __init__(self, folder: Path, secrets: Secrets, *, debug: bool = False) -> None:
        self.file = folder / FILE
        self._handler = _Handler(self.file)
        self._handler.setFormatter(_Discreet(secrets))
        self._handler.setLevel(logging.DEBUG if debug else logging.INFO)
        self._secrets = secrets

    def open(self) -> None:
        logger = logging.getLogger(PACKAGE)
        if self._handler not in logger.handlers:
            logger.addHandler(self._handler)
            logger.setLevel(_level(logger))

    def close(self) -> None:
        """Write no more; doing it twice is harmless."""
        logger = logging.getLogger(PACKAGE)
        if self._handler in logger.handlers:
            logger.removeHandler(self._handler)
            logger.setLevel(_level(logger))
        with contextlib.suppress(OSError):  # what the disk would not take is given up
            self._handler.close()

    def tail(self, lines: int, about: Collection[str] = ()) -> list[str]:
        """The last lines of the log, older files included; only those that hold one of the words
        ``about``, if any are given.

        Hidden once more: a secret may have become known after its line was written.
        """
        found: deque[str] = deque(maxlen=lines)
        for file in reversed(self.files()):
            with contextlib.suppress(OSError), file.open(encoding="utf-8", errors="replace") as log:
                found.extend(
                    line.rstrip("\n")
                    for line in log
                    if not about or any(word in line for word in about)
                )
        return [self._secrets.hide(line) for line in found]

    def files(self) -> list[Path]:
        """The log files that there are, the newest first."""
        names = [self.file, *(Path(f"{self.file}.{number}") for number in range(1, FILES))]
        return [name for name in names if name.is_file()]


def _level(logger: logging.Logger) -> int:
    """As talkative as the most curious of our log files wants it."""
    ours = [each.level for each in logger.handlers if isinstance(each, _Handler)]
    return min(ours, default=logging.NOTSET)


class _Discreet(logging.Formatter):
    """Lines of UTC time, level, place and message; what follows of one entry is indented, so that
    no message can pass for another entry."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, secrets: Secrets) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        text = self._secrets.hide(super().format(record)).replace("\r\n", "\n")
        return _CONTROLS.sub(" ", text).replace("\n", "\n    ")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        # The record keeps what this returns, for whoever else writes it.
        return self._secrets.hide(super().formatException(ei))


class _Handler(RotatingFileHandler):
    """For this user's eyes only, and silent about what the disk refuses."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            file, maxBytes=MOST_BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True
        )

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            super().emit(record)

    def rotate(self, source: str, dest: str) -> None:
        # Another window may hold the file where that keeps it from being renamed: go on in it.
        with contextlib.suppress(OSError):
            super().rotate(source, dest)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Nothing: it would print a traceback."""

    def _open(self) -> Any:
        with contextlib.suppress(StorageError):
            private_folder(Path(self.baseFilename).parent)
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
