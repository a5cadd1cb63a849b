"""The tasks as a Qt list model: the queue in its order, then the newest first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from kling_desktop.model.task import WORDS, Task, TaskState

Index = QModelIndex | QPersistentModelIndex
Place = tuple[int, float, float, str]
TASK = Qt.ItemDataRole.UserRole
SHARE = Qt.ItemDataRole.UserRole + 1
WAITS = Qt.ItemDataRole.UserRole + 2
ALL = ""
"""Stands for every account where something is so for one."""
QUEUED_TASK = "application/x-kling-desktop-queued-task"
"""What is dragged: the id of a queued task."""


class TaskList(QAbstractListModel):
    """Rows of Task (role TASK) with the share of the download, 0…1 or None (role SHARE), and what
    the queued wait for where they do not say it themselves (role WAITS).

    The queued stand at the top, the next to be sent first, and can be dragged among themselves;
    the others follow, newest first. The place of a task is found from what is known of it.
    """

    move_wanted = Signal(str, object)
    """Id of a queued task, and that of the one it is to go before, or None for the end. The list
    itself changes once the journal has."""
    step_wanted = Signal(str, int)
    """Id of a queued task, and how many places later it is to go, or earlier for less than 0."""

    failed = Signal(object)
    """A Task that has just failed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Task] = []
        self._known: dict[str, Task] = {}
        self._shares: dict[str, float] = {}
        self._waits: dict[str, str] = {}

    def load(self, tasks: Sequence[Task]) -> None:
        """Show these, in any order; what is known here to be newer is kept."""
        self.beginResetModel()
        newest = [max(task, self._known.get(task.id, task), key=_updated) for task in tasks]
        self._known = {task.id: task for task in newest}
        self._rows = sorted(self._known.values(), key=_place)
        self.endResetModel()

    def update(self, task: Task) -> None:
        """A task is new or changed; old news is passed over."""
        if task.state == TaskState.SUBMITTING:
            self.wait_for(task.account, "")
        old = self._known.get(task.id)
        if old is None:
            self._add(task)
        elif task.updated >= old.updated:
            if task.state != TaskState.DOWNLOADING:
                self._shares.pop(task.id, None)
            self._exchange(old, task)
            if task.state == TaskState.FAILED != old.state:
                self.failed.emit(task)

    def wait_for(self, account: str, reason: str) -> None:
        """What keeps the queued tasks of an account, or of ALL; empty when nothing does any more.
        That of an account is over as well when one of its tasks is sent."""
        if self._waits.get(account, "") == reason:
            return
        self._waits[account] = reason
        if length := self._queue_length:
            self.dataChanged.emit(self.index(0), self.index(length - 1))

    def progress(self, task_id: str, here: int, whole: int | None) -> None:
        """So many bytes of a video have arrived; told on where a percent of it has."""
        if task_id not in self._known or not whole:
            return
        share = min(1.0, here / whole)
        if round(share * 100) != round(self._shares.get(task_id, -1.0) * 100):
            self._shares[task_id] = share
            self._tell(self._row(self._known[task_id]))

    def task(self, index: Index) -> Task | None:
        return self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None

    def index_of(self, task_id: str) -> QModelIndex:
        """The row of a task; an invalid index where it is not listed."""
        task = self._known.get(task_id)
        return QModelIndex() if task is None else self.index(self._row(task))

    @property
    def tasks(self) -> Sequence[Task]:
        """As they are shown."""
        return tuple(self._rows)

    @property
    def queue(self) -> Sequence[Task]:
        """The queued, the next to be sent first."""
        return tuple(self._rows[: self._queue_length])

    def move(self, task_id: str, step: int) -> bool:
        """Ask for a queued task to go one earlier (-1) or later (+1); whether it is queued.

        The step is not counted from the row that is shown: while a key is held, the list is behind
        what was asked for, and every step is one.
        """
        if not 0 <= self.index_of(task_id).row() < self._queue_length:
            return False
        self.step_wanted.emit(task_id, step)
        return True

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        task = self.task(index)
        if task is None:
            return None
        if role == TASK:
            return task
        if role == SHARE:
            return self._shares.get(task.id) if task.state == TaskState.DOWNLOADING else None
        if role == WAITS:
            return self._reason(task)
        words = _WORDS.get(role)
        return None if words is None else words(task)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled  # between rows, never onto one
        flags = super().flags(index)
        queued = index.row() < self._queue_length
        return flags | Qt.ItemFlag.ItemIsDragEnabled if queued else flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [QUEUED_TASK]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        for task in filter(None, map(self.task, indexes)):
            data.setData(QUEUED_TASK, task.id.encode())
        return data

    def canDropMimeData(
        self,
        data: QMimeData,
        action: Qt.DropAction,
        row: int,  # noqa: ARG002 - below the queue is its end
        column: int,
        parent: Index,
    ) -> bool:
        return (
            action == Qt.DropAction.MoveAction
            and data.hasFormat(QUEUED_TASK)
            and not parent.isValid()
            and column <= 0
        )

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Never takes the row itself: the journal moves it, and the list follows. Whatever is below
        the queue is its end, also where there is no row at all (-1)."""
        if self.canDropMimeData(data, action, row, column, parent):
            dragged = self.index_of(bytes(data.data(QUEUED_TASK).data()).decode(errors="replace"))
            if 0 <= dragged.row() < self._queue_length:
                self._ask(
                    dragged.row(), min(row, self._queue_length) if row >= 0 else self._queue_length
                )
        return False

    # Rows

    def _reason(self, task: Task) -> str:
        if task.state != TaskState.QUEUED:
            return ""
        return self._waits.get(ALL) or self._waits.get(task.account, "")

    @property
    def _queue_length(self) -> int:
        return bisect_left(self._rows, _REST, key=_place)

    def _row(self, task: Task) -> int:
        return bisect_left(self._rows, _place(task), key=_place)

    def _ask(self, row: int, gap: int) -> None:
        """Ask for a queued task to stand in the gap above a row."""
        if gap not in {row, row + 1}:
            before = self._rows[gap].id if gap < self._queue_length else None
            self.move_wanted.emit(self._rows[row].id, before)

    def _add(self, task: Task) -> None:
        row = self._row(task)
        self.beginInsertRows(QModelIndex(), row, row)
        self._rows.insert(row, task)
        self._known[task.id] = task
        self.endInsertRows()

    def _exchange(self, old: Task, new: Task) -> None:
        row = self._row(old)
        gap = self._row(new)
        moves = gap not in {row, row + 1}
        if moves:
            self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), gap)
        del self._rows[row]
        self._known[new.id] = new
        row = gap - 1 if gap > row else gap
        self._rows.insert(row, new)
        if moves:
            self.endMoveRows()
        self._tell(row)

    def _tell(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)


def _place(task: Task) -> Place:
    """What the rows are sorted by."""
    if task.state == TaskState.QUEUED:
        return 0, task.rank, task.created, task.id
    return 1, -task.created, 0.0, task.id


_REST: Place = (1, float("-inf"), 0.0, "")
"""Where the queue ends."""


def _told(task: Task, between: str) -> str:
    state = f"{WORDS[task.state]} · {task.account}"
    said = (task.shot or "Untitled", state, task.error, task.note, task.turned, task.video)
    return between.join(filter(None, said))


_WORDS: dict[int, Callable[[Task], str]] = {
    Qt.ItemDataRole.DisplayRole: lambda task: f"{task.shot or 'Untitled'} · {WORDS[task.state]}",
    Qt.ItemDataRole.ToolTipRole: lambda task: _told(task, "\n"),
    Qt.ItemDataRole.AccessibleTextRole: lambda task: _told(task, ", "),
}


def _updated(task: Task) -> float:
    return task.updated
