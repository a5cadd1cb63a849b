"""A video turned round: the same frames from the last to the first, encoded anew."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from kling_desktop.motion import video
from kling_desktop.motion.rewind import ROOM, Rewind, rewound
from kling_desktop.motion.video import VideoError

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

CRF = 15
"""Finer than what is written first-hand: the source was compressed once already."""
PLAIN = frozenset({"yuv420p", "yuvj420p"})
"""Formats that go into H.264 as they are; the second has luma 0…255."""


class Interrupted(VideoError):
    """It was stopped from outside, and left nothing behind."""


def reverse(
    source: Path,
    target: Path,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] | None = None,
    room: int = ROOM,
) -> None:
    """Write the video backwards: H.264 in MP4, same size, times mirrored, without sound.

    8-bit YUV 4:2:0 keeps its planes, its colour tags and its rotation mark untouched but for the
    encoder's loss; other formats become BT.709 yuv420p as ``video.read`` shows them. At most
    ``room`` bytes of frames are held at a time. ``progress`` is told how many frames are written, of
    how many; 0 while the source is looked through. Nothing appears under ``target`` before the video
    is whole. Raises VideoError with a sentence, Interrupted soon after ``cancelled`` says so; where
    the file system is the reason, the error's cause is an OSError.
    """
    part = target.with_name(target.name + ".part")
    told = progress or (lambda _done, _whole: None)

    def go_on(done: int = 0, whole: int = 0) -> None:
        if cancelled():
            raise Interrupted("The video was not turned round: it was stopped.")
        told(done, whole)

    try:
        with video.said(f"The video could not be turned round into {target}"):
            _write(source, part, go_on, room)
            part.replace(target)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _write(source: Path, part: Path, go_on: Callable[[int, int], None], room: int) -> None:
    import av

    options = {"movflags": "+faststart"}
    with (
        rewound(source, room=room, seen=lambda: go_on(0, 0)) as rewind,
        av.open(str(part), "w", format="mp4", options=options) as container,
    ):
        writer = _Writer(container, rewind)
        for done, (number, frame) in enumerate(rewind.frames(), 1):
            writer.put(number, frame)
            go_on(done, rewind.count)
        writer.end()


class _Writer:
    """Puts the frames of a rewound video into an MP4, each where it belongs in mirrored time."""

    def __init__(self, container: OutputContainer, rewind: Rewind) -> None:
        self._container, self._rewind = container, rewind
        last = rewind.last
        self._format, self._size = last.format.name, (last.height, last.width)
        self._plain = self._format in PLAIN and not (last.height % 2 or last.width % 2)
        self._shape = self._size if self._plain else video.rgb(last).shape
        self._stream = self._made()
        self._lengths: dict[int, int] = {}

    def put(self, number: int, frame: VideoFrame) -> None:
        starts = self._rewind.starts
        if (frame.format.name, (frame.height, frame.width)) != (self._format, self._size):
            raise VideoError("The frames of the video differ in size or kind.")
        if not self._plain:
            frame = video.yuv(video.rgb(frame), self._shape)
        time = starts[-1] - starts[number + 1]
        self._lengths[time] = starts[number + 1] - starts[number]
        frame.pts, frame.time_base = time, self._rewind.unit
        # What the frame was in the source must not decide what it becomes.
        frame.pict_type = 0
        self._mux(frame)

    def end(self) -> None:
        self._mux(None)

    def _mux(self, frame: VideoFrame | None) -> None:
        for packet in self._stream.encode(frame):
            # The encoder knows when a frame begins; how long the last one stays is for us to say.
            packet.duration = self._lengths.pop(packet.pts or 0, packet.duration or 0)
            self._container.mux(packet)

    def _even(self) -> bool:
        """Whether every frame is shown for as long as the others, but for rounding."""
        steps = [after - before for before, after in pairwise(self._rewind.starts)]
        return max(steps) - min(steps) <= max(1, min(steps) // 16)

    def _made(self) -> VideoStream:
        source = self._rewind.stream
        rate = source.average_rate or source.guessed_rate or Fraction(25)
        stream = video.h264(self._container, rate, self._shape, CRF)
        context, original = stream.codec_context, source.codec_context
        context.time_base = self._rewind.unit
        if not self._even():
            # MP4 counts the length in the order of coding, which B-frames make another one.
            stream.options = {**stream.options, "bf": "0"}
        if original.sample_aspect_ratio:
            context.sample_aspect_ratio = original.sample_aspect_ratio
        if self._plain:
            stream.pix_fmt = self._format
            context.color_primaries = original.color_primaries
            context.color_trc = original.color_trc
            context.colorspace = original.colorspace
            context.color_range = original.color_range
            if self._rewind.last.rotation:
                stream.set_display_rotation(self._rewind.last.rotation)
        return stream
