"""What the actions on paths do, and how they follow the area in hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from kling_desktop.model.areas import MOVING, STATIC
from kling_desktop.ui.action_spec import area_id, plain
from kling_desktop.ui.area_words import in_words, opening
from kling_desktop.ui.colours import label
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.path_actions import CARRIES, END, NOTHING, START
from kling_desktop.ui.path_orders import (
    AMOUNTS,
    SMALLER,
    Changed,
    Kind,
    Order,
    carried,
    copied,
    no_carrier,
    snapped,
)
from kling_desktop.ui.path_trial import PathTrial
from kling_desktop.ui.toolbox import Tool
from kling_desktop.ui.trial import settle

if TYPE_CHECKING:
    from kling_desktop.ui.window import MainWindow

ABOUT = "paths"
"""What its sentences are about."""


class PathWiring(QObject):
    """Connects the actions, the menu of the options bar, and the canvas that they act on."""

    def __init__(self, window: MainWindow, notices: Notices) -> None:
        super().__init__(window)
        self._window, self._notices = window, notices
        self._document, self._toolbox = window.document, window.toolbox
        self.menu = QMenu(window)
        self.menu.setObjectName("pathMenu")
        window.acts.fill_path_menu(self.menu)
        window.options.path.more.setMenu(self.menu)
        for holder in window.acts[NOTHING].associatedObjects():
            if isinstance(holder, QMenu):
                holder.setToolTipsVisible(True)
        window.canvas.addAction(window.acts["path.selectAll"])
        for action_id, do in self._handlers().items():
            window.acts[action_id].triggered.connect(partial(self._call, do))
        self._document.changed.connect(self._refresh)
        self._document.opened.connect(self._refresh)
        self._toolbox.area_changed.connect(self._refresh)
        self._toolbox.tool_changed.connect(self._refresh)
        self._refresh()

    def _handlers(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "path.selectAll": self._on_select_all,
            "path.snapStart": self._on_snap,
            "path.clear": self._on_clear,
            NOTHING: partial(self._on_parent, None),
        }
        for kind in Kind:
            do = self._ask if kind in AMOUNTS else self._run
            handlers[f"path.{kind}"] = partial(do, kind)
        for area in MOVING:
            handlers[area_id(area, "path.copyTo")] = partial(self._on_copy, area)
            handlers[area_id(area, "path.parent")] = partial(self._on_parent, area)
        return handlers

    def _call(self, do: Callable[[], object], _checked: object = None) -> None:
        """A gesture under way belongs to the path, and so does the amount that is seen."""
        self._window.canvas.finish()
        settle(self._window, keep=True)
        do()
        self._refresh()  # a choice that was refused is shown as it is

    # What actions do

    def _order(self, kind: Kind) -> Order:
        return Order(kind, self._toolbox.area, self._window.canvas.stage.selected)

    def _run(self, kind: Kind) -> None:
        asked = self._order(kind)
        if self._may_change(asked.area):
            path = asked.changed(self._document.shot).path
            self._document.set_path(asked.area, path, asked.text)

    def _ask(self, kind: Kind) -> None:
        from kling_desktop.ui.dialogs.amount import AmountDialog

        window, asked, amount = self._window, self._order(kind), AMOUNTS[kind]
        for old in window.findChildren(AmountDialog):
            old.accept()
        if not self._may_change(asked.area):
            return
        trial = PathTrial(asked, window.canvas, self)
        named = label(asked.area, self._document.shot.looks)
        title = f"{plain(window.acts[f'path.{kind}'].text())} path: {named}"
        canvas = window.canvas
        dialog = AmountDialog(title, amount, amount.usual, trial, window)
        dialog.open_at(canvas.mapToGlobal(canvas.rect().topRight()) + QPoint(-12, 12))

    def _on_select_all(self) -> None:
        stage = self._window.canvas.stage
        self._toolbox.tool = Tool.PATH
        stage.select(range(len(stage.path.points)))
        self._window.canvas.setFocus()

    def _on_snap(self) -> None:
        area = self._toolbox.area
        if self._may_change(area):
            found = snapped(self._document.shot, area)
            if found is not None:
                self._put(area, found, f"Snap path {area} to its area")

    def _on_copy(self, target: int) -> None:
        source = self._toolbox.area
        if self._may_change(target):
            found = copied(self._document.shot, source, target)
            self._put(target, found, f"Copy path {source} to area {target}")

    def _put(self, area: int, found: Changed, text: str) -> None:
        self._document.set_path(area, found.path, text)
        if found.smaller:
            self._notices.post(SMALLER)

    def _on_parent(self, parent: int | None) -> None:
        area, shot = self._toolbox.area, self._document.shot
        if not self._may_change(area):
            return
        path = carried(shot, area, parent)
        if path is None:
            words = opening(in_words(area, shot.looks))
            self._notices.post(
                f"{words} has no path and is not painted yet: paint it first, or draw its path.",
                about=ABOUT,
            )
            return
        self._notices.settle(ABOUT)
        what = "nothing" if parent is None else f"area {parent}"
        self._document.set_path(area, path, f"Move area {area} with {what}")

    def _on_clear(self) -> None:
        area = self._toolbox.area
        if self._may_change(area):
            self._document.set_path(area, None, f"Clear path {area}")

    def _may_change(self, area: int) -> bool:
        return self._window.canvas.stage.may_paint(area)

    # What actions follow

    def _refresh(self) -> None:
        acts, shot, area = self._window.acts, self._document.shot, self._toolbox.area
        path = shot.paths.get(area)
        drawn = path is not None and bool(path.points)
        for action_id in (*(f"path.{kind}" for kind in Kind), "path.clear"):
            acts[action_id].setEnabled(drawn)
        acts["path.selectAll"].setEnabled(drawn and self._toolbox.tool == Tool.PATH)
        acts["path.snapStart"].setText(END if shot.land else START)
        acts["path.snapStart"].setEnabled(drawn and bool(self._document.counts[area]))
        moving = shot.picture is not None and area != STATIC
        parent = path.parent if path is not None else None
        acts[NOTHING].setEnabled(moving)
        acts[NOTHING].setChecked(parent is None)
        for other in MOVING:
            copy = acts[area_id(other, "path.copyTo")]
            copy.setVisible(other != area)
            copy.setEnabled(drawn)
            with_it = acts[area_id(other, "path.parent")]
            with_it.setVisible(other != area)
            reason = no_carrier(shot, area, other)
            with_it.setEnabled(moving and reason is None)
            with_it.setToolTip(reason or CARRIES)
            with_it.setChecked(parent == other)
