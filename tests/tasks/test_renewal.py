"""A paid video whose link is dead for a while, whose host never sends it whole, whose folder is lost."""

from __future__ import annotations

import errno
import itertools
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.download import Limits
from kling_desktop.tasks.engine import Ending
from kling_desktop.tasks.part import size_of

S = TaskState
A = "a1" * 16
FORGOTTEN = {"status": 404, "body": {"code": 1203, "message": "no such task"}}
NO_LINK = {
    "body": {
        "code": 0,
        "data": {"task_id": "r", "task_status": "succeed", "task_result": {"videos": []}},
    }
}


def downloading(bench) -> float:
    """Up to the first try to fetch the video; the time then."""
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    return bench.clock.now


def never_failed(bench) -> bool:
    return S.FAILED not in {task.state for task in bench.changes}


def brought(bench) -> None:
    assert bench.task.state == S.DONE
    assert never_failed(bench)
    assert [path.read_bytes() for path in bench.finals()] == [bench.host.video]
    assert len(bench.host.creations) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_link_that_is_dead_for_a_minute_fails_nothing(bench, status: int) -> None:
    for _ in range(12):
        bench.host.say("video", status=status)
    start = downloading(bench)
    bench.steps()
    brought(bench)
    assert bench.task.error is None
    assert 60 < bench.clock.now - start < 200
    assert bench.host.asked("query") == 3 + 6, "a new link each time"


def test_the_pauses_between_new_links_grow_and_nobody_sleeps_in_them(bench) -> None:
    for _ in range(99):
        bench.host.say("video", status=404)
    downloading(bench)
    dues = []
    while bench.task.state == S.DOWNLOADING:
        bench.engine.step()
        if bench.task.due > bench.clock.now:
            dues.append(bench.task.due - bench.clock.now)
        bench.clock.now = max(bench.clock.now, bench.task.due)
    assert len(dues) == 7
    assert all(before < after for before, after in itertools.pairwise(dues[:5]))
    assert 120 < sum(dues) < 240
    assert "gives no other" in bench.task.error


@pytest.mark.parametrize("answer", [FORGOTTEN, NO_LINK], ids=["forgotten", "no-link"])
def test_a_provider_that_gives_no_new_link_for_a_while_is_asked_again(
    bench, answer: dict[str, Any]
) -> None:
    downloading(bench)
    for _ in range(6):
        bench.host.say("video", status=403)
    for _ in range(4):
        bench.host.say("query", **answer)
    bench.steps()
    brought(bench)
    assert {task.error for task in bench.changes if task.error} <= {
        "The link to the video has expired. It is tried again.",
        "The provider says that the video is finished but gives no link to it. It is tried again.",
    }


def test_a_command_comes_back_with_the_task_while_the_link_is_dead(bench) -> None:
    for _ in range(99):
        bench.host.say("video", status=404)
    start = downloading(bench)
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep, patience=60.0)
    assert (ending, bench.task.state) == (Ending.WAITING, S.DOWNLOADING)
    assert bench.clock.now - start < 130


def test_a_host_that_never_sends_it_whole_is_asked_more_and_more_seldom_and_then_no_more(
    bench,
) -> None:
    bench.host.ranges = False
    for number in range(99):
        bench.host.say("video", cut=1000 + number)
    downloading(bench)
    bench.steps()
    assert bench.task.state == S.FAILED
    assert bench.task.error.startswith("The video did not come whole in many tries")
    assert bench.host.asked("video") == 32
    assert 1800 < max(bench.clock.slept) <= 3600
    assert sum(bench.clock.slept) < 86_400
    assert bench.finals() == []
    bench.host.script["video"].clear()
    bench.engine.retry(A)
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_waiting_for_a_busy_host_uses_up_nothing(bench) -> None:
    for _ in range(200):
        bench.host.say("video", status=503)
    downloading(bench)
    bench.steps(limit=2000)
    brought(bench)
    assert max(bench.clock.slept) <= 60


def test_an_end_that_is_always_the_same_is_kept_only_if_it_plays(bench) -> None:
    bench.host.ranges = False
    for _ in range(10):
        bench.host.say("video", cut=100_000)
    downloading(bench)
    bench.steps()
    brought(bench)
    assert bench.task.error is None
    assert bench.host.asked("video") == 11


def test_what_is_far_too_large_is_given_up_after_one_new_link(bench) -> None:
    bench.engine.close()
    bench.engine = bench.engine_again(limits=Limits(connect=2.0, total=1000))
    downloading(bench)
    bench.steps()
    assert bench.task.state == S.FAILED
    assert "far too large" in bench.task.error
    assert bench.host.asked("video") == 2
    assert list((bench.folder / "videos").glob("*")) == []


# A place that was asked for and cannot be written to


def refused(monkeypatch: pytest.MonkeyPatch, folder: Path, code: int) -> None:
    """Every file in a folder is refused."""
    from kling_desktop.tasks import part as real

    original = real.open_part

    def open_part(part: Path, *more: Any) -> Any:
        if part.parent == folder:
            raise OSError(code, "no")
        return original(part, *more)

    monkeypatch.setattr("kling_desktop.tasks.download.open_part", open_part)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EIO])
def test_a_video_whose_folder_stays_shut_is_kept_in_the_folder_for_videos(
    bench, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    folder = bench.folder / "out"
    refused(monkeypatch, folder, code)
    bench.submit(output=folder / "clip.mp4")
    bench.steps(until=S.DOWNLOADING)
    start = bench.clock.now
    bench.steps()
    brought(bench)
    assert Path(bench.task.video).parent == bench.folder / "videos"
    assert bench.task.error == (
        f"It could not be written to {folder}, so it is kept in the folder for videos."
    )
    assert 5 < bench.clock.now - start < 60
    assert list(folder.iterdir()) == []


def test_a_name_that_no_file_can_have_costs_no_second_download(bench) -> None:
    folder = bench.folder / "out"
    bench.submit(output=folder / ("x" * 300 + ".mp4"))
    bench.steps()
    brought(bench)
    assert "so it is kept in the folder for videos" in bench.task.error
    assert bench.host.asked("video") == 1
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_shut_for_a_moment_gets_its_video(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bench.folder / "out"
    bench.submit(output=folder / "clip.mp4")
    bench.steps(until=S.DOWNLOADING)
    with monkeypatch.context() as patch:
        refused(patch, folder, errno.EACCES)
        for _ in range(2):
            bench.clock.sleep(bench.engine.step())
    bench.steps()
    assert (bench.task.video, bench.task.error) == (str(folder / "clip.mp4"), None)


def test_a_full_disk_is_waited_for_where_the_other_folder_is_on_it_too(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = bench.folder / "out" / "clip.mp4"
    bench.submit(output=output)
    bench.steps(until=S.DOWNLOADING)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
        bench.steps(limit=300)
        assert bench.task.state == S.DOWNLOADING
        assert bench.task.error.startswith("The disk is full")
        assert str(output.parent) in bench.task.error
    bench.steps()
    assert (bench.task.video, bench.task.error) == (str(output), None)


def test_a_full_disk_elsewhere_is_left_alone(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    output = bench.folder / "out" / "clip.mp4"

    def usage(path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=0 if path == output.parent else 10**12)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.setattr("kling_desktop.tasks.delivery.same_disk", lambda *_: False)
    bench.submit(output=output)
    bench.steps()
    brought(bench)
    assert size_of(Path(bench.task.video)) == len(bench.host.video)
    assert str(output.parent) in bench.task.error
