"""A video's frames from the last to the first, with only a bounded part of them in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from kling_desktop.motion import video
from kling_desktop.motion.video import Rgb, VideoError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

ROOM = 100_000_000
"""Bytes of decoded frames that are kept at a time: 32 of 1920×1080."""


class Rewind:
    """A video that was looked through once, and is then read from its end.

    ``starts`` holds when each frame is shown and, as the last, when the video is over: rising whole
    numbers of ``unit`` seconds, from 0. ``last`` is the last frame.
    """

    def __init__(
        self,
        path: Path,
        container: InputContainer,
        stream: VideoStream,
        *,
        room: int = ROOM,
        seen: Callable[[], None] = lambda: None,
    ) -> None:
        """``seen`` is called after each frame that is decoded. Raises VideoError."""
        self.stream = stream
        self.unit = stream.time_base or Fraction(1, 1000)
        self._path, self._container, self._seen = path, container, seen
        self._times: list[int] = []
        self._keys: list[int] = []
        self._most = 1
        self._kept: deque[VideoFrame] = deque()
        self._look_through(room)
        first = self._times[0]
        self.last = self._kept[-1]
        self.starts = (*(time - first for time in self._times), self._end() - first)

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self._times)

    def frames(self) -> Iterator[tuple[int, VideoFrame]]:
        """Number and frame, the last frame first; to be asked for once. Raises VideoError."""
        number = self.count
        while number > 0:
            if not self._kept:
                self._kept = self._between(max(0, number - self._most), number)
            number -= 1
            yield number, self._kept.pop()

    def _look_through(self, room: int) -> None:
        for frame in video.decoded(self._path, self._container, self.stream):
            if frame.pts is None or (self._times and frame.pts <= self._times[-1]):
                raise VideoError(f"{self._path.name} does not say when its pictures are shown.")
            if not self._times:
                size = sum(plane.buffer_size for plane in frame.planes)
                self._most = max(1, room // max(size, 1))
                self._kept = deque(maxlen=self._most)
            if frame.key_frame:
                self._keys.append(len(self._times))
            self._times.append(frame.pts)
            self._kept.append(frame)
            self._seen()
        if not self._times:
            raise VideoError(f"{self._path.name} holds no picture. Fetch the video again.")

    def _end(self) -> int:
        last = self._kept[-1]
        if last.duration > 0:
            return self._times[-1] + last.duration
        steps = [after - before for before, after in pairwise(self._times)]
        rate = self.stream.average_rate or self.stream.guessed_rate or Fraction(25)
        usual = sorted(steps)[len(steps) // 2] if steps else round(1 / (rate * self.unit))
        return self._times[-1] + max(1, usual)

    def _between(self, low: int, high: int) -> deque[VideoFrame]:
        """Frames ``low`` up to, not including, ``high``.

        A key frame may not be a clean entry: what is shown after it may lean on what was before it,
        and a file's index counts in the order of decoding. Then the one before it is tried.
        """
        for key in (*(key for key in reversed(self._keys) if key <= low), 0):
            found = self._from(self._times[key], low, high)
            if [frame.pts for frame in found] == self._times[low:high]:
                return found
        raise VideoError(f"{self._path.name} is damaged or breaks off. Fetch the video again.")

    def _from(self, entry: int, low: int, high: int) -> deque[VideoFrame]:
        first, last = self._times[low], self._times[high - 1]
        found: deque[VideoFrame] = deque()
        with video.said(f"{self._path.name} cannot be read from its end"):
            self._container.seek(entry, stream=self.stream, backward=True, any_frame=False)
        for frame in video.decoded(self._path, self._container, self.stream):
            self._seen()
            if frame.pts is None or frame.pts < first:
                continue
            if frame.pts <= last:
                found.append(frame)
            if frame.pts >= last:
                break
        return found


@contextmanager
def rewound(
    path: Path, *, room: int = ROOM, seen: Callable[[], None] = lambda: None
) -> Iterator[Rewind]:
    """Open and look through a video that is to be read from its end. Raises VideoError."""
    with video.opened(path) as (container, stream):
        yield Rewind(path, container, stream, room=room, seen=seen)


def read(path: Path, *, room: int = ROOM) -> Iterator[tuple[float, Rgb]]:
    """As ``video.read`` from the last frame to the first: seconds before the last one, (h, w, 3)."""
    with rewound(path, room=room) as source:
        for number, frame in source.frames():
            before = source.starts[source.count - 1] - source.starts[number]
            yield float(before * source.unit), video.rgb(frame)
