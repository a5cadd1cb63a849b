"""What the draft thread is asked for: a frozen scene, and how it is to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Labels
from kling_desktop.model.camera import Camera
from kling_desktop.model.landing import sent
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Shot
from kling_desktop.ui.draft_clock import Run

Frame = npt.NDArray[np.uint8]
"""Shape (h, w, 3), RGB."""

LONGEST, SHORTEST, USUAL = 60.0, 1.0, 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A shot as the draft renders it. ``labels`` and ``pixels`` are shared by scenes that differ in
    their motion only, which is how one knows that layers and background can be kept."""

    pixels: Frame
    labels: Labels
    paths: Mapping[int, Path]
    """As they are sent: each begins on its area."""
    camera: Camera | None
    backwards: bool
    """Whether the shot lands on its picture: its end is shown first."""
    seconds: float

    def same(self, other: Scene) -> bool:
        """Whether both look the same at every moment."""
        if self.pixels is not other.pixels or self.labels is not other.labels:
            return False
        return self._motion == other._motion

    @property
    def home(self) -> float:
        """The share of the time at which the picture itself is seen."""
        return 1.0 if self.backwards else 0.0

    @property
    def _motion(self) -> tuple[object, ...]:
        return self.paths, self.camera, self.backwards, self.seconds


@dataclass(frozen=True, slots=True)
class Wish:
    """A scene and what is to be seen of it."""

    scene: Scene
    run: Run | None
    """Playing; None where it stands still."""
    time: float
    """The share of the time at which it stands."""
    ghosts: bool
    """Whether a scene that stands shows where its areas will be."""
    rungs: tuple[int, ...]
    """Heights of frames that may be used, best first."""
    interval: float
    """Seconds from one frame to the next."""

    def answered_by(self, older: Wish) -> bool:
        """Whether a frame of an older wish, before the last edits, is worth showing meanwhile."""
        same_picture = self.scene.pixels is older.scene.pixels
        return same_picture and (self.run, self.ghosts) == (older.run, older.ghosts)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame with the wish that it answers."""

    frame: Frame
    wish: Wish
    time: float
    over: bool
    """Whether it is the last one, after which nothing moves."""
    rate: float
    """Frames a second of late; 0 where it stands, or before that is known."""


def scene_of(shot: Shot, pixels: Frame, labels: Labels) -> Scene:
    """The scene of a shot; ``labels`` is a copy of its map that nobody writes to."""
    asked = sent(shot)
    return Scene(pixels, labels, asked.paths, asked.camera, shot.land, seconds(shot))


def seconds(shot: Shot) -> float:
    """How long the video is to be; five seconds where the setting is no number."""
    try:
        return min(LONGEST, max(SHORTEST, float(shot.settings.duration)))
    except ValueError:
        return USUAL
