"""Overlay, picture levels and layer of paths: kept up to date, they equal what is made anew."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path as FilePath

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from kling_desktop.model.areas import AREAS, Rect
from kling_desktop.model.path import Path
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.overlay import Overlay, palette
from kling_desktop.ui.canvas.paths_layer import PathsLayer
from kling_desktop.ui.canvas.photo import Photo
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.colours import SWATCHES, colour, label, on_colour
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand


def pixels_of(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


@pytest.fixture
def labels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 8, (611, 903), dtype=np.uint8)


@pytest.mark.parametrize("zoom", [0.06, 0.2, 0.5, 1.0, 3.0])
def test_the_overlay_shows_the_larger_of_two_labels_in_each_pixel(
    labels: np.ndarray, zoom: float, qapp: object
) -> None:
    overlay, view = Overlay(), View((903, 611), (300, 200), zoom=zoom, x=-40.0, y=-10.0)
    overlay.show(labels)
    overlay.ensure(view)
    overlay.refine()
    step, own = 1 << overlay.level, overlay.area
    rows, columns = np.arange(own.y0, own.y1) * step, np.arange(own.x0, own.x1) * step
    early, late = step // 4, step // 2 + step // 4
    shown = np.maximum(
        labels[rows + early][:, columns + early], labels[rows + late][:, columns + late]
    )
    striped = (np.arange(own.y0, own.y1)[:, None] + np.arange(own.x0, own.x1)) & 8
    assert (overlay.pixels == palette()[shown | striped]).all()
    assert overlay.image.width() == own.width
    seen = view.visible()
    assert own.x0 * step <= seen.x0 + step // 2
    assert own.x1 * step >= seen.x1 - step
    overlay.close()


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_line_half_a_pixel_of_the_screen_wide_is_seen_wherever_it_lies(
    level: int, qapp: object
) -> None:
    overlay, step = Overlay(), 1 << level
    view = View((512, 512), (512, 512), zoom=1 / step)
    for start in range(100, 100 + step):
        labels = np.zeros((512, 512), np.uint8)
        labels[:, start : start + max(1, step // 2)] = 2
        overlay.show(labels)
        overlay.ensure(view)
        assert overlay.refine()
        assert overlay.pixels.any(axis=1).all()
        overlay.show(np.ascontiguousarray(labels.T))
        overlay.ensure(view)
        overlay.refine()
        assert overlay.pixels.any(axis=0).all()
    overlay.close()


def test_what_is_thin_is_seen_when_the_view_rests(
    canvas: Canvas, document: Document, qtbot: QtBot
) -> None:
    line = np.full((1, 400), 2, np.uint8)
    document.paint(Rect(0, 151, 400, 152), line, "Line")
    overlay = canvas.stage.overlay
    canvas.zoom = 0.25
    assert overlay.rough
    qtbot.waitUntil(lambda: not overlay.rough)
    assert overlay.pixels.any()


@pytest.mark.parametrize("zoom", [0.07, 0.2, 0.45])
def test_strokes_show_as_they_would_on_opening_whatever_their_width(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, zoom: float
) -> None:
    canvas.zoom = zoom
    overlay = canvas.stage.overlay
    for radius, area in ((60.0, 1), (30.0, 2), (12.0, 3), (1.0, 4), (40.0, 5)):
        toolbox.area, toolbox.radius = area, radius
        hand.drag((50 + 10 * area, 40), (350 - 20 * area, 250))
        kept = overlay.pixels.copy()
        overlay._fill_all()
        assert (overlay.pixels == kept).all()
    toolbox.tool = Tool.ERASER
    hand.drag((20, 250), (380, 60))
    fresh = Overlay()
    fresh.show(document.labels)
    fresh.ensure(canvas.stage.view)
    fresh.refine()
    assert (overlay.pixels == fresh.pixels).all()
    fresh.close()


@pytest.mark.parametrize("zoom", [0.1, 0.3, 1.0, 4.0])
def test_refreshing_what_changed_equals_starting_anew(
    labels: np.ndarray, zoom: float, qapp: object
) -> None:
    view = View((903, 611), (500, 400), zoom=zoom, x=-5.0, y=3.0)
    kept, rng = Overlay(), np.random.default_rng(8)
    kept.show(labels)
    kept.ensure(view)
    for _ in range(20):
        x, y = int(rng.integers(0, 900)), int(rng.integers(0, 600))
        labels[y : y + 37, x : x + 53] = rng.integers(0, 8)
        kept.refresh(Rect(x, y, x + 53, y + 37))
    fresh = Overlay()
    fresh.show(labels)
    fresh.ensure(view)
    assert (kept.pixels == fresh.pixels).all()
    kept.close()
    fresh.close()


@pytest.mark.parametrize("zoom", [0.4, 1.0, 3.0])
@pytest.mark.parametrize("locked", [False, True])
def test_after_strokes_and_undo_the_overlay_is_true(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, zoom: float, *, locked: bool
) -> None:
    canvas.zoom = zoom
    rng = np.random.default_rng(6)
    toolbox.set_locked(6, locked=locked)
    for area in (1, 7, 3, 2):
        toolbox.area, toolbox.radius = area, float(rng.uniform(1, 90))
        hand.drag(*[tuple(place) for place in rng.uniform((-50, -50), (450, 350), (6, 2))])
    document.undo_stack.undo()
    kept = canvas.stage.overlay.pixels.copy()
    canvas.stage.overlay.refresh(Rect(0, 0, 400, 300))
    assert (canvas.stage.overlay.pixels == kept).all()
    assert kept.any()


def test_small_moves_find_the_overlay_ready(labels: np.ndarray, qapp: object) -> None:
    overlay, view = Overlay(), View((903, 611), (300, 200), zoom=1.0, x=-200.0, y=-200.0)
    overlay.show(labels)
    overlay.ensure(view)
    area = overlay.area
    overlay.ensure(view.moved(10, -8))
    assert overlay.area == area
    overlay.ensure(view.moved(80, 0))
    assert overlay.area != area
    overlay.close()


def test_hidden_areas_have_no_colour() -> None:
    table = palette({2, 7})
    assert not table[[0, 2, 7, 2 | 8, 7 | 8]].any()
    assert table[[1, 3, 4, 5, 6]].all()


def test_the_picture_is_there_at_once_and_its_levels_follow(qtbot: QtBot, qapp: object) -> None:
    photo = Photo()
    with qtbot.waitSignal(photo.ready, timeout=5000):
        photo.open(np.zeros((1500, 2100, 3), np.uint8))
        assert photo.levels == 1
        assert photo.nearest(3) == (3, (263, 188))
        assert photo.part(3, Rect(0, 0, 263, 188)).width() == 263
    assert photo.levels == 4
    assert photo.nearest(2) == (2, (525, 375))
    assert photo.nearest(9)[0] == 3


def test_a_large_picture_is_never_copied_whole_to_be_shown(
    canvas: Canvas, document: Document, open_picture: Callable[..., None], qtbot: QtBot
) -> None:
    photo = canvas.stage.photo
    with qtbot.waitSignal(photo.ready, timeout=5000):
        open_picture(document, 4000, 3000)
        canvas.repaint()  # as it is shown first, before its smaller levels are there
        assert photo.levels == 1
    canvas.repaint()
    assert photo._pool.nbytes <= 4 * 4 * canvas.width() * canvas.height()


def test_levels_of_a_picture_that_is_gone_are_dropped(
    qtbot: QtBot, qapp: object, document: Document, open_picture: Callable[..., None]
) -> None:
    photo = Photo()
    photo.open(np.zeros((1500, 2100, 3), np.uint8))
    with qtbot.waitSignal(photo.ready, timeout=5000):
        photo.open(np.zeros((600, 600, 3), np.uint8))
    qtbot.wait(30)
    assert (photo.nearest(0)[1], photo.levels) == ((600, 600), 2)


PATHS = {
    1: Path(((50, 50), (200, 250), (350, 60))),
    4: Path(((300, 280), (320, 40))),
    6: Path(((10, 10),)),
}


def drawn(layer: PathsLayer) -> np.ndarray:
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    layer.draw(painter, image.rect(), image.rect())
    painter.end()
    return pixels_of(image)


@pytest.mark.parametrize("area", [1, 4, None])
def test_a_layer_kept_up_to_date_equals_one_drawn_anew(area: int | None, qapp: object) -> None:
    view = View((400, 300), (640, 480), zoom=1.5, x=10.0, y=10.0)
    kept = PathsLayer()
    kept.show(PATHS, view, 6, None)
    for step in range(6):
        moved = {**PATHS, 1: Path(((50, 50), (200 + 9 * step, 250 - 20 * step), (350, 60)))}
        kept.show(moved, view, area, 1)
    fresh = PathsLayer()
    fresh.show(moved, view, area, 1)
    # Antialiased edges at the clip may round differently; nothing is left over or missing.
    a, b = (drawn(layer).view(np.uint8).astype(int) for layer in (kept, fresh))
    assert np.abs(a - b).max() <= 3
    assert a.any()


def test_only_the_path_that_changed_is_drawn_again(qapp: object) -> None:
    view = View((400, 300), (640, 480), zoom=1.5, x=10.0, y=10.0)
    layer = PathsLayer()
    assert not layer.show(PATHS, view, None, None).isEmpty()
    assert layer.show(PATHS, view, None, None).isEmpty()
    dirty = layer.show({**PATHS, 6: Path(((15, 15),))}, view, None, None)
    assert 0 < dirty.width() < 80
    gone = layer.show({}, view, None, None)
    assert not gone.isEmpty()
    assert not layer.bounds


def test_handles_belong_to_the_area_in_hand(
    canvas: Canvas, document: Document, toolbox: Toolbox
) -> None:
    for area, path in PATHS.items():
        document.set_path(area, path, "Draw path")
    layer = canvas.stage.paths
    plain = drawn(layer)
    toolbox.tool = Tool.PATH
    first = drawn(layer)
    toolbox.area = 4
    fourth = drawn(layer)
    assert (plain != first).any()
    assert (first != fourth).any()
    toolbox.set_hidden(4, hidden=True)
    assert len(canvas.stage.paths.bounds) == 2


def test_every_area_has_a_name_and_readable_text() -> None:
    for area in AREAS:
        ink, ground = on_colour(area), colour(area)
        assert abs(ink.lightnessF() - ground.lightnessF()) > 0.3
        assert label(area)
    assert (label(3), label(7)) == ("Area 3", "Static area")


# How dichromats see linear RGB: Viénot, Brettel, Mollon (1999), Brettel (1997) for tritan.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB → CIE L*a*b*, D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    t = np.clip(xyz @ rgb, 0, None) / (0.9505, 1.0, 1.089)
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_the_colours_stay_apart_for_every_eye(sight: str) -> None:
    seen = {
        area: lab(SIGHT[sight] @ ((np.array(SWATCHES[area][:3]) / 255) ** 2.2)) for area in AREAS
    }
    closest = min(
        (float(np.linalg.norm(seen[a] - seen[b])), a, b) for a, b in combinations(AREAS, 2)
    )
    assert closest[0] > 20, closest


SHARP = """
import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Toolbox
from tests.ui.canvas.hand import Hand

app = QApplication([])
document, toolbox = Document(), Toolbox()
canvas = Canvas(document, toolbox, Notices())
canvas.resize(400, 300)
canvas.show()
app.processEvents()
assert canvas.devicePixelRatioF() == RATIO, canvas.devicePixelRatioF()
pixels = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
document.open(of(Picture(b"", "PNG", 300, 200)), pixels, None)
canvas.actual_size()
image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
shown = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
x, y = int(canvas.stage.view.x), int(canvas.stage.view.y)
assert (shown[y : y + 200, x : x + 300, 2::-1] == pixels).all(), "not sharp"
toolbox.radius = 15
Hand(canvas).drag((60, 60), (200, 150))
labels = document.labels
rows, columns = np.mgrid[0:200, 0:300] + 0.5
share = np.clip(((columns - 60) * 140 + (rows - 60) * 90) / (140**2 + 90**2), 0, 1)
away = np.hypot(columns - 60 - 140 * share, rows - 60 - 90 * share)
assert (labels[away <= 14] == 1).all() and (labels[away > 16] == 0).all(), "not where it was drawn"
"""


@pytest.mark.parametrize("ratio", [1, 2, 1.5])
def test_100_percent_is_sharp_at_any_device_pixel_ratio(ratio: float) -> None:
    root = FilePath(__file__).parents[3]
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": str(ratio),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(root),
    }
    done = subprocess.run(
        [sys.executable, "-c", SHARP.replace("RATIO", str(ratio))],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
