"""What each model can do: the capability map that the checks and the settings panel read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

Cell = tuple[str, str]
"""(mode, duration), such as ("pro", "5"); "*" stands for every value."""


@dataclass(frozen=True, slots=True)
class Capability:
    """One model. Cells are (mode, duration) pairs; a model without modes is sent no ``mode``."""

    name: str
    label: str
    modes: tuple[str, ...]
    durations: tuple[str, ...]
    brush: frozenset[Cell] = frozenset()
    end_frame: frozenset[Cell] = frozenset()
    """Start and end frame together."""
    end_only: frozenset[Cell] = frozenset()
    camera: frozenset[Cell] = frozenset()
    camera_kinds: tuple[str, ...] = ()
    cfg: bool = False
    output: Mapping[str, str] = field(default_factory=dict)
    """Mode → what comes back, such as "1080p24"."""
    retired: bool = False
    """The official hosts no longer serve it; a relay may."""

    def allows(self, cells: frozenset[Cell], mode: str, duration: str) -> bool:
        """Whether a feature's cells cover this mode and duration."""
        return any(m in {mode, "*"} and d in {duration, "*"} for m, d in cells)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that one account serves, in the order in which they are offered."""

    models: Mapping[str, Capability]

    def get(self, name: str) -> Capability | None:
        return self.models.get(name)

    def with_changes(self, changes: Mapping[str, Capability]) -> Self:
        """The same map with some models replaced or added."""
        return type(self)({**self.models, **changes})


def cells(text: str) -> Cell:
    """Read a cell written as "pro 5", "* 5" or "*"; raises ValueError for anything else."""
    parts = text.split()
    if parts == ["*"]:
        return ("*", "*")
    if len(parts) != 2:
        raise ValueError(f"a cell is written “mode seconds”, not “{text}”")
    return (parts[0], parts[1])
