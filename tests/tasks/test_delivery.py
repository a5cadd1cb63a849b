"""Every fault of a video's host: what the provider has finished is brought home whole or kept."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.engine import Ending

S = TaskState
A, B = "a1" * 16, "b2" * 16


def whole_or_nothing(bench) -> None:
    """Under a final name there is a whole video or nothing, and only a finished task has one."""
    finals = bench.finals()
    assert len(finals) == (1 if bench.task.state == S.DONE else 0)
    for path in finals:
        assert path.read_bytes() == bench.host.video


def coded(status: int, code: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "body": {"code": code, "message": "Its words."}, **more}


PAGE = {"body": b"<html>sign in</html>", "headers": {"Content-Type": "text/html"}}
LONGER = {"headers": {"Content-Length": "400000"}}
MASKED = {"body": b"\n <!DOCTYPE html>sign in", "headers": {"Content-Type": "video/mp4"}}
PIECE = {"status": 206, "body": b"HEAD", "headers": {"Content-Range": "bytes 0-3/300008"}}
VIDEO: dict[str, tuple[dict[str, Any], int]] = {
    "404-once": ({"status": 404}, 1),
    "cut-once": ({"cut": 100_000}, 1),
    "cut-thrice": ({"cut": 50_000}, 3),
    "cut-at-once": ({"cut": 0}, 20),
    "wrong-length": (LONGER, 20),
    "page-once": (PAGE, 1),
    "page": (PAGE, 20),
    "page-in-disguise": (MASKED, 20),
    "nothing": ({"body": b"", "headers": {"Content-Type": "video/mp4"}}, 20),
    "unasked-piece": (PIECE, 20),
    "busy": ({"status": 503, "headers": {"Retry-After": "20"}}, 8),
    "odd": ({"status": 418}, 20),
    "reset": ({"reset": "early"}, 8),
    "slow-once": ({**LONGER, "keep_open": True}, 1),
}


@pytest.mark.parametrize("ranges", [True, False], ids=["range", "no-range"])
@pytest.mark.parametrize("name", VIDEO)
def test_a_video_that_does_not_come_is_fetched_later(bench, name: str, ranges: bool) -> None:
    fault, times = VIDEO[name]
    bench.host.ranges = ranges
    for _ in range(times):
        bench.host.say("video", **fault)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    lies = name == "wrong-length" and not ranges
    assert (bench.task.error or "").startswith("The video's host announces more" if lies else "")
    assert bool(bench.task.error) == lies
    assert S.FAILED not in {task.state for task in bench.changes}
    assert len(bench.host.creations) == 1
    assert max(bench.clock.slept) <= (3600.0 if name == "cut-at-once" else 60.0)
    whole_or_nothing(bench)


@pytest.mark.parametrize("ranges", [True, False], ids=["range", "no-range"])
@pytest.mark.parametrize(
    "name", ["cut-at-once", "page", "page-in-disguise", "unasked-piece", "busy"]
)
def test_a_run_has_patience_with_a_video_that_does_not_come_and_keeps_it(
    bench, name: str, ranges: bool
) -> None:
    bench.host.ranges = ranges
    fault = VIDEO[name][0]
    for _ in range(60):
        bench.host.say("video", **fault)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    start = bench.clock.now
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep, patience=60.0)
    assert ending == Ending.WAITING
    assert bench.clock.now - start < 130
    assert bench.task.state == S.DOWNLOADING
    assert bench.task.error.endswith(".")
    bench.host.script["video"].clear()
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.engine.resume()
    assert bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep) == Ending.FINISHED
    assert bench.task.state == S.DONE
    whole_or_nothing(bench)


def test_a_video_that_comes_bit_by_bit_never_ends_the_patience(bench) -> None:
    for _ in range(20):
        bench.host.say("video", cut=10_000)
    bench.submit()
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep, patience=15.0)
    assert ending == Ending.FINISHED
    assert bench.host.asked("video") == 21
    whole_or_nothing(bench)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_link_that_stays_dead_ends_the_task_and_leaves_no_part(bench, status: int) -> None:
    bench.host.say("video", cut=100_000)
    for _ in range(40):
        bench.host.say("video", status=status)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    start = bench.clock.now
    bench.steps()
    assert bench.task.state == S.FAILED
    assert "expired" in bench.task.error
    assert 120 < bench.clock.now - start < 600
    assert bench.host.asked("video") == 1 + 2 * 8
    assert list((bench.folder / "videos").iterdir()) == []
    bench.host.script["video"].clear()
    bench.engine.retry(A)
    bench.steps()
    assert bench.task.state == S.DONE
    whole_or_nothing(bench)


def test_a_broken_video_is_fetched_anew_twice_and_then_given_up(bench) -> None:
    whole, bench.host.video = bench.host.video, b"HEAD and no end"
    bench.submit()
    bench.steps()
    assert bench.task.state == S.FAILED
    assert bench.host.asked("video") == 3
    assert {(task.error or "The video ")[:10] for task in bench.changes} == {"The video "}
    assert ".part" not in "".join(task.error or "" for task in bench.changes)
    assert list((bench.folder / "videos").iterdir()) == []
    bench.host.video, bench.host.etag = whole, '"v2"'
    bench.engine.retry(A)
    bench.steps()
    assert bench.task.state == S.DONE
    whole_or_nothing(bench)


def test_an_unfinished_part_stays_while_the_task_can_go_on(bench) -> None:
    bench.host.say("video", cut=100_000)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    assert list((bench.folder / "videos").glob("*.part"))


def test_a_video_that_changed_between_two_halves_is_one_of_them(bench) -> None:
    bench.host.say("video", cut=100_000)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    bench.host.video, bench.host.etag = b"HEAD" + b"\x02" * 150_000 + b"TAIL", '"v2"'
    bench.clock.now += 60
    bench.steps()
    assert bench.task.state == S.DONE
    whole_or_nothing(bench)


def test_an_expired_link_is_exchanged_for_a_fresh_one_once(bench, other_host) -> None:
    bench.host.video_url = f"{other_host.url}/files/old.mp4"
    other_host.say("video", status=403)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.host.video_url = None
    asked = bench.host.asked("query")
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.asked("query") == asked + 1
    assert other_host.asked("video") == 1


@pytest.mark.parametrize("fault", [coded(401, 1002), {"status": 500, "body": b""}])
def test_asking_for_a_fresh_link_may_fail_without_failing_the_task(bench, fault) -> None:
    bench.host.say("video", status=403)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.host.say("query", **fault)
    bench.clock.sleep(bench.engine.step())
    assert bench.task.state == S.DOWNLOADING
    assert bench.clock.slept[-1] >= 1.0
    bench.engine.release("acc")
    bench.clock.now += 60
    bench.steps()
    assert bench.task.state == S.DONE
    assert len(bench.host.creations) == 1


def test_a_read_only_videos_folder_keeps_the_task(bench) -> None:
    (bench.folder / "videos").write_text("a file where the folder should be")
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    assert bench.task.state == S.DOWNLOADING
    assert "check that folder" in bench.task.error
    (bench.folder / "videos").unlink()
    bench.clock.now += 60
    bench.steps()
    assert bench.task.state == S.DONE
    assert Path(bench.task.video).exists()


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_tasks_with_one_output_give_two_videos(bench) -> None:
    output = bench.folder / "out" / "clip.mp4"
    bench.submit(A, output=output)
    bench.submit(B, output=output.parent / ".." / "out" / "clip.mp4")
    bench.steps()
    tasks = [bench.journal.get(task_id) for task_id in (A, B)]
    assert {task.state for task in tasks} == {S.DONE}
    videos = {Path(task.video or "").name for task in tasks}
    assert videos == {"clip.mp4", "clip (2).mp4"}
    assert list(outputs(output.parent).values()) == [bench.host.video] * 2


def test_a_later_task_does_not_replace_an_earlier_one_s_video(bench) -> None:
    output = bench.folder / "out" / "clip.mp4"
    for task_id in (A, B):
        bench.submit(task_id, output=output)
        bench.steps()
        bench.clock.now += 86_400
    assert bench.journal.get(A).video == str(output)
    assert Path(bench.journal.get(B).video or "").name == "clip (2).mp4"
    assert set(outputs(output.parent)) == {"clip.mp4", "clip (2).mp4"}


def test_a_file_that_appeared_since_is_not_replaced(bench) -> None:
    output = bench.folder / "out" / "clip.mp4"
    output.parent.mkdir()
    bench.clock.now = time.time() - 3600.0
    bench.submit(output=output)
    output.write_text("somebody's own")
    bench.steps()
    assert bench.task.video == str(output.parent / "clip (2).mp4")
    assert output.read_text() == "somebody's own"


def test_a_name_that_another_task_is_about_to_give_is_left_to_it(bench) -> None:
    for task_id in (A, B):
        bench.submit(task_id)
        for state in (S.SUBMITTING, S.SUBMITTED, S.DOWNLOADING):
            bench.journal.update(task_id, state=state)
    wanted = bench.folder / "videos" / "x.mp4"
    names = [wanted, wanted.with_name("y.mp4")]
    owner = bench.engine._worker.owner
    assert bench.journal.reserve(A, iter(names), held_by=owner) == names[0]
    assert bench.journal.reserve(A, iter(names), held_by=owner) == names[0]
    assert bench.journal.reserve(B, iter(names), held_by=owner) == names[1]
    assert bench.journal.reserve(B, iter(names), held_by="somebody else") is None


def test_a_name_that_no_file_can_have_is_said_and_the_video_stays(bench) -> None:
    bench.submit(output=bench.folder / ("x" * 300 + ".mp4"))
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    assert bench.task.state == S.DOWNLOADING
    assert "check that folder" in bench.task.error
    assert bench.engine.trouble is None
