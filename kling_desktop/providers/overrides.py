"""Shipped JSON resources with the artist's own file of the same shape laid over them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kling_desktop.providers.handwritten import NoJson, Place, read, slips

Entries = dict[str, dict[str, Any]]
"""Id → what the file says about it."""
Tell = Callable[[str], None]
"""Takes a sentence about a mistake."""
CORRECT = "Correct the file or remove it."
BUILT_IN = "practice"
"""Shipped, and needed even where its change is wrong."""
_WIRE = frozenset(
    {"base_urls", "create", "query", "result", "endpoints", "dialect", "auth", "header", "prefix"}
    | {"headers", "request", "reply", "mask_encoding"}
)
"""Where requests go and how they are written and understood."""
PROFILE_ID = r"^[a-z0-9][a-z0-9-]{0,31}$"
_IDS = {
    "profiles": (
        PROFILE_ID,
        "is no id: it takes up to 32 small letters, digits and hyphens, such as “my-relay”.",
    ),
    "models": (
        r"^[!-~]{1,64}$",
        "is no name of a model: it takes up to 64 signs without blanks, such as “kling-v3”.",
    ),
}


class ProfileError(ValueError):
    """A file about providers or models cannot be used; ``sentences`` says each mistake."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def entries(section: str, shipped: Path, user: Path | None, tell: Tell | None = None) -> Entries:
    """The objects under ``section``, single keys of the user's file over the shipped ones.

    The shipped file is ours, and tests prove it sound; only what the user's file touches is
    checked here, so that a start without one does not pay for it.

    Raises ProfileError for a mistake in the user's file. With ``tell`` each is told instead, and the
    entry that it is in counts for nothing: a place that is new in it is left out, a shipped one is
    as it was shipped. Only where the entry, or a file that cannot be read, would have a shipped
    place spoken to otherwise, that is left out too: its key and its tasks must not go astray.
    """
    found = _shipped(section, shipped)
    if user is None:
        return found
    own = _Own(section, found, user)
    if own.mistakes and tell is None:
        raise ProfileError(*own.mistakes, CORRECT)
    for sentence in own.mistakes:
        if tell is not None:
            tell(sentence)
    kept = {name: entry for name, entry in found.items() if name not in own.doubtful}
    return {**kept, **own.sound}


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Objects merge key by key at every depth; everything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


class _Own:
    """What the user's file makes of the shipped entries."""

    def __init__(self, section: str, shipped: Entries, file: Path) -> None:
        self.sound: Entries = {}
        """Entries that the file adds or changes, whole."""
        self.mistakes: list[str] = []
        self.doubtful: set[str] = set()
        """Shipped ones that must not be used as they were shipped."""
        self._section, self._shipped, self._file = section, shipped, file
        self._read()

    def _read(self) -> None:
        data = b""
        try:
            data = self._file.read_bytes()
            whole = read(data)
        except FileNotFoundError:
            return
        except OSError as problem:
            why = problem.strerror or "no reason was given"
            self.mistakes.append(
                f"{self._file} could not be opened ({why}). Check that you may read it."
            )
        except NoJson as problem:
            self.mistakes.append(f"In {self._file}, {problem}.")
            self._doubt(data.decode("utf-8", "ignore"))
        else:
            self._take(whole)

    def _take(self, whole: Any) -> None:
        theirs = whole.get(self._section) if isinstance(whole, dict) else None
        if not isinstance(theirs, dict):
            self.mistakes.append(
                f"{self._file} must hold an object “{self._section}” with one object for each name."
            )
            return
        loose = list(slips(whole))
        for place, says in loose:
            if place[0] != self._section or len(place) == 1:
                self._say(place, says)
        for name, entry in theirs.items():
            self._take_entry(name, entry, loose)

    def _take_entry(self, name: str, entry: Any, loose: list[tuple[Place, str]]) -> None:
        wrong = [(place, says) for place, says in loose if place[:2] == (self._section, name)]
        wrong = wrong or list(self._mistakes_of(name, entry))
        for place, says in wrong:
            self._say(place, says)
        if not wrong:
            self.sound[name] = merge(self._shipped.get(name, {}), entry)
        elif self._section == "profiles" and isinstance(entry, dict):
            twice = any(len(place) == 2 for place, _says in wrong)
            self.doubtful |= {name} - {BUILT_IN} if twice or entry.keys() & _WIRE else set()

    def _mistakes_of(self, name: str, entry: Any) -> Iterator[tuple[Place, str]]:
        from kling_desktop.providers import schema

        pattern, says = _IDS[self._section]
        if not re.search(pattern, name) or "\n" in name:
            yield (self._section, name), says
        elif not isinstance(entry, dict):
            yield (self._section, name), "must be an object in braces."
        else:
            merged = merge(self._shipped.get(name, {}), entry)
            for place, wrong in schema.found_in(self._section, name, merged):
                yield (self._section, *place.split(" → ")), wrong

    def _doubt(self, text: str) -> None:
        """Of a file that cannot be read, nobody knows what it says about a place that it names."""
        if self._section == "profiles" and any(f'"{key}"' in text for key in _WIRE):
            self.doubtful |= {name for name in self._shipped if f'"{name}"' in text} - {BUILT_IN}

    def _say(self, place: Place, says: str) -> None:
        shown = " → ".join(part or "an empty name" for part in place)
        self.mistakes.append(f"In {self._file}, “{shown}” {says}")


def _shipped(section: str, file: Path) -> Entries:
    try:
        found: Entries = read(file.read_bytes())[section]
    except (OSError, NoJson) as problem:
        raise ProfileError(f"{file} cannot be read. Install Kling Desktop anew.") from problem
    return found
