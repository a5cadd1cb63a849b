"""Plays the draft on the canvas: keeps what is to be seen, hands it to the thread that renders."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from kling_desktop.model.path import Path
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_clock import Loop, Run
from kling_desktop.ui.draft_labels import LabelCopies
from kling_desktop.ui.draft_quality import HEIGHTS, rungs
from kling_desktop.ui.draft_renderer import Renderer
from kling_desktop.ui.draft_scene import Shown, Wish, scene_of, seconds
from kling_desktop.ui.jobs import SENTENCES, sentence

MOST_RATE = 60.0
STEP_RATE = 24.0
"""Frames a second in which one steps: those of the videos that come back."""


class DraftPlayer(QObject):
    """Plays, pauses and stands at any moment; every change of the document shows at once.

    Where the moment is that of the picture itself, ``home``, the picture itself is shown, unless
    it is playing or there are ghosts to see. ``close`` it before the program ends.
    """

    framed = Signal(object)
    """Frame to show in place of the picture, None when the picture itself is to be seen."""
    playing_changed = Signal(bool)
    moved = Signal(float, float)
    """The share of the time (0…1) that is seen, and the length of the video in seconds."""
    paced = Signal(int, int)
    """Height of the frames in pixels and frames a second; 0 for no frames, or for one that stays."""
    ghosts_changed = Signal(bool)
    failed = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._renderer: Renderer | None = None
        self._end: Callable[[], object] | None = None
        self._playing = self._scrubbing = self._ghosts = False
        self._loop = Loop.REPEAT
        self._time = self._home = 0.0
        self._run: Run | None = None
        self._wish: Wish | None = None
        self._trial: Mapping[int, Path] | None = None
        self._labels = LabelCopies(document, self)
        self._labels.ready.connect(self._renew)
        self._room, self._rate = HEIGHTS[0], MOST_RATE
        # Changes that come together (an undo of several things) make one scene.
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._on_settled)
        document.changed.connect(self._settle.start)
        document.opened.connect(self._on_opened)

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def time(self) -> float:
        """The share of the time (0…1) that is seen."""
        return self._time

    @property
    def seconds(self) -> float:
        return seconds(self._document.shot)

    @property
    def home(self) -> float:
        """The share of the time at which the picture itself is seen: the end, where it lands."""
        return 1.0 if self._document.shot.land else 0.0

    # Playing

    def play(self) -> None:
        """Go on, from the beginning where it is over; without a picture nothing happens, and that
        is told."""
        if self._playing:
            return
        if self._document.shot.picture is None:
            self.playing_changed.emit(False)
            return
        if self._time >= 1.0:
            self._time = 0.0
        self._playing = True
        self._renew(afresh=True)
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stand at the moment that is seen."""
        if self._playing:
            self._playing = False
            self._renew()
            self.playing_changed.emit(False)

    def stop(self) -> None:
        """Go home: the picture itself is seen, at once."""
        self.pause()
        self.seek(self.home)

    def set_playing(self, playing: bool) -> None:
        if playing:
            self.play()
        else:
            self.pause()

    def close(self) -> None:
        """Stop, and end the thread."""
        self._ghosts = False
        self.stop()
        if self._end is not None:
            self._end()
        self._renderer = self._end = None

    # Moments

    def seek(self, time: float) -> None:
        """See another share of the time (0…1), and go on from there if it is playing."""
        time = min(1.0, max(0.0, time))
        if time != self._time or self._scrubbing:
            self._time = time
            self._renew(afresh=True)
        self.moved.emit(self._time, self.seconds)

    def step(self, frames: int) -> None:
        """Pause, and go some frames on or, if negative, back."""
        self.pause()
        last = max(1, round(self.seconds * STEP_RATE) - 1)
        self.seek((round(self._time * last) + frames) / last)

    def begin_scrub(self) -> None:
        """A hand took hold of the time: until ``end_scrub`` only that moves it."""
        self._scrubbing = True
        self._renew()

    def end_scrub(self) -> None:
        self._scrubbing = False
        self._renew(afresh=True)

    # How

    @property
    def loop(self) -> Loop:
        return self._loop

    def set_loop(self, loop: Loop) -> None:
        """What comes after the end, from now on."""
        if loop != self._loop:
            self._loop = loop
            self._renew(afresh=True)

    @property
    def ghosts(self) -> bool:
        return self._ghosts

    def set_ghosts(self, ghosts: bool) -> None:
        """Whether a draft that stands shows where its areas will be."""
        if ghosts != self._ghosts:
            self._ghosts = ghosts
            self._renew()
            self.ghosts_changed.emit(ghosts)

    def set_trial(self, paths: Mapping[int, Path] | None) -> None:
        """See these paths in place of the shot's while a gesture is under way; None afterwards."""
        if paths != self._trial:
            self._trial = paths
            self._settle.start()

    def set_room(self, height: float) -> None:
        """On how many pixels of the screen the whole picture is shown: more are not rendered."""
        self._room = max(1, round(height))
        if self._wish is not None and self._rungs != self._wish.rungs:
            self._renew()

    def set_rate(self, rate: float) -> None:
        """How often a second the screen shows something new."""
        self._rate = min(MOST_RATE, rate) if rate > 1.0 else MOST_RATE

    # Inside

    def _renew(self, *, afresh: bool = False) -> None:
        """Let the thread render what is to be seen now; ``afresh`` from this moment on."""
        if not self._shows:
            self._rest()
            return
        run = None
        if self._playing and not self._scrubbing:
            keeps = self._run is not None and self._run.seconds == self.seconds and not afresh
            run = self._run if keeps else Run(self._time, self.seconds, self._loop)
        self._run, labels = run, self._labels.current()
        if labels is None:
            return
        shot = self._document.shot
        shown = shot if self._trial is None else replace(shot, paths=self._trial)
        scene = scene_of(shown, self._document.pixels, labels)
        if self._wish is not None and self._wish.scene.same(scene):
            scene = self._wish.scene
        ghosts = self._ghosts and run is None and not self._scrubbing
        time = self._time if run is None else 0.0
        wish = Wish(scene, run, time, ghosts, self._rungs, 1.0 / self._rate)
        if wish != self._wish:
            self._wish = wish
            self._thread().show(wish)

    @property
    def _shows(self) -> bool:
        """Whether there is anything to see but the picture itself."""
        if self._document.shot.picture is None:
            return False
        return self._playing or self._ghosts or self._time != self.home

    @property
    def _rungs(self) -> tuple[int, ...]:
        return rungs(self._document.shot.size[1], self._room)

    def _rest(self) -> None:
        self._run = None
        if self._wish is not None and self._renderer is not None:
            self._renderer.show(None)
        self._wish = None
        self.framed.emit(None)
        self.paced.emit(0, 0)

    def _thread(self) -> Renderer:
        if self._renderer is None:
            renderer = self._renderer = Renderer()
            renderer.rendered.connect(self._on_rendered, Qt.ConnectionType.QueuedConnection)
            renderer.failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)
            # A thread that is destroyed while it runs takes the program with it. So it is nobody's
            # child, and ends before this object is gone, or before the program is.
            self._end = weakref.finalize(self, renderer.end)
            renderer.start()
        return self._renderer

    def _on_rendered(self, shown: Shown) -> None:
        if self._renderer is None:
            return
        if self._wish is not None and self._wish.answered_by(shown.wish):
            self._show(shown)
        self._renderer.taken()

    def _show(self, shown: Shown) -> None:
        self.framed.emit(shown.frame)
        self.paced.emit(shown.frame.shape[0], round(shown.rate))
        if shown.wish.run is not None:
            self._time = shown.time
            self.moved.emit(self._time, shown.wish.scene.seconds)
        if shown.over:
            self.pause()

    def _on_failed(self, error: Exception) -> None:
        if self._wish is not None:
            self._ghosts = False
            self.stop()
            self.ghosts_changed.emit(False)
            if not isinstance(error, SENTENCES):
                raise error
            self.failed.emit(sentence(error))

    def _on_opened(self) -> None:
        """Another shot: playing goes on with it, once there is a frame of it."""
        self._time = self._home = self.home
        self._trial = None
        if self._document.shot.picture is None:
            self.pause()
        self._rest()
        if self._renderer is not None:
            self._renderer.forget()
        self._renew(afresh=True)
        self.moved.emit(self._time, self.seconds)

    def _on_settled(self) -> None:
        """The document has changed."""
        if self._home != self.home:
            stood = self._time == self._home
            self._home = self.home
            if stood and not self._playing:
                self._time = self._home
        if self._shows or self._wish is not None:
            self._renew()
        self.moved.emit(self._time, self.seconds)
