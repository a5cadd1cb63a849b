"""What the practice server answers with: the draft of exactly what was sent, as an MP4."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from threading import Event

import numpy as np

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.timing import Timing
from kling_desktop.practice import pictures
from kling_desktop.practice.order import Brush, Order
from kling_desktop.practice.pictures import Pixels

FPS = 30
LONGEST_SIDE = 1280
PUSH_IN = 0.04

Render = Callable[[Order, FilePath, Event], None]
"""Writes the video of an order to a file; raises Interrupted soon after the event is set."""


class Interrupted(Exception):
    """The server is being stopped in the middle of a video."""


def render(order: Order, target: FilePath, stopping: Event) -> None:
    """Write the order's video: H.264, 30 frames a second, longest side at most 1280 px."""
    from kling_desktop.motion import video

    video.write(target, _until(frames(order), stopping), fps=FPS)


def frames(order: Order) -> Iterator[Pixels]:
    """(height, width, 3) RGB frames of the whole video."""
    base = order.image or order.tail
    if base is None:
        raise ValueError("an order without a picture has no video")
    pixels = pictures.rgb(pictures.load(base))
    if order.brushes or order.static or order.camera:
        return _draft(order, pixels)
    if order.image and order.tail:
        return _dissolve(
            _fitted(pixels), pictures.rgb(pictures.load(order.tail)), order.seconds * FPS
        )
    return _push_in(_fitted(pixels), order.seconds * FPS)


def label_map(order: Order, width: int, height: int) -> Labels:
    """The masks of an order as one label map of the image's size."""
    labels = areas.empty(width, height)
    sheets = [(area, brush.mask) for area, brush in enumerate(order.brushes, areas.MOVING[0])]
    if order.static:
        sheets.append((areas.STATIC, order.static))
    for area, mask in sheets:
        brushed = pictures.brushed(pictures.load(mask)).astype(np.uint8)
        labels[areas.scaled(brushed, width, height) > 0] = area
    return labels


def path_of(brush: Brush, height: int) -> Path:
    """Its trajectory as a path: the origin moves from the bottom left to the top left.

    Nobody says how Kling reads the spacing of the points. Here each piece takes the same time, so
    that a client's easing shows, and two points are a plain straight line.
    """
    points = tuple((float(x), float(height - 1 - y)) for x, y in brush.points)
    return Path(points, Curve.STRAIGHT, Timing.STEPS)


def _draft(order: Order, pixels: Pixels) -> Iterator[Pixels]:
    from kling_desktop.motion.draft import Draft

    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    draft = Draft(
        pixels,
        label_map(order, width, height),
        {area: path_of(brush, height) for area, brush in enumerate(order.brushes, 1)},
        order.camera,
        height=round(height * scale),
    )
    return draft.frames(order.seconds, FPS)


def _dissolve(start: Pixels, end: Pixels, count: int) -> Iterator[Pixels]:
    """From the start frame to the end frame, slow at both ends."""
    import cv2

    height, width = start.shape[:2]
    end = np.asarray(cv2.resize(end, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    for time in np.linspace(0.0, 1.0, count):
        share = float(time * time * (3.0 - 2.0 * time))
        yield np.asarray(cv2.addWeighted(start, 1.0 - share, end, share, 0.0), np.uint8)


def _push_in(still: Pixels, count: int) -> Iterator[Pixels]:
    """A slow move closer, so that something plays where nothing was asked to move."""
    import cv2

    height, width = still.shape[:2]
    for time in np.linspace(0.0, 1.0, count):
        zoom = 1.0 + PUSH_IN * float(time)
        shift = (1.0 - zoom) / 2.0
        matrix = np.array([[zoom, 0.0, shift * (width - 1)], [0.0, zoom, shift * (height - 1)]])
        moved = cv2.warpAffine(still, matrix, (width, height), flags=cv2.INTER_LINEAR)
        yield np.asarray(moved, np.uint8)


def _until(frames: Iterator[Pixels], stopping: Event) -> Iterator[Pixels]:
    for frame in frames:
        if stopping.is_set():
            raise Interrupted
        yield frame


def _fitted(pixels: Pixels) -> Pixels:
    import cv2

    height, width = pixels.shape[:2]
    scale = LONGEST_SIDE / max(width, height)
    if scale >= 1.0:
        return pixels
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
