"""Keeps a recovery copy of unsaved work, and offers what a crashed window left behind."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from kling_desktop.storage.autosave import Autosave, Recoverable, forget, recoverable
from kling_desktop.ui import pictures
from kling_desktop.ui.document import Document
from kling_desktop.ui.jobs import Jobs
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.pictures import Loaded

SETTLE_MS = 2_000
LONGEST_MS = 60_000


class Recovery(QObject):
    """Copies the shot two seconds after the last change, and every minute of going on."""

    def __init__(
        self,
        document: Document,
        notices: Notices,
        jobs: Jobs,
        folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._notices, self._jobs = document, notices, jobs
        self._folder, self._autosave = folder, Autosave(folder)
        self._kept: int | None = None
        self._complained = self._closed = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._settle.timeout.connect(self.keep)
        self._longest.timeout.connect(self.keep)
        document.changed.connect(self._on_changed)
        document.file_changed.connect(self._on_file_changed)

    def keep(self) -> None:
        """Make the copy now, off the GUI thread, if there is anything new to lose."""
        self._settle.stop()
        self._longest.stop()
        document = self._document
        if (
            not document.modified
            or document.shot.picture is None
            or self._kept == document.revision
        ):
            return
        self._kept = document.revision
        shot, file = document.snapshot(), document.file

        def work() -> None:
            from kling_desktop.imaging.masks import labels_png

            self._autosave.keep(shot, file, labels_png=labels_png)

        self._jobs.run(work, lambda _: None, self._on_failed)

    def recoverable(self) -> list[Recoverable]:
        """What windows that crashed left behind, newest first."""
        return recoverable(self._folder) if self._folder.is_dir() else []

    def recover(self, found: Recoverable) -> None:
        """Open a copy as unsaved work; the copy is removed once this window has its own."""

        def opened(loaded: Loaded) -> None:
            self._document.open(loaded.shot, loaded.pixels, found.original, unsaved=True)
            self.keep()
            self._jobs.run(lambda: forget(found), lambda _: None, self._on_failed)

        self._jobs.run(lambda: pictures.load_shot(found.copy), opened, self._complain)

    def forget(self, found: Recoverable) -> None:
        """Remove a copy that the artist does not want."""
        self._jobs.run(lambda: forget(found), lambda _: None, self._complain)

    def close(self, *, keep: bool = False) -> None:
        """A clean close: nothing is left behind. With ``keep``, a copy of unsaved work stays."""
        if keep:
            self.keep()
            self._jobs.finish()
        self._settle.stop()
        self._longest.stop()
        self._closed = True
        self._autosave.close(keep=keep and self._document.modified)

    def _on_changed(self) -> None:
        # Whether that made it unsaved is known only once the undo stack has counted the step.
        if not self._closed:
            self._settle.start()
            if not self._longest.isActive():
                self._longest.start()

    def _on_file_changed(self) -> None:
        if not self._document.modified and self._kept is not None:
            self._kept = None
            self._jobs.run(self._autosave.discard, lambda _: None, self._on_failed)

    def _on_failed(self, said: str) -> None:
        if not self._complained:
            self._complained = True
            self._complain(f"No recovery copy could be kept. {said}")

    def _complain(self, said: str) -> None:
        self._notices.post(said, Tone.WARNING)
