"""What each provider's own way of refusing comes to, over a socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kling_desktop.providers import errors as e
from kling_desktop.providers.client import Client
from kling_desktop.providers.dialects import Status
from kling_desktop.providers.profiles import Profile
from kling_desktop.providers.verdicts import from_reply

from .conftest import Host, answer

BODIES = {
    "piapi": b'{"model":"kling","input":{"version":"1.5"}}',
    "fal": b'{"model_name":"kling-v1-5","mode":"pro","prompt":"a boat"}',
}
FAL_PATH = "/fal-ai/kling-video/v1.5/pro/image-to-video"
PLAIN = b'{"model_name":"kling-v1-5","mode":"pro"}'
Connect = Callable[..., Client]


def quoted(code: int, message: str) -> str:
    """The official host's reply as new-api passes it on."""
    return json.dumps({"code": code, "message": message, "request_id": "r-77"})


def detail(kind: str, message: str) -> dict[str, Any]:
    return {"detail": [{"loc": ["body", "image_url"], "msg": message, "type": kind}]}


def piapi(status: int, message: str) -> dict[str, Any]:
    data = {"task_id": "", "error": {"code": 10000, "message": message}}
    return {"code": status, "message": "failed", "data": data}


REFUSALS: list[tuple[str, int, Any, type[e.ProviderError], str]] = [
    ("fal", 401, {"detail": "Cannot access application"}, e.Credentials, "Cannot access"),
    ("fal", 403, {"detail": "Not allowed"}, e.Forbidden, "Not allowed"),
    (
        "fal",
        403,
        {"detail": "User is locked. Reason: Exhausted balance."},
        e.AccountProblem,
        "Exhausted balance",
    ),
    ("fal", 404, {"detail": "Path /x not found"}, e.WrongAddress, "Path /x"),
    ("fal", 404, {"detail": f"Path {FAL_PATH} not found"}, e.ModelGone, FAL_PATH),
    ("fal", 404, {"detail": "Application 'kling-video' not found"}, e.ModelGone, "Application"),
    ("newapi", 404, {"detail": "Not Found"}, e.WrongAddress, "Not Found"),
    (
        "newapi",
        404,
        {"error": {"message": "Invalid URL (POST /v1/kling)", "type": "invalid_request_error"}},
        e.WrongAddress,
        "Invalid URL",
    ),
    ("newapi", 405, {"detail": "Method Not Allowed"}, e.WrongAddress, "Not Allowed"),
    (
        "mulerun",
        404,
        {"title": "Not Found", "detail": "model gone is not found"},
        e.ModelGone,
        "gone",
    ),
    ("fal", 422, detail("value_error", "Field required"), e.BadRequest, "Field required"),
    (
        "fal",
        422,
        detail("content_policy_violation", "The content was flagged"),
        e.Refused,
        "was flagged",
    ),
    ("fal", 429, {"detail": "Too many requests"}, e.TooFast, "Too many requests"),
    ("fal", 500, {"detail": "Internal error"}, e.Ambiguous, "Internal error"),
    ("piapi", 401, piapi(401, "Invalid API key"), e.Credentials, "Invalid API key"),
    ("piapi", 200, piapi(401, "Invalid API key"), e.Credentials, "Invalid API key"),
    ("piapi", 400, piapi(400, "invalid version"), e.BadRequest, "invalid version"),
    ("piapi", 400, piapi(400, "insufficient credits"), e.AccountProblem, "insufficient credits"),
    ("piapi", 402, piapi(402, "pay first"), e.AccountProblem, "pay first"),
    ("piapi", 403, piapi(403, "no access"), e.Forbidden, "no access"),
    ("piapi", 429, piapi(429, "slow down"), e.TooFast, "slow down"),
    ("piapi", 500, piapi(500, "failed to do request"), e.Ambiguous, "failed to do request"),
    (
        "newapi",
        401,
        {"error": {"message": "invalid token", "type": "new_api_error", "code": ""}},
        e.Credentials,
        "invalid token",
    ),
    (
        "newapi",
        403,
        {"code": "quota_not_enough", "message": "user quota is not enough", "data": None},
        e.AccountProblem,
        "user quota",
    ),
    (
        "newapi",
        403,
        {"error": {"message": "no quota", "code": "insufficient_user_quota"}},
        e.AccountProblem,
        "no quota",
    ),
    (
        "newapi",
        503,
        {"error": {"message": "no channel for kling-v1", "code": "model_not_found"}},
        e.ModelGone,
        "no channel",
    ),
    (
        "newapi",
        429,
        {"code": "fail_to_fetch_task", "message": quoted(1303, "parallel task over limit")},
        e.Busy,
        "parallel task over limit",
    ),
    (
        "newapi",
        404,
        {"code": "fail_to_fetch_task", "message": quoted(1203, "The model is discontinued")},
        e.ModelGone,
        "discontinued",
    ),
    (
        "newapi",
        400,
        {"code": "fail_to_fetch_task", "message": "upstream said no"},
        e.BadRequest,
        "upstream said no",
    ),
    (
        "newapi",
        500,
        {"code": "fail_to_fetch_task", "message": "do request failed"},
        e.Ambiguous,
        "do request failed",
    ),
    ("passthrough", 200, {"code": 1102, "message": "pack"}, e.AccountProblem, "pack"),
    ("passthrough", 403, {"code": 1103, "message": "no"}, e.Forbidden, "no"),
    ("official", 429, {"code": 1304, "message": "ip"}, e.AccountProblem, "ip"),
    ("official", 503, {"code": 5001, "message": "maintenance"}, e.ServerTrouble, "maintenance"),
    ("mulerun", 402, {"status": 402, "title": "Pay", "detail": "Now"}, e.AccountProblem, "Pay"),
]


@pytest.mark.parametrize(("provider", "status", "payload", "kind", "words"), REFUSALS)
def test_a_refused_order(
    host: Host,
    connect: Connect,
    provider: str,
    status: int,
    payload: Any,
    kind: type[e.ProviderError],
    words: str,
) -> None:
    host.answers(status, payload)
    with pytest.raises(e.ProviderError) as caught:
        connect(provider).create(BODIES.get(provider, PLAIN))
    assert type(caught.value) is kind
    assert words in caught.value.provider_words
    assert f"It says: “{caught.value.provider_words}”" in str(caught.value)
    assert "{" not in str(caught.value), "an artist reads no JSON"
    assert len(host.heard) == 1


def test_the_number_that_support_asks_for_comes_through_a_relay(
    host: Host, connect: Connect
) -> None:
    host.answers(400, {"code": "fail_to_fetch_task", "message": quoted(1201, "bad mask")})
    with pytest.raises(e.BadRequest) as caught:
        connect("newapi").create(PLAIN)
    assert (caught.value.code, caught.value.request_id) == (1201, "r-77")


@pytest.mark.parametrize(
    ("provider", "body"), [("official", PLAIN), ("fal", BODIES["fal"]), ("piapi", BODIES["piapi"])]
)
def test_a_model_that_is_gone_is_named(
    host: Host, connect: Connect, provider: str, body: bytes
) -> None:
    host.answers(404, {"code": 1203, "message": "The model is discontinued"})
    with pytest.raises(e.ModelGone) as caught:
        connect(provider).create(body)
    assert caught.value.model == "kling-v1-5"


def test_a_body_that_is_no_request_names_no_model(host: Host, connect: Connect) -> None:
    host.answers(404, {"code": 1203})
    with pytest.raises(e.ModelGone) as caught:
        connect("official").create(b"[]")
    assert caught.value.model is None


DONE = answer(200, {"status": "COMPLETED"})


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        (answer(401, {"detail": "no"}), e.Credentials),
        (answer(403, {"detail": "Exhausted balance"}), e.AccountProblem),
        (answer(404, {"detail": "gone"}), e.ServerTrouble),
        (answer(404, {"detail": "Request not found"}), e.UnknownTask),
        (
            answer(404, {"detail": "Path /fal-ai/kling-video/requests/t-1 not found"}),
            e.ServerTrouble,
        ),
        (answer(429, {"detail": "slowly"}, Retry_After="4"), e.TooFast),
        (answer(500, {"detail": "oops"}), e.ServerTrouble),
        (answer(200, "<html>"), e.ServerTrouble),
    ],
)
def test_a_result_that_cannot_be_had_yet(
    host: Host, connect: Connect, result: Callable[..., None], kind: type[e.ProviderError]
) -> None:
    host.will(DONE, result)
    with pytest.raises(kind):
        connect("fal").query("t-1")
    assert [heard.path for heard in host.heard] == [
        "/fal-ai/kling-video/requests/t-1/status",
        "/fal-ai/kling-video/requests/t-1",
    ]


def test_a_result_is_asked_for_only_once_it_is_there(host: Host, connect: Connect) -> None:
    host.will(answer(200, {"status": "IN_QUEUE"}), answer(200, {"status": "IN_PROGRESS"}))
    client = connect("fal")
    assert [client.query("t-1").state, client.query("t-1").state] == ["waiting", "running"]
    assert len(host.heard) == 2


def test_ways_in_which_fal_says_that_a_task_failed(host: Host, connect: Connect) -> None:
    client = connect("fal")
    host.will(DONE, answer(422, detail("feature_not_supported", "Masks take 5 s only")))
    status = client.query("t-1")
    assert (status.state, status.reason) == ("failed", "Masks take 5 s only")
    host.answers(200, {"status": "COMPLETED", "error": "Worker died", "error_type": "internal"})
    status = client.query("t-1")
    assert (status.state, status.reason) == ("failed", "Worker died")
    host.will(DONE, answer(200, {"error": "GPU died"}))
    assert client.query("t-1") == Status("failed", None, "GPU died")
    host.will(DONE, answer(200, {"error": {"message": "GPU died", "code": "oops"}}))
    assert client.query("t-1") == Status("failed", None, "GPU died")
    host.will(DONE, answer(400, detail("content_policy_violation", "Not this one")))
    assert client.query("t-1") == Status("failed", None, "Not this one")
    host.will(DONE, answer(200, {"error": {"message": "slowly", "code": 1302}}))
    with pytest.raises(e.TooFast):
        client.query("t-1")
    host.will(DONE, answer(200, {"video": None}))
    status = client.query("t-1")
    assert (status.state, status.video_url) == ("done", None)


def test_an_error_that_is_not_the_tasks_own_fails_no_task(host: Host, connect: Connect) -> None:
    host.answers(200, {"status": "error", "error": {"code": "bad_response", "message": "later"}})
    with pytest.raises(e.ServerTrouble):
        connect("newapi").query("t-1")
    error = {"code": "bad_response", "message": "later"}
    host.answers(200, {"id": "t-2", "status": "failed", "error": error})
    with pytest.raises(e.ServerTrouble):
        connect("newapi").query("t-1")
    host.answers(200, {"id": "t-1", "status": "failed", "error": error})
    assert connect("newapi").query("t-1").reason == "later"
    host.answers(200, {"code": 1302, "data": {"task_id": "t-1", "task_status": "failed"}})
    with pytest.raises(e.TooFast):
        connect("newapi").query("t-1")


def test_a_path_that_model_and_mode_do_not_lead_to_is_not_asked(
    host: Host, connect: Connect
) -> None:
    with pytest.raises(e.BadRequest, match="fal has no place for kling-v1-5"):
        connect("fal").create(b'{"model_name":"kling-v1-5","mode":"std"}')
    assert host.heard == []


def test_a_message_that_only_looks_like_a_reply_is_quoted_as_it_is() -> None:
    for text in ("{not json", "{}", "[1]"):
        error = from_reply(400, {"message": text}, {}, True)
        assert type(error) is e.BadRequest


def test_every_shipped_profile_has_an_error_here(profiles: dict[str, Profile]) -> None:
    assert {row[0] for row in REFUSALS} == set(profiles) - {"practice"}
