"""Which error each reply means, and what it says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.providers import errors as e
from kling_desktop.providers.verdicts import from_reply


def verdict(
    status: int, code: object = None, *, creating: bool = True, **headers: str
) -> e.ProviderError:
    payload: dict[str, Any] = {"message": "Because.", "request_id": "r-9"}
    if code is not None:
        payload["code"] = code
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return from_reply(status, payload, named, creating)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        *((401, code, e.Credentials) for code in (1000, 1001, 1002)),
        *((401, code, e.ClockSkew) for code in (1003, 1004)),
        *((429, code, e.AccountProblem) for code in (1100, 1101, 1102, 1304)),
        (403, 1103, e.Forbidden),
        *((400, code, e.BadRequest) for code in (1200, 1201)),
        *((404, code, e.ModelGone) for code in (1202, 1203)),
        *((400, code, e.Refused) for code in (1300, 1301)),
        (429, 1302, e.TooFast),
        (429, 1303, e.Busy),
        (500, 5000, e.ServerTrouble),
        (503, 5001, e.ServerTrouble),
        (504, 5002, e.ServerTrouble),
    ],
)
def test_every_official_code(status: int, code: int, kind: type[e.ProviderError]) -> None:
    assert type(verdict(status, code)) is kind
    assert type(verdict(200, code)) is kind, "a code counts inside HTTP 200 too"
    assert type(verdict(status, str(code))) is kind, "and as text"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, e.Credentials),
        (402, e.AccountProblem),
        (403, e.Forbidden),
        (404, e.WrongAddress),
        (405, e.WrongAddress),
        (400, e.BadRequest),
        (422, e.BadRequest),
        (413, e.BadRequest),
        (407, e.Unreachable),
        (429, e.TooFast),
        (307, e.WrongAddress),
        (303, e.Ambiguous),
        (408, e.Ambiguous),
        (409, e.Ambiguous),
        (500, e.Ambiguous),
        (502, e.Ambiguous),
        (503, e.Ambiguous),
        (504, e.Ambiguous),
    ],
)
def test_a_status_without_a_code_on_creation(status: int, kind: type[e.ProviderError]) -> None:
    assert type(verdict(status)) is kind
    assert type(from_reply(status, None, {}, True)) is kind


@pytest.mark.parametrize(
    "words",
    [
        "parallel task over resource pack limit",
        "Too many concurrent tasks",
        "Concurrency limit reached for this key",
        "You already have 3 running tasks.",
        "Maximum number of active generations reached (2)",
        "Only 5 videos at once",
        "You have 2 tasks in progress, please wait for one to finish",
        "当前并发任务数超限",
    ],
)
def test_too_many_tasks_at_once_may_be_said_by_words_alone(words: str) -> None:
    problem = {"status": 429, "title": "Too Many Requests", "detail": words}
    said = from_reply(429, problem, {"Retry-After": "7"}, True)
    assert type(said) is e.Busy and said.retry_after == 7.0 and words in said.provider_words
    assert type(from_reply(429, {"message": words}, {}, True)) is e.Busy
    assert type(from_reply(200, {"code": 429, "message": words}, {}, True)) is e.Busy
    assert type(from_reply(429, problem, {}, False)) is e.TooFast, "questions are not tasks"
    assert type(from_reply(429, {"code": 1302, "message": words}, {}, True)) is e.TooFast


@pytest.mark.parametrize(
    "words",
    [
        "Too Many Requests",
        "Rate limit exceeded, retry in 20 s",
        "You send requests too fast",
        "Request was throttled.",
        "Requests per minute: 60",
    ],
)
def test_haste_is_not_taken_for_too_many_tasks(words: str) -> None:
    assert type(from_reply(429, {"message": words}, {}, True)) is e.TooFast
    assert type(from_reply(429, {"detail": "Slots taken"}, {}, True, ("slots",))) is e.Busy


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, None, e.ServerTrouble),
        (405, None, e.ServerTrouble),
        (404, 1203, e.UnknownTask),
        (303, None, e.WrongAddress),
        (500, None, e.ServerTrouble),
        (502, None, e.ServerTrouble),
        (503, None, e.ServerTrouble),
        (504, None, e.ServerTrouble),
        (200, 77, e.ServerTrouble),
    ],
)
def test_questions_are_never_ambiguous(
    status: int, code: int | None, kind: type[e.ProviderError]
) -> None:
    assert type(verdict(status, code, creating=False)) is kind


@pytest.mark.parametrize(
    ("status", "payload"),
    [
        (400, {"code": 1201, "message": "external_task_id: “x” is in use already"}),
        (400, {"message": "duplicate external_task_id"}),
        (409, {"title": "Conflict"}),
    ],
)
def test_a_task_that_is_there_already_is_looked_up_not_failed(status: int, payload: Any) -> None:
    error = from_reply(status, payload, {}, True)
    assert type(error) is e.Ambiguous
    assert "already has a task" in str(error)
    assert type(from_reply(400, {"code": 1201, "message": "prompt"}, {}, True)) is e.BadRequest


def test_an_unknown_code_in_a_fine_answer_leaves_it_open() -> None:
    assert type(verdict(200, 9999)) is e.Ambiguous
    assert type(verdict(200, "odd")) is e.Ambiguous


def test_a_status_in_the_envelope_of_a_relay_counts() -> None:
    assert type(verdict(200, 401)) is e.Credentials


def test_a_discontinued_model_is_gone_whatever_the_code() -> None:
    payload = {"error": {"message": "The model is discontinued"}}
    assert type(from_reply(400, payload, {}, True)) is e.ModelGone


@pytest.mark.parametrize(
    "words",
    [
        "model kling-v9 does not exist",
        "no available channel",
        "模型已下线",
        "model_name: “x” is not served here",
    ],
)
def test_a_404_is_the_models_where_it_says_so(words: str) -> None:
    assert type(from_reply(404, {"message": words}, {}, True)) is e.ModelGone


def test_a_shot_that_is_being_made_is_not_to_be_changed() -> None:
    for status, payload in ((400, {"code": 1201}), (422, {"detail": "x"}), (400, {"code": 1301})):
        error = from_reply(status, payload, {}, False)
        assert type(error) is e.BadRequest
        assert "asked again" in error.sentence and "Change" not in error.sentence


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"title": "Not Found", "detail": "No such task"}, e.UnknownTask),
        ({"detail": "Request not found"}, e.UnknownTask),
        ({"code": 404, "data": {"error": {"message": "task not found"}}}, e.UnknownTask),
        ({"code": "task_not_exist"}, e.UnknownTask),
        ({"detail": "Not Found"}, e.ServerTrouble),
        ({"detail": "Path /v1/tasks/requests/7 not found"}, e.ServerTrouble),
        ({"detail": "No static resource api/v1/task/7."}, e.ServerTrouble),
        ({"message": "no Route matched with those values"}, e.ServerTrouble),
        (None, e.ServerTrouble),
    ],
)
def test_only_who_speaks_of_the_task_knows_none(payload: Any, kind: type[e.ProviderError]) -> None:
    assert type(from_reply(404, payload, {}, False)) is kind


def test_problem_json_is_quoted_with_title_and_detail() -> None:
    payload = {"status": 401, "title": "Unauthorized", "detail": "Bad token", "instance": "/x"}
    error = from_reply(401, payload, {}, True)
    assert type(error) is e.Credentials
    assert error.provider_words == "Unauthorized: Bad token"
    assert str(error).endswith("It says: “Unauthorized: Bad token”")


def test_the_error_knows_what_support_asks_for() -> None:
    error = verdict(400, 1201)
    assert (error.code, error.http_status, error.request_id) == (1201, 400, "r-9")
    assert error.provider_words == "Because."


def test_words_are_one_short_line() -> None:
    error = from_reply(400, {"message": "a\n\x1b[31mb " + "x" * 5000}, {}, True)
    assert error.provider_words.startswith("a [31mb x")
    assert len(error.provider_words) <= 400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("999999", 3600.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    error = verdict(429, 1302, Retry_After=text, Date="Sun, 22 Nov 2026 12:00:00 GMT")
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    "payload",
    [
        {"code": "9" * 5000, "message": "x"},
        {"message": "{" * 50_000},
        {"message": '{"code": ' + "9" * 5000 + "}"},
        {"message": '{"message": "{}"}', "error": {"message": "{"}},
        {"data": {"error": [1, {"message": 5}]}},
        {"detail": [[[]], 5, {"type": {}}]},
    ],
)
def test_a_hostile_reply_is_an_error_like_any_other(payload: Any) -> None:
    assert type(from_reply(400, payload, {}, True)) is e.BadRequest


def test_the_reply_behind_a_relay_counts_where_it_says_more() -> None:
    inner = '{"code": 1303, "message": "too many", "request_id": "r-5"}'
    error = from_reply(429, {"code": "fail_to_fetch_task", "message": inner}, {}, True)
    assert (type(error), error.code, error.request_id) == (e.Busy, 1303, "r-5")
    assert error.provider_words == "too many"
    error = from_reply(403, {"code": "quota_not_enough", "message": '{"detail": "x"}'}, {}, True)
    assert (type(error), error.provider_words) == (e.AccountProblem, "x")


@pytest.mark.parametrize(
    "words", ["Exhausted balance.", "Insufficient credits", "not enough quota"]
)
def test_an_empty_account_is_told_by_words_only_where_nothing_was_made(words: str) -> None:
    assert type(from_reply(403, {"detail": words}, {}, True)) is e.AccountProblem
    assert type(from_reply(500, {"detail": words}, {}, True)) is e.Ambiguous


def test_only_what_made_no_task_is_retried() -> None:
    retried = {e.UnknownTask, e.TooFast, e.Busy, e.ServerTrouble, e.Unreachable}
    stopping = {e.Credentials, e.ClockSkew, e.AccountProblem, e.Forbidden}
    kinds = set(e.ProviderError.__subclasses__())
    assert {kind for kind in kinds if kind.retryable} == retried
    assert {kind for kind in kinds if kind.stops_account} == stopping
    assert e.Ambiguous in kinds - retried - stopping


@settings(max_examples=300, deadline=None)
@given(
    st.integers(100, 599),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["code", "message", "error", "detail", "title", "request_id"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ),
    st.booleans(),
)
def test_every_reply_becomes_an_error_with_a_sentence(
    status: int, payload: object, creating: bool
) -> None:
    error = from_reply(status, payload, {}, creating)
    assert error.sentence.endswith((".", "there."))
    assert creating or not isinstance(error, e.Ambiguous)
    assert "\n" not in str(error)
