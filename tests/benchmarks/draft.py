"""The draft against its targets: frames, edits on the screen, and a window that stays responsive.

    python tests/benchmarks/draft.py

Six areas with paths of twenty points. Frames alternate with plain numpy/cv2 that does the same
compositing; edits and the window's gaps are measured in the real window, drawn off the screen. Each
row ends with the target.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(FilePath(__file__).resolve().parents[2]))

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from kling_desktop.app import App, build
from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path, sample
from kling_desktop.model.shot import Picture, of
from kling_desktop.motion.draft import Draft
from kling_desktop.ui.draft_scene import Shown

Rgb = npt.NDArray[np.uint8]
FRAMES = 81
PEER = 36.0
"""Seconds that TTM's preview takes for as many frames at 720p, with its window blocked."""


def shot(width: int, height: int) -> tuple[Rgb, npt.NDArray[np.uint8], dict[int, Path]]:
    """A textured picture, six ellipses on it, and a wandering path for each."""
    random = np.random.default_rng(7)
    noise = random.integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    pixels = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    labels = np.zeros((height, width), np.uint8)
    paths = {}
    for area in range(1, 7):
        x = width * (0.2 + 0.3 * ((area - 1) % 3))
        y = height * (0.3 if area <= 3 else 0.7)
        axes = (round(width * 0.08), round(height * 0.12))
        cv2.ellipse(labels, (round(x), round(y)), axes, 0, 0, 360, area, -1)
        steps = random.normal(0, width * 0.01, (20, 2)).cumsum(axis=0)
        paths[area] = Path(tuple((x + float(dx), y + float(dy)) for dx, dy in steps - steps[0]))
    return np.asarray(pixels, np.uint8), labels, paths


def plain(pixels: Rgb, labels: Rgb, paths: dict[int, Path]) -> Callable[[int], Rgb]:
    """The obvious way: warp a premultiplied box for each area, blend it in float."""
    background = cv2.inpaint(
        pixels[::4, ::4].copy(), (labels[::4, ::4] > 0).view(np.uint8), 3, cv2.INPAINT_TELEA
    )
    background = cv2.resize(background, pixels.shape[1::-1])
    background[labels == 0] = pixels[labels == 0]
    pieces = []
    for area, path in paths.items():
        mask = np.pad((labels == area).astype(np.float32), 2)
        x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
        box = np.s_[y - 2 : y + h + 2, x - 2 : x + w + 2]
        alpha = cv2.GaussianBlur(mask[box], (3, 3), 0)[..., None]
        colour = np.pad(pixels, ((2, 2), (2, 2), (0, 0)))[box] * alpha
        where = sample(path, FRAMES)
        pieces.append((np.dstack([colour, alpha]), (x - 4, y - 4), where - where[0]))

    def frame(index: int) -> Rgb:
        found = background.copy()
        for piece, (x, y), shifts in pieces:
            dx, dy = shifts[index]
            left, top = int(np.floor(dx)), int(np.floor(dy))
            matrix = np.array([[1, 0, dx - left], [0, 1, dy - top]])
            moved = cv2.warpAffine(piece, matrix, piece.shape[1::-1], flags=cv2.INTER_LINEAR)
            y0, x0 = max(0, y + top), max(0, x + left)
            below = found[y0 : y + top + moved.shape[0], x0 : x + left + moved.shape[1]]
            moved = moved[y0 - y - top :, x0 - x - left :][: below.shape[0], : below.shape[1]]
            below[...] = moved[..., :3] + below * (1 - moved[..., 3:])
        return found

    return frame


def frames(width: int, height: int, *, least: int) -> None:
    """Frames alone, alternating with the plain way."""
    pixels, labels, paths = shot(width, height)
    start = time.perf_counter()
    draft = Draft(pixels, labels, paths, quick=True)
    made = time.perf_counter() - start
    other = plain(pixels, labels, paths)
    ours, theirs = [], []
    for index in range(FRAMES):
        start = time.perf_counter()
        draft.frame(index / (FRAMES - 1))
        between = time.perf_counter()
        other(index)
        ours.append(between - start)
        theirs.append(time.perf_counter() - between)
    ratio, rate = median(ours) / median(theirs), 1 / median(ours)
    print(
        f"{width}×{height}: {rate:.0f} fps (≥ {least}), first draft after {made * 1000:.0f} ms, "
        f"against plain numpy/cv2 {ratio:.2f}× (≤ 2)"
    )


def whole() -> None:
    """Everything from the picture to 81 frames, as they play at first and as they are in the end."""
    pixels, labels, paths = shot(1280, 720)
    for quick, how in ((True, "rough"), (False, "fine")):
        start = time.perf_counter()
        draft = Draft(pixels, labels, paths, quick=quick)
        for index in range(FRAMES):
            draft.frame(index / (FRAMES - 1))
        took = time.perf_counter() - start
        print(
            f"{FRAMES} frames at 720p and their {how} background: {took:.2f} s, "
            f"{PEER / took:.0f}× quicker (≥ 40×)"
        )


@contextmanager
def window(width: int, height: int) -> Iterator[App]:
    """The program with that shot open, its canvas larger than 1080 pixels."""
    with tempfile.TemporaryDirectory() as home:
        app = build([], FilePath(home))
        app.window.resize(2560, 1600)
        app.window.show()
        pixels, labels, paths = shot(width, height)
        app.document.open(of(Picture(b"", "PNG", width, height)), pixels, None)
        app.document.paint(Rect(0, 0, width, height), labels, "Paint")
        for area, path in paths.items():
            app.document.set_path(area, path, "Draw")
        settle(app)
        yield app
        app.document.undo_stack.setClean()
        app.shutdown()


def settle(app: App, seconds: float = 0.3) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        app.application.processEvents()
        time.sleep(0.002)


class Watch(QObject):
    """When the canvas has painted the first frame of a scene that holds an edit."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app, self._scene = app, app.draft_player._wish.scene
        self._new = False
        # Connected after the player, it hears of a frame when the canvas has it.
        app.draft_player._renderer.rendered.connect(
            self._on_rendered, Qt.ConnectionType.QueuedConnection
        )

    def after(self, change: Callable[[], object]) -> float:
        """Milliseconds from the change to the painted canvas."""
        self._new, self._scene = False, self._app.draft_player._wish.scene
        start = time.perf_counter()
        change()
        while not self._new:
            self._app.application.processEvents()
            time.sleep(0.0005)
        self._app.application.sendPostedEvents(self._app.window, QEvent.Type.UpdateRequest.value)
        return (time.perf_counter() - start) * 1000

    def _on_rendered(self, shown: Shown) -> None:
        self._new = self._new or not shown.wish.scene.same(self._scene)


def edits() -> None:
    """From the document's change to the canvas, while a frame stands and while it plays: of a path,
    and of the label map."""
    with window(1920, 1080) as app:
        document, player = app.document, app.draft_player
        player.seek(1.0)
        settle(app, 3.0)
        watch, path = Watch(app), document.shot.paths[1]
        for playing in (False, True):
            player.set_playing(playing)
            settle(app, 3.0)
            by_path, by_area = [], []
            for index in range(20):
                end = (path.points[0][0] + 90.0, path.points[0][1] + 60.0 * (index % 2))
                bent = Path((path.points[0], end))
                by_path.append(watch.after(lambda bent=bent: document.set_path(1, bent, "Bend")))
                settle(app, 0.04)
            for index in range(20):
                value = np.full((120, 110), index % 2, np.uint8)
                rect = Rect(330, 260, 440, 380)
                by_area.append(
                    watch.after(lambda value=value, r=rect: document.paint(r, value, "Paint"))
                )
                settle(app, 0.04)
            how = "playing" if playing else "standing"
            for what, times in (("path", by_path), ("area", by_area)):
                print(
                    f"edit of a {what}, {how}, {app.window.transport.pace.text()}: on the canvas "
                    f"after {median(times):.0f} ms, {min(times):.0f} to {max(times):.0f} ms "
                    "(≤ 100, better 33)"
                )


def waited() -> float:
    """Milliseconds for which this thread has waited for a core so far; 0 where nobody tells."""
    try:
        told = FilePath(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(told.split()[1]) / 1e6


class Heart(QTimer):
    """Beats every 5 ms on the window's thread and keeps the gaps."""

    def __init__(self) -> None:
        super().__init__(interval=5, timerType=Qt.TimerType.PreciseTimer)
        self.gaps: list[float] = []
        self.own: list[float] = []
        """Without what other programs took the core for."""
        self._last, self._waited = time.perf_counter(), waited()
        self.timeout.connect(self._on_beat)
        self.start()

    def _on_beat(self) -> None:
        now, late = time.perf_counter(), waited()
        self.gaps.append((now - self._last) * 1000)
        self.own.append(self.gaps[-1] - (late - self._waited))
        self._last, self._waited = now, late

    def told(self) -> str:
        self.stop()
        return (
            f"longest gap {max(self.gaps):.0f} ms (≤ 50), {max(self.own):.0f} ms without waiting "
            f"for a core; p99 {np.percentile(self.gaps, 99):.0f} ms (≤ 16)"
        )


def gaps() -> None:
    """The window's longest gap while a photo of 4096² gets its plate: as it plays, and at its own
    size, as an export wants it."""
    with window(4096, 4096) as app:
        heart = Heart()
        app.window.acts["motion.play"].trigger()
        rates: list[int] = []
        app.draft_player.paced.connect(lambda height, rate: rates.append(rate) if rate else None)
        settle(app, 4.0)
        print(f"4096², playing from the first moment on: {heart.told()}")
        print(
            f"  at {app.window.transport.pace.text()}, {median(rates or [0]):.0f} fps in the middle"
        )
        app.window.acts["motion.toStart"].trigger()
        settle(app, 0.5)
        shot_now, pixels = app.document.snapshot(), app.document.pixels
        thread = threading.Thread(
            target=lambda: Draft(pixels, shot_now.labels, shot_now.paths).frame(0.5)
        )
        heart, start = Heart(), time.perf_counter()
        thread.start()
        while thread.is_alive():
            app.application.processEvents()
            time.sleep(0.001)
        took = time.perf_counter() - start
        print(f"4096², plate of all its pixels in a thread ({took:.1f} s): {heart.told()}")


if __name__ == "__main__":
    frames(1280, 720, least=60)
    frames(1920, 1080, least=30)
    whole()
    edits()
    gaps()
