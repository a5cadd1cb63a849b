"""The relay's dialect over a real socket: envelopes, states, refusals, the video."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kling_desktop.practice.faults import FaultError
from kling_desktop.practice.server import PracticeServer

Practice = Callable[..., Any]
VIDEO = bytes(range(256)) * 64


def state(answer: Any) -> str:
    return answer.json["task_info"]["status"]


def finished(answer: Any) -> bool:
    return state(answer) == "completed"


def test_a_task_from_beginning_to_end(practice: Practice, kit: Any, clock: Any) -> None:
    caller = practice(pace=10.0, clock=clock)
    made = caller.create(kit.body())
    assert made.status == 200
    assert made.json.keys() == {"task_info"}
    assert made.json["task_info"].keys() == {"id", "status", "created_at", "updated_at"}
    key = made.json["task_info"]["id"]
    seen = [state(made)]
    for _ in range(3):
        clock.now += 4.9
        seen.append(state(caller.query(key)))
    assert seen == ["pending", "pending", "processing", "processing"]
    clock.now += 0.3
    done = caller.until(key, finished)
    assert done.json["videos"] == [done.json["videos"][0]]
    assert done.json["task_info"]["created_at"] == "2027-01-15T08:00:00.000+00:00"
    assert caller.server.creations == 1


def test_the_video_needs_no_token_and_takes_ranges(practice: Practice, kit: Any) -> None:
    caller = practice()
    caller.create(kit.body(external_task_id="mine"))
    url = caller.until("mine", finished).json["videos"][0]
    path = url.removeprefix(caller.server.url)
    whole = caller.send("GET", path, token=None)
    assert (whole.status, whole.body) == (200, VIDEO)
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = caller.send("GET", path, token=None, headers={"Range": "bytes=100-199"})
    assert (part.status, part.body) == (206, VIDEO[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(VIDEO)}"
    rest = {"Range": "bytes=16000-", "If-Range": whole.headers["ETag"]}
    assert caller.send("GET", path, token=None, headers=rest).body == VIDEO[16000:]
    rest["If-Range"] = '"another"'
    assert caller.send("GET", path, token=None, headers=rest).body == VIDEO
    known = {"If-None-Match": whole.headers["ETag"]}
    assert caller.send("GET", path, token=None, headers=known).status == 304
    dated = {"If-Modified-Since": whole.headers["Last-Modified"]}
    assert caller.send("GET", path, token=None, headers=dated).status == 304
    beyond = caller.send("GET", path, token=None, headers={"Range": "bytes=99999-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(VIDEO)}")
    head = caller.send("HEAD", path, token=None)
    assert (head.body, head.headers["Content-Length"]) == (b"", str(len(VIDEO)))


def test_no_video_before_its_time(practice: Practice, kit: Any, clock: Any) -> None:
    caller = practice(pace=10.0, clock=clock)
    caller.create(kit.body(external_task_id="mine"))
    clock.now += 15.1
    path = caller.until("mine", finished).json["videos"][0].removeprefix(caller.server.url)
    clock.now -= 1.0
    assert caller.send("GET", path, token=None).status == 404
    assert caller.send("GET", "/files/..%2fbook.json", token=None).status == 404


def test_a_refusal_is_a_problem_that_names_the_field(practice: Practice, kit: Any) -> None:
    caller = practice()
    answer = caller.create(kit.body(cfg_scale=1.2))
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json == {
        "status": 400,
        "title": "Bad Request",
        "detail": "cfg_scale: lies outside 0 to 1",
        "instance": caller.base,
    }
    assert caller.server.creations == 0


@pytest.mark.parametrize("token", [None, "wrong"])
def test_nobody_without_the_token(practice: Practice, kit: Any, token: str | None) -> None:
    caller = practice(token="right")
    for answer in (caller.create(kit.body(), token=token), caller.query("x", token=token)):
        assert answer.status == 401
        assert answer.json["title"] == "Unauthorized"
        assert "right" not in answer.body.decode()
    assert caller.server.creations == 0


def test_an_external_id_makes_one_task(practice: Practice, kit: Any) -> None:
    caller = practice()
    first = caller.create(kit.body(external_task_id="a b/ü"))
    again = caller.create(kit.body(external_task_id="a b/ü"))
    assert (first.status, again.status) == (200, 409)
    assert again.said.startswith("external_task_id: ")
    assert caller.server.creations == 1
    found = caller.query("a%20b/%C3%BC")
    assert found.json["task_info"]["id"] == first.json["task_info"]["id"]


def test_what_is_not_there(practice: Practice) -> None:
    caller = practice()
    assert caller.query("nothing").said == "There is no task with this id."
    assert caller.send("GET", "/v1/videos/image2video").status == 404
    refused = caller.send("DELETE", caller.base)
    assert (refused.status, refused.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[1]",
        b'"text"',
        b"null",
        b'{"cfg_scale": NaN}',
        b"[" * 200_000,
        b"1" * 9000,
    ],
)
def test_bodies_that_are_no_object(practice: Practice, body: bytes) -> None:
    answer = practice().create(body)
    assert answer.status == 400
    assert answer.said.startswith("body: ")


@pytest.mark.parametrize("kind", [None, "text/plain", "application/json; charset=utf-8", "x"])
def test_the_content_type_does_not_matter(practice: Practice, kit: Any, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    assert practice().create(kit.body(), headers=headers).status == 200


def test_a_body_too_large_is_refused_unread(practice: Practice) -> None:
    caller = practice()
    line = http.client.HTTPConnection("127.0.0.1", int(caller.server.url.rsplit(":", 1)[1]))
    line.putrequest("POST", caller.base)
    line.putheader("Authorization", f"Bearer {caller.server.token}")
    line.putheader("Content-Length", str(65 * 1024 * 1024))
    line.endheaders()
    assert line.getresponse().status == 413
    line.close()


def test_late_failures(practice: Practice, kit: Any) -> None:
    caller = practice(late=True)
    body = kit.body(static_mask=kit.mask((5, 5, 9, 9), 400, 400), external_task_id="mine")
    assert caller.create(body).status == 200
    failed = caller.query("mine").json["task_info"]
    assert failed["status"] == "failed"
    assert failed["error"].keys() == {"code", "title", "detail"}
    assert "aspect ratio" in failed["error"]["detail"]


def test_a_render_that_breaks_fails_the_task(
    practice: Practice, kit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no brushes today")

    caller = practice(render=broken)
    caller.create(kit.body(external_task_id="mine"))
    failed = caller.until("mine", lambda answer: state(answer) == "failed")
    assert failed.json["task_info"]["error"]["detail"].endswith("could not be rendered.")
    assert "no brushes today" in caplog.text


def test_a_later_server_goes_on_with_the_folder(
    kit: Any, tmp_path: Path, practice: Practice
) -> None:
    def stopped(order: Any, target: Path, stopping: Any) -> None:
        target.write_bytes(b"half")
        stopping.wait()
        raise practice_render.Interrupted

    from kling_desktop.practice import render as practice_render

    caller = practice(render=stopped)
    caller.create(kit.body(external_task_id="mine"))
    assert state(caller.query("mine")) == "processing"
    caller.server.stop()
    assert not list(tmp_path.rglob("*.mp4"))
    later = practice()
    done = later.until("mine", finished)
    assert done.json["videos"][0].startswith(later.server.url)
    assert later.create(kit.body(external_task_id="mine")).status == 409
    assert (later.server.creations, caller.server.creations) == (0, 1)


def test_the_log_tells_routes_and_no_secrets(practice: Practice, kit: Any) -> None:
    caller = practice(token="hidden-token")
    caller.create(kit.body(external_task_id="mine"))
    caller.query("mine?key=hidden-query", token="hidden-wrong")
    told = [(seen.method, seen.path, seen.status) for seen in caller.server.requests]
    assert told == [("POST", caller.base, 200), ("GET", f"{caller.base}/mine", 401)]
    assert "hidden" not in repr(caller.server.requests)


def test_no_secret_reaches_the_folder(practice: Practice, kit: Any, tmp_path: Path) -> None:
    caller = practice(token="hidden-token")
    caller.create(kit.body(external_task_id="mine"))
    caller.until("mine", finished)
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 6
    assert not any(b"hidden" in data for data in kept)


def test_senseless_arguments_have_a_sentence(tmp_path: Path) -> None:
    for options, sentence in (
        ({"dialect": "klingon"}, "klingon"),
        ({"token": ""}, "token"),
        ({"pace": -1.0}, "pace"),
        ({"pace": float("nan")}, "pace"),
    ):
        with pytest.raises(ValueError, match=sentence):
            PracticeServer(tmp_path, **options)
    with pytest.raises(FaultError):
        PracticeServer(tmp_path, faults="nonsense")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


def test_random_json_over_the_socket(practice: Practice) -> None:
    caller = practice()

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(body=JSON | st.dictionaries(st.sampled_from(["image", "mode", "duration"]), JSON))
    def send(body: Any) -> None:
        answer = caller.create(body)
        assert answer.status == 400
        assert answer.said

    send()
    assert caller.server.creations == 0


def test_plain_urllib_does_the_job(practice: Practice, kit: Any) -> None:
    caller = practice()
    caller.create(kit.body(external_task_id="mine"))
    url = caller.until("mine", finished).json["videos"][0]
    with urllib.request.urlopen(url) as reply:
        assert reply.read() == VIDEO
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{caller.server.url}{caller.base}/mine")
    with refused.value:
        assert refused.value.code == 401
        assert refused.value.headers["Date"]


def test_dates_follow_the_server_s_clock(practice: Practice, clock: Any) -> None:
    caller = practice(clock=clock)
    assert caller.query("x").headers["Date"] == "Fri, 15 Jan 2027 08:00:00 GMT"
    assert caller.query("x", token="wrong").headers["Date"] == "Fri, 15 Jan 2027 08:00:00 GMT"
