"""Misbehaviour to order: which request of which route is hit, and by what."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from kling_desktop.practice.actions import Action, Alteration, FaultError, Kind, Route
from kling_desktop.practice.script import Entry, read

__all__ = ["Action", "Alteration", "Fault", "FaultError", "Faults", "Kind", "Route"]


class Fault:
    """One entry of the script (see script.py) and how often it was asked and has struck."""

    def __init__(self, entry: Entry) -> None:
        self.route = entry.route
        self.action = entry.action
        self._nth = entry.nth
        self._after = entry.after
        self._left = entry.times
        self._probability = entry.probability
        self._random = random.Random(entry.seed)  # noqa: S311 - repeatable on purpose
        self._seen = 0

    def count(self) -> None:
        """One more request of its route."""
        self._seen += 1

    def fires(self) -> bool:
        """Whether the request just counted is hit; a hit is used up."""
        if self._nth not in {None, self._seen}:
            return False
        if self._seen <= self._after or self._left == 0:
            return False
        if self._random.random() >= self._probability:
            return False
        if self._left is not None:
            self._left -= 1
        return True


class Faults:
    """All faults of a server; safe to ask from any thread."""

    def __init__(self, descriptions: str | Sequence[Mapping[str, Any]] | None = None) -> None:
        """Take a list of entries or its JSON; raises FaultError with a sentence."""
        if isinstance(descriptions, str):
            try:
                descriptions = json.loads(descriptions)
            except (ValueError, RecursionError):
                raise FaultError("The faults are not valid JSON.") from None
        if not isinstance(descriptions, list | tuple | None):
            raise FaultError("The faults are a list of objects.")
        self._faults = [
            _numbered(number, description)
            for number, description in enumerate(descriptions or (), 1)
        ]
        self._lock = threading.Lock()

    def strike(self, route: Route) -> Action | None:
        """What hits this request: the first fault that fires, see script.py for the others."""
        with self._lock:
            faults = [fault for fault in self._faults if fault.route is route]
            for fault in faults:
                fault.count()
            hit = next((fault for fault in faults if fault.fires()), None)
        return hit.action if hit else None


def _numbered(number: int, description: object) -> Fault:
    try:
        return Fault(read(description))
    except FaultError as error:
        raise FaultError(f"Fault {number}: {error}.") from None
