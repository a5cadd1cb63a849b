"""The client against a real server that behaves."""

from __future__ import annotations

import json
from collections.abc import Callable

import jwt
import pytest

from kling_desktop.providers import errors as e
from kling_desktop.providers.client import Client
from kling_desktop.providers.dialects import Status
from kling_desktop.providers.profiles import Profile

from .conftest import SECRET, Host, answer

PATH = "/vendors/kling/v1/videos/image2video"
BODY = b'{"model_name":"kling-v2-1-master"}'
MADE = {"task_info": {"id": "t-1", "status": "pending"}}
MADE_OFFICIALLY = {"code": 0, "data": {"task_id": "t-2", "task_status": "submitted"}}
Connect = Callable[..., Client]


def test_a_creation_is_sent_byte_for_byte(host: Host, connect: Connect) -> None:
    host.answers(200, MADE)
    assert connect().create(BODY) == "t-1"
    (heard,) = host.heard
    assert (heard.method, heard.path, heard.body) == ("POST", PATH, BODY)
    assert heard.headers["authorization"] == f"Bearer {SECRET}"
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["content-length"] == str(len(BODY))


def test_a_large_body_arrives_whole(host: Host, connect: Connect) -> None:
    body = json.dumps({"image": "x" * 3_000_000}).encode()
    host.answers(201, MADE)
    assert connect().create(body) == "t-1"
    assert host.heard[0].body == body


def test_the_official_envelope(host: Host, connect: Connect) -> None:
    host.answers(200, MADE_OFFICIALLY)
    assert connect("official").create(BODY) == "t-2"
    assert host.heard[0].path == "/v1/videos/image2video"


def test_a_query_asks_at_the_tasks_own_path(host: Host, connect: Connect) -> None:
    done = {"videos": ["https://v.example.com/a.mp4"], "task_info": {"status": "completed"}}
    host.will(answer(200, MADE), answer(200, done))
    client = connect()
    assert client.query("t-1") == Status("waiting")
    assert client.query("t/1 ?") == Status("done", "https://v.example.com/a.mp4")
    assert [heard.path for heard in host.heard] == [f"{PATH}/t-1", f"{PATH}/t%2F1%20%3F"]
    assert host.connections == 1, "questions share a connection"


def test_a_creation_has_a_fresh_connection(host: Host, connect: Connect) -> None:
    host.will(answer(200, MADE), answer(200, MADE), answer(200, MADE))
    client = connect()
    client.query("t-1")
    client.create(BODY)
    client.create(BODY)
    assert host.connections == 3


def test_a_base_address_may_have_a_path(host: Host, profiles: dict[str, Profile]) -> None:
    host.answers(200, MADE)
    assert Client(profiles["practice"], host.url + "/relay/", SECRET).create(BODY) == "t-1"
    assert host.heard[0].path == "/relay" + PATH


def test_find_asks_by_our_own_id(host: Host, connect: Connect) -> None:
    host.will(answer(200, MADE), answer(404, {"code": 1203, "message": "no such task"}))
    client = connect()
    assert client.can_find
    assert client.find("mine-1") == "t-1"
    assert client.find("mine-2") is None
    assert host.heard[0].path == f"{PATH}/mine-1"


def test_find_does_not_call_where_nobody_can_tell(host: Host, connect: Connect) -> None:
    client = connect("mulerun")
    assert not client.can_find
    assert client.find("mine-1") is None
    assert host.heard == []


@pytest.mark.parametrize(
    "payload",
    [
        "<h1>Not here</h1>",
        {"message": "no Route matched with those values"},
        {"detail": "Not Found"},
        {"status": 404, "error": "Not Found", "path": "/v1/videos/image2video/mine-1"},
        {"code": 9999, "message": "?"},
    ],
)
def test_only_the_code_for_it_proves_that_there_is_no_such_task(
    host: Host, connect: Connect, payload: object
) -> None:
    host.answers(404, payload)
    with pytest.raises(e.ServerTrouble) as caught:
        connect("official").find("mine-1")
    assert caught.value.says_nothing


@pytest.mark.parametrize(
    "payload",
    [
        {"status": 404, "title": "Not Found", "detail": "task not found"},
        {"code": 404, "message": "task not found"},
    ],
)
def test_a_no_in_words_alone_is_told_apart(host: Host, connect: Connect, payload: object) -> None:
    host.answers(404, payload)
    with pytest.raises(e.UnknownTask):
        connect("official").find("mine-1")


def test_where_a_dialect_has_no_codes_words_about_the_task_have_to_do(
    host: Host, connect: Connect
) -> None:
    host.will(
        answer(404, {"status": 404, "title": "Not found", "detail": "There is no task “mine-1”."}),
        answer(404, {"message": "no Route matched with those values"}),
    )
    client = connect("practice")
    assert client.find("mine-1") is None
    with pytest.raises(e.ServerTrouble):
        client.find("mine-1")


@pytest.mark.parametrize("code", [1202, 1203, "1203"])
def test_the_code_for_it_proves_that_there_is_no_such_task(
    host: Host, connect: Connect, code: object
) -> None:
    host.will(answer(404, {"code": code}), answer(200, {"code": code}))
    client = connect("official")
    assert client.find("mine-1") is None
    assert client.find("mine-1") is None


def test_a_strangers_task_is_not_taken_for_ours(host: Host, connect: Connect) -> None:
    data = {"task_id": "t-9", "task_info": {"external_task_id": "theirs"}}
    host.answers(200, {"code": 0, "data": data})
    with pytest.raises(e.ServerTrouble):
        connect("official").find("mine-1")


@pytest.mark.parametrize(
    "reply",
    [
        answer(404, {"status": 404, "title": "Not Found", "detail": "No such task"}),
        answer(404, {"code": 1203, "message": "task not found"}),
        answer(400, {"code": 1201, "message": "bad id"}),
        answer(200, MADE),
    ],
)
def test_a_good_key_is_told_by_a_task_that_cannot_exist(
    host: Host, connect: Connect, reply: Callable[..., None]
) -> None:
    host.will(reply)
    assert connect().test() == f"{host.url.removeprefix('http://')} answers and accepts the key."
    assert host.heard[0].method == "GET"


def test_a_bad_key_is_told(host: Host, connect: Connect) -> None:
    host.answers(401, {"code": 1002, "message": "invalid"})
    with pytest.raises(e.Credentials):
        connect().test()


@pytest.mark.parametrize(
    ("status", "payload"),
    [
        (404, "<html>404</html>"),
        (404, {"detail": "Not Found"}),
        (404, {"message": "no Route matched with those values"}),
        (404, {"status": 404, "error": "Not Found", "path": "/api/v1/task/1"}),
        (404, {"error": {"message": "Invalid URL (GET /v1/x)", "type": "invalid_request_error"}}),
        (404, {"code": 404, "message": "page not found"}),
        (404, "Cannot GET /x"),
        (405, {"detail": "Method Not Allowed"}),
        (400, {"title": "Bad Request", "detail": "no"}),
        (200, {}),
        (200, {"message": "pong"}),
        (200, {"status": "ok"}),
        (200, "<html>Sign in</html>"),
        (204, b""),
    ],
)
@pytest.mark.parametrize("provider", ["practice", "official", "newapi", "piapi"])
def test_any_other_web_server_is_told(
    host: Host, connect: Connect, provider: str, status: int, payload: object
) -> None:
    host.answers(status, payload)
    with pytest.raises(e.WrongAddress, match=r"answers, but not as .* does. Check the account's"):
        connect(provider).test()


@pytest.mark.parametrize(
    "payload",
    [
        {"success": False, "message": "Unauthorized, token invalid"},
        {"message": "invalid api key"},
        {"error": "Unauthorized"},
        {"code": 401, "message": "token invalid"},
    ],
)
def test_a_bad_key_may_be_told_with_a_fine_status(
    host: Host, connect: Connect, payload: object
) -> None:
    host.will(*[answer(200, payload)] * 3)
    client = connect("newapi")
    for call in (client.test, lambda: client.create(BODY), lambda: client.query("t-1")):
        with pytest.raises(e.Credentials):
            call()


def test_a_host_in_trouble_is_not_called_a_stranger(host: Host, connect: Connect) -> None:
    host.answers(503, {"code": 5001, "message": "maintenance"})
    with pytest.raises(e.ServerTrouble, match="maintained"):
        connect("official").test()


def test_a_wrong_clock_is_corrected_once(host: Host, connect: Connect) -> None:
    then = "Sat, 21 Nov 2026 12:00:00 GMT"
    host.will(
        answer(401, {"code": 1003, "message": "not yet"}, Date=then), answer(200, MADE_OFFICIALLY)
    )
    client = connect("official", "ak:sk", clock=lambda: 1_900_000_000.0)
    assert client.create(BODY) == "t-2"
    first, second = (
        jwt.decode(
            heard.headers["authorization"].removeprefix("Bearer "),
            options={"verify_signature": False},
        )
        for heard in host.heard
    )
    assert first["exp"] == 1_900_000_000 + 1800
    assert second["exp"] == 1_795_262_400 + 1800


def test_a_clock_that_stays_wrong_is_said(host: Host, connect: Connect) -> None:
    wrong = answer(401, {"code": 1004}, Date="Sat, 21 Nov 2026 12:00:00 GMT")
    host.will(wrong, wrong)
    with pytest.raises(e.ClockSkew):
        connect("official", "ak:sk").create(BODY)
    assert len(host.heard) == 2


def test_a_plain_key_is_not_tried_twice(host: Host, connect: Connect) -> None:
    host.answers(401, {"code": 1003}, Date="Sat, 21 Nov 2026 12:00:00 GMT")
    with pytest.raises(e.ClockSkew):
        connect("official").create(BODY)
    assert len(host.heard) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://user:pw@api.example.com",
        "https://api.example.com?x=1",
        "https://[::1",
        "https://api.example.com:99999",
        "http://api.example.com",
    ],
)
def test_an_address_that_no_key_may_go_to_is_refused(
    profiles: dict[str, Profile], url: str
) -> None:
    with pytest.raises(e.WrongAddress):
        Client(profiles["practice"], url, SECRET)


def test_the_profiles_first_host_is_the_default(profiles: dict[str, Profile]) -> None:
    assert Client(profiles["mulerun"], None, SECRET).base_url == "https://api.mulerun.com"


def test_a_client_can_be_closed_and_used_again(host: Host, connect: Connect) -> None:
    host.will(answer(200, MADE), answer(200, MADE))
    client = connect()
    client.query("t-1")
    client.close()
    assert client.query("t-1").state == "waiting"
    assert host.connections == 2
