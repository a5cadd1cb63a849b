"""How a task is drawn in the list: a sign for its state, its name, how it goes and how far."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kling_desktop.model.task import FINAL, WORDS, Task, TaskState
from kling_desktop.ui.task_list import SHARE, TASK, WAITS
from kling_desktop.ui.theme import Scheme, scheme

ROW = 46
PAD = 10
SIGN = 16
BAR = 3

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

    def __init__(self, models: Mapping[str, str], parent: QObject | None = None) -> None:
        """``models`` gives the labels of model names."""
        super().__init__(parent)
        self._models = models

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(180, ROW)

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
        _words(painter, inner, task, told(task, self._models, index.data(WAITS)), colours)
        if task.state not in FINAL and task.state != TaskState.UNCONFIRMED:
            _bar(painter, inner, task.state, index.data(SHARE), colours)
        painter.restore()


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
    model = models.get(task.model, task.model)
    words = (WORDS[task.state], task.turned, task.account, model)
    return task.error or task.note or waits or " · ".join(filter(None, words))


def time_left(task: Task) -> str:
    """How long a video that was made can still be fetched, where that is worth a word."""
    made = task.state == TaskState.DOWNLOADING or task.video_url is not None
    return task.fetch_within(time.time()) if made else ""


def clock_time(when: float) -> str:
    """The time of day for today, else the date."""
    moment = datetime.fromtimestamp(when).astimezone()
    today = datetime.fromtimestamp(time.time()).astimezone().date()
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


def _words(painter: QPainter, inner: QRect, task: Task, said: str, colours: Scheme) -> None:
    first = QRect(inner.left(), inner.top() + 5, inner.width(), 19)
    second = QRect(inner.left(), inner.top() + 22, inner.width(), 18)
    muted, elide = QColor(colours.muted), Qt.TextElideMode.ElideRight
    middle = Qt.AlignmentFlag.AlignVCenter
    small, bold = QFont(painter.font()), QFont(painter.font())
    small.setPixelSize(12)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(small)
    painter.setPen(muted)
    when = clock_time(task.created)
    painter.drawText(first, Qt.AlignmentFlag.AlignRight | middle, when)
    left = painter.fontMetrics().elidedText(time_left(task), elide, second.width() * 2 // 3)
    painter.setPen(QColor(colours.warning))
    painter.drawText(second, Qt.AlignmentFlag.AlignRight | middle, left)
    if left:
        second.setRight(second.right() - painter.fontMetrics().horizontalAdvance(left) - 12)
    words = painter.fontMetrics().elidedText(said, elide, second.width())
    painter.setPen(_tint(task, colours))
    painter.drawText(second, Qt.AlignmentFlag.AlignLeft | middle, words)
    first.setRight(first.right() - painter.fontMetrics().horizontalAdvance(when) - 8)
    painter.setFont(bold)
    painter.setPen(QColor(colours.text))
    title = painter.fontMetrics().elidedText(task.shot or "Untitled", elide, first.width())
    painter.drawText(first, Qt.AlignmentFlag.AlignLeft | middle, title)


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
