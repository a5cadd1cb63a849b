"""Paths wear the colours that the artist gave to their areas."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from kling_desktop.model.path import Path
from kling_desktop.model.shot import AreaLook
from kling_desktop.ui.canvas.paths_layer import PathsLayer
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.colours import USUAL, Looks, colour

PATHS = {1: Path(((50, 50), (350, 50))), 4: Path(((50, 200), (350, 200)))}
GREEN: Looks = {1: AreaLook("", (0, 255, 0))}


def at(layer: PathsLayer, x: int, y: int) -> QColor:
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    layer.draw(painter, image.rect(), image.rect())
    painter.end()
    return image.pixelColor(x, y)


@pytest.mark.parametrize("area", [1, None])
def test_a_path_follows_its_area_s_colour(qapp: object, area: int | None) -> None:
    view, layer = View((400, 300), (640, 480), zoom=1.0, x=0.0, y=0.0), PathsLayer()
    layer.show(PATHS, view, area, None, USUAL)
    assert at(layer, 190, 50) == colour(1)
    dirty = layer.show(PATHS, view, area, None, GREEN)
    assert dirty.contains(200, 50)
    assert not dirty.contains(200, 200)
    assert at(layer, 190, 50) == QColor(0, 255, 0)
    assert at(layer, 190, 200) == colour(4)
    assert layer.show(PATHS, view, area, None, GREEN).isEmpty()
    assert layer.show(PATHS, view, area, None, {**GREEN, 1: AreaLook("Arm")}).contains(200, 50)


def test_the_number_is_read_on_any_colour(qapp: object) -> None:
    view = View((400, 300), (640, 480), zoom=1.0, x=0.0, y=0.0)
    seen = []
    for rgb in ((255, 255, 255), (10, 10, 10)):
        layer = PathsLayer()
        layer.show({1: Path(((50, 50),))}, view, None, None, {1: AreaLook("", rgb)})
        seen.append([at(layer, x, 50).lightness() for x in range(45, 56)])
    assert np.ptp(seen[0]) > 150
    assert np.ptp(seen[1]) > 150
