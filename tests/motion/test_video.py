"""Videos: written whole or not at all, read back as they were, every bad file with a sentence."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kling_desktop.motion import video
from kling_desktop.motion.video import VideoError, VideoInfo
from tests.motion.scenes import Rgb, textured


def clip(count: int, width: int = 96, height: int = 64) -> Iterator[Rgb]:
    """Frames that grow brighter, so that each is known by its mean."""
    base = textured(width, height, grain=8) // 4
    for index in range(count):
        yield (base + np.uint8(index * 180 // max(count, 1))).astype(np.uint8)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    video.write(path, clip(24), fps=24)
    return path


def files(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_what_was_written_comes_back(tmp_path: Path, photo: Rgb) -> None:
    path = tmp_path / "photo.mp4"
    video.write(path, [photo] * 3, fps=25)
    found = list(video.read(path))
    assert [time for time, _ in found] == pytest.approx([0.0, 0.04, 0.08])
    for _, pixels in found:
        inner = pixels[: photo.shape[0], : photo.shape[1]].astype(int)
        assert np.abs(inner - photo).mean() < 4.5
        assert np.abs((inner - photo).mean(axis=(0, 1))).max() < 0.5
    assert files(tmp_path) == ["photo.mp4"]


@pytest.mark.parametrize(
    "colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)]
)
def test_plain_colours_keep_their_values(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    path = tmp_path / "plain.mp4"
    video.write(path, [np.full((32, 32, 3), colour, np.uint8)] * 2, fps=10)
    _, pixels = next(video.read(path))
    assert np.abs(pixels.astype(int) - colour).max() <= 3


@pytest.mark.parametrize(("width", "height"), [(97, 65), (96, 65), (97, 64), (1, 1), (3, 2)])
def test_odd_sizes_repeat_the_last_row_and_column(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "odd.mp4"
    video.write(path, clip(3, width, height), fps=24)
    info = video.verify(path)
    assert (info.width, info.height) == (width + width % 2, height + height % 2)


def test_probe_and_verify_agree_with_what_was_written(written: Path) -> None:
    info = video.verify(written)
    assert info == video.probe(written)
    assert info == VideoInfo(96, 64, 24.0, pytest.approx(1.0), 24)


@pytest.mark.parametrize("fps", [1, 23.976, 24, 29.97, 30, 60])
def test_frame_rates(tmp_path: Path, fps: float) -> None:
    path = tmp_path / "rate.mp4"
    video.write(path, clip(12), fps=fps)
    info = video.probe(path)
    assert info.fps == pytest.approx(fps, rel=1e-4)
    assert info.frames == 12
    times = [time for time, _ in video.read(path)]
    assert np.diff(times) == pytest.approx(1 / fps, abs=2e-4)


def test_another_program_sees_h264_tagged_for_every_player(written: Path) -> None:
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        pytest.skip("ffprobe is not installed")
    command = [ffprobe, "-v", "error", "-show_streams", "-of", "json", str(written)]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    stream = found["streams"][0]
    assert stream["codec_name"] == "h264"
    assert stream["pix_fmt"] == "yuv420p"
    assert stream["nb_frames"] == "24"
    for tag in ("color_space", "color_transfer", "color_primaries"):
        assert stream[tag] == "bt709"
    assert stream["color_range"] == "tv"


def test_index_comes_before_the_pictures(written: Path) -> None:
    data = written.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    video.write(tmp_path / "a.mp4", clip(5), fps=5, progress=told.append)
    assert told == [1, 2, 3, 4, 5]


def test_an_older_video_stays_until_the_new_one_is_whole(tmp_path: Path, written: Path) -> None:
    before = written.read_bytes()

    def failing() -> Iterator[Rgb]:
        yield from clip(5)
        raise OSError("the disk of the frames")

    with pytest.raises(OSError, match="the disk of the frames"):
        video.write(written, failing(), fps=24)
    assert written.read_bytes() == before
    assert files(tmp_path) == ["clip.mp4"]


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Rgb]:
        yield from clip(5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        video.write(tmp_path / "a.mp4", interrupted(), fps=24)
    assert files(tmp_path) == []


def test_progress_may_stop_the_writing(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int) -> None:
        if done == 3:
            raise Enough

    with pytest.raises(Enough):
        video.write(tmp_path / "a.mp4", clip(9), fps=24, progress=stop)
    assert files(tmp_path) == []


def test_nothing_to_write_is_said(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no frame"):
        video.write(tmp_path / "a.mp4", [], fps=24)
    assert files(tmp_path) == []


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf"), 1e-9])
def test_impossible_rates_are_said(tmp_path: Path, fps: float) -> None:
    with pytest.raises(VideoError, match="frames a second"):
        video.write(tmp_path / "a.mp4", clip(2), fps=fps)
    assert files(tmp_path) == []


def test_frames_of_two_sizes_are_said(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="differ in size"):
        video.write(tmp_path / "a.mp4", [textured(32, 32), textured(34, 32)], fps=24)
    assert files(tmp_path) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="could not be written"):
        video.write(tmp_path / "none" / "a.mp4", clip(2), fps=24)
    (tmp_path / "taken.mp4").mkdir()
    with pytest.raises(VideoError, match="could not be written"):
        video.write(tmp_path / "taken.mp4", clip(2), fps=24)
    assert files(tmp_path) == ["taken.mp4"]


BAD = {
    "empty": (b"", "is empty"),
    "html": (b"<!DOCTYPE html><html><body>Expired</body></html>", "web page"),
    "blank": (b"\n\n  <html>no</html>", "web page"),
    "xml": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "web page"),
    "text": (b"not a video at all, not even nearly", "not a video"),
    "noise": (np.random.default_rng(0).bytes(4000), "not a video"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("how", [video.probe, video.verify, lambda path: list(video.read(path))])
def test_what_is_no_video_is_said(tmp_path: Path, name: str, how: object) -> None:
    data, sentence = BAD[name]
    path = tmp_path / f"{name}.mp4"
    path.write_bytes(data)
    assert callable(how)
    with pytest.raises(VideoError, match=sentence):
        how(path)


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none.mp4", tmp_path):
        with pytest.raises(VideoError, match="cannot be opened"):
            video.probe(path)


def test_sound_alone_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        silence.rate = 44100
        container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    with pytest.raises(VideoError, match="no video, only audio"):
        video.probe(path)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.floats(0.0, 0.999))
def test_cut_anywhere_is_said(written: Path, share: float) -> None:
    data = written.read_bytes()
    cut = written.with_name("cut.mp4")
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(VideoError):
        video.verify(cut)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10**6), st.integers(1, 400))
def test_damage_anywhere_raises_nothing_else(written: Path, place: int, length: int) -> None:
    data = bytearray(written.read_bytes())
    place %= len(data)
    data[place : place + length] = b"\xa5" * len(data[place : place + length])
    broken = written.with_name("broken.mp4")
    broken.write_bytes(data)
    with contextlib.suppress(VideoError):
        assert video.verify(broken).frames > 0


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.mkv", "mpeg4", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
    ],
)
def test_other_codecs_and_varying_frame_times(
    tmp_path: Path, name: str, codec: str, pixel_format: str
) -> None:
    path = tmp_path / name
    ticks = [0, 1, 2, 5, 6, 12] if name != "a.avi" else [0, 1, 2, 3, 4, 5]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, pixel_format
        for tick, pixels in zip(ticks, clip(6), strict=True):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=pixel_format)
            frame.pts = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    found = list(video.read(path))
    assert [time for time, _ in found] == pytest.approx([tick / 10 for tick in ticks], abs=0.011)
    brightness = [pixels.mean() for _, pixels in found]
    assert brightness == sorted(brightness)
    info = video.verify(path)
    assert (info.width, info.height, info.frames) == (96, 64, 6)


def test_reading_may_stop_early(written: Path) -> None:
    frames = video.read(written)
    assert next(frames)[0] == 0.0
    frames.close()
    written.unlink()
    assert not written.exists()


def test_nothing_is_printed_about_a_broken_file(
    written: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(written.read_bytes())
    middle = data.index(b"mdat") + 200
    data[middle : middle + 900] = bytes(900)
    written.write_bytes(data)
    with pytest.raises(VideoError):
        list(video.read(written))
    printed = capfd.readouterr()
    assert printed.out == printed.err == ""


def test_no_other_file_of_the_artist_is_in_the_way(tmp_path: Path) -> None:
    neighbour = tmp_path / "a.mp4.part"
    neighbour.write_bytes(b"precious")
    video.write(tmp_path / "a.mp4", clip(2), fps=5)
    assert neighbour.read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.mp4.part"]
