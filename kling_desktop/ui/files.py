"""Opens and saves: pictures, shots, the clipboard, the end frame, and the list of recent files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from kling_desktop.model.shot import Picture
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.autosave import Recoverable
from kling_desktop.storage.directories import Directories, resource
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui import pictures
from kling_desktop.ui.document import Document
from kling_desktop.ui.jobs import SENTENCES, Jobs, sentence
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.pictures import Loaded
from kling_desktop.ui.recovery import Recovery

PICTURES = "*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp"
RECENT = 10
SAMPLE = "sample.kling"
OPENING, SAVING = "opening", "saving"
"""What sentences are about."""

Then = Callable[[], None]


class Files(QObject):
    """What passes between the document and the disk. Errors become notices; reading, writing and
    encoding happen on one worker thread, in order."""

    recent_changed = Signal()
    working_changed = Signal(str)
    """What is being read or written now, as a sentence; empty when nothing is."""

    def __init__(
        self,
        document: Document,
        notices: Notices,
        *,
        preferences: Preferences,
        directories: Directories,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._notices, self._preferences = document, notices, preferences
        self._jobs = Jobs(self)
        self._wanted = 0
        self._saving = 0
        self.recovery = Recovery(document, notices, self._jobs, directories.autosave, self)
        self.window: QWidget | None = None
        """Parent of the file dialogs."""
        self.guard: Callable[[Then], None] = lambda then: then()
        """Asked before the open shot is replaced; calls its argument if it may be."""

    # Opening

    def open_dialog(self) -> None:
        """Ask for a picture or a shot and open it."""
        kinds = f"Pictures and shots (*.kling {PICTURES});;Shots (*.kling);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self.window, "Open", self._folder(), kinds)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Read a picture or a shot off the GUI thread, then show it. The last one asked for wins."""
        self._read(lambda: pictures.load(path), f"Opening {path.name}…", path)

    def open_now(self, path: Path) -> bool:
        """The same at once, for the start; says whether it worked."""
        try:
            loaded = pictures.load(path)
        except SENTENCES as error:
            self._complain(sentence(error), OPENING)
            return False
        self._take(loaded, path)
        return True

    def open_dropped(self, paths: list[Path]) -> None:
        """Open the first of what was dropped on the window."""
        if paths:
            self.open(paths[0])
        if len(paths) > 1:
            self._notices.post(f"Opened the first of {len(paths)} files; a shot has one picture.")

    def open_sample(self) -> None:
        """Open the shipped shot as a new one, so that Save does not aim at the installation."""
        path = self.sample()
        if path is None:
            self._complain("The sample shot is missing; install Kling Desktop again.", OPENING)
        else:
            self._read(lambda: _unbound(pictures.load(path)), "Opening the sample shot…", None)

    def sample(self) -> Path | None:
        """Where the sample shot is, or None where it is not installed."""
        with contextlib.suppress(FileNotFoundError):
            return resource(SAMPLE)
        return None

    def recover(self, found: Recoverable) -> None:
        """Open work that a crashed window left behind."""
        self.guard(lambda: self.recovery.recover(found))

    def paste(self) -> None:
        """Open the copied picture, or the copied file, as a new shot."""
        mime: QMimeData | None = QGuiApplication.clipboard().mimeData()
        urls = mime.urls() if mime is not None else []
        local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if mime is not None and mime.hasImage():
            image = QGuiApplication.clipboard().image()
            self._read(
                lambda: pictures.load_bytes(_png(image), "pasted.png"), "Opening the copy…", None
            )
        elif local:
            self.open_dropped(local)
        else:
            self._warn("Nothing to paste: copy a picture first.")

    # Saving

    @property
    def saving(self) -> bool:
        return self._saving > 0

    def save(self, then: Then | None = None) -> None:
        """Save under the present name, or ask for one; ``then`` is called once it is on disk."""
        if self._document.file is None:
            self.save_as(then)
        else:
            self._write(self._document.file, then)

    def save_as(self, then: Then | None = None) -> None:
        """Ask for a name and save; ``then`` is not called when the artist gives up."""
        if self._document.shot.picture is None:
            self._warn("There is nothing to save yet: open a picture first.")
            return
        start = Path(self._folder()) / f"{self._document.title}{pictures.SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self.window, "Save the shot", str(self._document.file or start), "Shots (*.kling)"
        )
        if not name:
            return
        path = pictures.with_suffix(Path(name))
        if path != Path(name) and path.exists():
            said = f"{path.name} exists already; choose another name, or choose it itself."
            self._complain(said, SAVING)
            return
        self._write(path, then)

    def when_saved(self, then: Then) -> None:
        """Call ``then`` once the jobs under way are done, whether they worked or not."""
        self._jobs.run(lambda: None, lambda _: then(), lambda _: then())

    # End frame

    def choose_end_frame(self) -> None:
        kinds = f"Pictures ({PICTURES});;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self.window, "End frame", self._folder(), kinds)
        if name:
            self.open_end_frame(Path(name))

    def open_end_frame(self, path: Path) -> None:
        """Read a picture and make it the frame that the video ends on."""
        picture = self._document.shot.picture
        self._busy(f"Opening {path.name}…")
        self._jobs.run(
            lambda: pictures.load_picture_file(path),
            lambda end: self._done(lambda: self._take_end(end, picture)),
            lambda said: self._failed(said, OPENING),
        )

    # Recent files

    def recent(self) -> list[Path]:
        """The files opened or saved last, newest first."""
        listed: list[object] = self._preferences.get("recent", [])
        return [Path(name) for name in listed if isinstance(name, str)][:RECENT]

    def forget_recent(self) -> None:
        self._prefer("recent", [])
        self.recent_changed.emit()

    # The end

    def finish(self) -> None:
        """Wait until everything is read and written, and deliver it."""
        self._jobs.finish()

    def close(self, *, keep: bool = False) -> None:
        """A clean close: nothing runs on, and no recovery copy stays.

        With ``keep``, unsaved work that nobody has given up is there to recover.
        """
        self._jobs.finish()
        self.recovery.close(keep=keep)
        self._jobs.close()

    # Inside

    def _read(self, work: Callable[[], Loaded], what: str, path: Path | None) -> None:
        self._wanted += 1
        ticket = self._wanted
        self._busy(what)

        def done(loaded: Loaded) -> None:
            if ticket == self._wanted:
                self._done(lambda: self.guard(lambda: self._take(loaded, path)))

        self._jobs.run(work, done, lambda said: self._failed(said, OPENING, path))

    def _take(self, loaded: Loaded, path: Path | None) -> None:
        self._document.open(loaded.shot, loaded.pixels, loaded.file, unsaved=loaded.unsaved)
        self._notices.settle(OPENING)
        if path is not None:
            self._remember(path)

    def _take_end(self, end: Picture, start: Picture | None) -> None:
        """Unless another picture was opened meanwhile."""
        if self._document.shot.picture is start:
            self._document.set_end(end, "Choose end frame")
            self._notices.settle(OPENING)

    def _write(self, path: Path, then: Then | None) -> None:
        document = self._document
        shot, pixels = document.snapshot(), document.pixels
        revision = document.revision
        self._saving += 1
        self._busy(f"Saving {path.name}…")

        def done(written: Path) -> None:
            self._saving -= 1
            self._done(lambda: document.saved(written, current=document.revision == revision))
            self._remember(written)
            self._notices.settle(SAVING)
            if then is not None:
                then()

        def failed(said: str) -> None:
            self._saving -= 1
            self._failed(said, SAVING)

        self._jobs.run(lambda: pictures.save(shot, pixels, path), done, failed)

    def _busy(self, what: str) -> None:
        self.working_changed.emit(what)

    def _done(self, change: Callable[[], None]) -> None:
        self.working_changed.emit("")
        change()

    def _failed(self, said: str, about: str, path: Path | None = None) -> None:
        self.working_changed.emit("")
        self._complain(said, about)
        if path is not None and path in self.recent():
            self._prefer("recent", [str(each) for each in self.recent() if each != path])
            self.recent_changed.emit()

    def _complain(self, said: str, about: str) -> None:
        self._notices.post(said, Tone.ERROR, about=about)

    def _warn(self, said: str) -> None:
        """Of something that a picture in the window would do away with."""
        self._notices.post(said, Tone.WARNING, about=OPENING)

    def _remember(self, path: Path) -> None:
        path = path.absolute()
        rest = [each for each in self.recent() if each != path]
        self._prefer("recent", [str(each) for each in [path, *rest]][:RECENT])
        self._prefer("folder", str(path.parent))
        self.recent_changed.emit()

    def _folder(self) -> str:
        folder = str(self._preferences.get("folder", ""))
        return folder if folder and Path(folder).is_dir() else str(Path.home())

    def _prefer(self, key: str, value: object) -> None:
        """A preference that the disk refuses is no reason to stop the artist."""
        with contextlib.suppress(StorageError):
            self._preferences.set(key, value)


def _unbound(loaded: Loaded) -> Loaded:
    return Loaded(loaded.shot, loaded.pixels, None)


def _png(image: QImage) -> bytes:
    """A copied image as a PNG file, hardly compressed: it is encoded again only if it must."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"PNG"))
    writer.setCompression(20)
    writer.write(image)
    return bytes(buffer.data().data())
