"""The decoder: Qt's media player with looping, frame steps and scrubbing that keeps up."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtMultimedia import QMediaMetaData, QMediaPlayer, QVideoFrame, QVideoSink

FRAME_MS = 1000 / 30
"""A frame where the file does not say."""
PATIENCE_MS = 250
"""A place whose frame has not come by then is passed over for the newest one wanted."""

State, Status = QMediaPlayer.PlaybackState, QMediaPlayer.MediaStatus


class Media(QObject):
    """One file at a time. ``framed`` gives each frame that is due, also while scrubbing."""

    framed = Signal(object, int)
    """QVideoFrame, and milliseconds into the video."""
    moved = Signal(int)
    """Milliseconds into the video."""
    length_changed = Signal(int)
    """Milliseconds in all."""
    playing_changed = Signal(bool)
    failed = Signal()
    """The file gives no pictures; it is closed already."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._media, self._sink = QMediaPlayer(self), QVideoSink(self)
        self._media.setVideoSink(self._sink)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._go_on)
        self.open_now = False
        self._seen = self._resume = False
        self._wanted: int | None = None
        self._going: int | None = None
        self._at = 0
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._media.durationChanged.connect(lambda whole: self.length_changed.emit(int(whole)))
        self._media.errorOccurred.connect(self._on_error)
        self._media.mediaStatusChanged.connect(self._on_status)
        self._media.playbackStateChanged.connect(
            lambda state: self.playing_changed.emit(state == State.PlayingState)
        )

    @property
    def seconds(self) -> float:
        return self._media.duration() / 1000

    @property
    def playing(self) -> bool:
        return self._media.playbackState() == State.PlayingState

    def open(self, path: Path) -> None:
        """Play a file from its start."""
        self.close()
        self.open_now = True
        # A file without a single sound frame would be gone through for ever, as fast as can be.
        self._media.setLoops(QMediaPlayer.Loops.Once)
        self._media.setSource(QUrl.fromLocalFile(str(path)))
        self._media.play()

    def close(self) -> None:
        """Let go of the file."""
        self.open_now = self._seen = self._resume = False
        self._wanted, self._at = None, 0
        self._patience.stop()
        self._media.stop()
        self._media.setSource(QUrl())

    def toggle(self) -> None:
        if self.playing:
            self._media.pause()
        else:
            self._media.play()

    def step(self, frames: int) -> None:
        """Pause, and go some frames on or, if negative, back, as far as there are any."""
        self._media.pause()
        length = self.frame_ms
        # Into the middle of the frame, where no rounding leads to its neighbour.
        place = (round(self._place() / length - 0.25) + frames + 0.5) * length
        self._seek(int(min(max(0.0, place), self._media.duration() - length / 2)))

    @property
    def frame_ms(self) -> float:
        """How long a frame stands, in milliseconds."""
        rate = self._media.metaData().value(QMediaMetaData.Key.VideoFrameRate)
        return 1000 / rate if isinstance(rate, float) and rate > 0 else FRAME_MS

    def begin_scrub(self) -> None:
        self._resume = self.playing
        self._media.pause()

    def scrub(self, milliseconds: int) -> None:
        self._seek(min(milliseconds, int(self._media.duration() - self.frame_ms / 2)))

    def end_scrub(self) -> None:
        if self._resume:
            self._resume = False
            self._media.play()

    def _place(self) -> float:
        """The place that was last asked for, or the beginning of the frame that is seen."""
        return self._at if self._wanted is None else self._wanted

    def _seek(self, milliseconds: int) -> None:
        """Go to a place once the decoder is done with the one before: a hand is faster than it."""
        self._wanted = max(0, milliseconds)
        if not self._patience.isActive():
            self._go()

    def _go(self) -> None:
        if self._wanted is not None:
            self._patience.start()
            self._going = self._wanted
            self._media.setPosition(self._wanted)

    def _go_on(self) -> None:
        """A frame has come, or none will: go on to where the hand is now."""
        self._patience.stop()
        if self._wanted == self._going:
            self._wanted = None
        self._go()

    def _on_frame(self, frame: QVideoFrame) -> None:
        if not frame.isValid() or not self.open_now:
            return
        if not self._seen:
            self._seen = True
            self._media.setLoops(QMediaPlayer.Loops.Infinite)
        self._at = max(0, frame.startTime()) // 1000
        self.framed.emit(frame, self._at)
        self.moved.emit(self._at)
        if self._patience.isActive():
            self._go_on()

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if status == Status.EndOfMedia and self.open_now:
            if self._seen:
                self._media.play()
            else:
                self._on_error()

    def _on_error(self, *_error: object) -> None:
        if self.open_now:
            self.close()
            self.failed.emit()
