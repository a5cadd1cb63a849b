"""The areas panel: seven rows, six moving areas and the static one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kling_desktop.model.areas import AREAS, STATIC
from kling_desktop.model.checks_motion import SHORT_PATH
from kling_desktop.model.path import Path, length
from kling_desktop.model.shot import AreaLook
from kling_desktop.ui.area_words import in_words
from kling_desktop.ui.colours import label
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.area_row import AreaRow
from kling_desktop.ui.panels.section import Section
from kling_desktop.ui.toolbox import Toolbox


class AreasPanel(QWidget):
    """Shows what is painted, takes an area in hand, names it, hides, locks and clears."""

    menu_requested = Signal(QPoint)
    """A place on the screen for the menu of the area in hand."""
    clear_requested = Signal(int)
    mask_dropped = Signal(object)
    """Path of a file to import into the area in hand."""
    left = Signal()
    """The mouse is done with a row: the keyboard may go back to the canvas."""

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
        document.opened.connect(self._refresh_looks)
        document.looks_changed.connect(self._refresh_looks)
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

    def rename(self, area: int) -> None:
        """Let the artist name an area, in its row."""
        self.section.fold(folded=False)
        self.rows[area].begin_rename()

    def place(self, area: int) -> QPoint:
        """Where on the screen something about an area may open: left of its row."""
        row = self.rows[area]
        return row.mapToGlobal(row.rect().topLeft())

    def _row(self, area: int) -> AreaRow:
        row = AreaRow(area)
        row.clicked.connect(lambda: self._on_clicked(area))
        row.left.connect(self.left)
        row.moved.connect(lambda step: self._on_moved(area, step))
        row.hide_button.clicked.connect(lambda on: self._toolbox.set_hidden(area, hidden=on))
        row.lock_button.clicked.connect(lambda on: self._toolbox.set_locked(area, locked=on))
        row.clear_button.clicked.connect(lambda: self.clear_requested.emit(area))
        row.renamed.connect(lambda name: self._rename(area, name))
        row.menu_requested.connect(lambda place: self._on_menu(area, place))
        row.file_dropped.connect(lambda path: self._on_dropped(area, path))
        return row

    def _on_clicked(self, area: int) -> None:
        self._toolbox.area = area
        self._on_area_changed(self._toolbox.area)

    def _on_moved(self, area: int, step: int) -> None:
        place = AREAS.index(area) + step
        if 0 <= place < len(AREAS):
            self._toolbox.area = AREAS[place]
            self.rows[AREAS[place]].setFocus()

    def _on_menu(self, area: int, place: QPoint) -> None:
        self._on_clicked(area)
        self.menu_requested.emit(place)

    def _on_dropped(self, area: int, path: object) -> None:
        self._on_clicked(area)
        self.mask_dropped.emit(path)

    def _rename(self, area: int, name: str) -> None:
        looks = self._document.shot.looks
        kept = "" if name == label(area) else name
        look = replace(looks.get(area, AreaLook()), name=kept)
        self._document.set_look(area, look, f"Rename {in_words(area, looks)}")

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

    def _refresh_looks(self) -> None:
        for row in self.rows.values():
            row.show_looks(self._document.shot.looks)
        self._refresh()
        self._refresh_view()

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
