"""The follow score: right about drafts, about other paths, and honest where it cannot know."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath

import cv2
import numpy as np
import pytest

from kling_desktop.model.path import Path, at, resolved
from kling_desktop.model.timing import Timing
from kling_desktop.motion import video
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.follow import FollowReport, follow
from kling_desktop.motion.reverse import reverse
from tests.motion.scenes import Rgb, line, load_photo, painted, textured

Change = Callable[[int, Rgb], Rgb]


def filmed(
    path: FilePath,
    draft: Draft,
    change: Change | None = None,
    *,
    crf: int = 28,
    seconds: float = 2.0,
) -> FilePath:
    """The draft as a video, each frame changed on its way."""
    frames = draft.frames(seconds, 24)
    changed = frames if change is None else (change(i, frame) for i, frame in enumerate(frames))
    video.write(path, changed, fps=24, crf=crf)
    return path


def scene() -> tuple[Rgb, Rgb, Mapping[int, Path]]:
    """A photograph with two moving areas and a static one."""
    pixels = load_photo("astronaut.png")
    labels = painted(512, 512, (1, 230, 110, 55, 75), (2, 330, 420, 60, 55), (7, 120, 350, 60, 40))
    paths = {
        1: line((230, 110), (300, 90), (310, 140)),
        2: Path(((330.0, 420.0), (270.0, 440.0)), timing=Timing.EASE_IN_OUT),
    }
    return pixels, labels, paths


def close(report: FollowReport, mean: float, most: float) -> None:
    for found in report.areas:
        assert found.note is None
        assert found.mean_px is not None
        assert found.max_px is not None
        assert found.score is not None
        assert found.mean_px <= mean
        assert found.max_px <= most
        assert found.score > 0.97


def test_a_draft_follows_its_own_path(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths)))
    assert [found.area for found in report.areas] == [1, 2]
    close(report, 0.5, 2.0)
    assert report.static_drift_px is not None
    assert report.static_drift_px <= 0.3


def test_the_track_is_the_path_in_seconds(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths)))
    track = np.array(report.areas[1].track)
    assert track.shape == (48, 3)
    assert track[:, 0] == pytest.approx(np.arange(48) / 24, abs=1e-3)
    drawn = at(paths[2], np.linspace(0, 1, 48))
    assert np.abs(track[:, 1:] - drawn).max() < 1.0


def turned(clip: FilePath) -> FilePath:
    """The same video from its end."""
    reverse(clip, clip)
    return clip


def test_a_video_that_lands_is_measured_from_its_end(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    clip = turned(filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths)))
    report = follow(pixels, labels, paths, clip, backwards=True)
    close(report, 0.5, 2.0)
    track = np.array(report.areas[0].track)
    assert track[:, 0] == pytest.approx(np.arange(48) / 24, abs=1e-3)
    drawn = at(paths[1], np.linspace(1, 0, 48))
    assert np.abs(track[:, 1:] - drawn).max() < 2.0
    assert report.static_drift_px is not None
    assert report.static_drift_px <= 0.3


def test_a_video_that_does_not_land_on_the_picture_is_not_scored(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    other = np.ascontiguousarray(255 - pixels)
    clip = filmed(tmp_path / "a.mp4", Draft(other, labels, paths))
    report = follow(pixels, labels, paths, clip, backwards=True)
    assert [found.score for found in report.areas] == [None, None]
    assert "does not end with" in (report.areas[0].note or "")


def test_a_lost_area_of_a_landing_is_told_from_the_end(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()

    def gone(index: int, frame: Rgb) -> Rgb:
        return frame if index < 12 else np.full_like(frame, 90)

    clip = turned(filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths), gone))
    found = follow(pixels, labels, paths, clip, backwards=True).areas[0]
    assert found.score is None
    assert found.note == "Area 1 was lost 0.5 seconds before the end."
    times = [time for time, _, _ in found.track]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(47 / 24, abs=1e-3)


def test_an_area_that_another_carries_is_measured(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    carried = resolved({1: paths[1], 2: Path(((330.0, 420.0),), parent=1)})
    clip = filmed(tmp_path / "a.mp4", Draft(pixels, labels, carried))
    report = follow(pixels, labels, carried, clip)
    assert [found.area for found in report.areas] == [1, 2]
    close(report, 0.5, 2.0)


def test_another_path_is_as_far_away_as_it_is(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    clip = filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths))
    other = {1: line((230, 110), (200, 60)), 2: line((100, 100), (40, 120))}
    report = follow(pixels, labels, other, clip)
    times = np.linspace(0, 1, 48)
    for found in report.areas:
        drawn, asked = at(paths[found.area], times), at(other[found.area], times)
        away = np.hypot(*((drawn - drawn[0]) - (asked - asked[0])).T)
        assert found.mean_px == pytest.approx(away.mean(), abs=1)
        assert found.max_px == pytest.approx(away.max(), abs=1)
        assert found.end_px == pytest.approx(away[-1], abs=1)
    assert report.areas[0].score == 0.0


def test_a_video_that_stands_still_scores_nothing(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", Draft(pixels, labels, {})))
    assert [found.score for found in report.areas] == pytest.approx([0.0, 0.0], abs=0.02)
    assert report.areas[0].end_px == pytest.approx(np.hypot(80, 30), abs=0.5)


def test_brightness_drift_and_grain(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    random = np.random.default_rng(5)

    def aged(index: int, frame: Rgb) -> Rgb:
        light = 1 + 0.15 * np.sin(index / 8)
        noisy = frame * light + index * 0.2 + random.normal(0, 8, frame.shape)
        return np.clip(noisy, 0, 255).astype(np.uint8)

    clip = filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths), aged)
    report = follow(pixels, labels, paths, clip)
    close(report, 1.0, 2.0)
    assert report.static_drift_px is not None
    assert report.static_drift_px <= 0.6


@pytest.mark.parametrize("height", [256, 343, 900])
def test_a_video_of_another_size(tmp_path: FilePath, height: int) -> None:
    pixels, labels, paths = scene()
    draft = Draft(pixels, labels, paths, height=height)
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", draft))
    close(report, 0.8, 2.0)


@pytest.mark.parametrize("name", ["rocket.jpg", "coffee.png"])
def test_odd_sizes_and_the_other_photographs(tmp_path: FilePath, name: str) -> None:
    pixels = load_photo(name)[:399, :599]
    labels = painted(599, 399, (4, 320, 250, 45, 100))
    paths = {4: line((320, 250), (320, 150), (380, 120))}
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths)))
    close(report, 0.5, 2.0)


@pytest.mark.parametrize("radius", [14, 20, 28])
def test_small_areas(tmp_path: FilePath, radius: int) -> None:
    pixels = textured(400, 300, grain=4)
    labels = painted(400, 300, (2, 100, 150, radius, radius))
    paths = {2: line((100, 150), (180, 120), (260, 160))}
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths)))
    close(report, 0.5, 2.0)


def test_a_drifting_camera_is_static_drift(tmp_path: FilePath) -> None:
    pixels, labels, _ = scene()

    def slide(index: int, frame: Rgb) -> Rgb:
        matrix = np.float32([[1, 0, index * 0.1], [0, 1, 0]])
        return np.asarray(
            cv2.warpAffine(frame, matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE)
        )

    clip = filmed(tmp_path / "a.mp4", Draft(pixels, labels, {}), slide)
    assert follow(pixels, labels, {}, clip).static_drift_px == pytest.approx(4.7, abs=0.3)


def test_an_area_that_turns_and_changes_is_still_followed(tmp_path: FilePath) -> None:
    pixels = textured(400, 300, grain=8)
    labels = painted(400, 300, (1, 120, 150, 60, 60))

    def turned(index: int) -> Rgb:
        matrix = cv2.getRotationMatrix2D((120, 150), index * 0.8, 1 + index * 0.003)
        matrix[0, 2] += index * 2
        warped = cv2.warpAffine(pixels, matrix, (400, 300), borderMode=cv2.BORDER_REFLECT)
        return np.asarray(warped, np.uint8)

    video.write(tmp_path / "a.mp4", (turned(index) for index in range(48)), fps=24)
    paths = {1: line((120, 150), (214, 150))}
    found = follow(pixels, labels, paths, tmp_path / "a.mp4").areas[0]
    assert found.mean_px is not None
    assert found.mean_px < 4.0


def unscored(report: FollowReport, sentence: str) -> None:
    found = report.areas[0]
    assert (found.mean_px, found.max_px, found.end_px, found.score) == (None,) * 4
    assert found.note is not None
    assert sentence in found.note


def test_no_texture_is_said(tmp_path: FilePath) -> None:
    pixels = textured(320, 240)
    labels = painted(320, 240, (1, 100, 120, 40, 40), (7, 240, 120, 30, 30))
    pixels[labels > 0] = 128
    paths = {1: line((100, 120), (160, 120))}
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths)))
    unscored(report, "too little texture")
    assert report.static_drift_px is None
    assert report.static_note is not None


def test_an_area_that_vanishes_is_said(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()

    def hidden(index: int, frame: Rgb) -> Rgb:
        if index >= 24:
            frame[40:260, 150:400] = textured(250, 220, seed=9)
        return frame

    clip = filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths), hidden)
    report = follow(pixels, labels, {1: paths[1]}, clip)
    unscored(report, "was lost after 1.0 of 2.0 seconds")
    assert len(report.areas[0].track) == 24


def test_an_area_that_goes_under_the_static_one_is_said(tmp_path: FilePath) -> None:
    pixels = textured(400, 240)
    labels = painted(400, 240, (1, 80, 120, 30, 30), (7, 300, 120, 70, 90))
    paths = {1: line((80, 120), (300, 120))}
    report = follow(pixels, labels, paths, filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths)))
    unscored(report, "was lost")
    assert report.static_drift_px == pytest.approx(0, abs=0.3)


def test_a_video_of_something_else_is_said(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    video.write(tmp_path / "a.mp4", [textured(512, 512, seed=4)] * 10, fps=24)
    report = follow(pixels, labels, paths, tmp_path / "a.mp4")
    unscored(report, "does not begin with the picture")
    assert report.static_drift_px is None


def test_an_area_that_is_not_painted_is_said(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    clip = filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths), seconds=0.5)
    unscored(follow(pixels, labels, {5: paths[1]}, clip), "Area 5 is not painted")


def test_a_single_frame_is_no_motion(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    video.write(tmp_path / "a.mp4", [pixels], fps=24)
    unscored(follow(pixels, labels, paths, tmp_path / "a.mp4"), "only one frame")


def test_what_is_no_video_raises(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    (tmp_path / "a.mp4").write_bytes(b"<html></html>")
    with pytest.raises(video.VideoError, match="web page"):
        follow(pixels, labels, paths, tmp_path / "a.mp4")


def test_the_document_is_json(tmp_path: FilePath) -> None:
    pixels, labels, paths = scene()
    clip = filmed(tmp_path / "a.mp4", Draft(pixels, labels, paths), seconds=0.5)
    found = json.loads(json.dumps(follow(pixels, labels, paths, clip).to_json()))
    assert found["areas"][0]["area"] == 1
    assert len(found["areas"][0]["track"][0]) == 3
    assert 0.9 < found["areas"][0]["score"] <= 1
    assert found["static_drift_px"] < 0.3
