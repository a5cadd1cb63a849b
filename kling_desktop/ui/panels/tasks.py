"""The task list: what was sent, how it goes, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from kling_desktop.model.task import Task, TaskState
from kling_desktop.tasks.lineup import EVERY
from kling_desktop.ui.icons import IconButton
from kling_desktop.ui.notices import Offers
from kling_desktop.ui.panels import task_deeds as deeds
from kling_desktop.ui.panels.doubt import Doubt
from kling_desktop.ui.panels.forgetting import Forgetting
from kling_desktop.ui.panels.queue_line import QueueLine
from kling_desktop.ui.panels.remedy import Remedy
from kling_desktop.ui.panels.task_deeds import Deed
from kling_desktop.ui.panels.task_menu import MOVES, TaskMenu
from kling_desktop.ui.panels.task_row import PAD, ROW, TaskDelegate
from kling_desktop.ui.panels.task_view import TaskView
from kling_desktop.ui.task_list import TaskList

EMPTY = "Nothing generated yet.\nWhat you generate appears here and stays."
NO_LIMIT = 16_777_215
"""A height that is none, in Qt's words."""
SHORT = "What you generate appears here and stays."
PAUSE_TIP = "Pause the queue: what is sent already goes on, nothing more is sent"
GO_ON_TIP = "Resume the queue of every account"


class TasksPanel(QWidget):
    """The list with its buttons; the chosen row is what the buttons are about.

    The chosen row says all that there is to say of its task, and below the list stands what leads
    on from there.
    """

    play_requested = Signal(object)
    cancel_requested = Signal(object)
    retry_requested = Signal(object)
    """Fetch the video of a failed task again, ask for it, or send again what made nothing."""
    duplicate_requested = Signal(object)
    send_again_requested = Signal(object)
    """Send an unconfirmed task once more, although it may exist already."""
    check_again_requested = Signal(object)
    """Ask the provider once more whether an unconfirmed task is there."""
    confirm_requested = Signal(object, str)
    """An unconfirmed task was found at the provider, under this id."""
    show_in_folder_requested = Signal(object)
    details_requested = Signal(object)
    """Show all that is known of a task, for support."""
    move_requested = Signal(str, object)
    """A queued task's id, and the id of the one it is to go before, or None for the end."""
    step_requested = Signal(str, int)
    """A queued task's id, and how many places later it is to go, or earlier for less than 0."""
    pause_requested = Signal(str)
    """Send nothing more of this account, or of any (EVERY)."""
    go_on_requested = Signal(str)
    """Undo that; for EVERY, it is undone for each account."""

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
        self.view, self.remedy = TaskView(self), Remedy(self)
        self.doubt, self.forgetting, self.line = Doubt(self), Forgetting(self), QueueLine(self)
        self._offers: Callable[[Task], Offers] = lambda _task: []
        self._shown: str | None = None
        self._paused: frozenset[str] = frozenset()
        self._was_empty, self._folded = self.empty, False
        self._buttons = {deed.name: self._button(deed) for deed in deeds.BUTTONS}
        self.pause_button = IconButton("pause", PAUSE_TIP, checked="pause", parent=self)
        self.pause_button.setObjectName("tasks.pause")
        self.view.setModel(tasks)
        self.view.setItemDelegate(TaskDelegate(self._models, self.view))
        self._lay_out()
        self._connect()
        self._refresh()

    @property
    def empty(self) -> bool:
        """Whether there is no task."""
        return self._tasks.rowCount() == 0

    def fold(self, *, folded: bool) -> None:
        """Show the heading only, with what will be here, or all."""
        self._folded = folded
        self._stack.setVisible(not folded)
        self._hint.setVisible(folded)
        self._show_queue()
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

    def show_paused(self, paused: frozenset[str]) -> None:
        """The accounts whose queue stands still, EVERY among them when all do."""
        self._paused = paused
        self._show_queue()

    def offer_by(self, offers: Callable[[Task], Offers]) -> None:
        """Who says what leads on from a task that needs the artist."""
        self._offers = offers
        self.look_again()

    def look_again(self) -> None:
        """What is offered may be different now."""
        self._show_ways(self.current)

    def menu(self, task: Task) -> TaskMenu:
        """What leads on from a task, what can be done about it, then what can be copied of it;
        deletes itself."""
        menu = TaskMenu(task, self._tasks.queue, self._paused, self._offers(task), self)
        menu.chosen.connect(lambda deed: self._do(deed, task))
        menu.move_chosen.connect(lambda step: self._tasks.move(task.id, step))
        menu.pause_chosen.connect(lambda: self.pause_requested.emit(task.account))
        menu.go_on_chosen.connect(self.go_on_requested)
        return menu

    def _connect(self) -> None:
        view, tasks, doubt = self.view, self._tasks, self.doubt
        view.customContextMenuRequested.connect(self._on_menu)
        view.activated.connect(self._on_activated)
        view.take_out_wanted.connect(self._on_take_out)
        view.selectionModel().currentChanged.connect(self._refresh)
        for keys, step, _text in MOVES:
            shortcut = QShortcut(QKeySequence(keys), view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda step=step: self._move_current(step))
        for signal in (tasks.modelReset, tasks.rowsInserted, tasks.rowsMoved, tasks.dataChanged):
            signal.connect(self._refresh)
        tasks.move_wanted.connect(self.move_requested)
        tasks.step_wanted.connect(self.step_requested)
        doubt.check_again.connect(lambda: self._do_to_current(deeds.CHECK))
        doubt.send_again.connect(lambda: self._do_to_current(deeds.AGAIN))
        doubt.found.connect(self._on_found)
        self.forgetting.agreed.connect(self._on_forget)
        self.line.go_on.connect(lambda: self.go_on_requested.emit(EVERY))
        self.pause_button.clicked.connect(self._on_pause)

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
        for button in (self.pause_button, *self._buttons.values()):
            bar.addWidget(button)
        empty = QLabel(EMPTY, self, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(empty)
        self.view.setMinimumHeight(2 * ROW)  # what stands below takes its room from what is above
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.line)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.remedy)
        layout.addWidget(self.doubt)
        layout.addWidget(self.forgetting)

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
        now = self._known(task.id)
        if now is not None and deed.fits(now):
            self._ways()[deed.name](now)

    def _ways(self) -> dict[str, Callable[[Task], None]]:
        return {
            "play": self.play_requested.emit,
            "folder": self.show_in_folder_requested.emit,
            "retry": self.retry_requested.emit,
            "ask": self.retry_requested.emit,
            "resend": self.retry_requested.emit,
            "duplicate": self.duplicate_requested.emit,
            "checkAgain": self.check_again_requested.emit,
            "found": self._on_found_asked,
            "sendAgain": self.send_again_requested.emit,
            "cancel": self._on_forget_asked,
            "takeOut": self.cancel_requested.emit,
            "details": self.details_requested.emit,
        }

    def _known(self, task_id: str) -> Task | None:
        return self._tasks.task(self._tasks.index_of(task_id))

    def _move_current(self, step: int) -> None:
        if (task := self.current) is not None:
            self._tasks.move(task.id, step)

    def _on_take_out(self) -> None:
        for deed in (deeds.TAKE_OUT, deeds.FORGET):
            self._do_to_current(deed)

    def _on_activated(self, index: QModelIndex) -> None:
        task = self._tasks.task(index)
        if task is not None:
            self._do(deeds.PLAY, task)

    def _on_found_asked(self, task: Task) -> None:
        self.choose(task.id)
        self.doubt.ask()

    def _on_found(self, remote_id: str) -> None:
        task = self.current
        if task is not None and deeds.FOUND.fits(task):
            self.confirm_requested.emit(task, remote_id)

    def _on_forget_asked(self, task: Task) -> None:
        self.choose(task.id)
        self.forgetting.ask(task.id)
        self._show_ways(task)

    def _on_forget(self, task_id: str) -> None:
        task = self._known(task_id)
        if task is not None and not task.finished:
            self.cancel_requested.emit(task)

    def _on_pause(self) -> None:
        # The button shows what is so: the worker tells once it is.
        all_stand = EVERY in self._paused
        self.pause_button.setChecked(all_stand)
        (self.go_on_requested if all_stand else self.pause_requested).emit(EVERY)

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
        for deed in deeds.BUTTONS:
            fits = task is not None and deed.fits(task)
            self._buttons[deed.name].setEnabled(fits)
            if deed in deeds.SOMETIMES:
                self._buttons[deed.name].setVisible(fits)
        self._buttons[deeds.FORGET.name].setVisible(
            not self._buttons[deeds.TAKE_OUT.name].isEnabled()
        )
        self._show_queue()
        self._show_ways(task)

    def _show_queue(self) -> None:
        self.line.show_queue(frozenset() if self._folded else self._paused, self._tasks.queue)
        self.pause_button.setVisible(bool(self._paused) or not self.empty)
        self.pause_button.setChecked(EVERY in self._paused)
        self.pause_button.say(GO_ON_TIP if EVERY in self._paused else PAUSE_TIP)

    def _show_ways(self, task: Task | None) -> None:
        """What leads on from the chosen task, or the question whether it is to be forgotten."""
        asked = task is not None and not task.finished and task.state != TaskState.QUEUED
        self.forgetting.keep_to(task.id if task is not None and asked else None)
        asking = not self.forgetting.isHidden()
        self.doubt.setVisible(task is not None and deeds.AGAIN.fits(task) and not asking)
        self.remedy.show_offers(self._offers(task) if task is not None and not asking else [])
        if task is not None and task.id != self._shown:
            self._shown = task.id
            self.doubt.begin()
            # Once the buttons below have taken their room from the list.
            QTimer.singleShot(0, self, lambda: self.view.scrollTo(self.view.currentIndex()))
