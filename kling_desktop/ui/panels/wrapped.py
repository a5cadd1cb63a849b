"""A sentence broken into lines, as many as it needs up to a limit."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextLayout, QTextOption


def wrapped(text: str, font: QFont, width: int, most: int) -> list[str]:
    """Its lines at a width in pixels; the last of ``most`` ends in an ellipsis where there is more.

    An address that is longer than a line is broken anywhere.
    """
    layout = QTextLayout(text, font)
    layout.setTextOption(_anywhere())
    starts: list[int] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid() and len(starts) <= most:
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    if len(starts) <= most:
        return [text[a:b].strip() for a, b in pairwise([*starts, len(text)])]
    read = [text[a:b].strip() for a, b in pairwise(starts[:most])]
    rest = text[starts[most - 1] :]
    return [*read, QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)]


def _anywhere() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option
