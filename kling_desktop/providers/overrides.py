"""Shipped JSON resources with the artist's own file of the same shape laid over them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Entries = dict[str, dict[str, Any]]
"""Id → what the file says about it."""


class ProfileError(ValueError):
    """A file about providers or models cannot be used; ``sentences`` says each mistake."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def entries(section: str, shipped: Path, user: Path | None) -> Entries:
    """The objects under ``section``, single keys of the user's file over the shipped ones.

    The shipped file is ours, and tests prove it sound; only what the user's file touches is
    checked here, so that a start without one does not pay for it. Raises ProfileError.
    """
    found: Entries = _load(shipped)[section]
    if user is None or not user.exists():
        return found
    theirs = _section(section, user)
    merged = merge(found, theirs)
    from kling_desktop.providers import schema

    mistakes = [
        f"In {user.name}, “{section} → {sentence}"
        for name in theirs
        for sentence in schema.mistakes(section, name, merged[name])
    ]
    if mistakes:
        raise ProfileError(*mistakes, "Correct the file or remove it.")
    return merged


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Objects merge key by key at every depth; everything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _section(section: str, path: Path) -> Entries:
    whole = _load(path)
    found = whole.get(section) if isinstance(whole, dict) else None
    if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
        raise ProfileError(
            f"{path.name} must hold an object “{section}” with one object for each name. "
            "Correct the file or remove it."
        )
    return found


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise ProfileError(
            f"{path.name} could not be opened ({problem.strerror}). Check that you may read it."
        ) from problem
    except json.JSONDecodeError as problem:
        raise ProfileError(
            f"{path.name} is not JSON: {problem.msg} in line {problem.lineno}. "
            "Correct the file or remove it."
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise ProfileError(
            f"{path.name} is not readable as JSON text. Correct the file or remove it."
        ) from problem
