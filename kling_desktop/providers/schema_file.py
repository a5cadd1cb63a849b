"""providers.schema.json: what ``schema`` checks, as a JSON Schema for editors that can read one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kling_desktop.providers.overrides import PROFILE_ID
from kling_desktop.providers.schema import ProfileEntry

_DEFINITIONS = "#/$defs/"
_CHANGE = "Change of "
_WHOLE = frozenset({"required", "if", "then", "else"})
"""What holds for a whole entry only, not for one that changes single keys of a shipped one."""


def json_schema(shipped: Iterable[str]) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a providers.json, where the shipped profiles have these ids.

    An entry under one of them changes single keys; under any other id it must be whole.
    """
    whole = ProfileEntry.model_json_schema()
    definitions = {**whole.pop("$defs"), "ProfileEntry": whole}
    changes = {_CHANGE + name: _loose(each) for name, each in definitions.items()}
    entry, change = f"{_DEFINITIONS}ProfileEntry", f"{_DEFINITIONS}{_CHANGE}ProfileEntry"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Places where Kling Desktop makes videos",
        "description": "The shipped providers.json, and a file of the same name in the settings "
        "folder that changes single keys of it or adds places.",
        "type": "object",
        "required": ["profiles"],
        "properties": {
            "note": {"type": "string"},
            "profiles": {
                "type": "object",
                "propertyNames": {"pattern": PROFILE_ID},
                "properties": {name: {"$ref": change} for name in shipped},
                "additionalProperties": {"$ref": entry},
            },
        },
        "$defs": _tidied({**definitions, **changes}),
    }


def text(shipped_file: Path) -> str:
    """The file for a shipped providers.json."""
    names = json.loads(shipped_file.read_text("utf-8"))["profiles"]
    return json.dumps(json_schema(names), ensure_ascii=False, indent=2) + "\n"


def _loose(value: Any) -> Any:
    """A definition without what only a whole entry keeps, and its references likewise."""
    if isinstance(value, list):
        return [_loose(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _loose(each) for key, each in value.items() if key not in _WHOLE}
    if "$ref" in found:
        found["$ref"] = found["$ref"].replace(_DEFINITIONS, _DEFINITIONS + _CHANGE)
    return found


def _tidied(value: Any) -> Any:
    """What pydantic writes, without its title for every member, and strict about unknown keys."""
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {
        key: _tidied(each)
        for key, each in value.items()
        if not (key == "title" and isinstance(each, str))
    }
    if "patternProperties" in found:
        found["additionalProperties"] = False
    return found


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.with_name("providers.schema.json").write_text(text(file), "utf-8")
