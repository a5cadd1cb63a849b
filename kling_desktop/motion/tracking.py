"""Following one area through a video: many small features, and the median of what they did.

Each feature is followed from frame to frame by pyramidal Lucas-Kanade forwards and backwards (the
forward-backward error of Kalal, Mikolajczyk and Matas, 2010), then put right against the first
frame, so that nothing adds up over a long video.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Mask

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Shift = tuple[float, float]

MOST = 80
FEWEST = 5
"""Features that an area must have, and keep."""
SHARE = 0.15
"""Share of the features that must be left, or the area counts as lost."""
WINDOW = 21
DEPTHS = ((12, 8), (9, 6), (6, 4), (3, 2))
"""How far inside the area a feature lies, and half the side of its patch, which then holds nothing
but the area: the widest that finds enough features is taken."""
CONTRAST = 4.0
"""Least standard deviation, in grey levels, of a patch that can be told from its neighbours."""
ALIKE = 0.7
"""Least correlation of a patch with how it looked in the first frame."""
STEADY = 0.85
"""Least correlation with how it looked one frame before, for a patch that has changed since."""
ASTRAY = 3.0
"""Pixels that the correction may differ from where the feature was followed to."""


def view(pixels: npt.NDArray[np.uint8]) -> Gray:
    """A frame from (h, w, 3) RGB, ready to be searched, so smooth that grain is not texture."""
    import cv2

    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.GaussianBlur(gray, (5, 5), 1.0), np.uint8)


def follow(trackers: Iterable[AreaTracker], before: Gray, now: Gray) -> list[Shift | None]:
    """Every area's displacement since the first frame, None for one that is lost.

    One search for the features of all areas: most of its cost is the same however few there are.
    """
    asked = list(trackers)
    places = np.concatenate([np.zeros((0, 2), np.float32), *(one.last for one in asked)])
    if not len(places):
        return [None] * len(asked)
    found, good = _followed(before, now, places)
    ends = np.cumsum([len(one.last) for one in asked])[:-1]
    parts = zip(asked, np.split(found, ends), np.split(good, ends), strict=True)
    return [one.advance(now, place, followed) for one, place, followed in parts]


class AreaTracker:
    """Where one area has got to, frame after frame, in pixels of the frames."""

    def __init__(self, first: Gray, area: Mask) -> None:
        self._first = first
        self._start, self._half = _features(first, area)
        self.last = self._start.copy()
        self._alive = np.ones(len(self._start), np.bool_)
        self._original = _patches(first, self._start, self._half)
        self._recent = self._original

    @property
    def lost(self) -> bool:
        """Whether there is too little left, or was from the start, to say anything."""
        return int(self._alive.sum()) < max(FEWEST, SHARE * len(self._start))

    def advance(self, now: Gray, place: Floats, followed: Flags) -> Shift | None:
        """Take in where the features went, those that could be followed; None once it is lost."""
        followed = followed & self._alive
        if self.lost or not followed.any():
            self._alive = np.zeros_like(followed)
            return None
        common = np.median((place - self._start)[followed], axis=0)
        place = np.where(followed[:, None], place, self._start + common).astype(np.float32)
        exact, anchored = self._corrected(now, place, followed)
        chained = followed & ~anchored
        place = np.where(anchored[:, None], exact, place).astype(np.float32)
        patches = _patches(now, place, self._half)
        chained &= _correlation(patches, self._recent) >= STEADY
        self._alive = (anchored | chained) & _inside(place, now.shape)
        self.last, self._recent = place, patches
        return self._shift(anchored)

    def _shift(self, anchored: Flags) -> Shift | None:
        """The common displacement, of those put right alone where there are enough of them."""
        if self.lost:
            return None
        sure = self._alive & anchored
        used = sure if sure.sum() >= max(FEWEST, len(sure) // 4) else self._alive
        x, y = np.median((self.last - self._start)[used], axis=0)
        return float(x), float(y)

    def _corrected(self, now: Gray, place: Floats, followed: Flags) -> tuple[Floats, Flags]:
        """Each feature as it was in the first frame, searched near where it should be now."""
        import cv2

        whole = np.rint(np.median((place - self._start)[followed], axis=0)).astype(np.float32)
        low = np.floor(self._start.min(axis=0)) - WINDOW - 4
        size = tuple(int(side) for side in np.ceil(self._start.max(axis=0) - low) + WINDOW + 4)
        here = _window(self._first, low, size)
        there = _window(self._lit(now, place, followed), low + whole, size)
        found, status, _ = cv2.calcOpticalFlowPyrLK(
            here,
            there,
            self._start - low,
            (place - whole - low).astype(np.float32),
            winSize=(2 * self._half + 5,) * 2,
            maxLevel=1,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        exact = (np.asarray(found, np.float32) + low + whole).astype(np.float32)
        alike = _correlation(_patches(now, exact, self._half), self._original) >= ALIKE
        near = np.hypot(*(exact - place).T) <= ASTRAY
        return exact, (status.reshape(-1) > 0) & near & alike & _inside(exact, now.shape)

    def _lit(self, gray: Gray, place: Floats, followed: Flags) -> Gray:
        """The frame in the light of the first one: Lucas-Kanade takes brighter for moved."""
        import cv2

        seen = _patches(gray, place[followed], self._half)
        original = self._original[followed]
        gain = float(np.median(original.std(axis=1) / np.maximum(seen.std(axis=1), 1.0)))
        gain = min(2.0, max(0.5, gain))
        offset = float(np.median(original.mean(axis=1) - gain * seen.mean(axis=1)))
        table = np.clip(np.rint(np.arange(256) * gain + offset), 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(gray, table), np.uint8)


def _features(gray: Gray, area: Mask) -> tuple[Floats, int]:
    """Corners inside the area, (n, 2), and half the side of the patches around them."""
    import cv2

    best = np.zeros((0, 2), np.float32), DEPTHS[-1][1]
    depth = cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 3)
    for margin, half in DEPTHS:
        inner = (depth > margin).astype(np.uint8)
        corners: Any = cv2.goodFeaturesToTrack(gray, MOST, 0.01, 4, mask=inner, blockSize=5)
        # None where there is no corner at all.
        places = np.array([] if corners is None else corners, np.float32).reshape(-1, 2)
        places = places[_patches(gray, places, half).std(axis=1) >= CONTRAST]
        if len(places) > len(best[0]):
            best = places, half
        if len(best[0]) >= 4 * FEWEST:
            break
    return best


def _followed(before: Gray, now: Gray, places: Floats) -> tuple[Floats, Flags]:
    """Where the places went from one frame to the next, and which of them came back."""
    import cv2

    window = (WINDOW, WINDOW)
    there, sent, _ = cv2.calcOpticalFlowPyrLK(
        before, now, places, places.copy(), winSize=window, maxLevel=4
    )
    back, returned, _ = cv2.calcOpticalFlowPyrLK(
        now, before, there, there.copy(), winSize=window, maxLevel=4
    )
    near = np.hypot(*(back - places).T) < 0.7
    good = (sent.reshape(-1) > 0) & (returned.reshape(-1) > 0) & near
    return np.asarray(there, np.float32), np.asarray(good, np.bool_)


def _window(gray: Gray, corner: Floats, size: tuple[int, ...]) -> Gray:
    """A rectangle of the frame, edge pixels repeated where it reaches beyond."""
    import cv2

    x, y = (float(corner[i]) + (size[i] - 1) / 2 for i in (0, 1))
    return np.asarray(cv2.getRectSubPix(gray, (size[0], size[1]), (x, y)), np.uint8)


def _patches(gray: Gray, places: Floats, half: int) -> Floats:
    """The surroundings of each place, shape (n, pixels of a patch)."""
    import cv2

    side = np.arange(-half, half + 1, dtype=np.float32)
    if not len(places):
        return np.zeros((0, len(side) ** 2), np.float32)
    across = np.broadcast_to(places[:, 0, None, None] + side, (len(places), len(side), len(side)))
    down = np.broadcast_to(places[:, 1, None, None] + side[:, None], across.shape)
    flat = (-1, len(side))
    found = cv2.remap(
        gray,
        np.ascontiguousarray(across).reshape(flat),
        np.ascontiguousarray(down).reshape(flat),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(found, np.float32).reshape(len(places), -1)


def _correlation(a: Floats, b: Floats) -> Floats:
    """Normalised correlation (-1…1) of patches with their like, blind to brightness."""
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    size = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / np.maximum(size, 1e-6), np.float32)


def _inside(places: Floats, shape: tuple[int, ...]) -> Flags:
    x, y = places.T
    return np.asarray((x >= 1) & (y >= 1) & (x < shape[1] - 2) & (y < shape[0] - 2), np.bool_)
