"""The real program on a real X server, with so much to do at every move that moves pile up.

    python -m tests.ui.x11_stroke PHOTO HOME RESULT MILLISECONDS {as-built|compressed}

Prints one line of JSON once the brush may begin. After the first stroke it writes to RESULT (.npz)
where the brush was dragged, in image pixels, and the label map, and ends.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer

from kling_desktop import app as program
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.stage import Pointer
from kling_desktop.ui.toolbox import Tool

RADIUS = 2.3
"""No half or whole number: the edge then passes through no pixel's centre, where rounding decides."""
LIMIT_MS = 60_000


class Load(QObject):
    """Keeps the GUI thread busy at every move of the pointer over a widget."""

    def __init__(self, milliseconds: float, parent: QObject) -> None:
        super().__init__(parent)
        self._nanoseconds = round(milliseconds * 1e6)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.MouseMove:
            end = time.perf_counter_ns() + self._nanoseconds
            while time.perf_counter_ns() < end:
                pass
        return False


class Listener(QObject):
    """Notes every place that the brush is dragged to, and ends the program after the stroke."""

    def __init__(self, app: program.App, canvas: Canvas, result: Path) -> None:
        super().__init__(app)
        self._app, self._canvas, self._result = app, canvas, result
        self._places: list[Point] = []
        brush = canvas._tools[Tool.BRUSH]
        drag = brush.drag

        def noted(at: Pointer) -> None:
            self._places.append((at.x, at.y))
            drag(at)

        brush.drag = noted
        app.document.undo_stack.indexChanged.connect(self._on_step)
        self._clock = QTimer(self, interval=10)
        self._clock.timeout.connect(self._tell_when_ready)
        self._clock.start()

    def _tell_when_ready(self) -> None:
        """The window is up; the picture is shown at one screen pixel for each of its own."""
        canvas, handle = self._canvas, self._app.window.windowHandle()
        if handle is None or not handle.isExposed():
            return
        self._clock.stop()
        canvas.actual_size()
        corner, view = canvas.mapToGlobal(QPoint()), canvas.stage.view
        told = {"corner": (corner.x(), corner.y()), "size": (canvas.width(), canvas.height())}
        told |= {"origin": view.to_image(0.0, 0.0), "zoom": view.zoom, "ratio": view.ratio}
        print(json.dumps(told), flush=True)

    def _on_step(self, index: int) -> None:
        np.savez(self._result, places=np.array(self._places), labels=self._app.document.labels)
        self._app.application.exit()  # quit() would ask about unsaved work


def main(photo: str, home: str, result: str, milliseconds: str, mode: str) -> int:
    app = program.build([photo], home=Path(home))
    if mode == "compressed":  # as Qt's plugin for X11 leaves it: what the product must not do
        app.application.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, True)
    canvas = app.window.canvas
    app.toolbox.tool, app.toolbox.radius = Tool.BRUSH, RADIUS
    app.window.resize(1280, 800)
    app.window.show()
    canvas.installEventFilter(Load(float(milliseconds), app))
    Listener(app, canvas, Path(result))
    QTimer.singleShot(LIMIT_MS, lambda: app.application.exit(1))
    status = app.application.exec()
    app.shutdown()
    return int(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
