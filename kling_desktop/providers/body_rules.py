"""The page's rules as the strict writer keeps them: the last line of defence before paying."""

from __future__ import annotations

import math

from kling_desktop.model import areas
from kling_desktop.model.camera import AXES, LIMIT, Camera, CameraKind, backwards
from kling_desktop.model.capabilities import Capability
from kling_desktop.model.checks import MAX_ASPECT, MAX_BYTES, MAX_PROMPT, MIN_SIDE
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Settings, Shot
from kling_desktop.providers.trajectory import FEWEST, MOST

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class BodyError(ValueError):
    """The shot cannot be written as a request; the text is a sentence for the artist."""


def require(kept: object, sentence: str) -> None:
    """Raise BodyError with the sentence unless the rule is kept."""
    if not kept:
        raise BodyError(sentence)


def area_name(area: int) -> str:
    return "The static area" if area == areas.STATIC else f"Area {area}"


def check_settings(settings: Settings, capability: Capability) -> None:
    """Model, mode, duration, prompts and cfg_scale."""
    require(settings.model_name, "The shot names no model. Choose one.")
    require(
        settings.model_name == capability.name,
        f"The shot asks for {settings.model_name}, which this account does not serve. "
        "Choose another model.",
    )
    require(
        not capability.modes or settings.mode in capability.modes,
        f"{capability.label} has no mode “{settings.mode}”. Choose another mode.",
    )
    require(
        settings.duration in capability.durations,
        f"{capability.label} makes no videos of {settings.duration or '?'} s. "
        "Choose another duration.",
    )
    for name, text in (("prompt", settings.prompt), ("negative prompt", settings.negative_prompt)):
        require(
            len(text) <= MAX_PROMPT,
            f"The {name} has {len(text)} characters; at most {MAX_PROMPT} are taken. Shorten it.",
        )
    cfg = settings.cfg_scale
    require(
        cfg is None or not capability.cfg or (_is_number(cfg) and 0 <= cfg <= 1),
        "The prompt strength (cfg_scale) must lie between 0 and 1.",
    )


def check_image(what: str, data: bytes, width: int, height: int) -> None:
    """Format, file size, sides and aspect of an image as it is sent."""
    require(data.startswith(_SIGNATURES), f"The {what} is sent as JPEG or PNG only. Open it again.")
    require(
        len(data) <= MAX_BYTES,
        f"The {what} has {len(data) / 1e6:.1f} MB; at most 10 MB are taken. Use a smaller one.",
    )
    require(
        min(width, height) >= MIN_SIDE,
        f"The {what} is {width}×{height} pixels; each side must have at least {MIN_SIDE}. "
        "Use a larger one.",
    )
    require(
        max(width, height) <= MAX_ASPECT * min(width, height),
        f"The {what} is {width}×{height} pixels; it may be at most 2.5 times as long as wide. "
        "Crop it.",
    )


def check_labels(shot: Shot) -> None:
    """The label map belongs to the picture."""
    require(shot.picture, "There is no picture yet. Open or drop one.")
    width, height = shot.size
    require(
        shot.labels.shape == (height, width) and int(shot.labels.max()) <= areas.STATIC,
        "The painted areas do not belong to this picture. Open the shot again.",
    )


def check_groups(
    shot: Shot, capability: Capability, *, brushed: bool, end: bool, camera: bool
) -> None:
    """One of areas, end frame and camera at a time, and only where the model takes it."""
    require(
        brushed + end + camera <= 1,
        "Only one of end frame, areas and camera can be used at a time. Remove the others.",
    )
    mode, duration = shot.settings.mode, shot.settings.duration
    for used, what, cells in (
        (brushed, "painted areas", capability.brush),
        (end, "end frame", capability.end_frame),
        (camera, "camera move", capability.camera),
    ):
        require(
            not used or capability.allows(cells, mode, duration),
            f"{capability.label} takes no {what} with this mode and duration. "
            "Choose another model, or remove it.",
        )
    if shot.camera is not None:
        check_camera(shot.camera, capability)


def check_landing(shot: Shot) -> None:
    """What lands can be asked for backwards."""
    require(
        not (shot.land and shot.camera is not None and backwards(shot.camera) is None),
        "This camera move cannot land on the picture. Choose another one, or do not land.",
    )
    require(
        not (shot.land and shot.end is not None),
        "A shot that lands ends on its picture. Remove the end frame, or do not land.",
    )


def check_camera(camera: Camera, capability: Capability) -> None:
    """A kind that the model knows; a config with, and only with, ``simple``."""
    require(
        camera.kind in capability.camera_kinds,
        f"{capability.label} knows no camera move “{camera.kind}”. Choose another one.",
    )
    require(
        (camera.config is not None) == (camera.kind == CameraKind.SIMPLE),
        "The camera move “simple” needs its amounts, and no other move takes any. Set it again.",
    )
    if camera.config is None:
        return
    values = list(camera.config.values())
    require(
        set(camera.config) <= set(AXES)
        and all(_is_number(value) and abs(value) <= LIMIT for value in values)
        and sum(value != 0 for value in values) == 1,
        "A simple camera move sets exactly one amount, between -10 and 10. Set one, clear the rest.",
    )


def check_path(area: int, path: Path) -> None:
    """Enough points, all of them numbers."""
    require(
        path.drawn,
        f"The path of area {area} has fewer than two points. Draw it again, or clear the area.",
    )
    require(
        all(math.isfinite(value) for point in path.points for value in point),
        f"The path of area {area} has a point that is nowhere. Draw it again.",
    )


def check_points(area: int, points: list[tuple[int, int]], size: tuple[int, int]) -> None:
    """What is sent for a path: 2 to 77 points inside the picture."""
    width, height = size
    require(
        FEWEST <= len(points) <= MOST
        and all(0 <= x < width and 0 <= y < height for x, y in points),
        f"The path of area {area} cannot be sent: it needs 2 to 77 points inside the picture. "
        "Draw it again.",
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
