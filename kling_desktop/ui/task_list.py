"""The tasks as a Qt list model: newest first, kept true by the worker's signals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kling_desktop.model.task import WORDS, Task, TaskState

Index = QModelIndex | QPersistentModelIndex
TASK = Qt.ItemDataRole.UserRole
SHARE = Qt.ItemDataRole.UserRole + 1


class TaskList(QAbstractListModel):
    """Rows of Task (role TASK) with the share of the download, 0…1 or None (role SHARE).

    Tasks are kept oldest first, so that a new one shifts no other, and found by id; row 0 is the
    last of them.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []
        self._places: dict[str, int] = {}
        self._shares: dict[str, float] = {}

    def load(self, tasks: Sequence[Task]) -> None:
        """Show these, in any order; what is known here to be newer is kept."""
        self.beginResetModel()
        known = {task.id: task for task in self._tasks}
        newest = [max(task, known.get(task.id, task), key=_updated) for task in tasks]
        self._tasks = sorted(newest, key=_created)
        self._number()
        self.endResetModel()

    def update(self, task: Task) -> None:
        """A task is new or changed; old news is passed over."""
        place = self._places.get(task.id)
        if place is None:
            self._add(task)
        elif task.updated >= self._tasks[place].updated:
            self._tasks[place] = task
            if task.state != TaskState.DOWNLOADING:
                self._shares.pop(task.id, None)
            self._tell(place)

    def progress(self, task_id: str, here: int, whole: int | None) -> None:
        """So many bytes of a video have arrived; told on where a percent of it has."""
        place = self._places.get(task_id)
        if place is None or not whole:
            return
        share = min(1.0, here / whole)
        if round(share * 100) != round(self._shares.get(task_id, -1.0) * 100):
            self._shares[task_id] = share
            self._tell(place)

    def task(self, index: Index) -> Task | None:
        return self._tasks[-1 - index.row()] if 0 <= index.row() < len(self._tasks) else None

    def index_of(self, task_id: str) -> QModelIndex:
        """The row of a task; an invalid index where it is not listed."""
        place = self._places.get(task_id)
        return QModelIndex() if place is None else self.index(len(self._tasks) - 1 - place)

    @property
    def tasks(self) -> Sequence[Task]:
        """Newest first."""
        return tuple(reversed(self._tasks))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._tasks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        task = self.task(index)
        if task is None:
            return None
        if role == TASK:
            return task
        if role == SHARE:
            return self._shares.get(task.id) if task.state == TaskState.DOWNLOADING else None
        words = _WORDS.get(role)
        return None if words is None else words(task)

    def _add(self, task: Task) -> None:
        place = bisect_right(self._tasks, task.created, key=_created)
        row = len(self._tasks) - place
        self.beginInsertRows(QModelIndex(), row, row)
        self._tasks.insert(place, task)
        if row == 0:
            self._places[task.id] = place
        else:
            self._number()
        self.endInsertRows()

    def _number(self) -> None:
        self._places = {task.id: place for place, task in enumerate(self._tasks)}

    def _tell(self, place: int) -> None:
        index = self.index(len(self._tasks) - 1 - place)
        self.dataChanged.emit(index, index)


def _told(task: Task, between: str) -> str:
    state = f"{WORDS[task.state]} · {task.account}"
    said = (task.shot or "Untitled", state, task.error, task.turned, task.video)
    return between.join(filter(None, said))


_WORDS: dict[int, Callable[[Task], str]] = {
    Qt.ItemDataRole.DisplayRole: lambda task: f"{task.shot or 'Untitled'} · {WORDS[task.state]}",
    Qt.ItemDataRole.ToolTipRole: lambda task: _told(task, "\n"),
    Qt.ItemDataRole.AccessibleTextRole: lambda task: _told(task, ", "),
}


def _created(task: Task) -> float:
    return task.created


def _updated(task: Task) -> float:
    return task.updated
