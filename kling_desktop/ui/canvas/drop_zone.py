"""Files that are dragged over the canvas and dropped there."""

from __future__ import annotations

from pathlib import Path as FilePath

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from kling_desktop.ui.canvas.viewport import Viewport
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Toolbox


class DropZone(Viewport):
    """Takes local files, and shows that it would."""

    files_dropped = Signal(list)
    """Paths of local files that were dropped."""

    def __init__(
        self,
        document: Document,
        toolbox: Toolbox,
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, toolbox, notices, parent)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _local_files(event.mimeData()):
            self.show_drop(lit=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.show_drop(lit=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.show_drop(lit=False)
        files = _local_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)


def _local_files(data: QMimeData) -> list[FilePath]:
    return [FilePath(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
