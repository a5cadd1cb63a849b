"""The client against a real server that misbehaves: what may have arrived, and what is said."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator

import pytest

from kling_desktop.providers import errors as e
from kling_desktop.providers.client import Client
from kling_desktop.providers.profiles import Profile
from kling_desktop.providers.transport import Limits

from .conftest import SECRET, Host, Talk, answer

BODY = b'{"model_name":"kling-v2-1-master"}'
LARGE = b'{"image":"' + b"x" * 8_000_000 + b'"}'
MADE = {"task_info": {"id": "t-1", "status": "pending"}}
QUICK = Limits(connect=0.3, read=0.3, whole=0.6)
Connect = Callable[..., Client]


def reset_after_reading(talk: Talk) -> None:
    talk.read()
    talk.reset()


def reset_before_reading(talk: Talk) -> None:
    talk.sock.recv(100)
    talk.reset()


def close_after_reading(talk: Talk) -> None:
    talk.read()
    talk.sock.close()


def cut_in_the_answer(talk: Talk) -> None:
    talk.read()
    body = json.dumps(MADE).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    talk.sock.sendall(head + body[:10])
    talk.sock.close()


def say_nothing(talk: Talk) -> None:
    talk.read()
    talk.host.over.wait(10)


def drip(head: bytes) -> Callable[[Talk], None]:
    """An answer that never ends, a byte at a time."""

    def step(talk: Talk) -> None:
        talk.read()
        talk.sock.sendall(head)
        while not talk.host.over.wait(0.02):
            talk.sock.sendall(b" ")

    return step


def endless(talk: Talk) -> None:
    talk.read()
    talk.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not talk.host.over.is_set():
        talk.sock.sendall(b" " * 65536)


@pytest.mark.parametrize(
    "step",
    [
        reset_after_reading,
        close_after_reading,
        cut_in_the_answer,
        answer(200, "<html>Welcome</html>"),
        answer(200, b"\xff\xfe\x00"),
        answer(200, "[" * 100_000),
        answer(200, []),
        answer(200, {"task_info": {"id": None}}),
        answer(200, {"task_info": "t-1"}),
        answer(204, b""),
        answer(200, {"code": 0, "request_id": "r", "data": {}}),
        answer(200, MADE, Content_Encoding="gzip"),
        answer(500, "oops"),
        answer(502, "<html>Bad gateway</html>"),
        answer(303, b"", Location="/elsewhere"),
    ],
    ids=lambda step: getattr(step, "__name__", "step"),
)
def test_what_may_have_made_a_task_is_ambiguous(
    host: Host, connect: Connect, step: Callable[[Talk], None]
) -> None:
    host.will(step, answer(200, MADE))
    with pytest.raises(e.Ambiguous) as caught:
        connect().create(BODY)
    assert "may or may not have been made" in str(caught.value)
    assert len(host.heard) == 1, "never sent twice"


@pytest.mark.parametrize(
    "step",
    [
        say_nothing,
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drip(b"HTTP/1.1 200 OK\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        endless,
    ],
    ids=["silent", "dripping head", "dripping body", "dripping chunk", "endless"],
)
def test_a_slow_or_endless_answer_ends_and_is_ambiguous(
    host: Host, connect: Connect, step: Callable[[Talk], None]
) -> None:
    host.will(step)
    with pytest.raises(e.Ambiguous):
        connect(limits=QUICK).create(BODY)
    host.will(step)
    with pytest.raises((e.Unreachable, e.ServerTrouble)):
        connect(limits=QUICK).query("t-1")


def test_a_body_that_did_not_go_out_whole_made_nothing(host: Host, connect: Connect) -> None:
    host.will(reset_before_reading)
    with pytest.raises(e.Unreachable):
        connect().create(LARGE)


def test_an_early_refusal_of_a_large_body_is_heard_or_made_nothing(
    host: Host, connect: Connect
) -> None:
    def refuse(talk: Talk) -> None:
        talk.sock.recv(100)
        talk.sock.sendall(b"HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n")
        talk.sock.shutdown(socket.SHUT_WR)
        talk.host.over.wait(0.1)

    host.will(refuse)
    with pytest.raises((e.BadRequest, e.Unreachable)):
        connect().create(LARGE)


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def test_where_nobody_listens_nothing_was_made(
    profiles: dict[str, Profile], deaf_port: int
) -> None:
    client = Client(profiles["practice"], f"http://127.0.0.1:{deaf_port}", SECRET, limits=QUICK)
    for call in (lambda: client.create(BODY), lambda: client.query("t-1")):
        with pytest.raises(e.Unreachable, match="nobody listens"):
            call()
    client.close()


def test_an_address_without_a_host_made_nothing(
    profiles: dict[str, Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    client = Client(profiles["practice"], "https://nowhere.invalid", SECRET, limits=QUICK)
    with pytest.raises(e.Unreachable, match="this address was not found"):
        client.create(BODY)
    client.close()


def test_a_host_that_cannot_prove_itself_gets_nothing(
    host: Host, profiles: dict[str, Profile]
) -> None:
    def no_tls(talk: Talk) -> None:
        talk.sock.recv(1000)
        talk.sock.sendall(b"HTTP/1.1 400 plain\r\n\r\n")

    host.will(no_tls)
    client = Client(profiles["practice"], host.url.replace("http:", "https:"), SECRET, limits=QUICK)
    with pytest.raises(e.Unreachable):
        client.create(BODY)
    assert host.heard == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_said_and_not_followed(
    host: Host, other_host: Host, connect: Connect, status: int
) -> None:
    other_host.answers(200, MADE)
    redirect = answer(status, b"", Location=other_host.url + "/x")
    host.will(redirect, redirect)
    client = connect()
    with pytest.raises(e.WrongAddress, match="Correct"):
        client.create(BODY)
    with pytest.raises(e.WrongAddress):
        client.query("t-1")
    assert other_host.heard == []


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (answer(401, {"code": 1000}), e.Credentials),
        (answer(402, {"message": "top up"}), e.AccountProblem),
        (answer(429, {"code": 1102}), e.AccountProblem),
        (answer(429, {"code": 1303}), e.Busy),
        (answer(429, {"code": 1302}, Retry_After="3"), e.TooFast),
        (answer(500, {"code": 5000}), e.ServerTrouble),
        (answer(200, {"code": 1203, "message": "The model is discontinued"}), e.ModelGone),
        (answer(422, {"detail": "duration"}), e.BadRequest),
        (answer(401, "<html>no</html>"), e.Credentials),
    ],
)
def test_definite_refusals_of_a_creation(
    host: Host, connect: Connect, step: Callable[[Talk], None], kind: type[e.ProviderError]
) -> None:
    host.will(step)
    with pytest.raises(kind) as caught:
        connect().create(BODY)
    assert type(caught.value) is kind
    assert caught.value.retry_after == (3.0 if kind is e.TooFast else None)


@pytest.mark.parametrize(
    "step",
    [
        answer(200, "<html>Maintenance</html>"),
        answer(200, [1, 2]),
        answer(200, {"task_info": 5}),
        answer(500, "oops"),
        answer(503, {"message": "later"}),
        answer(200, {"code": 5002, "message": "busy"}),
        cut_in_the_answer,
    ],
)
def test_a_question_without_a_usable_answer_may_be_asked_again(
    host: Host, connect: Connect, step: Callable[[Talk], None]
) -> None:
    host.will(step)
    with pytest.raises(e.ServerTrouble) as caught:
        connect().query("t-1")
    assert caught.value.retryable


@pytest.mark.parametrize("step", [reset_after_reading, close_after_reading])
def test_a_question_that_broke_off_may_be_asked_again(
    host: Host, connect: Connect, step: Callable[[Talk], None]
) -> None:
    host.will(step)
    with pytest.raises(e.Unreachable):
        connect().query("t-1")


def test_an_unknown_task_may_come_to_be_known(host: Host, connect: Connect) -> None:
    host.will(answer(404, {"message": "unknown"}), answer(404, {"code": 1203}), answer(200, MADE))
    client = connect()
    with pytest.raises(e.ServerTrouble, match="nothing at this address"):
        client.query("t-1")
    with pytest.raises(e.UnknownTask):
        client.query("t-1")
    assert client.query("t-1").state == "waiting"


def test_a_key_that_the_provider_quotes_is_not_shown(host: Host, connect: Connect) -> None:
    host.will(
        answer(401, {"message": f"bad key {SECRET}!"}),
        answer(200, {"error": f"odd key {SECRET}"}),
        answer(200, {"status": "failed", "error": f"key {SECRET}"}),
    )
    client = connect()
    for call in (client.create, client.create):
        with pytest.raises(e.ProviderError) as caught:
            call(BODY)
        assert "key …" in str(caught.value)
        assert SECRET not in f"{caught.value!r} {caught.value.provider_words}"
    assert client.query("t-1").reason == "key …"


@pytest.mark.parametrize(
    "payload",
    [
        {"code": 201, "task_id": "t-7"},
        {"code": "200000", "data": {"task_id": "t-7"}},
        {"code": 9999, "data": {"task_id": "t-7", "task_status": "submitted"}},
        {"code": "OK", "data": {"task_id": "t-7"}},
    ],
)
def test_a_task_that_is_named_is_made_whatever_the_code(
    host: Host, connect: Connect, payload: dict[str, object]
) -> None:
    host.will(answer(200, payload))
    assert connect("passthrough").create(BODY) == "t-7"
    data = {"task_id": "t-7", "task_status": "processing"}
    host.will(answer(200, {"code": payload["code"], "data": data}))
    assert connect("passthrough").query("t-7").state == "running"


@pytest.mark.parametrize(
    "payload",
    [
        {"success": False, "message": "bad prompt", "id": "req-1"},
        {"code": 9999, "id": "req-1", "error": {"message": "no"}},
        {"code": "fail", "id": "req-1", "message": "no"},
        {"code": 500, "task_id": "t-7"},
    ],
)
def test_an_error_that_has_an_id_is_no_task(
    host: Host, connect: Connect, payload: dict[str, object]
) -> None:
    host.will(answer(200, payload))
    with pytest.raises(e.Ambiguous):
        connect("passthrough").create(BODY)


def test_the_environments_proxy_is_not_asked_the_way_home(
    host: Host, other_host: Host, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other_host.url)
    host.answers(200, MADE)
    assert connect().create(BODY) == "t-1"
    assert other_host.heard == []


def test_a_key_from_netrc_is_not_mixed_in(
    host: Host, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("default login someone password else\n")
    monkeypatch.setenv("NETRC", netrc)
    host.answers(200, MADE)
    connect().create(BODY)
    assert host.heard[0].headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("notice", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_a_notice_that_the_answer_is_on_its_way_is_no_answer(
    host: Host, connect: Connect, notice: bytes
) -> None:
    def noticed(name: str) -> Callable[[Talk], None]:
        whole = answer(200, {"task_info": {"id": name, "status": "processing"}})

        def step(talk: Talk) -> None:
            talk.sock.sendall(b"HTTP/1.1 " + notice + b"\r\nLink: </a>\r\n\r\n")
            whole(talk)

        return step

    host.will(noticed("t-1"), noticed("t-2"), noticed("t-3"))
    client = connect()
    assert client.create(BODY) == "t-1"
    for name in ("t-2", "t-3"):
        assert client.query(name).state == "running"
    assert len(host.heard) == 3


def test_notices_without_end_are_no_answer_either(host: Host, connect: Connect) -> None:
    def endless_notices(talk: Talk) -> None:
        talk.read()
        while not talk.host.over.is_set():
            talk.sock.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" * 50)

    host.will(endless_notices)
    with pytest.raises(e.Ambiguous):
        connect(limits=QUICK).create(BODY)
