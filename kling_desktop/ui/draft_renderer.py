"""The thread that renders what the canvas shows of the draft, in real time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from kling_desktop.ui.draft_clock import Beat, Run
from kling_desktop.ui.draft_quality import Ladder
from kling_desktop.ui.draft_scene import Frame, Shown, Wish
from kling_desktop.ui.draft_stock import Stock

if TYPE_CHECKING:
    from kling_desktop.motion.draft import Draft

COUNTED = 0.5
"""Seconds over which frames are counted."""


class Renderer(QThread):
    """Renders the newest wish it was given, dropping frames rather than lagging.

    It lives as long as the player does and sleeps while there is nothing to do, so that stopping
    waits for nothing.
    """

    rendered = Signal(object)
    """A Shown. The next one comes when this one was ``taken``."""
    failed = Signal(object)
    """An Exception, in place of a frame."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._news = threading.Condition()
        self._wish: Wish | None = None
        self._ending = self._forgets = False
        self._sent_at: float | None = None
        """When the frame went out that the window has not taken yet."""
        self._showing = 0.0
        """Seconds that the window took for the last one."""
        self._stock = Stock(self._wake)
        self._answered: Wish | None = None
        self._run: Run | None = None
        self._beat = Beat(0.0, 1.0)
        self._ladder: Ladder | None = None
        self._rate, self._frames, self._since = 0.0, 0, 0.0

    # For the window's thread

    def show(self, wish: Wish | None) -> None:
        """Answer this from now on; None to rest."""
        with self._news:
            self._wish = wish
            self._news.notify_all()

    def forget(self) -> None:
        """Rest, and let go of pictures: another one is open."""
        with self._news:
            self._wish, self._forgets = None, True
            self._news.notify_all()

    def taken(self) -> None:
        """The window has shown the frame: the next one may come."""
        with self._news:
            if self._sent_at is not None:
                self._showing = time.perf_counter() - self._sent_at
            self._sent_at = None
            self._news.notify_all()

    def end(self) -> None:
        """End the thread and wait for it: no longer than for what it does at the moment."""
        with self._news:
            self._ending = True
            self._news.notify_all()
        self.wait()

    # In this thread

    def run(self) -> None:
        """Not called by anybody but Qt."""
        while self._turn():
            pass
        self._stock.close()

    def _turn(self) -> bool:
        """Do the next thing, once there is one; False at the end. What was done is let go of."""
        wish = self._next()
        if wish is None:
            return False
        try:
            self._answer(wish)
        except Exception as error:  # noqa: BLE001 - handed over to the window's thread
            self._stock.forget()
            with self._news:
                if self._wish is wish:
                    self._wish = None
            self.failed.emit(error)
        return True

    def _wake(self) -> None:
        with self._news:
            self._news.notify_all()

    def _next(self) -> Wish | None:
        """What to do now, as soon as there is anything."""
        with self._news:
            while not self._ending:
                self._news.wait_for(lambda: self._ending or self._forgets or self._due)
                if self._forgets:
                    self._forgets, self._answered, self._run = False, None, None
                    self._stock.forget()
                elif not self._ending:
                    return self._wish
            return None

    @property
    def _due(self) -> bool:
        wish = self._wish
        if wish is None:
            return False
        return wish is not self._answered or wish.run is not None or self._stock.news

    def _answer(self, wish: Wish) -> None:
        self._answered = wish
        if wish.run is None:
            self._run = None
            draft = self._stock.draft(wish.scene, wish.rungs[0])
            self._send(Shown(_standing(draft, wish), wish, wish.time, over=False, rate=0.0))
        else:
            self._play(wish, wish.run)

    def _play(self, wish: Wish, run: Run) -> None:
        """One frame of what plays, and the rest until the next one."""
        ladder = self._ladder = self._ladder or Ladder(wish.rungs)
        ladder.extend(wish.rungs)
        draft = self._stock.draft(wish.scene, ladder.height)
        began = time.perf_counter()
        afresh = run is not self._run
        if afresh:
            # From now on, however long it took to get ready.
            self._run, self._beat = run, Beat(began, wish.interval)
        self._beat.interval = wish.interval
        elapsed = self._beat.elapsed(began)
        frame, over = draft.frame(run.share(elapsed)), run.over(elapsed)
        took = time.perf_counter() - began
        self._send(Shown(frame, wish, run.share(elapsed), over, self._counted(afresh=afresh)))
        if draft.size[1] == ladder.height:
            ladder.timed(max(took, self._showing), wish.interval)
        with self._news:
            rest = None if over else self._beat.rest(time.perf_counter())
            self._news.wait_for(lambda: self._ending or self._wish is not wish, rest)

    @property
    def _waits(self) -> bool:
        """Whether the window has not taken the last frame yet."""
        return self._sent_at is not None

    def _counted(self, *, afresh: bool = False) -> float:
        """Frames a second, of late; 0 before that is known."""
        now = time.perf_counter()
        if afresh:
            self._rate, self._frames, self._since = 0.0, 0, now
        elif now - self._since >= COUNTED:
            self._rate = self._frames / (now - self._since)
            self._frames, self._since = 0, now
        self._frames += 1
        return self._rate

    def _send(self, shown: Shown) -> None:
        """Hand a frame to the window, once it has taken the last one, unless it wants none now."""
        with self._news:
            self._news.wait_for(lambda: self._ending or self._wish is None or not self._waits)
            wanted = self._wish
            if self._ending or wanted is None:
                return
            if wanted.scene.pixels is not shown.wish.scene.pixels:
                return
            self._sent_at = time.perf_counter()
        self.rendered.emit(shown)


def _standing(draft: Draft, wish: Wish) -> Frame:
    if not wish.ghosts:
        return draft.frame(wish.time)
    from kling_desktop.motion.ghosts import ghosts

    scene = wish.scene
    still = draft.aimed(scene.paths, None, backwards=scene.backwards)
    return ghosts(still, wish.time, home=scene.home)
