"""Brush events, repaints and zooming on a large picture, each against its floor in the same run.

    python tests/benchmarks/canvas.py [SIDE …]     (4096 and 8000, unless others are named)

Three rows are elsewhere: ``napari_labels.py`` compares with napari, ``memory.py`` measures memory, and
``tests/ui/test_x11_motions.py`` counts the motions that arrive on X11.

The floor of a brush event is what Qt needs to deliver it and to put the same rectangle of the
photo on the screen, plus the bare capsule drawn into the label map.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.imaging.pyramid import bgra
from kling_desktop.imaging.strokes import capsule_bounds
from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.overlay import palette
from kling_desktop.ui.canvas.photo import as_image
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
    while canvas.stage.photo.levels < 2:
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


def shown(canvas: Canvas) -> tuple[QImage, int]:
    """The whole mip level in use, ready to be blitted, and which one it is."""
    photo = canvas.stage.photo
    level, size = photo.nearest(canvas.stage.view.level)
    return photo.part(level, Rect(0, 0, *size)).copy(), level


class Floor(QWidget):
    """The least a brush widget can do: take the event, show the photo again where it painted."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedSize(WIDTH, HEIGHT)
        self.canvas = canvas
        self.last = (0.0, 0.0)
        self.photo, self.level = shown(canvas)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.last = self.canvas.stage.view.to_image(event.position().x(), event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        view, place = self.canvas.stage.view, event.position()
        point = view.to_image(place.x(), place.y())
        rect = capsule_bounds(self.last, point, RADIUS, RADIUS, view.image)
        self.last = point
        self.update(QRect(*view.dirty(rect)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        view = self.canvas.stage.view
        painter = QPainter(self)
        draw_level(painter, self.photo, view, event.rect(), level=self.level)
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


def brush(bench: Bench, name: str, rounds: int) -> tuple[float, float, float]:
    """Prints and returns the event's median in µs, p99 over median, and the ratio to the floor."""
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
    median, p99 = float(np.median(ours)), float(np.percentile(ours, 99))
    ratio = float(np.median(ratios))
    print(
        f"brush {name:16s} {median:7.1f} µs  p99/median {p99 / median:4.2f}  ratio {ratio:5.2f}",
        flush=True,
    )
    return median, p99 / median, ratio


def timed(work: Callable[[], object], count: int) -> Times:
    times = []
    for _ in range(count):
        start = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times


def fit_frame(bench: Bench, *, painted: bool) -> float:
    """How much quicker a whole repaint at fit is than the picture drawn smooth from full size, and
    the areas with it where some are ``painted``."""
    canvas = bench.canvas
    canvas.fit()
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    layers = [as_image(bgra(bench.document.pixels)).copy()]
    if painted:
        colours = palette()[bench.document.labels]
        height, width = colours.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        layers.append(QImage(colours.data, width, height, 4 * width, form))

    def whole() -> None:
        painter = QPainter(target)
        for layer in layers:
            draw_level(painter, layer, canvas.stage.view, target.rect(), level=0)
        painter.end()

    ours, theirs = timed(canvas.repaint, 30), timed(whole, 10)
    ratio = float(np.median(theirs) / np.median(ours))
    what = "picture and areas" if painted else "picture alone"
    print(f"fit frame, {what}: {np.median(ours):.2f} ms, {ratio:.1f} times quicker", flush=True)
    return ratio


def areas(bench: Bench) -> None:
    """Paint some dozens of blobs, as the areas of a shot may lie."""
    rng, side = np.random.default_rng(5), bench.document.labels.shape[0]
    for _ in range(24):
        x, y = rng.integers(0, int(side * 0.8), 2)
        w, h = rng.integers(int(side * 0.05), int(side * 0.2), 2)
        blob = np.full((h, w), rng.integers(1, 8), np.uint8)
        bench.document.paint(Rect(x, y, x + w, y + h), blob, "Paint")


def wheel(bench: Bench) -> float:
    """Milliseconds of the 99th of 100 frames while the wheel zooms from fit to 400 % and back."""
    canvas = bench.canvas
    canvas.fit()
    fit, times = canvas.zoom, []
    for _ in range(3):
        for zoom in [*np.geomspace(fit, 4.0, 40), *np.geomspace(4.0, fit, 40)]:

            def frame(zoom: float = float(zoom)) -> None:
                canvas.zoom_at(zoom, (700.0, 450.0))
                canvas.repaint()

            times += timed(frame, 1)
    p99 = float(np.percentile(times, 99))
    print(f"wheel zoom {np.median(times):.2f} ms  p99 {p99:.2f} ms", flush=True)
    return p99


def undo_memory(bench: Bench) -> float:
    """A copy of the map against the bytes that one stroke on an empty map keeps."""
    document, stack = bench.document, bench.document.undo_stack
    while stack.canUndo():
        stack.undo()
    bench.canvas.zoom = 1.0
    play(bench, bench.canvas, stroke(WIDTH / 2))
    document.vault.settle()
    return float(document.labels.nbytes / stack.command(stack.count() - 1)._delta.size)


def six_paths(bench: Bench, side: int) -> None:
    for area in range(1, 7):
        points = tuple(
            (side * (0.08 + 0.075 * k), side * (0.12 * area + 0.05 * (k % 2))) for k in range(12)
        )
        bench.document.set_path(area, Path(points), "Draw path")


class Row(NamedTuple):
    """A target: what was measured, and where it should be; larger is better if ``more``."""

    what: str
    found: float
    least: float
    stretch: float | None = None
    more: bool = False

    def __str__(self) -> str:
        reached = [
            bound is not None and (self.found >= bound if self.more else self.found <= bound)
            for bound in (self.least, self.stretch)
        ]
        verdict = "stretch" if reached[1] else "reached" if reached[0] else "MISSED"
        sign = "≥" if self.more else "≤"
        return f"{self.what:44s} {self.found:8.2f}   {sign} {self.least:g}   {verdict}"


def measured(app: QApplication, side: int, rounds: int) -> tuple[list[Row], dict[str, float]]:
    """All rows for a photo of that side, and the medians of the brush by zoom."""
    bench = build(app, side)
    canvas, document = bench.canvas, bench.document
    print(f"\n{side}², {WIDTH}×{HEIGHT}, r = {RADIUS:g}, median of {rounds} rounds", flush=True)
    canvas.fit()
    found = {"fit": brush(bench, "fit", rounds)}
    six_paths(bench, side)
    found["six paths"] = brush(bench, "fit, six paths", rounds)
    for area in range(1, 7):
        document.set_path(area, None, "Remove path")
    for zoom, name in ((1.0, "100 %"), (4.0, "400 %")):
        canvas.zoom = zoom
        found[name] = brush(bench, name, rounds)
    memory = undo_memory(bench)
    document.undo_stack.undo()
    alone = fit_frame(bench, painted=False)
    areas(bench)
    frame, least = fit_frame(bench, painted=True), 5.0 if side <= 4096 else 15.0
    rows = [
        Row("brush against its floor, 100 %", found["100 %"][2], 2.2, 1.5),
        Row("brush against its floor, fit", found["fit"][2], 1.8, 1.5),
        Row("brush against its floor, 400 %", found["400 %"][2], 3.0, 1.5),
        Row("brush, p99 / median, 100 %", found["100 %"][1], 3.0, 2.0),
        Row("brush, p99 / median, fit", found["fit"][1], 3.0, 2.0),
        Row("undo memory: a copy / a stroke", memory, 300, more=True),
        Row("fit frame, picture alone, times quicker", alone, least, more=True),
        Row("fit frame, with areas, times quicker", frame, least, more=True),
        Row("wheel zoom, p99 in ms", wheel(bench), 10.0),
        Row("six paths shown: with / without", found["six paths"][0] / found["fit"][0], 1.5, 1.1),
    ]
    canvas.close()
    return rows, {name: values[0] for name, values in found.items()}


def main() -> None:
    sides = [int(side) for side in sys.argv[1:]] or [4096, 8000]
    app = QApplication([])
    rounds, medians, table = 6, {}, []
    for side in sides:
        rows, medians[side] = measured(app, side, rounds)
        table += [(side, row) for row in rows]
    print()
    for side, row in table:
        print(f"{side}²  {row}")
    if len(sides) == 2:
        for name in ("fit", "100 %", "400 %"):
            ratio = medians[sides[1]][name] / medians[sides[0]][name]
            print(f"{Row(f'brush, {sides[1]}² / {sides[0]}², {name}', ratio, 1.5, 1.1)}")


if __name__ == "__main__":
    main()
