"""A disk that is full or may not be written to: said before a byte is fetched, and nothing is lost."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.download import Limits, fetch
from kling_desktop.tasks.faults import Cut, DiskError

S = TaskState
MARGIN = 1_000_000
LIMITS = Limits(connect=2.0, stall=0.5, margin=MARGIN)
Free = Callable[[int], None]


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Free:
    """Says how many bytes are free on every disk."""

    def say(size: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=size))

    return say


def url(host) -> str:
    return f"{host.url}/files/v.mp4"


def test_a_video_that_does_not_fit_is_not_begun_and_the_sentence_says_what_is_needed(
    host, tmp_path: Path, free: Free
) -> None:
    host.video = b"HEAD" + bytes(3_000_000) + b"TAIL"
    part = tmp_path / "videos" / "x.part"
    free(2_500_000)
    with pytest.raises(DiskError) as caught:
        fetch(url(host), part, limits=LIMITS)
    assert str(caught.value) == (
        f"The disk is full: the video needs 4 MB in {part.parent}, and 1 MB have to stay free "
        "beside it; 3 MB are free. Free 2 MB more, and it will be fetched."
    )
    assert not part.exists()


@pytest.mark.parametrize(("copies", "fits"), [(1, True), (2, False)])
def test_a_video_that_is_turned_round_needs_room_for_two(
    host, tmp_path: Path, free: Free, copies: int, fits: bool
) -> None:
    free(len(host.video) + MARGIN)
    part = tmp_path / "x.part"
    if fits:
        fetch(url(host), part, limits=LIMITS, copies=copies)
        assert part.read_bytes() == host.video
        return
    with pytest.raises(DiskError, match="disk is full"):
        fetch(url(host), part, limits=LIMITS, copies=copies)


def test_what_is_here_already_needs_no_room_again(host, tmp_path: Path, free: Free) -> None:
    part = tmp_path / "x.part"
    host.say("video", cut=200_000)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    free(len(host.video) - 200_000 + MARGIN + 100)
    kept = part.stat().st_size
    if kept < 200_000:
        free(len(host.video) - kept + MARGIN)
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video


def test_without_a_length_the_margin_must_be_free(host, tmp_path: Path, free: Free) -> None:
    headers = {"Content-Length": "", "Connection": "close"}
    host.say("video", headers=headers)
    free(MARGIN - 1)
    with pytest.raises(DiskError, match="disk is full"):
        fetch(url(host), tmp_path / "x.part", limits=LIMITS)


def test_a_task_waits_for_room_and_goes_on_when_there_is_some(bench, free: Free) -> None:
    free(1000)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.steps(limit=5)
    assert bench.task.state == S.DOWNLOADING
    assert bench.task.error.startswith("The disk is full: the video needs 1 MB")
    assert list((bench.folder / "videos").iterdir()) == []
    free(10**12)
    bench.steps()
    assert (bench.task.state, bench.task.error) == (S.DONE, None)
    assert len(bench.host.creations) == 1


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_folder_that_may_not_be_written_to_is_named_and_waited_for(
    bench, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, "no")

    with monkeypatch.context() as patch:
        patch.setattr("kling_desktop.tasks.download.open_part", refuse)
        bench.submit()
        bench.steps(until=S.DOWNLOADING)
        bench.steps(limit=5)
        assert bench.task.state == S.DOWNLOADING
        assert bench.task.error == (
            f"The video cannot be written to {bench.folder / 'videos'}: check that folder."
        )
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.finals()[0].read_bytes() == bench.host.video


def test_a_disk_that_fills_up_on_the_way_keeps_what_came(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kling_desktop.tasks.part import write_all

    written = []

    def fill(file, data: bytes) -> None:
        if sum(written) > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(len(data))
        write_all(file, data)

    bench.engine.close()
    bench.engine = bench.engine_again(limits=Limits(chunk=16 * 1024))
    with monkeypatch.context() as patch:
        patch.setattr("kling_desktop.tasks.download.write_all", fill)
        bench.submit()
        bench.steps(until=S.DOWNLOADING)
        bench.engine.step()
    assert "disk is full" in bench.task.error
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.requests[-1][2]["Range"] == f"bytes={sum(written)}-"
    assert bench.finals()[0].read_bytes() == bench.host.video
