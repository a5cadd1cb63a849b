"""How a task is drawn in the list: a sign for its state, its name, what there is to say, how far it is."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kling_desktop.model.task import FINAL, WORDS, Task, TaskState
from kling_desktop.ui.panels.task_view import TaskView
from kling_desktop.ui.panels.wrapped import wrapped
from kling_desktop.ui.task_list import SHARE, TASK, WAITS
from kling_desktop.ui.theme import Scheme, scheme

ROW = 46
"""The least height of a row: of one line below the name."""
HEAD, FOOT = 23, 8
"""What a row has above those lines, and below them."""
PAD = 10
SIGN = 16
BAR = 3
SMALL = 12
"""Pixels of the letters below the name."""
LINES, LINES_CHOSEN = 3, 12
"""Lines of a row at most; the chosen one has to say all of it, the next step comes last."""
REMEMBERED = 2_000
"""Sentences whose lines are known; there is one for each row and width at least."""

DONE = QColor("#2a8a50")
STAGES = (
    frozenset({TaskState.QUEUED, TaskState.SUBMITTING}),
    frozenset({TaskState.SUBMITTED, TaskState.PROCESSING}),
    frozenset({TaskState.DOWNLOADING}),
)
"""The way of a task in three parts; providers tell no percentage of theirs."""

_MARKS: dict[TaskState, tuple[tuple[tuple[float, float], ...], ...]] = {
    TaskState.DONE: (((4.5, 8.3), (7.0, 10.8), (11.5, 5.6)),),
    TaskState.FAILED: (((5.4, 5.4), (10.6, 10.6)), ((10.6, 5.4), (5.4, 10.6))),
    TaskState.CANCELLED: (((4.8, 8.0), (11.2, 8.0)),),
    TaskState.SUBMITTING: (((8.0, 11.4), (8.0, 4.8)), ((5.4, 7.2), (8.0, 4.6), (10.6, 7.2))),
    TaskState.DOWNLOADING: (((8.0, 4.6), (8.0, 11.2)), ((5.4, 8.8), (8.0, 11.4), (10.6, 8.8))),
    TaskState.SUBMITTED: (((8.0, 4.4), (8.0, 8.2), (10.6, 9.8)),),
}
"""Lines of each state's sign, in a square of 16."""
_DOTS = (4.6, 8.0, 11.4)

Index = QModelIndex | QPersistentModelIndex


class TaskDelegate(QStyledItemDelegate):
    """One row; every state has a shape of its own, so that no colour has to be told apart."""

    def __init__(self, models: Mapping[str, str], view: TaskView) -> None:
        """``models`` gives the labels of model names."""
        super().__init__(view)
        self._models, self._view, self._font = models, view, _small(view.font())
        self._spacing = QFontMetrics(self._font).lineSpacing()
        self._known: dict[tuple[str, int, int], list[str]] = {}

    def read(self, index: Index) -> list[str]:
        """What is read below the name, line by line; all of it where the row is the chosen one."""
        task = index.data(TASK)
        said, left = self._said(task, index)
        chosen = index.row() == self._view.chosen_row
        lines = self._wrapped(said, LINES_CHOSEN if chosen else LINES)
        return [*lines, left] if left else lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(180, max(ROW, HEAD + len(self.read(index)) * self._spacing + FOOT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        task = index.data(TASK)
        if not isinstance(task, Task):
            return
        rect: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        colours = scheme(palette)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _ground(painter, rect, state, colours)
        painter.save()
        painter.translate(rect.left() + PAD, rect.top() + 7)
        draw_sign(painter, task.state, colours)
        painter.restore()
        inner = rect.adjusted(PAD + SIGN + 8, 0, -PAD, 0)
        said, left = self._said(task, index)
        sentence = said != _how_it_goes(task, self._models)
        _title(painter, inner, task, corner(task, said=sentence), colours)
        tint, late = _tint(task, colours), QColor(colours.warning)
        lines = [(each, tint) for each in self.read(index)]
        if left:
            lines[-1] = (left, late)
        _words(painter, inner, lines, self._font)
        if task.state not in FINAL and task.state != TaskState.UNCONFIRMED:
            _bar(painter, inner, task.state, index.data(SHARE), colours)
        painter.restore()

    def _said(self, task: Task, index: Index) -> tuple[str, str]:
        """The sentence, and the time left for a line of its own where the sentence does not say it."""
        said, left = told(task, self._models, index.data(WAITS)), time_left(task)
        return said, "" if left in said else left

    def _wrapped(self, said: str, most: int) -> list[str]:
        """Remembered, as each row is asked for it with every layout."""
        width = self._view.row_width - PAD - SIGN - 8 - PAD
        key = (said, width, most)
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = wrapped(said, self._font, width, most)
        return self._known[key]


def draw_sign(painter: QPainter, state: TaskState, colours: Scheme) -> None:
    """The state's sign in the square (0, 0, 16, 16)."""
    tint = {
        TaskState.DONE: DONE,
        TaskState.FAILED: QColor(colours.error),
        TaskState.UNCONFIRMED: QColor(colours.warning),
        TaskState.CANCELLED: QColor(colours.muted),
    }.get(state, QColor(colours.accent))
    disc = QRectF(1, 1, SIGN - 2, SIGN - 2)
    if state in {TaskState.QUEUED, TaskState.CANCELLED}:
        painter.setPen(QPen(tint, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ink = tint
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        ink = QColor("white") if tint.lightness() < 150 else QColor("#17181c")
    painter.drawEllipse(disc)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(ink, 1.7, Qt.PenStyle.SolidLine, cap, join))
    if state == TaskState.UNCONFIRMED:
        font = QFont(painter.font())
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, SIGN, SIGN), Qt.AlignmentFlag.AlignCenter, "?")
    elif state == TaskState.PROCESSING:
        painter.setBrush(ink)
        painter.setPen(Qt.PenStyle.NoPen)
        for x in _DOTS:
            painter.drawEllipse(QPointF(x, 8.0), 1.3, 1.3)
    for line in _MARKS.get(state, ()):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in line]))


def told(task: Task, models: Mapping[str, str], waits: str = "") -> str:
    """The second line: the error's sentence where there is one, else what it waits for, else how
    it goes, where and by which model."""
    return task.error or task.note or waits or _how_it_goes(task, models)


def time_left(task: Task) -> str:
    """How long a video that was made can still be fetched, where that is worth a word."""
    return task.fetch_within(time.time())


def clock_time(when: float, now: float | None = None) -> str:
    """The time of day if `when` is on the day of `now` (both in Unix seconds), else the date."""
    moment = datetime.fromtimestamp(when).astimezone()
    today = datetime.fromtimestamp(time.time() if now is None else now).astimezone().date()
    return moment.strftime("%H:%M" if moment.date() == today else "%Y-%m-%d")


def _ground(painter: QPainter, rect: QRect, state: QStyle.StateFlag, colours: Scheme) -> None:
    frame = QRectF(rect).adjusted(3.5, 1.5, -3.5, -1.5)
    painter.setPen(Qt.PenStyle.NoPen)
    if state & QStyle.StateFlag.State_Selected:
        painter.setPen(QPen(QColor(colours.accent), 1))
        painter.setBrush(QColor(colours.accent_soft))
        painter.drawRoundedRect(frame, 6, 6)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(colours.hover))
        painter.drawRoundedRect(frame, 6, 6)


def _how_it_goes(task: Task, models: Mapping[str, str]) -> str:
    model = models.get(task.model, task.model)
    return " · ".join(filter(None, (WORDS[task.state], task.turned, task.account, model)))


def corner(task: Task, *, said: bool) -> str:
    """The time, and the account where a sentence stands in place of its name."""
    return f"{task.account} · {clock_time(task.created)}" if said else clock_time(task.created)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(SMALL)
    return small


def _title(painter: QPainter, inner: QRect, task: Task, corner: str, colours: Scheme) -> None:
    """The name of the shot, and a few words at the right."""
    place = QRect(inner.left(), inner.top() + 5, inner.width(), 19)
    middle, elide = Qt.AlignmentFlag.AlignVCenter, Qt.TextElideMode.ElideRight
    bold = QFont(painter.font())
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(_small(painter.font()))
    painter.setPen(QColor(colours.muted))
    corner = painter.fontMetrics().elidedText(corner, elide, place.width() // 2)
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, corner)
    place.setRight(place.right() - painter.fontMetrics().horizontalAdvance(corner) - 8)
    painter.setFont(bold)
    painter.setPen(QColor(colours.text))
    title = painter.fontMetrics().elidedText(task.shot or "Untitled", elide, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | middle, title)


def _words(
    painter: QPainter, inner: QRect, lines: Sequence[tuple[str, QColor]], font: QFont
) -> None:
    painter.setFont(font)
    metrics = painter.fontMetrics()
    base = inner.top() + HEAD + metrics.ascent()
    for words, tint in lines:
        painter.setPen(tint)
        painter.drawText(QPointF(inner.left(), base), words)
        base += metrics.lineSpacing()


def _tint(task: Task, colours: Scheme) -> QColor:
    if task.error is None:
        return QColor(colours.muted)
    return QColor(colours.error if task.state == TaskState.FAILED else colours.warning)


def _bar(
    painter: QPainter, inner: QRect, state: TaskState, share: float | None, colours: Scheme
) -> None:
    """Three pieces of the way: those behind are full, the present one is pale or measured."""
    stage = next(number for number, states in enumerate(STAGES) if state in states)
    width, gap = inner.width() / len(STAGES), 3
    painter.setPen(Qt.PenStyle.NoPen)
    for number in range(len(STAGES)):
        piece = QRectF(inner.left() + number * width, inner.bottom() - 5, width - gap, BAR)
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(piece, 1.5, 1.5)
        full = QColor(colours.accent)
        if number == stage and share is None:
            full.setAlphaF(0.45)
        if number <= stage:
            piece.setWidth(piece.width() * (share if number == stage and share is not None else 1))
            painter.setBrush(full)
            painter.drawRoundedRect(piece, 1.5, 1.5)
