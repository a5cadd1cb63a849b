"""Not one move of the pointer is lost on X11, however busy the program is while it paints.

Qt's plugin for X11 drops a motion when a newer one waits behind it, which makes strokes of straight
lines and corners. It switches that on itself while the QApplication is made, so that the attribute
counts only when it is taken away afterwards, as ``app.build`` does.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from kling_desktop.imaging.strokes import capsule
from tests.ui.pointer import PHOTOS
from tests.ui.x11_stroke import RADIUS

ROOT = Path(__file__).parents[2]
MOTIONS, LOAD_MS, SECOND = 600, 6.0, 1.0
INTERVAL = 0.001
"""Seconds from one motion to the next: what a fast mouse sends."""
LIMIT = 60.0
Places = list[tuple[int, int]]


class Pointer:
    """The pointer of an X server, moved by its XTEST extension."""

    def __init__(self, display: str) -> None:
        try:
            self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        except OSError as error:
            pytest.skip(f"X11's client libraries are not installed: {error}")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        assert self._display, f"no connection to {display}"

    def move(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, ctypes.c_ulong(0))
        self._x.XFlush(self._display)

    def button(self, *, down: bool) -> None:
        self._test.XTestFakeButtonEvent(self._display, 1, int(down), ctypes.c_ulong(0))
        self._x.XFlush(self._display)

    def drag(self, places: Places) -> None:
        """Press at the first place, move through the others at an even pace, let go."""
        self.move(*places[0])
        self.button(down=True)
        due = time.perf_counter()
        for place in places[1:]:
            due += INTERVAL
            time.sleep(max(0.0, due - time.perf_counter()))  # the pace of a hand, no waiting
            self.move(*place)
        self.button(down=False)

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)


@dataclass(frozen=True)
class Stroke:
    """What was sent and what came of it, in image pixels."""

    sent: npt.NDArray[np.float64]
    """(MOTIONS + 1, 2); the first is the press."""
    dragged: npt.NDArray[np.float64]
    labels: npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server of our own on a free display."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reads, writes = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=(writes,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    try:
        with os.fdopen(reads) as answer:
            if not select.select([answer], [], [], LIMIT)[0] or not (number := answer.readline()):
                pytest.skip("Xvfb does not start on this machine")
        yield f":{number.strip()}"
    finally:
        _end(server)


def paint(display: str, folder: Path, mode: str) -> Stroke:
    """One stroke of ``MOTIONS`` moves by the brush of the program, which runs until it is done."""
    result, log = folder / "stroke.npz", folder / "log.txt"
    command = [sys.executable, "-m", "tests.ui.x11_stroke", str(PHOTOS / "astronaut.png")]
    command += [str(folder / "home"), str(result), str(LOAD_MS), mode]
    surroundings = os.environ | {
        "QT_QPA_PLATFORM": "xcb",
        "DISPLAY": display,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    pointer = Pointer(display)
    with log.open("wb") as errors:
        program = subprocess.Popen(
            command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        ready = select.select([program.stdout], [], [], LIMIT)[0]
        line = program.stdout.readline() if ready and program.stdout else ""
        said = log.read_text("utf-8", "replace")
        if not line and 'load the Qt platform plugin "xcb"' in said:
            pytest.skip("Qt's plugin for X11 lacks a library on this machine")
        assert line, said
        where = json.loads(line)
        places = zigzag(*where["corner"], *where["size"])
        pointer.drag(places)
        assert program.wait(LIMIT) == 0, log.read_text("utf-8", "replace")
    finally:
        pointer.close()
        _end(program)
    assert (where["zoom"], where["ratio"]) == (1.0, 1.0)
    sent = np.array(places, np.float64) - where["corner"] + where["origin"]
    with np.load(result) as found:
        return Stroke(sent, found["places"], found["labels"])


def zigzag(left: int, top: int, width: int, height: int) -> Places:
    """Screen pixels of MOTIONS + 1 places in the middle of a widget. Every one is a corner, so that
    not one can be missing from the picture unseen."""
    x, y = left + width // 2 - MOTIONS // 4, top + height // 2
    return [(x + i // 2, y + (i % 4) * 7 - 10) for i in range(MOTIONS + 1)]


def test_every_motion_is_painted_while_the_program_is_busy(display: str, tmp_path: Path) -> None:
    stroke = paint(display, tmp_path, "as-built")
    assert len(stroke.dragged) == MOTIONS
    np.testing.assert_array_equal(stroke.dragged, stroke.sent[1:])
    ideal = np.zeros_like(stroke.labels)
    for a, b in pairwise(map(tuple, stroke.sent)):
        capsule(ideal, a, b, radius_a=RADIUS, radius_b=RADIUS, value=1)
    np.testing.assert_array_equal(stroke.labels, ideal)


def test_with_compression_most_would_be_lost(display: str, tmp_path: Path) -> None:
    """Shows that the load is heavy enough for the test above to fail."""
    stroke = paint(display, tmp_path, "compressed")
    assert len(stroke.dragged) < MOTIONS // 2
    np.testing.assert_array_equal(stroke.dragged[-1], stroke.sent[-1])


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
