"""A canvas that is closed lets go of its memory, and late answers of threads go unheard."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from kling_desktop.ui.canvas import photo
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.post import Post
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand


def flush() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()


class Taker(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[int] = []
        self.post = Post(self.take, self)

    def take(self, answer: int) -> None:
        self.taken.append(answer)


def from_thread(post: Post[int], answer: int) -> None:
    thread = threading.Thread(target=post.send, args=(answer,))
    thread.start()
    thread.join()


def test_an_answer_arrives_in_the_thread_that_asked(qapp: object) -> None:
    taker = Taker()
    from_thread(taker.post, 7)
    assert taker.taken == []
    flush()
    assert taker.taken == [7]


@pytest.mark.parametrize("late", [False, True], ids=["under way", "sent later"])
def test_an_answer_to_who_is_gone_is_lost_silently(qapp: object, late: bool) -> None:
    taker = Taker()
    if not late:
        from_thread(taker.post, 7)
    taker.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if late:
        from_thread(taker.post, 7)
    flush()
    assert taker.taken == []


def used(
    open_picture: Callable[..., None], release: threading.Event
) -> tuple[Canvas, list[weakref.ref[object]]]:
    """A canvas that was painted on, and what must go with it."""
    document, toolbox = Document(), Toolbox()
    canvas = Canvas(document, toolbox, Notices())
    canvas.resize(300, 200)
    canvas.show()
    open_picture(document, 400, 300)
    hand = Hand(canvas)
    hand.drag((50, 50), (200, 100))
    toolbox.tool = Tool.PATH
    hand.click((100, 100))
    toolbox.tool = Tool.SMART
    hand.drag((20, 20), (300, 250))
    things = (canvas, document, document.labels, document.pixels, canvas.stage, canvas.stage.photo)
    return canvas, [weakref.ref(thing) for thing in (*things, canvas.stage.photo._levels[0])]


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_nothing_of_a_closed_canvas_stays(
    qapp: object,
    open_picture: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    late: bool,
) -> None:
    release, make = threading.Event(), photo._make
    monkeypatch.setattr(photo, "_make", lambda *work: (release.wait(10), make(*work)))
    if not late:
        release.set()
    refs = []
    for _ in range(3):
        canvas, some = used(open_picture, release)
        refs += some
        canvas.close()
        canvas.deleteLater()
        del canvas
        flush()
    release.set()
    for thread in threading.enumerate():
        if thread.name in {"pyramid", "smart selection"}:
            thread.join()
    flush()
    assert [ref() for ref in refs if ref() is not None] == []
