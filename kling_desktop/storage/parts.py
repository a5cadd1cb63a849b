"""How an object of a shot file is read with pydantic: unknown keys kept, refusals as sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from kling_desktop.model.path import Curve
from kling_desktop.model.timing import Timing
from kling_desktop.storage.container import ShotFileError, quoted

POINTS_LIMIT = 10_000
NAME_LIMIT = 60
"""Characters in the name of an area."""
REACH = 1e6
"""Furthest coordinate from the origin, in pixels: more than any picture that can be opened."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Coordinate = Annotated[Number, Field(ge=-REACH, le=REACH)]
M = TypeVar("M", bound=BaseModel)


class Part(BaseModel):
    """An object whose unknown keys are kept."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())

    def unknown(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


def unknown(extra: Mapping[str, Any], part: type[Part]) -> dict[str, Any]:
    """Keys to keep; one that has become known in the meantime does not override the value."""
    return {key: value for key, value in extra.items() if key not in part.model_fields}


def read(part: type[M], found: object, place: str) -> M:
    """``found`` as a part; raises ShotFileError with a sentence about ``place``."""
    try:
        return part.model_validate(found)
    except ValidationError as error:
        raise ShotFileError(_sentence(error, place)) from error


def _sentence(error: ValidationError, place: str) -> str:
    """The first complaint, as an artist would want to read it."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"] if step not in {"str", "int"})
    kind, context = first["type"], first.get("ctx", {})
    if not where:
        return _of_the_whole(first, place)
    subject = f"In {place}, {quoted(where)}"
    if kind == "missing":
        return f"{subject} is missing."
    if kind == "enum":
        return f"{subject} is {quoted(first['input'])}, which is not known; known: {_known(where)}."
    if kind == "too_long" and where == "points":
        return f"{subject} are more than {POINTS_LIMIT}; draw a simpler path."
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = float(context.get("ge", context.get("le", math.nan)))
        return f"{subject} is {quoted(first['input'])}, which is beyond {bound:,.0f}."
    wanted = NAMED.get(where.partition(".")[0]) or EXPECTED.get(kind, "something else")
    return f"{subject} should be {wanted}."


def _of_the_whole(error: ErrorDetails, place: str) -> str:
    if error["type"] == "value_error":
        return f"In {place}, {error['ctx']['error']}."
    return f"{place[0].upper()}{place[1:]} should be a JSON object."


def _known(where: str) -> str:
    return ", ".join(Curve if where == "curve" else Timing)


NAMED = {
    "name": f"one line of at most {NAME_LIMIT} characters",
    "colour": "a colour like “#f04826”",
    "hold": "two shares of the time",
    "speed": "a list of pairs: a share of the time, and a speed",
}
EXPECTED = {
    "string_type": "text",
    "string_unicode": "text",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "bool_type": "true or false",
    "dict_type": "an object",
    "tuple_type": "a list",
    "too_long": "a pair of numbers",
    "too_short": "a pair of numbers",
}
