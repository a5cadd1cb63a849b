"""What the task list asks for goes to the worker, and what the worker tells is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from kling_desktop.model.capabilities import Capability
from kling_desktop.model.task import Task
from kling_desktop.providers.alternatives import alternatives, offer, without
from kling_desktop.storage.atomic import StorageError
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.panels.task_deeds import nothing_made
from kling_desktop.ui.task_list import ALL, TaskList
from kling_desktop.ui.task_remedies import TaskRemedies
from kling_desktop.ui.worker import Worker

if TYPE_CHECKING:
    from kling_desktop.ui.window import MainWindow

OFFLINE = "offline"
GONE = "model"
NETWORK = "Waits for the connection to the network."
LIMIT = "parallel."
"""Preference of an account's number of tasks at once; after it the account's id."""


class TaskWiring(QObject):
    """Connects a window's task list with the worker.

    ``once`` says whether the artist means it: a second click of one double click does nothing more,
    whatever stands under the mouse by then.
    """

    def __init__(
        self,
        window: MainWindow,
        tasks: TaskList,
        worker: Worker,
        notices: Notices,
        once: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._tasks = tasks
        self._window, self._worker, self._notices, self._once = window, worker, notices, once
        self._gone: dict[str, set[str]] = {}
        self.remedies = TaskRemedies(window, tasks, worker, notices)
        panel = window.tasks
        panel.cancel_requested.connect(self._on_cancel)
        panel.retry_requested.connect(self._on_retry)
        panel.duplicate_requested.connect(self._on_duplicate)
        panel.send_again_requested.connect(self._on_send_again)
        panel.check_again_requested.connect(self._on_check_again)
        panel.confirm_requested.connect(self._on_confirm)
        panel.move_requested.connect(worker.move)
        panel.step_requested.connect(worker.shift)
        panel.pause_requested.connect(self._on_pause)
        panel.go_on_requested.connect(self._on_go_on)
        worker.paused.connect(panel.show_paused)
        worker.offline.connect(self._on_offline)
        worker.model_gone.connect(self._on_model_gone)
        window.acts["shot.parallel"].triggered.connect(self._on_parallel)
        for account in window.studio.accounts.all():
            if (limit := self._limit(account.id)) is not None:
                worker.set_limit(account.id, limit)

    # What the list asks for

    def _on_cancel(self, task: Task) -> None:
        self._worker.cancel(task.id)

    def _on_retry(self, task: Task) -> None:
        if not nothing_made(task) or self._once():
            self._worker.retry(task.id)

    def _on_duplicate(self, task: Task) -> None:
        if self._once():
            self._worker.duplicate(task.id)

    def _on_send_again(self, task: Task) -> None:
        if self._once():
            self._worker.send_again(task.id)

    def _on_check_again(self, task: Task) -> None:
        if self._once():
            self._worker.check_again(task.id)

    def _on_confirm(self, task: Task, remote_id: str) -> None:
        if self._once():
            self._worker.confirm(task.id, remote_id)

    def _on_pause(self, account: str) -> None:
        self._worker.pause(account or None)

    def _on_go_on(self, account: str) -> None:
        self._worker.resume_queue(account or None)

    # What the worker tells

    def _on_offline(self, sentence: str) -> None:
        self._tasks.wait_for(ALL, NETWORK if sentence else "")
        if sentence:
            self._notices.post(sentence, Tone.WARNING, about=OFFLINE)
        else:
            self._notices.settle(OFFLINE)

    def _on_model_gone(self, task: Task) -> None:
        """Say so, and offer what the account still serves in place of it."""
        self._gone.setdefault(task.account, set()).add(task.model)
        window, shot = self._window, self._window.document.shot
        said, about = task.error or "", f"{GONE} {task.account}"
        if task.account != window.studio.account.id or shot.settings.model_name != task.model:
            self._notices.post(said, Tone.ERROR, about=about)
            return
        left = without(window.studio.catalogue, *self._gone[task.account])
        found = alternatives(left, shot)[:1]
        offers = [(f"Use {best.label}", self._use(best)) for best in found]
        window.strip.show_notice(f"{said} {offer(left, shot)}", Tone.ERROR, offers, about=about)

    def _use(self, model: Capability) -> Callable[[], None]:
        document = self._window.document

        def use() -> None:
            settings = replace(document.shot.settings, model_name=model.name)
            document.set_settings(settings, "Choose model")

        return use

    # Tasks at once

    def _limit(self, account: str) -> int | None:
        found = self._window.preferences.get(f"{LIMIT}{account}", 0)
        return found if found > 0 else None

    def _on_parallel(self) -> None:
        from kling_desktop.ui.dialogs.parallel import ParallelDialog

        accounts = [account.id for account in self._window.studio.accounts.all()]
        dialog = ParallelDialog({each: self._limit(each) for each in accounts}, self._window)
        dialog.chosen.connect(self._on_limit)
        dialog.open()

    def _on_limit(self, account: str, limit: int | None) -> None:
        self._worker.set_limit(account, limit)
        try:
            self._window.preferences.set(f"{LIMIT}{account}", limit)
        except StorageError as error:
            self._notices.post(str(error), Tone.ERROR)
