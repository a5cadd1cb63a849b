"""The JSON of a shot file, read strictly with pydantic: every refusal is one plain sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import from_json

from kling_desktop.model.areas import AREAS
from kling_desktop.model.camera import AXES, Camera
from kling_desktop.model.path import Path
from kling_desktop.model.shot import AreaLook, Settings
from kling_desktop.storage.container import ShotFileError, quoted
from kling_desktop.storage.parts import NAME_LIMIT, Number, Part, read, unknown
from kling_desktop.storage.path_part import path_json, paths_from_json

FORMAT = "kling-desktop-shot"
VERSION = 1


class CameraPart(Part):
    type: str
    config: dict[str, Number] | None = None


CONFIG = "config"
"""Where Camera.extra keeps what ``config`` holds beside numbers."""


class SettingsPart(Part):
    model_name: str = Settings().model_name
    mode: str = Settings().mode
    duration: str | Annotated[int, Field(strict=True)] = Settings().duration
    prompt: str = ""
    negative_prompt: str = ""
    cfg_scale: Number | None = Settings().cfg_scale


class LookPart(Part):
    name: Annotated[
        str, Field(max_length=NAME_LIMIT, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$")
    ] = ""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None


LOOKS = "looks"
"""Where Shot.extra keeps what a look holds beside name and colour, by area."""


class DocumentPart(Part):
    format: str
    version: Annotated[int, Field(strict=True)]
    image: str
    areas: str
    end_image: str | None = None
    image_name: str = ""
    end_image_name: str = ""
    paths: dict[str, Any] = Field(default_factory=dict)
    camera: Any = None
    settings: Any = Field(default_factory=dict)
    looks: Any = Field(default_factory=dict)
    land: Annotated[bool, Field(strict=True)] = False
    end_carries: Annotated[bool, Field(strict=True)] = False


@dataclass(frozen=True, slots=True)
class Document:
    """``shot.json`` as values; ``image``, ``areas`` and ``end_image`` name members of the zip."""

    image: str
    areas: str
    end_image: str | None = None
    image_name: str = ""
    """The picture's file name when it was opened, for display."""
    end_image_name: str = ""
    paths: Mapping[int, Path] = field(default_factory=dict)
    camera: Camera | None = None
    settings: Settings = field(default_factory=Settings)
    looks: Mapping[int, AreaLook] = field(default_factory=dict)
    land: bool = False
    end_carries: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


def parse(data: bytes) -> Document:
    """Read ``shot.json``; raises ShotFileError for anything but a valid document of version 1."""
    try:
        found = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise ShotFileError("Its shot.json is broken; use a backup.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ShotFileError("It is not a shot of Kling Desktop.")
    _check_version(found.get("version"))
    part = read(DocumentPart, found, "shot.json")
    looks, strange = _looks(part.looks)
    return Document(
        image=part.image,
        areas=part.areas,
        end_image=part.end_image,
        image_name=_base_name(part.image_name),
        end_image_name=_base_name(part.end_image_name),
        paths=paths_from_json(part.paths),
        camera=camera_from_json(part.camera),
        settings=settings_from_json(part.settings),
        looks=looks,
        land=part.land,
        end_carries=part.end_carries,
        extra=part.unknown() | ({LOOKS: strange} if strange else {}),
    )


def dump(document: Document) -> bytes:
    """The bytes of ``shot.json``: known keys in a fixed order, then the unknown ones.

    ``parse`` reads back exactly this document; raises ShotFileError where it would refuse it.
    """
    settings = document.settings
    known: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "image": document.image,
        "areas": document.areas,
        "end_image": document.end_image,
        "paths": {str(area): path_json(path) for area, path in sorted(document.paths.items())},
        "camera": _camera_json(document.camera),
        "settings": {
            "model_name": settings.model_name,
            "mode": settings.mode,
            "duration": settings.duration,
            "prompt": settings.prompt,
            "negative_prompt": settings.negative_prompt,
            "cfg_scale": None if settings.cfg_scale is None else float(settings.cfg_scale),
        }
        | unknown(settings.extra, SettingsPart),
    }
    names = {"image_name": document.image_name, "end_image_name": document.end_image_name}
    known |= {key: _base_name(name) for key, name in names.items() if name}
    looks = _looks_json(document)
    known |= {LOOKS: looks} if looks else {}
    known |= {"land": True} if document.land else {}
    known |= {"end_carries": True} if document.end_carries else {}
    return _encoded(known | unknown(document.extra, DocumentPart))


def camera_from_json(found: object) -> Camera | None:
    """The ``camera`` value: None, or the API's object; raises ShotFileError with a sentence.

    A type that this version does not know, and values beyond the limits, are left to the checks.
    Unknown keys of ``config`` that are no numbers are kept in ``extra``, under CONFIG.
    """
    if found is None:
        return None
    strange: dict[str, Any] = {}
    if isinstance(found, dict) and isinstance(found.get(CONFIG), dict):
        config = found[CONFIG]
        strange = {key: value for key, value in config.items() if _strange(key, value)}
        rest = {key: value for key, value in config.items() if key not in strange}
        found = {**found, CONFIG: rest}
    part = read(CameraPart, found, "the camera")
    return Camera(part.type, part.config, part.unknown() | ({CONFIG: strange} if strange else {}))


def _strange(key: str, value: object) -> bool:
    """Whether an entry of ``config`` is of a later version: no axis of ours, and no number."""
    return key not in AXES and (isinstance(value, bool) or not isinstance(value, int | float))


def settings_from_json(found: object) -> Settings:
    """The ``settings`` object; keys that are missing get their defaults.

    A duration may be text or a whole number. Values beyond the limits are left to the checks.
    Raises ShotFileError with a sentence.
    """
    part = read(SettingsPart, found, "the settings")
    return Settings(
        model_name=part.model_name,
        mode=part.mode,
        duration=str(part.duration),
        prompt=part.prompt,
        negative_prompt=part.negative_prompt,
        cfg_scale=part.cfg_scale,
        extra=part.unknown(),
    )


def _check_version(version: object) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ShotFileError(f"Its version {quoted(version)} is not one that Kling Desktop writes.")
    if version > VERSION:
        raise ShotFileError(
            f"A newer Kling Desktop made it (version {quoted(version)[1:-1]} of the file); "
            "update this one to open it."
        )


def _camera_json(camera: Camera | None) -> dict[str, Any] | None:
    if camera is None:
        return None
    found: dict[str, Any] = {"type": str(camera.kind)}
    if camera.config is not None:
        strange = camera.extra.get(CONFIG, {})
        found[CONFIG] = {**strange, **{axis: float(v) for axis, v in camera.config.items()}}
    return found | unknown(camera.extra, CameraPart)


def _looks(found: object) -> tuple[dict[int, AreaLook], dict[str, Any]]:
    """The ``looks`` object as area → look, and by area's key what this version does not know."""
    if not isinstance(found, dict):
        raise ShotFileError("The looks of areas should be an object whose keys are 1 to 7.")
    looks: dict[int, AreaLook] = {}
    strange: dict[str, Any] = {}
    for key in sorted(found):
        if key not in map(str, AREAS):
            raise ShotFileError(f"A look is for the area {quoted(key)}; there are areas 1 to 7.")
        part = read(LookPart, found[key], f"the look of area {key}")
        look = AreaLook(part.name, _rgb(part.colour))
        looks |= {int(key): look} if look != AreaLook() else {}
        strange |= {key: part.unknown()} if part.unknown() else {}
    return looks, strange


def _rgb(colour: str | None) -> tuple[int, int, int] | None:
    if colour is None:
        return None
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _looks_json(document: Document) -> dict[str, Any]:
    kept = document.extra.get(LOOKS)
    strange = kept if isinstance(kept, dict) else {}
    found: dict[str, Any] = {}
    for area in AREAS:
        look = document.looks.get(area, AreaLook())
        known: dict[str, Any] = {"name": look.name} if look.name else {}
        if look.colour is not None:
            known["colour"] = f"#{bytes(look.colour).hex()}"
        known |= unknown(strange.get(str(area), {}), LookPart)
        found |= {str(area): known} if known else {}
    return found


def _encoded(found: dict[str, Any]) -> bytes:
    try:
        # A lone surrogate, which text pasted from elsewhere may hold, has no UTF-8 of its own.
        text = json.dumps(found, ensure_ascii=False, allow_nan=False)
        data = text.encode("utf-8", "replace") + b"\n"
    except (ValueError, TypeError, RecursionError) as error:
        raise ShotFileError("The shot holds a value that a file cannot keep.") from error
    parse(data)
    return data


def _base_name(name: str) -> str:
    """The last part of a file name: folders are nobody's business, and are not to be trusted."""
    return name.replace("\\", "/").rpartition("/")[2][:255]
