"""The two undo commands: a change of the label map, and a change of everything small."""

from __future__ import annotations

import weakref
import zlib
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from kling_desktop.model.shot import Shot
from kling_desktop.ui.tiles import LabelDelta

if TYPE_CHECKING:
    from kling_desktop.ui.document import Document


class ChangeLabels(QUndoCommand):
    """Pixels that changed hands. The stroke is in the map already when it is recorded."""

    def __init__(self, document: Document, delta: LabelDelta, text: str) -> None:
        super().__init__(text)
        self._document, self._delta, self._live = weakref.proxy(document), delta, True

    def redo(self) -> None:
        self._document.apply_delta(self._delta, sign=1, live=self._live)
        self._live = False

    def undo(self) -> None:
        self._document.apply_delta(self._delta, sign=-1, live=False)


class ChangeShot(QUndoCommand):
    """Paths, camera, end frame and settings are small values: it keeps the shot before and after.

    The label map and the picture are shared between both, never copied.
    """

    def __init__(
        self, document: Document, before: Shot, after: Shot, text: str, merge: str | None
    ) -> None:
        super().__init__(text)
        self._document, self._before = weakref.proxy(document), before
        self.after, self.merge = after, merge

    def redo(self) -> None:
        self._document.replace_shot(self.after)

    def undo(self) -> None:
        self._document.replace_shot(self._before)

    def id(self) -> int:
        """Qt merges neighbours of the same id: same key, same id."""
        return -1 if self.merge is None else zlib.crc32(self.merge.encode()) & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ChangeShot) or other.merge != self.merge:
            return False
        self.after = other.after
        return True
