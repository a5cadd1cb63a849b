"""JSON that people write by hand: what is no JSON, and what JSON lets pass, in their own words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

Place = tuple[str, ...]
"""Keys, and numbers of list entries, from the outside in."""
DEEPEST = 40
"""Levels of braces and brackets; what is read here needs a fraction of them."""
_MISSES = {
    "Expecting ',' delimiter": "a comma or a closing bracket is missing before this",
    "Expecting ':' delimiter": "a colon is missing before this",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing here; "
    "perhaps there is a comma too many before it",
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Expecting value": "a value is missing here",
    "Extra data": "the file should have ended before this",
    "Unterminated string starting at": "the closing quote of this text is missing",
    "Invalid control character at": "a text ends with its line, without its closing quote",
    "Invalid \\escape": "in a text, a backslash is written twice",
    "Invalid \\uXXXX escape": "after \\u come four digits or letters from a to f",
}


class NoJson(ValueError):
    """The text cannot be read at all; ``str()`` says where and why, without a full stop."""


class _Object(dict[str, Any]):
    """A JSON object that knows which of its names stood there more than once."""

    twice: tuple[str, ...] = ()


def read(data: bytes) -> Any:
    """What a file holds, with or without a byte-order mark; raises NoJson."""
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise NoJson("this is not text in UTF-8; save the file in that encoding") from None
    except json.JSONDecodeError as problem:
        what = _MISSES.get(problem.msg, "this is not JSON")
        raise NoJson(f"line {problem.lineno}, column {problem.colno}: {what}") from None
    except RecursionError:
        raise NoJson("its braces and brackets are nested too deeply") from None
    except ValueError:
        raise NoJson("a number in it has too many digits") from None


def slips(value: Any) -> Iterator[tuple[Place, str]]:
    """For each thing that JSON, or Python's reading of it, lets pass its place and what is wrong."""
    waiting: list[tuple[Place, Any]] = [((), value)]
    while waiting:
        place, each = waiting.pop()
        if len(place) > DEEPEST:
            yield place[:3], "is nested too deeply."
            continue
        for name in getattr(each, "twice", ()):
            yield (*place, name), "stands there twice; remove one of them."
        if isinstance(each, float) and not math.isfinite(each):
            yield place, "must be a number that is not endless."
        if isinstance(each, str) and not _whole(each):
            yield place, "holds half of a character; write it anew."
        if isinstance(each, dict):
            waiting += [((*place, str(key)), inner) for key, inner in each.items()]
        elif isinstance(each, list):
            waiting += [((*place, str(number)), inner) for number, inner in enumerate(each)]


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        found.twice = tuple(name for name in found if names.count(name) > 1)
    return found


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
