"""Every misdeed on create, query and list, over real sockets and in the words of each dialect."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Practice = Callable[..., Any]
DIALECTS = ("mulerun", "official")


def once(route: str, do: Any) -> list[dict[str, Any]]:
    return [{"route": route, "do": do, "nth": 1}]


def ask(caller: Any, kit: Any, route: str) -> Any:
    if route == "create":
        return caller.create(kit.plain(external_task_id="second"))
    return caller.query("mine") if route == "query" else caller.send("GET", caller.base)


def began(practice: Practice, kit: Any, dialect: str = "mulerun", **options: Any) -> Any:
    """A server with one task of the external id “mine”."""
    caller = practice(dialect, **options)
    assert caller.create(kit.plain(external_task_id="mine")).status == 200
    return caller


REFUSALS = [
    ({"status": 401}, 401, 401, 1002, "invalid"),
    ({"status": 402}, 402, 402, 1101, "insufficient balance"),
    ({"code": 1100}, 403, 429, 1100, "Account"),
    ({"code": 1101}, 402, 429, 1101, "insufficient balance"),
    ({"code": 1102}, 402, 429, 1102, "insufficient balance"),
    ({"status": 429, "code": 1102}, 429, 429, 1102, "pack"),
    ({"code": 1302, "retry_after": 7}, 429, 429, 1302, "too fast"),
    ({"code": 1303}, 429, 429, 1303, "parallel"),
    ({"status": 500}, 500, 500, 5000, "server error"),
    ({"status": 503}, 503, 503, 5001, "maintenance"),
    ({"status": 504}, 504, 504, 5002, "backlog"),
    ({"status": 200, "code": 1303}, 200, 200, 1303, "parallel"),
    ({"status": 418}, 418, 418, 5000, "server error"),
    ({"code": 1301, "message": "no boats"}, 400, 400, 1301, "no boats"),
]


@pytest.mark.parametrize("route", ["create", "query", "list"])
@pytest.mark.parametrize(("do", "mulerun", "official", "code", "words"), REFUSALS)
def test_a_refusal_in_the_words_of_each_dialect(
    practice: Practice, kit: Any, do: Any, mulerun: int, official: int, code: int, words: str,
    route: str, tmp_path: Path,
) -> None:  # fmt: skip
    for dialect, status in zip(DIALECTS, (mulerun, official), strict=True):
        if (dialect, route) == ("mulerun", "list"):
            continue
        caller = began(practice, kit, dialect, folder=tmp_path / dialect)
        caller.server.set_faults(once(route, do))
        answer = ask(caller, kit, route)
        assert answer.status == status
        assert words in answer.said
        assert answer.headers.get("Retry-After") == ("7" if "retry_after" in do else None)
        if dialect == "official":
            assert set(answer.json) == {"code", "message", "request_id"}
            assert answer.json["code"] == code
        else:
            assert set(answer.json) == {"status", "title", "detail", "instance"}
            assert answer.json["status"] == status
        assert caller.server.creations == 1
        assert ask(caller, kit, route).status == 200


def test_a_gone_model_and_an_unknown_task_have_words_of_their_own(
    practice: Practice, kit: Any
) -> None:
    caller = began(practice, kit, "official")
    gone = [{"route": route, "do": {"status": 404}, "nth": 1} for route in ("create", "query")]
    caller.server.set_faults(gone)
    for route, words in (("create", "discontinued"), ("query", "does not exist")):
        answer = ask(caller, kit, route)
        assert (answer.status, answer.json["code"]) == (404, 1203)
        assert words in answer.said


def test_a_query_that_is_not_found_and_then_is(
    practice: Practice, kit: Any, tmp_path: Path
) -> None:
    for dialect in DIALECTS:
        caller = began(practice, kit, dialect, folder=tmp_path / dialect)
        caller.server.set_faults([{"route": "query", "do": {"status": 404}, "times": 2}])
        assert [caller.query("mine").status for _ in range(3)] == [404, 404, 200]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("do", "creations"), [("reset-before", 0), ("reset-unmade", 0), ("reset-after", 1)]
)
def test_resets_say_nothing_and_the_server_counts(
    practice: Practice, kit: Any, dialect: str, do: str, creations: int
) -> None:
    caller = practice(dialect, faults=once("create", do))
    with pytest.raises(ConnectionResetError):
        ask(caller, kit, "create")
    assert caller.server.creations == creations
    assert caller.query("second").status == (200 if creations else 404)
    (seen, _) = caller.server.requests
    assert (seen.status, seen.fault, seen.route) == (0, do, "create")


def test_a_reset_after_the_body_has_read_all_of_it(practice: Practice, kit: Any) -> None:
    """A body larger than every buffer of the line is taken in, or is not, before the reset."""
    body = b" " * 40_000_000
    for do, whole in (("reset-unmade", True), ("reset-before", False)):
        caller = practice(faults=once("create", do))
        line = http.client.HTTPConnection(caller.server.url[7:], timeout=20)
        line.putrequest("POST", caller.base)
        line.putheader("Authorization", f"Bearer {caller.server.token}")
        line.putheader("Content-Length", str(len(body)))
        line.endheaders()
        if whole:
            line.send(body)
            with pytest.raises(ConnectionResetError):
                line.getresponse()
        else:
            with pytest.raises((ConnectionResetError, BrokenPipeError)):
                line.send(body)
        line.close()
        assert caller.server.creations == 0


@pytest.mark.parametrize(
    ("dialect", "route"),
    [("official", "list"), *((name, route) for name in DIALECTS for route in ("create", "query"))],
)
def test_answers_that_nobody_can_use(
    practice: Practice, kit: Any, dialect: str, route: str
) -> None:
    caller = began(practice, kit, dialect)
    for number, do in enumerate(("html", "garbage", "types", {"state": "weird"})):
        caller.server.set_faults(once(route, do))
        if route == "create":
            answer = caller.create(kit.plain(external_task_id=f"n{number}"))
            assert caller.server.creations == number + 2
        else:
            answer = ask(caller, kit, route)
        assert answer.status == 200
        assert _strange(answer, do, dialect)


def _strange(answer: Any, do: Any, dialect: str) -> bool:
    if do == "html":
        return bool(answer.headers["Content-Type"].startswith("text/html"))
    if do == "garbage":
        with pytest.raises(json.JSONDecodeError):
            _ = answer.json
        return answer.body.startswith(b'{"task_info"' if dialect == "mulerun" else b'{"code"')
    if do == "types":
        inner = answer.json["task_info" if dialect == "mulerun" else "data"]
        return isinstance(inner, list) and not isinstance(inner[0], dict)
    return b'"weird"' in answer.body


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_cut_answer_was_carried_out(practice: Practice, kit: Any, dialect: str) -> None:
    caller = practice(dialect, faults=once("create", {"cut": 0.25}))
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(caller, kit, "create")
    whole = len(cut.value.partial) + (cut.value.expected or 0)
    assert len(cut.value.partial) == whole // 4
    assert caller.server.creations == 1


def test_an_answer_comes_late_by_the_seconds_given(practice: Practice, kit: Any) -> None:
    waited: list[float] = []

    def pause(seconds: float) -> bool:
        waited.append(seconds)
        return False

    caller = practice(faults=once("create", {"delay": 900}), pause=pause)
    assert ask(caller, kit, "create").status == 200
    assert waited == [900.0]


def test_a_client_that_tires_of_waiting_finds_its_task(practice: Practice, kit: Any) -> None:
    caller = practice(faults=once("create", {"delay": 3000}))
    line = http.client.HTTPConnection(caller.server.url[7:], timeout=0.2)
    headers = {"Authorization": f"Bearer {caller.server.token}"}
    line.request("POST", caller.base, json.dumps(kit.plain(external_task_id="mine")), headers)
    with pytest.raises(TimeoutError):
        line.getresponse()
    line.close()
    assert caller.server.counts["create"] == 1
    assert caller.query("mine").status == 200


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_error_may_hide_a_task(practice: Practice, kit: Any, dialect: str) -> None:
    caller = practice(dialect, faults=once("create", {"status": 504, "performed": True}))
    assert ask(caller, kit, "create").status == 504
    assert caller.query("second").status == 200


@pytest.mark.parametrize(("route", "status"), [("create", 307), ("query", 302)])
def test_the_api_redirects_elsewhere(practice: Practice, kit: Any, route: str, status: int) -> None:
    caller = began(practice, kit)
    caller.server.set_faults(once(route, "redirect"))
    answer = ask(caller, kit, route)
    host, _, path = answer.headers["Location"].removeprefix("http://").partition("/")
    assert answer.status == status
    assert host.startswith("127.0.0.1:") and host != caller.server.url[7:]
    assert f"/{path}".startswith(caller.base)
    assert caller.server.creations == 1
    assert caller.server.counts["elsewhere"] == 0
    line = http.client.HTTPConnection(host, timeout=20)
    line.request("POST", f"/{path}", b"{}", {"Authorization": "Bearer strayed"})
    assert line.getresponse().status == 404
    line.close()
    assert caller.server.counts["elsewhere"] == 1
    assert caller.server.requests[-1].authorized
    assert "strayed" not in repr(caller.server.requests)


def test_chance_strikes_the_same_requests_each_time(practice: Practice, kit: Any) -> None:
    caller = began(practice, kit)
    script = [{"route": "query", "do": {"status": 503}, "probability": 0.5, "seed": 11}]
    rounds = []
    for _ in range(2):
        caller.server.set_faults(json.dumps(script))
        rounds.append([caller.query("mine").status for _ in range(20)])
    assert rounds[0] == rounds[1]
    assert set(rounds[0]) == {200, 503}
