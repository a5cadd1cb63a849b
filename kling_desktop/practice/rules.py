"""Every rule that the API page states for a create request, each with its own sentence."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from kling_desktop.model.camera import Camera
from kling_desktop.practice import brushes, pictures
from kling_desktop.practice.order import ABSENT, INVALID_BODY, Broken, Order, Still

MODELS = (
    "kling-v1",
    "kling-v1-5",
    "kling-v1-6",
    "kling-v2-master",
    "kling-v2-1",
    "kling-v2-1-master",
    "kling-v2-5-turbo",
    "kling-v2-6",
    "kling-v3",
)
MODEL_WHEN_OMITTED = "kling-v1"
LONGEST_PROMPT = 2500
LONGEST_ID = 512
CAMERA_TYPES = (
    "simple",
    "down_back",
    "forward_up",
    "right_turn_forward",
    "left_turn_forward",
)
CAMERA_AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
CAMERA_LIMIT = 10

Body = Mapping[str, Any]


def check(body: object, *, models: Collection[str] = MODELS, late: bool = False) -> Order:
    """Read a decoded JSON body; raises Broken with the first rule that it breaks.

    ``null`` counts as left out. With ``late``, masks of the wrong size make an order that is
    doomed to fail instead of a refusal, as the real server does.
    """
    if not isinstance(body, dict):
        raise Broken("body", "must be a JSON object", code=INVALID_BODY)
    model_name = _model(body, models)
    prompt, negative_prompt = _prompt(body, "prompt"), _prompt(body, "negative_prompt")
    cfg_scale = _cfg_scale(body)
    mode, seconds = _mode(body, model_name), _seconds(body, model_name)
    external_id = _external_id(body)
    _callback(body)
    _require_one_group(body)
    image, tail = _images(body, model_name)
    masked = brushes.Masked()
    camera = None
    if image is not None:
        static, dynamic = _filled(body, "static_mask"), _filled(body, "dynamic_masks")
        masked = brushes.read(static, dynamic, image, late=late)
        camera = _camera(_filled(body, "camera_control"))
    return Order(
        model_name=model_name,
        mode=mode,
        seconds=seconds,
        prompt=prompt,
        negative_prompt=negative_prompt,
        cfg_scale=cfg_scale,
        image=image,
        tail=tail,
        static=masked.static,
        brushes=masked.groups,
        camera=camera,
        external_id=external_id,
        doom=masked.misfit,
    )


def _filled(body: Body, field: str) -> Any:
    """The field's value, None where it is left out or left empty."""
    value = body.get(field)
    return None if value is None or value in ("", []) else value


def _model(body: Body, models: Collection[str]) -> str:
    name = body.get("model_name")
    if name is None:
        name = MODEL_WHEN_OMITTED
    if not isinstance(name, str):
        raise Broken("model_name", "must be a string")
    if name not in models:
        known = ", ".join(models)
        raise Broken("model_name", f"“{name[:80]}” is not served here; known: {known}", code=ABSENT)
    return name


def _prompt(body: Body, field: str) -> str:
    value = body.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Broken(field, "must be a string")
    if len(value) > LONGEST_PROMPT:
        reason = f"has {len(value)} characters; at most {LONGEST_PROMPT} are allowed"
        raise Broken(field, reason)
    return value


def _cfg_scale(body: Body) -> float | None:
    value = body.get("cfg_scale")
    if value is None:
        return None
    if not _is_number(value):
        raise Broken("cfg_scale", "must be a number from 0 to 1")
    if not 0 <= value <= 1:
        raise Broken("cfg_scale", "lies outside 0 to 1")
    return float(value)


def _mode(body: Body, model_name: str) -> str:
    value = body.get("mode")
    if value is None:
        return "std"
    known = ("std", "pro", "4k") if _is_v3(model_name) else ("std", "pro")
    if not isinstance(value, str) or value not in known:
        raise Broken("mode", f"must be one of the strings {_quoted(known)}")
    return value


def _seconds(body: Body, model_name: str) -> int:
    value = body.get("duration")
    if value is None:
        return 5
    known = tuple(map(str, range(3, 16))) if _is_v3(model_name) else ("5", "10")
    if not isinstance(value, str):
        raise Broken("duration", f"must be a string, one of {_quoted(known)}")
    if value not in known:
        raise Broken("duration", f"must be one of {_quoted(known)} for {model_name}")
    return int(value)


def _external_id(body: Body) -> str | None:
    value = body.get("external_task_id")
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Broken("external_task_id", "must be a string")
    if len(value) > LONGEST_ID:
        raise Broken("external_task_id", f"is longer than {LONGEST_ID} characters")
    return value


def _callback(body: Body) -> None:
    if not isinstance(body.get("callback_url", ""), str | None):
        raise Broken("callback_url", "must be a string")


def _require_one_group(body: Body) -> None:
    """The page: the three ways of saying what moves cannot be used at the same time."""
    groups = {
        "image + image_tail": ("image_tail",),
        "dynamic_masks / static_mask": ("dynamic_masks", "static_mask"),
        "camera_control": ("camera_control",),
    }
    used = [
        name
        for name, fields in groups.items()
        if any(_filled(body, field) is not None for field in fields)
    ]
    if len(used) > 1:
        raise Broken(" and ".join(used), "cannot be used at the same time")


def _images(body: Body, model_name: str) -> tuple[Still | None, Still | None]:
    image, tail = _filled(body, "image"), _filled(body, "image_tail")
    if image is None and tail is None:
        raise Broken("image", "at least one of image and image_tail must be filled in")
    if tail is not None and model_name.startswith("kling-v2-1"):
        raise Broken("image_tail", "is not supported by Kling v2.1 models")
    if image is None and any(
        _filled(body, field) is not None
        for field in ("static_mask", "dynamic_masks", "camera_control")
    ):
        raise Broken("image", "is needed by masks and camera_control")
    return (
        None if image is None else pictures.picture(image, "image", aspect=True)[0],
        None if tail is None else pictures.picture(tail, "image_tail", aspect=False)[0],
    )


def _camera(value: object) -> Camera | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Broken("camera_control", "must be an object {type, config}")
    kind, config = value.get("type"), value.get("config")
    if not isinstance(kind, str) or kind not in CAMERA_TYPES:
        raise Broken("camera_control.type", f"must be one of {_quoted(CAMERA_TYPES)}")
    if kind != "simple":
        if config is not None:
            raise Broken("camera_control.config", "goes only with the type “simple”")
        return Camera(kind)
    if config is None:
        raise Broken("camera_control.config", "is needed by the type “simple”")
    return Camera(kind, _axes(config))


def _axes(config: object) -> dict[str, float]:
    field = "camera_control.config"
    if not isinstance(config, dict):
        raise Broken(field, f"must be an object of {', '.join(CAMERA_AXES)}")
    found = {}
    for axis in CAMERA_AXES:
        value = config.get(axis)
        if value is None:
            continue
        if not _is_number(value):
            raise Broken(f"{field}.{axis}", "must be a number")
        if not -CAMERA_LIMIT <= value <= CAMERA_LIMIT:
            raise Broken(f"{field}.{axis}", f"lies outside -{CAMERA_LIMIT} to {CAMERA_LIMIT}")
        found[axis] = float(value)
    moving = sum(value != 0 for value in found.values())
    if moving != 1:
        raise Broken(field, f"exactly one value must be other than zero, not {moving}")
    return found


def _is_number(value: object) -> bool:
    """A finite JSON number; ``true`` is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _is_v3(model_name: str) -> bool:
    return model_name.startswith("kling-v3")


def _quoted(values: Collection[str]) -> str:
    return ", ".join(f"“{value}”" for value in values)
