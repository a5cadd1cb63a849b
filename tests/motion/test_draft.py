"""The draft: what moves, what stays, how exactly, at which size, through which camera."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.model.camera import Camera, CameraKind
from kling_desktop.model.path import Curve, Path, at
from kling_desktop.model.timing import Timing
from kling_desktop.motion.draft import Draft
from tests.motion.scenes import Rgb, line, load_photo, painted, textured


def where(frame: Rgb, template: Rgb) -> tuple[float, float]:
    """An independent tracker: normalised correlation, its peak refined by a parabola."""
    response = cv2.matchTemplate(frame, template, cv2.TM_CCOEFF_NORMED)
    _, _, _, (x, y) = cv2.minMaxLoc(response)

    def peak(low: float, top: float, high: float) -> float:
        return 0.5 * (low - high) / (low - 2 * top + high)

    right = peak(*response[y, x - 1 : x + 2]) if 0 < x < response.shape[1] - 1 else 0.0
    down = peak(*response[y - 1 : y + 2, x]) if 0 < y < response.shape[0] - 1 else 0.0
    return x + right, y + down


def test_without_motion_every_frame_is_the_picture(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 200, 50, 50), (7, 80, 80, 30, 30))
    for paths in (
        {},
        {1: Path()},
        {1: line((5, 5))},
        {1: line((5, 5), (5, 5))},
        {2: line((0, 0), (9, 9))},
    ):
        draft = Draft(photo, labels, paths)
        assert np.array_equal(draft.frame(0.7), photo)


def test_frames_are_the_callers_own() -> None:
    pixels = textured(64, 48)
    draft = Draft(pixels, np.zeros((48, 64), np.uint8), {})
    draft.frame(0.0)[:] = 0
    assert np.array_equal(draft.frame(0.0), pixels)


def test_frozen_arrays_and_any_memory_order_will_do() -> None:
    pixels, labels = textured(90, 70), painted(90, 70, (1, 40, 30, 12, 12), (7, 70, 50, 9, 9))
    paths = {1: line((40, 30), (60, 40))}
    expected = Draft(pixels, labels, paths).frame(0.5)
    mirrored = np.ascontiguousarray(pixels[..., ::-1])[..., ::-1]
    for array in (pixels, mirrored, labels):
        array.setflags(write=False)
    assert np.array_equal(Draft(pixels, labels, paths).frame(0.5), expected)
    assert np.array_equal(Draft(mirrored, labels, paths).frame(0.5), expected)


def test_begins_as_the_picture(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 200, 50, 70), (7, 330, 150, 30, 60))
    first = Draft(photo, labels, {1: line((200, 200), (300, 100))}).frame(0.0)
    assert np.array_equal(first, photo)


@pytest.mark.parametrize("height", [None, 200, 61])
def test_rests_as_the_picture_at_any_size(photo: Rgb, height: int | None) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 200, 50, 70), (2, 255, 200, 40, 30))
    paths = {
        1: Path(((200, 200), (300, 100)), hold=(0.2, 0.0)),
        2: Path(((255, 200), (250, 300)), hold=(0.3, 0.0), turns=True, scale=1.5),
    }
    draft = Draft(photo, labels, paths, height=height)
    for time in (0.0, 0.1, 0.19):
        assert np.array_equal(draft.frame(time), draft.picture)
    landing = Draft(photo, labels, paths, height=height, backwards=True)
    assert np.array_equal(landing.frame(1.0), landing.picture)


def test_leaving_its_place_an_area_shows_no_jump(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 200, 50, 70))
    draft = Draft(photo, labels, {1: line((200, 200), (300, 200))})
    steps = [draft.frame(0.01 * k / 4).astype(int) for k in range(60)]  # a quarter pixel each
    changes = [np.abs(b - a).mean() for a, b in pairwise(steps)]
    assert max(changes) <= 3 * np.median(changes)


def test_static_area_never_changes(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 150, 200, 60, 60), (7, 330, 200, 60, 90))
    draft = Draft(photo, labels, {1: line((150, 200), (350, 200))})
    for time in (0.0, 0.31, 0.77, 1.0):
        assert np.array_equal(draft.frame(time)[labels == 7], photo[labels == 7])


def test_an_area_without_a_path_is_background() -> None:
    pixels = textured(200, 120)
    labels = painted(200, 120, (1, 50, 60, 20, 20), (2, 84, 60, 12, 30))
    last = Draft(pixels, labels, {1: line((50, 60), (160, 60))}).frame(1.0)
    assert np.array_equal(last[labels == 2], pixels[labels == 2])


def test_what_was_there_is_gone_and_arrives_elsewhere() -> None:
    pixels = textured(320, 200) // 3
    labels = painted(320, 200, (1, 70, 100, 30, 30))
    pixels[labels > 0] = (255, 240, 0)
    last = Draft(pixels, labels, {1: line((70, 100), (230, 100))}).frame(1.0)
    assert last[labels > 0].max() < 180
    assert (last[90:110, 220:240] == (255, 240, 0)).all()


@pytest.mark.parametrize("height", [None, 270, 1080])
def test_motion_scales_with_the_height(height: int | None) -> None:
    pixels = textured(960, 540, grain=12)
    labels = painted(960, 540, (1, 300, 270, 120, 120))
    draft = Draft(pixels, labels, {1: line((300, 270), (540, 300))}, height=height)
    scale = (height or 540) / 540
    assert draft.size == (round(960 * scale), height or 540)
    first, last = draft.frame(0.0), draft.frame(1.0)
    half = round(60 * scale)
    x, y = round(300 * scale), round(270 * scale)
    template = first[y - half : y + half, x - half : x + half]
    found = where(last, template)
    assert found[0] - (x - half) == pytest.approx(240 * scale, abs=0.2)
    assert found[1] - (y - half) == pytest.approx(30 * scale, abs=0.2)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_an_independent_tracker_finds_the_path(data: st.DataObject) -> None:
    points = data.draw(
        st.lists(st.tuples(st.floats(200, 1080), st.floats(160, 560)), min_size=2, max_size=6)
    )
    path = Path(
        tuple(points), data.draw(st.sampled_from(Curve)), data.draw(st.sampled_from(Timing))
    )
    start = tuple(round(value) for value in points[0])
    pixels = textured(1280, 720, data.draw(st.integers(0, 9)), grain=9)
    labels = painted(1280, 720, (3, *start, 90, 70))
    draft = Draft(pixels, labels, {3: path})
    template = pixels[start[1] - 40 : start[1] + 40, start[0] - 50 : start[0] + 50]
    for time in (0.0, 0.37, 1.0):
        drawn = at(path, time)[0] - at(path, 0.0)[0]
        x, y = where(draft.frame(time), template)
        away = np.hypot(x - (start[0] - 50) - drawn[0], y - (start[1] - 40) - drawn[1])
        assert away < 0.25


def test_six_areas_and_twenty_points_on_a_photo() -> None:
    photo = load_photo("astronaut.png")
    random = np.random.default_rng(3)
    spots = [
        (area, 60 + 130 * ((area - 1) % 3), 130 + 200 * ((area - 1) // 3), 40, 40)
        for area in range(1, 7)
    ]
    labels = painted(512, 512, *spots)
    paths = {area: line(*random.normal((x, y), 20, (20, 2))) for area, x, y, _, _ in spots}
    frames = list(Draft(photo, labels, paths).frames(1.0, 6))
    assert len(frames) == 6
    assert all(np.abs(a.astype(int) - b).max() > 20 for a, b in pairwise(frames))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 3.0), st.floats(0.5, 30))
def test_as_many_frames_as_seconds_times_rate(seconds: float, fps: float) -> None:
    draft = Draft(textured(8, 8), np.zeros((8, 8), np.uint8), {})
    assert sum(1 for _ in draft.frames(seconds, fps)) == round(seconds * fps)


def test_first_and_last_frame_are_the_ends_of_time() -> None:
    pixels = textured(120, 80)
    labels = painted(120, 80, (1, 40, 40, 15, 15))
    draft = Draft(pixels, labels, {1: line((40, 40), (80, 50))})
    frames = list(draft.frames(0.5, 24))
    assert np.array_equal(frames[0], draft.frame(0.0))
    assert np.array_equal(frames[-1], draft.frame(1.0))
    assert np.array_equal(draft.frame(2.0), frames[-1])
    assert np.array_equal(draft.frame(-1.0), frames[0])


def test_aimed_anew_is_the_same_as_made_anew() -> None:
    pixels = textured(160, 120)
    labels = painted(160, 120, (1, 50, 40, 20, 20), (2, 110, 80, 20, 20))
    draft = Draft(pixels, labels, {1: line((50, 40), (80, 60))})
    for paths in ({1: line((50, 40), (20, 90))}, {2: line((0, 0), (20, 9))}, {}):
        camera = Camera(CameraKind.SIMPLE, {"roll": 3.0})
        again = draft.aimed(paths, camera).refined()
        assert again is not None
        assert np.array_equal(again.frame(0.6), Draft(pixels, labels, paths, camera).frame(0.6))


def test_frames_may_be_asked_for_by_many_threads() -> None:
    pixels = textured(200, 150)
    labels = painted(200, 150, (1, 60, 60, 30, 30), (2, 140, 90, 30, 30))
    draft = Draft(pixels, labels, {1: line((60, 60), (90, 90)), 2: line((0, 0), (-40, 9))})
    times = [index / 40 for index in range(41)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(draft.frame, times))
    assert all(np.array_equal(a, draft.frame(t)) for a, t in zip(together, times, strict=True))


@pytest.mark.parametrize("axis", ["horizontal", "vertical", "pan", "tilt", "roll", "zoom"])
@pytest.mark.parametrize("value", [-10.0, 10.0])
def test_a_camera_never_shows_black_borders(axis: str, value: float) -> None:
    pixels = np.full((90, 160, 3), 200, np.uint8)
    camera = Camera(CameraKind.SIMPLE, {axis: value})
    draft = Draft(pixels, np.zeros((90, 160), np.uint8), {}, camera)
    assert draft.frame(1.0).min() >= 199


@pytest.mark.parametrize("kind", list(CameraKind))
def test_a_camera_alone_moves_the_picture(photo: Rgb, kind: CameraKind) -> None:
    camera = Camera(kind, {"zoom": 5.0} if kind == CameraKind.SIMPLE else None)
    draft = Draft(photo, np.zeros(photo.shape[:2], np.uint8), {}, camera)
    assert np.array_equal(draft.frame(0.0), photo)
    assert np.abs(draft.frame(1.0).astype(int) - photo).mean() > 3


def test_sizes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        Draft(textured(20, 10), np.zeros((10, 21), np.uint8), {})


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 9999), st.sampled_from([None, 1, 33]))
def test_any_picture_any_areas(width: int, height: int, seed: int, out: int | None) -> None:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
    labels = random.integers(0, 8, (height, width)).astype(np.uint8)
    paths = {area: line(*random.uniform(-500, 500, (3, 2))) for area in range(1, 8)}
    draft = Draft(pixels, labels, paths, height=out)
    frame = draft.frame(0.5)
    assert frame.shape == (draft.size[1], draft.size[0], 3)
    assert frame.dtype == np.uint8


# Turning, growing, order, landing, quick backgrounds


def middle_of(frame: Rgb, background: int) -> tuple[float, float]:
    """Centre of everything that differs from a plain background."""
    ys, xs = np.nonzero(np.abs(frame.astype(int) - background).max(axis=2) > 40)
    return float(xs.mean()), float(ys.mean())


def bar(width: int, height: int, across: int, down: int) -> tuple[Rgb, Rgb]:
    """A white bar on grey in the middle of the picture, painted as area 1."""
    pixels = np.full((height, width, 3), 90, np.uint8)
    labels = np.zeros((height, width), np.uint8)
    y, x = height // 2, width // 2
    inside = np.s_[y - down : y + down, x - across : x + across]
    pixels[inside], labels[inside] = 240, 1
    return pixels, labels


def test_an_area_turns_with_its_path() -> None:
    pixels, labels = bar(240, 240, 40, 10)
    # To the right, then down: it ends a quarter turn clockwise.
    path = Path(((120, 120), (160, 120), (160, 160)), Curve.STRAIGHT, turns=True)
    frame = Draft(pixels, labels, {1: path}).frame(1.0)
    assert middle_of(frame, 90) == pytest.approx((159.5, 159.5), abs=0.6)
    ys, xs = np.nonzero(frame[..., 0] > 180)
    assert xs.max() - xs.min() == pytest.approx(19, abs=2)
    assert ys.max() - ys.min() == pytest.approx(79, abs=2)
    first = Draft(pixels, labels, {1: path}).frame(0.0)
    assert np.array_equal(first[labels == 1], pixels[labels == 1])


def test_a_turn_to_the_left_is_anticlockwise() -> None:
    pixels, labels = bar(240, 240, 40, 10)
    pixels[110:130, 150:160] = (250, 30, 30)  # its right end
    path = Path(((120, 120), (150, 120), (150, 90)), Curve.STRAIGHT, turns=True)
    frame = Draft(pixels, labels, {1: path}).frame(1.0)
    ys, _ = np.nonzero((frame[..., 0] > 180) & (frame[..., 1] < 90))
    assert ys.mean() < 70  # what was ahead is ahead: it points up


def test_an_area_grows_to_its_size_at_the_end() -> None:
    pixels, labels = bar(240, 240, 20, 20)
    path = Path(((120, 120), (150, 120)), scale=2.0, hold=(0.0, 0.2))
    draft = Draft(pixels, labels, {1: path})
    for time, side in ((0.0, 40), (0.4, 60), (0.8, 80), (1.0, 80)):
        ys, _ = np.nonzero(draft.frame(time)[..., 0] > 165)
        assert ys.max() - ys.min() + 1 == pytest.approx(side, abs=3)


def test_the_first_area_of_the_list_lies_in_front() -> None:
    pixels = np.full((100, 200, 3), 90, np.uint8)
    labels = np.zeros((100, 200), np.uint8)
    labels[40:60, 30:60], labels[40:60, 140:170] = 1, 2
    pixels[labels == 1], pixels[labels == 2] = (250, 0, 0), (0, 250, 0)
    frame = Draft(pixels, labels, {1: line((45, 50), (100, 50)), 2: line((155, 50), (100, 50))})
    assert frame.frame(1.0)[50, 100].tolist() == [250, 0, 0]


def test_a_landing_shows_the_end_first(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 200, 50, 50))
    paths = {1: line((200, 200), (300, 150))}
    plain, landing = Draft(photo, labels, paths), Draft(photo, labels, paths, backwards=True)
    for time in (0.0, 0.3, 1.0):
        assert np.array_equal(landing.frame(time), plain.frame(1.0 - time))
    assert np.array_equal(landing.frame(1.0), photo)


def test_a_quick_draft_differs_in_the_background_alone(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 200, 50, 50), (7, 60, 60, 30, 30))
    paths = {1: line((200, 200), (300, 150))}
    quick, fine = Draft(photo, labels, paths, quick=True), Draft(photo, labels, paths)
    assert (quick.fine, fine.fine) == (False, True)
    differs = (quick.frame(1.0) != fine.frame(1.0)).any(axis=2)
    hole = cv2.dilate((labels == 1).view(np.uint8), np.ones((13, 13), np.uint8)) > 0
    assert differs[hole].any()
    assert not differs[~hole].any()
    refined = quick.refined()
    assert refined is not None
    assert refined.fine
    assert np.array_equal(refined.frame(0.7), fine.frame(0.7))
    assert quick.refined(lambda: True) is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 159), st.integers(0, 119),
                          st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=6))  # fmt: skip
def test_repainted_and_refined_is_the_same_as_made_anew(strokes: list[tuple[int, ...]]) -> None:
    pixels = textured(160, 120)
    labels = painted(160, 120, (1, 50, 40, 25, 20), (2, 110, 70, 20, 30))
    paths = {area: line((50, 40), (80 + area, 60)) for area in range(1, 7)}
    draft = Draft(pixels, labels, paths, height=90, quick=True)
    draft.frame(0.5)
    for area, x, y, across, down in strokes:
        labels = labels.copy()
        cv2.ellipse(labels, (x, y), (across, down), 0, 0, 360, area, -1)
        draft = draft.repainted(labels, paths)
        quick = draft.frame(0.4)
    anew = Draft(pixels, labels, paths, height=90)
    refined = draft.refined()
    assert refined is not None
    assert np.array_equal(refined.frame(0.4), anew.frame(0.4))
    assert quick.shape == refined.frame(0.4).shape


def test_repainted_keeps_what_was_filled_in_well(photo: Rgb) -> None:
    labels = painted(photo.shape[1], photo.shape[0], (1, 200, 200, 50, 50))
    paths = {1: line((200, 200), (420, 150)), 2: line((100, 100), (150, 120))}
    draft = Draft(photo, labels, paths)
    more = labels.copy()
    cv2.ellipse(more, (100, 100), (20, 20), 0, 0, 360, 2, -1)
    again = draft.repainted(more, paths)
    assert not again.fine
    part = np.s_[150:250, 150:250]  # where the first area was: its plate is there already
    assert np.array_equal(again.frame(1.0)[part], draft.frame(1.0)[part])
