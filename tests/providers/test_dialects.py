"""Replies of every provider, exact and odd."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.providers.dialects import (
    DIALECTS,
    FAL,
    MULERUN,
    NEWAPI,
    OFFICIAL,
    PIAPI,
    Dialect,
    ReplyError,
    Status,
)
from kling_desktop.providers.shapes import ReplyShape

URL = "https://videos.example.com/a.mp4"


def mulerun(status: str, **more: Any) -> dict[str, Any]:
    return {"task_info": {"id": "t-1", "status": status}, **more}


def official(status: str, **more: Any) -> dict[str, Any]:
    data = {"task_id": "t-2", "task_status": status, **more}
    return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": data}


def test_mulerun_names_the_task_in_task_info() -> None:
    assert MULERUN.read_created(mulerun("pending")).remote_id == "t-1"


def test_official_names_the_task_in_data() -> None:
    payload = official("submitted", task_info={"external_task_id": "mine"})
    created = OFFICIAL.read_created(payload)
    assert (created.remote_id, created.external_id) == ("t-2", "mine")


@pytest.mark.parametrize(
    ("word", "state"),
    [("pending", "waiting"), ("processing", "running"), ("failed", "failed")],
)
def test_mulerun_states(word: str, state: str) -> None:
    assert MULERUN.read_status(mulerun(word)).state == state


@pytest.mark.parametrize("word", ["completed", "succeeded", "COMPLETED"])
def test_mulerun_done_has_its_video(word: str) -> None:
    assert MULERUN.read_status(mulerun(word, videos=[URL])) == Status("done", URL)


@pytest.mark.parametrize(
    ("word", "state"),
    [("submitted", "waiting"), ("processing", "running"), ("failed", "failed")],
)
def test_official_states(word: str, state: str) -> None:
    assert OFFICIAL.read_status(official(word)).state == state


def test_official_done_has_its_video() -> None:
    payload = official("succeed", task_result={"videos": [{"id": "v", "url": URL}]})
    assert OFFICIAL.read_status(payload) == Status("done", URL)


def test_the_reason_of_a_failure_is_not_the_outer_message() -> None:
    payload = official("failed", task_status_msg="Image pixel is invalid")
    assert OFFICIAL.read_status(payload).reason == "Image pixel is invalid"
    assert OFFICIAL.read_status(official("failed")).reason == ""


def test_mulerun_gives_title_and_detail() -> None:
    payload = mulerun("failed")
    payload["task_info"]["error"] = {"code": 9, "title": "Bad mask", "detail": "Size differs"}
    assert MULERUN.read_status(payload).reason == "Bad mask: Size differs"


def test_a_failure_never_has_a_video() -> None:
    assert MULERUN.read_status(mulerun("failed", videos=[URL])).video_url is None


def test_an_unknown_state_goes_on() -> None:
    assert MULERUN.read_status(mulerun("pondering")).state == "running"


def test_done_without_a_video_is_done_without_a_video() -> None:
    assert MULERUN.read_status(mulerun("completed", videos=[])) == Status("done", None)
    assert MULERUN.read_status(mulerun("completed", videos=[5])) == Status("done", None)
    assert MULERUN.read_status(mulerun("completed", videos=["file:///x"])) == Status("done", None)


@pytest.mark.parametrize(
    "payload",
    [
        {"data": {"task_id": "x"}},
        {"data": {"id": "x"}},
        {"task_info": {"id": "x"}},
        {"task_id": "x"},
        {"id": "x"},
        {"request_id": "x"},
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda d: d.name)
def test_relays_put_the_id_anywhere(dialect: Dialect, payload: dict[str, Any]) -> None:
    assert dialect.read_created(payload).remote_id == "x"


@pytest.mark.parametrize(
    "payload",
    [
        {"data": {"status": "success", "task_result": {"videos": [{"url": URL}]}}},
        {"status": "SUCCESS", "videos": [{"url": URL}]},
        {"state": "complete", "video": {"url": URL}},
        {"task_status": "succeed", "data": {"url": URL}},
        {"status": "completed", "url": URL},
        {"status": "completed", "output": {"video_url": URL}},
        {"data": {"status": "completed", "output": {"video_url": URL}}},
        {"status": "completed", "metadata": {"url": URL}},
        {"url": URL},
    ],
)
def test_relays_put_the_video_anywhere(payload: dict[str, Any]) -> None:
    assert OFFICIAL.read_status(payload) == Status("done", URL)


def test_a_numbered_task_is_a_task() -> None:
    assert OFFICIAL.read_created({"data": {"task_id": 4711}}).remote_id == "4711"


@pytest.mark.parametrize("bad", [None, "", True, 1.5, [], {}, "..", ".", "a\nb", "x" * 300])
def test_what_is_no_id_is_not_taken_for_one(bad: object) -> None:
    with pytest.raises(ReplyError):
        MULERUN.read_created({"task_info": {"id": bad}})


def test_the_request_id_of_an_envelope_is_no_task() -> None:
    with pytest.raises(ReplyError):
        OFFICIAL.read_created({"code": 0, "request_id": "r", "data": None})


@pytest.mark.parametrize("payload", [None, [], "ok", 5, {}, {"task_info": 5}, {"status": 200}])
def test_a_reply_about_nothing_is_refused(payload: object) -> None:
    with pytest.raises(ReplyError):
        MULERUN.read_status(payload)


def test_fal_finishes_first_and_tells_the_video_later() -> None:
    assert FAL.read_created({"request_id": "q-1", "status": "IN_QUEUE"}).remote_id == "q-1"
    assert FAL.read_status({"status": "COMPLETED"}) == Status("done")
    assert FAL.read_status({"video": {"url": URL}}) == Status("done", URL)
    failed = FAL.read_status({"status": "COMPLETED", "error": "Worker died"})
    assert (failed.state, failed.reason) == ("failed", "Worker died")
    assert FAL.read_status({"status": "IN_PROGRESS", "error": "retrying"}).state == "running"


def test_a_video_beats_an_error_beside_it() -> None:
    payload = {"status": "COMPLETED", "error": "late", "video": {"url": URL}}
    assert FAL.read_status(payload) == Status("done", URL)


def test_piapi_fills_in_what_has_not_happened_with_nothing() -> None:
    error = {"code": 0, "raw_message": "", "message": "", "detail": None}
    data = {"task_id": "p-1", "status": "completed", "output": {"video_url": URL}, "error": error}
    assert PIAPI.read_created({"code": 200, "data": data}).remote_id == "p-1"
    assert PIAPI.read_status({"code": 200, "data": data}) == Status("done", URL)
    failed = {**data, "status": "failed", "output": {"video_url": ""}}
    failed["error"] = {"code": 10000, "raw_message": "upstream: bad mask", "message": ""}
    assert PIAPI.read_status({"data": failed}) == Status("failed", None, "upstream: bad mask")


def test_newapi_hides_the_video_in_several_places() -> None:
    behind = {"code": 0, "data": {"task_result": {"videos": [{"url": URL}]}}}
    for found in (
        {"status": "SUCCESS", "data": behind},
        {"status": "SUCCESS", "data": behind["data"]},
        {"status": "SUCCESS", "result_url": URL},
        {"status": "SUCCESS", "fail_reason": URL},
    ):
        assert NEWAPI.read_status({"code": "success", "data": found}) == Status("done", URL)
    failed = {"status": "FAILURE", "fail_reason": "no credit"}
    assert NEWAPI.read_status({"data": failed}) == Status("failed", None, "no credit")


def test_what_stands_within_is_about_the_task() -> None:
    within = {"code": 200, "status": "success", "data": {"id": "u-1", "state": "processing"}}
    for dialect in DIALECTS.values():
        if dialect is not FAL:
            assert dialect.read_status(within) == Status("running")
    for name in ("state", "status", "task_status"):
        assert NEWAPI.read_status({"data": {name: "FAILURE", "error": "blah"}}).reason == "blah"
    assert OFFICIAL.read_status({"data": {"status": "SUCCESS", "fail_reason": URL}}) == Status(
        "done", URL
    )
    failed = {"data": {"task_status": "failed", "error": {"message": "a", "detail": "b"}}}
    assert OFFICIAL.read_status(failed).reason == "a: b"
    error = {"code": 1, "message": "task failed", "raw_message": "Image pixel is invalid"}
    failed = {"data": {"status": "failed", "error": error}}
    assert PIAPI.read_status(failed).reason == "task failed: Image pixel is invalid"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/\ud800.mp4",
        "http://127.0.0.1:1/\x00a\nb.mp4",
        "http://[::1",
        "http://h:99999/a",
        "https://",
        "ftp://h/a.mp4",
        "/v.mp4",
        5,
    ],
)
def test_what_cannot_be_asked_for_is_no_link(url: object) -> None:
    assert MULERUN.read_status(mulerun("completed", videos=[url])) == Status("done", None)


def test_a_profile_adds_its_own_places_and_words() -> None:
    own = ReplyShape.of(
        {
            "id": ["made.number"],
            "state": ["made.how"],
            "video": ["made.film"],
            "reason": ["made.why"],
            "states": {"done": ["Fertig"], "failed": ["Kaputt"], "waiting": ["processing"]},
        }
    )
    odd = OFFICIAL.with_places(own)
    made = {"made": {"number": 7, "how": "FERTIG", "film": URL}}
    assert odd.read_created(made).remote_id == "7"
    assert odd.read_status(made) == Status("done", URL)
    assert odd.read_status({"made": {"how": "kaputt", "why": "rain"}}).reason == "rain"
    assert odd.read_status(official("processing")).state == "waiting", "its own words come first"
    assert OFFICIAL.read_status(official("processing")).state == "running"


_KEYS = st.sampled_from(
    ["data", "task_info", "videos", "id", "status", "url", "error", "message", "code", "task_id"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(_JSON)
def test_no_reply_brings_the_reader_down(payload: object) -> None:
    for dialect in DIALECTS.values():
        try:
            status = dialect.read_status(payload)
            assert status.state in {"waiting", "running", "done", "failed"}
            assert status.video_url is None or status.video_url.startswith("http")
            assert isinstance(dialect.read_created(payload).remote_id, str)
        except ReplyError:
            continue
