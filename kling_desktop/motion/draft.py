"""The draft: a shot's motion rendered here and now, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kling_desktop.model import areas
from kling_desktop.model import path as paths_in_time
from kling_desktop.model.areas import Labels, Rect
from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path, Points
from kling_desktop.motion import layers
from kling_desktop.motion.camera import homography
from kling_desktop.motion.layers import Coverage, Layer, Rgb
from kling_desktop.motion.plate import grown, plate

STEPS = 4096
"""Time steps at which a path is asked once; a frame lies between two of them."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What no path changes: background with the moving areas taken out, and those areas."""

    background: Rgb
    moving: Mapping[int, Layer]
    static: Layer | None


class Draft:
    """The motion of one shot. It holds no state: frames can be asked for in any order and thread.

    ``pixels`` is the picture, (H, W, 3) RGB; ``labels`` its areas, (H, W); ``paths`` are in pixels
    of the picture. A painted area moves if its path goes anywhere, every other one belongs to the
    background. ``height`` renders at another size with the same aspect. Raises ValueError where
    picture and areas differ in size.
    """

    def __init__(
        self,
        pixels: Rgb,
        labels: Labels,
        paths: Mapping[int, Path],
        camera: Camera | None = None,
        *,
        height: int | None = None,
    ) -> None:
        if pixels.shape[:2] != labels.shape:
            raise ValueError("The areas and the picture differ in size.")
        self._pixels, self._labels = np.ascontiguousarray(pixels), labels
        self._size = _output_size(pixels, height)
        self._aim(paths, camera)
        self._scene = _scene(pixels, labels, self._size, frozenset(self._tracks))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames in pixels."""
        return self._size

    def aimed(self, paths: Mapping[int, Path], camera: Camera | None = None) -> Draft:
        """The draft of the same picture and areas along other paths, at once where it can be.

        Only when other areas begin or cease to move is the background made anew.
        """
        found = object.__new__(Draft)
        found._pixels, found._labels, found._size = self._pixels, self._labels, self._size
        found._aim(paths, camera)
        same = found._tracks.keys() == self._tracks.keys()
        moving = frozenset(found._tracks)
        found._scene = (
            self._scene if same else _scene(self._pixels, self._labels, self._size, moving)
        )
        return found

    def frame(self, time: float) -> Rgb:
        """The picture at a share of the time (0…1), clamped outside: a fresh (h, w, 3) array."""
        found = self._scene.background.copy()
        touched = Rect(0, 0, 0, 0)
        for area, layer in self._scene.moving.items():
            touched = touched.united(layer.blend(found, *self._shift(area, time)))
        if self._scene.static is not None:
            self._scene.static.blend(found, 0.0, 0.0, touched)
        return _seen(found, self._camera, time)

    def frames(self, seconds: float, fps: float) -> Iterator[Rgb]:
        """round(seconds × fps) frames, the first at time 0 and the last at time 1."""
        count = round(seconds * fps)
        for index in range(count):
            yield self.frame(index / (count - 1) if count > 1 else 0.0)

    def _aim(self, paths: Mapping[int, Path], camera: Camera | None) -> None:
        painted = areas.counts(self._labels)
        self._camera = camera
        self._tracks = {
            area: _track(paths[area], self._scale)
            for area in areas.MOVING
            if area in paths and painted[area] and moves(paths[area])
        }

    @property
    def _scale(self) -> tuple[float, float]:
        height, width = self._labels.shape
        return self._size[0] / width, self._size[1] / height

    def _shift(self, area: int, time: float) -> tuple[float, float]:
        track = self._tracks[area]
        exact = min(1.0, max(0.0, time)) * STEPS
        index = min(int(exact), STEPS - 1)
        x, y = track[index] + (track[index + 1] - track[index]) * (exact - index)
        return float(x), float(y)


def moves(path: Path) -> bool:
    """Whether an area with this path leaves its place."""
    return len(path.points) >= 2 and paths_in_time.length(path) > 0.0


def _track(path: Path, scale: tuple[float, float]) -> Points:
    """Shifts in output pixels at each time step, shape (STEPS + 1, 2)."""
    where = paths_in_time.sample(path, STEPS + 1)
    return np.asarray((where - where[0]) * scale, np.float64)


def _output_size(pixels: Rgb, height: int | None) -> tuple[int, int]:
    full = pixels.shape[0]
    if height is None:
        return pixels.shape[1], full
    return max(1, round(pixels.shape[1] * height / full)), max(1, height)


def _scene(pixels: Rgb, labels: Labels, size: tuple[int, int], moving: frozenset[int]) -> Scene:
    picture = _resized(pixels, size)
    covers = {area: _coverage(labels, area, size) for area in sorted(moving)}
    hole = np.zeros(picture.shape[:2], np.bool_)
    for cover in covers.values():
        hole |= cover > 0
    background = plate(picture, grown(hole))
    # The plate reaches a little beyond the hole; areas that stay are the artist's, to the pixel.
    keep = ~hole & (_nearest(labels, size) > 0)
    background[keep] = picture[keep]
    cuts = {area: layers.cut(picture, cover) for area, cover in covers.items()}
    static = layers.pin(background, _coverage(labels, areas.STATIC, size)) if moving else None
    return Scene(background, {area: layer for area, layer in cuts.items() if layer}, static)


def _coverage(labels: Labels, area: int, size: tuple[int, int]) -> Coverage:
    return _resized(np.where(labels == area, np.uint8(255), np.uint8(0)), size)


def _nearest(labels: Labels, size: tuple[int, int]) -> Labels:
    return labels if labels.shape[::-1] == size else areas.scaled(labels, *size)


def _resized(array: Rgb, size: tuple[int, int]) -> Rgb:
    import cv2

    if array.shape[1::-1] == size:
        return array
    smaller = size[0] < array.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(array, size, interpolation=how), np.uint8)


def _seen(frame: Rgb, camera: Camera | None, time: float) -> Rgb:
    """The frame through the camera; beyond the picture's edge its mirror image is seen."""
    import cv2

    height, width = frame.shape[:2]
    matrix = homography(camera, time, width=width, height=height)
    if np.allclose(matrix, np.eye(3), rtol=0.0, atol=1e-12):
        return frame
    found = cv2.warpPerspective(
        frame, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(found, np.uint8)
