"""The thread that hosts the task engine: the window asks, the thread works, signals tell."""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from kling_desktop.model.shot import Shot
from kling_desktop.model.task import IllegalTransition, Task, TaskState
from kling_desktop.storage.accounts import Account
from kling_desktop.ui.jobs import sentence
from kling_desktop.ui.pool import DaemonPool

if TYPE_CHECKING:
    from kling_desktop.tasks.engine import Engine

Changed = Callable[[Task], None]
Progress = Callable[[str, int, int | None], None]
MakeEngine = Callable[[Changed, Progress, Executor], "Engine"]
MakeRequest = Callable[[Shot, Account, str], bytes]

PARALLEL = 4
IDLE = 3600.0
"""Seconds the thread sleeps when nothing is due; asking for anything wakes it."""
AGAIN = 5.0
"""Seconds until an engine that broke is made anew."""
CLOSING = 3.0
"""Seconds that answers under way are waited for at the end."""
CLOSED = "Kling Desktop is being closed; generate the shot after the next start."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked for: ``do`` is called on the thread, or ``refuse`` with a sentence."""

    do: Callable[[Engine], object]
    refuse: Callable[[str], None]


class Worker(QThread):
    """Owns the engine. Everything public but ``stop`` is for the GUI thread and returns at once.

    Work that takes time (encoding masks, writing the journal, every call to a provider) happens on
    this thread or in the engine's pool; values come back frozen, by queued signals. What was asked
    for is done or ``refused``, even when the thread is about to end.
    """

    task_changed = Signal(object)
    """A Task, after each change of its journal row, and when it is first asked for."""
    progressed = Signal(str, object, object)
    """Task id, bytes here, bytes in all or None."""
    refused = Signal(str)
    """A sentence: what was asked for could not be done."""
    held = Signal(str, str)
    """Account id and a sentence: nothing is sent through it until the artist has seen to it."""
    released = Signal(str)
    """Account id: it was held, and is tried again."""
    model_gone = Signal(object)
    """A Task that failed because its account does not serve its model; told after its change."""
    offline = Signal(str)
    """The one sentence while hosts are out of reach; an empty one when they are back."""
    paused = Signal(object)
    """A frozenset of the accounts whose queue stands still, with "" among them when all do."""

    def __init__(
        self, make_engine: MakeEngine, make_request: MakeRequest, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make_engine, self._make_request = make_engine, make_request
        self._asked: queue.SimpleQueue[Asked] = queue.SimpleQueue()
        self._news = threading.Event()
        self._engine: Engine | None = None
        self._stopping = self._silent = False
        self._told_held: dict[str, str] = {}
        self._told_trouble: str | None = None
        self._told_offline = ""
        self._told_paused: frozenset[str] | None = None
        self._limits: dict[str, int | None] = {}

    # Asked for by the window

    def generate(self, shot: Shot, account: Account, title: str) -> str:
        """Write a task for a snapshot of a shot and send it; returns the task's id at once.

        ``task_changed`` tells of it before this returns. Where it cannot be written down it is
        told of as failed, and the reason is ``refused``.
        """
        now = time.time()
        task = Task(
            uuid.uuid4().hex,
            account.id,
            TaskState.QUEUED,
            now,
            now,
            shot=title,
            model=shot.settings.model_name,
            reverse=shot.land,
        )

        def submit(engine: Engine) -> None:
            body = self._make_request(shot, account, task.id)
            engine.submit(
                account.id,
                body,
                task_id=task.id,
                shot=title,
                model=task.model,
                reverse=task.reverse,
            )

        def refuse(words: str) -> None:
            failed = replace(task, state=TaskState.FAILED, error=words, updated=time.time())
            self.task_changed.emit(failed)
            self.refused.emit(words)

        self.task_changed.emit(task)
        self._ask(Asked(submit, refuse))
        return task.id

    def resume(self) -> None:
        """Take up what an earlier run left in the journal."""
        self._ask(Asked(lambda _engine: None, self.refused.emit))

    def cancel(self, task_id: str) -> None:
        self._change(lambda engine: engine.cancel(task_id))

    def retry(self, task_id: str) -> None:
        """Fetch the video of a failed task once more, ask for it, or send again what made nothing."""
        self._change(lambda engine: engine.retry(task_id))

    def send_again(self, task_id: str) -> None:
        """The artist says that an unconfirmed task never arrived."""
        self._change(lambda engine: engine.send_again(task_id))

    def confirm(self, task_id: str, remote_id: str) -> None:
        """The artist found an unconfirmed task at the provider, under this id."""
        self._change(lambda engine: engine.confirm(task_id, remote_id))

    def check_again(self, task_id: str) -> None:
        """Ask the provider once more whether an unconfirmed task is there."""
        self._change(lambda engine: engine.check_again(task_id))

    def duplicate(self, task_id: str) -> None:
        """Send the request of a task once more, as a task of its own."""
        self._change(lambda engine: engine.duplicate(task_id))

    def move(self, task_id: str, before: str | None = None) -> None:
        """Let a queued task go before another, or last; ``task_changed`` tells of all the queued."""
        self._ask(Asked(lambda engine: engine.move(task_id, before), self.refused.emit))

    def shift(self, task_id: str, step: int) -> None:
        """Let a queued task go so many places later, or earlier for less than 0, from where it stands
        once all that was asked for before is done."""
        self._ask(Asked(lambda engine: engine.shift(task_id, step), self.refused.emit))

    def pause(self, account_id: str | None = None) -> None:
        """Send nothing more of an account, or of any, until ``resume_queue``."""
        self._ask(Asked(lambda engine: engine.pause(account_id), self.refused.emit))

    def resume_queue(self, account_id: str | None = None) -> None:
        """Undo ``pause``; without an account, that of every account."""
        self._ask(Asked(lambda engine: engine.resume_queue(account_id), self.refused.emit))

    def set_limit(self, account_id: str, limit: int | None) -> None:
        """How many tasks of an account may run at once; None: as many as the provider takes."""
        self._limits[account_id] = limit
        if self.isRunning():
            self._ask(self._limiting(account_id, limit))

    def release(self, account_id: str) -> None:
        """The artist has seen to a held account."""
        if self.isRunning():
            self._ask(Asked(lambda engine: self._release(engine, account_id), self.refused.emit))

    def stop(self, timeout_ms: int = 20_000) -> bool:
        """End the thread, in seconds even while a host is silent; every task stays resumable.

        Returns whether it has ended within ``timeout_ms``.
        """
        self._stopping = True
        self._wake()
        return self.wait(timeout_ms)

    # On the thread

    def run(self) -> None:
        """Serve until stopped. Not called by anybody but Qt."""
        pool = DaemonPool(PARALLEL, "tasks")
        while not (self._stopping and self._asked.empty()):
            self._news.clear()
            try:
                self._serve(self._make_engine(self._on_changed, self._on_progress, pool))
            except Exception as error:  # noqa: BLE001 - whatever it is, the artist must hear of it
                words = told(error)
                if self._asked.empty():
                    self.refused.emit(words)
                self._refuse_all(words)
                if not self._stopping:
                    self._news.wait(AGAIN if self._engine else None)
            self._engine = None
        self._silent = True
        pool.shutdown(wait=False, cancel_futures=True)

    def _serve(self, engine: Engine) -> None:
        self._engine = engine
        try:
            for account_id, limit in dict(self._limits).items():
                self._do(self._limiting(account_id, limit), engine)
            self._do(Asked(lambda engine: engine.resume(), self.refused.emit), engine)
            while not self._stopping:
                self._answer(engine)
                delay = engine.step()
                self._tell(engine)
                if self._asked.empty() and not self._stopping:
                    engine.wait(IDLE if delay is None else delay)
            # What was asked for last is still written down, and sent after the next start.
            self._answer(engine)
        finally:
            engine.close(CLOSING)

    def _answer(self, engine: Engine) -> None:
        while not self._asked.empty():
            self._do(self._asked.get(), engine)

    def _do(self, asked: Asked, engine: Engine) -> None:
        try:
            asked.do(engine)
        except Exception as error:  # noqa: BLE001 - one thing that fails must not stop the others
            asked.refuse(told(error))

    def _limiting(self, account_id: str, limit: int | None) -> Asked:
        return Asked(lambda engine: engine.set_limit(account_id, limit), self.refused.emit)

    def _refuse_all(self, words: str) -> None:
        while not self._asked.empty():
            self._asked.get().refuse(words)

    def _release(self, engine: Engine, account_id: str) -> None:
        was_held = self._told_held.pop(account_id, None) or account_id in engine.held
        engine.release(account_id)
        if was_held:
            self.released.emit(account_id)

    def _tell(self, engine: Engine) -> None:
        """Tell what keeps the engine from working, once each."""
        held, trouble = engine.held, engine.trouble
        for account, words in held.items():
            if self._told_held.get(account) != words:
                self.held.emit(account, words)
        for account in self._told_held.keys() - held.keys():
            self.released.emit(account)
        if trouble is not None and trouble != self._told_trouble:
            self.refused.emit(trouble)
        self._told_held, self._told_trouble = held, trouble
        self._tell_waiting(engine)

    def _tell_waiting(self, engine: Engine) -> None:
        """Tell what a whole queue waits for, once each."""
        offline, paused = engine.offline or "", engine.paused
        if offline != self._told_offline:
            self.offline.emit(offline)
        if paused != self._told_paused:
            self.paused.emit(paused)
        self._told_offline, self._told_paused = offline, paused

    # From the engine's pool, perhaps after the end: a host may answer late

    def _on_changed(self, task: Task) -> None:
        if self._silent:
            return
        self.task_changed.emit(task)
        engine = self._engine
        if task.state == TaskState.FAILED and engine is not None and engine.lacks_model(task.id):
            self.model_gone.emit(task)

    def _on_progress(self, task_id: str, here: int, whole: int | None) -> None:
        if not self._silent:
            self.progressed.emit(task_id, here, whole)

    # From either

    def _change(self, change: Callable[[Engine], Task]) -> None:
        """Let the engine change a task and tell of it, even where nothing differs."""
        do: Callable[[Engine], object] = lambda engine: self._on_changed(change(engine))  # noqa: E731
        self._ask(Asked(do, self.refused.emit))

    def _ask(self, asked: Asked) -> None:
        if self._stopping:
            asked.refuse(CLOSED)
            return
        self._asked.put(asked)
        self._wake()
        self.start()  # does nothing where it runs

    def _wake(self) -> None:
        self._news.set()
        engine = self._engine
        if engine is not None:
            engine.wake()


def told(error: Exception) -> str:
    """What the artist reads for an error of whatever was asked for."""
    from kling_desktop.providers.errors import ProviderError
    from kling_desktop.storage.atomic import StorageError
    from kling_desktop.tasks.journal import JournalError

    if isinstance(error, IllegalTransition):
        return "The task has moved on in the meantime, so nothing was changed."
    if isinstance(error, KeyError):
        return "This task was never written down, so there is nothing to change."
    if isinstance(error, ValueError | OSError | MemoryError):
        return sentence(error)
    if isinstance(error, JournalError | ProviderError | StorageError):
        return str(error)
    # The name alone: the text of an exception may hold what was to be sent.
    name = type(error).__name__
    log.error("worker: unexpected %s", name)
    return f"Something unexpected went wrong here ({name}); nothing was sent. Try it again."
