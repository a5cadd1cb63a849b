"""What is told on stderr: it may go nowhere, and that never ends a command."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from typing import IO


class Forgiving(io.TextIOBase):
    """Writes to a stream until that fails; from then on nothing is written, and nobody is told."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream: IO[str] | None = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def write(self, text: str) -> int:
        try:
            if self._stream is not None:
                self._stream.write(text)
        except OSError:
            self._give_up()
        return len(text)

    def flush(self) -> None:
        try:
            if self._stream is not None:
                self._stream.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            silence(stream)


@contextmanager
def forgiving_stderr() -> Iterator[None]:
    """For as long as the block lasts, whoever reads stderr may leave."""
    if sys.stderr is None:
        yield
        return
    telling = Forgiving(sys.stderr)
    with redirect_stderr(telling):
        yield
        telling.flush()


def silence(stream: IO[str]) -> None:
    """Let what a stream could not write go nowhere.

    The interpreter would try again when it ends, and complain in its own words.
    """
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
