"""Keeps the list of problems true while the artist works."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from kling_desktop.model.checks import check
from kling_desktop.model.fixes import fix
from kling_desktop.model.problem import Problem
from kling_desktop.ui.document import Document
from kling_desktop.ui.studio import Studio

SETTLE_MS = 60
"""Checks wait until a burst of changes is over; they cost under a millisecond themselves."""


class Inspector(QObject):
    """The problems of the open shot for the account in use."""

    changed = Signal()

    def __init__(self, document: Document, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._studio = document, studio
        self._problems: list[Problem] = []
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self.look)
        document.changed.connect(self._timer.start)
        studio.account_changed.connect(self._timer.start)

    @property
    def problems(self) -> list[Problem]:
        return self._problems

    @property
    def ready(self) -> bool:
        """Whether nothing stops the shot from being sent."""
        return not any(problem.stops for problem in self._problems)

    def look(self) -> None:
        """Check now; tells only where the list differs."""
        found = check(self._document.shot, self._studio.catalogue, self._document.counts)
        if found != self._problems:
            self._problems = found
            self.changed.emit()

    def fix(self, problem: Problem) -> None:
        """Make a problem's safe fix as one step of undo."""
        shot = fix(self._document.shot, problem, self._studio.catalogue)
        self._document.set_shot(shot, problem.fix or "Fix")
        self.look()
