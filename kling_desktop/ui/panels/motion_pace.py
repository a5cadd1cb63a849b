"""Curve, timing, speed and rests of the path in hand."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QDoubleSpinBox

from kling_desktop.model.path import Curve, Path
from kling_desktop.model.shot import Shot
from kling_desktop.model.timing import LONGEST_HOLD, Hold, Speed, Timing, speeds
from kling_desktop.ui.draft_scene import seconds
from kling_desktop.ui.panels.form import Hint, Row, combo, fill, form
from kling_desktop.ui.panels.motion_part import MotionPart
from kling_desktop.ui.panels.speed_curve import SpeedCurve

CURVES = {Curve.SMOOTH: "Smooth", Curve.STRAIGHT: "Straight"}
TIMINGS = {
    Timing.LINEAR: "Even speed",
    Timing.EASE_IN: "Start slowly",
    Timing.EASE_OUT: "End slowly",
    Timing.EASE_IN_OUT: "Start and end slowly",
    Timing.STEPS: "Same time for each piece",
    Timing.CUSTOM: "Own curve",
}
HALF_TENTH = 0.05
"""Seconds by which a rest may differ from the number that shows it."""
STEPS_HINT = "From point to point takes the same time: close points are slow. No curve to draw."


class MotionPace(MotionPart):
    """When along its way an area is where."""

    def __init__(self) -> None:
        super().__init__()
        self.curve = combo("motionCurve", "Curve of the path")
        self.timing = combo("motionTiming", "Timing of the path")
        self.speed = SpeedCurve()
        self.hint = Hint()
        limits = (0.0, 0.0)
        self.before = self.number(
            "holdBefore", "Rest before it moves", limits=limits, suffix=" s", decimals=1
        )
        self.after = self.number(
            "holdAfter", "Rest after it has moved", limits=limits, suffix=" s", decimals=1
        )
        for box, tip in ((self.before, "before it moves"), (self.after, "after it has moved")):
            box.setSingleStep(0.1)
            box.setToolTip(f"How long it rests {tip}")
        fill(self.curve, [(text, each, None) for each, text in CURVES.items()], None)
        fill(self.timing, [(text, each, None) for each, text in TIMINGS.items()], None)
        self._seconds = 5.0
        self._build()

    def show_path(self, path: Path, shot: Shot, area: int) -> None:  # noqa: ARG002
        self._path, self._seconds = path, seconds(shot)
        with QSignalBlocker(self.curve), QSignalBlocker(self.timing):
            self.curve.setCurrentIndex(self.curve.findData(path.curve))
            self.timing.setCurrentIndex(self.timing.findData(path.timing))
        before, after = path.hold
        self._show_rest(self.before, before, after)
        self._show_rest(self.after, after, before)
        begin, end = before * self._seconds, (1.0 - after) * self._seconds
        self.speed.show_speed(speeds(path.timing, path.speed), begin=begin, end=end)
        steps = path.timing == Timing.STEPS
        self.speed.setEnabled(not steps)
        self.hint.say(STEPS_HINT if steps else "")

    def _build(self) -> None:
        top, grid = form()
        Row(grid, "Curve", self.curve)
        Row(grid, "Timing", self.timing)
        self.column.addWidget(top)
        self.column.addWidget(self.speed)
        self.column.addWidget(self.hint)
        below, grid = form()
        grid.setColumnStretch(2, 1)
        Row(grid, "Rest first, last", self.before)
        Row(grid, None, self.after)
        self.column.addWidget(below)
        self.curve.currentIndexChanged.connect(self._on_curve)
        self.timing.currentIndexChanged.connect(self._on_timing)
        self.speed.changed.connect(self._on_speed)
        self.before.valueChanged.connect(self._on_before)
        self.after.valueChanged.connect(self._on_after)

    def _show_rest(self, box: QDoubleSpinBox, share: float, other: float) -> None:
        """The number, and as much as the other rest leaves."""
        with QSignalBlocker(box):
            # Rounded down: what is typed has to stay below what both may take together.
            box.setMaximum(int((LONGEST_HOLD - other) * self._seconds * 10 + 1e-6) / 10)
            if abs(box.value() - share * self._seconds) >= HALF_TENTH:
                box.setValue(share * self._seconds)

    def _on_curve(self) -> None:
        self.ask("Choose curve", curve=Curve(self.curve.currentData()))

    def _on_timing(self) -> None:
        """A curve of one's own begins as the timing before it was, unless there was one already."""
        chosen, speed = Timing(self.timing.currentData()), self._path.speed
        if chosen == Timing.CUSTOM and not speed:
            speed = speeds(self._path.timing)
        self.ask("Choose timing", timing=chosen, speed=speed)

    def _on_speed(self, speed: Speed, gesture: int) -> None:
        self.ask("Change speed", f"speed {gesture}", timing=Timing.CUSTOM, speed=speed)

    def _on_before(self, seconds: float) -> None:
        before, after = self._path.hold
        self._rest((self._share(seconds, before), after), "before")

    def _on_after(self, seconds: float) -> None:
        before, after = self._path.hold
        self._rest((before, self._share(seconds, after)), "after")

    def _rest(self, hold: Hold, which: str) -> None:
        self.ask("Change rest", f"rest {which}", hold=hold)

    def _share(self, seconds: float, old: float) -> float:
        """A rest as a share of the time; the old one, where the number shows just that."""
        shown = abs(seconds - old * self._seconds) < HALF_TENTH
        return old if shown else round(seconds / self._seconds, 6)
