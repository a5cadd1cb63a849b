"""Places a ready-made path with one drag."""

from __future__ import annotations

import math
from dataclasses import replace

from kling_desktop.model.path import Path, Point
from kling_desktop.model.path_presets import Preset, placed
from kling_desktop.model.path_shape import constrained, fitted
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.path_gesture import Gesture
from kling_desktop.ui.path_orders import MOVED, towards_area

LEAST = 6.0
"""Widget pixels below which a drag is a click, which places nothing."""
NAMES = {
    Preset.LINE: "line",
    Preset.ARC: "arc",
    Preset.CIRCLE: "circle",
    Preset.WAVE: "wave",
    Preset.SPIRAL: "spiral",
    Preset.SHAKE: "shake",
    Preset.BOUNCE: "bounce",
}


class PlacePreset(Gesture):
    """A preset from the press to the pointer, in place of the path in hand; with Shift in a
    straight direction. In a shot that lands it runs the other way if it was dragged off its area.
    All of its points are selected then, to be scaled and turned."""

    def __init__(self, stage: Stage, at: Pointer, preset: Preset) -> None:
        super().__init__(stage)
        self._preset, self._start = preset, self.inside(at.point)
        self._path = self.before
        self.text = f"Place {NAMES[preset]} as path"

    def move(self, at: Pointer) -> None:
        to = self._straight(at.point) if at.shift else self.inside(at.point)
        if self._path is self.before and math.dist(self._start, to) < LEAST * self.stage.view.reach:
            return
        points, curve = placed(self._preset, self._start, to)
        shot, area = self.stage.document.shot, self.stage.toolbox.area
        kept = self.fitted(points)
        if not self.said and math.dist(kept[0], points[0]) > 1.0:
            self.said = MOVED
        points = towards_area(shot, area, kept)
        self._path = replace(self.before, points=points, curve=curve)
        self.stage.select()
        self.stage.try_path(self._path)

    def _straight(self, to: Point) -> Point:
        """The place in the nearest straight direction, as far as the picture goes."""
        line = (self._start, constrained(self._start, to))
        return fitted(line, self.stage.view.image, pinned=0).points[1]

    def end(self) -> Path:
        if self._path is not self.before:
            self.stage.select(range(len(self._path.points)))
        return self._path
