"""The colours and names of the seven areas, the same wherever an area is shown.

Hues follow the palette of Okabe and Ito (Color Universal Design, 2008), brightened to read over
photographs; they also differ in lightness, so that they stay apart for colour-blind eyes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtGui import QColor

from kling_desktop.model.areas import STATIC
from kling_desktop.model.shot import AreaLook

Looks = Mapping[int, AreaLook]
"""What the artist changed of names and colours, by area."""
USUAL: Looks = {}


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


def rgb(area: int, looks: Looks = USUAL) -> tuple[int, int, int]:
    """The colour of an area 1–7, sRGB 0–255 each."""
    look = looks.get(area)
    return look.colour if look is not None and look.colour is not None else SWATCHES[area][:3]


def colour(area: int, looks: Looks = USUAL) -> QColor:
    """The same for a pen or a brush."""
    return QColor(*rgb(area, looks))


def on_colour(area: int, looks: Looks = USUAL) -> QColor:
    """Black or white, whichever reads better on the area's colour (WCAG contrast)."""
    red, green, blue = rgb(area, looks)
    light = 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)
    return QColor(0, 0, 0) if light > 0.19 else QColor(255, 255, 255)


def label(area: int, looks: Looks = USUAL) -> str:
    """What an area is called on screen."""
    look = looks.get(area)
    if look is not None and look.name:
        return look.name
    return "Static area" if area == STATIC else f"Area {area}"


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
