"""What the artist prefers: a sparse JSON file that holds only what was ever chosen."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, TypeVar, overload

from kling_desktop.storage import records

T = TypeVar("T")


class Preferences:
    """Key → JSON value. Unknown keys stay in the file; a broken file is set aside with a warning."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._record = records.read(path)
        self._unwritten: dict[str, Any] = {}

    @property
    def warning(self) -> str | None:
        """A sentence for the artist when the file was broken, else None."""
        return self._record.warning

    @overload
    def get(self, key: str, default: None = None) -> Any: ...
    @overload
    def get(self, key: str, default: T) -> T: ...
    def get(self, key: str, default: Any = None) -> Any:
        """The value chosen, or ``default`` where none was or it is of another kind than that."""
        value = self._record.values.get(key)
        if value is None or not _alike(value, default):
            return default
        return copy.deepcopy(value)

    def set(self, key: str, value: Any) -> None:
        """Choose a value (JSON) and write it at once; None forgets the key.

        The file is read again first, so that what another window chose meanwhile stays. Raises
        StorageError where the disk refuses; the value then holds until the program ends, and goes
        to the disk with the next one.
        """
        self._unwritten[key] = json.loads(json.dumps(value, allow_nan=False))
        found = records.read(self._path)
        known = self._record.values if found.warning else found.values
        values = {**known, **self._unwritten}
        self._record = records.Record(
            {name: chosen for name, chosen in values.items() if chosen is not None},
            found.warning or self._record.warning,
            found.in_the_way,
        )
        if self._record.values != found.values:
            records.write(self._path, self._record)
        self._unwritten.clear()


def _alike(value: object, default: object) -> bool:
    """Whether a stored value can stand for that default: somebody may have edited the file."""
    if default is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))
