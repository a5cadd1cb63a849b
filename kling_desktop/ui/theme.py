"""Light and dark looks over Qt's Fusion style: palettes, a small style sheet, the base font."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.storage.directories import resource
from kling_desktop.storage.settings import Preferences

FONT_PIXELS = 13
PREFERENCE = "theme"


class Look(StrEnum):
    """What the artist chose; values are kept in the preferences."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours by what they are for, as #rrggbb. Text on its ground has a contrast of 4.5 or more."""

    window: str
    base: str
    raised: str
    hover: str
    line: str
    edge: str
    """Border of what can be changed; its contrast to the window is 3 or more."""
    text: str
    muted: str
    faint: str
    """Text of what cannot be used now; the only one with less contrast."""
    accent: str
    on_accent: str
    accent_soft: str
    """Ground of what is chosen."""
    accent_text: str
    error: str
    error_soft: str
    warning: str
    warning_soft: str
    info_soft: str


LIGHT = Scheme(
    window="#f3f4f6",
    base="#ffffff",
    raised="#fbfbfc",
    hover="#e4e6eb",
    line="#cdd0d8",
    edge="#868b98",
    text="#1b1d22",
    muted="#585d69",
    faint="#9a9eaa",
    accent="#4b50d8",
    on_accent="#ffffff",
    accent_soft="#e2e3fb",
    accent_text="#3d42c0",
    error="#b3261e",
    error_soft="#fbe6e4",
    warning="#855300",
    warning_soft="#fdf0d5",
    info_soft="#e6e8fb",
)
DARK = Scheme(
    window="#202126",
    base="#17181c",
    raised="#2c2e35",
    hover="#383b44",
    line="#444751",
    edge="#777c89",
    text="#eceef2",
    muted="#a9aebb",
    faint="#6d717d",
    accent="#5a60e0",
    on_accent="#ffffff",
    accent_soft="#34376b",
    accent_text="#b3b7ff",
    error="#ff9a90",
    error_soft="#4a2523",
    warning="#f5c162",
    warning_soft="#453516",
    info_soft="#2d3050",
)


def scheme(palette: QPalette) -> Scheme:
    """The colours that go with a palette of ours."""
    # By the text: a style sheet may have made the ground of a single widget transparent.
    return DARK if palette.color(QPalette.ColorRole.Text).lightness() > 128 else LIGHT


def set_tone(widget: QWidget, tone: str) -> None:
    """Let the style sheet show a widget as ``muted``, ``error``, ``warning`` or plain (empty)."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        restyle(widget)


def restyle(widget: QWidget) -> None:
    """Make the style sheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Theme(QObject):
    """Applies the chosen look to the application and follows the system where that is chosen."""

    changed = Signal()

    def __init__(
        self, application: QApplication, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._application, self._preferences = application, preferences
        self._applied: tuple[Scheme, str] | None = None
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        application.setStyle("Fusion")
        _enlarge_font(application)
        self.apply()

    @property
    def look(self) -> Look:
        wanted = self._preferences.get(PREFERENCE, Look.SYSTEM.value)
        return Look(wanted) if wanted in set(Look) else Look.SYSTEM

    @property
    def scheme(self) -> Scheme:
        """The colours that are, or are about to be, shown."""
        if self.look == Look.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self.look == Look.DARK else LIGHT

    def choose(self, look: Look) -> None:
        """Use another look from now on. Raises StorageError where it could not be remembered."""
        try:
            self._preferences.set(PREFERENCE, look.value)
        finally:
            self.apply()

    def apply(self) -> None:
        """Put palette and style sheet in place, if they are not."""
        shown = self.scheme
        wanted = (shown, _palette_key(self._application))
        if self._applied == wanted:
            return
        self._application.setPalette(palette_of(shown))
        self._application.setStyleSheet(sheet(shown))
        self._applied = (shown, _palette_key(self._application))
        self.changed.emit()

    def _on_system_changed(self) -> None:
        self.apply()


def palette_of(colours: Scheme) -> QPalette:
    """A whole palette, so that nothing of the system's own shines through."""
    role, palette = QPalette.ColorRole, QPalette()
    for name, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.base),
        (role.AlternateBase, colours.raised),
        (role.Text, colours.text),
        (role.Button, colours.raised),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.error),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Accent, colours.accent),
        (role.Link, colours.accent_text),
        (role.LinkVisited, colours.accent_text),
        (role.PlaceholderText, colours.muted),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.Light, colours.base),
        (role.Midlight, colours.hover),
        (role.Mid, colours.line),
        (role.Dark, colours.line),
        (role.Shadow, "#000000"),
    ):
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colours.hover))
    return palette


def sheet(c: Scheme) -> str:
    """The style sheet: only what Fusion and the palette cannot say."""
    return _bars(c) + _words_and_grounds(c) + _fields(c) + _boxes(c)


def _bars(c: Scheme) -> str:
    return f"""
    QMainWindow::separator {{ width: 0; height: 0; }}
    QMenuBar {{ background: {c.window}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.hover}; color: {c.text}; }}
    QToolBar {{ background: {c.window}; border: 0 solid {c.line}; spacing: 4px; }}
    QToolBar#optionsBar {{ border-bottom-width: 1px; border-top-width: 1px; padding: 4px 8px; }}
    QToolBar#toolStrip {{ border-right-width: 1px; padding: 8px 5px; }}
    QToolBar::separator {{ background: {c.line}; width: 1px; height: 1px; margin: 4px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 4px; }}
    QToolBar#toolStrip QToolButton {{ padding: 6px; }}
    AreaRow QToolButton {{ padding: 1px; }}
    QToolButton:hover {{ background: {c.hover}; }}
    QToolButton:pressed {{ background: {c.line}; }}
    QToolButton:checked {{ background: {c.accent_soft}; border-color: {c.accent}; }}
    QToolButton:focus {{ border: 1px solid {c.accent_text}; }}
    QToolButton#transportLoop, QToolButton#pathMenuButton {{ padding-right: 18px; }}
    QToolButton#transportLoop::menu-indicator, QToolButton#pathMenuButton::menu-indicator {{ subcontrol-position: center right; right: 5px; }}
    QStatusBar {{ background: {c.window}; border-top: 1px solid {c.line}; }}
    QStatusBar::item {{ border: none; }}
    """


def _words_and_grounds(c: Scheme) -> str:
    return f"""
    QLabel[tone="muted"], QToolButton[tone="muted"] {{ color: {c.muted}; }}
    QLabel[tone="error"] {{ color: {c.error}; }}
    QLabel[tone="warning"] {{ color: {c.warning}; }}
    QLabel[role="small"] {{ font-size: 12px; }}
    QLabel[role="heading"], QToolButton#sectionHeading {{ font-weight: 600; }}
    QToolButton#sectionHeading {{ padding: 4px 4px 4px 0; }}
    QFrame#notice {{ border: 0 solid {c.line}; border-bottom-width: 1px; }}
    QFrame#notice[tone="info"] {{ background: {c.info_soft}; }}
    QFrame#notice[tone="warning"] {{ background: {c.warning_soft}; }}
    QFrame#notice[tone="error"] {{ background: {c.error_soft}; }}
    QFrame#column, QFrame#pinned, QFrame#transport {{ border: 0 solid {c.line}; background: {c.window}; }}
    QFrame#pinned, QFrame#transport {{ border-top-width: 1px; }}
    QFrame#rule {{ background: {c.line}; border: none; max-height: 1px; min-height: 1px; }}
    QFrame#draftOnly {{ border: 1px dashed {c.line}; border-radius: 6px; }}
    QFrame#dropArea {{ border: 1px dashed {c.muted}; border-radius: 6px; background: {c.base}; }}
    QFrame#dropArea[dropping="true"] {{ border: 2px solid {c.accent}; }}
    QSplitter::handle {{ background: {c.line}; }}
    QSplitter::handle:hover {{ background: {c.accent}; }}
    """


def _fields(c: Scheme) -> str:
    return f"""
    QScrollArea {{ border: none; background: transparent; }}
    QPlainTextEdit {{
        background: {c.base}; border: 1px solid {c.line}; border-radius: 6px; padding: 2px;
    }}
    QPlainTextEdit:focus {{ border: 1px solid {c.accent_text}; }}
    QListWidget#problems {{ background: transparent; border: none; outline: none; }}
    QPushButton#generateButton {{
        min-height: 24px; padding: 8px 16px; border-radius: 8px; font-weight: 600;
        background: {c.raised}; color: {c.text}; border: 1px solid {c.line};
    }}
    QPushButton#generateButton:hover {{ background: {c.hover}; }}
    QPushButton#generateButton[ready="true"] {{
        background: {c.accent}; color: {c.on_accent}; border-color: {c.accent};
    }}
    QPushButton#generateButton[ready="true"]:pressed {{ background: {c.accent_text};
        color: {c.window}; }}
    QPushButton#generateButton:focus {{ border: 2px solid {c.text}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 32px; }}
    QScrollBar::handle:horizontal {{ min-width: 32px; }}
    QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {c.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _boxes(c: Scheme) -> str:
    """Number fields and boxes to tick: Fusion's own borders are lost on a dark window."""
    check, up, down = (resource(f"theme/{name}.svg").as_posix() for name in ("check", "up", "down"))
    return f"""
    QCheckBox::indicator {{
        width: 14px; height: 14px; border: 1px solid {c.edge}; border-radius: 4px;
        background: {c.base};
    }}
    QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {c.accent_text}; }}
    QCheckBox::indicator:checked {{
        background: {c.accent}; border-color: {c.accent}; image: url("{check}");
    }}
    QCheckBox::indicator:disabled {{ background: {c.window}; border-color: {c.line}; }}
    QCheckBox::indicator:checked:disabled {{ background: {c.faint}; }}
    QAbstractSpinBox {{
        border: 1px solid {c.edge}; border-radius: 4px; background: {c.base};
        padding: 2px 15px 2px 3px; min-height: 16px;
    }}
    QLineEdit[role="field"] {{
        border: 1px solid {c.edge}; border-radius: 4px; background: {c.base}; padding: 2px 4px;
    }}
    QAbstractSpinBox:focus, QLineEdit[role="field"]:focus {{ border-color: {c.accent_text}; }}
    QAbstractSpinBox:disabled {{ border-color: {c.line}; background: {c.window}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
        subcontrol-origin: border; width: 15px; border: none; background: transparent;
    }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{
        background: {c.hover};
    }}
    QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: 8px; height: 8px; }}
    QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: 8px; height: 8px; }}
    """


def _palette_key(application: QApplication) -> str:
    return application.palette().color(QPalette.ColorRole.Window).name()


def _enlarge_font(application: QApplication) -> None:
    """At least 13 pixels; whoever has set larger type keeps it."""
    font = application.font()
    if QFontInfo(font).pixelSize() < FONT_PIXELS:
        # In points: whoever derives a font from it may count on a point size.
        font.setPointSizeF(FONT_PIXELS * 72 / QGuiApplication.primaryScreen().logicalDotsPerInch())
        application.setFont(font)
