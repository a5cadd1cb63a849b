"""The request body: the exact JSON bytes of one generation, written strictly by the API page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kling_desktop.model.capabilities import Capability
from kling_desktop.model.carrying import bare
from kling_desktop.model.landing import sent
from kling_desktop.model.shot import Shot
from kling_desktop.providers import body_rules as rules
from kling_desktop.providers.body_masks import IndexedWriter, MaskWriter, mask_fields
from kling_desktop.providers.body_rules import BodyError
from kling_desktop.providers.profiles import Profile
from kling_desktop.providers.redaction import redacted
from kling_desktop.providers.routes import endpoint, written
from kling_desktop.providers.shapes import Images, RequestShape

__all__ = ["BodyError", "IndexedWriter", "MaskWriter", "Sent", "build", "redacted"]


@dataclass(frozen=True, slots=True)
class Sent:
    """An image file as it is sent, perhaps re-encoded: JPEG or PNG, size in pixels."""

    data: bytes
    width: int
    height: int


def build(
    shot: Shot,
    *,
    image: Sent,
    end: Sent | None,
    capability: Capability,
    profile: Profile,
    external_id: str | None,
    mask_png: MaskWriter,
    indexed_png: IndexedWriter | None = None,
) -> bytes:
    """The UTF-8 JSON body, keys in the page's order; what is absent is left out.

    ``mask_png`` writes a boolean mask as a PNG, True as white; ``indexed_png`` a map of areas, for
    profiles that want them in one image. Masks and points follow the sent size. An area goes out
    when it is painted and, unless static, has a path. A shot that lands is asked for backwards;
    where an end frame carries the motion, ``end`` is that frame and nothing else of it is sent.
    ``routes.destination`` says where the body goes, and takes out what only chooses the path.

    Raises BodyError with a sentence where anything breaks a rule of the page: the checks should
    have said so before.
    """
    rules.check_landing(shot)
    shot = bare(shot) if shot.end_carries else sent(shot)
    rules.check_settings(shot.settings, capability)
    rules.check_image("picture", image.data, image.width, image.height)
    if end is not None:
        rules.check_image("end frame", end.data, end.width, end.height)
    masks = mask_fields(
        shot, (image.width, image.height), profile, mask_png=mask_png, indexed_png=indexed_png
    )
    rules.check_groups(
        shot, capability, brushed=bool(masks), end=end is not None, camera=shot.camera is not None
    )
    settings = shot.settings
    fields: dict[str, Any] = {
        "model_name": settings.model_name,
        "image": image.data,
        "image_tail": end.data if end else None,
        "prompt": settings.prompt or None,
        "negative_prompt": settings.negative_prompt or None,
        "cfg_scale": settings.cfg_scale if capability.cfg else None,
        "mode": settings.mode if capability.modes else None,
        **masks,
        "camera_control": shot.camera.to_api() if shot.camera else None,
        "duration": settings.duration,
        "external_task_id": external_id or None,
    }
    given = {key: value for key, value in fields.items() if value is not None}
    _check_place(profile, given)
    return _encoded(_dressed(given, profile.request))


def _check_place(profile: Profile, given: Mapping[str, Any]) -> None:
    """What the profile wants beyond the page's rules."""
    for name in profile.request.needs:
        words = name.replace("_", " ")
        rules.require(given.get(name), f"{profile.label} needs a {words}. Enter one.")
    model, mode = given["model_name"], given.get("mode", "")
    rules.require(
        not profile.endpoints or endpoint(profile, model, mode) is not None,
        f"{profile.label} has no place for {model} in this mode. Choose another model or mode.",
    )


def _dressed(given: Mapping[str, Any], shape: RequestShape) -> dict[str, Any]:
    """The fields as this provider names, writes and wraps them."""
    values = {name: value for name, value in given.items() if name not in shape.leave_out}
    if "model_name" in values:
        values["model_name"] = shape.models.get(values["model_name"], values["model_name"])
    values |= {name: int(values[name]) for name in shape.whole_numbers & values.keys()}
    fields = _worded(values, shape)
    return {**shape.beside, shape.inside: fields} if shape.inside else {**fields, **shape.beside}


def _worded(value: Any, shape: RequestShape) -> Any:
    """Names and images, at every depth."""
    if isinstance(value, Mapping):
        return {shape.names.get(key, key): _worded(each, shape) for key, each in value.items()}
    if isinstance(value, list):
        return [_worded(each, shape) for each in value]
    return _image(value, shape) if isinstance(value, bytes) else value


def _image(data: bytes, shape: RequestShape) -> str:
    text = base64.b64encode(data).decode("ascii")
    if shape.images == Images.BASE64:
        return text
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{text}"


def _encoded(fields: dict[str, Any]) -> bytes:
    try:
        return written(fields)
    except ValueError as problem:
        raise BodyError(
            "The prompt or the camera move holds something that cannot be written, such as half "
            "of a character. Delete what looks odd and enter it again."
        ) from problem
