"""Options of the tools that select: how selections combine, and what each tool needs beside."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from kling_desktop.ui.panels.choices import Choices
from kling_desktop.ui.panels.option_row import Measure, hint, row
from kling_desktop.ui.toolbox import Combine, Mark, Options, Tool, Toolbox

COMBINES = (
    (Combine.ADD, "combine-add", "Add to the area"),
    (Combine.SUBTRACT, "combine-subtract", "Take from the area (Alt)"),
    (
        Combine.INTERSECT,
        "combine-intersect",
        "Keep of the area only what is selected (Shift+Alt)",
    ),
)
MARKS = (
    (Mark.BOX, "mark-box", "Drag a box around it"),
    (Mark.INSIDE, "mark-inside", "Scribble over what belongs to it (Ctrl)"),
    (Mark.OUTSIDE, "mark-outside", "Scribble over what does not (Ctrl+Alt)"),
)
HINTS = {
    Tool.LASSO: "Draw around it, or click corner by corner; a double click closes the outline.",
    Tool.RECTANGLE: "Drag from corner to corner. Shift makes a square.",
    Tool.ELLIPSE: "Drag from corner to corner. Shift makes a circle.",
    Tool.FILL: "Click inside an outline to fill it.",
}
SMART = "Enter accepts, Esc takes back."


class CombineChoices(Choices):
    """Add, take away, or keep what is common."""

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__("How selections combine with the area", COMBINES, parent)
        self.chosen.connect(lambda value: toolbox.choose(combine=value))
        toolbox.options_changed.connect(self._show)
        self._show(toolbox.options)

    def _show(self, options: Options) -> None:
        self.show_value(options.combine)


class ShapeOptions(QWidget):
    """Of the tools that draw an outline or click into one: how it combines, and a hint."""

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combine, self.hint = CombineChoices(toolbox), hint()
        layout = row(self)
        layout.addWidget(self.combine)
        layout.addSpacing(8)
        layout.addWidget(self.hint, 1)

    def show_tool(self, tool: Tool) -> None:
        self.hint.setText(HINTS[tool])
        self.hint.setToolTip(HINTS[tool])


class WandOptions(QWidget):
    """Tolerance, and whether only what is connected counts."""

    done = Signal()

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combine = CombineChoices(toolbox)
        self.tolerance = Measure("tolerance", "Tolerance", "Tolerance of the wand", limits=(0, 255))
        self.tolerance.setToolTip("How far a colour may differ from the one clicked")
        self.contiguous = QCheckBox("Connected")
        self.contiguous.setObjectName("contiguous")
        self.contiguous.setToolTip(
            "Only what is connected to the place clicked; off: that colour everywhere"
        )
        layout = row(self)
        layout.addWidget(self.combine)
        layout.addSpacing(8)
        layout.addWidget(self.tolerance)
        layout.addSpacing(8)
        layout.addWidget(self.contiguous)
        layout.addStretch()
        self.tolerance.done.connect(self.done)
        self.tolerance.changed.connect(lambda value: toolbox.choose(tolerance=value))
        self.contiguous.toggled.connect(lambda on: toolbox.choose(contiguous=on))
        toolbox.options_changed.connect(self._show)
        self._show(toolbox.options)

    def _show(self, options: Options) -> None:
        self.tolerance.show_value(options.tolerance)
        self.contiguous.setChecked(options.contiguous)


class SmartOptions(QWidget):
    """What a drag means to the smart selection."""

    def __init__(self, toolbox: Toolbox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combine = CombineChoices(toolbox)
        self.mark = Choices("What a drag means", MARKS)
        self.hint = hint()
        layout = row(self)
        layout.addWidget(self.combine)
        layout.addSpacing(8)
        layout.addWidget(self.mark)
        layout.addSpacing(8)
        layout.addWidget(self.hint, 1)
        self.mark.chosen.connect(lambda value: toolbox.choose(mark=value))
        toolbox.options_changed.connect(self._show)
        self._show(toolbox.options)

    def _show(self, options: Options) -> None:
        self.mark.show_value(options.mark)
        what = next(tip for mark, _, tip in MARKS if mark == options.mark).partition(" (")[0]
        said = f"{what}. {SMART}"
        self.hint.setText(said)
        self.hint.setToolTip(said)
