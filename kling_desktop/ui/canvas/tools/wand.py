"""The wand: a click selects the connected pixels whose colour is close to the one clicked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt

from kling_desktop.model.areas import Mask, Rect
from kling_desktop.ui.canvas.stage import Pointer
from kling_desktop.ui.canvas.tools.base import CanvasTool


class Wand(CanvasTool):
    """Alt takes the pixels from the area instead."""

    cursor = Qt.CursorShape.CrossCursor

    def press(self, at: Pointer) -> None:
        stage = self.stage
        if not stage.view.covers(at.x, at.y):
            return
        seed = int(at.x), int(at.y)
        rect, mask = flood(stage.document.pixels, seed, stage.tolerance)
        text = "Wand: remove" if at.alt else "Wand"
        stage.fill(rect, mask, subtract=at.alt, text=text)


def flood(
    pixels: npt.NDArray[np.uint8], seed: tuple[int, int], tolerance: int
) -> tuple[Rect, Mask]:
    """The pixels connected to ``seed`` (x, y) whose channels all differ by ``tolerance`` at most.

    Returns the rectangle that holds them and the mask inside it.
    """
    import cv2

    height, width = pixels.shape[:2]
    mask = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | (255 << 8) | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
    limit = (tolerance,) * 3
    source = pixels if pixels.flags.writeable else pixels.copy()  # cv2 insists, and writes nothing
    _, _, _, (x, y, w, h) = cv2.floodFill(source, mask, seed, 0, limit, limit, flags)
    return Rect(x, y, x + w, y + h), mask[y + 1 : y + h + 1, x + 1 : x + w + 1] == 255
