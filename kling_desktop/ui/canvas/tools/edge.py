"""The edge-snapping brush: a stroke takes only what belongs together under the brush."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt

from kling_desktop.imaging.edge_brush import EdgeStroke
from kling_desktop.model.areas import NONE, Labels, Mask, Rect
from kling_desktop.ui.canvas.stage import Pointer, Stage, how
from kling_desktop.ui.canvas.tools.base import CanvasTool
from kling_desktop.ui.canvas.tools.selection import step_text
from kling_desktop.ui.tiles import LabelEdit
from kling_desktop.ui.toolbox import Combine


class EdgeBrush(CanvasTool):
    """Paints the area in hand while the pointer moves. Alt takes from it by the same rule; with
    Shift+Alt the area goes, and the stroke brings back what it covers of it. As with any brush it
    is the keys at the beginning that count."""

    cursor = Qt.CursorShape.CrossCursor
    ring = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._edit: LabelEdit | None = None
        self._stroke = EdgeStroke(stage.document.pixels)
        self._labels: Labels = stage.document.labels
        self._how = Combine.ADD
        self._value = NONE
        self._changeable: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
        """By label, whether the stroke may change it."""

    @property
    def active(self) -> bool:
        return self._edit is not None

    def press(self, at: Pointer) -> None:
        self._commit()
        stage = self.stage
        document, area = stage.document, stage.toolbox.area
        if document.shot.picture is None or not stage.may_paint(area):
            return
        self._how = how(at)
        self._value = NONE if self._how == Combine.SUBTRACT else area
        self._changeable = np.full(256, self._how == Combine.ADD)
        self._changeable[list(stage.toolbox.kept)] = False
        self._changeable[area] = True
        self._labels = document.labels
        sensitivity = stage.toolbox.options.sensitivity
        self._stroke = EdgeStroke(document.pixels, sensitivity=sensitivity)
        self._edit = document.edit_labels()
        if self._how == Combine.INTERSECT:
            stage.lift(self._edit, area)
        self.drag(at)

    def drag(self, at: Pointer) -> None:
        if self._edit is not None:
            rect, mask = self._stroke.move(at.point, radius=self.stage.brush_radius(at))
            if not rect.empty:
                self._paint(self._edit, rect, mask)

    def release(self, at: Pointer) -> None:
        self.drag(at)
        self._commit()

    def cancel(self) -> None:
        if self._edit is not None:
            edit = self._edit
            self._end()
            self.stage.document.cancel_labels(edit)

    def _commit(self) -> None:
        if self._edit is not None:
            edit = self._edit
            self._end()
            self.stage.document.commit_labels(edit, step_text("Edge brush", self._how))

    def _end(self) -> None:
        """Let go of the picture, too: another may come."""
        self._edit = None
        self._labels = np.zeros((0, 0), np.uint8)
        self._stroke = EdgeStroke(np.zeros((0, 0, 4), np.uint8))

    def _paint(self, edit: LabelEdit, rect: Rect, mask: Mask) -> None:
        edit.touch(rect)
        part = self._labels[rect.y0 : rect.y1, rect.x0 : rect.x1]
        judged = edit.before(rect) if self._how == Combine.INTERSECT else part
        np.copyto(part, np.uint8(self._value), where=mask & self._changeable[judged])
        self.stage.labels_changed(rect)
