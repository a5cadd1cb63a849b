"""A change of a path whose amount is still being chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from kling_desktop.model.path import Path
from kling_desktop.ui.path_orders import SMALLER, Order
from kling_desktop.ui.trial import LiveTrial

if TYPE_CHECKING:
    from kling_desktop.ui.canvas.canvas import Canvas


class PathTrial(LiveTrial):
    """Shown in place of the path that the area has in the shot."""

    def __init__(self, asked: Order, canvas: Canvas, parent: QObject) -> None:
        super().__init__(canvas, parent)
        stage = canvas.stage
        self._asked, self._stage, self._document = asked, stage, stage.document
        self._base = stage.document.shot
        self._path: Path | None = None
        self._index = self._document.undo_stack.index()
        self._document.undo_stack.indexChanged.connect(self._on_index_changed)
        self._document.opened.connect(self.cancel)
        stage.toolbox.tool_changed.connect(self.keep)
        stage.toolbox.area_changed.connect(self.keep)

    def show(self, amount: int) -> None:
        if not self.over:
            self._path, smaller = self._asked.changed(self._base, amount)
            self._stage.try_path(self._path, self._asked.area)
            self.shown.emit(SMALLER if smaller else "")

    def keep(self) -> None:
        if not self.over:
            self._end()
            if self._path is not None:
                self._document.set_path(self._asked.area, self._path, self._asked.text)

    def cancel(self) -> None:
        if not self.over:
            self._end()

    def _on_index_changed(self, index: int) -> None:
        """Somebody did, or undid, something without a word to the trial: what is seen is kept
        unless the path it was made of is another one now."""
        same = self._document.shot.paths.get(self._asked.area)
        if index < self._index or same != self._base.paths[self._asked.area]:
            self.cancel()
        else:
            self.keep()

    def _end(self) -> None:
        toolbox = self._stage.toolbox
        self._document.undo_stack.indexChanged.disconnect(self._on_index_changed)
        self._document.opened.disconnect(self.cancel)
        toolbox.tool_changed.disconnect(self.keep)
        toolbox.area_changed.disconnect(self.keep)
        self.finish()
        self._stage.end_trial()
