"""What needs the artist is said once in the strip, and leads on from there and from its row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from kling_desktop.model.task import Task, TaskState
from kling_desktop.ui.faulty_field import NAMES, faulty_field
from kling_desktop.ui.notices import Notices, Offers, Tone
from kling_desktop.ui.studio import PRACTICE
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.worker import Worker

if TYPE_CHECKING:
    from kling_desktop.ui.window import MainWindow

SEEN_TO = "Waits until you have seen to the account “{account}”."
_ASKED = frozenset({TaskState.SUBMITTING, TaskState.SUBMITTED, TaskState.PROCESSING})


class TaskRemedies(QObject):
    """Knows which accounts are held and why, and which field of the open shot an error is about.

    A held account goes on when it was edited, or when the artist says so: never because it was
    merely chosen, which would send, and pay for, all that waits there.
    """

    def __init__(
        self, window: MainWindow, tasks: TaskList, worker: Worker, notices: Notices
    ) -> None:
        super().__init__(window)
        self._window, self._tasks, self._worker = window, tasks, worker
        self._notices = notices
        self._held: dict[str, str] = {}
        worker.held.connect(self._on_held)
        worker.released.connect(self._on_released)
        worker.task_changed.connect(self._on_task_changed)
        tasks.failed.connect(self._on_failed)
        window.document.opened.connect(window.tasks.look_again)
        window.document.file_changed.connect(window.tasks.look_again)
        window.tasks.offer_by(self.offers)

    def offers(self, task: Task) -> Offers:
        """Buttons for a task that needs the artist, none for any other."""
        if self._waits_for_account(task):
            return self._account_offers(task.account)
        field = faulty_field(task.error or "") if task.state == TaskState.FAILED else None
        if field is None or not self._is_open(task):
            return []
        return [(f"Show {NAMES[field]}", partial(self._window.lead_to, field))]

    def before_sending(self, account: str) -> None:
        """A shot is about to be sent through an account. Where it is held, that shot tries it once
        more; but where others wait there, they would all go along: then the artist is asked."""
        if account not in self._held:
            return
        if any(task.account == account for task in self._tasks.queue):
            self._say(account)
        else:
            self._worker.release(account)

    def _waits_for_account(self, task: Task) -> bool:
        if task.account not in self._held:
            return False
        # What is at the provider already waits only where the account may not even ask.
        return task.state == TaskState.QUEUED or (task.state in _ASKED and task.error is not None)

    def _account_offers(self, account: str) -> Offers:
        go_on = (f"Go on with “{account}”", partial(self._worker.release, account))
        if account == PRACTICE:
            return [go_on]
        return [("Accounts…", partial(self._window.account_requested.emit, account)), go_on]

    def _is_open(self, task: Task) -> bool:
        """Whether the open shot is the one that a task was made from: a field of another one would
        mislead."""
        return task.shot == self._window.document.title

    def _on_held(self, account: str, sentence: str) -> None:
        self._held.pop(account, None)
        self._held[account] = sentence
        self._tasks.wait_for(account, SEEN_TO.format(account=account))
        self._say(account)
        self._window.tasks.look_again()

    def _on_released(self, account: str) -> None:
        self._held.pop(account, None)
        self._tasks.wait_for(account, "")
        shown = self._window.strip.about == _about(account)
        self._notices.settle(_about(account))
        if shown and self._held:
            self._say(next(reversed(self._held)))
        self._window.tasks.look_again()

    def _on_failed(self, task: Task) -> None:
        said = task.error or ""
        if not self._is_open(task):
            said = f"“{task.shot or 'Untitled'}”: {said}"
        self._notices.post(said, Tone.ERROR, about=_about_shot(task), offers=self.offers(task))

    def _on_task_changed(self, task: Task) -> None:
        if task.state == TaskState.SUBMITTED:
            self._notices.settle(_about_shot(task))

    def _say(self, account: str) -> None:
        said = self._held[account]
        if f"“{account}”" not in said:
            said = f"“{account}”: {said}"
        offers = self._account_offers(account)
        self._notices.post(said, Tone.ERROR, about=_about(account), offers=offers)


def _about(account: str) -> str:
    return f"held {account}"


def _about_shot(task: Task) -> str:
    return f"failed {task.shot}"
