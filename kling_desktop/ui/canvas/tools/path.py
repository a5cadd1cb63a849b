"""The path tool: what a press, a key or a double click means, given what lies under the pointer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from kling_desktop.model.areas import STATIC
from kling_desktop.model.path import Path
from kling_desktop.ui.canvas.hits import REACH, Hit, PointHit, Trace, hit_any
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool
from kling_desktop.ui.canvas.tools.path_drag import DragPoint, DragPoints, shifted
from kling_desktop.ui.canvas.tools.path_freehand import Draw
from kling_desktop.ui.canvas.tools.path_gesture import Gesture
from kling_desktop.ui.canvas.tools.path_handles import CURSORS, Frame, Handle, Rotate, Scale
from kling_desktop.ui.canvas.tools.path_keys import neighbour, with_point
from kling_desktop.ui.canvas.tools.path_preset import PlacePreset
from kling_desktop.ui.canvas.tools.path_select import RubberBand

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
        self._gesture: Gesture | None = None
        self._traces: dict[int, Trace] = {}
        self._added = False
        """Whether the last press added a point, or chose a path, so that its double click does not
        remove what is there."""
        self._hovered: int | None = None
        self._burst = 0
        """Counts the presses of arrow keys, so that repeats of one merge."""
        stage.marked, stage.paths.boxed = self._marked, self._boxed

    @property
    def active(self) -> bool:
        return self._gesture is not None

    # The pointer

    def press(self, at: Pointer) -> None:
        if self.stage.document.shot.picture is None:
            return
        handle = self._handle(at)
        if handle is not None:
            self._added = False
            if self._may_draw():
                turns = handle == Handle.TURN
                stage = self.stage
                self._gesture = Rotate(stage, at) if turns else Scale(stage, at, handle)
            return
        area, found = self._found(at)
        preset = self.stage.toolbox.options.preset
        if preset is not None and not (at.alt and found is not None):
            if self._may_draw():
                self._added, self._gesture = True, PlacePreset(self.stage, at, preset)
            return
        chosen = area != self.stage.toolbox.area
        self.stage.toolbox.area = area
        if self._may_draw():
            self._added = chosen or not isinstance(found, PointHit)
            self._gesture = self._begun(at, found, chosen=chosen)

    def double(self, at: Pointer) -> None:
        area, found = self._found(at)
        on_point = isinstance(found, PointHit)
        if self._handle(at) is not None or at.shift or at.ctrl or at.alt:
            self.press(at)
        elif self._added:  # the first click of this double click put the point here
            if on_point or self.stage.toolbox.options.preset is not None:
                self.press(at)
                self._added = True
        elif isinstance(found, PointHit) and area == self.stage.toolbox.area:
            if self._may_draw():
                self._remove({found.index})
        else:
            self.press(at)

    def drag(self, at: Pointer) -> None:
        if self._gesture is not None:
            self._gesture.move(at)

    def release(self, at: Pointer) -> None:  # noqa: ARG002  (Qt sent the move before)
        gesture = self._gesture
        if gesture is None:
            return
        path = gesture.end()
        self.stage.update(gesture.marked)
        self._gesture = None
        if isinstance(gesture, Draw) and gesture.drawn:
            self._added = False
        if path is gesture.before:
            self.stage.end_trial()
            self.stage.show_paths()
        else:
            self._set(path, gesture.text)
            if gesture.said:
                self.stage.notices.post(gesture.said)

    def cancel(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            self.stage.update(gesture.marked)
            self.stage.end_trial()
            gesture.cancel()
            self.stage.show_paths()

    def leave(self) -> None:
        self.cancel()
        self._added, self._hovered = False, None
        self.stage.select()

    def area_changed(self) -> None:
        self.leave()

    def hover(self, at: Pointer) -> None:
        handle = self._handle(at)
        area, found = self._found(at)
        own = area == self.stage.toolbox.area
        on_point = isinstance(found, PointHit) and handle is None
        self._hovered = found.index if isinstance(found, PointHit) and own else None
        if handle is not None:
            self.cursor = CURSORS[handle]
        elif self.stage.toolbox.options.preset is not None and not at.alt:
            self.cursor = Qt.CursorShape.CrossCursor
        elif on_point or (at.alt and found is not None):
            self.cursor = Qt.CursorShape.SizeAllCursor
        elif found is not None:
            self.cursor = Qt.CursorShape.PointingHandCursor
        else:
            self.cursor = Qt.CursorShape.CrossCursor

    def draw(self, painter: QPainter) -> None:
        frame = self._frame
        if frame is not None:
            frame.draw_rings(painter)
            if not isinstance(self._gesture, Rotate | RubberBand):
                frame.draw(painter)
        if self._gesture is not None:
            self._gesture.draw(painter)

    # Keys

    def key(self, key: int, keys: Qt.KeyboardModifier, *, repeats: bool) -> bool:
        removes = key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
        chosen = self.stage.selected
        hovered, count = self._hovered, len(self.stage.path.points)
        if removes and not chosen and hovered is not None and hovered < count:
            chosen = frozenset({hovered})
        if not self.active and key in {Qt.Key.Key_N, Qt.Key.Key_Insert}:
            return self._choose(keys) if key == Qt.Key.Key_N else self._insert()
        if self.active or not chosen or not (removes or key in NUDGES):
            return False
        if self._may_draw() and removes:
            self._remove(chosen)
        elif self._may_draw():
            dx, dy = NUDGES[key]
            step = 10 if keys & Qt.KeyboardModifier.ShiftModifier else 1
            self._burst += not repeats
            self._nudge(chosen, dx * step, dy * step)
        return True

    # What lies under the pointer

    def _found(self, at: Pointer) -> tuple[int, Hit | None]:
        """What the pointer would take hold of, and the area that it belongs to: that in hand, or
        else the one with the nearest path that is shown. While a path is under way, curves of others
        are nothing to take hold of without Alt: it may cross them."""
        stage, own = self.stage, self.stage.toolbox.area
        hidden = stage.toolbox.hidden - {own}
        paths = {area: path for area, path in stage.shown_paths.items() if area not in hidden}
        reach = REACH * stage.view.reach
        area, found = hit_any(paths, own, at.point, reach, self._trace) or (own, None)
        crosses = area != own and not isinstance(found, PointHit) and not at.alt
        return (own, None) if crosses and own in paths else (area, found)

    def _trace(self, area: int, path: Path) -> Trace:
        """Kept until the path is another one."""
        known = self._traces.get(area)
        if known is None or (known.path is not path and known.path != path):
            known = self._traces[area] = Trace(path, self.stage.paths.curve(area, path))
        return known

    @property
    def _frame(self) -> Frame | None:
        """The box around the points that are selected, where they are several."""
        points, chosen = self.stage.path.points, sorted(self.stage.selected)
        if len(chosen) < 2:
            return None
        return Frame(tuple(points[index] for index in chosen), self.stage.view)

    def _boxed(self) -> bool:
        return self._frame is not None

    def _handle(self, at: Pointer) -> Handle | None:
        """The handle of the box under the pointer, unless a point of the path is nearer."""
        frame = self._frame
        found = frame.hit(at.point) if frame is not None and not at.ctrl else None
        if found is None:
            return None
        handle, distance = found
        point = self._found(at)[1]
        nearer = isinstance(point, PointHit) and point.distance <= distance * self.stage.view.reach
        return None if nearer else handle

    def _marked(self) -> QRect:
        """The widget pixels that it draws in, around and between the paths."""
        frame, gesture = self._frame, self._gesture
        marked = frame.covered if frame is not None else QRect()
        return marked.united(gesture.marked) if gesture is not None else marked

    # What is done to it

    def _begun(self, at: Pointer, found: Hit | None, *, chosen: bool) -> Gesture | None:
        """The gesture that begins there; ``chosen`` says that it is another area's path that was
        hit, which is in hand now."""
        stage, path = self.stage, self.stage.path
        if found is not None and at.alt:
            return DragPoints(stage, at, frozenset(range(len(path.points))))
        if isinstance(found, PointHit):
            return self._taken(at, found.index)
        if at.ctrl and not chosen:
            return RubberBand(stage, at, adds=at.shift)
        if found is None:
            return Draw(stage, at)
        if chosen:
            return None
        points, index = path.points, found.index
        inserted = replace(path, points=(*points[:index], found.place, *points[index:]))
        return DragPoint(stage, at, index, inserted)

    def _taken(self, at: Pointer, index: int) -> Gesture:
        """A point is taken hold of, and with it those that are selected together with it."""
        selected = self.stage.selected
        if len(selected) > 1 and index in selected:
            return DragPoints(self.stage, at, selected, clicked=index)
        return DragPoint(self.stage, at, index)

    def _nudge(self, chosen: frozenset[int], dx: int, dy: int) -> None:
        """Move points; a key held down is one step of undo."""
        area, what = self.stage.toolbox.area, "point" if len(chosen) == 1 else "points"
        moved = shifted(self.stage.path, chosen, (dx, dy), self.stage.view.image)
        merge = f"nudge {area} {self._burst}"
        self.stage.document.set_path(area, moved, f"Nudge {what} of path {area}", merge=merge)

    def _choose(self, keys: Qt.KeyboardModifier) -> bool:
        """Choose the next point, with Shift the one before."""
        backward = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        index = neighbour(self.stage.selected, len(self.stage.path.points), backward=backward)
        self.stage.select([] if index is None else [index])
        return index is not None

    def _insert(self) -> bool:
        """Put in a point without a pointer."""
        if self.stage.document.shot.picture is not None and self._may_draw():
            path, index = with_point(self.stage.path, self.stage.selected, self.stage.view)
            self._set(path, "Add point to path")
            self.stage.select([index])
        return True

    def _remove(self, chosen: frozenset[int] | set[int]) -> None:
        path = self.stage.path
        points = tuple(point for index, point in enumerate(path.points) if index not in chosen)
        what = "point" if len(chosen) == 1 else "points"
        self.stage.select()
        self._set(replace(path, points=points), f"Remove {what} of path")

    def _set(self, path: Path, text: str) -> None:
        """The path as a step of undo; one without points is none."""
        area = self.stage.toolbox.area
        self.stage.document.set_path(area, path if path.points else None, f"{text} {area}")
        self.stage.end_trial()

    def _may_draw(self) -> bool:
        area = self.stage.toolbox.area
        if area == STATIC:
            self.stage.notices.post(
                "The static area has no path: it stays where it is. Choose a moving area first."
            )
            return False
        return self.stage.may_paint(area)
