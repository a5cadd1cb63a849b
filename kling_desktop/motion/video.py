"""Videos in and out: H.264 written whole or not at all, anything that decodes read back."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Rgb = npt.NDArray[np.uint8]

BT709 = 1
"""The number of BT.709 in the tables of ITU-T H.273, for primaries, transfer and matrix."""
LIMITED = 1
"""FFmpeg's number for luma 16…235."""


class VideoError(ValueError):
    """A video that cannot be written or read; its text is the sentence for the artist."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Size in pixels as shown, mean frames a second, length in seconds, number of frames."""

    width: int
    height: int
    fps: float
    seconds: float
    frames: int


def aside(path: Path) -> Path:
    """A hidden name beside a file for what is on its way to it, which nothing else has."""
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")


def write(
    path: Path,
    frames: Iterable[Rgb],
    *,
    fps: float,
    crf: int = 18,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write frames, each (h, w, 3) RGB of one size, as an MP4 with H.264 in yuv420p.

    An odd size gets one more column or row, a copy of the last. Nothing appears under ``path``
    before the video is whole. ``progress`` is told how many frames are done. Raises VideoError; what
    ``frames`` or ``progress`` raise goes through.
    """
    part = aside(path)
    try:
        with said(f"The video could not be written to {path}"):
            _encode(part, frames, fps, crf, progress)
            part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def read(path: Path) -> Iterator[tuple[float, Rgb]]:
    """Frames in the order of showing: seconds since the first one, (h, w, 3) RGB."""
    with opened(path) as (container, stream):
        start: float | None = None
        for frame in decoded(path, container, stream):
            now = frame.time or 0.0
            start = now if start is None else start
            yield now - start, rgb(frame)
        if start is None:
            raise VideoError(f"{path.name} holds no picture. Fetch the video again.")


def probe(path: Path) -> VideoInfo:
    """What the file says of itself, decoding one frame. Raises VideoError."""
    _refuse_incomplete(path)
    with opened(path) as (container, stream):
        first = next(decoded(path, container, stream), None)
        if first is None:
            raise VideoError(f"{path.name} holds no picture. Fetch the video again.")
        width, height = first.width, first.height
        if first.rotation % 180:
            width, height = height, width
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        seconds, frames = _extent(container, stream)
    if seconds <= 0.0:
        seconds = frames / rate if rate else 0.0
    return VideoInfo(width, height, rate or frames / max(seconds, 1e-9), seconds, frames)


def verify(path: Path) -> VideoInfo:
    """``probe``, then make sure that the first and the last frame decode. Raises VideoError."""
    info = probe(path)
    with opened(path) as (container, stream):
        if container.duration:
            with said(f"{path.name} cannot be read to its end"):
                # Near the end rather than at it: some files have no key frame mark there.
                container.seek(max(0, container.duration - 1), backward=True, any_frame=False)
        last = None
        for frame in decoded(path, container, stream):
            last = frame
        if last is None:
            raise VideoError(f"{path.name} breaks off before its end. Fetch the video again.")
        rgb(last)
    return info


def _encode(
    part: Path,
    frames: Iterable[Rgb],
    fps: float,
    crf: int,
    progress: Callable[[int], None] | None,
) -> None:
    import av

    if not 0.01 <= fps <= 1000:
        raise VideoError(f"A video cannot have {fps:g} frames a second.")
    rate = Fraction(fps).limit_denominator(1001)
    source = _Raised(frames)
    first = next(source, None)
    if first is None:
        raise VideoError("There is no frame to make a video of.")
    options = {"movflags": "+faststart"}
    with av.open(str(part), "w", format="mp4", options=options) as container:
        stream = h264(container, rate, first.shape, crf)
        for count, pixels in enumerate(_with_first(first, source)):
            frame = yuv(pixels, first.shape)
            frame.pts, frame.time_base = count, 1 / rate
            container.mux(stream.encode(frame))
            if progress is not None:
                source.call(progress, count + 1)
        container.mux(stream.encode(None))


def h264(
    container: OutputContainer, rate: Fraction, shape: tuple[int, ...], crf: int
) -> VideoStream:
    """A stream for frames of the shape (h, w, …) as ``yuv`` makes them."""
    stream = container.add_stream("libx264", rate=rate)
    stream.height, stream.width = (side + side % 2 for side in shape[:2])
    stream.pix_fmt = "yuv420p"
    stream.options = {"crf": str(crf), "preset": "veryfast"}
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    return stream


def yuv(pixels: Rgb, shape: tuple[int, ...]) -> VideoFrame:
    """Pixels as BT.709 yuv420p, both sides made even. Raises VideoError for another shape."""
    from av.video.frame import VideoFrame
    from av.video.reformatter import ColorRange, Colorspace, Interpolation

    if pixels.shape != shape:
        raise VideoError("The frames of the video differ in size.")
    if shape[0] % 2 or shape[1] % 2:
        pixels = np.pad(pixels, ((0, shape[0] % 2), (0, shape[1] % 2), (0, 0)), mode="edge")
    whole = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return whole.reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.AREA,
    )


def rgb(frame: VideoFrame) -> Rgb:
    """A frame as it is shown: (h, w, 3), turned as the file asks for."""
    from av.video.reformatter import Interpolation

    # Without accurate rounding every colour comes back one step darker.
    careful = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BILINEAR
    found = frame.to_ndarray(format="rgb24", interpolation=careful)
    quarters = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(found, quarters) if quarters else found)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The file and its first video stream. Raises VideoError."""
    import av

    start = _beginning(path)
    try:
        container = av.open(str(path), "r")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise VideoError(_not_a_video(path, start)) from error
    with container:
        if not container.streams.video:
            raise VideoError(f"{path.name} holds no video, only {_kinds(container)}.")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield container, stream


def decoded(path: Path, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Frames in the order of showing, from where the file stands. Raises VideoError."""
    import av

    frames = container.decode(stream)
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            return
        except (av.FFmpegError, OSError) as error:
            sentence = f"{path.name} is damaged or breaks off. Fetch the video again."
            raise VideoError(sentence) from error
        yield frame


def _extent(container: InputContainer, stream: VideoStream) -> tuple[float, int]:
    """Seconds and frames, counted from the packets where the file does not say."""
    seconds = 0.0
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration:
        seconds = container.duration / 1_000_000
    frames = stream.frames
    if not frames:
        container.seek(0)
        frames = sum(1 for packet in container.demux(stream) if packet.size)
    return seconds, frames


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise VideoError(f"{path} cannot be opened: {error.strerror}.") from error
    if not start:
        raise VideoError(f"{path.name} is empty. Fetch the video again.")
    return start


def _not_a_video(path: Path, start: bytes) -> str:
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return f"{path.name} is a web page, not a video. Fetch the video again."
    if start[4:8] == b"ftyp":
        return f"{path.name} is damaged or breaks off. Fetch the video again."
    return f"{path.name} is not a video that can be read here."


def _kinds(container: InputContainer) -> str:
    kinds = sorted({stream.type for stream in container.streams})
    return " and ".join(kinds) or "nothing"


def _refuse_incomplete(path: Path) -> None:
    """Raise VideoError for an MP4 whose boxes (ISO/IEC 14496-12) reach beyond the file's end.

    Decoders are content with half a file; somebody who paid for the whole is not.
    """
    if _beginning(path)[4:8] != b"ftyp":
        return
    total, place = path.stat().st_size, 0
    with path.open("rb") as file:
        while place < total:
            file.seek(place)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length == 0:
                return
            place += max(length, 8)
    if place > total:
        raise VideoError(f"{path.name} breaks off before its end. Fetch the video again.")


@contextlib.contextmanager
def said(sentence: str) -> Iterator[None]:
    """Turn what FFmpeg and the file system raise into the sentence, with their reason."""
    import av

    try:
        yield
    except _Foreign as foreign:
        raise foreign.error from None
    except (av.FFmpegError, OSError) as error:
        raise VideoError(f"{sentence}: {error.strerror or error}.") from error


class _Foreign(Exception):
    """Carries an error of the caller's own code past those that are ours to explain."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


class _Raised(Iterator[Rgb]):
    """Frames whose iterator's own errors are told apart from the encoder's."""

    def __init__(self, frames: Iterable[Rgb]) -> None:
        self._frames = iter(frames)

    def __next__(self) -> Rgb:
        try:
            return next(self._frames)
        except StopIteration:
            raise
        except Exception as error:
            raise _Foreign(error) from error

    def call(self, function: Callable[[int], None], value: int) -> None:
        try:
            function(value)
        except Exception as error:
            raise _Foreign(error) from error


def _with_first(first: Rgb, rest: Iterable[Rgb]) -> Iterator[Rgb]:
    yield first
    yield from rest
