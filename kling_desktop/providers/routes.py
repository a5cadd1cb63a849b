"""Where a request goes: its path, and its bytes without what only chose the path.

A request is written down before it is sent. Where model and mode choose the path, the written
request keeps them as fields, so that it says everything; they are taken out on the way.
"""

from __future__ import annotations

import json
from typing import Any

from kling_desktop.providers.errors import BadRequest
from kling_desktop.providers.profiles import Profile

_CHOOSING = ("model_name", "mode")


def written(fields: dict[str, Any]) -> bytes:
    """Compact UTF-8 JSON; raises ValueError for what JSON cannot hold."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def endpoint(profile: Profile, model: str, mode: str) -> str | None:
    """The part of the path that model and mode choose, or None where they have none here."""
    modes = profile.endpoints.get(model, {})
    return modes.get(mode, modes.get("*"))


def destination(profile: Profile, body: bytes) -> tuple[str, bytes]:
    """Path and bytes that are sent for a written request.

    Raises BadRequest, nothing sent, for a request that no path is known for.
    """
    if not profile.endpoints:
        return profile.create, body
    fields = json.loads(body)
    model, mode = (_holder(profile, fields).pop(_called(profile, each), "") for each in _CHOOSING)
    part = endpoint(profile, model, mode)
    if part is None:
        raise BadRequest(
            f"{profile.label} has no place for {model or 'a request without a model'} in this "
            "mode. Choose another model or mode, and generate again."
        )
    return profile.create.replace("{endpoint}", part), written(fields)


def model_of(profile: Profile, body: bytes) -> str | None:
    """The model that a written request asks for, by its name in models.json."""
    try:
        found = _holder(profile, json.loads(body)).get(_called(profile, "model_name"))
    except (ValueError, AttributeError, RecursionError):
        return None
    ours = {theirs: name for name, theirs in profile.request.models.items()}
    return ours.get(found, found) if isinstance(found, str) else None


def _holder(profile: Profile, fields: Any) -> Any:
    return fields.get(profile.request.inside) if profile.request.inside else fields


def _called(profile: Profile, name: str) -> str:
    return profile.request.names.get(name, name)
