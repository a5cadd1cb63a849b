"""Ring, stroke, screen and exported mask agree to the pixel, at every zoom and on dense screens."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from itertools import pairwise
from math import hypot, pi, sqrt
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kling_desktop.imaging.masks import mask_png
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.stage import LIGHTEST
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Toolbox
from tests.ui.canvas.hand import Hand

WIDTH, HEIGHT = 1200, 900
RATIO = float(os.environ.get("QT_SCALE_FACTOR", "1"))
FIT = 0.0
"""In place of a zoom."""
ZOOMS = [FIT, 1.0, 1.37, 4.0]
Grid = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
End = tuple[float, float, float]
"""x, y and radius in image pixels."""


@pytest.fixture
def canvas(empty_canvas: Canvas, document: Document) -> Canvas:
    """On a flat dark picture, on which all that is drawn stands out by its luminance."""
    grey = np.full((HEIGHT, WIDTH, 4), (60, 60, 60, 255), np.uint8)
    document.open(of(Picture(b"", "PNG", WIDTH, HEIGHT)), grey, None)
    return empty_canvas


def look(canvas: Canvas, zoom: float) -> None:
    """Zoom, with the picture at no round place unless the view itself sees to that."""
    assert canvas.devicePixelRatioF() == RATIO
    if zoom == FIT:
        canvas.fit()
    else:
        canvas.zoom = zoom
        canvas.move_by(3.3, -7.7)


# The mask


def depth(a: End, b: End, x: Grid, y: Grid) -> Grid:
    """How deep points lie in the hull of two discs, in image pixels; negative outside.

    The largest of r(t) − |p − c(t)| over the way t from 0 to 1: concave in t, with its summit where
    the distance from the centre grows as fast as the radius.
    """
    length, grow = hypot(b[0] - a[0], b[1] - a[1]), b[2] - a[2]
    if length <= abs(grow) or length == 0.0:
        end = a if grow < 0 else b
        return end[2] - np.hypot(x - end[0], y - end[1])
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    along, aside = (x - a[0]) * ux + (y - a[1]) * uy, (x - a[0]) * uy - (y - a[1]) * ux
    lean = grow / length
    way = np.clip(along + np.abs(aside) * lean / sqrt(1 - lean * lean), 0.0, length)
    return a[2] + lean * way - np.hypot(along - way, aside)


def ideal(ends: list[End]) -> Grid:
    """Depth (HEIGHT, WIDTH) of every pixel's centre in the stroke, −9 from far outside."""
    deep = np.full((HEIGHT, WIDTH), -9.0)
    for a, b in pairwise(ends):
        reach = max(a[2], b[2]) + 9
        x0, x1 = (int(side(a[0], b[0]) + way) for side, way in ((min, -reach), (max, reach)))
        y0, y1 = (int(side(a[1], b[1]) + way) for side, way in ((min, -reach), (max, reach)))
        near = np.s_[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
        y, x = np.mgrid[:HEIGHT, :WIDTH][(slice(None), *near)] + 0.5
        deep[near] = np.maximum(deep[near], depth(a, b, x, y))
    return deep


def exported(document: Document, area: int) -> Mask:
    with Image.open(io.BytesIO(mask_png(document.labels == area))) as image:
        assert (image.mode, image.size) == ("L", (WIDTH, HEIGHT))
        grey = np.asarray(image)
    assert set(np.unique(grey)) <= {0, 255}
    return grey == 255


def wave(canvas: Canvas, count: int = 30) -> list[tuple[float, float]]:
    """Image places along a curve in the middle of what is seen, 9 device pixels apart or so."""
    step, (x, y) = 9 / canvas.zoom, canvas.stage.view.to_image(canvas.width() / 2, 240)
    t = np.arange(count) - count / 2
    return [(x + step * 0.8 * i, y + step * 4 * float(np.sin(i / 5))) for i in t.tolist()]


def check_mask(document: Document, ends: list[End]) -> None:
    mask, deep = exported(document, 1), ideal(ends)
    assert mask[deep > 1.0].all()
    assert not mask[deep < -1.0].any()
    assert all(mask[int(y), int(x)] for x, y, _ in ends)


@pytest.mark.parametrize("radius", [0.5, 1.0, 3.5, 60.0])
@pytest.mark.parametrize("zoom", ZOOMS)
def test_the_exported_mask_is_the_ideal_stroke(
    canvas: Canvas, hand: Hand, document: Document, toolbox: Toolbox, zoom: float, radius: float
) -> None:
    look(canvas, zoom)
    toolbox.radius = radius
    places = wave(canvas)
    hand.drag(*places)
    check_mask(document, [(x, y, radius) for x, y in places])


@pytest.mark.parametrize("radius", [3.5, 60.0])
@pytest.mark.parametrize("zoom", ZOOMS)
def test_so_is_that_of_a_pen_pressed_harder_and_softer(
    canvas: Canvas, hand: Hand, document: Document, toolbox: Toolbox, zoom: float, radius: float
) -> None:
    look(canvas, zoom)
    toolbox.radius = radius
    toolbox.choose(pressure=True)
    places = wave(canvas)
    pressures = [0.5 + 0.5 * float(np.sin(i / 4)) for i in range(len(places))]
    hand.pen(QEvent.Type.TabletPress, places[0], pressure=pressures[0])
    for place, pressure in zip(places[1:], pressures[1:], strict=True):
        hand.pen(QEvent.Type.TabletMove, place, pressure=pressure)
    hand.pen(QEvent.Type.TabletRelease, places[-1], pressure=pressures[-1])
    radii = [radius * (LIGHTEST + (1 - LIGHTEST) * pressure) for pressure in pressures]
    check_mask(document, [(*place, r) for place, r in zip(places, radii, strict=True)])


# The screen


def grab(canvas: Canvas) -> npt.NDArray[np.int16]:
    """Luminance of every device pixel."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    height, width = image.height(), image.width()
    assert (width, height) == (canvas.width() * RATIO, canvas.height() * RATIO)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4)
    return cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY).astype(np.int16)


def hide_ring(canvas: Canvas) -> None:
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))


def ring(canvas: Canvas) -> list[Grid]:
    """The ring alone, as weights (x, y, weight) of its light and of its dark circle's pixels.

    In device pixels, whose centres lie at halves."""
    shown = grab(canvas)
    hide_ring(canvas)
    difference = shown - grab(canvas)
    parts = []
    for part in (difference.clip(0, None), (-difference).clip(0, None)):
        y, x = np.nonzero(part)
        parts.append(np.stack([x + 0.5, y + 0.5, part[y, x]]))
    return parts


def circle(points: Grid) -> Grid:
    """Centre and radius of a drawn circle, by least squares (Kåsa, 1976)."""
    x, y, weight = points
    share = np.sqrt(weight)
    system = np.stack([2 * x, 2 * y, np.ones(len(x))], axis=1) * share[:, None]
    (cx, cy, rest), *_ = np.linalg.lstsq(system, (x * x + y * y) * share, rcond=None)
    return np.array([cx, cy, sqrt(rest + cx * cx + cy * cy)])


def disc(mask: Mask, canvas: Canvas) -> End:
    """Centre and radius of a painted disc, in device pixels."""
    y, x = np.nonzero(mask)
    view = canvas.stage.view
    centre = view.to_device(float(x.mean() + 0.5), float(y.mean() + 0.5))
    return (*centre, sqrt(len(x) / pi) * view.zoom)


def touch(hand: Hand, x: float, y: float) -> None:
    """Press at a place in device pixels, and stay there."""
    place = hand.canvas.stage.view.to_image(x / RATIO, y / RATIO)
    hand.press(place)
    hand.move(place)


@pytest.mark.parametrize("part", [(0.1, 0.1), (0.6, 0.9), (0.95, 0.3)])
@pytest.mark.parametrize(
    ("zoom", "radius"),
    [(FIT, 20.0), (FIT, 60.0), (1.0, 3.5), (1.0, 60.0), (1.37, 12.0), (4.0, 12.0)],
)
def test_the_ring_lies_on_the_edge_of_what_is_painted(
    canvas: Canvas,
    hand: Hand,
    document: Document,
    toolbox: Toolbox,
    zoom: float,
    radius: float,
    part: tuple[float, float],
) -> None:
    look(canvas, zoom)
    toolbox.radius = radius
    touch(hand, 320 * RATIO + part[0], 240 * RATIO + part[1])
    light, dark = ring(canvas)
    x, y, reach = (circle(light) + circle(dark)) / 2
    painted = disc(exported(document, 1), canvas)
    assert hypot(x - painted[0], y - painted[1]) <= 1.0
    assert abs(reach - painted[2]) <= 1.0


def test_so_does_a_ring_that_is_larger_than_the_screen(
    canvas: Canvas, hand: Hand, document: Document, toolbox: Toolbox
) -> None:
    look(canvas, 4.0)
    toolbox.radius = 138.0 * RATIO
    touch(hand, 60.6 * RATIO, 240.9 * RATIO)
    parts = ring(canvas)
    cx, cy, reach = disc(exported(document, 1), canvas)
    for edge in (1, -1):  # seen is only an arc on the right: its upper and its lower half
        off = []
        for x, y, weight in parts:
            half = (y - cy) * edge > 0
            away = np.hypot(x[half] - cx, y[half] - cy) - reach
            off.append(np.average(away, weights=weight[half]))
        assert abs(sum(off) / 2) <= 1.0


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a locked area"])
@pytest.mark.parametrize("radius", [2.0, 30.0])
@pytest.mark.parametrize("zoom", ZOOMS)
def test_the_screen_shows_the_label_map(
    canvas: Canvas,
    hand: Hand,
    document: Document,
    toolbox: Toolbox,
    zoom: float,
    radius: float,
    beside: bool,
) -> None:
    """While the stroke is still under way."""
    look(canvas, zoom)
    toolbox.radius = radius
    toolbox.set_locked(2, locked=beside)
    places = wave(canvas)
    hand.press(places[0])
    for place in places[1:]:
        hand.move(place)
    hide_ring(canvas)
    shown = grab(canvas)
    canvas.show_plan = False
    colour = np.abs(shown - grab(canvas))

    painted, wanted = colour > colour.max() / 2, on_screen(document.labels == 1, canvas)
    # Half an image pixel and one of the screen's, from edge to edge: from the middle of a pixel to
    # the middle of one on the other side of the edge it is half a pixel more.
    room = 0.5 * canvas.zoom + 1.0 + 0.5
    assert wanted.sum() > 100
    assert distance(painted)[wanted].max() <= room
    assert distance(wanted)[painted].max() <= room
    assert distance(~painted)[~wanted].max() <= room
    assert distance(~wanted)[~painted].max() <= room


def on_screen(mask: Mask, canvas: Canvas) -> Mask:
    """By device pixel, what the image pixel under its centre is."""
    view = canvas.stage.view
    columns, rows = (np.arange(round(side * RATIO)) + 0.5 for side in view.widget)
    x, y = np.floor((columns - view.x) / view.zoom), np.floor((rows - view.y) / view.zoom)
    inside = ((y >= 0) & (y < HEIGHT))[:, None] & ((x >= 0) & (x < WIDTH))
    columns, rows = x.clip(0, WIDTH - 1).astype(int), y.clip(0, HEIGHT - 1).astype(int)
    return mask[rows][:, columns] & inside


def distance(mask: Mask) -> Grid:
    """From every pixel to the nearest that is set, in pixels."""
    return cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


@pytest.mark.skipif(RATIO != 1.0, reason="this is the dense screen")
def test_all_of_it_holds_on_a_screen_of_twice_the_density() -> None:
    """Qt reads the density once, when the application is made: so in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", __file__],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"QT_SCALE_FACTOR": "2"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
