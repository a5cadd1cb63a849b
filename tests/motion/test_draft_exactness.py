"""The motion in an encoded draft, measured by a tracker that shares nothing with ours."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path as FilePath

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kling_desktop.model.path import Curve, Path, at, resolved
from kling_desktop.model.timing import Timing
from kling_desktop.motion import video
from kling_desktop.motion.draft import Draft
from tests.motion.scenes import Rgb, load_photo, painted, textured

HALF = 48


def picture(name: str) -> Rgb:
    """1280 pixels wide: a texture, or a photograph enlarged."""
    if name == "texture":
        return textured(1280, 720, seed=2, grain=9)
    found = load_photo(name)
    height = round(found.shape[0] * 1280 / found.shape[1])
    return np.asarray(cv2.resize(found, (1280, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def spot(pixels: Rgb) -> tuple[int, int]:
    """Where the picture can be told best from its neighbours in both directions."""
    gray = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 2)
    strength = cv2.cornerMinEigenVal(gray, 61)
    strength[:200], strength[-200:] = 0, 0
    strength[:, :240], strength[:, -240:] = 0, 0
    y, x = np.unravel_index(int(strength.argmax()), strength.shape)
    return int(x), int(y)


def shifted(first: Rgb, frame: Rgb, x: int, y: int, near: np.ndarray) -> np.ndarray:
    """How far the surroundings of (x, y) moved: the shift that correlates best (ECC), looked for
    from the whole pixels of a rough place on. Phase correlation would be misled by what H.264 does
    to fine grain, which stays where it is while the picture moves."""
    corner = np.array((x - HALF, y - HALF))
    start = np.rint(near) + corner
    before, after = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (first, frame))
    piece = before[y - HALF : y + HALF, x - HALF : x + HALF]
    guess = np.array([[1, 0, start[0]], [0, 1, start[1]]], np.float32)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-5)
    _, found = cv2.findTransformECC(piece, after, guess, cv2.MOTION_TRANSLATION, until, None, 5)
    return np.asarray(found[:, 2], float) - corner


@pytest.mark.parametrize("name", ["texture", "rocket.jpg", "astronaut.png", "coffee.png"])
@pytest.mark.parametrize(
    ("curve", "timing"), [(Curve.SMOOTH, Timing.EASE_IN_OUT), (Curve.STRAIGHT, Timing.LINEAR)]
)
def test_motion_in_the_video(tmp_path: FilePath, name: str, curve: Curve, timing: Timing) -> None:
    pixels = picture(name)
    x, y = spot(pixels)
    labels = painted(pixels.shape[1], pixels.shape[0], (1, x, y, 90, 90))
    path = Path(
        ((x, y), (x + 90.5, y - 40.25), (x + 20, y - 110.5), (x - 100, y + 60)), curve, timing
    )
    video.write(tmp_path / "a.mp4", Draft(pixels, labels, {1: path}).frames(1.0, 24), fps=24)
    frames = [frame for _, frame in video.read(tmp_path / "a.mp4")]
    drawn = at(path, np.linspace(0, 1, len(frames)))
    errors = [
        float(np.hypot(*(shifted(frames[0], frame, x, y, due) - due)))
        for frame, due in zip(frames, drawn - drawn[0], strict=True)
    ]
    assert np.mean(errors) <= 0.5
    assert max(errors) <= 1.5


# Any shot

SHOTS, FRAMES = 200, 9
NAMES = ("texture", "rocket.jpg", "astronaut.png", "coffee.png")
REACH = 110


@cache
def spots(name: str) -> tuple[Rgb, list[tuple[int, int]]]:
    """A picture and places in it that can be told from their surroundings, best first."""
    pixels = picture(name)
    gray = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 2)
    strength = cv2.cornerMinEigenVal(gray, 61)
    strength[:200], strength[-200:] = 0, 0
    strength[:, :240], strength[:, -240:] = 0, 0
    found = []
    for _ in range(3):
        y, x = (int(v) for v in np.unravel_index(int(strength.argmax()), strength.shape))
        found.append((x, y))
        strength[max(0, y - 200) : y + 200, max(0, x - 200) : x + 200] = 0
    return pixels, found


@st.composite
def any_path(draw: st.DrawFn) -> Path:
    """A motion of up to REACH pixels from where it starts, with every kind of timing."""
    offset = st.floats(-REACH, REACH, width=32)
    more = draw(st.lists(st.tuples(offset, offset), min_size=1, max_size=6))
    fast = draw(st.lists(st.floats(0.25, 3.0), min_size=2, max_size=5))
    return Path(
        ((0.0, 0.0), *more),
        draw(st.sampled_from(Curve)),
        draw(st.sampled_from([timing for timing in Timing if timing != Timing.STEPS])),
        hold=draw(st.sampled_from([(0.0, 0.0), (0.2, 0.0), (0.1, 0.25)])),
        speed=tuple(zip(np.linspace(0, 1, len(fast)).tolist(), fast, strict=True)),
    )


def placed(path: Path, x: int, y: int, share: float) -> Path:
    points = tuple((x + share * dx, y + share * dy) for dx, dy in path.points)
    return replace(path, points=points)


@settings(
    max_examples=SHOTS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(NAMES), st.integers(0, 2), any_path(), any_path(), st.booleans())
def test_the_motion_of_any_shot_in_its_video(
    tmp_path: FilePath, name: str, which: int, own: Path, parent: Path, carried: bool
) -> None:
    pixels, places = spots(name)
    x, y = places[which]
    labels = painted(pixels.shape[1], pixels.shape[0], (2, x, y, 90, 90))
    path = placed(own, x, y, 0.5 if carried else 1.0)
    if carried:
        path = resolved({2: replace(path, parent=1), 1: placed(parent, 40, 40, 0.5)})[2]
    draft = Draft(pixels, labels, {2: path}, quick=True)
    video.write(tmp_path / "a.mp4", draft.frames(FRAMES / 10, 10), fps=10)
    frames = [frame for _, frame in video.read(tmp_path / "a.mp4")]
    drawn = at(path, np.linspace(0, 1, FRAMES))
    errors = [
        float(np.hypot(*(shifted(frames[0], frame, x, y, due) - due)))
        for frame, due in zip(frames, drawn - drawn[0], strict=True)
    ]
    assert np.mean(errors) <= 0.5
    assert max(errors) <= 1.5
