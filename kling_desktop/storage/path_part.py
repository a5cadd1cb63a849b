"""The paths of a shot file: area to points, curve, timing and whatever else shapes the motion."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from kling_desktop.model.areas import MOVING
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.timing import LONGEST_HOLD, STILL, Timing
from kling_desktop.storage.container import ShotFileError, quoted
from kling_desktop.storage.parts import POINTS_LIMIT, Coordinate, Number, Part, read, unknown

SPEED_LIMIT = 1_000
"""Points of a speed curve."""

Share = Annotated[Number, Field(ge=0, le=1)]
Speed = Annotated[Number, Field(ge=0, le=1e6)]


class PathPart(Part):
    points: Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(max_length=POINTS_LIMIT)]
    curve: Curve = Curve.SMOOTH
    timing: Timing = Timing.LINEAR
    hold: tuple[Share, Share] = STILL
    speed: Annotated[tuple[tuple[Share, Speed], ...], Field(max_length=SPEED_LIMIT)] = ()
    parent: Annotated[int, Field(strict=True, ge=MOVING[0], le=MOVING[-1])] | None = None
    turns: Annotated[bool, Field(strict=True)] = False
    scale: Annotated[Number, Field(ge=0.01, le=100)] = 1.0

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        when = [time for time, _ in self.speed]
        if sum(self.hold) > LONGEST_HOLD:
            raise ValueError(f"it rests for more than {LONGEST_HOLD:.0%} of the time")
        if when and (when[0] != 0 or when[-1] != 1 or any(b <= a for a, b in pairwise(when))):
            raise ValueError("the times of its speed curve should rise from 0 to 1")
        if when and not any(speed for _, speed in self.speed):
            raise ValueError("its speed curve never moves")
        return self


def paths_from_json(found: object) -> dict[int, Path]:
    """The ``paths`` object as area → path; raises ShotFileError with a sentence."""
    if not isinstance(found, dict):
        raise ShotFileError("The paths should be an object whose keys are the areas 1 to 6.")
    areas = {str(area): area for area in MOVING}
    for key in found:
        if key not in areas:
            raise ShotFileError(
                f"A path is for the area {quoted(key)}, but there are at most six moving areas, "
                "1 to 6."
            )
    return {areas[key]: _path(areas[key], found[key]) for key in sorted(found)}


def path_json(path: Path) -> dict[str, Any]:
    """The object of one path: what is usual is left out, but for what the first version wrote."""
    known: dict[str, Any] = {
        "points": [[float(x), float(y)] for x, y in path.points],
        "curve": str(path.curve),
        "timing": str(path.timing),
    }
    usual = Path()
    if path.hold != usual.hold:
        known["hold"] = [float(share) for share in path.hold]
    if path.speed:
        known["speed"] = [[float(time), float(speed)] for time, speed in path.speed]
    if path.parent is not None:
        known["parent"] = path.parent
    if path.turns:
        known["turns"] = True
    if path.scale != usual.scale:
        known["scale"] = float(path.scale)
    return known | unknown(path.extra, PathPart)


def _path(area: int, found: object) -> Path:
    part = read(PathPart, found, f"the path of area {area}")
    return Path(
        points=part.points,
        curve=part.curve,
        timing=part.timing,
        hold=part.hold,
        speed=part.speed,
        parent=part.parent if part.parent != area else None,
        turns=part.turns,
        scale=part.scale,
        extra=part.unknown(),
    )
