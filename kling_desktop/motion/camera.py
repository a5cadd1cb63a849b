"""Camera moves as homographies of the finished frame, one for each share of the time.

The API page describes pan and tilt in two ways that contradict each other, so a move is known here
by what one sees, and EFFECTS holds the words for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from kling_desktop.model.camera import AXES, LIMIT, Camera, CameraKind

Homography = npt.NDArray[np.float64]
"""Shape (3, 3): picture pixel centres (x, y, 1) to frame pixel centres."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera has got to. Zero everywhere is the picture as it is.

    ``right`` and ``up`` are shares of the frame's width and height, the angles degrees (``turn``
    to the right, ``lift`` upwards, ``roll`` clockwise as seen), ``closer`` doublings of the size.
    """

    right: float = 0.0
    up: float = 0.0
    turn: float = 0.0
    lift: float = 0.0
    roll: float = 0.0
    closer: float = 0.0

    def at(self, share: float) -> Pose:
        """The pose that share of the way here from the picture as it is."""
        return Pose(**{f.name: getattr(self, f.name) * share for f in fields(self)})


EFFECTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "horizontal": ("camera slides left", "camera slides right"),
        "vertical": ("camera slides down", "camera slides up"),
        "pan": ("camera turns left", "camera turns right"),
        "tilt": ("camera looks down", "camera looks up"),
        "roll": ("picture turns anticlockwise", "picture turns clockwise"),
        "zoom": ("picture gets smaller", "picture gets larger"),
    }
)
"""What one sees for a negative and for a positive value of each axis."""

_FULL: Mapping[str, Pose] = MappingProxyType(
    {
        "horizontal": Pose(right=0.12),
        "vertical": Pose(up=0.12),
        "pan": Pose(turn=10.0),
        "tilt": Pose(lift=8.0),
        "roll": Pose(roll=15.0),
        "zoom": Pose(closer=0.6),
    }
)
"""Where each axis ends with the value 10."""

_PRESETS: Mapping[str, Pose] = MappingProxyType(
    {
        CameraKind.DOWN_BACK: Pose(up=-0.06, closer=-0.3),
        CameraKind.FORWARD_UP: Pose(up=0.04, lift=4.0, closer=0.4),
        CameraKind.RIGHT_TURN_FORWARD: Pose(turn=8.0, closer=0.35),
        CameraKind.LEFT_TURN_FORWARD: Pose(turn=-8.0, closer=0.35),
    }
)


def final_pose(camera: Camera | None) -> Pose:
    """Where the move ends. A kind that is not known here does not move."""
    if camera is None:
        return Pose()
    if camera.kind != CameraKind.SIMPLE:
        return _PRESETS.get(camera.kind, Pose())
    found = {f.name: 0.0 for f in fields(Pose)}
    for axis in AXES:
        share = _share((camera.config or {}).get(axis, 0.0))
        for name in found:
            found[name] += share * getattr(_FULL[axis], name)
    return Pose(**found)


def homography(camera: Camera | None, time: float, *, width: int, height: int) -> Homography:
    """The move at a share of the time (0…1) for a frame of that size; identity at 0."""
    pose = final_pose(camera).at(min(1.0, max(0.0, time)))
    centre = _translation((width - 1) / 2, (height - 1) / 2)
    slide = _translation(-pose.right * width, pose.up * height)
    focal = float(max(width, height))
    seen = _size_and_roll(pose) @ _rotation(pose, focal) @ slide
    return np.asarray(centre @ seen @ np.linalg.inv(centre))


def _share(value: float) -> float:
    return min(LIMIT, max(-LIMIT, float(value))) / LIMIT if math.isfinite(value) else 0.0


def _translation(x: float, y: float) -> Homography:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def _size_and_roll(pose: Pose) -> Homography:
    size, angle = 2.0**pose.closer, math.radians(pose.roll)
    c, s = size * math.cos(angle), size * math.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _rotation(pose: Pose, focal: float) -> Homography:
    """A pinhole camera turning on the spot, as a map of its image plane."""
    turn, lift = math.radians(pose.turn), math.radians(pose.lift)
    sideways = np.array(
        [
            [math.cos(turn), 0.0, -focal * math.sin(turn)],
            [0.0, 1.0, 0.0],
            [math.sin(turn) / focal, 0.0, math.cos(turn)],
        ]
    )
    upwards = np.array(
        [
            [1.0, 0.0, 0.0],
            [0.0, math.cos(lift), focal * math.sin(lift)],
            [0.0, -math.sin(lift) / focal, math.cos(lift)],
        ]
    )
    return np.asarray(upwards @ sideways)
