"""Makes every tool that the canvas can take in hand."""

from __future__ import annotations

from kling_desktop.ui.canvas.stage import Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool
from kling_desktop.ui.canvas.tools.brush import Brush
from kling_desktop.ui.canvas.tools.edge import EdgeBrush
from kling_desktop.ui.canvas.tools.fill import Fill
from kling_desktop.ui.canvas.tools.lasso import Lasso
from kling_desktop.ui.canvas.tools.pan import Pan
from kling_desktop.ui.canvas.tools.path import PathTool
from kling_desktop.ui.canvas.tools.shapes import Ellipse, Rectangle
from kling_desktop.ui.canvas.tools.smart import Smart
from kling_desktop.ui.canvas.tools.wand import Wand
from kling_desktop.ui.toolbox import Tool


def kit(stage: Stage) -> dict[Tool, CanvasTool]:
    """One of each, all at work on the same stage."""
    return {
        Tool.PAN: Pan(stage),
        Tool.BRUSH: Brush(stage, erases=False),
        Tool.ERASER: Brush(stage, erases=True),
        Tool.EDGE: EdgeBrush(stage),
        Tool.LASSO: Lasso(stage),
        Tool.RECTANGLE: Rectangle(stage),
        Tool.ELLIPSE: Ellipse(stage),
        Tool.WAND: Wand(stage),
        Tool.SMART: Smart(stage),
        Tool.FILL: Fill(stage),
        Tool.PATH: PathTool(stage),
    }
