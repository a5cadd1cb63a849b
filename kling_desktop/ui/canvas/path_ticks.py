"""The marks of time along a path as they stand in a view: which ticks there is room for, and their
words. In device pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from kling_desktop.model.path import Point, Points
from kling_desktop.ui.canvas.path_pills import Pill, draw_pill, pill_size
from kling_desktop.ui.canvas.path_times import QUARTER, Rest, Tick, Times
from kling_desktop.ui.canvas.view import View

WHOLE = 4
LONG = 7.5
HALF = {(True, True): LONG, (True, False): 4.5, (False, True): 4.5, (False, False): 3.2}
"""Half the length of a tick in widget pixels, by whether its path is in hand and whether it stands
at a whole second."""
ROOMS = {WHOLE: 5.0, 2: 8.0, 1: 16.0}
"""Widget pixels of way between neighbours that a tick needs: whole seconds, halves, quarters."""
CLEAR_START, CLEAR_HANDLE, CLEAR_ARROW = 13.0, 10.5, 12.0
"""Widget pixels around start, handles and arrow that ticks keep away from."""
BACK = {True: 21.0, False: 4.0}
"""How far before the end the arrow's middle is, by whether a handle sits on the end."""
GAP = 4.0
"""Widget pixels between what a pill is about and the pill."""
PIECE = 6.0
"""Widget pixels between the places of a line that pills keep clear of."""
TRIES = (0.0, 12.0, 26.0)
"""How much further off a pill may go to where there is room."""
LIGHT, DARK = QColor(255, 255, 255), QColor(16, 18, 20)

Disc = tuple[float, float, float]
"""x, y and radius in device pixels."""


@dataclass(frozen=True, slots=True)
class PlacedTimes:
    """Ticks, long ones apart, pills beside them, and the way of a carried area."""

    long: tuple[QLineF, ...] = ()
    short: tuple[QLineF, ...] = ()
    pills: tuple[Pill, ...] = ()
    way: QPolygonF = field(default_factory=QPolygonF)

    @property
    def bounds(self) -> QRectF:
        """What is covered, without the width of any line."""
        box = self.way.boundingRect()
        for pill in self.pills:
            box = box.united(pill.box)
        return box


def placed_times(
    times: Times,
    view: View,
    discs: Sequence[Point],
    line: Points,
    *,
    active: bool,
    words: bool = False,
) -> PlacedTimes:
    """The marks of a path whose start and handles are at ``discs``, and whose curve is ``line``
    (both in device pixels); larger where it is ``active``, and told in ``words``."""
    way = None if times.way is None else _to_device(times.way, view)
    clear = _clear(discs, line, view.ratio, active=active)
    if way is not None:
        clear = (*clear, (*way[-1].tolist(), CLEAR_ARROW * view.ratio))
    chosen = tuple(_chosen(times, view, clear, active=active))
    lines: dict[bool, list[QLineF]] = {True: [], False: []}
    for tick in chosen:
        whole = _rank(tick) == WHOLE
        x, y = view.to_device(*tick.place)
        dx, dy = (side * HALF[active, whole] * view.ratio for side in tick.across)
        lines[whole].append(QLineF(x - dx, y - dy, x + dx, y + dy))
    pills: tuple[Pill, ...] = ()
    if words:
        crowd = _dense(line, PIECE * view.ratio)
        if way is not None:
            crowd = np.vstack([crowd, _dense(way, PIECE * view.ratio)])
        pills = tuple(_pills(times, view, clear, crowd))
    polygon = QPolygonF() if way is None else QPolygonF([QPointF(x, y) for x, y in way.tolist()])
    return PlacedTimes(tuple(lines[True]), tuple(lines[False]), pills, polygon)


def draw_ticks(painter: QPainter, placed: PlacedTimes, ratio: float, *, active: bool) -> None:
    """Ticks in white between dark edges; the painter is set to device pixels and antialiasing."""
    widths = ((4.2, DARK), (1.8, LIGHT)) if active else ((3.2, DARK), (1.3, LIGHT))
    for width, ink in widths:
        painter.setPen(QPen(ink, width * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        for line in (*placed.long, *placed.short):
            painter.drawLine(line if ink is LIGHT else _longer(line, 1.2 * ratio))


def draw_way(painter: QPainter, placed: PlacedTimes, tint: QColor, ratio: float) -> None:
    """The way of a carried area as a thin dashed line."""
    if placed.way.size() < 2:
        return
    solid, cap, join = Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(DARK, 3.4 * ratio, solid, cap, join))
    painter.drawPolyline(placed.way)
    for ink, offset in ((LIGHT, 0.0), (tint, 4.0)):
        pen = QPen(ink, 1.8 * ratio, Qt.PenStyle.CustomDashLine, cap, join)
        pen.setDashPattern([4.0, 4.0])
        pen.setDashOffset(offset)
        painter.setPen(pen)
        painter.drawPolyline(placed.way)


def draw_pills(painter: QPainter, placed: PlacedTimes, ratio: float) -> None:
    for pill in placed.pills:
        draw_pill(painter, pill, ratio)


def _longer(line: QLineF, by: float) -> QLineF:
    """Reaching further at both ends."""
    unit = line.unitVector()
    dx, dy = unit.dx() * by, unit.dy() * by
    return QLineF(line.x1() - dx, line.y1() - dy, line.x2() + dx, line.y2() + dy)


def _rank(tick: Tick) -> int:
    """4 at whole seconds, 2 at halves, 1 at quarters."""
    quarters = round(tick.seconds * 100 / QUARTER)
    return WHOLE if quarters % 4 == 0 else 2 if quarters % 2 == 0 else 1


def _to_device(places: Points, view: View) -> Points:
    return np.asarray(places * view.zoom + (view.x, view.y))


def _clear(discs: Sequence[Point], line: Points, ratio: float, *, active: bool) -> tuple[Disc, ...]:
    """What nothing may lie on: the start, the handles and the arrow."""
    shown = discs if active else discs[:1]
    found = [(*disc, (CLEAR_HANDLE if k else CLEAR_START) * ratio) for k, disc in enumerate(shown)]
    off = np.hypot(*(line - line[-1]).T)
    before = np.flatnonzero(off >= BACK[active] * ratio)
    x, y = line[before[-1] if before.size else 0].tolist()
    return (*found, (x, y, CLEAR_ARROW * ratio))


def _chosen(times: Times, view: View, clear: Sequence[Disc], *, active: bool) -> Iterator[Tick]:
    """The ticks for which there is room: whole seconds before halves, and those before quarters."""
    taken: list[float] = []
    for rank, room in ROOMS.items() if active else list(ROOMS.items())[:-1]:
        for tick in times.ticks:
            if _rank(tick) != rank or _within(view.to_device(*tick.place), clear):
                continue
            along = tick.along * view.zoom / view.ratio
            if all(abs(along - other) >= room for other in taken):
                taken.append(along)
                yield tick


def _within(place: Point, discs: Sequence[Disc]) -> bool:
    x, y = place
    return any((x - a) ** 2 + (y - b) ** 2 < reach * reach for a, b, reach in discs)


def _pills(times: Times, view: View, clear: Sequence[Disc], line: Points) -> list[Pill]:
    """Rests, then whole seconds, as far as they find room: beside their place, further off, or not
    at all."""
    found: list[Pill] = []
    marks: list[Rest | Tick] = [*times.rests]
    marks += [tick for tick in times.ticks if _rank(tick) == WHOLE]
    for mark in marks:
        x, y = view.to_device(*mark.place)
        if not QRectF(0, 0, *view.device).contains(x, y):
            continue
        covered = _within((x, y), clear)
        for pill in _candidates(mark, view, covered=covered):
            if _free(pill.box, view, clear, line) and not _covers(found, pill):
                found.append(pill)
                break
    return found


def _candidates(mark: Rest | Tick, view: View, *, covered: bool) -> Iterator[Pill]:
    """On either side of it, the nearest first; not far off where no tick is seen to go with it."""
    rests = isinstance(mark, Rest)
    off = CLEAR_START if covered else LONG
    text = f"{mark.seconds:.1f} s" if rests else f"{mark.seconds:.0f} s"
    width, height = pill_size(text, view.ratio, pauses=rests)
    x, y = view.to_device(*mark.place)
    for more in TRIES if rests or not covered else TRIES[:1]:
        for side in (1.0, -1.0):
            ax, ay = side * mark.across[0], side * mark.across[1]
            reach = (off + GAP + more) * view.ratio + abs(ax) * width / 2 + abs(ay) * height / 2
            box = QRectF(0.0, 0.0, width, height)
            box.moveCenter(QPointF(x + ax * reach, y + ay * reach))
            yield Pill(box, text, rests)


def _dense(line: Points, step: float) -> Points:
    """Points along a line so close together that no pill fits between two of them."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    where = np.linspace(0.0, along[-1], max(2, int(along[-1] / step)))
    return np.column_stack([np.interp(where, along, line[:, axis]) for axis in (0, 1)])


def _free(box: QRectF, view: View, clear: Sequence[Disc], line: Points) -> bool:
    """Whether a pill would cover neither a handle nor the line, and be seen whole."""
    if not QRectF(0, 0, *view.device).contains(box):
        return False
    around = box.adjusted(*(side * view.ratio for side in (-3.0, -3.0, 3.0, 3.0)))
    low, high = (around.left(), around.top()), (around.right(), around.bottom())
    if bool(((line > low) & (line < high)).all(axis=1).any()):
        return False
    nearest = np.clip([(x, y) for x, y, _ in clear], low, high)
    return not any(
        (x - a) ** 2 + (y - b) ** 2 < (reach * 0.8) ** 2
        for (x, y, reach), (a, b) in zip(clear, nearest.tolist(), strict=True)
    )


def _covers(others: Sequence[Pill], pill: Pill) -> bool:
    return any(other.box.intersects(pill.box) for other in others)
