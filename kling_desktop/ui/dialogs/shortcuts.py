"""Lists every key and gesture: keys straight from the actions, so that the list is never wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.ui.action_spec import plain
from kling_desktop.ui.actions import MENUS, TABLE
from kling_desktop.ui.area_words import tip
from kling_desktop.ui.dialogs.gestures import GESTURES
from kling_desktop.ui.theme import set_tone

WALKS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
ROW = 22
Rows = list[tuple[str, str]]


class ShortcutsDialog(QDialog):
    """What and how, under the names of the menus and tools, with a line to search in.

    Letters go to the search and arrows to the list, wherever the keyboard is.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts")
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(560, 640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit(placeholderText="Search", clearButtonEnabled=True)
        self.search.setAccessibleName("Search for what it does, or for a key")
        self.list = self._listed([*_keys(actions), *_gestures()])
        self.nothing = QLabel("Nothing does that. Search for another word, or for a key.")
        set_tone(self.nothing, "muted")
        self.nothing.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.nothing)
        layout.addWidget(buttons)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.search and event.key() in WALKS:
                self.list.setFocus()
                self.list.keyPressEvent(event)
                return True
            if watched is self.list and (event.text().isprintable() and event.text().strip()):
                self.search.setFocus()
                self.search.keyPressEvent(event)
                return True
        return super().eventFilter(watched, event)

    def _listed(self, sections: list[tuple[str, Rows]]) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setRootIsDecorated(False)
        tree.setItemsExpandable(False)
        tree.setIndentation(12)
        tree.setHeaderLabels(["What", "How"])
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for heading, rows in sections:
            top = QTreeWidgetItem([heading])
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = top.font(0)
            font.setBold(True)
            top.setFont(0, font)
            top.setSizeHint(0, QSize(0, 2 * ROW - 8))
            top.setTextAlignment(0, Qt.AlignmentFlag.AlignBottom)
            tree.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for what, how in rows:
                row = QTreeWidgetItem([what, how])
                row.setSizeHint(0, QSize(0, ROW))
                row.setToolTip(0, tip(what))
                top.addChild(row)
            top.setExpanded(True)
        tree.resizeColumnToContents(1)
        return tree

    def _filter(self, text: str) -> None:
        """Keep the rows that hold every word; a heading that does keeps all of its rows."""
        words = text.casefold().split()
        found = False
        for index in range(self.list.topLevelItemCount()):
            top = self.list.topLevelItem(index)
            if top is None:
                continue
            shown = 0
            for row in filter(None, map(top.child, range(top.childCount()))):
                said = f"{top.text(0)} {row.text(0)} {row.text(1)}".casefold()
                row.setHidden(not all(word in said for word in words))
                shown += not row.isHidden()
            top.setHidden(not shown)
            found = found or shown > 0
        self.nothing.setVisible(not found)


def _keys(actions: Mapping[str, QAction]) -> Iterator[tuple[str, Rows]]:
    native = QKeySequence.SequenceFormat.NativeText
    for menu in MENUS:
        rows = []
        for spec in TABLE:
            action = actions[spec.id]
            if spec.menu == menu and action.shortcuts():
                keys = "  or  ".join(key.toString(native) for key in action.shortcuts())
                named = action.text() if spec.area is not None else spec.text
                rows.append((plain(named), keys))
        if rows:
            yield menu, rows


def _gestures() -> Iterator[tuple[str, Rows]]:
    for heading, rows in GESTURES.items():
        yield heading, list(rows)
