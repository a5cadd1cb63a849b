"""Motion for models without a brush: an end frame made of the draft carries it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kling_desktop.model import areas
from kling_desktop.model.capabilities import Capability
from kling_desktop.model.landing import sent
from kling_desktop.model.path import at, length
from kling_desktop.model.problem import Problem, Severity
from kling_desktop.model.shot import Shot

SHOWN = 0.02
"""Of the picture's width: what ends closer to its start is as good as where it was."""


def uses_brush(shot: Shot, painted: Mapping[int, int]) -> bool:
    """Whether the shot has anything that a request could carry as masks."""
    return any(painted.get(area, 0) for area in areas.AREAS) or bool(shot.paths)


def carries(shot: Shot, painted: Mapping[int, int]) -> bool:
    """Whether there is motion, and an end frame carries it."""
    return shot.end_carries and (uses_brush(shot, painted) or shot.camera is not None)


def can_carry(model: Capability) -> bool:
    """Whether a model takes an end frame at all. The page: "This parameter is not supported by
    Kling v2.1 models"."""
    return bool(model.end_frame) and not end_frame_refused(model.name)


def end_frame_refused(name: str) -> bool:
    return name.startswith("kling-v2-1")


def bare(shot: Shot) -> Shot:
    """The shot without the motion that its end frame carries."""
    labels = areas.empty(shot.labels.shape[1], shot.labels.shape[0])
    return replace(shot, labels=labels, paths={}, camera=None)


def check_carrying(shot: Shot, painted: Mapping[int, int]) -> Iterator[Problem]:
    """What an end frame cannot show: a way that leads back to where it began."""
    if not carries(shot, painted) or shot.picture is None:
        return
    width = shot.size[0]
    for area, path in sorted(sent(shot).paths.items()):
        if not path.drawn or not painted.get(area, 0):
            continue
        start, end = at(path, (0.0, 1.0))
        if math.dist(start, end) < SHOWN * width <= length(path):
            yield Problem(
                "carried_path_returns",
                Severity.WARNING,
                f"paths.{area}",
                f"Path {area} ends where it starts, which an end frame cannot show. "
                "End it elsewhere, or send masks.",
            )
