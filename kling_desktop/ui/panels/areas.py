"""The areas panel: seven rows, six moving areas and the static one."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kling_desktop.model.areas import AREAS, STATIC
from kling_desktop.model.checks_motion import SHORT_PATH
from kling_desktop.model.path import Path, length
from kling_desktop.ui.colours import label
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.area_row import AreaRow
from kling_desktop.ui.panels.section import Section
from kling_desktop.ui.toolbox import Toolbox


class AreasPanel(QWidget):
    """Shows what is painted, takes an area in hand, hides, locks and clears."""

    def __init__(self, document: Document, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("areas")
        self._document, self._toolbox = document, toolbox
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.rows = {area: self._row(area) for area in AREAS}
        for row in self.rows.values():
            column.addWidget(row)
        self.section = Section("Areas", body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.section)
        document.changed.connect(self._refresh)
        toolbox.area_changed.connect(self._on_area_changed)
        toolbox.view_changed.connect(self._refresh_view)
        self._refresh()
        self._refresh_view()
        self._on_area_changed(toolbox.area)

    def lead_to(self, field: str) -> bool:
        """Give the keyboard to the rows for ``areas``; False for any other field."""
        if field != "areas":
            return False
        self.section.fold(folded=False)
        self.rows[self._toolbox.area].setFocus()
        return True

    def _row(self, area: int) -> AreaRow:
        row = AreaRow(area)
        row.clicked.connect(lambda: self._on_clicked(area))
        row.moved.connect(lambda step: self._on_moved(area, step))
        row.hide_button.clicked.connect(lambda on: self._toolbox.set_hidden(area, hidden=on))
        row.lock_button.clicked.connect(lambda on: self._toolbox.set_locked(area, locked=on))
        row.clear_button.clicked.connect(lambda: self._clear(area))
        return row

    def _on_clicked(self, area: int) -> None:
        self._toolbox.area = area
        self._on_area_changed(self._toolbox.area)

    def _on_moved(self, area: int, step: int) -> None:
        place = AREAS.index(area) + step
        if 0 <= place < len(AREAS):
            self._toolbox.area = AREAS[place]
            self.rows[AREAS[place]].setFocus()

    def _clear(self, area: int) -> None:
        document, text = self._document, f"Clear {label(area).lower()}"
        document.undo_stack.beginMacro(text)
        document.clear_area(area, text)
        document.set_path(area, None, text)
        document.undo_stack.endMacro()

    def _on_area_changed(self, area: int) -> None:
        for each, row in self.rows.items():
            row.setChecked(each == area)

    def _refresh(self) -> None:
        counts, paths = self._document.counts, self._document.shot.paths
        whole = max(1, self._document.labels.size)
        for area, row in self.rows.items():
            painted, path = counts[area] > 0, paths.get(area)
            state, trouble = self._state(area, path, painted=painted)
            row.show_state(counts[area] / whole, state, trouble=trouble, painted=painted)
        self._refresh_buttons()

    def _state(self, area: int, path: Path | None, *, painted: bool) -> tuple[str, bool]:
        """A few words about the path, and whether they name a trouble."""
        if area == STATIC:
            return ("stays still" if painted else "", False)
        if path is None or not path.points:
            return ("no path" if painted else "", painted)
        if not painted:
            return ("no area", True)
        if len(path.points) == 1:
            return ("1 point", True)
        if length(path) < SHORT_PATH * self._document.shot.size[0]:
            return ("short path", True)
        return (f"{len(path.points)} points", False)

    def _refresh_view(self) -> None:
        hidden, locked = self._toolbox.hidden, self._toolbox.locked
        for area, row in self.rows.items():
            row.show_view(hidden=area in hidden, locked=area in locked)
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        counts, paths = self._document.counts, self._document.shot.paths
        for area, row in self.rows.items():
            something = counts[area] > 0 or area in paths
            row.clear_button.setEnabled(something and area not in self._toolbox.locked)
