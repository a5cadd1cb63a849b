"""The capability map: which models there are, and which of them a provider serves how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kling_desktop.model.capabilities import Capability, Catalogue, cells
from kling_desktop.providers.overrides import Tell, entries
from kling_desktop.providers.profiles import Profile

_CELLS = ("brush", "end_frame", "end_only", "camera")
_WORDS = ("modes", "durations", "camera_kinds")
_PLAIN = ("label", "cfg", "retired", "output")


def load_models(shipped: Path, user: Path | None = None, tell: Tell | None = None) -> Catalogue:
    """Every known model, in the file's order; raises ProfileError with a sentence a mistake.

    With ``tell`` it is told of each mistake of the user's file, and what is wrong counts for nothing.
    """
    found = entries("models", shipped, user, tell)
    return Catalogue({name: changed(None, name, entry) for name, entry in found.items()})


def catalogue_for(profile: Profile, models: Catalogue) -> Catalogue:
    """What a provider serves, with what it says differently about single models."""
    changes = {
        name: changed(models.get(name), name, change)
        for name, change in profile.model_changes.items()
    }
    whole = models.with_changes(changes)
    if profile.serves is None:
        return whole
    return Catalogue({name: whole.models[name] for name in profile.serves if name in whole.models})


def changed(base: Capability | None, name: str, change: Mapping[str, Any]) -> Capability:
    """``base``, or a model of that name that can do nothing, with the keys of an entry applied."""
    given = {key: value for key, value in change.items() if value is not None}
    values: dict[str, Any] = {key: given[key] for key in _PLAIN if key in given}
    values |= {key: tuple(given[key]) for key in _WORDS if key in given}
    values |= {key: frozenset(map(cells, given[key])) for key in _CELLS if key in given}
    return replace(base or Capability(name, name, modes=(), durations=("5",)), **values)
