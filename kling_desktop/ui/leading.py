"""Leads from a problem to its field: the area with the right tool, or a field of the column."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kling_desktop.model.areas import AREAS, STATIC
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.column import Column
from kling_desktop.ui.toolbox import Tool, Toolbox


def lead_to(
    field: str, document: Document, toolbox: Toolbox, canvas: QWidget, column: Column
) -> None:
    """``field`` as a Problem names it; what is unknown leads to the canvas."""
    kind, _, number = field.partition(".")
    if kind in {"areas", "paths"} and number.isdecimal() and int(number) in AREAS:
        area = int(number)
        toolbox.area = area
        painted = document.counts[area] > 0
        toolbox.tool = Tool.PATH if painted and area != STATIC else Tool.BRUSH
        canvas.setFocus()
    elif not column.lead_to(field):
        canvas.setFocus()
