"""The shape of models.json and providers.json, and a sentence for each way of missing it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, ErrorDetails
from pydantic_core.core_schema import no_info_after_validator_function

from kling_desktop.model.camera import CameraKind
from kling_desktop.providers.auth import is_local

GROUPS = 6
"""Moving areas, and so the colours of an indexed mask."""
_OURS = ("host", "content-length", "content-type", "connection", "transfer-encoding", "cookie")


@dataclass(frozen=True, slots=True)
class _Matches:
    """Text in which a pattern is found; the same pattern stands in the JSON Schema."""

    pattern: str
    says: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(core), "pattern": self.pattern}

    def _check(self, text: str) -> str:
        if not re.search(self.pattern, text):
            raise ValueError(self.says)
        return text


def _anycase(word: str) -> str:
    return "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word)


def _kind(kind: str) -> str:
    if kind not in list(CameraKind):
        raise ValueError(f"must be one of {', '.join(CameraKind)}")
    return kind


def _readable(address: str) -> str:
    if address.startswith("http:") and not is_local(address):
        raise ValueError("over http:// the key would go out readable; write https://")
    return address


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day") from None
    return text


_HERE = r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])"
_Cell = Annotated[
    str, _Matches(r"^\s*(\*|\S+\s+\S+)\s*$", "a cell is written “mode seconds”, or *")
]
_Base = Annotated[
    str,
    _Matches(
        r"^https?://([^\s/?#@:\[\]]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[^\s?#]*)?$",
        "must be an address such as https://api.example.com",
    ),
    AfterValidator(_readable),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(https://([^\s/?#@:\[\]]+|\[[0-9A-Fa-f:]+\])|http://{_HERE})"
            r"(:[0-9]{1,5})?(/[^\s?#]*)?$",
        }
    ),
]
_Path = Annotated[
    str, _Matches(r"^/[^\s?#]*$", "must begin with / and hold neither spaces, ? nor #")
]
_TaskPath = Annotated[
    str,
    _Matches(
        r"^/(?![^{]*\{id\}.*\{id\})[^\s?#]*\{id\}[^\s?#]*$",
        "must name the task as {id}, once, and begin with /",
    ),
]
_Header = Annotated[
    str,
    _Matches(
        r"^(?!(" + "|".join(map(_anycase, _OURS)) + r")$)[A-Za-z][A-Za-z0-9-]*$",
        "must be the name of a header such as Authorization or x-api-key",
    ),
]
_Prefix = Annotated[str, _Matches(r"^[!-~]*$", "must be a word such as Bearer or Key, or empty")]
_Printable = Annotated[str, _Matches(r"^[ -~]*$", "must be plain text on one line")]
_Colour = Annotated[str, _Matches(r"^#[0-9A-Fa-f]{6}$", "must be a colour such as #72e528")]
_Place = Annotated[str, _Matches(r"^[^.\s]+(\.[^.\s]+)*$", "must be a place such as data.task_id")]
_Part = Annotated[str, _Matches(r"^[^\s?#{}]+$", "must be a part of a path such as v1/standard")]
_Kind = Annotated[
    str, AfterValidator(_kind), WithJsonSchema({"type": "string", "enum": list(CameraKind)})
]
_Word = Annotated[str, Field(min_length=1)]
_Words = list[_Word]
_FieldName = Literal[
    "model_name",
    "image",
    "image_tail",
    "prompt",
    "negative_prompt",
    "cfg_scale",
    "mode",
    "static_mask",
    "dynamic_masks",
    "mask",
    "trajectories",
    "camera_control",
    "duration",
    "external_task_id",
]
_Leavable = Literal[
    "model_name",
    "image_tail",
    "prompt",
    "negative_prompt",
    "cfg_scale",
    "mode",
    "static_mask",
    "dynamic_masks",
    "camera_control",
    "duration",
    "external_task_id",
]
_OF_AN_AREA = frozenset({"mask", "trajectories"})
"""Fields inside dynamic_masks."""
_Dialect = Literal["mulerun", "official", "newapi", "fal", "piapi"]


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    note: str = ""
    """For whoever reads the file, and in the window where an account is set up."""


class ModelChange(_Entry):
    """What a profile says differently about a model; what is left out stays."""

    label: str | None = None
    modes: _Words | None = None
    durations: Annotated[_Words, Field(min_length=1)] | None = None
    brush: list[_Cell] | None = None
    """Where areas are taken, as “mode seconds”; * stands for every value."""
    end_frame: list[_Cell] | None = None
    end_only: list[_Cell] | None = None
    camera: list[_Cell] | None = None
    camera_kinds: list[_Kind] | None = None
    cfg: bool | None = None
    output: dict[str, str] | None = None
    retired: bool | None = None


class ModelEntry(ModelChange):
    """A model in models.json."""

    durations: Annotated[_Words, Field(min_length=1)]


class MaskEncodingEntry(_Entry):
    """How areas are sent: one black-and-white image each, or one image with a colour for each."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["kind"], "properties": {"kind": {"const": "indexed"}}},
            "then": {"required": ["moving"], "properties": {"moving": {"type": "array"}}},
        }
    )

    kind: Literal["separate", "indexed"] = "separate"
    brushed: Literal["white", "black"] = "white"
    """The colour of what is painted, in separate masks."""
    moving: Annotated[list[_Colour], Field(min_length=GROUPS, max_length=GROUPS)] | None = None
    """Colours of the first to the sixth moving area in an indexed mask."""
    static: _Colour = "#000000"

    @model_validator(mode="after")
    def _has_colours(self) -> Self:
        if self.kind == "indexed" and self.moving is None:
            raise ValueError(f"an indexed mask needs {GROUPS} colours in “moving”")
        return self


class RequestEntry(_Entry):
    """What the body does differently from the API page's."""

    names: dict[_FieldName, _Word] = {}
    """Field of the page → what it is called here."""
    leave_out: list[_Leavable] = []
    needs: list[_FieldName] = []
    """Fields that must not be empty here."""
    whole_numbers: list[Literal["duration"]] = []
    """Fields that are sent as numbers, not as text."""
    models: dict[str, _Word] = {}
    """Model → what it is called here."""
    inside: str = ""
    """The member that holds the fields; empty where they are the body."""
    beside: dict[str, Any] = {}
    """Members that are always the same."""
    images: Literal["base64", "data-uri"] = "base64"
    points: Literal["bottom-left", "top-left"] = "bottom-left"
    """From where the points of paths are counted."""

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        fields = set(get_args(_FieldName)) - set(self.leave_out)
        called: dict[str, str] = {str(name): word for name, word in self.names.items()}
        outer = [called.get(name, name) for name in sorted(fields - _OF_AN_AREA)]
        inner = [called.get(name, name) for name in sorted(_OF_AN_AREA)]
        beside = [*self.beside, *([self.inside] if self.inside else outer)]
        for level in (outer, inner, beside):
            if twice := [name for name, count in Counter(level).items() if count > 1]:
                raise ValueError(f"two fields would be called “{twice[0]}” here")
        return self


class StatesEntry(_Entry):
    """Words for states that are not understood by themselves."""

    waiting: _Words = []
    running: _Words = []
    done: _Words = []
    failed: _Words = []


class ReplyEntry(_Entry):
    """Where replies hold what, as data.task_id; looked at before the places of the dialect."""

    id: list[_Place] = []
    state: list[_Place] = []
    video: list[_Place] = []
    reason: list[_Place] = []
    states: StatesEntry = StatesEntry()
    full: _Words = []
    """Words of an answer 429 which says that as many tasks run as may, where it has no code for it and
    they are not understood by themselves."""


class PricesEntry(_Entry):
    """Prices of ``seconds`` of video: model → mode → amount, “*” for every model or mode."""

    currency: str
    date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)]
    """When the list was read."""
    seconds: Annotated[float, Field(gt=0)] = 5
    models: dict[str, dict[str, Annotated[float, Field(ge=0)]]]


class ProfileEntry(_Entry):
    """A provider in providers.json."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {
                "required": ["endpoints"],
                "properties": {"endpoints": {"minProperties": 1}},
            },
            "then": {"properties": {"create": {"pattern": r"\{endpoint\}"}}},
            "else": {"properties": {"create": {"not": {"pattern": r"\{endpoint\}"}}}},
        }
    )

    label: _Word
    base_urls: list[_Base]
    """Hosts to choose from, the first by default; none where every account brings its own."""
    create: _Path
    """Path of new tasks; {endpoint} in it stands for what “endpoints” says."""
    query: _TaskPath
    """Path of a task's state, which is named as {id}."""
    result: _TaskPath | None = None
    """Path of a finished task, where its state does not bring the video."""
    endpoints: dict[str, dict[str, _Part]] = {}
    """Model → mode → part of the path, where these choose the path; * for every mode."""
    dialect: _Dialect
    auth: Literal["key", "official"] = "key"
    """key: the key as it is; official: that, or an access key and a secret key that sign."""
    header: _Header = "Authorization"
    prefix: _Prefix = "Bearer"
    """What stands before the key in its header; may be empty."""
    headers: dict[_Header, _Printable] = {}
    """What else goes with every request to this host. Never a key: this file is not secret."""
    key_label: str = "Token"
    request: RequestEntry = RequestEntry()
    reply: ReplyEntry = ReplyEntry()
    mask_encoding: MaskEncodingEntry = MaskEncodingEntry()
    serves: _Words | None = None
    """The models that are offered; null where that is not known: all of them."""
    models: dict[str, ModelChange] = {}
    prices: PricesEntry | None = None
    find_by_external_id: bool = False
    """Whether a task can be asked for by the id that we gave it."""
    video_days: Annotated[int, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _places_match(self) -> Self:
        if ("{endpoint}" in self.create) != bool(self.endpoints):
            raise ValueError("“create” holds {endpoint} where, and only where, there are endpoints")
        return self


_SHAPES: dict[str, type[_Entry]] = {"models": ModelEntry, "profiles": ProfileEntry}

_SAYS = {
    "missing": "is missing.",
    "extra_forbidden": "is not known here.",
    "string_type": "must be text in quotes.",
    "bool_type": "must be true or false.",
    "list_type": "must be a list in square brackets.",
    "dict_type": "must be an object in braces.",
    "model_type": "must be an object in braces.",
    "int_type": "must be a whole number.",
    "float_type": "must be a number.",
    "string_too_short": "must not be empty.",
    "too_short": "has too few entries.",
    "too_long": "has too many entries.",
    "string_pattern_mismatch": "must be a date written as 2026-05-15.",
    "greater_than": "must be more than 0.",
    "greater_than_equal": "must not be less than 0.",
}


def mistakes(section: str, name: str, entry: dict[str, Any]) -> list[str]:
    """For each mistake of an entry its place and what is wrong, closing the opened quote."""
    return [f"{place}” {says}" for place, says in found_in(section, name, entry)]


def found_in(section: str, name: str, entry: dict[str, Any]) -> list[tuple[str, str]]:
    """For each mistake of an entry its place, with arrows, and what is wrong there."""
    try:
        _SHAPES[section].model_validate(entry)
    except ValidationError as problem:
        return [_sentence(name, error) for error in problem.errors(include_url=False)]
    return []


def _sentence(name: str, error: ErrorDetails) -> tuple[str, str]:
    place = " → ".join([name, *(str(part) for part in error["loc"] if part != "[key]")])
    context = error.get("ctx", {})
    if error["type"] == "literal_error":
        return place, f"must be {context['expected']}."
    if error["type"] == "value_error":
        return place, f"is wrong: {context['error']}."
    return place, _SAYS.get(error["type"], f"is wrong: {error['msg']}.")
