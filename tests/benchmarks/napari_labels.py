"""Our brush event against the one of napari's Labels layer, alternating in one run.

    python tests/benchmarks/napari_labels.py [SIDE] [ROUNDS]

napari is no dependency of ours. To get it, make a virtual environment of its own:

    python -m venv VENV
    VENV/bin/pip install napari numpy opencv-python-headless "PySide6-Essentials<6.12" "PySide6-Addons<6.12" pydantic
    QT_QPA_PLATFORM=xcb xvfb-run -s "-screen 0 1920x1200x24" VENV/bin/python tests/benchmarks/napari_labels.py

Ours is the whole event, picture on the screen included. Of napari's it is first ``Labels._draw``
alone, which changes the array and draws nothing, and then the same with the frame that shows it.
Only the latter needs OpenGL, and so a display.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from tests.benchmarks import canvas as ours

AREA = 1
FRAME_MOVES = 16
"""A frame of software OpenGL may take a tenth of a second: fewer moves will do."""
SMALL = (64, 64)
"""A frame with next to nothing to draw: what the fastest graphics card would leave of it."""
Paint = Callable[[tuple[float, float], tuple[float, float]], None]
"""What napari does from one place to the next, both (row, column)."""


def labels_layer(side: int) -> Any:
    from napari.layers import Labels

    layer = Labels(np.zeros((side, side), np.uint8))
    layer.brush_size = 2 * ours.RADIUS
    layer.mode = "paint"
    return layer


def alone(layer: Any) -> Paint:
    return lambda last, place: layer._draw(AREA, last, place)


@contextmanager
def with_frame(bench: ours.Bench, layer: Any, size: tuple[int, int]) -> Iterator[Paint]:
    """The same with a frame of that size after each, over the same photo at the same zoom."""
    import napari

    viewer = napari.Viewer(show=False)
    viewer.add_image(ours.photo(layer.data.shape[0]), rgb=True)
    viewer.add_layer(layer)
    viewer.camera.zoom = bench.canvas.zoom
    native = viewer.window._qt_viewer.canvas.native
    native.setParent(None)  # a window of its own: what is around it need not be drawn with it
    native.setFixedSize(*size)
    drawn: list[object] = []
    viewer.window._qt_viewer.canvas._scene_canvas.events.draw.connect(drawn.append)
    native.show()

    def frame() -> None:
        """Have it draw. Its window draws from its event loop only, and not at every turn of it."""
        before, limit = len(drawn), time.monotonic() + 20
        native.update()
        while len(drawn) == before:
            bench.app.processEvents()
            if time.monotonic() > limit:
                raise TimeoutError("napari draws no frame")

    def paint(last: tuple[float, float], place: tuple[float, float]) -> None:
        layer._draw(AREA, last, place)
        frame()

    for _ in range(10):  # until it has laid itself out
        frame()
    try:
        yield paint
    finally:
        viewer.close()
        bench.app.processEvents()


def microseconds(layer: Any, paint: Paint, places: list[tuple[float, float]]) -> ours.Times:
    times = []
    with layer.block_history():  # as its own mouse handler does for the length of a stroke
        for last, place in pairwise(places):
            start = time.perf_counter_ns()
            paint(last, place)
            times.append((time.perf_counter_ns() - start) / 1000)
    return times


def compare(
    bench: ours.Bench, layer: Any, paint: Paint, what: str, rounds: int, moves: int
) -> None:
    """Print medians and ratio at the zoom in use."""
    canvas = bench.canvas
    reach = min(ours.WIDTH / 2, canvas.stage.view.image[0] * canvas.zoom / 2)
    places: list[QPointF] = ours.stroke(reach)
    image = [canvas.stage.view.to_image(place.x(), place.y()) for place in places]
    rows = [(y, x) for x, y in image][: moves + 1]
    our, their, ratios = [], [], []
    for turn in range(rounds + 1):
        a = float(np.median(ours.play(bench, canvas, places)))
        b = float(np.median(microseconds(layer, paint, rows)))
        layer.data[:] = 0
        if turn:  # the first one warms up
            our.append(a)
            their.append(b)
            ratios.append(b / a)
    print(
        f"{what:28s} ours {np.median(our):7.1f} µs  napari {np.median(their):9.1f} µs  "
        f"ratio {np.median(ratios):6.2f}",
        flush=True,
    )


def main() -> int:
    if find_spec("napari") is None:
        print(
            "napari is not installed here, so nothing was measured; this file says how to get it."
        )
        return 0
    side = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    app = QApplication([])
    bench = ours.build(app, side)
    from napari import __version__

    print(f"napari {__version__}, {side}², {ours.WIDTH}×{ours.HEIGHT}, r = {ours.RADIUS:g}")
    layer = labels_layer(side)
    bench.canvas.fit()
    fit = bench.canvas.zoom
    for zoom, name in ((fit, "fit"), (1.0, "100 %")):
        bench.canvas.zoom = zoom
        compare(bench, layer, alone(layer), f"_draw alone, {name}", rounds, ours.MOVES)
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        print("_draw and its frame: not measured, because OpenGL needs a display; see this file.")
    else:
        for size in (SMALL, (ours.WIDTH, ours.HEIGHT)):
            layer = labels_layer(side)
            name = f"_draw and frame {size[0]}×{size[1]}"
            with with_frame(bench, layer, size) as paint:
                compare(bench, layer, paint, name, rounds, FRAME_MOVES)
    bench.canvas.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
