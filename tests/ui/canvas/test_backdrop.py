"""What is kept of the picture between repaints is what would be drawn afresh."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from kling_desktop.ui.canvas.backdrop import Backdrop
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.photo import Photo
from kling_desktop.ui.canvas.scene import GRID_ABOVE, Surround
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.document import Document
from tests.ui.canvas.conftest import made_up
from tests.ui.canvas.test_canvas import seen

SURROUND = Surround(QColor(30, 30, 30), QColor(8, 8, 8))


@pytest.fixture
def photo(qtbot: QtBot) -> Photo:
    photo = Photo()
    with qtbot.waitSignal(photo.ready, timeout=5000):
        photo.open(made_up(901, 633))
    return photo


def pixels(image: QImage) -> np.ndarray:
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return data[:, : image.width(), :3].copy()


@pytest.mark.parametrize(("zoom", "ratio"), [(0.3, 1.0), (0.77, 2.0), (1.0, 1.5), (5.0, 1.0)])
def test_moving_by_whole_pixels_gives_what_a_fresh_one_draws(
    photo: Photo, zoom: float, ratio: float
) -> None:
    kept, rng = Backdrop(), np.random.default_rng(4)
    view = View((901, 633), (300, 200), ratio, zoom=zoom, x=-20.0, y=10.0)
    for _ in range(25):
        dx, dy = (float(step) for step in rng.integers(-90, 91, 2))
        view = View((901, 633), (300, 200), ratio, zoom=zoom, x=view.x + dx, y=view.y + dy)
        moved = pixels(kept.image(view, photo, SURROUND))
        fresh = pixels(Backdrop().image(view, photo, SURROUND))
        # Where a strip begins, smoothing may round the other way.
        assert np.abs(moved.astype(int) - fresh).max() <= 2
    view = View((901, 633), (300, 200), ratio, zoom=zoom, x=view.x + 5000, y=view.y)
    assert (pixels(kept.image(view, photo, SURROUND)) == (30, 30, 30)).all()


def test_another_look_or_size_is_drawn_afresh(photo: Photo) -> None:
    kept, view = Backdrop(), View((901, 633), (300, 200), zoom=0.2, x=0.0, y=0.0)
    dark = pixels(kept.image(view, photo, SURROUND))
    light = Surround(QColor(200, 200, 200), QColor(150, 150, 150))
    assert (dark[199, 299] == 30).all()
    assert (pixels(kept.image(view, photo, light))[199, 299] == 200).all()
    wider = View((901, 633), (400, 300), zoom=0.2, x=0.0, y=0.0)
    assert pixels(kept.image(wider, photo, light)).shape == (300, 400, 3)


def test_another_picture_replaces_the_old_one(
    canvas: Canvas, document: Document, open_picture: Callable[..., None]
) -> None:
    before = seen(canvas)
    document.open(document.shot, np.full_like(document.pixels, 255), None)
    assert (seen(canvas) != before).any()
    assert (seen(canvas) == 255).all(axis=2).sum() > 0.5 * document.labels.size


def test_pixels_have_borders_from_close_by(canvas: Canvas, document: Document) -> None:
    document.open(document.shot, np.full_like(document.pixels, 255), None)
    canvas.zoom = GRID_ABOVE
    assert (seen(canvas)[100:380, 100:540] == 255).all()
    canvas.zoom = 20.0
    shown = seen(canvas)[100:380, 100:540].min(axis=2) < 255
    lines = np.flatnonzero(shown.all(axis=0))
    assert len(lines) in {22, 23}
    assert (np.diff(lines) == 20).all()
    x = canvas.view_point(200, 150).x()
    assert round(x) - 100 in lines
