"""Shows what a click of the wand would select, found on a small copy of the picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QPainter

from kling_desktop.imaging.flood import flood
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.stage import Stage
from kling_desktop.ui.canvas.tools.dashes import covered
from kling_desktop.ui.canvas.tools.veil import Veil
from kling_desktop.ui.colours import colour

FAINT = 90
"""Opacity, of 255, of the area's colour."""
LARGEST = 1_500_000
"""Pixels above which nothing is shown: of a picture whose smaller copies are still being made."""


class Preview(QObject):
    """Follows the pointer as the event loop has time for it, and goes when the pointer leaves."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.canvas)
        self._stage = stage
        self._wanted: Point | None = None
        self._veil = Veil()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._make)
        stage.toolbox.options_changed.connect(self._on_options_changed)

    def look(self, at: Point) -> None:
        """Show it for this place soon, for the last place asked only."""
        if self._wanted is None:
            self._stage.canvas.installEventFilter(self)
        self._wanted = at
        self._timer.start()

    def clear(self) -> None:
        self._timer.stop()
        if self._wanted is not None:
            self._wanted = None
            self._stage.canvas.removeEventFilter(self)
        self._update()
        self._veil.clear()

    def _on_options_changed(self) -> None:
        if self._wanted is not None:
            self._timer.start()

    def draw(self, painter: QPainter) -> None:
        self._veil.draw(painter, self._stage.view)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        if event.type() == QEvent.Type.Leave:
            self.clear()
        return False

    def _make(self) -> None:
        stage = self._stage
        if self._wanted is None or not stage.view.covers(*self._wanted):
            self.clear()
            return
        options, area = stage.toolbox.options, stage.toolbox.area
        pixels, level = stage.preview_pixels()
        if pixels.shape[0] * pixels.shape[1] > LARGEST:
            self.clear()
            return
        seed = int(self._wanted[0]) >> level, int(self._wanted[1]) >> level
        rect, mask = flood(pixels, seed, options.tolerance, contiguous=options.contiguous)
        tint = colour(area, stage.document.shot.looks)
        tint.setAlpha(FAINT)
        self._update()
        self._veil.show(rect, mask, level=level, tint=tint)
        self._update()

    def _update(self) -> None:
        """Repaint where it is shown."""
        x0, y0, x1, y1 = self._veil.rect
        if x0 < x1:
            self._stage.update(covered(((x0, y0), (x1, y1)), self._stage.view))
