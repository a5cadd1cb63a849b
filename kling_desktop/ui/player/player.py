"""The player: a finished video in a loop, with a scrub bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QLoggingCategory, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kling_desktop.ui.player.controls import Controls
from kling_desktop.ui.player.screen import Screen

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

    from kling_desktop.ui.player.media import Media

EMPTY = "Finished videos play here."
SETTLE_MS = 200
"""A file that is replaced is gone for a moment."""
MOVED = "{name} is no longer where it was; it may have been moved or deleted."
UNREADABLE = "{name} cannot be played here. Show it in its folder and open it in another player."


class Player(QWidget):
    """Plays one video file, silently and for ever, until another one comes.

    Frames are painted by the ``screen``, so that what is seen needs no video overlay and no
    graphics driver.
    """

    framed = Signal(int)
    """Milliseconds into the video, after each frame that was shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("player")
        self.setAccessibleName("Video player")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.path: Path | None = None
        self.screen_area, self.controls = Screen(self), Controls(self)
        self.screen_area.show_text(EMPTY)
        self.media: Media | None = None
        self._frame: QVideoFrame | None = None
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.screen_area, 1)
        layout.addWidget(self.controls)
        self._connect()

    def play(self, path: Path) -> None:
        """Show a video from its start."""
        self._unload()
        self.path = path
        self._watcher.addPath(str(path.parent))
        if not path.is_file():
            self._say(MOVED)
            return
        self._watcher.addPath(str(path))
        self.screen_area.show_text(f"Opening {path.name} …")
        self.controls.show_file(path)
        self._media().open(path)

    def clear(self) -> None:
        """Let go of the file and say that there is nothing to see."""
        self._unload()
        self.screen_area.show_text(EMPTY)

    def toggle(self) -> None:
        """Play or pause."""
        if self.media is not None and self.controls.isEnabled():
            self.media.toggle()

    def step(self, frames: int) -> None:
        """Pause and go some frames on or, if negative, back."""
        if self.media is not None and self.controls.isEnabled():
            self.media.step(frames)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.step(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            if self.screen_area.geometry().contains(event.position().toPoint()):
                self.toggle()
        else:
            super().mousePressEvent(event)

    def _connect(self) -> None:
        self.controls.toggled.connect(self.toggle)
        self.controls.stepped.connect(self.step)
        self.screen_area.resized.connect(self._show_frame)
        self._watcher.fileChanged.connect(self._settle.start)
        self._watcher.directoryChanged.connect(self._on_folder_changed)
        self._settle.timeout.connect(self._on_file_changed)

    def _media(self) -> Media:
        """Made with the first video: loading the decoder is no part of the start."""
        if self.media is None:
            # Loading it warns of audio servers that are not there, of which a silent player needs
            # none; and each file would be described on the terminal, or what is said here repeated.
            QLoggingCategory.setFilterRules(
                "qt.multimedia.symbolsresolver.warning=false\n"
                "qt.multimedia.ffmpeg.info=false\n"
                "qt.multimedia.ffmpeg.mediadataholder=false"
            )
            from kling_desktop.ui.player.media import Media

            self.media = media = Media(self)
            media.framed.connect(self._on_frame)
            media.failed.connect(self._on_failed)
            media.playing_changed.connect(self.controls.show_playing)
            media.length_changed.connect(self.controls.show_length)
            media.moved.connect(self.controls.show_position)
            self.controls.scrub_began.connect(media.begin_scrub)
            self.controls.scrubbed.connect(media.scrub)
            self.controls.scrub_ended.connect(media.end_scrub)
        return self.media

    def _unload(self) -> None:
        self.path = self._frame = None
        self._settle.stop()
        if watched := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(watched)
        if self.media is not None:
            self.media.close()
        self.controls.show_nothing()

    def _say(self, sentence: str) -> None:
        """A sentence about the present file in place of its picture."""
        path = self.path
        if self.media is not None:
            self.media.close()
        self._frame = None
        self.controls.show_nothing()
        name = path.name if path is not None else "The video"
        self.screen_area.show_text(sentence.format(name=name), trouble=True)

    def _on_frame(self, frame: QVideoFrame, at: int) -> None:
        if self.path is not None and self.media is not None and self.media.open_now:
            self._frame = frame
            self._show_frame()
            self.controls.show_shape(frame.size(), self.media.seconds)
            self.framed.emit(at)

    def _show_frame(self) -> None:
        """Make the image anew where the frame or the room for it is another."""
        if self._frame is not None and self.screen_area.isVisible():
            from kling_desktop.ui.player.frames import image_of

            image = image_of(self._frame, self.screen_area.room)
            self.screen_area.show_image(image, self._frame.size())

    def _on_failed(self) -> None:
        if self.path is not None:
            self._say(UNREADABLE if self.path.is_file() else MOVED)

    def _on_folder_changed(self) -> None:
        """The file came back, or went; a change of its content tells of itself."""
        if self.path is not None and self.path.is_file() != bool(self._watcher.files()):
            self._settle.start()

    def _on_file_changed(self) -> None:
        path = self.path
        if path is None:
            return
        if path.is_file():
            self.play(path)
        else:
            self._say(MOVED)
