"""Runs one command and turns whatever goes wrong into a sentence and an exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from kling_desktop.cli import accounts, shots, tasks
from kling_desktop.cli.outcome import BAD_INPUT, CREDENTIALS, INTERRUPTED, UNREACHABLE, CommandError
from kling_desktop.cli.parser import parser
from kling_desktop.providers.errors import ProviderError
from kling_desktop.storage.accounts import AccountError
from kling_desktop.storage.atomic import StorageError
from kling_desktop.tasks.journal import JournalError
from kling_desktop.workshop import Workshop


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status. Errors end as a sentence on stderr."""
    options = parser().parse_args(arguments)
    workshop = Workshop()
    try:
        return int(RUN[options.command](workshop, options))
    except CommandError as error:
        return fail(str(error), error.status)
    except KeyboardInterrupt:
        return fail(
            "Interrupted. Unfinished tasks are kept; “kling-desktop resume” goes on.", INTERRUPTED
        )
    except (ValueError, OSError, ProviderError, JournalError, StorageError) as error:
        return fail(sentence(error), status_of(error))
    finally:
        workshop.close()


def sentence(error: Exception) -> str:
    """What to say of an error; those of our own rooms carry their sentence."""
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
    return str(error)


def status_of(error: Exception) -> int:
    if isinstance(error, AccountError):
        return CREDENTIALS
    if isinstance(error, ProviderError):
        return CREDENTIALS if error.stops_account else UNREACHABLE
    return BAD_INPUT


def fail(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr)
    return status


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
}
