"""The camera panel: no move, one along a single axis, or a preset; and the end frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kling_desktop.model.camera import AXES, LIMIT, Camera, CameraKind
from kling_desktop.model.capabilities import Capability
from kling_desktop.model.carrying import can_carry
from kling_desktop.motion.camera import EFFECTS
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.end_frame import EndFramePanel
from kling_desktop.ui.panels.form import Hint, Number, Row, combo, fill, form, guard_wheel, slider
from kling_desktop.ui.panels.motion_land import LandSwitch
from kling_desktop.ui.panels.section import Section
from kling_desktop.ui.studio import Studio

PRESETS = {
    CameraKind.DOWN_BACK: "Down and back",
    CameraKind.FORWARD_UP: "Forward and up",
    CameraKind.RIGHT_TURN_FORWARD: "Turn right, then forward",
    CameraKind.LEFT_TURN_FORWARD: "Turn left, then forward",
}
AXIS_WORDS = {
    "horizontal": "Slide left or right",
    "vertical": "Slide down or up",
    "pan": "Turn (pan)",
    "tilt": "Look down or up (tilt)",
    "roll": "Roll",
    "zoom": "Zoom",
}
DISPUTED = frozenset({"pan", "tilt"})
DISPUTE = (
    "Kling describes pan and tilt in two ways that swap them; the draft shows what is most likely."
)
FIRST_VALUE = 5.0
"""What an axis starts with: zero would be no move, and is refused."""


class CameraPanel(QWidget):
    """Camera move and end frame in one section; both lead on to exclude painted areas."""

    def __init__(self, document: Document, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("camera")
        self._document, self._studio = document, studio
        self.end_frame = EndFramePanel(document, studio)
        self.land = LandSwitch(document)
        self.section = Section("Camera and end frame", self._make())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.section)
        document.opened.connect(self._refresh)
        document.camera_changed.connect(self._refresh)
        document.settings_changed.connect(self._refresh)
        document.end_changed.connect(self._refresh)
        studio.account_changed.connect(self._refresh)
        self._refresh()

    def lead_to(self, field: str) -> bool:
        """Give the keyboard to ``camera`` or ``end_image``; False for any other field."""
        if field not in {"camera", "end_image"}:
            return False
        self.section.fold(folded=False)
        if field == "camera":
            self.kind.setFocus()
        else:
            self.end_frame.lead()
        return True

    def _make(self) -> QWidget:
        body, grid = form()
        self.kind = combo("cameraKind", "Camera move")
        self.axis = combo("cameraAxis", "Camera axis")
        self.slider = slider("cameraSlider", "Camera amount", minimum=-100, maximum=100, page=10)
        self.value = Number(minimum=-LIMIT, maximum=LIMIT, singleStep=0.5, decimals=1)
        self.value.setObjectName("cameraValue")
        self.value.setAccessibleName("Camera amount")
        self._kind_row = Row(grid, "Camera", self.kind)
        self._axis_row = Row(grid, "Axis", self.axis)
        self._amount = self._make_amount()
        self._effect = Hint()
        row = grid.rowCount()
        grid.addWidget(self._amount, row, 1)
        grid.addWidget(self._effect, row + 1, 0, 1, 2)
        grid.addWidget(self.end_frame, row + 2, 0, 1, 2)
        grid.setRowMinimumHeight(row + 2, 72)
        grid.addWidget(self.land, row + 3, 0, 1, 2)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.axis.currentIndexChanged.connect(self._on_axis)
        self.slider.valueChanged.connect(lambda tenths: self._set_value(tenths / 10))
        self.value.valueChanged.connect(self._set_value)
        return body

    def _make_amount(self) -> QWidget:
        amount = QWidget()
        layout = QHBoxLayout(amount)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.value)
        guard_wheel(self.value)
        return amount

    # From the artist to the shot

    def _on_kind(self) -> None:
        kind, camera = self.kind.currentData(), self._document.shot.camera
        if kind is None:
            self._document.set_camera(None, "No camera move")
        elif kind == CameraKind.SIMPLE:
            config = {AXES[0]: FIRST_VALUE}
            self._document.set_camera(_changed(camera, kind, config), "Choose camera move")
        else:
            self._document.set_camera(_changed(camera, kind, None), "Choose camera move")

    def _on_axis(self) -> None:
        config = {str(self.axis.currentData()): self.value.value() or FIRST_VALUE}
        camera = _changed(self._document.shot.camera, CameraKind.SIMPLE, config)
        self._document.set_camera(camera, "Choose camera axis")

    def _set_value(self, value: float) -> None:
        config = {str(self.axis.currentData()): round(value, 2)}
        camera = _changed(self._document.shot.camera, CameraKind.SIMPLE, config)
        self._document.set_camera(camera, "Set camera move", merge="camera")

    # From the shot to the artist

    def _refresh(self) -> None:
        shot = self._document.shot
        model = self._studio.catalogue.get(shot.settings.model_name)
        camera = shot.camera
        fill(self.kind, _kinds(camera, model), camera.kind if camera else None)
        carried = shot.end_carries and model is not None and can_carry(model)
        settings = shot.settings
        self._kind_row.allow(None if carried else _reason(model, settings.mode, settings.duration))
        self.kind.setEnabled(self.kind.isEnabled() or camera is not None)
        simple = camera is not None and camera.kind == CameraKind.SIMPLE
        for part in (self._axis_row.label, self.axis, self._amount):
            part.setVisible(simple)
        self._effect.say("")
        if camera is not None and simple:
            self._show_axis(camera)

    def _show_axis(self, camera: Camera) -> None:
        axis, value = _main(camera)
        fill(self.axis, [(AXIS_WORDS[name], name, None) for name in AXES], axis)
        with QSignalBlocker(self.slider), QSignalBlocker(self.value):
            self.slider.setValue(round(value * 10))
            if abs(self.value.value() - value) > 1e-9:
                self.value.setValue(value)
        less, more = EFFECTS[axis]
        effect = more if value > 0 else less if value < 0 else f"negative: {less}, positive: {more}"
        dispute = f" {DISPUTE}" if axis in DISPUTED else ""
        self._effect.say(f"{effect[0].upper()}{effect[1:]}.{dispute}")


def _changed(camera: Camera | None, kind: str, config: dict[str, float] | None) -> Camera:
    return replace(camera or Camera(), kind=str(kind), config=config)


def _main(camera: Camera) -> tuple[str, float]:
    """The axis that moves most, as the panel shows one; a file may hold several."""
    config = {axis: value for axis, value in (camera.config or {}).items() if axis in AXES}
    axis = max(config, key=lambda name: abs(config[name]), default=AXES[0])
    return axis, config.get(axis, 0.0)


def _kinds(camera: Camera | None, model: Capability | None) -> list[tuple[str, Any, str | None]]:
    words = {str(CameraKind.SIMPLE): "Along one axis", **{str(k): v for k, v in PRESETS.items()}}
    if camera is not None and camera.kind not in words:
        words[camera.kind] = f"{camera.kind} (unknown)"
    taken = set(model.camera_kinds) if model and model.camera_kinds else set(words)
    reason = f"{model.label} does not take this move." if model else None
    moves = [(text, kind, None if kind in taken else reason) for kind, text in words.items()]
    return [("None", None, None), *moves]


def _reason(model: Capability | None, mode: str, duration: str) -> str | None:
    if model is None or model.allows(model.camera, mode, duration):
        return None
    if model.camera:
        return f"{model.label} takes no camera move with this mode and duration."
    return f"{model.label} takes no camera move on this account."
