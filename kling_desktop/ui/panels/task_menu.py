"""The menu of a task: what can be done about it, its place in the queue, what can be copied of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from kling_desktop.model.task import Task, TaskState
from kling_desktop.tasks.lineup import EVERY
from kling_desktop.ui.icons import icon
from kling_desktop.ui.notices import Offers
from kling_desktop.ui.panels import task_deeds as deeds
from kling_desktop.ui.panels.task_deeds import Deed

MOVES = (("Alt+Up", -1, "Earlier in the queue"), ("Alt+Down", 1, "Later in the queue"))


class TaskMenu(QMenu):
    """Deletes itself once it is closed."""

    chosen = Signal(object)
    """The Deed."""
    move_chosen = Signal(int)
    """So many places later in the queue."""
    pause_chosen = Signal()
    """Let the queue of the task's account stand still."""
    go_on_chosen = Signal(str)
    """Let the queue of this account go on, or, while all stand still, that of EVERY one."""

    def __init__(
        self,
        task: Task,
        queue: Sequence[Task],
        paused: Collection[str],
        offers: Offers,
        parent: QWidget,
    ) -> None:
        """``paused``: accounts whose queue stands still, EVERY among them when all do; ``offers``:
        what leads on from a task that needs the artist."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setToolTipsVisible(True)
        for text, act in offers:
            self.addAction(text).triggered.connect(lambda _on=False, act=act: act())
        if offers:
            self.addSeparator()
        for deed in deeds.MENU:
            if deed.fits(task):
                self._offer(deed)
        if task.state == TaskState.QUEUED:
            self.addSeparator()
            self._offer_places([each.id for each in queue], task.id)
            self._offer_pause(task.account, paused)
        self.addSeparator()
        self._offer_copies(task)
        self.addSeparator()
        self.addAction(deeds.DETAILS.text).triggered.connect(
            lambda: self.chosen.emit(deeds.DETAILS)
        )

    def _offer(self, deed: Deed) -> None:
        action = self.addAction(icon(deed.icon), deed.text)
        action.setToolTip(deed.tip)
        action.triggered.connect(lambda: self.chosen.emit(deed))

    def _offer_places(self, queue: list[str], task_id: str) -> None:
        ends = {-1: queue[:1], 1: queue[-1:]}
        for keys, step, text in MOVES:
            action = self.addAction(text)
            action.setShortcut(QKeySequence(keys))
            action.setEnabled(task_id not in ends[step])
            action.triggered.connect(lambda _on=False, step=step: self.move_chosen.emit(step))

    def _offer_pause(self, account: str, paused: Collection[str]) -> None:
        """Where all stand still, that is ended for all: one that went on alone would surprise."""
        if EVERY in paused:
            action = self.addAction(icon("play"), "Resume the queue of every account")
            action.triggered.connect(lambda: self.go_on_chosen.emit(EVERY))
        elif account in paused:
            action = self.addAction(icon("play"), f"Resume the queue of “{account}”")
            action.triggered.connect(lambda: self.go_on_chosen.emit(account))
        else:
            action = self.addAction(icon("pause"), f"Pause the queue of “{account}”")
            action.triggered.connect(self.pause_chosen)

    def _offer_copies(self, task: Task) -> None:
        for text, read in deeds.COPIES:
            if (words := read(task)) is not None:
                action = self.addAction(text)
                action.triggered.connect(lambda _on=False, words=words: copy(words))


def copy(words: str) -> None:
    """Put words on the clipboard."""
    QGuiApplication.clipboard().setText(words)
