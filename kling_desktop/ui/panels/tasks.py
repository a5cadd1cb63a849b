"""The task list: what was sent, how it goes, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.model.task import FINAL, Task, TaskState
from kling_desktop.ui.icons import IconButton, icon
from kling_desktop.ui.panels.doubt import AGAIN_TIP, Doubt
from kling_desktop.ui.panels.excerpt import Excerpt
from kling_desktop.ui.panels.task_row import PAD, ROW, TaskDelegate
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.theme import set_tone

EMPTY = "Nothing generated yet.\nWhat you generate appears here and stays."
NO_LIMIT = 16_777_215
"""A height that is none, in Qt's words."""
SHORT = "What you generate appears here and stays."


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done about a task: a button and an entry of the menu."""

    name: str
    icon: str
    text: str
    tip: str
    fits: Callable[[Task], bool]


AGAIN = Deed(
    "sendAgain",
    "generate",
    "Send again",
    AGAIN_TIP,
    lambda task: task.state == TaskState.UNCONFIRMED,
)
DEEDS = (
    Deed(
        "play",
        "play",
        "Play",
        "Play the video (double-click)",
        lambda task: task.state == TaskState.DONE,
    ),
    Deed(
        "folder",
        "folder",
        "Show in folder",
        "Show the video in its folder",
        lambda task: task.state == TaskState.DONE,
    ),
    Deed(
        "retry",
        "refresh",
        "Fetch again",
        "Fetch the video again; nothing is paid for that",
        lambda task: task.state == TaskState.FAILED and task.remote_id is not None,
    ),
    Deed(
        "cancel",
        "stop",
        "Forget",
        "Forget this task here; the provider may go on, and charge for it",
        lambda task: task.state not in FINAL,
    ),
)
COPIES: tuple[tuple[str, Callable[[Task], str | None]], ...] = (
    ("Copy the message", lambda task: task.error),
    ("Copy the video's path", lambda task: task.video),
    ("Copy the task's id", lambda task: task.id),
    ("Copy the provider's id", lambda task: task.remote_id),
)


class TasksPanel(QWidget):
    """The list with its buttons; the chosen row is what the buttons are about.

    Below the list the message of the chosen task is read, three lines of it; its tip has them all.
    """

    play_requested = Signal(object)
    cancel_requested = Signal(object)
    retry_requested = Signal(object)
    """Fetch the video of a failed task again: it exists at the provider."""
    send_again_requested = Signal(object)
    """Send an unconfirmed task once more, although it may exist already."""
    confirm_requested = Signal(object, str)
    """An unconfirmed task was found at the provider, under this id."""
    show_in_folder_requested = Signal(object)
    details_requested = Signal(object)
    """Show all that is known of a task, for support."""

    filled = Signal()
    """The first task is here."""

    def __init__(
        self,
        tasks: TaskList,
        models: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``models`` gives the labels of model names."""
        super().__init__(parent)
        self._tasks, self._models = tasks, models or {}
        self.view, self.message = QListView(self), Excerpt(self)
        self.view.setObjectName("tasks")
        self.message.setObjectName("tasks.message")
        self.doubt = Doubt(self)
        self._shown: str | None = None
        self._was_empty = self.empty
        self._buttons = {deed.name: self._button(deed) for deed in DEEDS}
        self._set_up_view()
        self._lay_out()
        for signal in (tasks.modelReset, tasks.rowsInserted, tasks.dataChanged):
            signal.connect(self._refresh)
        self._refresh()

    @property
    def empty(self) -> bool:
        """Whether there is no task."""
        return self._tasks.rowCount() == 0

    def fold(self, *, folded: bool) -> None:
        """Show the heading only, with what will be here, or all."""
        self._stack.setVisible(not folded)
        self._hint.setVisible(folded)
        self.setMaximumHeight(self.sizeHint().height() if folded else NO_LIMIT)

    @property
    def current(self) -> Task | None:
        """The chosen task."""
        return self._tasks.task(self.view.currentIndex())

    def choose(self, task_id: str) -> None:
        """Make a task the chosen one and bring it into sight."""
        index = self._tasks.index_of(task_id)
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def menu(self, task: Task) -> QMenu:
        """What can be done about a task, then what can be copied of it; deletes itself."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for deed in (*DEEDS, AGAIN):
            if deed.fits(task):
                action = menu.addAction(icon(deed.icon), deed.text)
                action.setToolTip(deed.tip)
                action.triggered.connect(lambda _=False, deed=deed: self._do(deed, task))
        menu.addSeparator()
        for text, read in COPIES:
            if (words := read(task)) is not None:
                action = menu.addAction(text)
                action.triggered.connect(lambda _=False, words=words: copy(words))
        menu.addSeparator()
        menu.addAction("Details…").triggered.connect(
            lambda _=False: self.details_requested.emit(task)
        )
        return menu

    def _set_up_view(self) -> None:
        view = self.view
        view.setAccessibleName("Tasks")
        view.setModel(self._tasks)
        view.setItemDelegate(TaskDelegate(self._models, view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setFrameShape(QListView.Shape.NoFrame)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu)
        view.activated.connect(self._on_activated)
        view.selectionModel().currentChanged.connect(self._refresh)
        self.doubt.send_again.connect(lambda: self._do_to_current(AGAIN))
        self.doubt.found.connect(self._on_found)

    def _lay_out(self) -> None:
        title = QLabel("Videos", self)
        title.setProperty("role", "heading")
        bar = QHBoxLayout()
        bar.setContentsMargins(PAD, 4, 4, 4)
        bar.setSpacing(2)
        bar.addWidget(title)
        self._hint = QLabel(SHORT, self)
        self._hint.setProperty("tone", "muted")
        self._hint.hide()
        bar.addSpacing(8)
        bar.addWidget(self._hint, 1)
        bar.addStretch()
        for button in self._buttons.values():
            bar.addWidget(button)
        empty = QLabel(EMPTY, self, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(empty)
        self.message.setProperty("role", "small")
        self.message.setContentsMargins(PAD, 4, PAD, 6)
        self.view.setMinimumHeight(2 * ROW)  # the message takes its room from what is above
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.message)
        layout.addWidget(self.doubt)

    def _button(self, deed: Deed) -> IconButton:
        button = IconButton(deed.icon, deed.tip, parent=self)
        button.setObjectName(f"tasks.{deed.name}")
        button.clicked.connect(lambda: self._do_to_current(deed))
        return button

    def _do_to_current(self, deed: Deed) -> None:
        task = self.current
        if task is not None:
            self._do(deed, task)

    def _do(self, deed: Deed, task: Task) -> None:
        # The menu may have stood open while the task went on.
        now = self._tasks.task(self._tasks.index_of(task.id))
        if now is not None and deed.fits(now):
            self._signals()[deed.name](now)

    def _signals(self) -> dict[str, Callable[[Task], None]]:
        return {
            "play": self.play_requested.emit,
            "folder": self.show_in_folder_requested.emit,
            "retry": self.retry_requested.emit,
            "sendAgain": self.send_again_requested.emit,
            "cancel": self.cancel_requested.emit,
        }

    def _on_activated(self, index: QModelIndex) -> None:
        task = self._tasks.task(index)
        if task is not None:
            self._do(DEEDS[0], task)

    def _on_found(self, remote_id: str) -> None:
        task = self.current
        if task is not None and AGAIN.fits(task):
            self.confirm_requested.emit(task, remote_id)

    def _on_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        task = self._tasks.task(index)
        if task is not None:
            self.view.setCurrentIndex(index)
            self.menu(task).popup(self.view.viewport().mapToGlobal(place))

    def _refresh(self, *_args: object) -> None:
        self._stack.setCurrentIndex(1 if self.empty else 0)
        if self._was_empty and not self.empty:
            self._was_empty = False
            self.filled.emit()
        task = self.current
        for deed in DEEDS:
            fits = task is not None and deed.fits(task)
            self._buttons[deed.name].setEnabled(fits)
        self._buttons["retry"].setVisible(self._buttons["retry"].isEnabled())
        self._show_message(task)

    def _show_message(self, task: Task | None) -> None:
        said = task.error if task is not None else None
        self.message.setText(said or "")
        self.message.setVisible(bool(said))
        self.doubt.setVisible(task is not None and AGAIN.fits(task))
        if task is None:
            return
        set_tone(self.message, "error" if task.state == TaskState.FAILED else "warning")
        if task.id != self._shown:
            self._shown = task.id
            self.doubt.begin()
            # Once the message has taken its room from the list.
            QTimer.singleShot(0, self, lambda: self.view.scrollTo(self.view.currentIndex()))


def copy(words: str) -> None:
    """Put words on the clipboard."""
    QGuiApplication.clipboard().setText(words)
