"""The motion of a shot as a sentence for the prompt, for models that are shown no paths."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kling_desktop.model import areas
from kling_desktop.model.camera import Camera, CameraKind
from kling_desktop.model.landing import sent
from kling_desktop.model.path import Path, at, length
from kling_desktop.model.shot import Shot
from kling_desktop.motion.camera import EFFECTS

FAR = 0.35
"""Of the picture's width: from here on something goes far."""
STANDS = 0.02
"""Of the picture's width: what goes no further comes back, or stays."""
CURVED = 1.25
"""How much longer than the straight way a path is that is called a curve."""
_COMPASS = (
    "to the right",
    "to the lower right",
    "down",
    "to the lower left",
    "to the left",
    "to the upper left",
    "up",
    "to the upper right",
)
_COLUMNS, _ROWS = ("left", "", "right"), ("upper", "", "lower")
_PRESETS = {
    CameraKind.DOWN_BACK: "the camera goes down and back",
    CameraKind.FORWARD_UP: "the camera goes forward and up",
    CameraKind.RIGHT_TURN_FORWARD: "the camera turns right and goes forward",
    CameraKind.LEFT_TURN_FORWARD: "the camera turns left and goes forward",
}


def motion_sentence(shot: Shot) -> str:
    """What moves where in the video that is asked for, such as “The balloon moves far to the upper
    right. The camera slides left.”; "" where nothing does.

    Areas go by the names that the artist gave them, else by where they lie. No word says how fast:
    “slowly” and its like were seen to stop the motion.
    """
    return " ".join(f"{said[:1].upper()}{said[1:]}." for said in _said(shot))


def _said(shot: Shot) -> Iterator[str]:
    asked, width = sent(shot), shot.size[0]
    for area in areas.MOVING:
        path = asked.paths.get(area)
        if path is not None and path.drawn and areas.bounds(shot.labels, area) is not None:
            yield f"{_subject(shot, area)} {_goes(path, width)}"
    if areas.bounds(shot.labels, areas.STATIC) is not None and _name(shot, areas.STATIC):
        yield f"{_name(shot, areas.STATIC)} stays where it is"
    if asked.camera is not None:
        yield from _camera(asked.camera)


def _goes(path: Path, width: int) -> str:
    (x0, y0), (x1, y1) = at(path, (0.0, 1.0))
    away, way = math.hypot(x1 - x0, y1 - y0), length(path)
    if away < STANDS * width:
        return "moves away and comes back" if way >= STANDS * width else "moves on the spot"
    turn = math.atan2(y1 - y0, x1 - x0) / (2 * math.pi)
    direction = _COMPASS[round(turn * len(_COMPASS)) % len(_COMPASS)]
    far = "far " if away >= FAR * width else ""
    return f"moves {far}{direction}" + (" in a curve" if way > CURVED * away else "")


def _subject(shot: Shot, area: int) -> str:
    """The area's name, or where it lies."""
    name = _name(shot, area)
    if name:
        return name
    found, (width, height) = areas.bounds(shot.labels, area), shot.size
    assert found is not None  # noqa: S101  (the caller looked)
    column = _COLUMNS[min(2, (found.x0 + found.x1) * 3 // (2 * width))]
    row = _ROWS[min(2, (found.y0 + found.y1) * 3 // (2 * height))]
    return f"what is {_place(row, column)}"


def _place(row: str, column: str) -> str:
    if row and column:
        return f"at the {row} {column}"
    if row:
        return "at the top" if row == "upper" else "at the bottom"
    return f"on the {column}" if column else "in the middle"


def _name(shot: Shot, area: int) -> str:
    look = shot.looks.get(area)
    return look.name.strip() if look is not None else ""


def _camera(camera: Camera) -> Iterator[str]:
    if camera.kind != CameraKind.SIMPLE:
        yield from (words for kind, words in _PRESETS.items() if kind == camera.kind)
        return
    for axis, value in (camera.config or {}).items():
        if axis in EFFECTS and value:
            yield f"the {EFFECTS[axis][value > 0]}"
