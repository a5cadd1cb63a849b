"""Lists every key of the window, straight from its actions, so that the list is never wrong."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

ON_THE_CANVAS = (
    ("Zoom at the pointer", "Wheel"),
    ("Brush size", "Ctrl+Wheel"),
    ("Move the view", "Space and drag, or middle button"),
)


class ShortcutsDialog(QDialog):
    """Two columns, what and key, with a line to search in."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts")
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(460, 560)
        self.search = QLineEdit(placeholderText="Search", clearButtonEnabled=True)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setAlternatingRowColors(True)
        self.list.setHeaderLabels(["What", "Key"])
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.setUniformRowHeights(True)
        for what, keys in [*_rows(actions), *ON_THE_CANVAS]:
            self.list.addTopLevelItem(QTreeWidgetItem([what, keys]))
        self.list.resizeColumnToContents(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.search.textChanged.connect(self._filter)

    def _filter(self, text: str) -> None:
        for index in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(index)
            if item is not None:
                words = f"{item.text(0)} {item.text(1)}".casefold()
                item.setHidden(text.strip().casefold() not in words)


def _rows(actions: Iterable[QAction]) -> list[tuple[str, str]]:
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (
            action.text().replace("&", "").rstrip("…"),
            "  or  ".join(key.toString(native) for key in action.shortcuts()),
        )
        for action in actions
        if action.shortcuts()
    ]
