"""The table of actions: every menu entry, tool button and shortcut of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from kling_desktop.ui import area_actions, draft_actions, path_actions
from kling_desktop.ui.action_spec import Spec, tool_tip
from kling_desktop.ui.colours import USUAL, Looks, label
from kling_desktop.ui.icons import icon

AreaIcon = Callable[[int, Looks], QIcon]
Context = Qt.ShortcutContext

TABLE: tuple[Spec, ...] = (
    Spec("file.open", "&Open…", "File", ("Ctrl+O",), "open", "Open a picture or a shot"),
    Spec("file.sample", "Open the sam&ple shot", "File", (), "image", "Open the shot to learn with"),
    Spec("file.save", "&Save", "File", ("Ctrl+S",), "save", "Save the shot", gap=True),
    Spec("file.saveAs", "Save &as…", "File", ("Ctrl+Shift+S",), tip="Save under another name"),
    Spec(
        "file.exportDraft", "E&xport draft…", "File", ("Ctrl+E",), None,
        "Save the draft as a video, a GIF or pictures", gap=True,
    ),
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
        "tool.edge", "Ed&ge brush", "Tools", ("Q",), "edge",
        "Paint only what belongs together under the brush", group="tool",
    ),
    Spec(
        "tool.lasso", "&Lasso", "Tools", ("L",), "lasso", "Draw around what moves", group="tool",
        gap=True,
    ),
    Spec(
        "tool.rectangle", "&Rectangle", "Tools", ("R",), "rectangle", "Drag a rectangle",
        group="tool",
    ),
    Spec(
        "tool.ellipse", "E&llipse", "Tools", ("O",), "ellipse", "Drag an ellipse", group="tool"
    ),
    Spec(
        "tool.wand", "&Wand", "Tools", ("W",), "wand", "Click a colour to select it", group="tool"
    ),
    Spec(
        "tool.smart", "&Smart selection", "Tools", ("S",), "smart",
        "Drag a box around something to select it", group="tool",
    ),
    Spec(
        "tool.fill", "&Fill", "Tools", ("G",), "fill", "Click inside an outline to fill it",
        group="tool",
    ),
    Spec(
        "tool.path", "&Path", "Tools", ("P",), "path", "Draw where the area goes", group="tool",
        gap=True,
    ),
    Spec(
        "tool.swap", "Brush or eraser", "Tools", ("X",), None,
        "Change between brush and eraser", gap=True,
    ),
    Spec("brush.smaller", "Smaller brush", "Tools", ("[",), tip="Make the brush smaller"),
    Spec("brush.larger", "Larger brush", "Tools", ("]",), tip="Make the brush larger"),
    *area_actions.TABLE,
    *path_actions.TABLE,
    Spec("view.zoomIn", "Zoom &in", "View", ("Ctrl++", "Ctrl+="), "zoom-in", "Zoom in"),
    Spec("view.zoomOut", "Zoom &out", "View", ("Ctrl+-",), "zoom-out", "Zoom out"),
    Spec("view.fit", "&Fit to window", "View", ("F", "Ctrl+0"), "fit", "Show the whole picture"),
    Spec("view.actual", "&Actual size", "View", ("Ctrl+1",), "actual", "One pixel for one pixel"),
    Spec(
        "view.panels", "&Hide panels", "View", ("Tab",), None, "Leave the window to the picture",
        checkable=True, gap=True, local=True,
    ),
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
    *draft_actions.TABLE,
    Spec(
        "shot.generate", "&Generate", "Shot", ("Ctrl+Return", "Ctrl+Enter"), "generate",
        "Send the shot and get a video back", gap=True,
    ),
    Spec(
        "shot.accounts", "&Accounts…", "Shot", (), "accounts", "Add, test or remove accounts",
        gap=True,
    ),
    Spec(
        "shot.parallel", "&Tasks at once…", "Shot",
        tip="How many tasks of each account may run at the same time",
    ),
    Spec("help.shortcuts", "&Keyboard shortcuts", "Help", ("?", "F1"), "keyboard"),
    Spec(
        "help.diagnostics", "&Copy diagnostics", "Help", (), "paste",
        "Copy what a report of a fault should hold; no secrets are in it", gap=True,
    ),
    Spec("help.logs", "Open &log folder", "Help", (), "folder", "Show where the log is kept"),
    Spec("help.about", "&About Kling Desktop", "Help", (), "info", gap=True),
)  # fmt: skip

MENUS = ("File", "Edit", "Tools", "Areas", "Path", "View", "Shot", "Help")


class Actions:
    """The QActions of the table by id; each has its id as objectName."""

    def __init__(self, parent: QWidget, area_icon: AreaIcon) -> None:
        self._area_icon = area_icon
        self._looks = USUAL
        self._groups: dict[str, QActionGroup] = {}
        self.by_id: Mapping[str, QAction] = {spec.id: self._made(spec, parent) for spec in TABLE}
        self.recolour()

    def __getitem__(self, action_id: str) -> QAction:
        return self.by_id[action_id]

    def show_looks(self, looks: Looks) -> None:
        """Name areas, and show their swatches, as the artist wants them."""
        if looks != self._looks:
            self._looks = looks
            self.recolour()

    def recolour(self) -> None:
        """Make every icon anew, after the palette, the screen, or the looks of areas changed."""
        for spec in TABLE:
            action = self.by_id[spec.id]
            if spec.area is not None:
                action.setIcon(self._area_icon(spec.area, self._looks))
                action.setText(_area_text(spec, self._looks))
            elif spec.icon is not None:
                action.setIcon(icon(spec.icon))

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Build the menus; returns them by name."""
        menus = {name: bar.addMenu(f"&{name}") for name in MENUS}
        for name, menu in menus.items():
            self._fill(menu, (spec for spec in TABLE if spec.menu == name))
        return menus

    def fill_area_menu(self, menu: QMenu) -> None:
        """What can be done with the area in hand, without taking another one."""
        specs = (spec for spec in area_actions.TABLE if spec.id not in area_actions.CHOICES)
        self._fill(menu, specs)

    def fill_path_menu(self, menu: QMenu) -> None:
        """What can be done with the path of the area in hand."""
        self._fill(menu, path_actions.TABLE)

    def _fill(self, menu: QMenu, specs: Iterable[Spec]) -> None:
        submenus: dict[str, QMenu] = {}
        for spec in specs:
            if spec.gap:
                menu.addSeparator()
            if spec.submenu and spec.submenu not in submenus:
                submenus[spec.submenu] = menu.addMenu(spec.submenu)
            submenus.get(spec.submenu, menu).addAction(self.by_id[spec.id])

    def _made(self, spec: Spec, parent: QWidget) -> QAction:
        action = QAction(spec.text, parent)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        local, anywhere = Context.WidgetWithChildrenShortcut, Context.WindowShortcut
        action.setShortcutContext(local if spec.local else anywhere)
        action.setCheckable(spec.checkable or spec.group is not None)
        action.setToolTip(tool_tip(spec))
        if spec.group is not None:
            self._group(spec.group, parent).addAction(action)
        if not spec.local:
            parent.addAction(action)
        return action

    def _group(self, name: str, parent: QWidget) -> QActionGroup:
        if name not in self._groups:
            self._groups[name] = QActionGroup(parent)
        return self._groups[name]


def _area_text(spec: Spec, looks: Looks) -> str:
    """The area's name of now; the usual one with its mnemonic."""
    area = spec.area or 0
    named = label(area, looks)
    return spec.text if spec.text and named == label(area) else named.replace("&", "&&")
