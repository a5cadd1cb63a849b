"""The one table of actions: every menu entry, tool button and shortcut of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from kling_desktop.model.areas import AREAS, STATIC
from kling_desktop.ui.icons import icon


@dataclass(frozen=True, slots=True)
class Spec:
    """One action. ``keys`` are portable key names, the first is the one that menus show. Actions
    of one ``group`` exclude each other. ``gap`` puts a separator before it."""

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str | None = None
    tip: str = ""
    group: str | None = None
    checkable: bool = False
    gap: bool = False


def _areas() -> tuple[Spec, ...]:
    moving = [
        Spec(
            f"area.{area}",
            f"Area &{area}",
            "Areas",
            (str(area),),
            tip=f"Paint area {area}, or draw its path",
            group="area",
        )
        for area in AREAS
        if area != STATIC
    ]
    static = Spec(
        "area.static",
        "&Static area",
        "Areas",
        ("0",),
        tip="Paint what must not move",
        group="area",
    )
    return (*moving, static)


TABLE: tuple[Spec, ...] = (
    Spec("file.open", "&Open…", "File", ("Ctrl+O",), "open", "Open a picture or a shot"),
    Spec("file.sample", "Open the sam&ple shot", "File", (), "image", "Open the shot to learn with"),
    Spec("file.save", "&Save", "File", ("Ctrl+S",), "save", "Save the shot", gap=True),
    Spec("file.saveAs", "Save &as…", "File", ("Ctrl+Shift+S",), tip="Save under another name"),
    Spec("file.endFrame", "Choose &end frame…", "File", (), "end-frame", gap=True),
    Spec("file.quit", "&Quit", "File", ("Ctrl+Q",), gap=True),
    Spec("edit.undo", "&Undo", "Edit", ("Ctrl+Z",), "undo", "Undo"),
    Spec("edit.redo", "&Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Redo"),
    Spec(
        "edit.paste", "&Paste picture", "Edit", ("Ctrl+V",), "paste", "Open the copied picture",
        gap=True,
    ),
    Spec(
        "edit.fixAll", "&Fix what can be fixed", "Edit", (), "fix",
        "Make the safe fix of every problem that has one", gap=True,
    ),
    Spec("tool.pan", "&Hand", "Tools", ("H",), "pan", "Move the view", group="tool"),
    Spec(
        "tool.brush", "&Brush", "Tools", ("B",), "brush", "Paint the chosen area", group="tool",
        gap=True,
    ),
    Spec("tool.eraser", "&Eraser", "Tools", ("E",), "eraser", "Take areas away", group="tool"),
    Spec(
        "tool.lasso", "&Lasso", "Tools", ("L",), "lasso", "Draw around what moves", group="tool"
    ),
    Spec(
        "tool.wand", "&Wand", "Tools", ("W",), "wand", "Click a colour to select it", group="tool"
    ),
    Spec(
        "tool.smart", "&Smart selection", "Tools", ("S",), "smart",
        "Drag a box around something to select it", group="tool",
    ),
    Spec(
        "tool.path", "&Path", "Tools", ("P",), "path", "Draw where the area goes", group="tool",
        gap=True,
    ),
    Spec("brush.smaller", "Smaller brush", "Tools", ("[",), tip="Make the brush smaller", gap=True),
    Spec("brush.larger", "Larger brush", "Tools", ("]",), tip="Make the brush larger"),
    *_areas(),
    Spec("view.zoomIn", "Zoom &in", "View", ("Ctrl++", "Ctrl+="), "zoom-in", "Zoom in"),
    Spec("view.zoomOut", "Zoom &out", "View", ("Ctrl+-",), "zoom-out", "Zoom out"),
    Spec("view.fit", "&Fit to window", "View", ("F", "Ctrl+0"), "fit", "Show the whole picture"),
    Spec("view.actual", "&Actual size", "View", ("Ctrl+1",), "actual", "One pixel for one pixel"),
    Spec(
        "view.themeSystem", "Look of the s&ystem", "View", tip="Light or dark as the system is",
        group="theme", gap=True,
    ),
    Spec("view.themeLight", "&Light", "View", group="theme"),
    Spec("view.themeDark", "&Dark", "View", group="theme"),
    Spec(
        "motion.play", "&Play draft", "Shot", ("Ctrl+Space", "Ctrl+P"), "play",
        "Show at once how it will move", checkable=True,
    ),
    Spec(
        "shot.generate", "&Generate", "Shot", ("Ctrl+Return", "Ctrl+Enter"), "generate",
        "Send the shot and get a video back", gap=True,
    ),
    Spec(
        "shot.accounts", "&Accounts…", "Shot", (), "accounts", "Add, test or remove accounts",
        gap=True,
    ),
    Spec("help.shortcuts", "&Keyboard shortcuts", "Help", ("?", "F1"), "keyboard"),
    Spec("help.about", "&About Kling Desktop", "Help", (), "info", gap=True),
)  # fmt: skip

MENUS = ("File", "Edit", "Tools", "Areas", "View", "Shot", "Help")


class Actions:
    """The QActions of the table by id; each has its id as objectName."""

    def __init__(self, parent: QWidget, area_icon: Callable[[int], QIcon]) -> None:
        self._area_icon = area_icon
        self._groups: dict[str, QActionGroup] = {}
        self.by_id: Mapping[str, QAction] = {spec.id: self._made(spec, parent) for spec in TABLE}
        self.recolour()

    def __getitem__(self, action_id: str) -> QAction:
        return self.by_id[action_id]

    def recolour(self) -> None:
        """Make every icon anew, after the palette or the screen has changed."""
        for spec in TABLE:
            if spec.icon is not None:
                self.by_id[spec.id].setIcon(icon(spec.icon))
        for area in AREAS:
            self.by_id[area_id(area)].setIcon(self._area_icon(area))

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Build the menus; returns them by name."""
        menus = {name: bar.addMenu(f"&{name}") for name in MENUS}
        for spec in TABLE:
            menu = menus[spec.menu]
            if spec.gap:
                menu.addSeparator()
            menu.addAction(self.by_id[spec.id])
        return menus

    def _made(self, spec: Spec, parent: QWidget) -> QAction:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(spec.checkable or spec.group is not None)
        action.setToolTip(tool_tip(spec))
        if spec.group is not None:
            self._group(spec.group, parent).addAction(action)
        parent.addAction(action)
        return action

    def _group(self, name: str, parent: QWidget) -> QActionGroup:
        if name not in self._groups:
            self._groups[name] = QActionGroup(parent)
        return self._groups[name]


def area_id(area: int) -> str:
    """The id of the action that takes an area in hand."""
    return "area.static" if area == STATIC else f"area.{area}"


def plain(text: str) -> str:
    """A menu text without the mnemonic and the dots."""
    return text.replace("&", "").rstrip("…")


def tool_tip(spec: Spec) -> str:
    """What it does and the key for it."""
    what = spec.tip or plain(spec.text)
    if not spec.keys:
        return what
    key = QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{what} ({key})"
