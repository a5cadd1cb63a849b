"""The shape of models.json and providers.json, and a sentence for each way of missing it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from kling_desktop.model.camera import CameraKind
from kling_desktop.model.capabilities import cells


def _cell(text: str) -> str:
    cells(text)
    return text


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError("must be an address such as https://api.example.com")
    return url


def _path(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError("must begin with /")
    return path


def _query(path: str) -> str:
    if path.count("{id}") != 1:
        raise ValueError("must name the task as {id}, once")
    return _path(path)


def _kind(kind: str) -> str:
    if kind not in list(CameraKind):
        raise ValueError(f"must be one of {', '.join(CameraKind)}")
    return kind


_Cells = list[Annotated[str, AfterValidator(_cell)]]
_Words = list[Annotated[str, Field(min_length=1)]]


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    note: str = ""


class ModelChange(_Entry):
    """What a profile says differently about a model; what is left out stays."""

    label: str | None = None
    modes: _Words | None = None
    durations: _Words | None = None
    brush: _Cells | None = None
    end_frame: _Cells | None = None
    end_only: _Cells | None = None
    camera: _Cells | None = None
    camera_kinds: list[Annotated[str, AfterValidator(_kind)]] | None = None
    cfg: bool | None = None
    output: dict[str, str] | None = None
    retired: bool | None = None


class ModelEntry(ModelChange):
    """A model in models.json."""

    durations: Annotated[_Words, Field(min_length=1)]


class MaskEncodingEntry(_Entry):
    kind: Literal["separate", "indexed"]
    brushed: Literal["white", "black"] = "white"


class PricesEntry(_Entry):
    """Prices of ``seconds`` of video: model → mode → amount, “*” for every model or mode."""

    currency: str
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    seconds: Annotated[float, Field(gt=0)] = 5
    models: dict[str, dict[str, Annotated[float, Field(ge=0)]]]


class ProfileEntry(_Entry):
    """A provider in providers.json."""

    label: Annotated[str, Field(min_length=1)]
    base_urls: list[Annotated[str, AfterValidator(_base)]]
    create: Annotated[str, AfterValidator(_path)]
    query: Annotated[str, AfterValidator(_query)]
    dialect: Literal["mulerun", "official"]
    auth: Literal["bearer", "official"] = "bearer"
    key_label: str = "Token"
    mask_encoding: MaskEncodingEntry = MaskEncodingEntry(kind="separate")
    serves: _Words | None = None
    models: dict[str, ModelChange] = {}
    prices: PricesEntry | None = None
    find_by_external_id: bool = False
    video_days: Annotated[int, Field(gt=0)] = 1


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
    "too_short": "must not be empty.",
    "string_pattern_mismatch": "must be a date written as 2026-05-15.",
}


def mistakes(section: str, name: str, entry: dict[str, Any]) -> list[str]:
    """For each mistake of an entry its place and what is wrong, closing the opened quote."""
    try:
        _SHAPES[section].model_validate(entry)
    except ValidationError as problem:
        return [_sentence(name, error) for error in problem.errors(include_url=False)]
    return []


def _sentence(name: str, error: ErrorDetails) -> str:
    place = " → ".join([name, *(str(part) for part in error["loc"])])
    context = error.get("ctx", {})
    if error["type"] == "literal_error":
        says = f"must be {context['expected']}."
    elif error["type"] == "value_error":
        says = f"is wrong: {context['error']}."
    else:
        says = _SAYS.get(error["type"], f"is wrong: {error['msg']}.")
    return f"{place}” {says}"
