"""The drawn paths as one cached layer in device pixels, redrawn only where something changed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from kling_desktop.model.path import Path, Points, flatten
from kling_desktop.ui.budget import SentPoints
from kling_desktop.ui.canvas.path_marks import Drawn, Plan, draw_path, prepared
from kling_desktop.ui.canvas.path_times import times_along
from kling_desktop.ui.canvas.scene import device_rect, draw_layer
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.colours import USUAL, Looks
from kling_desktop.ui.draft_scene import USUAL as USUAL_SECONDS

NOTHING: Mapping[int, SentPoints] = {}


def _never() -> bool:
    return False


@dataclass(slots=True)
class PathsLayer:
    """Paths by area over a view. ``area`` is the one that shows handles, if any: it is likely to
    change with the next event, so it is drawn on top each time and never cached."""

    image: QImage = field(default_factory=QImage)
    boxed: Callable[[], bool] = _never
    """Whether a box with handles lies around points of the path with handles: its words, which
    would lie in the way, are not shown then."""
    _drawn: dict[int, Drawn] = field(default_factory=dict)
    _view: View = field(default_factory=View)
    _area: int | None = None
    _selected: int | None = None
    _looks: Looks = field(default_factory=dict)

    @property
    def bounds(self) -> list[QRect]:
        """What is covered by paths, in widget pixels, a rectangle for each."""
        return [drawn.bounds for drawn in self._drawn.values()]

    def curve(self, area: int, path: Path) -> Points | None:
        """The flattened curve of a path, if it is this one that is shown."""
        drawn = self._drawn.get(area)
        return drawn.plan.curve if drawn is not None and drawn.plan.path == path else None

    def show(
        self,
        paths: Mapping[int, Path],
        view: View,
        area: int | None,
        selected: int | None,
        looks: Looks = USUAL,
        *,
        seconds: float = USUAL_SECONDS,
        sent: Mapping[int, SentPoints] = NOTHING,
    ) -> QRect:
        """Bring the layer up to date; returns the widget pixels that differ now.

        Paths are shown with the motion of their parents where they are ``resolved``, with ticks for
        a video of so many ``seconds``. ``sent`` holds what is sent of those of which that shows.
        """
        old, old_area, fresh = self._drawn, self._area, view != self._view
        self._view = view
        new = {
            k: self._brought_up(k, path, seconds, active=k == area, sent=sent.get(k), fresh=fresh)
            for k, path in paths.items()
        }
        changed = {k for k in old.keys() | new.keys() if old.get(k) is not new.get(k)}
        if self._selected != selected and area is not None:
            changed.add(area)
        changed |= {k for k in old.keys() & new.keys() if looks.get(k) != self._looks.get(k)}
        self._drawn, self._area, self._selected, self._looks = new, area, selected, looks
        kept = changed if area != old_area else changed - {area}
        if fresh:
            self._begin()
        self._redraw(_union(old, kept).united(_union(new, kept)))
        return _union(old, changed).united(_union(new, changed))

    def draw(self, painter: QPainter, rect: QRect, part: QRect) -> None:
        """Draw what lies in ``rect`` of the widget; ``part`` is the same in device pixels, which
        the painter is set to."""
        if not self._drawn or not any(d.bounds.intersects(rect) for d in self._drawn.values()):
            return
        if not self.image.isNull():
            draw_layer(painter, self.image, part)
        active = self._drawn.get(self._area) if self._area is not None else None
        if self._area is not None and active is not None and active.bounds.intersects(rect):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ratio, looks, selected = self._view.ratio, self._looks, self._selected
            draw_path(painter, self._area, active, ratio, looks=looks, selected=selected)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _brought_up(
        self,
        area: int,
        motion: Path,
        seconds: float,
        *,
        active: bool,
        sent: SentPoints | None,
        fresh: bool,
    ) -> Drawn:
        """What is drawn of a path, made anew only as far as something about it differs."""
        old = self._drawn.get(area)
        plan = _planned(motion, seconds, old.plan if old is not None else None)
        words = active and not self.boxed()
        looks = (active, words, sent)
        alike = old is not None and plan is old.plan and looks == (old.active, old.words, old.sent)
        if old is not None and alike and not fresh:
            return old
        return prepared(plan, self._view, active=active, words=words, sent=sent)

    def _begin(self) -> None:
        """An empty image of the widget's size, or none where it would stay empty."""
        width, height = (math.ceil(side * self._view.ratio) for side in self._view.widget)
        if not self._drawn.keys() - {self._area}:
            self.image = QImage()
            return
        if (self.image.width(), self.image.height()) != (width, height):
            self.image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        self.image.fill(0)

    def _redraw(self, dirty: QRect) -> None:
        """Draw the widget pixels ``dirty`` of the cached paths anew."""
        if self.image.isNull():
            self._begin()
        if self.image.isNull() or dirty.isEmpty():
            return
        part = device_rect(dirty, self._view.ratio)
        painter = QPainter(self.image)
        painter.setClipRect(part)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(part, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for k, drawn in sorted(self._drawn.items()):
            if k != self._area and drawn.bounds.intersects(dirty):
                draw_path(painter, k, drawn, self._view.ratio, looks=self._looks)
        painter.end()


def _planned(motion: Path, seconds: float, old: Plan | None) -> Plan:
    """The curve and the times of a path; what the old plan knows is not worked out again."""
    if old is not None and old.motion == motion and old.seconds == seconds:
        return old
    path = replace(motion, carriers=())
    alike = old is not None and old.path.points == path.points and old.path.curve == path.curve
    curve = old.curve if old is not None and alike else flatten(path)
    return Plan(motion, path, curve, times_along(motion, seconds), seconds)


def _union(drawn: Mapping[int, Drawn], which: set[int]) -> QRect:
    """What some of the paths cover."""
    union = QRect()
    for k in which & drawn.keys():
        union = union.united(drawn[k].bounds)
    return union
