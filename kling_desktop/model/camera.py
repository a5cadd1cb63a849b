"""Camera movement as the API's ``camera_control`` object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class CameraKind(StrEnum):
    """Values of ``camera_control.type``."""

    SIMPLE = "simple"
    DOWN_BACK = "down_back"
    FORWARD_UP = "forward_up"
    RIGHT_TURN_FORWARD = "right_turn_forward"
    LEFT_TURN_FORWARD = "left_turn_forward"


AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
LIMIT = 10.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera move. ``config`` maps AXES to [-10, 10] and goes with, and only with, ``simple``.

    ``kind`` is a plain string because a file may name one that this version does not know; the
    checks say so. ``extra`` holds keys that are kept but not understood.
    """

    kind: str = CameraKind.SIMPLE
    config: Mapping[str, float] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_api(self) -> dict[str, Any]:
        """The ``camera_control`` object as the API page writes it."""
        # What ``extra`` has under "config" are entries of a later version, for the file alone.
        found: dict[str, Any] = {k: v for k, v in self.extra.items() if k != "config"}
        found["type"] = str(self.kind)
        if self.config is not None:
            found["config"] = {axis: self.config[axis] for axis in AXES if axis in self.config}
        return found


OPPOSITE = {
    CameraKind.DOWN_BACK: CameraKind.FORWARD_UP,
    CameraKind.FORWARD_UP: CameraKind.DOWN_BACK,
}


def backwards(camera: Camera) -> Camera | None:
    """The move that shows this one once its video runs backwards; None where there is no such."""
    if camera.kind == CameraKind.SIMPLE:
        config = (
            None if camera.config is None else {k: -v if v else v for k, v in camera.config.items()}
        )
        return replace(camera, config=config)
    opposite = {str(kind): str(other) for kind, other in OPPOSITE.items()}.get(camera.kind)
    return None if opposite is None else replace(camera, kind=opposite)
