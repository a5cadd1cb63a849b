"""Options of the path tool: what a drag draws, curve and timing of the path, and its menu."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from kling_desktop.model.areas import STATIC
from kling_desktop.model.path import Curve
from kling_desktop.model.path_presets import Preset
from kling_desktop.model.timing import Timing
from kling_desktop.ui.colours import label
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.elided import Elided
from kling_desktop.ui.panels.option_row import chooser, hint, row
from kling_desktop.ui.toolbox import Options, Toolbox

NARROW = 64
"""Pixels to which a chooser gives way in a small window."""
FREELY = "freely"
PRESETS = [
    (FREELY, "By hand"),
    (Preset.LINE, "Line"),
    (Preset.ARC, "Arc"),
    (Preset.CIRCLE, "Circle"),
    (Preset.WAVE, "Wave"),
    (Preset.SPIRAL, "Spiral"),
    (Preset.SHAKE, "Shake"),
    (Preset.BOUNCE, "Bounce"),
]
PLACES = {
    Preset.LINE: "Drag from its start to its end.",
    Preset.ARC: "Drag from its start to its end.",
    Preset.CIRCLE: "Drag from its start to the far side.",
    Preset.WAVE: "Drag from its start to its end.",
    Preset.SPIRAL: "Drag from its middle outward.",
    Preset.SHAKE: "Drag away from its middle: the farther, the stronger.",
    Preset.BOUNCE: "Drag along the ground.",
}
GOES, COMES = "where it goes.", "the way it comes; it ends on the area."
"""The latter where the shot lands."""
CURVES = {Curve.SMOOTH: "Smooth", Curve.STRAIGHT: "Straight"}
TIMINGS = {
    Timing.LINEAR: "Even speed",
    Timing.EASE_IN: "Start slowly",
    Timing.EASE_OUT: "End slowly",
    Timing.EASE_IN_OUT: "Start and end slowly",
}
RARE = {Timing.CUSTOM: "Own curve", Timing.STEPS: "Same time per piece"}
"""Timings that are shown only where a path has them: they are made elsewhere."""


class Words(Elided):
    """What a chooser is about; read whole or not at all, for the chooser has a tool tip."""

    @property
    def shown(self) -> str:
        whole = self.fontMetrics().horizontalAdvance(self.text())
        return self.text() if self.contentsRect().width() >= whole else ""


class PathOptions(QWidget):
    """What the next drag draws, and how the path of the area in hand runs."""

    def __init__(self, document: Document, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._toolbox = document, toolbox
        self.preset = chooser("pathPreset", "What a drag of the path tool draws", PRESETS)
        self.curve = chooser("pathCurve", "Curve of the path", list(CURVES.items()))
        self.timing = chooser("pathTiming", "Timing of the path", list(TIMINGS.items()))
        self.more = QToolButton()
        self.more.setObjectName("pathMenuButton")
        self.more.setText("Path")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip("Reverse, mirror, scale, copy and more")
        self.hint = hint()
        layout = row(self)
        for words, box in (("Draw", self.preset), ("Curve", self.curve), ("Timing", self.timing)):
            layout.addWidget(Words(words))
            box.setMinimumWidth(NARROW)
            box.setToolTip(box.accessibleName())
            layout.addWidget(box)
        layout.addWidget(self.more)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(self.hint, 1)
        self.preset.activated.connect(self._on_preset)
        self.curve.currentIndexChanged.connect(self._on_chosen)
        self.timing.currentIndexChanged.connect(self._on_chosen)
        document.opened.connect(self._refresh)
        document.paths_changed.connect(self._refresh)
        document.looks_changed.connect(self._refresh)
        document.land_changed.connect(self._tell)
        toolbox.area_changed.connect(self._refresh)
        toolbox.options_changed.connect(self._on_options)
        self._refresh()

    def _on_preset(self) -> None:
        chosen = self.preset.currentData()
        self._toolbox.choose(preset=None if chosen == FREELY else Preset(chosen))

    def _on_options(self, options: Options) -> None:
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(self.preset.findData(options.preset or FREELY))
        self._tell()

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
                self._offer(path.timing)
                self.curve.setCurrentIndex(self.curve.findData(path.curve))
                self.timing.setCurrentIndex(self.timing.findData(path.timing))
        for box in (self.curve, self.timing):
            box.setEnabled(path is not None)
        self._tell()

    def _offer(self, timing: Timing) -> None:
        """The usual timings, and the one that the path has."""
        while self.timing.count() > len(TIMINGS):
            self.timing.removeItem(self.timing.count() - 1)
        if timing in RARE:
            self.timing.addItem(RARE[timing], timing)

    def _tell(self) -> None:
        area, preset = self._toolbox.area, self._toolbox.options.preset
        words = label(area, self._document.shot.looks)
        if area == STATIC:
            said = "The static area has no path."
        elif preset is not None:
            said = PLACES[preset]
        elif area not in self._document.shot.paths:
            land = self._document.shot.land
            said = f"{words}: click, or drag, {COMES if land else GOES}"
        else:
            said = ""
        self.hint.setText(said)
        self.hint.setToolTip(said)
