"""The motion section: how the area in hand moves along its path."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from kling_desktop.model.areas import STATIC
from kling_desktop.model.path import Path
from kling_desktop.ui.budget import Budget, SentPoints
from kling_desktop.ui.colours import label
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.form import Hint
from kling_desktop.ui.panels.motion_draft import MotionDraft
from kling_desktop.ui.panels.motion_pace import MotionPace
from kling_desktop.ui.panels.motion_sent import MotionSent
from kling_desktop.ui.panels.section import Section
from kling_desktop.ui.toolbox import Toolbox


class MotionPanel(QWidget):
    """Pace, what is sent, and what only the draft shows, for the path of the area in hand."""

    sent_changed = Signal(object)
    """What is sent of the areas of which that is to be seen: area → SentPoints."""

    def __init__(self, document: Document, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("motion")
        self._document, self._toolbox = document, toolbox
        self.budget = Budget(document, toolbox, self)
        self._shown: dict[int, SentPoints] = {}
        self.pace, self.sent, self.draft = MotionPace(), MotionSent(), MotionDraft()
        self.hint, self.whose = Hint(), QLabel()
        self.hint.setObjectName("motionHint")
        self.whose.setProperty("tone", "muted")
        self.section = Section("Motion", self._make(), self.whose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.section)
        for signal in (document.opened, document.paths_changed, document.settings_changed):
            signal.connect(self._refresh)
        document.looks_changed.connect(self._refresh)
        document.end_changed.connect(self._refresh)
        toolbox.area_changed.connect(self._refresh)
        self.budget.changed.connect(self._show_budget)
        self.sent.dots.toggled.connect(self._show_budget)
        self._refresh()

    def _make(self) -> QWidget:
        body, self._controls = QWidget(), QWidget()
        inside = QVBoxLayout(self._controls)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        for part in (self.pace, self.sent, self.draft):
            part.wanted.connect(self._on_wanted)
            inside.addWidget(part)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.hint)
        layout.addWidget(self._controls)
        return body

    def _on_wanted(self, path: Path, text: str, merge: str) -> None:
        area = self._toolbox.area
        key = f"motion {area} {merge}" if merge else None
        self._document.set_path(area, path, f"{text} of path {area}", merge=key)

    def _refresh(self) -> None:
        shot, area = self._document.shot, self._toolbox.area
        path = shot.paths.get(area)
        usable = path is not None and bool(path.points)
        self.whose.setText(label(area, shot.looks))
        self.hint.say("" if usable else _reason(area, label(area, shot.looks)))
        self._controls.setEnabled(usable)
        # Where no area moves yet there is nothing to see, and room for what comes next.
        self._controls.setVisible(any(each.points for each in shot.paths.values()))
        for part in (self.pace, self.sent, self.draft):
            part.show_path(path or Path(), shot, area)
        self._show_budget()

    def _show_budget(self) -> None:
        found, area = self.budget.found, self._toolbox.area
        carried = self._document.shot.end_carries
        found = None if carried else found
        self.sent.show_budget(found)
        self.sent.dots.setVisible(not carried)
        shown = found if self.sent.dots.isChecked() else None
        wanted = {} if shown is None else {area: shown}
        if wanted != self._shown:
            self._shown = wanted
            self.sent_changed.emit(wanted)


def _reason(area: int, name: str) -> str:
    if area == STATIC:
        return "The static area stays where it is: it has no motion."
    return f"{name} has no path yet. Take the path tool (P) and draw where it goes."
