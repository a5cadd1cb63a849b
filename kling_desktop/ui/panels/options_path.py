"""Options of the path tool: curve and timing of the path of the area in hand."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLabel, QWidget

from kling_desktop.model.areas import STATIC
from kling_desktop.model.path import Curve, Timing
from kling_desktop.ui.colours import label
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.option_row import chooser, hint, row
from kling_desktop.ui.toolbox import Toolbox

CURVES = {Curve.SMOOTH: "Smooth", Curve.STRAIGHT: "Straight"}
TIMINGS = {
    Timing.LINEAR: "Even speed",
    Timing.EASE_IN: "Start slowly",
    Timing.EASE_OUT: "End slowly",
    Timing.EASE_IN_OUT: "Start and end slowly",
}


class PathOptions(QWidget):
    """Curve and timing of the path of the area in hand."""

    def __init__(self, document: Document, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._toolbox = document, toolbox
        self.curve = chooser("pathCurve", "Curve of the path", list(CURVES.items()))
        self.timing = chooser("pathTiming", "Timing of the path", list(TIMINGS.items()))
        self.hint = hint()
        layout = row(self)
        for part in (QLabel("Curve"), self.curve, QLabel("Timing"), self.timing):
            layout.addWidget(part)
        layout.addWidget(self.hint, 1)
        self.curve.currentIndexChanged.connect(self._on_chosen)
        self.timing.currentIndexChanged.connect(self._on_chosen)
        document.opened.connect(self._refresh)
        document.paths_changed.connect(self._refresh)
        document.looks_changed.connect(self._refresh)
        toolbox.area_changed.connect(self._refresh)
        self._refresh()

    def _on_chosen(self) -> None:
        area = self._toolbox.area
        path = self._document.shot.paths.get(area)
        if path is not None:
            curve, timing = Curve(self.curve.currentData()), Timing(self.timing.currentData())
            changed = replace(path, curve=curve, timing=timing)
            self._document.set_path(area, changed, f"Change path {area}")

    def _refresh(self) -> None:
        path = self._document.shot.paths.get(self._toolbox.area)
        with QSignalBlocker(self.curve), QSignalBlocker(self.timing):
            if path is not None:
                self.curve.setCurrentIndex(self.curve.findData(path.curve))
                self.timing.setCurrentIndex(self.timing.findData(path.timing))
        for box in (self.curve, self.timing):
            box.setEnabled(path is not None)
        words = label(self._toolbox.area, self._document.shot.looks)
        still = self._toolbox.area == STATIC
        said = (
            "The static area has no path." if still else f"{words}: click, or drag, where it goes."
        )
        self.hint.setText("" if path is not None else said)
