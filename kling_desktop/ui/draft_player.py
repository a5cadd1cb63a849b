"""Plays the draft on the canvas: a thread renders, the window shows, edits are picked up live."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from kling_desktop.model.areas import Labels
from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Shot
from kling_desktop.ui.document import Document
from kling_desktop.ui.jobs import sentence

if TYPE_CHECKING:
    from kling_desktop.motion.draft import Draft

Frame = npt.NDArray[np.uint8]

FPS = 30.0
PAUSE = 0.5
"""Seconds for which the last frame stands before the loop begins again."""
MAX_HEIGHT = 1080


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is to be rendered. ``labels`` and ``pixels`` are shared by scenes that only differ in
    their paths, camera or length, which is how the renderer knows that it may keep its layers."""

    pixels: Frame
    labels: Labels
    paths: Mapping[int, Path]
    camera: Camera | None
    seconds: float


class Renderer(QThread):
    """Renders the newest scene it was given in real time, dropping frames rather than lagging.

    It lives as long as the player does and sleeps while there is nothing to play, so that stopping
    waits for nothing.
    """

    rendered = Signal(object, object)
    """Frame (h, w, 3) RGB and the Scene that it belongs to."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._news = threading.Condition()
        self._scene: Scene | None = None
        self._shown = self._afresh = True
        self._ending = False

    def show_scene(self, scene: Scene | None) -> None:
        """Render this from now on; None to rest. Another picture begins at its start."""
        with self._news:
            old = self._scene
            if old is None or scene is None or old.pixels is not scene.pixels:
                self._afresh = True
            self._scene, self._shown = scene, True
            self._news.notify()

    def taken(self) -> None:
        """The window has shown the frame: the next one may come."""
        with self._news:
            self._shown = True
            self._news.notify()

    def end(self) -> None:
        """End the thread and wait for it: no longer than for what it does at the moment."""
        with self._news:
            self._ending = True
            self._news.notify()
        self.wait()

    def run(self) -> None:
        """Not called by anybody but Qt."""
        draft: Draft | None = None
        scene: Scene | None = None
        start = time.perf_counter()
        while (wanted := self._next()) is not None:
            if wanted is not scene:
                draft, scene = self._make(wanted, scene, draft), wanted
            turn = time.perf_counter()
            if self._afresh:
                self._afresh, start = False, turn
            if draft is not None:
                at = (turn - start) % (wanted.seconds + PAUSE) / wanted.seconds
                self._send(draft.frame(min(1.0, at)), wanted)
            left = 1 / FPS - (time.perf_counter() - turn)
            with self._news:
                self._news.wait_for(lambda: self._scene is not wanted or self._ending, max(0, left))

    def _next(self) -> Scene | None:
        """What to render now, as soon as there is anything and the last frame was seen."""
        with self._news:
            self._news.wait_for(lambda: self._ending or (self._scene is not None and self._shown))
            return None if self._ending else self._scene

    def _send(self, frame: Frame, scene: Scene) -> None:
        with self._news:
            if self._scene is not scene:
                return
            self._shown = False
        self.rendered.emit(frame, scene)

    def _make(self, wanted: Scene, scene: Scene | None, draft: Draft | None) -> Draft | None:
        try:
            if draft is not None and scene is not None and scene.labels is wanted.labels:
                return draft.aimed(wanted.paths, wanted.camera)
            return make_draft(wanted)
        except (ValueError, MemoryError) as error:
            self.failed.emit(sentence(error))
            return None


class DraftPlayer(QObject):
    """Play and stop; while it plays, every change of the document shows with the next frame.

    ``close`` it before the program ends.
    """

    framed = Signal(object)
    """Frame to show in place of the picture, None when the picture itself is to be seen."""
    playing_changed = Signal(bool)
    failed = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._renderer: Renderer | None = None
        self._end: Callable[[], object] | None = None
        self._scene: Scene | None = None
        self._labels_revision = -1
        # Changes that come together (an undo of several things) make one scene.
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._on_settled)
        document.changed.connect(self._on_changed)
        document.opened.connect(self._on_opened)

    @property
    def playing(self) -> bool:
        return self._scene is not None

    def play(self) -> None:
        """Begin; where there is no picture nothing happens, and that is told."""
        if self.playing:
            return
        if self._document.shot.picture is None:
            self.playing_changed.emit(False)
            return
        self._send()
        self.playing_changed.emit(True)

    def stop(self) -> None:
        """Show the picture itself again, at once."""
        if self.playing and self._renderer is not None:
            self._scene = None
            self._renderer.show_scene(None)
            self.framed.emit(None)
            self.playing_changed.emit(False)

    def close(self) -> None:
        """Stop, and end the thread."""
        self.stop()
        if self._end is not None:
            self._end()
        self._renderer = self._end = None

    def set_playing(self, playing: bool) -> None:
        if playing:
            self.play()
        else:
            self.stop()

    def _on_opened(self) -> None:
        """Another shot: playing goes on with it, once there is a frame of it."""
        if self.playing:
            self.framed.emit(None)
        if self._document.shot.picture is None:
            self.stop()

    def _on_changed(self) -> None:
        if self.playing:
            self._settle.start()

    def _on_settled(self) -> None:
        if self.playing:
            self._send()

    def _send(self) -> None:
        """Let the thread render the document as it is now, if that differs."""
        old, scene = self._scene, self._scene_now()
        self._labels_revision = self._document.labels_revision
        if old is None or not same(old, scene):
            self._scene = scene
            self._thread().show_scene(scene)

    def _scene_now(self) -> Scene:
        shot, old = self._document.shot, self._scene
        if old is not None and self._labels_revision == self._document.labels_revision:
            labels = old.labels
        else:
            labels = self._document.snapshot().labels
        return Scene(self._document.pixels, labels, shot.paths, shot.camera, seconds(shot))

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

    def _on_rendered(self, frame: Frame, scene: Scene) -> None:
        if self._renderer is None or not self.playing:
            return
        if scene.pixels is self._document.pixels:
            self.framed.emit(frame)
        self._renderer.taken()

    def _on_failed(self, words: str) -> None:
        if self.playing:
            self.stop()
            self.failed.emit(words)


def same(a: Scene, b: Scene) -> bool:
    """Whether two scenes look the same."""
    shared = a.pixels is b.pixels and a.labels is b.labels
    return shared and (a.paths, a.camera, a.seconds) == (b.paths, b.camera, b.seconds)


def make_draft(scene: Scene) -> Draft:
    """The draft of a scene, at a size that plays in real time. Slow: for another thread."""
    from kling_desktop.motion.draft import Draft

    height = min(scene.pixels.shape[0], MAX_HEIGHT)
    return Draft(scene.pixels, scene.labels, scene.paths, scene.camera, height=height)


def seconds(shot: Shot) -> float:
    """How long the video is to be; five seconds where the setting is no number."""
    try:
        return min(60.0, max(1.0, float(shot.settings.duration)))
    except ValueError:
        return 5.0
