"""Copies of the label map for another thread, made without holding up the window."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from kling_desktop.model.areas import Labels
from kling_desktop.ui.document import Document

AT_ONCE = 1 << 22
"""Bytes that are copied in one turn of the event loop into memory that was never used: the system
takes far longer to hand that out than copying takes."""


class LabelCopies(QObject):
    """The newest copy is kept, and handed out for as long as nothing is painted."""

    ready = Signal()
    """What was asked for is there now."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._copy: Labels | None = None
        self._revision = -1
        self._fresh: Labels | None = None
        self._rows = 0
        """Of the fresh memory, how many rows are in use."""
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._go_on)
        document.labels_changed.connect(self._on_labels_changed)
        document.opened.connect(self._on_opened)

    def current(self) -> Labels | None:
        """The label map as it is, never to change; None where that takes a while: it is told."""
        labels = self._document.labels
        if self._copy is not None and self._revision == self._document.labels_revision:
            return self._copy
        if self._copy is None and labels.nbytes > AT_ONCE:
            if not self._turn.isActive():
                self._fresh, self._rows = np.empty_like(labels), 0
                self._turn.start()
            return None
        return self._kept(labels.copy())

    def _go_on(self) -> None:
        """Take some more of the fresh memory in use; at the end copy what there is by then."""
        fresh, labels = self._fresh, self._document.labels
        if fresh is None or fresh.shape != labels.shape:
            return
        start, self._rows = self._rows, self._rows + max(1, AT_ONCE // labels.shape[1])
        fresh[start : self._rows] = 0
        if self._rows < len(labels):
            self._turn.start()
            return
        np.copyto(fresh, labels)
        self._fresh = None
        self._kept(fresh)
        self.ready.emit()

    def _kept(self, copy: Labels) -> Labels:
        copy.setflags(write=False)
        self._copy, self._revision = copy, self._document.labels_revision
        return copy

    def _on_labels_changed(self) -> None:
        self._revision = -1  # also where an edit was taken back, which is no revision

    def _on_opened(self) -> None:
        self._copy = self._fresh = None
        self._turn.stop()
