"""The right column: areas, motion, settings and camera to scroll, problems and Generate pinned below."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from kling_desktop.storage.atomic import StorageError
from kling_desktop.ui.document import Document
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.panels.account import AccountBar
from kling_desktop.ui.panels.areas import AreasPanel
from kling_desktop.ui.panels.camera import CameraPanel
from kling_desktop.ui.panels.form import frame
from kling_desktop.ui.panels.generate import GenerateBar
from kling_desktop.ui.panels.motion import MotionPanel
from kling_desktop.ui.panels.problems import ProblemsPanel
from kling_desktop.ui.panels.section import remember_folding
from kling_desktop.ui.panels.settings import SettingsPanel
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.toolbox import Toolbox

WIDTH = 328


class Column(QFrame):
    """Builds the panels and leads to their fields."""

    field_requested = Signal(str)

    def __init__(
        self,
        document: Document,
        toolbox: Toolbox,
        studio: Studio,
        inspector: Inspector,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("column")
        self.setMinimumWidth(WIDTH)
        self._preferences = studio.preferences
        self.areas = AreasPanel(document, toolbox)
        self.motion = MotionPanel(document, toolbox)
        self.settings = SettingsPanel(document, studio)
        self.camera = CameraPanel(document, studio)
        self.problems = ProblemsPanel(inspector)
        self.account = AccountBar(studio)
        self.generate = GenerateBar(document, studio, inspector)
        self._scroll = self._scrolling()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._pinned())
        self.problems.field_requested.connect(self.field_requested)
        self.generate.field_requested.connect(self.field_requested)
        self._remember_folding()

    def lead_to(self, field: str) -> bool:
        """Show a field of the column and give it the keyboard; False where it is elsewhere."""
        for panel in (self.areas, self.settings, self.camera):
            if panel.lead_to(field):
                focused = QApplication.focusWidget()
                if focused and panel.isAncestorOf(focused):
                    self._scroll.ensureWidgetVisible(focused, 8, 40)
                return True
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the content as wide as the view: it never scrolls sideways."""
        if watched is self._scroll.viewport() and event.type() == QEvent.Type.Resize:
            self._content.setMaximumWidth(self._scroll.viewport().width())
        return super().eventFilter(watched, event)

    def _scrolling(self) -> QScrollArea:
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(12, 6, 12, 12)
        column.setSpacing(6)
        for index, panel in enumerate((self.areas, self.motion, self.settings, self.camera)):
            if index:
                column.addWidget(frame("rule"))
            column.addWidget(panel)
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._content)
        area.viewport().installEventFilter(self)
        return area

    def _pinned(self) -> QFrame:
        pinned = frame("pinned")
        layout = QVBoxLayout(pinned)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        for panel in (self.problems, self.account, self.generate):
            layout.addWidget(panel)
        return pinned

    def _remember_folding(self) -> None:
        sections = {
            "areas": self.areas.section,
            "motion": self.motion.section,
            "prompt": self.settings.prompt_section,
            "video": self.settings.video_section,
            "negative": self.settings.negative_section,
            "camera": self.camera.section,
        }

        def write(name: str, folded: bool) -> None:
            with contextlib.suppress(StorageError):
                self._preferences.set(f"folded.{name}", folded)

        remember_folding(
            sections, lambda name: self._preferences.get(f"folded.{name}", False), write
        )
