"""How a command ends: exit statuses, the error that carries one, and what is printed."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kling_desktop.cli.telling import silence

if TYPE_CHECKING:
    from kling_desktop.model.problem import Problem

DONE = 0
FAILED = 1
BAD_INPUT = 2
CREDENTIALS = 3
UNREACHABLE = 4
UNEXPECTED = 70
"""A fault of ours, which is none of the above: sysexits' EX_SOFTWARE."""
UNWRITABLE = 73
"""A disk that is full or a place that takes no file, found out on the way: neither the input nor the
network is to blame, and the task is kept. sysexits' EX_CANTCREAT."""
INTERRUPTED = 130


class CommandError(Exception):
    """Ends a command with a sentence on stderr and an exit status.

    ``problems`` are those of a shot, as ``check --json`` prints them.
    """

    def __init__(self, sentence: str, status: int, problems: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(sentence)
        self.status = status
        self.problems = list(problems)


def legible(*streams: IO[str] | None) -> None:
    """Have what a stream cannot encode written as an escape: no output is a reason to fail."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_json(value: Any) -> None:
    """The one document that ``--json`` promises on stdout."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    unicode = codecs.lookup(encoding).name == "utf-8"
    print(json.dumps(value, ensure_ascii=not unicode, indent=1))


def print_bytes(data: bytes) -> None:
    """Exactly these bytes on stdout, whatever its encoding, and the end of the line."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        print(data.decode())
    else:
        sys.stdout.flush()
        buffer.write(data + b"\n")


def delivered(stream: IO[str] | None, status: int) -> int:
    """The exit status once everything printed has gone out, or was refused and is given up."""
    try:
        if stream is not None:
            stream.flush()
    except OSError as error:
        return undelivered(error, status)
    return status


def undelivered(error: OSError, status: int) -> int:
    """The exit status of what is done, but whose results nobody took; nothing more is printed."""
    silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return status  # whoever read the output has seen enough
    print(f"The output cannot be written: {error.strerror}.", file=sys.stderr)
    return status or UNWRITABLE


def print_problems(problems: Sequence[Problem], stream: IO[str]) -> None:
    for problem in problems:
        hint = f" (can be fixed: {problem.fix})" if problem.fix else ""
        print(f"{problem.severity}: {problem.field}: {problem.message}{hint}", file=stream)
    if not problems:
        print("Nothing in the way.", file=stream)


def spare(output: Path | None, inputs: Iterable[Path | None]) -> None:
    """Refuse to write over a file that the command reads, however it is named."""
    for given in inputs:
        if output is not None and given is not None and _same(output, given):
            raise CommandError(
                f"{output} is a file that this command reads; choose another name for -o.",
                BAD_INPUT,
            )


def _same(one: Path, other: Path) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return one.samefile(other)  # a hard link, or another spelling where case does not matter
    except OSError:
        return False


def parse_json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandError(f"{what} is not JSON: {error}.", BAD_INPUT) from None
    except RecursionError:
        raise CommandError(f"{what} is nested too deeply to be read.", BAD_INPUT) from None


def read_json(path: Path) -> Any:
    try:
        return parse_json(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not JSON text.", BAD_INPUT) from None


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a number.", BAD_INPUT) from None
