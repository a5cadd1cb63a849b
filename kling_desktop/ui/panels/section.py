"""A titled part of a panel that folds away, and remembers that it did."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from kling_desktop.ui.icons import RECOLOURS, icon


class Section(QWidget):
    """A heading button over a body. ``folded`` says whether the body is away."""

    folded_changed = Signal(bool)

    def __init__(
        self,
        title: str,
        body: QWidget,
        beside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``beside`` stays at the right of the heading."""
        super().__init__(parent)
        self.body = body
        self._heading = QToolButton()
        self._heading.setObjectName("sectionHeading")
        self._heading.setText(title)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.setIconSize(QSize(16, 16))
        self._heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._heading.clicked.connect(lambda: self.fold(folded=not self.folded))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self._heading)
        if beside is not None:
            head.addWidget(beside)
        layout.addLayout(head)
        layout.addWidget(body)
        self._draw()

    @property
    def folded(self) -> bool:
        return self.body.isHidden()

    def fold(self, *, folded: bool) -> None:
        """Put the body away, or bring it back."""
        if folded != self.folded:
            self.body.setVisible(not folded)
            self._draw()
            self.folded_changed.emit(folded)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RECOLOURS:
            self._draw()

    def _draw(self) -> None:
        self._heading.setIcon(icon("chevron-right" if self.folded else "chevron-down"))
        self._heading.setAccessibleDescription("folded" if self.folded else "open")


def remember_folding(
    sections: dict[str, Section], read: Callable[[str], bool], write: Callable[[str, bool], None]
) -> None:
    """Fold the sections as they were left, and keep it so."""
    for name, section in sections.items():
        section.fold(folded=read(name))
        section.folded_changed.connect(lambda folded, name=name: write(name, folded))
