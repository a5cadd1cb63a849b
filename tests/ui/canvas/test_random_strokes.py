"""Whatever is done with whichever tool, undo and redo lead back and forth exactly."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from kling_desktop.model.areas import AREAS
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Combine, Mark, Tool, Toolbox
from tests.ui.canvas.hand import PLAIN, Hand
from tests.ui.canvas.proof import (
    ALT,
    CTRL,
    SHIFT,
    SHIFT_ALT,
    exactly_undone,
    open_square,
    recounted,
    settle,
)

OPERATIONS = 200
WIDTH, HEIGHT = 160, 120
PAINTS = [tool for tool in Tool if tool not in {Tool.PAN, Tool.PATH}]

KEYS = [PLAIN, PLAIN, PLAIN, ALT, SHIFT, SHIFT_ALT, CTRL, CTRL | ALT]
ENDS = ["escape", "tool", "area", "lost"]
PRESSED = [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Backspace]
KINDS = {
    "gesture": 60,
    "broken off": 8,
    "key": 6,
    "history": 8,
    "area": 12,
    "lock": 3,
    "hide": 3,
    "choose": 4,
    "size": 4,
    "wait": 4,
}
"""What is done, and how often."""


def operation(number: int) -> tuple:
    """One of very many: what is done, and with what. Each is told by a number alone, so that what
    Hypothesis finds stays short."""
    pick = Random(number)
    kind = pick.choices(list(KINDS), list(KINDS.values()))[0]
    area, tool = pick.choice(AREAS), pick.choice(PAINTS)
    line = [
        (float(pick.randint(-20, WIDTH + 20)), float(pick.randint(-20, HEIGHT + 20)))
        for _ in range(pick.randint(1, 4))
    ]
    details: dict[str, tuple] = {
        "gesture": (tool, line, pick.choice(KEYS), pick.choice(KEYS)),
        "broken off": (tool, line, pick.choice(KEYS), pick.choice(ENDS)),
        "key": (pick.choice(PRESSED),),
        "history": (pick.choice(["undo", "undo", "redo"]),),
        "area": (area,),
        "lock": (area, pick.random() < 0.3),
        "hide": (area, pick.random() < 0.5),
        "choose": (
            {
                "combine": pick.choice([Combine.ADD, Combine.ADD, *Combine]),
                "mark": pick.choice([Mark.BOX, *Mark]),
                "tolerance": pick.randint(0, 80),
                "contiguous": pick.random() < 0.5,
                "stabiliser": pick.choice([0, 0, 5]),
            },
        ),
        "size": (pick.uniform(0.5, 25.0),),
        "wait": (),
    }
    return kind, *details[kind]


class Session:
    """An artist at a canvas of their own."""

    def __init__(self) -> None:
        self.document, self.toolbox = Document(), Toolbox()
        self.canvas = Canvas(self.document, self.toolbox, Notices())
        self.canvas.resize(300, 240)
        self.canvas.show()
        open_square(self.document, WIDTH, HEIGHT)
        self.hand = Hand(self.canvas)
        self.start = self.document.labels.copy()

    def close(self) -> None:
        self.toolbox.tool = Tool.PAN
        settle(self.canvas)
        self.canvas.close()
        self.canvas.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def gesture(self, tool: Tool, line: list, held: object, at_end: object) -> None:
        self.toolbox.tool = tool
        self.hand.press(line[0], keys=held)
        for place in line[1:]:
            self.hand.move(place, keys=held)
        self.hand.release(line[-1], keys=at_end)

    def broken_off(self, tool: Tool, line: list, held: object, how: str) -> None:
        self.toolbox.tool = tool
        self.hand.press(line[0], keys=held)
        for place in line[1:]:
            self.hand.move(place, keys=held)
        if how == "escape":
            self.hand.key(Qt.Key.Key_Escape)
        elif how == "tool":
            self.toolbox.tool = Tool.BRUSH
        elif how == "area":
            self.toolbox.area = self.toolbox.area % 7 + 1
        else:
            self.hand.hover(line[-1])

    def key(self, key: Qt.Key) -> None:
        self.hand.key(key)

    def history(self, which: str) -> None:
        """As the window does it: not into a gesture under way."""
        if not self.canvas.cancel():
            getattr(self.document.undo_stack, which)()

    def area(self, area: int) -> None:
        self.toolbox.area = area

    def lock(self, area: int, locked: bool) -> None:
        self.toolbox.set_locked(area, locked=locked)

    def hide(self, area: int, hidden: bool) -> None:
        self.toolbox.set_hidden(area, hidden=hidden)

    def choose(self, options: dict) -> None:
        self.toolbox.choose(**options)

    def size(self, radius: float) -> None:
        self.toolbox.radius = radius

    def wait(self) -> None:
        settle_search(self.canvas)


def settle_search(canvas: Canvas) -> None:
    """Wait for an answer, but not for the end of a polygon whose corners are being clicked."""
    if canvas.stage.toolbox.tool == Tool.SMART:
        settle(canvas)


@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.integers(0, 2**32), min_size=OPERATIONS, max_size=OPERATIONS))
def test_two_hundred_operations(qapp: object, numbers: list[int]) -> None:
    session = Session()
    document = session.document
    try:
        for name, *details in map(operation, numbers):
            getattr(session, name.replace(" ", "_"))(*details)
        session.toolbox.tool = Tool.PAN
        assert document.labels.max() <= 7
        assert recounted(document)
        assert exactly_undone(document, session.start)
        while document.undo_stack.canUndo():
            document.undo_stack.undo()
        assert np.array_equal(document.labels, session.start)
        while document.undo_stack.canRedo():
            document.undo_stack.redo()
        assert recounted(document)
    finally:
        session.close()
