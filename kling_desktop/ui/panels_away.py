"""Puts the panels away, so that the picture has the window, and brings them back as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSplitter, QWidget


class PanelsAway(QObject):
    """Hides ``parts``; the sizes of the splitters around them are kept."""

    def __init__(
        self, parts: Sequence[QWidget], splitters: Mapping[str, QSplitter], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts, self._splitters = parts, splitters
        self._hidden: list[QWidget] = []
        self._sizes: dict[str, list[int]] = {}

    def put_away(self, away: bool) -> None:
        """Hide what is seen, or show what was hidden by this; the second time does nothing."""
        if away and not self._hidden:
            self._sizes = {name: each.sizes() for name, each in self._splitters.items()}
            self._hidden = [part for part in self._parts if not part.isHidden()]
            for part in self._hidden:
                part.hide()
        elif not away:
            for part in self._hidden:
                part.show()
            for name, sizes in self._sizes.items():
                self._splitters[name].setSizes(sizes)
            self._hidden, self._sizes = [], {}

    def forget(self, name: str) -> None:
        """A splitter was given other sizes meanwhile."""
        self._sizes.pop(name, None)
