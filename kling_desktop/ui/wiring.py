"""What each action does, and how actions follow the document and the tool in hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QShortcut

from kling_desktop.model.areas import AREAS
from kling_desktop.model.fixes import fix_all
from kling_desktop.storage.atomic import StorageError
from kling_desktop.ui.action_spec import area_id
from kling_desktop.ui.theme import Look
from kling_desktop.ui.toolbox import Tool
from kling_desktop.ui.trial import settle

if TYPE_CHECKING:
    from kling_desktop.ui.window import MainWindow

LOOKS = {
    "view.themeSystem": Look.SYSTEM,
    "view.themeLight": Look.LIGHT,
    "view.themeDark": Look.DARK,
}


class Wiring(QObject):
    """Connects the window's actions; needs its document, toolbox, files and canvas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        for action_id, do in self._handlers().items():
            window.acts[action_id].triggered.connect(lambda _checked=False, do=do: do())
        window.acts["motion.play"].toggled.connect(window.play_draft_toggled)
        window.acts["view.panels"].toggled.connect(window.away.put_away)
        window.canvas.addAction(window.acts["view.panels"])
        window.column.motion.sent_changed.connect(window.canvas.stage.show_sent)
        self._choices()
        self._undo()
        window.document.changed.connect(self._on_changed)
        window.document.opened.connect(self._on_opened)
        window.inspector.changed.connect(self._on_changed)
        window.toolbox.tool_changed.connect(self._on_tool_changed)
        window.toolbox.area_changed.connect(self._on_area_changed)
        self._on_tool_changed(window.toolbox.tool)
        self._on_area_changed(window.toolbox.area)
        self._on_changed()

    def _handlers(self) -> dict[str, Callable[[], object]]:
        window, files, canvas = self._window, self._window.files, self._window.canvas
        return {
            "file.open": files.open_dialog,
            "file.sample": files.open_sample,
            "file.save": lambda: self._whole(files.save),
            "file.saveAs": lambda: self._whole(files.save_as),
            "file.exportDraft": lambda: self._whole(self._on_export_draft),
            "file.endFrame": files.choose_end_frame,
            "file.quit": window.close,
            "edit.undo": self._on_undo,
            "edit.redo": self._on_redo,
            "edit.paste": files.paste,
            "edit.fixAll": self._on_fix_all,
            "tool.swap": self._on_swap,
            "brush.smaller": canvas.brush_smaller,
            "brush.larger": canvas.brush_bigger,
            "view.fit": canvas.fit,
            "view.actual": canvas.actual_size,
            "view.zoomIn": canvas.zoom_in,
            "view.zoomOut": canvas.zoom_out,
            "shot.generate": lambda: self._whole(window.column.generate.press),
            "shot.accounts": window.accounts_requested.emit,
            "help.shortcuts": self._on_shortcuts,
            "help.about": self._on_about,
        }

    def _choices(self) -> None:
        """Actions of which one of a group holds: tools, areas, looks."""
        acts, toolbox = self._window.acts, self._window.toolbox
        for tool in Tool:
            acts[f"tool.{tool}"].triggered.connect(lambda _on=False, t=tool: self._take(t))
        for area in AREAS:
            acts[area_id(area)].triggered.connect(
                lambda _on=False, a=area: setattr(toolbox, "area", a)
            )
        for action_id, look in LOOKS.items():
            acts[action_id].setChecked(look == self._window.theme.look)
            acts[action_id].triggered.connect(lambda _on=False, k=look: self._choose_look(k))

    def _undo(self) -> None:
        stack, acts = self._window.document.undo_stack, self._window.acts
        # An action that is grey has no key, but the first gesture of a shot can be taken back, too.
        self._first = QShortcut(acts["edit.undo"].shortcut(), self._window)
        self._first.activated.connect(self._on_undo)
        acts["edit.redo"].setEnabled(False)
        self._on_can_undo(can=False)
        stack.canUndoChanged.connect(self._on_can_undo)
        stack.canRedoChanged.connect(acts["edit.redo"].setEnabled)
        stack.undoTextChanged.connect(self._on_undo_text)
        stack.redoTextChanged.connect(self._on_redo_text)

    # What actions do

    def _whole(self, do: Callable[[], None]) -> None:
        """For what needs the whole shot: a stroke under way belongs to it, and so does an amount
        that is being chosen."""
        self._window.canvas.finish()
        settle(self._window, keep=True)
        do()

    def _take(self, tool: Tool) -> None:
        self._window.toolbox.tool = tool
        self._window.canvas.setFocus()

    def _on_swap(self) -> None:
        self._window.toolbox.swap_eraser()
        self._window.canvas.setFocus()

    def _choose_look(self, look: Look) -> None:
        try:
            self._window.theme.choose(look)
        except StorageError as error:
            self._window.show_problem(str(error))

    def _on_undo(self) -> None:
        """What is under way is what the artist would undo first."""
        window = self._window
        if not window.canvas.cancel() and not settle(window, keep=False):
            window.document.undo_stack.undo()

    def _on_redo(self) -> None:
        if not self._window.canvas.busy:
            settle(self._window, keep=False)
            self._window.document.undo_stack.redo()

    def _on_fix_all(self) -> None:
        window = self._window
        shot, done = fix_all(window.document.shot, window.studio.catalogue)
        if done:
            window.document.set_shot(shot, "Fix what can be fixed")
            window.inspector.look()

    def _on_export_draft(self) -> None:
        from kling_desktop.ui.dialogs.export_draft import open_dialog

        open_dialog(self._window.document, self._window.preferences, self._window)

    def _on_shortcuts(self) -> None:
        from kling_desktop.ui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window.acts.by_id, self._window).open()

    def _on_about(self) -> None:
        from kling_desktop.ui.dialogs.about import AboutDialog

        AboutDialog(self._window).open()

    # What actions follow

    def _on_tool_changed(self, tool: Tool) -> None:
        self._window.acts[f"tool.{tool}"].setChecked(True)

    def _on_area_changed(self, area: int) -> None:
        self._window.acts[area_id(area)].setChecked(True)

    def _on_can_undo(self, can: bool) -> None:
        self._window.acts["edit.undo"].setEnabled(can)
        self._first.setEnabled(not can)

    def _on_undo_text(self, what: str) -> None:
        self._window.acts["edit.undo"].setText(_step("&Undo", what))

    def _on_redo_text(self, what: str) -> None:
        self._window.acts["edit.redo"].setText(_step("&Redo", what))

    def _on_opened(self) -> None:
        self._window.acts["motion.play"].setChecked(False)

    def _on_changed(self) -> None:
        acts, pictured = self._window.acts, self._window.document.shot.picture is not None
        needing = ("file.save", "file.saveAs", "file.exportDraft", "file.endFrame", "motion.play")
        for action_id in needing:
            acts[action_id].setEnabled(pictured)
        fixable = any(problem.fix for problem in self._window.inspector.problems)
        acts["edit.fixAll"].setEnabled(fixable)


def _step(verb: str, what: str) -> str:
    """“Undo paint area 1”."""
    return f"{verb} {what[:1].lower()}{what[1:]}".rstrip()
