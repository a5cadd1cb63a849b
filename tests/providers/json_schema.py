"""As much of JSON Schema (draft 2020-12) as providers.schema.json uses; what else it meets, it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}
_INSIDE = frozenset(
    {"properties", "patternProperties", "additionalProperties", "propertyNames", "items"}
)
_SAID = frozenset({"description", "default", "title", "$schema", "$defs"})


def mistakes(value: Any, schema: Any, root: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """The places at which a value breaks the schema, each with the rule."""
    if not isinstance(schema, Mapping):
        assert isinstance(schema, bool)
        if not schema:
            yield f"{place}: nothing is allowed"
        return
    for rule, wanted in schema.items():
        if rule in _SAID or rule in {"then", "else"}:
            continue
        if rule == "$ref":
            yield from mistakes(value, _found(wanted, root), root, place)
        elif rule == "if":
            kept = not any(mistakes(value, wanted, root))
            yield from mistakes(value, schema.get("then" if kept else "else", True), root, place)
        elif rule == "anyOf":
            if all(any(mistakes(value, each, root)) for each in wanted):
                yield f"{place}: none of anyOf"
        elif rule == "not":
            if not any(mistakes(value, wanted, root)):
                yield f"{place}: not"
        elif rule in _INSIDE:
            yield from _inner(value, rule, schema, root, place)
        elif not _keeps(value, rule, wanted):
            yield f"{place}: {rule}"


def _inner(
    value: Any, rule: str, schema: Mapping[str, Any], root: Mapping[str, Any], place: str
) -> Iterator[str]:
    """Rules about what is inside an object or a list; they say nothing about anything else."""
    if rule == "items" and isinstance(value, list):
        for number, each in enumerate(value):
            yield from mistakes(each, schema[rule], root, f"{place}/{number}")
    if rule == "items" or not isinstance(value, dict):
        return
    for key, each in value.items():
        known = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        like = [found for pattern, found in patterns.items() if re.search(pattern, key)]
        if rule == "propertyNames":
            yield from mistakes(key, schema[rule], root, f"{place}/{key}")
        elif rule == "properties" and key in known:
            yield from mistakes(each, known[key], root, f"{place}/{key}")
        elif rule == "patternProperties":
            for each_schema in like:
                yield from mistakes(each, each_schema, root, f"{place}/{key}")
        elif rule == "additionalProperties" and key not in known and not like:
            yield from mistakes(each, schema[rule], root, f"{place}/{key}")


def _keeps(value: Any, rule: str, wanted: Any) -> bool:
    """Whether a value keeps a rule; one about another kind of value says nothing about it."""
    assert rule in _RULES, f"this validator does not know the rule {rule}"
    about, kept = _RULES[rule]
    if isinstance(value, bool) and about == (int, float):
        return True
    return not isinstance(value, about) or bool(kept(value, wanted))


def _is(value: Any, kind: str) -> bool:
    right = isinstance(value, _TYPES[kind])
    return right and (kind == "boolean" or not isinstance(value, bool))


_Rule = tuple[type | tuple[type, ...], Callable[[Any, Any], object]]
_RULES: dict[str, _Rule] = {
    "type": (object, _is),
    "enum": (object, lambda value, wanted: value in wanted),
    "const": (object, lambda value, wanted: value == wanted),
    "required": (dict, lambda value, wanted: set(wanted) <= set(value)),
    "minProperties": (dict, lambda value, wanted: len(value) >= wanted),
    "minItems": (list, lambda value, wanted: len(value) >= wanted),
    "maxItems": (list, lambda value, wanted: len(value) <= wanted),
    "minLength": (str, lambda value, wanted: len(value) >= wanted),
    "pattern": (str, lambda value, wanted: re.search(wanted, value)),
    "minimum": ((int, float), lambda value, wanted: value >= wanted),
    "exclusiveMinimum": ((int, float), lambda value, wanted: value > wanted),
}


def _found(reference: str, root: Mapping[str, Any]) -> Any:
    return root["$defs"][reference.removeprefix("#/$defs/").replace("%20", " ")]
