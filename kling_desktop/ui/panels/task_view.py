"""The view of the tasks: its rows are as high as what they say, and the Delete key takes one out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

Index = QModelIndex | QPersistentModelIndex
_TAKE_OUT = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})
"""Some keyboards have the second alone, and call it the first."""


class TaskView(QListView):
    """Asks its delegate for heights only where one may have changed: there are many rows, and much
    news of them."""

    take_out_wanted = Signal()
    """The Delete key was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row_width = self.width()
        """Pixels; every row asks for it."""
        self.setObjectName("tasks")
        self.setAccessibleName("Tasks")
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragDropMode(QListView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)

    @property
    def chosen_row(self) -> int:
        """-1 where none is chosen. It is another one whenever a row above it comes or goes."""
        return self.currentIndex().row()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rows leave room for a scroll bar whether there is one or not: a row must not grow as
        the bar comes, and make it go."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        self.row_width = self.width() - bar
        super().resizeEvent(event)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """As Qt's own, which would lay out every row anew for the least news of one."""
        if self._same_heights(first.row(), last.row()):
            QAbstractItemView.dataChanged(self, first, last, list(roles))
        else:
            super().dataChanged(first, last, list(roles))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The chosen row says all that it has to say."""
        super().currentChanged(current, previous)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _TAKE_OUT and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.take_out_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _same_heights(self, first: int, last: int) -> bool:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        for row in range(first, last + 1):
            index = self.model().index(row, 0)
            wanted = self.itemDelegate().sizeHint(option, index).height()
            if self.visualRect(index).height() != wanted:
                return False
        return True
