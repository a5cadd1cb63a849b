"""The composition root: builds every object, hands it over; nothing else knows everyone."""

from __future__ import annotations

import builtins
import gc
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from kling_desktop import __version__
from kling_desktop.model.task import Task, TaskState
from kling_desktop.storage.accounts import Account
from kling_desktop.task_report import report
from kling_desktop.tasks.journal import JournalError
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.diagnostics import Diagnostics
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_player import DraftPlayer
from kling_desktop.ui.draft_wiring import DraftWiring
from kling_desktop.ui.files import Files
from kling_desktop.ui.garbage import Garbage
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.panels.tasks import TasksPanel
from kling_desktop.ui.player.player import Player
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.task_wiring import TaskWiring
from kling_desktop.ui.toolbox import Toolbox
from kling_desktop.ui.window import MainWindow
from kling_desktop.ui.worker import Worker
from kling_desktop.workshop import Workshop

if TYPE_CHECKING:
    from types import TracebackType

    from kling_desktop.providers.custom import Relay

log = logging.getLogger(__name__)

SHOWN_TASKS = 500
"""Newest tasks that the list shows; the journal keeps all of them."""
MOST_SAID = 3
LEFT_OUT = "What is wrong is left out. Correct it, and start Kling Desktop again."
CHECKING, SENDING = "checking", "sending"
"""What sentences are about; after it an account, where it is that account's alone."""


class App(QObject):
    """The running program: ``application``, ``window``, ``shutdown()``."""

    def __init__(self, application: QApplication, home: Path | None) -> None:
        super().__init__()
        self.application, self._garbage = application, Garbage(self)
        self.workshop = shop = Workshop(home)
        shop.open_log(f"Window, Qt {qVersion()}")
        self.document, self.toolbox, self.notices = Document(self), Toolbox(self), Notices(self)
        self.studio = Studio(
            accounts=shop.accounts,
            profiles=shop.profiles,
            models=shop.models,
            preferences=shop.preferences,
            parent=self,
        )
        self.inspector = Inspector(self.document, self.studio, self)
        self.tasks, self.worker = TaskList(self), Worker(shop.engine, shop.request, self)
        self.draft_player = DraftPlayer(self.document, self)
        self.files = Files(
            self.document,
            self.notices,
            preferences=shop.preferences,
            directories=shop.directories,
            parent=self,
        )
        labels = {model.name: model.label for model in shop.models.models.values()}
        self.player, self.tasks_panel = Player(), TasksPanel(self.tasks, labels)
        self.window = MainWindow(
            document=self.document,
            toolbox=self.toolbox,
            studio=self.studio,
            inspector=self.inspector,
            notices=self.notices,
            preferences=shop.preferences,
            canvas=Canvas(self.document, self.toolbox, self.notices),
            player=self.player,
            tasks=self.tasks_panel,
            files=self.files,
        )
        self._diagnostics = Diagnostics(
            self.window,
            self.notices,
            gather=self._gather,
            describe=lambda task_id: report(shop, task_id),
            logs=shop.directories.logs,
        )
        self._asked_here: set[str] = set()
        self._since_generate = QElapsedTimer()
        self._down = False
        self._wire()
        self._tell_mistakes()
        self._load_tasks()
        self.inspector.look()

    def shutdown(self) -> None:
        """Stop threads and servers, and let go of the window; every task stays resumable, and of
        unsaved work a recovery copy stays. May be called twice."""
        if self._down:
            return
        self._down = True
        self._diagnostics.close()
        self.draft_player.close()
        self.player.clear()
        self.window.close_for_good(keep=True)
        self.worker.stop()
        self.workshop.close()
        self.document.vault.close()
        self.window.deleteLater()
        self._garbage.close()

    def generate(self) -> None:
        """Write the open shot down as a task and send it, unless a problem stops it."""
        self.inspector.look()
        stopping = [problem for problem in self.inspector.problems if problem.stops]
        if stopping:
            self.window.lead_to(stopping[0].field)
            self.notices.post(stopping[0].message, Tone.ERROR, about=CHECKING)
        elif self._meant():
            self._remedies.before_sending(self.studio.account.id)
            self._asked_here.add(
                self.worker.generate(
                    self.document.snapshot(), self.studio.account, self.document.title
                )
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What an earlier run left unfinished goes on once the window is seen, not before."""
        if watched is self.window and event.type() == QEvent.Type.Show:
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self, self._resume)
        return super().eventFilter(watched, event)

    def _wire(self) -> None:
        window, worker, draft = self.window, self.worker, self.draft_player
        window.installEventFilter(self)
        window.generate_requested.connect(self.generate)
        window.accounts_requested.connect(self._edit_accounts)
        window.account_requested.connect(self._edit_accounts)
        DraftWiring(window, draft)
        # Methods, not lambdas: Qt would keep those, and they this app, for as long as its process.
        draft.failed.connect(self._tell_error)
        worker.task_changed.connect(self._on_task_changed)
        worker.progressed.connect(self.tasks.progress)
        worker.refused.connect(self._on_refused)
        self.inspector.changed.connect(self._on_problems_changed)
        self.studio.account_edited.connect(worker.release)
        panel = self.tasks_panel
        panel.play_requested.connect(self._play)
        panel.show_in_folder_requested.connect(self._show_in_folder)
        self._remedies = TaskWiring(window, self.tasks, worker, self.notices, self._meant).remedies

    def _tell_mistakes(self) -> None:
        """Say what is wrong with the files that this window stands on; the rest goes on."""
        found = self.workshop.warnings()
        if len(found) > MOST_SAID:
            more = f"And {len(found) - MOST_SAID} more, which the diagnostics list."
            found = [*found[:MOST_SAID], more]
        if self.workshop.mistakes:
            found.append(LEFT_OUT)
        if found:
            self.notices.post(" ".join(found), Tone.WARNING)

    def _load_tasks(self) -> None:
        try:
            self.tasks.load(self.workshop.journal.all(limit=SHOWN_TASKS))
            self.tasks_panel.show_paused(self.workshop.journal.pauses())
        except JournalError as error:
            self.notices.post(str(error), Tone.ERROR)

    def _resume(self) -> None:
        if not self._down and any(not task.finished for task in self.tasks.tasks):
            self.worker.resume()

    def _meant(self) -> bool:
        """A second click of one double click must not pay for a second video."""
        interval = self.application.doubleClickInterval()
        again = self._since_generate.isValid() and self._since_generate.elapsed() < interval
        self._since_generate.restart()
        return not again

    def _tell_error(self, sentence: str) -> None:
        self.notices.post(sentence, Tone.ERROR)

    def _on_refused(self, sentence: str) -> None:
        self.notices.post(sentence, Tone.ERROR, about=SENDING)

    def _on_problems_changed(self) -> None:
        if self.inspector.ready:
            self.notices.settle(CHECKING)

    def _on_task_changed(self, task: Task) -> None:
        if self._down:
            return
        self.tasks.update(task)
        if task.state == TaskState.SUBMITTED:
            self.notices.settle(SENDING)
        if task.state == TaskState.DONE and task.id in self._asked_here:
            self._asked_here.discard(task.id)
            self._play(task)

    def _play(self, task: Task) -> None:
        if task.video is None or not Path(task.video).is_file():
            self.notices.post(
                "The video is no longer where it was saved; it may have been moved or deleted.",
                Tone.WARNING,
            )
        else:
            self.player.play(Path(task.video))

    def _show_in_folder(self, task: Task) -> None:
        if task.video is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(task.video).parent)))

    def _gather(self, seen: Mapping[str, str]) -> str:
        """Slow: called off the GUI thread."""
        from kling_desktop.diagnostics import as_text, gather

        return as_text(gather(self.workshop, seen))

    def _edit_accounts(self, chosen: str = "") -> None:
        from kling_desktop.relays import OwnRelays
        from kling_desktop.ui.dialogs.accounts import AccountsDialog
        from kling_desktop.ui.dialogs.relay_form import Relays

        shop = self.workshop
        own = OwnRelays(shop)
        relays = Relays(
            like=own.like(),
            own=own.fields(),
            add=own.add,
            change=own.change,
            drop=own.drop,
            guard=own.guard,
            test=self._test_relay,
        )
        AccountsDialog(self.studio, self._test_account, self.window, relays, chosen).open()

    def _test_account(self, account: Account, secret: str | None) -> str:
        """Slow: the dialog calls it off the GUI thread. Without a secret the stored one is tried."""
        stored = secret or self.workshop.accounts.secret(account.id)
        return self.workshop.client(account, stored).test()

    def _test_relay(self, account: Account, secret: str | None, relay: Relay) -> str:
        from kling_desktop.relays import OwnRelays

        profile, _entry = OwnRelays(self.workshop).profile(relay, account.provider)
        stored = secret or self.workshop.accounts.secret(account.id)
        return self.workshop.client(account, stored, profile).test()


def plain_imports() -> None:
    """Take PySide's hook off the import statement.

    It reads the source of every module that is imported, in search of a feature that is not used
    here. Where two threads import at once they trip over it, and the import of pydantic fails.
    """
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original


def build(argv: list[str], home: Path | None = None) -> App:
    """Everything built and wired, nothing shown, no network started.

    ``argv`` holds the arguments without the program's name: a shot or an image to open, or nothing.
    ``home`` moves all state under one folder, as KLING_DESKTOP_HOME does.
    """
    plain_imports()
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication([sys.argv[0]])
    # Before the application exists, the xcb plugin would switch it on again: strokes lose events.
    application.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    application.setApplicationName("Kling Desktop")
    application.setApplicationVersion(__version__)
    app = App(application, home)
    if argv:
        app.files.open_now(Path(argv[0]))
    return app


def note_unforeseen(
    kind: type[BaseException], error: BaseException, where: TracebackType | None
) -> None:
    """Log a mistake of ours that nobody caught; it is printed as ever."""
    log.critical("unforeseen %s", kind.__name__, exc_info=(kind, error, where))
    sys.__excepthook__(kind, error, where)


def main(arguments: list[str]) -> int:
    """Show the window and run until it is closed; returns the exit status."""
    app = build(arguments)
    sys.excepthook = note_unforeseen
    app.window.show()
    # What is there now stays to the end: no need to look at it again and again.
    gc.freeze()
    status = app.application.exec()
    app.shutdown()
    return status
