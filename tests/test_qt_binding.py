"""The installed Qt binding must not drop references to None: 6.12.0 does, and kills CPython 3.11."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication, QWidget

CALLS = 400


def painter_calls(painter: QPainter, image: QImage) -> dict[str, Callable[[], object]]:
    return {
        "setPen": lambda: painter.setPen(QPen(QColor(1, 2, 3), 3)),
        "setBrush": lambda: painter.setBrush(Qt.BrushStyle.NoBrush),
        "setRenderHint": lambda: painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True),
        "save and restore": lambda: (painter.save(), painter.restore()),
        "drawLine": lambda: painter.drawLine(QPointF(1, 1), QPointF(2, 2)),
        "drawPath": lambda: painter.drawPath(QPainterPath()),
        "drawImage": lambda: painter.drawImage(QRect(0, 0, 9, 9), image, QRect(0, 0, 9, 9)),
        "fillRect": lambda: painter.fillRect(QRect(0, 0, 4, 4), QColor(1, 2, 3)),
        "image.fill": lambda: image.fill(0),
    }


def lost_references(call: Callable[[], object]) -> int:
    call()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        call()
    return before - sys.getrefcount(None)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from CPython 3.12 on")
def test_painting_drops_no_reference_to_none(qapp: QApplication) -> None:
    target = QImage(64, 64, QImage.Format.Format_ARGB32_Premultiplied)
    source = QImage(64, 64, QImage.Format.Format_RGB32)
    target.fill(0)
    painter = QPainter(target)
    lost = {name: lost_references(call) for name, call in painter_calls(painter, source).items()}
    painter.end()
    widget = QWidget()
    lost["update"] = lost_references(lambda: widget.update(QRect(0, 0, 3, 3)))
    assert {name: n for name, n in lost.items() if n > CALLS // 10} == {}
