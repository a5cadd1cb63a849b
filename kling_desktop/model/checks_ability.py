"""Rules of the model: what it can do for the account in use, and in which mode and duration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kling_desktop.model.capabilities import Capability, Catalogue, Cell
from kling_desktop.model.carrying import can_carry, carries, end_frame_refused, uses_brush
from kling_desktop.model.problem import Problem, Severity
from kling_desktop.model.shot import Shot

_E, _W = Severity.ERROR, Severity.WARNING


def check_abilities(
    shot: Shot, painted: Mapping[int, int], catalogue: Catalogue
) -> Iterator[Problem]:
    model = catalogue.get(shot.settings.model_name)
    if model is None:
        yield from _unknown_model(shot, catalogue)
    else:
        yield from _abilities(shot, painted, model, catalogue)


def _unknown_model(shot: Shot, catalogue: Catalogue) -> Iterator[Problem]:
    yield Problem(
        "model_unknown",
        _E,
        "model_name",
        f"“{shot.settings.model_name}” is not served by this account. "
        f"Choose one of {', '.join(catalogue.models) or 'another account'}.",
    )


def _abilities(
    shot: Shot, counts: Mapping[int, int], model: Capability, catalogue: Catalogue
) -> Iterator[Problem]:
    settings = shot.settings
    if model.modes and settings.mode not in model.modes:
        yield Problem(
            "mode_not_supported",
            _E,
            "mode",
            f"{model.label} has no mode “{settings.mode}”; it has {', '.join(model.modes)}.",
            fix=f"Use {model.modes[-1]}",
        )
    if settings.duration not in model.durations:
        yield Problem(
            "duration_not_supported",
            _E,
            "duration",
            f"{model.label} makes no videos of {settings.duration or '?'} s; "
            f"it makes {', '.join(model.durations)} s.",
            fix=f"Use {model.durations[0]} s",
        )
    if settings.cfg_scale is not None and not model.cfg:
        yield Problem(
            "cfg_not_taken",
            _W,
            "cfg_scale",
            f"{model.label} takes no prompt strength (cfg_scale); it is not sent.",
            fix="Leave it out",
        )
    yield from _features(shot, counts, model, catalogue)


def _features(
    shot: Shot, counts: Mapping[int, int], model: Capability, catalogue: Catalogue
) -> Iterator[Problem]:
    carried = carries(shot, counts)
    if uses_brush(shot, counts) and not carried:
        yield from _feature(shot, model, catalogue, "brush", "areas", lambda m: m.brush)
    if shot.camera is not None and not carried:
        yield from _feature(shot, model, catalogue, "camera", "camera", lambda m: m.camera)
    if shot.end is not None or carried:
        if end_frame_refused(model.name):
            way_out = "send the motion itself" if carried else "remove it"
            yield Problem(
                "end_frame_not_supported",
                _E,
                "end_image",
                f"Kling 2.1 models take no end frame. Choose another model, or {way_out}.",
            )
        else:
            yield from _feature(
                shot, model, catalogue, "end_frame", "end_image", lambda m: m.end_frame
            )


CARRY = "Let an end frame, made of the draft, carry the motion"
_WORDS = {"brush": "painted areas", "camera": "camera moves", "end_frame": "end frames"}


def _feature(
    shot: Shot,
    model: Capability,
    catalogue: Catalogue,
    feature: str,
    field: str,
    cells: Callable[[Capability], frozenset[Cell]],
) -> Iterator[Problem]:
    settings, own = shot.settings, cells(model)
    if model.allows(own, settings.mode, settings.duration):
        return
    words = _WORDS[feature]
    if own:
        mode, duration = nearest(own, settings.mode, settings.duration)
        yield Problem(
            f"{feature}_not_supported",
            _E,
            field,
            f"{model.label} takes {words} only with {_cell(own)}.",
            fix=f"Use {mode}, {duration} s",
        )
        return
    others = [m.label for m in catalogue.models.values() if cells(m)]
    hint = f"Choose {' or '.join(others)}, or" if others else "Choose another account, or"
    offered = feature != "end_frame" and shot.end is None and can_carry(model)
    instead = "let an end frame carry the motion" if offered else "remove them"
    yield Problem(
        f"{feature}_not_supported",
        _E,
        field,
        f"{model.label} takes no {words} here. {hint} {instead}.",
        fix=CARRY if offered else None,
    )


def nearest(own: frozenset[Cell], mode: str, duration: str) -> Cell:
    """The cell that changes least: the duration before the mode. "*" keeps what is set."""
    best = min(
        sorted(own), key=lambda cell: (cell[0] not in {mode, "*"}, cell[1] not in {duration, "*"})
    )
    return (mode if best[0] == "*" else best[0], duration if best[1] == "*" else best[1])


def _cell(own: frozenset[Cell]) -> str:
    return " or ".join(
        ("any mode" if mode == "*" else mode) + ("" if duration == "*" else f" {duration} s")
        for mode, duration in sorted(own)
    )
