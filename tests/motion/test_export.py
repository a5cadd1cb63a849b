"""Exports: the frames of the draft, whole or not at all, every failure with a sentence."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from kling_desktop.model.path import Path as Track
from kling_desktop.model.shot import Picture, Shot
from kling_desktop.motion import gif, png_sequence, video
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.export import (
    Cancelled,
    Clip,
    ExportError,
    Kind,
    Loop,
    drafted,
    export,
    files,
    kind_of,
    times,
)
from tests.motion.scenes import Rgb, line, painted, textured

KINDS = [*Kind]


@pytest.fixture
def draft() -> Draft:
    labels = painted(96, 64, (1, 30, 30, 12, 10))
    return Draft(textured(96, 64), labels, {1: line((30, 30), (60, 40))})


@pytest.fixture
def clip(draft: Draft) -> Clip:
    return Clip(draft, times(0.5, 20))


def listed(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def read_png(path: Path) -> Rgb:
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert found is not None
    assert (str(found.dtype), found.shape[2]) == ("uint8", 3)
    return np.ascontiguousarray(found[..., ::-1], np.uint8)


def read_gif(path: Path) -> Iterator[tuple[Rgb, int]]:
    """Each frame and the hundredths of a second for which it stands."""
    with Image.open(path) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            yield np.asarray(image.convert("RGB")), image.info["duration"] // 10


# Which frames


def test_a_clip_is_the_draft(draft: Draft) -> None:
    clip = Clip(draft, times(0.5, 20))
    frames = list(draft.frames(0.5, 20))
    assert len(clip) == len(frames) == 10
    assert all(np.array_equal(clip[index], frame) for index, frame in enumerate(frames))


@given(st.floats(0.01, 60), st.floats(1, 60))
def test_forth_and_back_repeats_no_frame(seconds: float, fps: float) -> None:
    forth, both = times(seconds, fps), times(seconds, fps, Loop.PINGPONG)
    assert both[: len(forth)] == forth
    assert len(both) == max(len(forth), 2 * len(forth) - 2)
    around = [*both, both[0]]
    if len(forth) > 1:
        steps = {round(abs(b - a) * (len(forth) - 1)) for a, b in pairwise(around)}
        assert steps == {1}


def test_a_shot_that_lands_ends_on_its_picture() -> None:
    pixels, labels = textured(96, 64), painted(96, 64, (1, 30, 30, 12, 10))
    picture = Picture(b"", "PNG", 96, 64, "")
    path = Track(((60.0, 40.0), (30.0, 30.0)))
    landing = drafted(pixels, Shot(picture=picture, labels=labels, paths={1: path}, land=True))
    assert np.array_equal(landing.frame(1.0)[25:36, 25:36], pixels[25:36, 25:36])
    onto = landing.frame(0.0)[40, 60].astype(int)
    assert np.abs(onto - pixels[30, 30]).max() <= 2


def test_a_parents_motion_is_added() -> None:
    pixels = textured(96, 64)
    labels = painted(96, 64, (1, 20, 20, 8, 8), (2, 60, 20, 8, 8))
    paths = {
        1: Track(((20.0, 20.0), (20.0, 40.0))),
        2: Track(((60.0, 20.0), (70.0, 20.0)), parent=1),
    }
    picture = Picture(b"", "PNG", 96, 64, "")
    end = drafted(pixels, Shot(picture=picture, labels=labels, paths=paths)).frame(1.0)
    assert np.abs(end[40, 70].astype(int) - pixels[20, 60]).max() <= 2


def test_making_the_draft_can_be_cancelled() -> None:
    picture = Picture(b"", "PNG", 96, 64, "")
    labels = painted(96, 64, (1, 30, 30, 12, 10))
    shot = Shot(picture=picture, labels=labels, paths={1: line((30, 30), (60, 40))})
    with pytest.raises(Cancelled):
        drafted(textured(96, 64), shot, cancelled=lambda: True)
    whole, quick = drafted(textured(96, 64), shot), Draft(textured(96, 64), labels, shot.paths)
    assert np.array_equal(whole.frame(0.7), quick.frame(0.7))


# Pictures


@pytest.mark.parametrize("height", [None, 40])
def test_pictures_are_the_draft_to_the_bit(tmp_path: Path, height: int | None) -> None:
    labels = painted(96, 64, (1, 30, 30, 12, 10))
    draft = Draft(textured(96, 64), labels, {1: line((30, 30), (60, 40))}, height=height)
    made = export(Clip(draft, times(0.5, 20)), tmp_path / "walk.png", kind=Kind.PNG, fps=20)
    assert [path.name for path in made] == [f"walk_{number:04}.png" for number in range(1, 11)]
    assert listed(tmp_path) == [path.name for path in made]
    for path, frame in zip(made, draft.frames(0.5, 20), strict=True):
        assert np.array_equal(read_png(path), frame)


def test_pictures_in_place_are_replaced(tmp_path: Path, clip: Clip) -> None:
    made = files(tmp_path / "a.png", Kind.PNG, len(clip))
    for path in made[:3]:
        path.write_bytes(b"old")
    (tmp_path / "a_b.png").write_bytes(b"another's")
    export(clip, tmp_path / "a.png", kind=Kind.PNG, fps=20)
    assert np.array_equal(read_png(made[2]), clip[2])
    assert listed(tmp_path) == [*(path.name for path in made), "a_b.png"]


def test_pictures_of_a_longer_sequence_are_not_mixed_in(tmp_path: Path, clip: Clip) -> None:
    for number in (1, 11):
        (tmp_path / f"a_{number:04}.png").write_bytes(b"old")
    with pytest.raises(ExportError, match=r"a_0011\.png is left of another sequence"):
        export(clip, tmp_path / "a.png", kind=Kind.PNG, fps=20)
    assert (tmp_path / "a_0001.png").read_bytes() == b"old"
    assert len(listed(tmp_path)) == 2


def test_more_than_9999_pictures_keep_their_order() -> None:
    names = [path.name for path in png_sequence.names(Path("a.png"), 12_000)]
    assert names == sorted(names)
    assert (names[0], names[-1]) == ("a_00001.png", "a_12000.png")


def test_pictures_that_cannot_all_be_put_in_place_leave_what_was_there(
    tmp_path: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = files(tmp_path / "a.png", Kind.PNG, len(clip))
    for path in made[:5]:
        path.write_bytes(path.name.encode())
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target.name == "a_0004.png" and target.parent == tmp_path:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ExportError, match="could not be written"):
        export(clip, tmp_path / "a.png", kind=Kind.PNG, fps=20)
    assert listed(tmp_path) == [path.name for path in made[:5]]
    assert all(path.read_bytes() == path.name.encode() for path in made[:5])


# Videos


def test_a_video_holds_the_frames(tmp_path: Path, photo: Rgb) -> None:
    height, width = photo.shape[:2]
    labels = painted(width, height, (1, 100, 100, 40, 40))
    clip = Clip(Draft(photo, labels, {1: line((100, 100), (140, 120))}), times(0.3, 20))
    made = export(clip, tmp_path / "a.mp4", kind=Kind.MP4, fps=20)
    assert made == [tmp_path / "a.mp4"]
    found = list(video.read(made[0]))
    assert [time for time, _ in found] == pytest.approx([index / 20 for index in range(6)])
    for (_, pixels), index in zip(found, range(6), strict=True):
        assert np.abs(pixels[:height, :width].astype(int) - clip[index]).mean() < 4.5


# GIFs


def test_a_gif_holds_the_frames(tmp_path: Path, photo: Rgb) -> None:
    height, width = photo.shape[:2]
    labels = painted(width, height, (1, width // 2, height // 2, 50, 60))
    path = line((width / 2, height / 2), (width / 2 + 90, height / 2 - 40))
    clip = Clip(Draft(photo, labels, {1: path}), times(0.6, 10))
    export(clip, tmp_path / "a.gif", kind=Kind.GIF, fps=10)
    with Image.open(tmp_path / "a.gif") as image:
        assert image.info["loop"] == 0
        assert image.size == (width, height)
    found = list(read_gif(tmp_path / "a.gif"))
    assert [delay for _, delay in found] == [10] * 6
    for (pixels, _), index in zip(found, range(6), strict=True):
        off = pixels.astype(np.float32) - clip[index]
        assert np.sqrt((off**2).mean()) < 6.5
        # Seen from afar, dither is no error.
        assert np.sqrt((cv2.GaussianBlur(off, (0, 0), 2) ** 2).mean()) < 2.2
        assert np.abs(off.mean(axis=(0, 1))).max() < 1.0


def test_what_stands_still_does_not_flicker(tmp_path: Path, photo: Rgb) -> None:
    height, width = photo.shape[:2]
    labels = painted(width, height, (1, 100, 100, 40, 40))
    clip = Clip(Draft(photo, labels, {1: line((100, 100), (140, 120))}), times(0.5, 10))
    export(clip, tmp_path / "a.gif", kind=Kind.GIF, fps=10)
    first, *others = (pixels for pixels, _ in read_gif(tmp_path / "a.gif"))
    still = np.all([clip[index] == clip[0] for index in range(1, 5)], axis=(0, 3))
    assert still.mean() > 0.5
    assert all(np.array_equal(pixels[still], first[still]) for pixels in others)


@given(st.floats(1.0, 25.0), st.integers(1, 400))
def test_a_gif_keeps_time(fps: float, count: int) -> None:
    found = list(islice(gif.delays(fps), count))
    assert abs(sum(found) - count * 100 / fps) <= 0.5 + 1e-6
    assert min(found) >= 4
    assert max(found) - min(found) <= 1


@settings(max_examples=12)
@given(arrays(np.uint8, st.tuples(st.just(3), st.integers(1, 9), st.integers(1, 11), st.just(3))))
def test_a_gif_of_anything_is_read_as_it_was_dithered(stack: Rgb) -> None:
    colours = gif.palette(list(stack))
    file = io.BytesIO()
    gif.write(file, list(stack), colours, fps=12.5)
    with Image.open(file) as image:
        assert getattr(image, "n_frames", 1) == 3
        for index, frame in enumerate(stack):
            image.seek(index)
            wanted = colours.colours[gif.dithered(frame, colours)]
            assert np.array_equal(np.asarray(image.convert("RGB")), wanted)


def test_a_frame_without_change_takes_its_time(tmp_path: Path) -> None:
    still = textured(40, 30)
    export([still, still, still], tmp_path / "a.gif", kind=Kind.GIF, fps=8)
    found = list(read_gif(tmp_path / "a.gif"))
    assert sum(delay for _, delay in found) in (37, 38)
    assert all(np.array_equal(pixels, found[0][0]) for pixels, _ in found)


def test_few_colours_stay_what_they_are(tmp_path: Path) -> None:
    flat = np.zeros((20, 30, 3), np.uint8)
    flat[:, 10:20] = (200, 40, 90)
    flat[:, 20:] = (255, 255, 255)
    export([flat, flat[:, ::-1].copy()], tmp_path / "a.gif", kind=Kind.GIF, fps=10)
    (first, _), (second, _) = read_gif(tmp_path / "a.gif")
    assert np.array_equal(first, flat)
    assert np.array_equal(second, flat[:, ::-1])


# Cancelling and failing


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [0, 4, 10])
def test_a_cancelled_export_leaves_everything_as_it_was(
    tmp_path: Path, clip: Clip, kind: Kind, after: int
) -> None:
    target = tmp_path / f"a.{kind}"
    before = files(target, kind, len(clip))[0]
    before.write_bytes(b"precious")
    told: list[int] = []
    with pytest.raises(Cancelled):
        export(
            clip, target, kind=kind, fps=20,
            cancelled=lambda: len(told) >= after, progress=told.append,
        )  # fmt: skip
    assert told == list(range(1, after + 1))
    assert listed(tmp_path) == [before.name]
    assert before.read_bytes() == b"precious"


@pytest.mark.parametrize("kind", KINDS)
def test_progress_tells_every_frame(tmp_path: Path, clip: Clip, kind: Kind) -> None:
    told: list[int] = []
    export(clip, tmp_path / f"a.{kind}", kind=kind, fps=20, progress=told.append)
    assert told == list(range(1, 11))


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_that_fails_leaves_nothing(tmp_path: Path, kind: Kind) -> None:
    class Broken(list[Rgb]):
        def __getitem__(self, index: int) -> Rgb:  # type: ignore[override]
            if index == 2:
                raise MemoryError
            return super().__getitem__(index)

    with pytest.raises(MemoryError):
        export(Broken([textured(32, 32)] * 3), tmp_path / f"a.{kind}", kind=kind, fps=10)
    assert listed(tmp_path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_folder_is_said_before_anything_is_made(tmp_path: Path, kind: Kind) -> None:
    told: list[int] = []
    with pytest.raises(ExportError, match="There is no folder") as caught:
        export(
            [textured(32, 32)], tmp_path / "no" / f"a.{kind}", kind=kind, fps=10,
            progress=told.append,
        )  # fmt: skip
    assert str(caught.value).count(".") == 1
    assert told == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_of_that_name_is_left_alone(tmp_path: Path, kind: Kind) -> None:
    target = tmp_path / f"a.{kind}"
    files(target, kind, 1)[0].mkdir()
    with pytest.raises(ExportError, match="is a folder; choose another name"):
        export([textured(32, 32)], target, kind=kind, fps=10)
    assert len(listed(tmp_path)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "no room left"), (errno.EROFS, "may not be written"), (errno.EIO, "(")],
)
def test_a_disk_that_refuses_is_said(
    tmp_path: Path, clip: Clip, kind: Kind, number: int, words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    target = tmp_path / f"a.{kind}"
    before = files(target, kind, len(clip))[0]
    before.write_bytes(b"precious")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(Path, "replace" if kind != Kind.PNG else "write_bytes", refuse)
    with pytest.raises(ExportError) as caught:
        export(clip, target, kind=kind, fps=20)
    monkeypatch.undo()
    assert words in str(caught.value)
    assert listed(tmp_path) == [before.name]
    assert before.read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["a.avi", "a", "a.mp4.txt"])
def test_an_unknown_ending_is_said(name: str) -> None:
    with pytest.raises(ExportError, match=r"\.mp4, \.gif or"):
        kind_of(Path(name))


@pytest.mark.parametrize(("name", "kind"), [("A.MP4", "mp4"), ("b.gif", "gif"), ("c.d.Png", "png")])
def test_the_ending_says_the_kind(name: str, kind: str) -> None:
    assert kind_of(Path(name)) == Kind(kind)


def test_a_gif_that_no_player_shows_is_refused(tmp_path: Path, clip: Clip) -> None:
    with pytest.raises(ExportError, match="1 to 25 frames a second, not 30"):
        export(clip, tmp_path / "a.gif", kind=Kind.GIF, fps=30)
    assert listed(tmp_path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_frames_are_no_export(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(ExportError, match="no frame"):
        export([], tmp_path / f"a.{kind}", kind=kind, fps=10)
