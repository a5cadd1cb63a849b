"""One row of the tables of actions, and how its text and tip read."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from kling_desktop.model.areas import STATIC


@dataclass(frozen=True, slots=True)
class Spec:
    """One action. ``keys`` are portable key names, the first is the one that menus show. Actions
    of one ``group`` exclude each other. ``gap`` puts a separator before it. It stands in a menu
    of the menu bar, in its ``submenu`` where one is named. ``area`` is the one it is about, whose
    name and swatch it shows. Keys that are ``local`` work only where the canvas has the
    keyboard."""

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str | None = None
    tip: str = ""
    group: str | None = None
    checkable: bool = False
    gap: bool = False
    submenu: str = ""
    area: int | None = None
    local: bool = False


def area_id(area: int, what: str = "area") -> str:
    """The id of an action about an area: the one that takes it in hand, if not told otherwise."""
    return f"{what}.static" if area == STATIC else f"{what}.{area}"


def plain(text: str) -> str:
    """A menu text without the mnemonic and the dots."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def tool_tip(spec: Spec) -> str:
    """What it does and the key for it."""
    what = spec.tip or plain(spec.text)
    if not spec.keys:
        return what
    key = QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{what} ({key})"
