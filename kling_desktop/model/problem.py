"""A problem: what is wrong with a shot, where, and what would put it right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    """Nothing is sent while it stands."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """``field`` names what to look at: a setting, ``image``, ``end_image``, ``camera``, ``areas``,
    or ``areas.3`` and ``paths.3`` for one area. ``fix`` says in words what the safe fix does, and
    is None where only the artist can decide."""

    code: str
    severity: Severity
    field: str
    message: str
    fix: str | None = None

    @property
    def stops(self) -> bool:
        return self.severity == Severity.ERROR
