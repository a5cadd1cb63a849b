"""A mask shown over the picture, against the definition pixel by pixel."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPainter

from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.tools.veil import Veil
from kling_desktop.ui.canvas.view import View

IMAGE, WIDGET = (40, 30), (90, 70)
TINT = QColor(250, 100, 0, 100)


def drawn(veil: Veil, view: View) -> np.ndarray:
    """(height, width) 0xAARRGGBB of the widget's device pixels."""
    width, height = (round(side * view.ratio) for side in view.widget)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    veil.draw(painter, view)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).reshape(height, width).copy()


def within(view: View, rect: Rect, mask: np.ndarray, level: int) -> np.ndarray:
    """Whether the middle of each device pixel lies on a pixel of the mask and on the picture."""
    width, height = (round(side * view.ratio) for side in view.widget)
    found = np.zeros((height, width), bool)
    for row in range(height):
        for column in range(width):
            x = math.floor((column + 0.5 - view.x) / view.zoom)
            y = math.floor((row + 0.5 - view.y) / view.zoom)
            i, j = (x >> level) - rect.x0, (y >> level) - rect.y0
            on_picture = 0 <= x < view.image[0] and 0 <= y < view.image[1]
            if on_picture and 0 <= i < rect.width and 0 <= j < rect.height:
                found[row, column] = mask[j, i]
    return found


@settings(max_examples=40)
@given(
    st.sampled_from([0.21, 0.5, 1.0, 1.37, 6.0, 32.0]),
    st.tuples(st.floats(-150, 80), st.floats(-150, 60)),
    st.integers(0, 2),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1.0, 1.5, 2.0]),
)
def test_it_shows_exactly_the_masks_pixels(
    zoom: float, corner: tuple[float, float], level: int, seed: int, ratio: float
) -> None:
    rng = np.random.default_rng(seed)
    size = [-(-side // (1 << level)) for side in IMAGE]
    (x0, x1), (y0, y1) = (sorted(rng.integers(0, side + 1, 2)) for side in size)
    rect = Rect(int(x0), int(y0), max(int(x1), int(x0) + 1), max(int(y1), int(y0) + 1))
    rect = rect.clipped(*size)
    mask = rng.random((rect.height, rect.width)) < 0.7
    view = View(IMAGE, WIDGET, ratio, zoom, *corner)
    veil = Veil()
    veil.show(rect, mask, level=level, tint=TINT)
    pixels, inside = drawn(veil, view), within(view, rect, mask, level)
    alpha = pixels >> 24
    assert (np.isin(alpha, [TINT.alpha(), 0xE6]) == inside).all()
    assert np.isin(alpha[~inside], [0, 0xB4]).all()


def test_a_line_runs_inside_the_edge_and_another_around_it() -> None:
    veil = Veil()
    veil.show(Rect(10, 10, 20, 20), np.ones((10, 10), bool), tint=TINT)
    row = drawn(veil, View(IMAGE, WIDGET, 1.0, 3.0, 0.0, 0.0))[45] >> 24
    expected = np.zeros(90, int)
    expected[29:61], expected[30:60], expected[31:59] = 0xB4, 0xE6, TINT.alpha()
    assert (row == expected).all()


def test_without_a_tint_only_the_lines_show() -> None:
    veil = Veil()
    veil.show(Rect(0, 0, 40, 30), np.ones((30, 40), bool))
    view = View(IMAGE, WIDGET, 2.0, 4.0, 3.0, 5.0)
    alpha = drawn(veil, view) >> 24
    assert alpha[60, 80] == 0
    assert (alpha[60, 1:5] == [0xB4, 0xB4, 0xE6, 0xE6]).all()  # two device pixels wide each


def test_another_view_and_nothing(qapp: object) -> None:
    veil, view = Veil(), View(IMAGE, WIDGET, 1.0, 1.0, 0.0, 0.0)
    assert not drawn(veil, view).any() and veil.rect.empty
    veil.show(Rect(1, 1, 3, 3), np.ones((2, 2), bool), level=3)
    assert veil.rect == Rect(8, 8, 24, 24)
    first = drawn(veil, view)
    assert (drawn(veil, replace(view, x=5.0))[:, 5:] == first[:, :-5]).all()
    assert not drawn(veil, replace(view, x=-500.0)).any()
    veil.clear()
    assert not drawn(veil, view).any() and veil.rect.empty


@pytest.mark.parametrize("zoom", [0.05, 32.0])
def test_the_ends_of_the_zoom(zoom: float) -> None:
    veil = Veil()
    veil.show(Rect(0, 0, 40, 30), np.ones((30, 40), bool), tint=TINT)
    assert drawn(veil, View(IMAGE, WIDGET, 1.0, zoom, 2.0, 2.0)).any()
