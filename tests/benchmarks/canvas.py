"""Brush events, repaints and zooming on a large picture, each against its floor in the same run.

    python tests/benchmarks/canvas.py [SIDE] [ROUNDS]

The floor of a brush event is what Qt needs to deliver it and to put the same rectangle of the
photo on the screen, plus the bare capsule drawn into the label map.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.imaging.strokes import capsule_bounds
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.overlay import palette
from kling_desktop.ui.canvas.scene import draw_level
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Toolbox

WIDTH, HEIGHT, RADIUS, MOVES = 1600, 1000, 60.0, 200
LEFT = Qt.MouseButton.LeftButton
Times = list[float]


@dataclass
class Bench:
    """A canvas on a made-up photo."""

    app: QApplication
    canvas: Canvas
    document: Document
    toolbox: Toolbox


def photo(side: int) -> np.ndarray:
    """Smooth structure and grain, RGB."""
    rng = np.random.default_rng(1)
    small = rng.integers(0, 255, (side // 64 + 2, side // 64 + 2, 3), np.uint8)
    smooth = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    return cv2.add(smooth, np.repeat(rng.integers(0, 24, (side, side, 1), np.uint8), 3, 2))


def build(app: QApplication, side: int) -> Bench:
    document, toolbox = Document(), Toolbox()
    canvas = Canvas(document, toolbox, Notices())
    canvas.setFixedSize(WIDTH, HEIGHT)
    document.open(of(Picture(b"", "PNG", side, side)), photo(side), None)
    toolbox.radius = RADIUS
    canvas.show()
    while canvas._photo.levels < 2:
        app.processEvents()
    return Bench(app, canvas, document, toolbox)


def stroke(reach: float) -> list[QPointF]:
    """A hand-like figure, 12 to 17 widget pixels a move."""
    t = np.linspace(0, 1, MOVES)
    x = WIDTH / 2 + (reach - 120) * np.sin(2 * np.pi * t * 0.85) * 0.92
    y = HEIGHT / 2 + (HEIGHT / 2 - 120) * np.sin(2 * np.pi * t * 1.7 + 0.4) * 0.92
    return [QPointF(a, b) for a, b in zip(x, y, strict=True)]


def event(kind: QEvent.Type, place: QPointF) -> QMouseEvent:
    moves = kind == QEvent.Type.MouseMove
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
    button = Qt.MouseButton.NoButton if moves else LEFT
    return QMouseEvent(kind, place, place, button, held, Qt.KeyboardModifier.NoModifier)


def play(bench: Bench, widget: QWidget, places: list[QPointF]) -> Times:
    """One stroke; microseconds of each move with its repaint."""
    app, times = bench.app, []
    moves = [event(QEvent.Type.MouseMove, place) for place in places]
    app.sendEvent(widget, event(QEvent.Type.MouseButtonPress, places[0]))
    app.processEvents()
    for move in moves:
        start = time.perf_counter_ns()
        app.sendEvent(widget, move)
        app.sendPostedEvents(widget.window(), QEvent.Type.UpdateRequest.value)
        times.append((time.perf_counter_ns() - start) / 1000)
    app.sendEvent(widget, event(QEvent.Type.MouseButtonRelease, places[-1]))
    app.processEvents()
    return times


class Floor(QWidget):
    """The least a brush widget can do: take the event, show the photo again where it painted."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedSize(WIDTH, HEIGHT)
        self.canvas = canvas
        self.last = (0.0, 0.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.last = self.canvas.stage.view.to_image(event.position().x(), event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        view, place = self.canvas.stage.view, event.position()
        point = view.to_image(place.x(), place.y())
        rect = capsule_bounds(self.last, point, RADIUS, RADIUS).clipped(*view.image)
        self.last = point
        self.update(QRect(*view.dirty(rect)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        view = self.canvas.stage.view
        painter = QPainter(self)
        image, level = self.canvas._photo.image(view.level)
        draw_level(painter, image, view, event.rect(), level=level, at=(0, 0))
        painter.end()


def bare_capsules(canvas: Canvas, labels: np.ndarray, places: list[QPointF]) -> Times:
    """Two cv2 calls for each move: a quadrilateral and the disc at its end."""
    points = [canvas.stage.view.to_image(p.x(), p.y()) for p in places]
    times = []
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        start = time.perf_counter_ns()
        length = max(float(np.hypot(bx - ax, by - ay)), 1e-6)
        nx, ny = -(by - ay) / length * RADIUS, (bx - ax) / length * RADIUS
        quad = ((ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny))
        corners = np.array([(int(x * 16), int(y * 16)) for x, y in quad], np.int32)
        cv2.fillConvexPoly(labels, corners, 1, 8, 4)
        cv2.circle(labels, (int(bx * 16), int(by * 16)), int(RADIUS * 16), 1, -1, 8, 4)
        times.append((time.perf_counter_ns() - start) / 1000)
    return times


def brush(bench: Bench, name: str, rounds: int) -> float:
    """Prints floor, event and ratio at the zoom in use; returns the event's median."""
    canvas, document = bench.canvas, bench.document
    reach = min(WIDTH / 2, canvas.stage.view.image[0] * canvas.zoom / 2)
    places = stroke(reach)
    floor = Floor(canvas)
    floor.show()
    bench.app.processEvents()
    spare = np.zeros_like(document.labels)
    ours: Times = []
    ratios = []
    for turn in range(rounds + 1):
        least = np.median(play(bench, floor, places)) + np.median(
            bare_capsules(canvas, spare, places)
        )
        times = play(bench, canvas, places)
        if turn:
            ours += times
            ratios.append(np.median(times) / least)
    floor.close()
    median, p99 = np.median(ours), np.percentile(ours, 99)
    print(
        f"brush {name:22s} {median:7.1f} µs  p99 {p99:7.1f}  p99/median {p99 / median:4.2f}  "
        f"ratio {np.median(ratios):5.2f}"
    )
    return float(median)


def timed(work: Callable[[], object], count: int) -> Times:
    times = []
    for _ in range(count):
        start = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times


def fit_frame(bench: Bench) -> None:
    """A whole repaint at fit against the full-resolution photo drawn smooth."""
    canvas = bench.canvas
    canvas.fit()
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image, _ = canvas._photo.image(0)
    colours = palette()[bench.document.labels]
    height, width = colours.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    areas = QImage(colours.data, width, height, 4 * width, form)

    def whole() -> None:
        painter = QPainter(target)
        for layer in (image, areas):
            draw_level(painter, layer, canvas.stage.view, target.rect(), level=0, at=(0, 0))
        painter.end()

    ours, theirs = timed(canvas.repaint, 30), timed(whole, 10)
    print(
        f"fit frame {np.median(ours):.2f} ms  ratio to full resolution 1/{np.median(theirs) / np.median(ours):.1f}"
    )


def wheel(bench: Bench) -> None:
    canvas = bench.canvas
    canvas.fit()
    fit, times = canvas.zoom, []
    for _ in range(3):
        for zoom in [*np.geomspace(fit, 4.0, 40), *np.geomspace(4.0, fit, 40)]:

            def frame(zoom: float = float(zoom)) -> None:
                canvas.zoom_at(zoom, (700.0, 450.0))
                canvas.repaint()

            times += timed(frame, 1)
    print(f"wheel zoom {np.median(times):.2f} ms  p99 {np.percentile(times, 99):.2f} ms")


def undo_memory(bench: Bench) -> None:
    """Bytes that one stroke on an empty map keeps, against a copy of the map."""
    document, stack = bench.document, bench.document.undo_stack
    while stack.canUndo():
        stack.undo()
    bench.canvas.zoom = 1.0
    play(bench, bench.canvas, stroke(WIDTH / 2))
    delta = stack.command(stack.count() - 1)._delta
    print(f"undo memory of a stroke: 1/{document.labels.nbytes / delta.size:.0f} of a copy")


def six_paths(bench: Bench, side: int) -> None:
    for area in range(1, 7):
        points = tuple(
            (side * (0.08 + 0.075 * k), side * (0.12 * area + 0.05 * (k % 2))) for k in range(12)
        )
        bench.document.set_path(area, Path(points), "Draw path")


def main() -> None:
    side = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    app = QApplication([])
    bench = build(app, side)
    canvas = bench.canvas
    print(f"{side}², {WIDTH}×{HEIGHT}, r = {RADIUS:g}, median of {rounds} rounds")
    canvas.fit()
    plain = brush(bench, "fit", rounds)
    six_paths(bench, side)
    with_paths = brush(bench, "fit, six paths", rounds)
    print(f"six paths shown: ratio {with_paths / plain:.2f}")
    for area in range(1, 7):
        bench.document.set_path(area, None, "Remove path")
    for zoom, name in ((1.0, "100 %"), (4.0, "400 %")):
        canvas.zoom = zoom
        brush(bench, name, rounds)
    undo_memory(bench)
    fit_frame(bench)
    wheel(bench)
    canvas.close()


if __name__ == "__main__":
    main()
