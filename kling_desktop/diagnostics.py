"""Diagnostics for a report of a fault: versions, system, tasks, accounts, log; no secret, no home."""

from __future__ import annotations

import contextlib
import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kling_desktop import __version__
from kling_desktop.storage.accounts import Account
from kling_desktop.storage.atomic import StorageError

if TYPE_CHECKING:
    from kling_desktop.workshop import Workshop

LINES = 200
"""Of the log."""
LIBRARIES = (
    "PySide6-Essentials",
    "numpy",
    "opencv-python-headless",
    "Pillow",
    "av",
    "requests",
    "keyring",
    "PyJWT",
    "pydantic",
    "werkzeug",
)

Found = dict[str, Any]


def gather(workshop: Workshop, window: Mapping[str, str] | None = None) -> Found:
    """What there is to tell; ``window`` is what the window knows of screens and looks.

    Slow, as it asks the keyring and may start importing: not for the GUI thread. What cannot be
    found out is told as a sentence in its place.
    """
    found: Found = {
        "Kling Desktop": __version__,
        "versions": versions(),
        "system": system(),
        "window": dict(window or {}),
        "folders": {
            "settings": str(workshop.directories.config),
            "data": str(workshop.directories.data),
            "cache": str(workshop.directories.cache),
        },
        "tasks": _told(lambda: dict(Counter(str(task.state) for task in workshop.journal.all()))),
        "keyring": _told(lambda: workshop.accounts.ask_keyring() or "takes secrets"),
        "accounts": _told(
            lambda: [_account(workshop, account) for account in workshop.accounts.all()]
        ),
        "mistakes in own files": _told(lambda: _mistakes(workshop)),
        "log": _told(lambda: workshop.logbook.tail(LINES)),
    }
    secrets, home = workshop.secrets, str(Path.home())
    return {
        key: _each(value, lambda text: _homeless(secrets.hide(text), home))
        for key, value in found.items()
    }


def as_text(found: Found) -> str:
    """The same to be read and pasted: a heading each, then its lines."""
    return "\n".join(line for key, value in found.items() for line in _section(key, value)) + "\n"


def versions() -> dict[str, str]:
    """Python, then the libraries that matter, as they are installed."""
    found = {"Python": f"{platform.python_version()} ({platform.python_implementation()})"}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed by name"
    return found


def system() -> dict[str, str]:
    """The system, in its own words."""
    found = {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "encoding": sys.getfilesystemencoding(),
    }
    with contextlib.suppress(OSError):  # not a Linux, or one that does not say
        found["distribution"] = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return found


def _account(workshop: Workshop, account: Account) -> dict[str, str]:
    profile = workshop.profiles.get(account.provider)
    url = account.base_url or next(iter(profile.base_urls if profile else ()), "")
    return {
        "id": account.id,
        "provider": account.provider if profile else f"{account.provider} (unknown)",
        "host": urlsplit(url).netloc or "this computer",
        "secret": str(workshop.accounts.home_of_secret(account.id)),
    }


def _mistakes(workshop: Workshop) -> list[str]:
    """What is wrong with the files that the artist may write by hand, all of them read for it."""
    _ = workshop.profiles, workshop.models
    return workshop.warnings()


def _told(ask: Callable[[], object]) -> object:
    """The answer, or why there is none."""
    from kling_desktop.tasks.journal import JournalError

    try:
        return ask()
    except (ValueError, OSError, StorageError, JournalError) as error:
        return f"{type(error).__name__}: {error}"


def _homeless(text: str, home: str) -> str:
    """A path without the name of the person whose home it is in."""
    return text.replace(home, "~") if len(home) > 3 else text


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _each(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_each(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


def _section(key: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict | list):
        yield f"{key}: {value}"
        return
    yield f"\n{key}" if value else f"\n{key}: none"
    for line in value.items() if isinstance(value, dict) else value:
        if isinstance(line, tuple):
            yield f"  {line[0]}: {line[1]}"
        elif isinstance(line, dict):
            yield "  " + ", ".join(f"{name}: {said}" for name, said in line.items())
        else:
            yield f"  {line}"
