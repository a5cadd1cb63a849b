"""Every rule that a shot must obey before it is sent, each as a problem with a sentence.

Sources: the image-to-video page of the relay that is the default provider, and what is known of
the official API (fields, capability map, what working clients found about masks and paths).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kling_desktop.model import areas
from kling_desktop.model.capabilities import Catalogue
from kling_desktop.model.carrying import check_carrying, uses_brush
from kling_desktop.model.checks_ability import check_abilities
from kling_desktop.model.checks_motion import check_areas, check_camera, check_landing
from kling_desktop.model.problem import Problem, Severity
from kling_desktop.model.shot import Picture, Shot

MIN_SIDE = 300
MAX_ASPECT = 2.5
MAX_BYTES = 10_000_000
MAX_PROMPT = 2500
FORMATS = ("JPEG", "PNG")

_E, _W = Severity.ERROR, Severity.WARNING


def check(
    shot: Shot, catalogue: Catalogue, painted: Mapping[int, int] | None = None
) -> list[Problem]:
    """All problems of a shot for the models that an account serves, errors first.

    ``painted`` may hand in the areas' pixel counts where they are already known.
    """
    counts = areas.counts(shot.labels) if painted is None else painted
    found = [
        *_picture(shot),
        *check_areas(shot, counts),
        *_settings(shot),
        *check_camera(shot),
        *check_landing(shot),
        *check_carrying(shot, counts),
        *_groups(shot, counts),
        *check_abilities(shot, counts, catalogue),
    ]
    return sorted(found, key=lambda problem: problem.severity == _W)


def _picture(shot: Shot) -> Iterator[Problem]:
    if shot.picture is None:
        if shot.end is None:
            yield Problem("no_image", _E, "image", "There is no picture yet. Open or drop one.")
        else:
            yield Problem(
                "no_image",
                _E,
                "image",
                "There is only an end frame. Open the picture it starts from.",
            )
    else:
        yield from _file("image", "The picture", shot.picture)
    if shot.end is not None:
        yield from _file("end_image", "The end frame", shot.end)


def _file(field: str, what: str, picture: Picture) -> Iterator[Problem]:
    width, height = picture.width, picture.height
    prefix = "image" if field == "image" else "end_image"
    if min(width, height) < MIN_SIDE:
        yield Problem(
            f"{prefix}_too_small",
            _E,
            field,
            f"{what} is {width}×{height} pixels; each side must have at least {MIN_SIDE}. "
            "Use a larger one.",
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        yield Problem(
            f"{prefix}_aspect",
            _E,
            field,
            f"{what} is {width}×{height} pixels; it may be at most 2.5 times as long as wide. "
            "Crop it.",
        )
    if picture.format not in FORMATS:
        yield Problem(
            f"{prefix}_format",
            _W,
            field,
            f"{what} is a {picture.format} file; a JPEG or PNG copy is sent.",
        )
    elif len(picture.data) > MAX_BYTES:
        yield Problem(
            f"{prefix}_too_large",
            _W,
            field,
            f"{what} has {len(picture.data) / 1e6:.1f} MB; at most 10 MB are taken, "
            "so a smaller copy is sent.",
        )


def _settings(shot: Shot) -> Iterator[Problem]:
    settings = shot.settings
    for field, what, text in (
        ("prompt", "prompt", settings.prompt),
        ("negative_prompt", "negative prompt", settings.negative_prompt),
    ):
        if len(text) > MAX_PROMPT:
            yield Problem(
                f"{field}_too_long",
                _E,
                field,
                f"The {what} has {len(text)} characters; at most {MAX_PROMPT} are taken. "
                "Shorten it.",
            )
    cfg = settings.cfg_scale
    if cfg is not None and not 0 <= cfg <= 1:
        yield Problem(
            "cfg_out_of_range",
            _E,
            "cfg_scale",
            f"The prompt strength (cfg_scale) is {cfg:g}; it must lie between 0 and 1.",
            fix="Set it to the nearest value that is taken",
        )


def _groups(shot: Shot, counts: Mapping[int, int]) -> Iterator[Problem]:
    if shot.end_carries:
        if shot.end is not None:
            yield Problem(
                "exclusive_groups",
                _E,
                "end_image",
                "The shot has an end frame, and another one is to carry the motion. Remove it, or "
                "send the motion itself.",
            )
        return
    used = [
        name
        for name, present in (
            ("an end frame", shot.end is not None),
            ("painted areas", uses_brush(shot, counts)),
            ("a camera move", shot.camera is not None),
        )
        if present
    ]
    if len(used) > 1:
        yield Problem(
            "exclusive_groups",
            _E,
            "camera" if shot.camera is not None else "end_image",
            f"The shot has {' and '.join(used)}; only one of end frame, areas and camera "
            "can be used at a time. Remove the others.",
        )
