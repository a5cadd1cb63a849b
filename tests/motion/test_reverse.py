"""A video turned round: the same frames from the end, in mirrored time, or nothing at all."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from kling_desktop.motion import rewind, video
from kling_desktop.motion.reverse import Interrupted, reverse
from kling_desktop.motion.video import VideoError
from tests.motion.scenes import Rgb, load_photo, textured

Film = Callable[..., Path]


def pictures(count: int, width: int = 160, height: int = 96) -> Iterator[Rgb]:
    """A texture that wanders over a ground that grows brighter."""
    base = textured(width, height, grain=8) // 4
    for index in range(count):
        moved = np.roll(base, 2 * index, axis=1)
        yield (moved + np.uint8(index * 100 // max(count, 1))).astype(np.uint8)


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Writes a file as any encoder may: its options, format, tags, time of each frame."""

    def write(
        frames: Iterator[Rgb],
        *,
        name: str = "film.mp4",
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        rate: Fraction | int = 24,
        times: list[int] | None = None,
        tags: tuple[int, int, int, int] = (1, 1, 1, 1),
        rotation: int = 0,
        sound: bool = False,
        **options: str,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            pixels = list(frames)
            stream: Any = container.add_stream(codec, rate=rate)
            stream.height, stream.width = pixels[0].shape[:2]
            stream.pix_fmt, stream.options = pix_fmt, {"crf": "14", **options}
            context = stream.codec_context
            context.color_primaries, context.color_trc, context.colorspace = tags[:3]
            context.color_range = tags[3]
            if times:
                context.time_base = Fraction(1, 1000)
            if rotation:
                stream.set_display_rotation(rotation)
            beep = container.add_stream("aac", rate=8000) if sound else None
            for index, picture in enumerate(pixels):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pix_fmt)
                frame.pts = times[index] if times else index
                frame.time_base = Fraction(1, 1000) if times else 1 / Fraction(rate)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            if beep is not None:
                noise = np.zeros((1, 1024), np.float32)
                tone: Any = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
                tone.sample_rate, tone.pts = 8000, 0
                container.mux([*beep.encode(tone), *beep.encode(None)])
        return path

    return write


def psnr(one: Rgb, other: Rgb) -> float:
    error = np.square(one.astype(np.float64) - other).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def turned(source: Path, **options: Any) -> Path:
    target = source.with_name("turned.mp4")
    reverse(source, target, **options)
    return target


def assert_mirrored(source: Path, target: Path, least: float = 38.0) -> None:
    """The same frames from the last to the first, each shown for as long as before."""
    before, after = list(video.read(source)), list(video.read(target))
    assert len(before) == len(after)
    losses = [psnr(a, b) for (_, a), (_, b) in zip(reversed(before), after, strict=True)]
    assert min(losses) > least
    told, found = video.probe(source), video.verify(target)
    assert found.frames == told.frames
    assert (found.width, found.height) == (told.width, told.height)
    assert found.seconds == pytest.approx(told.seconds, abs=4e-3)
    ends = [*[time for time, _ in before][1:], told.seconds]
    due = [told.seconds - end for end in reversed(ends)]
    assert [time for time, _ in after] == pytest.approx(due, abs=2e-3)


GOPS: dict[str, dict[str, str]] = {
    "one group": {"g": "250"},
    "many groups": {"g": "12", "keyint_min": "12"},
    "every frame a key": {"g": "1"},
    "b-frames": {"g": "20", "bf": "4", "x264-params": "b-adapt=0:scenecut=0"},
    "open groups": {"g": "10", "bf": "3", "x264-params": "open-gop=1:b-adapt=0:scenecut=0"},
    "no b-frames": {"g": "15", "bf": "0"},
}


@pytest.mark.parametrize("room", [1, 5 * 160 * 96 * 3 // 2, 10**8], ids=["1", "5", "all"])
@pytest.mark.parametrize("gops", GOPS)
def test_frames_come_from_the_last_to_the_first(film: Film, gops: str, room: int) -> None:
    source = film(pictures(45), **GOPS[gops])
    assert_mirrored(source, turned(source, room=room))


@pytest.mark.parametrize("room", [1, 10**8])
def test_reading_from_the_end_gives_the_very_same_frames(film: Film, room: int) -> None:
    source = film(pictures(30), **GOPS["open groups"])
    forth, back = list(video.read(source)), list(rewind.read(source, room=room))
    assert [time for time, _ in back] == pytest.approx([time for time, _ in forth])
    assert all((a == b).all() for (_, a), (_, b) in zip(reversed(forth), back, strict=True))


@pytest.mark.parametrize("name", ["rocket.jpg", "astronaut.png", "coffee.png"])
def test_a_photo_comes_through(tmp_path: Path, name: str) -> None:
    photo = load_photo(name)
    source = tmp_path / "photo.mp4"
    video.write(source, [np.roll(photo, 3 * step, axis=0) for step in range(6)], fps=24)
    assert_mirrored(source, turned(source))


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), 7, 60, 1])
def test_frame_rates_stay(film: Film, rate: Fraction | int) -> None:
    source = film(pictures(10), rate=rate)
    target = turned(source)
    assert_mirrored(source, target)
    assert video.probe(target).fps == pytest.approx(float(rate), rel=1e-3)


def test_uneven_times_are_mirrored(film: Film) -> None:
    times = [0, 40, 80, 300, 340, 900, 940]
    source = film(pictures(7), times=times, bf="0")
    target = turned(source)
    assert_mirrored(source, target)
    starts = np.array([time for time, _ in video.read(target)])
    assert np.diff(starts)[1:] == pytest.approx(np.diff(times)[:0:-1] / 1000, abs=2e-3)


@pytest.mark.parametrize("count", [1, 2])
def test_the_shortest_videos(film: Film, count: int) -> None:
    source = film(pictures(count))
    assert_mirrored(source, turned(source))


BT601 = (6, 6, 6, 1)
UNSAID = (2, 2, 2, 0)


@pytest.mark.parametrize("tags", [(1, 1, 1, 1), BT601, UNSAID], ids=["709", "601", "unsaid"])
def test_colour_tags_stay_and_no_colour_shifts(film: Film, tags: tuple[int, int, int, int]) -> None:
    source = film(pictures(5), tags=tags)
    target = turned(source)
    assert told(target)[:5] == told(source)[:5] == ("yuv420p", *tags[:3], tags[3])
    (_, first), *_ = video.read(target)
    *_, (_, last) = video.read(source)
    assert np.abs((first.astype(float) - last).mean(axis=(0, 1))).max() < 0.4


def told(path: Path) -> tuple[Any, ...]:
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        return (
            context.pix_fmt,
            context.color_primaries,
            context.color_trc,
            context.colorspace,
            context.color_range,
            [stream.type for stream in container.streams],
        )


def test_full_range_stays_full_range(film: Film) -> None:
    source = film(pictures(5), pix_fmt="yuvj420p", tags=(1, 1, 1, 2))
    target = turned(source)
    assert told(target)[4] == 2
    assert_mirrored(source, target)


@pytest.mark.parametrize("pix_fmt", ["yuv444p", "yuv422p10le"])
def test_other_formats_become_what_every_player_shows(film: Film, pix_fmt: str) -> None:
    source = film(pictures(5), pix_fmt=pix_fmt)
    target = turned(source)
    assert told(target)[0] == "yuv420p"
    assert_mirrored(source, target, least=30.0)


@pytest.mark.parametrize("rotation", [90, 180, -90])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p"])
def test_a_rotated_video_is_shown_as_before(film: Film, rotation: int, pix_fmt: str) -> None:
    source = film(pictures(4), rotation=rotation, pix_fmt=pix_fmt)
    (_, shown), *_ = video.read(source)
    assert shown.shape == ((96, 160, 3) if rotation == 180 else (160, 96, 3))
    assert_mirrored(source, turned(source), least=30.0)


def test_another_codec_in_another_file(film: Film) -> None:
    source = film(pictures(20), name="film.webm", codec="libvpx-vp9", deadline="realtime")
    assert_mirrored(source, turned(source, room=1))


def test_sound_is_left_out(film: Film) -> None:
    source = film(pictures(4), sound=True)
    assert told(source)[-1] == ["video", "audio"]
    assert told(turned(source))[-1] == ["video"]


def test_few_frames_are_held_at_a_time(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0
    source = film(pictures(40), g="250")
    original = rewind.Rewind.frames

    def watched(self: rewind.Rewind) -> Iterator[Any]:
        nonlocal most
        for found in original(self):
            most = max(most, 1 + len(self._kept))
            yield found

    monkeypatch.setattr(rewind.Rewind, "frames", watched)
    turned(source, room=8 * (160 * 96 * 3 // 2))
    assert 4 <= most <= 8


def test_progress_is_told(film: Film) -> None:
    heard: list[tuple[int, int]] = []
    turned(film(pictures(6)), progress=lambda *so_far: heard.append(so_far))
    assert heard == [(0, 0)] * 6 + [(done, 6) for done in range(1, 7)]


@pytest.mark.parametrize("asked", [0, 3, 12, 19])
def test_stopped_it_leaves_nothing_and_touches_nothing(film: Film, asked: int) -> None:
    source = film(pictures(10))
    target = source.with_name("turned.mp4")
    target.write_bytes(b"what was there")
    left = iter([False] * asked)
    with pytest.raises(Interrupted, match=r"\.$"):
        reverse(source, target, cancelled=lambda: next(left, True))
    assert target.read_bytes() == b"what was there"
    assert sorted(path.name for path in source.parent.iterdir()) == ["film.mp4", "turned.mp4"]


def test_it_may_take_the_place_of_its_source(film: Film) -> None:
    source = film(pictures(5))
    before = list(video.read(source))
    reverse(source, source)
    after = list(video.read(source))
    assert min(psnr(a, b) for (_, a), (_, b) in zip(reversed(before), after, strict=True)) > 38


def test_a_file_that_is_no_video_gets_a_sentence(tmp_path: Path) -> None:
    for name, data in {"a.mp4": b"", "b.mp4": b"<html>", "c.mp4": b"\0\0\0\x18ftypmp42"}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(VideoError, match=r"\.$"):
            reverse(tmp_path / name, tmp_path / "turned.mp4")
    assert not list(tmp_path.glob("turned*"))


def test_the_disk_as_reason_is_told_apart(film: Film, tmp_path: Path) -> None:
    source = film(pictures(3))
    with pytest.raises(VideoError, match="could not be turned round") as caught:
        reverse(source, tmp_path / "no such folder" / "turned.mp4")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOENT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_a_sentence(film: Film, tmp_path: Path) -> None:
    source = film(pictures(3))
    (tmp_path / "turned.mp4.part").symlink_to("/dev/full")
    with pytest.raises(VideoError, match="No space left") as caught:
        reverse(source, tmp_path / "turned.mp4")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert not list(tmp_path.glob("turned*"))
