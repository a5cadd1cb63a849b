"""The colours and names of the seven areas, the same wherever an area is shown.

Hues follow the palette of Okabe and Ito (Color Universal Design, 2008), brightened to read over
photographs; they also differ in lightness, so that they stay apart for colour-blind eyes.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QColor

from kling_desktop.model.areas import STATIC


class Swatch(NamedTuple):
    """One area's colour: sRGB 0–255 each, and a plain word for it."""

    red: int
    green: int
    blue: int
    word: str


SWATCHES: dict[int, Swatch] = {
    1: Swatch(240, 72, 38, "vermilion"),
    2: Swatch(66, 190, 255, "sky blue"),
    3: Swatch(255, 221, 51, "yellow"),
    4: Swatch(240, 90, 200, "pink"),
    5: Swatch(0, 158, 115, "green"),
    6: Swatch(72, 84, 230, "blue"),
    STATIC: Swatch(196, 200, 205, "grey"),
}


def colour(area: int) -> QColor:
    """The colour of an area 1–7."""
    red, green, blue, _ = SWATCHES[area]
    return QColor(red, green, blue)


def on_colour(area: int) -> QColor:
    """Black or white, whichever reads better on the area's colour (WCAG contrast)."""
    red, green, blue, _ = SWATCHES[area]
    light = 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)
    return QColor(0, 0, 0) if light > 0.19 else QColor(255, 255, 255)


def label(area: int) -> str:
    """What an area is called on screen."""
    return "Static area" if area == STATIC else f"Area {area}"


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
