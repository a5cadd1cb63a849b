"""The end frame that carries the motion, as a small picture, made beside the window's own thread."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from kling_desktop.model.carrying import carries
from kling_desktop.model.shot import Shot
from kling_desktop.ui.document import Document
from kling_desktop.ui.jobs import Jobs

Pixels = npt.NDArray[np.uint8]

SETTLE_MS = 250
"""How long the shot stays as it is before its end is shown."""
SIDE = 240
"""Pixels of the longer side."""


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """What is shown of the end, and said of the way there."""

    image: QImage = field(default_factory=QImage)
    sentence: str = ""


def small(shot: Shot, pixels: Pixels) -> tuple[Shot, Pixels]:
    """The shot and its picture by every so many pixels: a copy that nobody paints on."""
    step = max(1, math.ceil(max(pixels.shape[:2]) / (2 * SIDE)))
    paths = {
        area: replace(path, points=tuple((x / step, y / step) for x, y in path.points))
        for area, path in shot.paths.items()
    }
    labels = shot.labels[::step, ::step].copy()
    height, width = labels.shape
    picture = replace(shot.picture, width=width, height=height) if shot.picture else None
    return replace(shot, picture=picture, labels=labels, paths=paths), pixels[::step, ::step].copy()


def ending(shot: Shot, pixels: Pixels) -> Ending:
    """The end of a small shot; slow."""
    from kling_desktop.motion.end_frame import end_frame
    from kling_desktop.motion.wording import motion_sentence

    height, width = pixels.shape[:2]
    share = min(1.0, SIDE / max(width, height))
    size = max(1, round(width * share)), max(1, round(height * share))
    frame = np.ascontiguousarray(end_frame(shot, pixels, size, quick=True))
    image = QImage(frame.data, *size, 3 * size[0], QImage.Format.Format_RGB888).copy()
    return Ending(image, motion_sentence(shot))


class EndPreview(QObject):
    """``ending`` follows the shot for as long as an end frame carries its motion; empty else."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._jobs = Jobs(self)
        self._running = False
        self.ending = Ending()
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._start)
        document.opened.connect(self._forget)
        document.changed.connect(self._follow)
        self._follow()

    @property
    def wanted(self) -> bool:
        """Whether there is an end to be shown."""
        shot = self._document.shot
        return shot.picture is not None and carries(shot, self._document.counts)

    def _forget(self) -> None:
        self._tell(Ending())
        self._follow()

    def _follow(self) -> None:
        if self.wanted:
            self._settle.start()
        else:
            self._tell(Ending())

    def _start(self) -> None:
        if self._running or not self.wanted:
            return
        self._running = True
        shot, pixels = small(self._document.shot, self._document.pixels)
        asked = self._document.revision
        self._jobs.run(
            lambda: (asked, ending(shot, pixels)), self._arrived, lambda _sentence: self._ended()
        )

    def _arrived(self, found: tuple[int, Ending]) -> None:
        revision, ending = found
        if self.wanted:
            self._tell(ending)
        self._ended()
        if revision != self._document.revision:
            self._follow()

    def _ended(self) -> None:
        self._running = False

    def _tell(self, ending: Ending) -> None:
        if not (ending.image.isNull() and self.ending.image.isNull()):
            self.ending = ending
            self.changed.emit()
