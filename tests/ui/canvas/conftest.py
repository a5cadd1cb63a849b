"""A canvas on a small made-up picture, and a hand to use it."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Toolbox
from tests.ui.canvas.hand import Hand


def made_up(width: int, height: int) -> np.ndarray:
    """A picture in which every place looks different, as the document keeps it: RGB."""
    y, x = np.mgrid[0:height, 0:width]
    colours = [x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), (x + y) % 256]
    return np.stack(colours, axis=-1).astype(np.uint8)


@pytest.fixture
def open_picture() -> Callable[..., None]:
    def opened(document: Document, width: int, height: int) -> None:
        picture = Picture(b"", "PNG", width, height)
        document.open(of(picture), made_up(width, height), None)

    return opened


@pytest.fixture
def document(qapp: object) -> Document:
    return Document()


@pytest.fixture
def toolbox(qapp: object) -> Toolbox:
    return Toolbox()


@pytest.fixture
def notices(qapp: object) -> Notices:
    return Notices()


@pytest.fixture
def said(notices: Notices) -> list[str]:
    """The sentences posted so far."""
    sentences: list[str] = []
    notices.posted.connect(lambda sentence, _tone: sentences.append(sentence))
    return sentences


@pytest.fixture
def empty_canvas(qtbot: QtBot, document: Document, toolbox: Toolbox, notices: Notices) -> Canvas:
    canvas = Canvas(document, toolbox, notices)
    qtbot.addWidget(canvas)
    canvas.resize(640, 480)
    canvas.show()
    qtbot.waitExposed(canvas)
    return canvas


@pytest.fixture
def canvas(empty_canvas: Canvas, document: Document, open_picture: Callable[..., None]) -> Canvas:
    """On a picture of 400×300."""
    open_picture(document, 400, 300)
    return empty_canvas


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)
