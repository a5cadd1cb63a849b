"""The values of a fault's keys, each checked; a mistake is one sentence that names the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kling_desktop.practice.actions import FaultError


def only(value: Mapping[str, Any], keys: Sequence[str], sentence: str) -> None:
    """Refuse a key that is not in ``keys``; the sentence takes it and the list of them."""
    strange = sorted(str(key) for key in value if key not in keys)
    if strange:
        raise FaultError(sentence.format(strange[0], ", ".join(keys)))


def text(value: Mapping[str, Any], key: str) -> str:
    """A string that can go out in UTF-8."""
    found = value[key]
    if not isinstance(found, str) or any("\ud800" <= letter <= "\udfff" for letter in found):
        raise FaultError(f"“{key}” is a string")
    return found


def flag(value: Mapping[str, Any], key: str, *, default: bool) -> bool:
    found = value.get(key, default)
    if not isinstance(found, bool):
        raise FaultError(f"“{key}” is true or false")
    return found


def whole(
    value: Mapping[str, Any],
    key: str,
    *,
    least: int | None = 0,
    most: int | None = None,
    default: int | None = None,
) -> int:
    """A whole number within the limits; without a default the key must be there."""
    found = value.get(key, default)
    limits = " from " + str(least) if least is not None else ""
    limits += f" to {most}" if most is not None else " on" if limits else ""
    if isinstance(found, bool) or not isinstance(found, int):
        raise FaultError(f"“{key}” is a whole number{limits}")
    if (least is not None and found < least) or (most is not None and found > most):
        raise FaultError(f"“{key}” is a whole number{limits}")
    return found


def number(
    value: Mapping[str, Any],
    key: str,
    *,
    most: float,
    least: float = 0.0,
    default: float | None = None,
) -> float:
    found = value.get(key, default)
    fits = isinstance(found, int | float) and not isinstance(found, bool)
    if not fits or not least <= found <= most:
        raise FaultError(f"“{key}” is a number from {least:g} to {most:g}")
    return float(found)
