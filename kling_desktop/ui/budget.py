"""The points that will be sent of the path in hand, worked out beside the window's own thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from kling_desktop.model.landing import sent
from kling_desktop.model.path import Path, Point
from kling_desktop.model.shot import Picture, Shot
from kling_desktop.ui.document import Document
from kling_desktop.ui.jobs import Jobs
from kling_desktop.ui.toolbox import Toolbox

Size = tuple[int, int]

SETTLE_MS = 120
"""How long a path stays as it is before its points are worked out: that takes up to 0.2 s."""
KEPT = 12
"""How many paths are remembered: six, as they are and as they were."""
COARSE = 600
"""Vertices of the curve among which the place of the largest deviation is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class SentPoints:
    """What is sent of one path, in pixels of the picture, origin top-left."""

    points: tuple[Point, ...]
    deviation_px: float
    """How far the sent polyline strays from the drawn curve at most."""
    worst: Point
    """Where on the drawn curve that is."""


@dataclass(frozen=True, slots=True)
class Question:
    """The path as it is sent, and the picture that it lies on."""

    path: Path
    picture: Picture

    def same(self, other: Question) -> bool:
        return self.picture is other.picture and self.path == other.path


def question(shot: Shot, area: int) -> Question | None:
    """What there is to work out for an area; None where no path of it can be sent."""
    path = shot.paths.get(area)
    if shot.picture is None or path is None or not path.points:
        return None
    found = sent(shot).paths[area]
    return Question(found, shot.picture) if len(path.points) > 1 or found.carriers else None


def sent_points(asked: Question) -> SentPoints:
    """The points of a path in the sent picture, brought back onto the artist's."""
    from kling_desktop.providers.trajectory import trajectory
    from kling_desktop.providers.wire_curve import WireCurve, distances

    size, sent_size = (asked.picture.width, asked.picture.height), _sent_size(asked.picture)
    laid = trajectory(asked.path, size, sent_size)
    points = np.asarray(laid.points, np.float64)
    curve = WireCurve.of(asked.path, size, sent_size).thinned(COARSE).points
    pieces, vertices = len(points) - 1, len(curve)
    starts = np.tile(points[:-1], (vertices, 1))
    ends = np.tile(points[1:], (vertices, 1))
    off = distances(np.repeat(curve, pieces, axis=0), starts, ends).reshape(vertices, pieces)
    places = np.vstack([points, curve[off.min(axis=1).argmax()]])
    scale = np.array(size) / np.array(sent_size)
    places[:, 1] = sent_size[1] - 1 - places[:, 1]
    *drawn, worst = ((float(x), float(y)) for x, y in places * scale)
    return SentPoints(tuple(drawn), laid.deviation_px, worst)


class Budget(QObject):
    """``found`` follows the path of the area in hand, a moment later where it is new."""

    changed = Signal()

    def __init__(self, document: Document, toolbox: Toolbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._toolbox = document, toolbox
        self._jobs = Jobs(self)
        self._known: list[tuple[Question, SentPoints]] = []
        self._area = toolbox.area
        self._found: SentPoints | None = None
        self._running: Question | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._start)
        document.opened.connect(self._begin)
        document.paths_changed.connect(self._follow)
        document.land_changed.connect(self._follow)
        toolbox.area_changed.connect(self._follow)
        self._follow()

    @property
    def found(self) -> SentPoints | None:
        """What is sent of the path in hand. While a path is being changed it is what was sent of
        it before."""
        return self._found

    def _begin(self) -> None:
        """Another shot is here: nothing of the old one is kept."""
        self._known.clear()
        self._tell(None)
        self._follow()

    def _follow(self) -> None:
        asked = question(self._document.shot, self._toolbox.area)
        known = self._recalled(asked) if asked is not None else None
        another = self._toolbox.area != self._area
        self._area = self._toolbox.area
        if asked is None or known is not None or another:
            self._tell(known)
        if asked is not None and known is None:
            self._settle.start()

    def _recalled(self, asked: Question) -> SentPoints | None:
        return next((found for known, found in self._known if known.same(asked)), None)

    def _start(self) -> None:
        asked = question(self._document.shot, self._toolbox.area)
        if self._running is None and asked is not None and self._recalled(asked) is None:
            self._running = asked
            self._jobs.run(lambda: sent_points(asked), self._arrived, self._failed)

    def _arrived(self, found: SentPoints) -> None:
        asked, self._running = self._running, None
        if asked is not None:
            self._known = [(asked, found), *self._known[: KEPT - 1]]
        self._follow()

    def _failed(self, _sentence: str) -> None:
        """The picture is no good, which is told elsewhere; it is not asked about once more."""
        failed, self._running = self._running, None
        self._tell(None)
        asked = question(self._document.shot, self._toolbox.area)
        if failed is not None and asked is not None and not asked.same(failed):
            self._settle.start()

    def _tell(self, found: SentPoints | None) -> None:
        if found is not self._found:
            self._found = found
            self.changed.emit()


def _sent_size(picture: Picture) -> Size:
    """Of the copy where one has to be made: only then is the picture perhaps scaled."""
    from kling_desktop.imaging.fit import fit, needs_fitting

    if not needs_fitting(picture):
        return picture.width, picture.height
    fitted = fit(picture)
    return fitted.width, fitted.height
