"""Resident memory of the real window with a large photo, after many strokes and after their undoing.

    python tests/benchmarks/memory.py [SIDE] [STROKES]

Growth is counted from the empty window, with the libraries that only a picture needs; the ratio is
to the photo's pixels as the screen wants them, four bytes each. The last line is the target's.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from kling_desktop import app as program
from kling_desktop.model.areas import AREAS
from kling_desktop.ui.toolbox import Tool

MIB = 2**20
RADIUS, MOVES = 60.0, 40
LIMIT = 120.0
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


def photo(path: Path, side: int) -> None:
    """Write smooth structure and grain as a JPEG, with nothing loaded that the program loads later."""
    rng = np.random.default_rng(1)
    wave = np.sin(np.arange(side) / 90)
    pixels = np.empty((side, side, 3), np.uint8)
    for row in range(side):
        grain = rng.integers(0, 24, side, np.uint8)
        for channel in range(3):
            smooth = 110 + 50 * np.sin(row / 70 + channel) + 50 * wave
            pixels[row, :, channel] = smooth.astype(np.uint8) + grain
    image = QImage(pixels.data, side, side, 3 * side, QImage.Format.Format_RGB888)
    if not image.save(str(path), "JPG", 90):
        raise OSError(f"cannot write {path}")


def status(name: str) -> float:
    """VmRSS or VmHWM of this process, in MiB."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


class Studio:
    """The running program, and how much it grew since its window was empty."""

    def __init__(self, home: Path, side: int) -> None:
        self.app = program.build([], home=home)
        self.window, self.canvas = self.app.window, self.app.window.canvas
        self.window.resize(1600, 1000)
        self.window.show()
        self.settle()
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)  # else what the photo's making left would be reused unseen
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # from here on count the peak
        self._empty, self._bytes = status("VmRSS"), side * side * 4 / MIB
        print(f"empty window {self._empty:.0f} MiB; {side}² as RGB32 {self._bytes:.0f} MiB")

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > limit:
                raise TimeoutError(what)
            self.app.application.processEvents()
            time.sleep(0.005)

    def settle(self) -> None:
        """Let timers, threads and repaints have their turn for a while."""
        end = time.monotonic() + 0.5
        self.wait(lambda: time.monotonic() > end, "time to pass")

    def report(self, when: str) -> float:
        """Print the growth so far; returns its ratio to the photo's bytes."""
        self.settle()
        growth = status("VmRSS") - self._empty
        peak = status("VmHWM") - self._empty
        ratio = growth / self._bytes
        print(
            f"{when:24s} +{growth:6.0f} MiB  ratio {ratio:.2f}   peak so far +{peak:.0f} MiB",
            flush=True,
        )
        return ratio

    def open(self, path: Path) -> None:
        """As from the menu: read in a thread, shown at once, its pyramid made in another."""
        ready: list[bool] = []
        self.canvas.stage.photo.ready.connect(lambda: ready.append(True))
        self.app.files.open(path)
        self.wait(lambda: self.app.document.pixels.size > 0, "the photo to open")
        self.wait(lambda: bool(ready), "the photo's pyramid")

    def stroke(self, places: list[QPointF]) -> None:
        self._mouse(QEvent.Type.MouseButtonPress, places[0], LEFT, LEFT)
        for place in places[1:]:
            self._mouse(QEvent.Type.MouseMove, place, NONE, LEFT)
        self._mouse(QEvent.Type.MouseButtonRelease, places[-1], LEFT, NONE)
        self.app.application.processEvents()

    def _mouse(
        self, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton, held: Qt.MouseButton
    ) -> None:
        on_screen = self.canvas.mapToGlobal(place)
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, place, on_screen, button, held, keys)
        QApplication.sendEvent(self.canvas, event)


def places(studio: Studio, side: int, rng: np.random.Generator) -> list[QPointF]:
    """A curve of a random place, length and direction on the whole photo, in widget pixels."""
    t = np.linspace(0, 1, MOVES)
    x, y = rng.uniform(0.1, 0.9, 2) * side
    turn, reach = rng.uniform(0, 6.3), rng.uniform(0.05, 0.3) * side
    xs = x + reach * t * np.cos(turn + t)
    ys = y + reach * t * np.sin(turn + 2 * t)
    view = studio.canvas.stage.view
    return [QPointF(*view.to_widget(a, b)) for a, b in zip(xs.tolist(), ys.tolist(), strict=True)]


def work(home: Path, path: Path, side: int, strokes: int) -> bool:
    """Print every step; whether undo and redo of all the strokes are exact."""
    studio = Studio(home, side)
    document, toolbox = studio.app.document, studio.app.toolbox
    stack = document.undo_stack
    studio.open(path)
    print(f"the file itself, part of the shot: {path.stat().st_size / MIB:.0f} MiB")
    worst = studio.report("open, with its pyramid")
    toolbox.tool, toolbox.radius = Tool.BRUSH, RADIUS
    rng, areas = np.random.default_rng(2), sorted(AREAS)
    for number in range(strokes):
        toolbox.area = areas[number % len(areas)]
        studio.stroke(places(studio, side, rng))
    worst = max(worst, studio.report(f"after {strokes} strokes"))
    painted, steps = zlib.crc32(document.labels), stack.count()
    while stack.canUndo():
        stack.undo()
        studio.app.application.processEvents()
    worst = max(worst, studio.report("after undoing them all"))
    undone = steps == strokes and not document.labels.any()
    while stack.canRedo():
        stack.redo()
    redone = zlib.crc32(document.labels) == painted
    print(f"{steps} steps; undo of all exact: {undone}; redo of all exact: {redone}")
    print(f"largest ratio {worst:.2f}")
    stack.setClean()
    studio.app.shutdown()
    return undone and redone


def main() -> int:
    side = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    strokes = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        photo(path, side)
        return 0 if work(Path(folder) / "home", path, side, strokes) else 1


if __name__ == "__main__":
    sys.exit(main())
