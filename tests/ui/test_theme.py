"""Theme and icons: contrast, switching, and sharpness."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from kling_desktop.storage.directories import resource
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.actions import TABLE
from kling_desktop.ui.icons import application_icon, icon, picture
from kling_desktop.ui.theme import DARK, LIGHT, Look, Scheme, Theme, palette_of, scheme, sheet
from kling_desktop.ui.window import MainWindow
from kling_desktop.workshop import Workshop


def light(colour: str) -> float:
    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = QColor(colour).getRgbF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_what_can_be_changed_has_a_border_that_is_seen(colours: Scheme) -> None:
    assert contrast(colours.edge, colours.window) >= 3.0
    assert contrast(colours.edge, colours.base) >= 3.0


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds"),
    [
        ("text", ("window", "base", "raised", "hover", "accent_soft", "info_soft")),
        ("text", ("error_soft", "warning_soft")),
        ("muted", ("window", "base", "raised", "accent_soft")),
        ("on_accent", ("accent",)),
        ("error", ("window", "base", "hover")),
        ("warning", ("window", "base", "accent_soft", "hover")),
        ("accent_text", ("window", "base")),
    ],
)
def test_text_can_be_read_on_its_ground(
    colours: Scheme, ink: str, grounds: tuple[str, ...]
) -> None:
    for ground in grounds:
        assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5, ground


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_schemes_are_whole_and_found_again_by_palette(colours: Scheme) -> None:
    assert all(QColor(getattr(colours, f.name)).isValid() for f in fields(colours))
    assert scheme(palette_of(colours)) is colours
    assert "{" in sheet(colours)
    assert "None" not in sheet(colours)


def test_a_look_is_applied_and_remembered(qapp: QApplication, workshop: Workshop) -> None:
    theme = Theme(qapp, workshop.preferences)
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(True))
    theme.choose(Look.DARK)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    theme.choose(Look.DARK)
    assert told == [True]
    assert Theme(qapp, Preferences(workshop.directories.settings)).look == Look.DARK
    theme.choose(Look.LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.window)


def test_a_strange_look_in_the_file_is_the_system_s(qapp: QApplication, workshop: Workshop) -> None:
    workshop.preferences.set("theme", "plaid")
    assert Theme(qapp, workshop.preferences).look == Look.SYSTEM


def test_the_menu_changes_the_look_and_recolours_the_icons(window: MainWindow) -> None:
    def ink() -> QColor:
        image = window.acts["tool.brush"].icon().pixmap(20, 20).toImage()
        dots = [image.pixelColor(x, y) for x in range(20) for y in range(20)]
        return max(dots, key=lambda dot: dot.alpha())

    window.acts["view.themeDark"].trigger()
    assert ink().lightness() > 200
    window.acts["view.themeLight"].trigger()
    assert ink().lightness() < 60
    assert window.acts["view.themeLight"].isChecked()


@pytest.mark.parametrize("name", sorted({spec.icon for spec in TABLE if spec.icon}))
def test_every_icon_of_the_table_is_drawn(qapp: QApplication, name: str) -> None:
    image = icon(name).pixmap(20, 20).toImage()
    assert any(image.pixelColor(x, y).alpha() > 128 for x in range(20) for y in range(20))


def test_icons_are_one_family(qapp: QApplication) -> None:
    for path in resource("icons").glob("*.svg"):
        text = path.read_text()
        if path.stem != "kling-desktop":
            assert 'viewBox="0 0 20 20"' in text, path.name
            assert 'stroke-width="1.5"' in text, path.name
            assert 'stroke="currentColor"' in text, path.name


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_drawing_has_the_screen_s_own_pixels(qapp: QApplication, ratio: float) -> None:
    pixmap = picture("brush", 20, QColor("red"), ratio)
    assert pixmap.width() == round(20 * ratio)
    assert pixmap.devicePixelRatio() == ratio


def test_the_application_icon_is_there_in_every_size(qapp: QApplication) -> None:
    assert {size.width() for size in application_icon().availableSizes()} >= {16, 48, 256}


def test_an_icon_that_is_not_shipped_is_a_mistake(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-drawing")
