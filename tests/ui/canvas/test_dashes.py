"""The outline of a gesture and the sign beside the pointer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from kling_desktop.ui.canvas.tools.dashes import (
    box_of,
    covered,
    draw_dashes,
    draw_sign,
    to_device,
)
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.toolbox import Combine

GREY = 0xFF808080
WIDGET = (120, 100)


def sheet(ratio: float = 1.0) -> QImage:
    image = QImage(round(WIDGET[0] * ratio), round(WIDGET[1] * ratio), QImage.Format.Format_RGB32)
    image.fill(QColor(128, 128, 128))
    return image


def touched(image: QImage) -> np.ndarray:
    """(height, width) where something was drawn."""
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return pixels != GREY


def sign(how: Combine) -> np.ndarray:
    image = sheet()
    painter = QPainter(image)
    draw_sign(painter, (30.0, 30.0), how, 1.0)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return pixels.copy()


def test_the_three_signs_differ_and_keep_off_the_pointer(qapp: object) -> None:
    signs = [sign(how) for how in Combine]
    for drawn in signs:
        assert (drawn != GREY).sum() > 100
        assert (drawn[20:38, 20:38] == GREY).all()
    for k, drawn in enumerate(signs):
        assert (drawn != signs[k - 1]).sum() > 8


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@given(
    st.lists(st.tuples(st.floats(-90, 200), st.floats(-90, 200)), min_size=2, max_size=5),
    st.sampled_from([0.3, 1.0, 2.5]),
)
def test_what_is_drawn_lies_in_what_is_repainted(
    ratio: float, points: list[tuple[float, float]], zoom: float
) -> None:
    view = View((100, 80), WIDGET, ratio, zoom, 11.0, 7.0)
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(*point)
    image = sheet(ratio)
    painter = QPainter(image)
    draw_dashes(painter, to_device(view).map(path), ratio)
    draw_sign(painter, view.to_device(*points[-1]), Combine.INTERSECT, ratio)
    painter.end()
    x0, y0, x1, y1 = covered(box_of(*points), view).getCoords()
    free = touched(image)
    left, top = (max(0, int(side * ratio)) for side in (x0, y0))
    right, bottom = (max(0, int((side + 1) * ratio)) for side in (x1, y1))
    free[top:bottom, left:right] = False
    assert not free.any()


def test_what_lies_far_away_asks_for_no_giant_repaint() -> None:
    view = View((100, 80), WIDGET, 1.0, 32.0, 0.0, 0.0)
    asked = covered(box_of((-1e9, -1e9), (1e9, 1e9)), view)
    assert QRect(0, 0, *WIDGET) == asked & QRect(0, 0, *WIDGET)
    assert asked.width() < 400 and asked.height() < 400


def test_dashes_read_on_black_and_on_white(qapp: object) -> None:
    for ground in (QColor(0, 0, 0), QColor(255, 255, 255)):
        image = sheet()
        image.fill(ground)
        painter = QPainter(image)
        path = QPainterPath(QPointF(10.0, 50.5))
        path.lineTo(110.0, 50.5)
        draw_dashes(painter, path, 1.0)
        painter.end()
        row = [image.pixelColor(x, 50).lightness() for x in range(20, 100)]
        assert max(row) > 200 and min(row) < 120
