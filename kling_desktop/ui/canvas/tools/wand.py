"""The wand: a click selects the pixels whose colour is close to the one clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QPainter

from kling_desktop.imaging.flood import flood
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.dashes import box_of
from kling_desktop.ui.canvas.tools.preview import Preview
from kling_desktop.ui.canvas.tools.search import Search
from kling_desktop.ui.canvas.tools.selection import Selection
from kling_desktop.ui.toolbox import Combine, Options

AT_ONCE = 4_000_000
"""Pixels of a picture up to which the artist does not notice how long it takes."""


class Wand(Selection):
    """Shows beforehand what it would select; the place and the keys count when the button is let
    go. In a large picture it looks in a thread, and Escape stops it."""

    name = "Wand"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._pressed = False
        self._preview = Preview(stage)
        self._search: Search[tuple[Rect, Mask]] = Search("wand", self._on_found, stage.canvas)
        self._asked = Combine.ADD

    @property
    def active(self) -> bool:
        return self._pressed or self._search.running

    def press(self, at: Pointer) -> None:
        self.cancel()
        if self.may_begin():
            self._pressed = True
            self.hover(at)

    def drag(self, at: Pointer) -> None:
        if self._pressed:
            self.hover(at)

    def hover(self, at: Pointer) -> None:
        self.at = at
        self.show(box_of(at.point) if self._pressed else None)
        stage = self.stage
        if stage.view.covers(at.x, at.y) and stage.toolbox.area not in stage.toolbox.locked:
            self._preview.look(at.point)
        else:
            self._preview.clear()

    def release(self, at: Pointer) -> None:
        if not self._pressed:
            return
        self.cancel()
        self.at = at
        if not self.stage.view.covers(at.x, at.y):
            return
        pixels = self.stage.document.pixels
        work = partial(_flood, pixels, (int(at.x), int(at.y)), self.stage.toolbox.options)
        self._asked = self.how
        if pixels.shape[0] * pixels.shape[1] <= AT_ONCE:
            self.take(*work(), self._asked)
        else:
            self.show_busy(busy=True)
            self._search.start(work)

    def cancel(self) -> None:
        self._pressed = False
        self._search.cancel()
        self._preview.clear()
        self.show(None)
        self.show_busy(busy=False)

    def area_changed(self) -> None:
        self.cancel()

    def draw(self, painter: QPainter) -> None:
        self._preview.draw(painter)
        if self._pressed:
            self.draw_sign(painter)

    def _on_found(self, found: tuple[Rect, Mask] | None) -> None:
        self.cancel()
        if found is not None:
            self.take(*found, self._asked)


def _flood(
    pixels: npt.NDArray[np.uint8],
    seed: tuple[int, int],
    options: Options,
    _cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Rect, Mask]:
    return flood(pixels, seed, options.tolerance, contiguous=options.contiguous)
