"""The artist's own providers.json: places put in and taken out, everything else in it kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kling_desktop.storage import atomic
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import private_folder

_SECTION = "profiles"


def own_profiles(path: Path) -> dict[str, dict[str, Any]]:
    """The entries under ``profiles``, id → entry, changes of shipped ones among them.

    Raises StorageError.
    """
    return dict(_read(path).get(_SECTION, {}))


def add_profile(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    """Write an entry, which somebody has checked, under ``profiles``; one of that name is replaced.

    The file is made where there is none. Raises StorageError, and then it is as it was.
    """
    whole = _read(path)
    whole[_SECTION] = {**whole.get(_SECTION, {}), name: dict(entry)}
    _write(path, whole)


def remove_profile(path: Path, name: str) -> None:
    """Take an entry out; nothing happens where there is none. Raises StorageError."""
    whole = _read(path)
    if whole.get(_SECTION, {}).pop(name, None) is not None:
        _write(path, whole)


def _read(path: Path) -> dict[str, Any]:
    """The whole file, which may hold more than is known here. Its owner writes it by hand, so one
    that makes no sense is not set aside but refused."""
    try:
        whole = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_once)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise StorageError(
            f"{path} cannot be read, so nothing was added to it. Correct the file or remove it."
        ) from error
    if not isinstance(whole, dict) or not isinstance(whole.get(_SECTION, {}), dict):
        raise StorageError(
            f"{path} must hold an object “{_SECTION}”, so nothing was added to it. "
            "Correct the file or remove it."
        )
    return whole


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two members of one name, one would be lost when the file is written again."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _write(path: Path, whole: dict[str, Any]) -> None:
    private_folder(path.parent)
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    atomic.write(path, text.encode() + b"\n")
