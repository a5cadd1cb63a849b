"""Runs one command and turns whatever goes wrong into a sentence and an exit status."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress

from kling_desktop.cli import accounts, diagnostics, shots, tasks
from kling_desktop.cli.outcome import (
    BAD_INPUT,
    CREDENTIALS,
    DONE,
    INTERRUPTED,
    UNEXPECTED,
    UNREACHABLE,
    UNWRITABLE,
    CommandError,
    delivered,
    legible,
    print_json,
)
from kling_desktop.cli.parser import parser
from kling_desktop.cli.telling import forgiving_stderr
from kling_desktop.providers.errors import ProviderError, WrongAddress
from kling_desktop.storage.accounts import AccountError
from kling_desktop.storage.atomic import StorageError
from kling_desktop.tasks.journal import JournalError
from kling_desktop.tasks.part import is_full
from kling_desktop.workshop import DEBUG, Workshop

log = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status. Errors end as a sentence on stderr.

    With ``--json``, an error is also the one document on stdout.
    """
    legible(sys.stdout, sys.stderr)
    with forgiving_stderr():
        return delivered(sys.stdout, _run(arguments))


def _run(arguments: Sequence[str]) -> int:
    try:
        options = parser().parse_args(arguments)
        with closing(Workshop()) as workshop:
            workshop.open_log(f"Command {options.command}")
            try:
                return int(RUN[options.command](workshop, options))
            except Exception as error:
                note(error)
                raise
            finally:
                tell_warnings(workshop)
    except BrokenPipeError:
        # Only stdout breaks so, and what is paid for is printed when all is done (see Run).
        return DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - no traceback for an artist
        return fail(error, as_json="--json" in arguments)


def note(error: Exception) -> None:
    """Log how a command ended; where the fault is ours, where it happened, too."""
    ours = status_of(error) == UNEXPECTED
    log.error("ended by %s: %s", type(error).__name__, error, exc_info=error if ours else None)


def tell_warnings(workshop: Workshop) -> None:
    """Say which of our own files, among those that were read, was broken and set aside, and what
    is wrong with the artist's."""
    for warning in workshop.warnings():
        print(warning, file=sys.stderr)
    if workshop.mistakes:
        print("Correct it; until then, what is wrong counts for nothing.", file=sys.stderr)


def fail(error: BaseException, *, as_json: bool) -> int:
    """Say what went wrong; returns the exit status."""
    if os.environ.get(DEBUG) == "1":
        import traceback

        traceback.print_exception(error)
    said, status = sentence(error), status_of(error)
    with suppress(OSError):  # where nothing can be printed, the status still tells
        print(said, file=sys.stderr)
        if as_json:
            problems = getattr(error, "problems", None)
            print_json(
                {"error": said, "status": status} | ({"problems": problems} if problems else {})
            )
    return status


def sentence(error: BaseException) -> str:
    """What to say of an error; those of our own rooms carry their sentence."""
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted. Unfinished tasks are kept; “kling-desktop resume” goes on."
    if status_of(error) == UNEXPECTED:
        return (
            f"Something went wrong inside Kling Desktop ({type(error).__name__}); please report "
            f"it. {DEBUG}=1 in the environment shows where."
        )
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
    return str(error)


def status_of(error: BaseException) -> int:
    if isinstance(error, CommandError):
        return error.status
    if isinstance(error, ProviderError) and error.stops_account:
        return CREDENTIALS
    if isinstance(error, OSError) and is_full(error):
        return UNWRITABLE
    return next((status for kinds, status in STATUS if isinstance(error, kinds)), UNEXPECTED)


STATUS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], int], ...] = (
    (KeyboardInterrupt, INTERRUPTED),
    ((AccountError, WrongAddress), CREDENTIALS),
    (ProviderError, UNREACHABLE),
    (UnicodeError, UNEXPECTED),  # a ValueError, but never one with a sentence of ours
    (JournalError, UNWRITABLE),
    ((ValueError, OSError, StorageError), BAD_INPUT),
)
"""The first that fits."""

RUN: dict[str, Callable[[Workshop, argparse.Namespace], int]] = {
    "new": shots.new,
    "check": shots.check,
    "request": shots.request,
    "draft": shots.draft,
    "follow": shots.follow,
    "generate": tasks.generate,
    "resume": tasks.resume,
    "tasks": tasks.tasks,
    "practice": tasks.practice,
    "account": accounts.account,
    "diagnostics": diagnostics.diagnostics,
}
