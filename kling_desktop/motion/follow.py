"""The follow score: how closely the areas of a finished video went where they were drawn to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import numpy.typing as npt

from kling_desktop.model import areas
from kling_desktop.model import path as paths_in_time
from kling_desktop.model.areas import Labels
from kling_desktop.model.path import Path, Points
from kling_desktop.motion import rewind, tracking, video
from kling_desktop.motion.tracking import AreaTracker, Gray, view

Rgb = npt.NDArray[np.uint8]

WIDEST = 1280
"""Frames are searched at most this wide: finer does not measure better, only slower."""
SAME_PICTURE = 0.5
"""Least correlation of the first frame with the picture."""


@dataclass(frozen=True, slots=True)
class AreaFollow:
    """How one area followed its path; distances in pixels of the picture.

    ``score`` is 1 for the drawn motion and 0 for a video that errs as much as one that stands
    still. Where the area could not be measured to the end, the figures are None and ``note`` says
    why; ``track`` holds (seconds of the video, x, y) as far as it was followed from the picture's
    end of the video.
    """

    area: int
    mean_px: float | None
    max_px: float | None
    end_px: float | None
    """At the path's end, which a video that was measured backwards begins with."""
    score: float | None
    track: tuple[tuple[float, float, float], ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FollowReport:
    """The areas that have a path, and how far the static area strayed at worst, in pixels."""

    areas: tuple[AreaFollow, ...]
    static_drift_px: float | None = None
    static_note: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The document that ``kling-desktop follow --json`` prints."""
        return {
            "areas": [
                {
                    "area": found.area,
                    "mean_px": _rounded(found.mean_px),
                    "max_px": _rounded(found.max_px),
                    "end_px": _rounded(found.end_px),
                    "score": _rounded(found.score),
                    "track": [[_rounded(value) for value in point] for point in found.track],
                    "note": found.note,
                }
                for found in self.areas
            ],
            "static_drift_px": _rounded(self.static_drift_px),
            "static_note": self.static_note,
        }


@dataclass(frozen=True, slots=True)
class _Motion:
    """Displacements of one area in pixels of the picture, one for each frame up to its loss."""

    shifts: Points
    featureless: bool


def follow(
    pixels: Rgb,
    labels: Labels,
    paths: Mapping[int, Path],
    video: FilePath,
    *,
    backwards: bool = False,
) -> FollowReport:
    """Measure a video of the picture ``pixels``, (H, W, 3) RGB, against the paths of its areas.

    The paths are those of ``model.landing.sent``: they start on their areas. What is compared is
    the motion since the first frame, at each frame's share of the time. A video that lands on the
    picture is measured ``backwards``, from its last frame. It may have any size.

    Raises VideoError for a file that cannot be read.
    """
    wanted = [area for area in areas.MOVING if area in paths and _leads(paths[area])]
    painted = areas.counts(labels)
    watched = [area for area in (*wanted, areas.STATIC) if painted[area]]
    times, motions, same = _measured(pixels, labels, watched, video, backwards=backwards)
    if not same:
        meets = "end" if backwards else "begin"
        note = f"The video does not {meets} with the picture of this shot."
        unscored = tuple(AreaFollow(area, None, None, None, None, note=note) for area in wanted)
        return FollowReport(unscored, None, note if painted[areas.STATIC] else None)
    found = tuple(_scored(area, paths[area], motions.get(area), times, labels) for area in wanted)
    if backwards:
        found = tuple(_mirrored(area, times[-1]) for area in found)
    return FollowReport(found, *_drift(motions.get(areas.STATIC), times))


def _leads(path: Path) -> bool:
    """Whether a path is one to be followed: two points, or one that another area carries."""
    return len(path.points) >= 2 or bool(path.points and path.carriers)


def _mirrored(found: AreaFollow, seconds: float) -> AreaFollow:
    """The track of a video that was measured from its end in the video's own time."""
    track = tuple((seconds - time, x, y) for time, x, y in reversed(found.track))
    lost = bool(found.note and track)
    note = f"Area {found.area} was lost {seconds - track[0][0]:.1f} seconds before the end."
    return replace(found, track=track, note=note if lost else found.note)


def _measured(
    pixels: Rgb, labels: Labels, watched: list[int], path: FilePath, *, backwards: bool
) -> tuple[list[float], dict[int, _Motion], bool]:
    """Times of the frames, motions of the areas, and whether it is a video of this picture."""
    frames = _views(path, labels.shape, backwards=backwards)
    start, first = next(frames)
    if not _alike(pixels, first):
        return [], {}, False
    height, width = first.shape
    small = areas.scaled(labels, width, height)
    trackers = {area: AreaTracker(first, small == area) for area in watched}
    featureless = {area for area, tracker in trackers.items() if tracker.lost}
    shifts: dict[int, list[tuple[float, float]]] = {area: [(0.0, 0.0)] for area in watched}
    times, before = [start], first
    for now, seen in frames:
        times.append(now)
        moved = tracking.follow(trackers.values(), before, seen)
        for area, shift in zip(trackers, moved, strict=True):
            if shift is not None:
                shifts[area].append(shift)
        before = seen
    scale = (labels.shape[1] / width, labels.shape[0] / height)
    found = {
        area: _Motion(np.asarray(shifts[area], np.float64) * scale, area in featureless)
        for area in watched
    }
    return times, found, True


def _views(
    path: FilePath, shape: tuple[int, ...], *, backwards: bool
) -> Iterator[tuple[float, Gray]]:
    """The frames at the size at which they are searched."""
    import cv2

    for time, pixels in rewind.read(path) if backwards else video.read(path):
        found = pixels
        if max(abs(have - want) for have, want in zip(pixels.shape, shape, strict=False)) <= 1:
            # One row or column more is what makes a size even: no other scale.
            found = found[: shape[0], : shape[1]]
        if found.shape[1] > WIDEST:
            height = max(1, round(found.shape[0] * WIDEST / found.shape[1]))
            small = cv2.resize(found, (WIDEST, height), interpolation=cv2.INTER_AREA)
            found = np.asarray(small, np.uint8)
        yield time, view(np.ascontiguousarray(found))


def _alike(pixels: Rgb, first: Gray) -> bool:
    """Whether picture and first frame are the same at a glance; flat pictures pass."""
    import cv2

    gray = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    a, b = (
        cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA).astype(np.float64)
        for image in (gray, first)
    )
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if min(a.std(), b.std()) < 1.0:
        return bool(abs(a.std() - b.std()) < 4.0)
    return float((a * b).sum()) / size >= SAME_PICTURE


def _scored(
    area: int, path: Path, motion: _Motion | None, times: list[float], labels: Labels
) -> AreaFollow:
    if motion is None:
        return _unscored(area, f"Area {area} is not painted.")
    if len(times) < 2:
        return _unscored(area, "The video has only one frame.")
    if motion.featureless:
        return _unscored(area, f"Area {area} has too little texture to be followed.")
    seconds = max(times[-1], 1e-9)
    drawn = paths_in_time.at(path, np.asarray(times) / seconds)
    known = len(motion.shifts)
    track = _track(times, drawn[0] + motion.shifts)
    if known < len(times):
        note = f"Area {area} was lost after {times[known - 1]:.1f} of {seconds:.1f} seconds."
        return AreaFollow(area, None, None, None, None, track, note)
    due = drawn - drawn[0]
    away = np.hypot(*(motion.shifts - due).T)
    # A path that goes nowhere still needs a yardstick.
    reach = max(float(np.hypot(*due.T).mean()), 0.01 * labels.shape[1])
    mean = float(away.mean())
    score = min(1.0, max(0.0, 1.0 - mean / reach))
    return AreaFollow(area, mean, float(away.max()), float(away[-1]), score, track)


def _unscored(area: int, note: str) -> AreaFollow:
    return AreaFollow(area, None, None, None, None, note=note)


def _drift(motion: _Motion | None, times: list[float]) -> tuple[float | None, str | None]:
    if motion is None:
        return None, None
    if motion.featureless:
        return None, "The static area has too little texture to be measured."
    if len(motion.shifts) < len(times):
        return None, f"The static area was lost after {times[len(motion.shifts) - 1]:.1f} seconds."
    return float(np.hypot(*motion.shifts.T).max()), None


def _track(times: list[float], places: Points) -> tuple[tuple[float, float, float], ...]:
    pairs = zip(times, places, strict=False)
    return tuple((time, float(x), float(y)) for time, (x, y) in pairs)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
