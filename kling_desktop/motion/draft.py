"""The draft: a shot's motion rendered here and now, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels, Mask, Rect
from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path
from kling_desktop.motion import background
from kling_desktop.motion.camera import homography
from kling_desktop.motion.layers import Rgb
from kling_desktop.motion.plate import plate, rim_of, rough
from kling_desktop.motion.still import Still
from kling_desktop.motion.track import REST, Track, moves

__all__ = ["Draft", "moves"]


class Draft:
    """The motion of one shot. It holds no state: frames can be asked for in any order and thread.

    ``pixels`` is the picture, (H, W, 3) RGB; ``labels`` its areas, (H, W); ``paths`` are in pixels
    of the picture, parents resolved, and begin on their areas. A painted area moves if its path
    goes anywhere, every other one belongs to the background. The first area lies in front, as it
    stands on top of the list. ``height`` renders at another size with the same aspect;
    ``backwards`` shows the end first, for a shot that lands. With ``quick`` the background is
    filled in roughly, until ``refined``. Raises ValueError where picture and areas differ in size.
    """

    def __init__(
        self,
        pixels: Rgb,
        labels: Labels,
        paths: Mapping[int, Path],
        camera: Camera | None = None,
        *,
        height: int | None = None,
        backwards: bool = False,
        quick: bool = False,
    ) -> None:
        if pixels.shape[:2] != labels.shape:
            raise ValueError("The areas and the picture differ in size.")
        self._still = Still(pixels, labels, _output_size(pixels, height))
        self._aim(paths, camera, backwards=backwards)
        fill = rough if quick else plate
        self._background = background.filled(self._still, self._moving, fill, fine=not quick)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames in pixels."""
        return self._still.size

    @property
    def picture(self) -> Rgb:
        """The picture at the size of the frames; not to be written to."""
        return self._still.picture

    @property
    def moving(self) -> tuple[int, ...]:
        """The areas that move, from the one in front to the one at the back."""
        return tuple(self._tracks)

    @property
    def fine(self) -> bool:
        """Whether the background is as good as it gets."""
        return self._background.fine

    # Another draft of the same picture

    def aimed(
        self, paths: Mapping[int, Path], camera: Camera | None = None, *, backwards: bool = False
    ) -> Draft:
        """Along other paths, at once: where other areas begin or cease to move, the background is
        ``fine`` no more."""
        return self.repainted(self._still.labels, paths, camera, backwards=backwards)

    def repainted(
        self,
        labels: Labels,
        paths: Mapping[int, Path],
        camera: Camera | None = None,
        *,
        backwards: bool = False,
    ) -> Draft:
        """With other labels (H, W), at once: what was not filled in before is filled in roughly."""
        found = object.__new__(Draft)
        same = labels is self._still.labels
        found._still = self._still if same else self._still.repainted(labels)
        found._aim(paths, camera, backwards=backwards, known=self._tracks)
        found._background = self._background
        if not same or found._moving != self._moving:
            found._background = background.patched(found._still, found._moving, self._background)
        return found

    def refined(self, cancelled: Callable[[], bool] | None = None) -> Draft | None:
        """The same draft with its background filled in well, which takes a while; None if
        ``cancelled`` has answered true."""
        if self.fine:
            return self
        found = object.__new__(Draft)
        found._still = self._still
        found._aim(self._paths, self._camera, backwards=self._backwards, known=self._tracks)

        def whole(picture: Rgb, hole: Mask) -> Rgb:
            return plate(picture, hole, cancelled=cancelled)

        found._background = background.filled(self._still, self._moving, whole, fine=True)
        return None if cancelled is not None and cancelled() else found

    # Frames

    def frame(self, time: float) -> Rgb:
        """The picture at a share of the time (0…1), clamped outside: a fresh (h, w, 3) array."""
        when = self._when(time)
        poses = {area: track.pose(when) for area, track in self._tracks.items()}
        if all(pose == REST for pose in poses.values()):
            return _seen(self._still.picture.copy(), self._camera, when)
        found = self._background.pixels.copy()
        touched = Rect(0, 0, 0, 0)
        reach = rim_of(*found.shape[:2]) + 1.0
        for area, pose in poses.items():
            # Close to where it rests, the rim that was filled in gives way to the picture.
            away = pose.away(self._still.layer(area).radius)
            if away < reach:
                self._background.settle(found, self._still.picture, area, 1.0 - away / reach)
        for area in reversed(poses):
            touched = touched.united(self.paste(found, area, time))
        self.pin(found, touched)
        return _seen(found, self._camera, when)

    def frames(self, seconds: float, fps: float) -> Iterator[Rgb]:
        """round(seconds × fps) frames, the first at time 0 and the last at time 1."""
        count = round(seconds * fps)
        for index in range(count):
            yield self.frame(index / (count - 1) if count > 1 else 0.0)

    def paste(self, frame: Rgb, area: int, time: float, *, strength: float = 1.0) -> Rect:
        """Draw one moving area as it is at that time onto a frame; returns what was touched."""
        pose = self._tracks[area].pose(self._when(time))
        layer = self._still.resting(area) if pose == REST else self._still.layer(area)
        layer = layer if strength >= 1.0 else layer.faded(strength)
        if pose.angle == 0.0 and pose.size == 1.0:
            return layer.blend(frame, pose.dx, pose.dy)
        return layer.blend_turned(frame, pose)

    def pin(self, frame: Rgb, touched: Rect) -> None:
        """Lay the static area over that part of a frame, as it lies over everything."""
        if self._background.static is not None:
            self._background.static.blend(frame, 0.0, 0.0, touched)

    def _when(self, time: float) -> float:
        return 1.0 - time if self._backwards else time

    @property
    def _moving(self) -> frozenset[int]:
        return frozenset(self._tracks)

    def _aim(
        self,
        paths: Mapping[int, Path],
        camera: Camera | None,
        *,
        backwards: bool,
        known: Mapping[int, Track] = MappingProxyType({}),
    ) -> None:
        """Follow these paths, on tracks that are ``known`` where they are of the same path."""
        height, width = self._still.labels.shape
        scale = self._still.size[0] / width, self._still.size[1] / height
        self._paths, self._camera, self._backwards = dict(paths), camera, backwards
        self._tracks: dict[int, Track] = {}
        for area in areas.MOVING:
            path = paths.get(area)
            if path is None or not self._still.painted(area):
                continue
            if area in known and known[area].path == path:
                self._tracks[area] = known[area]
            elif moves(path):
                self._tracks[area] = Track.of(path, scale)


def _output_size(pixels: Rgb, height: int | None) -> tuple[int, int]:
    full = pixels.shape[0]
    if height is None:
        return pixels.shape[1], full
    return max(1, round(pixels.shape[1] * height / full)), max(1, height)


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
