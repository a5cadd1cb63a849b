"""Tells fingers that move a picture from a wheel that zooms it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice, QWheelEvent


def is_trackpad(event: QWheelEvent) -> bool:
    """Whether fingers move the picture. X11 gives pixels for wheels too, but neither phases nor a
    device that is a touch pad."""
    if event.pixelDelta().isNull():
        return False
    return (
        event.phase() != Qt.ScrollPhase.NoScrollPhase
        or event.angleDelta().isNull()
        or event.device().type() == QInputDevice.DeviceType.TouchPad
    )
