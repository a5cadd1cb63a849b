"""What the window offers a person in need of help: diagnostics, the log folder, a task's details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication, QScreen

from kling_desktop.model.task import Task
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import private_folder
from kling_desktop.ui.dialogs.later import Later
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.theme import DARK, scheme

if TYPE_CHECKING:
    from kling_desktop.ui.window import MainWindow

COPIED = "The diagnostics are copied: paste them into your report. They hold no secrets."
NOT_OPENED = "The folder cannot be shown here; it is {folder}."
ABOUT = "diagnostics"


class Diagnostics(QObject):
    """Serves “Copy diagnostics”, “Open log folder” and the task list's “Details…”.

    ``gather`` makes the text of what the window knows of itself, ``describe`` that of a task's id;
    both are called on another thread.
    """

    def __init__(
        self,
        window: MainWindow,
        notices: Notices,
        *,
        gather: Callable[[Mapping[str, str]], str],
        describe: Callable[[str], str],
        logs: Path,
    ) -> None:
        super().__init__(window)
        self._window, self._notices = window, notices
        self._gather, self._describe, self._logs = gather, describe, logs
        self._later = Later(1, self)
        window.acts["help.diagnostics"].triggered.connect(self._on_copy)
        window.acts["help.logs"].triggered.connect(self._on_open_logs)
        window.tasks.details_requested.connect(self._on_details)

    def close(self) -> None:
        self._later.close()

    def _on_copy(self) -> None:
        action, seen = self._window.acts["help.diagnostics"], facts(self._window)
        action.setEnabled(False)

        def copied(text: str) -> None:
            action.setEnabled(True)
            QGuiApplication.clipboard().setText(text)
            self._notices.post(COPIED, Tone.INFO, about=ABOUT)

        def failed(error: Exception) -> None:
            from kling_desktop.ui.worker import told

            action.setEnabled(True)
            self._notices.post(told(error), Tone.ERROR, about=ABOUT)

        self._later.run(lambda: self._gather(seen), copied, failed)

    def _on_open_logs(self) -> None:
        try:
            folder = private_folder(self._logs)
        except StorageError as error:
            self._notices.post(str(error), Tone.ERROR)
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._notices.post(NOT_OPENED.format(folder=folder), Tone.WARNING)

    def _on_details(self, task: Task) -> None:
        from kling_desktop.ui.dialogs.task_details import TaskDetails

        TaskDetails(task, self._describe, self._window).open()


def facts(window: MainWindow) -> dict[str, str]:
    """What the window knows of Qt, screens and its look."""
    dark = scheme(window.palette()) is DARK
    size = window.size()
    return {
        "Qt": qVersion(),
        "platform plugin": QGuiApplication.platformName(),
        "screens": "; ".join(map(_screen, QGuiApplication.screens())),
        "window": f"{size.width()} × {size.height()} at {window.devicePixelRatioF():.2f}",
        "theme": f"{window.theme.look} ({'dark' if dark else 'light'})",
        "language": QLocale.system().name(),
    }


def _screen(screen: QScreen) -> str:
    size = screen.size()
    return (
        f"{size.width()} × {size.height()} at {screen.devicePixelRatio():.2f}, "
        f"{screen.logicalDotsPerInch():.0f} dpi, {screen.refreshRate():.0f} Hz"
    )
