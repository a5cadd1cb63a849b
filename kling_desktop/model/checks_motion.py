"""Rules of what moves: areas, paths and the camera."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from kling_desktop.model import areas
from kling_desktop.model.camera import AXES, LIMIT, CameraKind
from kling_desktop.model.camera import backwards as turned_round
from kling_desktop.model.landing import sent
from kling_desktop.model.path import Path, Point, flatten, length
from kling_desktop.model.problem import Problem, Severity
from kling_desktop.model.shot import Shot

SHORT_PATH = 0.065
"""Shorter paths, as a share of the picture's width, were seen to be ignored."""

_E, _W = Severity.ERROR, Severity.WARNING


def check_areas(shot: Shot, counts: Mapping[int, int]) -> Iterator[Problem]:
    unknown = sorted(set(shot.paths) - set(areas.MOVING))
    if unknown:
        yield Problem(
            "too_many_areas",
            _E,
            "areas",
            f"There are paths for areas {', '.join(map(str, unknown))}; "
            "a shot has at most six moving areas, 1 to 6.",
        )
    yield from _parents(shot)
    shot = sent(shot)
    for area in areas.MOVING:
        path = shot.paths.get(area)
        painted = counts.get(area, 0) > 0
        if painted and (path is None or not path.points):
            yield Problem(
                "area_without_path",
                _E,
                f"areas.{area}",
                f"Area {area} has no path. Draw where it goes, or clear the area.",
            )
        if path is not None and path.points:
            yield from _path(shot, area, path, painted=painted)


def _parents(shot: Shot) -> Iterator[Problem]:
    for area, path in sorted(shot.paths.items()):
        above = shot.paths.get(path.parent) if path.parent is not None else None
        if path.parent is not None and path.points and (above is None or not above.points):
            yield Problem(
                "parent_without_path",
                _W,
                f"paths.{area}",
                f"Area {path.parent} has no path: nothing carries area {area}.",
                fix="Let it move by itself",
            )


def _path(shot: Shot, area: int, path: Path, *, painted: bool) -> Iterator[Problem]:
    field = f"paths.{area}"
    if not painted:
        yield Problem(
            "path_without_area",
            _E,
            field,
            f"Path {area} moves nothing. Paint area {area}, or delete the path.",
        )
    if not path.drawn:
        yield Problem(
            "path_too_few_points",
            _E,
            field,
            f"Path {area} has one point; it needs two or more. Add where it ends.",
        )
        return
    if shot.picture is not None:
        yield from _path_in_picture(shot, area, path, painted=painted)


def _path_in_picture(shot: Shot, area: int, path: Path, *, painted: bool) -> Iterator[Problem]:
    field, (width, height) = f"paths.{area}", shot.size
    if not all(0 <= x <= width and 0 <= y <= height for x, y in path.points):
        yield Problem(
            "point_outside_image",
            _E,
            field,
            f"Path {area} leaves the picture; points must lie inside {width}×{height} pixels.",
            fix="Move the points onto the edge of the picture",
        )
    elif _overshoots(path, width, height):
        yield Problem(
            "path_leaves_image",
            _W,
            field,
            f"The curve of path {area} swings out of the picture; it is sent along the edge there.",
        )
    if painted and not lies_on(shot, area, path.points[0]):
        where = "ends outside its area; end" if shot.land else "starts outside its area; start"
        round_ = lies_on(shot, area, path.points[-1])
        yield Problem(
            "start_outside_area",
            _W,
            field,
            f"Path {area} {where} it on what should move.",
            fix="Turn the path round" if round_ else None,
        )
    if length(path) < SHORT_PATH * width:
        yield Problem(
            "path_too_short",
            _W,
            field,
            f"Path {area} is {length(path):.0f} px long; below {SHORT_PATH * width:.0f} px "
            "(6.5 % of the width) such paths were ignored. Make it longer.",
        )


def _overshoots(path: Path, width: int, height: int) -> bool:
    curve = flatten(path)
    low, high = curve.min(axis=0), curve.max(axis=0)
    return bool(low.min() < -1 or high[0] > width + 1 or high[1] > height + 1)


def lies_on(shot: Shot, area: int, place: Point) -> bool:
    """Whether a place, in image pixels, lies on what is painted of an area."""
    x, y = math.floor(place[0]), math.floor(place[1])
    height, width = shot.labels.shape
    return 0 <= x < width and 0 <= y < height and bool(shot.labels[y, x] == area)


def check_landing(shot: Shot) -> Iterator[Problem]:
    """What cannot be asked for backwards from the picture."""
    if not shot.land:
        return
    if shot.end is not None:
        yield Problem(
            "landing_with_end_frame",
            _E,
            "end_image",
            "A shot that lands ends on its picture. Remove the end frame, or do not land.",
        )
    if shot.camera is not None and turned_round(shot.camera) is None:
        yield Problem(
            "camera_cannot_land",
            _E,
            "camera",
            "This camera move cannot land on the picture. Choose another one, or do not land.",
        )


def check_camera(shot: Shot) -> Iterator[Problem]:
    camera = shot.camera
    if camera is None:
        return
    if camera.kind not in set(CameraKind):
        yield Problem(
            "camera_unknown",
            _E,
            "camera",
            f"“{camera.kind}” is no camera move. Choose one of {', '.join(CameraKind)}.",
        )
    elif camera.kind != CameraKind.SIMPLE:
        if camera.config is not None:
            yield Problem(
                "camera_config",
                _E,
                "camera",
                f"The camera move {camera.kind} takes no values of its own.",
                fix="Leave the values out",
            )
    else:
        yield from _camera_config(camera.config or {})


def _camera_config(config: Mapping[str, float]) -> Iterator[Problem]:
    moved = [axis for axis, value in config.items() if value]
    strange = [axis for axis in config if axis not in AXES]
    if strange:
        yield Problem(
            "camera_config",
            _E,
            "camera",
            f"“{strange[0]}” is no camera axis. Use one of {', '.join(AXES)}.",
        )
    elif len(moved) != 1:
        yield Problem(
            "camera_config",
            _E,
            "camera",
            f"The camera moves along {len(moved)} axes; exactly one must differ from zero.",
        )
    elif not abs(config[moved[0]]) <= LIMIT:
        yield Problem(
            "camera_config",
            _E,
            "camera",
            f"The camera's {moved[0]} is {config[moved[0]]:g}; it must lie between -10 and 10.",
            fix="Set it to the nearest value that is taken",
        )
