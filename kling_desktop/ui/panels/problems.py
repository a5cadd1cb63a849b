"""The problems panel: what stops the shot or may spoil it, each leading to its field."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.model.problem import Problem
from kling_desktop.ui.icons import picture
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.panels.form import button
from kling_desktop.ui.theme import scheme

PROBLEM = Qt.ItemDataRole.UserRole
MOST = 3
"""Rows that are seen at once."""
ICON, GAP, PAD = 16, 8, 6
FIX_WIDTH = 52
WRAP = Qt.TextFlag.TextWordWrap


class _Delegate(QStyledItemDelegate):
    """An icon and a sentence over as many lines as it needs, beside the room for a button."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        view = option.widget
        width = view.viewport().width() if isinstance(view, ProblemList) else 280
        least = view.row_height if isinstance(view, ProblemList) else 0
        text = self._text_rect(QRect(0, 0, width, 10_000), index)
        needed = option.fontMetrics.boundingRect(text, WRAP, str(index.data()))
        return QSize(width, max(least, max(needed.height(), ICON) + 2 * PAD))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colours = scheme(option.palette)
        problem = index.data(PROBLEM)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            focused = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(colours.accent_text if focused else colours.hover), 1))
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 6, 6)
        tint = QColor(colours.error if problem.stops else colours.warning)
        ratio = painter.device().devicePixelRatioF()
        drawing = picture("error" if problem.stops else "warning", ICON, tint, ratio)
        painter.drawPixmap(rect.left() + PAD, rect.top() + PAD, drawing)
        painter.setPen(QColor(colours.text))
        painter.drawText(self._text_rect(rect, index), WRAP, str(index.data()))
        painter.restore()

    @staticmethod
    def _text_rect(rect: QRect, index: QModelIndex | QPersistentModelIndex) -> QRect:
        right = FIX_WIDTH + GAP if index.data(PROBLEM).fix else 0
        return rect.adjusted(PAD + ICON + GAP, PAD, -PAD - right, -PAD)


class ProblemList(QListWidget):
    """As tall as its sentences while they are few; then it scrolls, by rows of one height, so that
    no sentence is ever cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row_height = 0
        """What every row is at least as high as."""
        self.setObjectName("problems")
        self.setAccessibleName("Problems")
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.fit()

    def fit(self) -> None:
        bars, many = Qt.ScrollBarPolicy, self.count() > MOST
        self.setVerticalScrollBarPolicy(bars.ScrollBarAlwaysOn if many else bars.ScrollBarAlwaysOff)
        self.row_height = 0
        heights = [self.sizeHintForRow(row) for row in range(self.count())]
        if many:
            self.row_height = max(heights)
            self.scheduleDelayedItemsLayout()
        rows = MOST * self.row_height if many else sum(heights)
        self.setFixedHeight(rows + 2 * self.frameWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()
            self.fit()


class ProblemsPanel(QWidget):
    """The inspector's list; a click leads to the field, a button makes the safe fix."""

    field_requested = Signal(str)

    def __init__(self, inspector: Inspector, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspector = inspector
        self.list = ProblemList()
        self.empty = QLabel("Nothing in the way.")
        self.empty.setProperty("tone", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addWidget(self.empty)
        self.list.itemClicked.connect(self._lead)
        self.list.itemActivated.connect(self._lead)
        inspector.changed.connect(self._refresh)
        self._refresh()

    def _lead(self, item: QListWidgetItem) -> None:
        self.field_requested.emit(item.data(PROBLEM).field)

    def _refresh(self) -> None:
        problems = self._inspector.problems
        self.list.clear()
        for problem in problems:
            # Whole before it is in the list, which may ask for its size at once.
            item = QListWidgetItem(problem.message)
            item.setData(PROBLEM, problem)
            item.setToolTip("Go to what it is about")
            kind = "Problem" if problem.stops else "Warning"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{kind}: {problem.message}")
            self.list.addItem(item)
            if problem.fix is not None:
                self.list.setItemWidget(item, self._fix_button(problem))
        self.list.setVisible(bool(problems))
        self.empty.setVisible(not problems)
        self.list.fit()

    def _fix_button(self, problem: Problem) -> QWidget:
        holder = QWidget()
        holder.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        fix = button("Fix", "fix")
        fix.setToolTip(str(problem.fix))
        fix.setAccessibleName(f"Fix: {problem.fix}")
        fix.setFixedWidth(FIX_WIDTH)
        fix.clicked.connect(lambda: self._inspector.fix(problem))
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(0, 2, PAD, 2)
        layout.addStretch()
        layout.addWidget(fix, 0, Qt.AlignmentFlag.AlignTop)
        return holder
