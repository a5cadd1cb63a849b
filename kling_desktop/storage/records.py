"""Our own small JSON files: read with tolerance, set aside when broken, written whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kling_desktop.storage import atomic
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import private_folder


@dataclass(frozen=True, slots=True)
class Record:
    """The object that a file holds, or an empty one with a ``warning`` for the artist."""

    values: dict[str, Any] = field(default_factory=dict)
    warning: str | None = None
    in_the_way: bool = False
    """A broken file could not be moved: writing now would destroy it."""


def read(path: Path) -> Record:
    """Read a JSON object; a file that cannot be read is renamed to ….broken, never deleted.

    Raises nothing: a file of ours must not stop the start.
    """
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Record()
    except (OSError, ValueError, RecursionError):
        return set_aside(path)
    return Record(values) if isinstance(values, dict) else set_aside(path)


def write(path: Path, record: Record) -> None:
    """Write the object whole, making its folder first. Raises StorageError."""
    if record.in_the_way:
        raise StorageError(record.warning)
    private_folder(path.parent)
    atomic.write(path, json.dumps(record.values, indent=2).encode() + b"\n")


def set_aside(path: Path) -> Record:
    """Rename a file whose content makes no sense; what is left is an empty record."""
    broken = _free_name(path)
    try:
        path.rename(broken)
    except OSError:
        return Record(
            warning=f"{path} cannot be read, nor moved out of the way; look at its permissions.",
            in_the_way=True,
        )
    return Record(warning=f"{path} was broken; it is kept as {broken.name}, and a new one begins.")


def _free_name(path: Path) -> Path:
    """The next ….broken name that nothing has, so that an earlier one is not lost either."""
    broken = path.with_name(f"{path.name}.broken")
    number = 2
    while broken.exists():
        broken = path.with_name(f"{path.name}.broken-{number}")
        number += 1
    return broken
