"""The options of the tool in hand: one row of widgets for each kind of tool."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.option_row import hint
from kling_desktop.ui.panels.options_brush import BrushOptions, EdgeOptions
from kling_desktop.ui.panels.options_path import PathOptions
from kling_desktop.ui.panels.options_select import ShapeOptions, SmartOptions, WandOptions
from kling_desktop.ui.toolbox import Tool, Toolbox

PAN = "Drag to move the view."


class ToolOptions(QStackedWidget):
    """Shows the page that belongs to the tool."""

    done = Signal()
    """A number was entered: the keyboard may go back to the canvas."""

    def __init__(self, document: Document, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.brush, self.edge = BrushOptions(toolbox), EdgeOptions(toolbox)
        self.shape, self.smart = ShapeOptions(toolbox), SmartOptions(toolbox)
        self.wand, self.path = WandOptions(toolbox), PathOptions(document, toolbox)
        self.hint = hint(PAN)
        self._pages: dict[Tool, QWidget] = {
            Tool.PAN: self.hint,
            Tool.BRUSH: self.brush,
            Tool.ERASER: self.brush,
            Tool.EDGE: self.edge,
            Tool.LASSO: self.shape,
            Tool.RECTANGLE: self.shape,
            Tool.ELLIPSE: self.shape,
            Tool.WAND: self.wand,
            Tool.SMART: self.smart,
            Tool.FILL: self.shape,
            Tool.PATH: self.path,
        }
        for page in dict.fromkeys(self._pages.values()):
            self.addWidget(page)
        for page_done in (self.brush.done, self.edge.done, self.wand.done):
            page_done.connect(self.done)
        toolbox.tool_changed.connect(self._on_tool_changed)
        self._on_tool_changed(toolbox.tool)

    def minimumSizeHint(self) -> QSize:
        """Of the page shown alone: what the others need is none of its business."""
        page = self.currentWidget()
        return page.minimumSizeHint() if page else super().minimumSizeHint()

    def _on_tool_changed(self, tool: Tool) -> None:
        page = self._pages[tool]
        if page is self.shape:
            self.shape.show_tool(tool)
        self.setCurrentWidget(page)
        self.updateGeometry()
