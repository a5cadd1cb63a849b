"""The window's bars: options above, tools at the left, facts about picture and pointer below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QSizePolicy,
    QStatusBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from kling_desktop.ui.actions import Actions
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.tool_options import ToolOptions
from kling_desktop.ui.theme import set_tone

ICON = QSize(20, 20)
STRIP = (
    ("tool.pan",),
    ("tool.brush", "tool.eraser", "tool.edge"),
    ("tool.lasso", "tool.rectangle", "tool.ellipse", "tool.wand", "tool.smart", "tool.fill"),
    ("tool.path",),
)


def tool_strip(actions: Actions) -> QToolBar:
    """The tools, one below the other."""
    strip = _bar("toolStrip", "Tools")
    strip.setOrientation(Qt.Orientation.Vertical)
    for index, part in enumerate(STRIP):
        if index:
            strip.addSeparator()
        for action_id in part:
            strip.addAction(actions[action_id])
    return strip


def options_bar(actions: Actions, options: ToolOptions, zoom: QLabel) -> QToolBar:
    """File, undo, the options of the tool in hand, zoom, and the draft."""
    bar = _bar("optionsBar", "Options")
    for part in (("file.open", "file.save"), ("edit.undo", "edit.redo")):
        for action_id in part:
            bar.addAction(actions[action_id])
        bar.addSeparator()
    options.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    bar.addWidget(options)
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    zoom.setMinimumWidth(zoom.fontMetrics().horizontalAdvance("3200 %"))
    zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
    bar.addAction(actions["view.zoomOut"])
    bar.addWidget(zoom)
    for action_id in ("view.zoomIn", "view.fit", "view.actual"):
        bar.addAction(actions[action_id])
    bar.addSeparator()
    bar.addAction(actions["motion.play"])
    play = bar.widgetForAction(actions["motion.play"])
    if isinstance(play, QToolButton):
        play.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return bar


class Status(QStatusBar):
    """What is going on, the picture's size, and where the pointer is in it."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.work, self.size_label, self.place = QLabel(), QLabel(), QLabel()
        for label in (self.work, self.size_label, self.place):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "small")
            set_tone(label, "muted")
            label.setContentsMargins(8, 0, 8, 0)
        width = self.place.fontMetrics().horizontalAdvance("x 00000, y 00000")
        self.place.setMinimumWidth(width + 16)
        self.addWidget(self.work, 1)
        self.addPermanentWidget(self.place)
        self.addPermanentWidget(self.size_label)
        self.setSizeGripEnabled(False)
        document.opened.connect(self._show_size)
        self._show_size()

    def show_work(self, what: str) -> None:
        self.work.setText(what)

    def show_place(self, point: QPointF | None) -> None:
        """``point`` in image pixels; outside the picture nothing is said."""
        width, height = self._document.shot.size
        inside = point is not None and 0 <= point.x() < width and 0 <= point.y() < height
        if point is not None and inside:
            self.place.setText(f"x {int(point.x())}, y {int(point.y())}")
        else:
            self.place.setText("")

    def _show_size(self) -> None:
        width, height = self._document.shot.size
        self.size_label.setText(f"{width} × {height} px" if width else "No picture")


def _bar(name: str, title: str) -> QToolBar:
    bar = QToolBar(title)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setIconSize(ICON)
    # A tool bar asks for its padding only when the style changes, not when it gets its name.
    bar.ensurePolished()
    QApplication.sendEvent(bar, QEvent(QEvent.Type.StyleChange))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    return bar
