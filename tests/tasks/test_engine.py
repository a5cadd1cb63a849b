"""The engine takes a task from the journal to a whole video, once, and heeds the artist."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.delivery import video_name
from kling_desktop.tasks.engine import Ending

S = TaskState
A, B, C = "a1" * 16, "b2" * 16, "c3" * 16


def test_submitting_only_writes_the_task_down(bench) -> None:
    task = bench.submit()
    assert (task.state, task.id) == (S.QUEUED, A)
    assert bench.host.requests == []
    assert json.loads(bench.journal.request(A))["external_task_id"] == A


def test_a_task_goes_all_the_way_to_a_whole_video(bench) -> None:
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.task.error is None
    video = Path(bench.task.video)
    assert video.read_bytes() == bench.host.video
    assert video.name == f"{video.name[:10]} rocket a1a1a1a1.mp4"
    assert list((bench.folder / "videos").iterdir()) == [video]
    assert [made["external_task_id"] for made in bench.host.creations] == [A]
    states = [task.state for task in bench.changes]
    assert list(dict.fromkeys(states)) == [
        S.QUEUED,
        S.SUBMITTING,
        S.SUBMITTED,
        S.PROCESSING,
        S.DOWNLOADING,
        S.DONE,
    ]


def test_the_exact_bytes_of_the_request_are_sent(bench) -> None:
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    sent = {key: value for key, value in bench.host.creations[0].items() if key != "remote_id"}
    assert sent == json.loads(bench.journal.request(A))


def test_polls_begin_soon_and_grow_apart(bench) -> None:
    bench.host.states = ["processing"] * 20 + ["succeed"]
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    polls = bench.clock.slept[:20]
    assert polls[0] == 2.0
    assert polls[1] == pytest.approx(5.0)
    assert all(5.0 <= pause <= 15.0 for pause in polls[1:])
    assert min(polls[8:]) > 10.0


def test_the_secret_goes_to_the_api_and_nowhere_else(bench, other_host) -> None:
    bench.host.video_url = f"{other_host.url}/files/v.mp4"
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert all("Authorization" in headers for _, _, headers in bench.host.requests)
    assert not any("Authorization" in headers for _, _, headers in other_host.requests)
    kept = b"".join(path.read_bytes() for path in bench.folder.rglob("*") if path.is_file())
    assert b"tok-5f1d" not in kept


def test_a_video_goes_where_the_artist_wants_it_and_replaces_what_is_there(bench) -> None:
    output = bench.folder / "elsewhere" / "out.mp4"
    output.parent.mkdir()
    output.write_text("the one of yesterday")
    bench.submit(output=output)
    bench.steps()
    assert Path(bench.task.video) == output
    assert output.read_bytes() == bench.host.video
    assert list(output.parent.iterdir()) == [output]


def test_a_video_never_replaces_another_in_the_videos_folder(bench) -> None:
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.engine.close()
    bench.engine = bench.engine_again()
    taken = bench.folder / "videos" / video_name(bench.task)
    taken.parent.mkdir(exist_ok=True)
    taken.write_text("somebody's own")
    bench.steps()
    assert Path(bench.task.video).name == taken.stem + " (2).mp4"
    assert taken.read_text() == "somebody's own"


@pytest.mark.parametrize(
    ("shot", "name"),
    [
        ("/home/me/My shot v1.5.kling", "My shot v1.5"),
        ("C:\\shots\\cat.kling", "cat"),
        ("../../etc/passwd", "passwd"),
        ('a<b>:c"|?*\x00d', "a b c d"),
        ("ä" * 200, "ä" * 60),
        ("...", "shot"),
        (None, "shot"),
    ],
)
def test_a_shot_s_name_is_made_fit_for_a_file(bench, shot, name: str) -> None:
    bench.submit(shot=shot)
    bench.steps()
    assert Path(bench.task.video).name[11:] == f"{name} a1a1a1a1.mp4"
    assert Path(bench.task.video).parent == bench.folder / "videos"


def test_a_failed_task_says_why_in_the_provider_s_words(bench) -> None:
    bench.host.states, bench.host.reason = ["failed"], "Image pixel is invalid."
    bench.submit()
    bench.steps()
    assert bench.task.state == S.FAILED
    assert bench.task.error == "The provider could not make the video: Image pixel is invalid."


def test_a_task_without_room_goes_as_soon_as_another_ends(bench) -> None:
    bench.host.states = ["processing"] * 30 + ["succeed"]
    bench.submit(A)
    bench.steps(until=S.SUBMITTED)
    for _ in range(40):
        bench.host.say("create", status=429, body={"code": 1303, "message": "parallel"})
    bench.submit(B)
    bench.steps(until=S.DOWNLOADING)
    bench.host.script["create"].clear()
    ended = bench.clock.now
    bench.steps(until=S.SUBMITTED, task_id=B)
    assert bench.clock.now - ended < 1.0
    assert len(bench.host.creations) == 2


def test_too_fast_makes_the_whole_account_wait_as_long_as_it_says(bench) -> None:
    bench.host.say(
        "create", status=429, body={"code": 1302, "message": "fast"}, headers={"Retry-After": "40"}
    )
    bench.submit(A)
    bench.submit(B)
    start = bench.clock.now
    bench.engine.step()
    assert bench.host.asked("create") == 1
    assert bench.engine.step() == pytest.approx(40.0, abs=1.0)
    bench.steps()
    assert {bench.journal.get(A).state, bench.journal.get(B).state} == {S.DONE}
    assert bench.clock.now - start >= 40.0
    assert len(bench.host.creations) == 2


def test_after_twenty_minutes_a_note_and_no_error(bench) -> None:
    bench.host.states = ["processing"] * 110 + ["succeed"]
    bench.submit()
    bench.steps(until=S.PROCESSING)
    assert bench.task.note is None
    while bench.clock.now - bench.task.created < 20 * 60:
        bench.clock.sleep(bench.engine.step())
    bench.steps(limit=3)
    assert (bench.task.state, bench.task.error) == (S.PROCESSING, None)
    assert bench.task.note == "Still waiting: the provider has had this task for 20 minutes."
    assert bench.changes[-1].note == bench.task.note
    bench.steps()
    assert (bench.task.state, bench.task.note) == (S.DONE, None)


def test_run_finishes_its_own_tasks_and_no_others(bench) -> None:
    bench.submit(A)
    bench.submit(B)
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep)
    assert ending == Ending.FINISHED
    assert (bench.task.state, bench.journal.get(B).state) == (S.DONE, S.QUEUED)


def test_run_comes_back_when_the_account_is_held(bench) -> None:
    bench.host.say("create", status=401, body={"code": 1002, "message": "bad"})
    bench.submit()
    assert bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep) == Ending.HELD
    assert bench.task.state == S.QUEUED
    assert bench.host.creations == []


def test_run_comes_back_when_its_patience_is_over_and_keeps_the_task(bench, free_port: int) -> None:
    def connect(_account: str):
        client = bench.connect("acc")
        client.base_url = f"http://127.0.0.1:{free_port}"
        return client

    bench.engine = bench.engine_again(connect=connect)
    bench.submit()
    ending = bench.engine.run([A], threading.Event(), sleep=bench.clock.sleep, patience=30.0)
    assert ending == Ending.WAITING
    assert bench.task.state == S.QUEUED
    assert "cannot be reached" in bench.task.error


def test_run_can_be_stopped(bench) -> None:
    stop = threading.Event()
    stop.set()
    bench.submit()
    assert bench.engine.run([A], stop) == Ending.STOPPED
    assert bench.host.requests == []
