"""The path tool: adds, moves, inserts and removes the points that an area follows."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt

from kling_desktop.model.areas import STATIC
from kling_desktop.model.path import Path, Point
from kling_desktop.ui.canvas.hits import REACH, CurveHit, PointHit, hit
from kling_desktop.ui.canvas.simplify import clamped, constrained, simplified
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool

DRAG, EXTENDS, REPLACES = 4.0, 12.0, 24.0
"""Widget pixels that the pointer travels before a click becomes a freehand line: the first one of
an area, one that goes on from the end of its path, one that takes the place of its path."""
PEN_SLIP = 1.5
"""How many times as far a pen slips."""
NEAR = 24.0
"""Widget pixels around the last point of a path in which a freehand line goes on from it."""
TOLERANCE = 1.5
"""Widget pixels by which a freehand line may be simplified."""
NUDGES = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}


class PathTool(CanvasTool):
    """Every gesture shows its result while it lasts and is one step of undo on release."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._before = Path()
        self._trial: Path | None = None
        """What the gesture under way has made of the path."""
        self._text = ""
        self._index: int | None = None
        """The point that is being moved."""
        self._grip: Point = (0.0, 0.0)
        """From the pointer to the middle of the point that it took hold of."""
        self._start: Point | None = None
        """Where a press into empty space began, which may become a freehand line."""
        self._line: list[Point] = []
        self._drawn = False
        """Whether it has become one."""
        self._added = False
        """Whether the last press added a point, or chose a path, so that its double click does not
        remove what is there."""
        self._hovered: int | None = None
        self._burst = 0
        """Counts the presses of arrow keys, so that repeats of one merge."""

    @property
    def active(self) -> bool:
        return self._trial is not None

    # The pointer

    def press(self, at: Pointer) -> None:
        if self.stage.document.shot.picture is None:
            return
        area, found = self._found(at)
        chosen = area != self.stage.toolbox.area
        self.stage.toolbox.area = area
        if not self._may_draw():
            return
        self._before, self._added = self.stage.path, chosen or not isinstance(found, PointHit)
        self._start, self._index, self._line, self._drawn = None, None, [], False
        if isinstance(found, PointHit):
            self._take(found.index, at.point, self._before, "Move point of path")
        elif isinstance(found, CurveHit) and not chosen:
            points = self._before.points
            inserted = (*points[: found.index], found.place, *points[found.index :])
            path = replace(self._before, points=inserted)
            self._take(found.index, at.point, path, "Insert point into path")
        elif found is None:
            self._add(at)

    def double(self, at: Pointer) -> None:
        area, found = self._found(at)
        on_point = isinstance(found, PointHit)
        if self._added:  # the first click of this double click put the point here
            if on_point:
                self.press(at)
                self._added = True
        elif isinstance(found, PointHit) and area == self.stage.toolbox.area:
            if self._may_draw():
                self._remove(found.index)
        else:
            self.press(at)

    def drag(self, at: Pointer) -> None:
        if self._trial is None:
            return
        if self._index is not None:
            self._move(at)
        elif self._start is not None:
            self._freehand(at)

    def release(self, at: Pointer) -> None:  # noqa: ARG002  (Qt sent the move before)
        if self._trial is None:
            return
        path, self._trial = self._trial, None
        self._set(path, self._text)

    def cancel(self) -> None:
        self._trial, self._index, self._start = None, None, None
        self.stage.end_trial()

    def leave(self) -> None:
        self.cancel()
        self._added, self._hovered = False, None
        self.stage.select(None)

    def area_changed(self) -> None:
        self.leave()

    def hover(self, at: Pointer) -> None:
        area, found = self._found(at)
        on_point = isinstance(found, PointHit)
        own = area == self.stage.toolbox.area
        self._hovered = found.index if isinstance(found, PointHit) and own else None
        if on_point:
            self.cursor = Qt.CursorShape.SizeAllCursor
        elif found is not None:
            self.cursor = Qt.CursorShape.PointingHandCursor
        else:
            self.cursor = Qt.CursorShape.CrossCursor

    # Keys

    def key(self, key: int, keys: Qt.KeyboardModifier, *, repeats: bool) -> bool:
        removes = key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
        index = self.stage.selected
        if removes and self._hovered is not None:
            index = self._hovered
        known = index is not None and index < len(self.stage.path.points)
        if self.active or index is None or not known or not (removes or key in NUDGES):
            return False
        if self._may_draw() and removes:
            self._remove(index)
        elif self._may_draw():
            dx, dy = NUDGES[key]
            step = 10 if keys & Qt.KeyboardModifier.ShiftModifier else 1
            self._burst += not repeats
            self._nudge(index, dx * step, dy * step)
        return True

    # The gestures

    def _found(self, at: Pointer) -> tuple[int, PointHit | CurveHit | None]:
        """What the pointer would take hold of, and the area that it belongs to: that in hand, or
        else the one with the nearest path that is shown."""
        stage, reach = self.stage, REACH * self.stage.view.reach
        own, paths = stage.toolbox.area, stage.shown_paths
        found = {
            area: caught
            for area, path in paths.items()
            if area == own or area not in stage.toolbox.hidden
            if (caught := hit(path, at.point, reach, stage.paths.curve(area, path))) is not None
        }
        if own in found or not found:
            return own, found.get(own)
        return min(found.items(), key=lambda item: item[1].distance)

    def _take(self, index: int, at: Point, path: Path, text: str) -> None:
        """Begin to move a point of ``path``."""
        x, y = path.points[index]
        self._index, self._grip, self._text = index, (x - at[0], y - at[1]), text
        self._trial = path
        self.stage.select(index)
        self.stage.try_path(path)

    def _move(self, at: Pointer) -> None:
        assert self._trial is not None  # noqa: S101
        assert self._index is not None  # noqa: S101
        points, index = self._trial.points, self._index
        place = (at.x + self._grip[0], at.y + self._grip[1])
        if at.shift and len(points) > 1:
            place = constrained(points[index - 1 if index else 1], place)
        self._trial = _with(self._trial, index, self._inside(place))
        self.stage.try_path(self._trial)

    def _add(self, at: Pointer) -> None:
        """A point at the end; a longer drag makes a freehand line of it."""
        points, place = self._before.points, at.point
        if at.shift and points:
            place = constrained(points[-1], place)
        place = self._inside(place)
        self._start, self._line = at.point, [place]
        self._trial = replace(self._before, points=(*points, place))
        self._text = "Add point to path"
        self.stage.select(len(points))
        self.stage.try_path(self._trial)

    def _freehand(self, at: Pointer) -> None:
        """The line drawn so far: on from the path's end near which it began, or from the only point
        there was, or in place of a whole path. Short of that it is still a click that slips."""
        assert self._start is not None  # noqa: S101
        points, reach = self._before.points, self.stage.view.reach
        goes_on = len(points) == 1 or (
            len(points) > 1 and math.dist(points[-1], self._start) <= NEAR * reach
        )
        if at.shift:
            self._line[1:] = [self._inside(constrained(self._line[0], at.point))]
        else:
            self._line.append(self._inside(at.point))
        slip = (EXTENDS if goes_on else REPLACES if points else DRAG) * reach
        if not self._drawn and math.dist(at.point, self._start) < slip * (
            PEN_SLIP if at.pen else 1
        ):
            return
        self._drawn, self._added, self._text = True, False, "Draw path"
        line = simplified((*points[-1:], *self._line) if goes_on else self._line, TOLERANCE * reach)
        self._trial = replace(self._before, points=(*points[:-1], *line) if goes_on else line)
        self.stage.selected = None
        self.stage.try_path(self._trial)

    def _nudge(self, index: int, dx: int, dy: int) -> None:
        """Move a point; a key held down is one step of undo."""
        area, path = self.stage.toolbox.area, self.stage.path
        x, y = path.points[index]
        moved = _with(path, index, self._inside((x + dx, y + dy)))
        merge = f"nudge {area} {self._burst}"
        self.stage.document.set_path(area, moved, f"Nudge point of path {area}", merge=merge)

    def _remove(self, index: int) -> None:
        path = self.stage.path
        points = (*path.points[:index], *path.points[index + 1 :])
        self.stage.select(None)
        self._set(replace(path, points=points) if points else None, "Remove point of path")

    def _set(self, path: Path | None, text: str) -> None:
        area = self.stage.toolbox.area
        self.stage.document.set_path(area, path, f"{text} {area}")
        self.stage.end_trial()

    def _inside(self, point: Point) -> Point:
        return clamped(point, *self.stage.view.image)

    def _may_draw(self) -> bool:
        area = self.stage.toolbox.area
        if area == STATIC:
            self.stage.notices.post(
                "The static area has no path: it stays where it is. Choose a moving area first."
            )
            return False
        return self.stage.may_paint(area)


def _with(path: Path, index: int, point: Point) -> Path:
    return replace(path, points=(*path.points[:index], point, *path.points[index + 1 :]))
