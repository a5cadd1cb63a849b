"""Safe fixes: what can be put right without losing anything the artist made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kling_desktop.model.camera import LIMIT, CameraKind
from kling_desktop.model.capabilities import Capability, Catalogue, Cell
from kling_desktop.model.carrying import can_carry
from kling_desktop.model.checks import check
from kling_desktop.model.checks_ability import nearest
from kling_desktop.model.path_shape import reverse
from kling_desktop.model.problem import Problem
from kling_desktop.model.shot import Shot


def fix(shot: Shot, problem: Problem, catalogue: Catalogue) -> Shot:
    """The shot with one problem put right; the same shot where the problem has no safe fix."""
    if problem.fix is None or problem.code not in _FIXES:
        return shot
    return _FIXES[problem.code](shot, problem, catalogue.get(shot.settings.model_name))


def fix_all(shot: Shot, catalogue: Catalogue) -> tuple[Shot, list[Problem]]:
    """The shot with every safe fix made, and the problems that were put right, in order."""
    done: list[Problem] = []
    for _ in range(20):
        fixable = [problem for problem in check(shot, catalogue) if problem.fix is not None]
        if not fixable:
            break
        shot = fix(shot, fixable[0], catalogue)
        done.append(fixable[0])
    return shot, done


def _points(shot: Shot, problem: Problem, _model: Capability | None) -> Shot:
    area = int(problem.field.removeprefix("paths."))
    path, (width, height) = shot.paths[area], shot.size
    inside = tuple(
        (min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)) for x, y in path.points
    )
    return replace(shot, paths={**shot.paths, area: replace(path, points=inside)})


def _turned_round(shot: Shot, problem: Problem, _model: Capability | None) -> Shot:
    area = int(problem.field.removeprefix("paths."))
    path = shot.paths[area]
    return replace(shot, paths={**shot.paths, area: replace(path, points=reverse(path.points))})


def _by_itself(shot: Shot, problem: Problem, _model: Capability | None) -> Shot:
    area = int(problem.field.removeprefix("paths."))
    return replace(shot, paths={**shot.paths, area: replace(shot.paths[area], parent=None)})


def _cfg(shot: Shot, _problem: Problem, _model: Capability | None) -> Shot:
    value = shot.settings.cfg_scale
    clamped = None if value is None else min(max(value, 0.0), 1.0)
    return replace(shot, settings=replace(shot.settings, cfg_scale=clamped))


def _no_cfg(shot: Shot, _problem: Problem, _model: Capability | None) -> Shot:
    return replace(shot, settings=replace(shot.settings, cfg_scale=None))


def _camera(shot: Shot, _problem: Problem, _model: Capability | None) -> Shot:
    if shot.camera is None:
        return shot
    if shot.camera.kind != CameraKind.SIMPLE or shot.camera.config is None:
        return replace(shot, camera=replace(shot.camera, config=None))
    config = {axis: min(max(v, -LIMIT), LIMIT) for axis, v in shot.camera.config.items()}
    return replace(shot, camera=replace(shot.camera, config=config))


def _mode(shot: Shot, _problem: Problem, model: Capability | None) -> Shot:
    mode = model.modes[-1] if model and model.modes else shot.settings.mode
    return replace(shot, settings=replace(shot.settings, mode=mode))


def _duration(shot: Shot, _problem: Problem, model: Capability | None) -> Shot:
    duration = model.durations[0] if model else shot.settings.duration
    return replace(shot, settings=replace(shot.settings, duration=duration))


def _chosen(shot: Shot) -> Cell:
    return shot.settings.mode, shot.settings.duration


def _cell(feature: str) -> Callable[[Shot, Problem, Capability | None], Shot]:
    def switch(shot: Shot, _problem: Problem, model: Capability | None) -> Shot:
        own: frozenset[Cell] = getattr(model, feature, frozenset())
        if model is not None and not own and can_carry(model):
            shot, own = replace(shot, end_carries=True), model.end_frame
        if not own or (model is not None and model.allows(own, *_chosen(shot))):
            return shot
        mode, duration = nearest(own, shot.settings.mode, shot.settings.duration)
        return replace(shot, settings=replace(shot.settings, mode=mode, duration=duration))

    return switch


_FIXES: dict[str, Callable[[Shot, Problem, Capability | None], Shot]] = {
    "point_outside_image": _points,
    "start_outside_area": _turned_round,
    "parent_without_path": _by_itself,
    "cfg_out_of_range": _cfg,
    "cfg_not_taken": _no_cfg,
    "camera_config": _camera,
    "mode_not_supported": _mode,
    "duration_not_supported": _duration,
    "brush_not_supported": _cell("brush"),
    "camera_not_supported": _cell("camera"),
    "end_frame_not_supported": _cell("end_frame"),
}
