"""The line itself: kept alive, refused early, cut, reset, and closed without remains."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.practice.server import PracticeServer

Practice = Callable[..., Any]
VIDEO = bytes(range(256)) * 64


def finished(answer: Any) -> bool:
    return answer.json["task_info"]["status"] == "completed"


def raw(caller: Any) -> socket.socket:
    port = int(caller.server.url.rsplit(":", 1)[1])
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def fault(route: str, do: Any, **when: Any) -> list[dict[str, Any]]:
    return [{"route": route, "do": do, "times": 1, **when}]


def test_one_connection_carries_many_requests(practice: Practice, kit: Any) -> None:
    caller = practice()
    line = http.client.HTTPConnection("127.0.0.1", raw_port(caller), timeout=20)
    headers = {"Authorization": f"Bearer {caller.server.token}"}
    used = set()
    for number in range(6):
        body = json.dumps(kit.plain(external_task_id=f"task-{number}"))
        line.request("POST", caller.base, body, headers)
        reply = line.getresponse()
        assert reply.status == 200
        assert reply.version == 11
        reply.read()
        used.add(line.sock.getsockname())
    line.close()
    assert len(used) == 1
    assert caller.server.creations == 6


def raw_port(caller: Any) -> int:
    return int(caller.server.url.rsplit(":", 1)[1])


def test_requests_sent_in_one_go_are_answered_in_order(practice: Practice) -> None:
    caller = practice()
    head = f" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {caller.server.token}\r\n"
    with raw(caller) as line:
        first = f"POST {caller.base}{head}Content-Length: 2\r\n\r\n[]"
        last = f"GET {caller.base}/none{head}Connection: close\r\n\r\n"
        line.sendall((first + last).encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.index(b"HTTP/1.1 400") < answer.index(b"HTTP/1.1 404")


def test_no_token_is_refused_before_the_body_comes(practice: Practice) -> None:
    caller = practice()
    with raw(caller) as line:
        line.sendall(f"POST {caller.base} HTTP/1.1\r\nContent-Length: 50000000\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 401")


def test_a_client_that_sends_on_still_reads_the_refusal(practice: Practice) -> None:
    caller = practice()
    answer = caller.create(b"x" * 8_000_000, token="wrong")
    assert answer.status == 401
    assert answer.headers["Connection"] == "close"


def test_a_hesitant_client_is_asked_only_after_the_door(practice: Practice, kit: Any) -> None:
    caller = practice()
    body = json.dumps(kit.body()).encode()
    for token, expected in (("wrong", b"HTTP/1.1 401"), (caller.server.token, b"HTTP/1.1 100")):
        with raw(caller) as line:
            head = f"Authorization: Bearer {token}\r\nExpect: 100-continue\r\n"
            length = f"Content-Length: {len(body)}\r\n\r\n"
            line.sendall(f"POST {caller.base} HTTP/1.1\r\n{head}{length}".encode())
            assert line.recv(65536).startswith(expected)
            if token != "wrong":
                line.sendall(body)
                assert line.recv(65536).startswith(b"HTTP/1.1 200")
    assert caller.server.creations == 1


def test_a_chunked_body_is_read(practice: Practice, kit: Any) -> None:
    caller = practice()
    line = http.client.HTTPConnection("127.0.0.1", raw_port(caller), timeout=20)
    body = json.dumps(kit.body()).encode()
    pieces = iter([body[:5000], body[5000:]])
    headers = {"Authorization": f"Bearer {caller.server.token}"}
    line.request("POST", caller.base, pieces, headers, encode_chunked=True)
    assert line.getresponse().status == 200
    line.close()


def test_a_client_that_leaves_in_mid_body_makes_no_task(practice: Practice) -> None:
    caller = practice()
    with raw(caller) as line:
        head = f"Authorization: Bearer {caller.server.token}\r\nContent-Length: 500\r\n\r\n"
        line.sendall(f'POST {caller.base} HTTP/1.1\r\n{head}{{"a":'.encode())
    assert caller.query("none").status == 404
    assert caller.server.creations == 0


@pytest.mark.parametrize("junk", [b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"\r\n" * 9])
def test_junk_on_the_line_harms_nobody(practice: Practice, junk: bytes) -> None:
    caller = practice()
    with raw(caller) as line:
        line.sendall(junk)
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass
    assert caller.query("none").status == 404


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30, "²"])
def test_a_senseless_length_is_a_bad_request(practice: Practice, length: str) -> None:
    caller = practice()
    with raw(caller) as line:
        head = f"Authorization: Bearer {caller.server.token}\r\nContent-Length: {length}\r\n\r\n"
        line.sendall(f"POST {caller.base} HTTP/1.1\r\n{head}".encode("latin-1"))
        assert line.recv(65536).startswith((b"HTTP/1.1 400", b"HTTP/1.1 413"))


@pytest.mark.parametrize(("do", "creations"), [("reset-before", 0), ("reset-after", 1)])
def test_a_reset_line(practice: Practice, kit: Any, do: str, creations: int) -> None:
    caller = practice(faults=fault("create", do))
    with pytest.raises(ConnectionResetError):
        caller.create(kit.plain(external_task_id="mine"))
    assert caller.server.creations == creations
    assert caller.query("mine").status == (200 if creations else 404)
    assert caller.server.requests[0].status == 0


def test_an_answer_cut_in_half(practice: Practice, kit: Any) -> None:
    caller = practice(faults=fault("create", "cut"))
    with pytest.raises(http.client.IncompleteRead):
        caller.create(kit.plain(external_task_id="mine"))
    assert caller.query("mine").status == 200


def test_a_video_cut_in_half_can_be_taken_up_again(practice: Practice, kit: Any) -> None:
    caller = practice(faults=fault("video", "cut"))
    caller.create(kit.plain(external_task_id="mine"))
    url = caller.until("mine", finished).json["videos"][0]
    path = url.removeprefix(caller.server.url)
    with pytest.raises(http.client.IncompleteRead) as cut:
        caller.send("GET", path, token=None)
    start = cut.value.partial
    assert start == VIDEO[: len(VIDEO) // 2]
    rest = caller.send("GET", path, token=None, headers={"Range": f"bytes={len(start)}-"})
    assert start + rest.body == VIDEO


@pytest.mark.parametrize(("performed", "creations"), [(False, 0), (True, 1)])
def test_an_error_to_order(practice: Practice, kit: Any, performed: bool, creations: int) -> None:
    do = {"status": 503, "code": 5001, "retry_after": 2, "performed": performed}
    caller = practice(faults=json.dumps(fault("create", do)))
    answer = caller.create(kit.plain())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json["status"] == 503
    assert caller.server.creations == creations


@pytest.mark.parametrize(
    ("do", "told"),
    [
        ("html", "<!doctype html>"),
        ("garbage", '{"task_info": {"id": '),
        ("types", '{"task_info": [1]'),
        ({"state": "weird"}, '"status": "weird"'),
        ({"status": 200, "code": 1303, "message": "busy"}, "busy"),
    ],
)
def test_strange_answers(practice: Practice, kit: Any, do: Any, told: str) -> None:
    caller = practice(faults=fault("query", do))
    caller.create(kit.plain(external_task_id="mine"))
    strange = caller.query("mine")
    assert strange.status == 200
    assert told in strange.body.decode()
    assert "weird" not in caller.query("mine").body.decode()


def test_a_redirect_to_another_host(practice: Practice, kit: Any) -> None:
    caller = practice(faults=fault("video", {"redirect": "http://127.0.0.2:1/x"}))
    answer = caller.send("GET", "/files/any.mp4", token=None)
    assert (answer.status, answer.headers["Location"]) == (302, "http://127.0.0.2:1/x")


def test_faults_can_be_changed_on_the_way(practice: Practice, kit: Any) -> None:
    caller = practice()
    caller.create(kit.plain(external_task_id="mine"))
    caller.server.set_faults([{"route": "query", "do": {"status": 500}}])
    assert caller.query("mine").status == 500
    caller.server.set_faults(None)
    assert caller.query("mine").status == 200


def test_stop_ends_waiting_requests_and_idle_lines(practice: Practice, kit: Any) -> None:
    caller = practice(faults=fault("create", {"delay": 3000}))
    late: list[Any] = []
    waiting = threading.Thread(target=lambda: late.append(caller.create(kit.plain())))
    with raw(caller) as idle:
        waiting.start()
        while not caller.server.creations:
            assert waiting.is_alive()
        caller.server.stop()
        waiting.join()
        assert idle.recv(1) == b""
    assert late[0].status == 200
    assert not [t for t in threading.enumerate() if t.name.startswith("practice-")]


def test_a_server_starts_once_stops_twice_and_starts_again(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path)
    with pytest.raises(RuntimeError, match="not started"):
        _ = server.url
    server.start()
    with pytest.raises(RuntimeError, match="runs already"):
        server.start()
    server.stop()
    server.stop()
    with server:
        assert server.url.startswith("http://127.0.0.1:")


def test_a_taken_port_is_an_error_of_the_system(practice: Practice, tmp_path: Path) -> None:
    port = raw_port(practice())
    other = PracticeServer(tmp_path / "other", port=port)
    with pytest.raises(OSError, match="in use"):
        other.start()
    other.stop()


def test_it_listens_on_loopback_only(practice: Practice) -> None:
    caller = practice()
    with raw(caller) as line:
        assert line.getpeername()[0] == "127.0.0.1"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", raw_port(caller)), timeout=5)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_does_the_job(practice: Practice, kit: Any, tmp_path: Path) -> None:
    caller = practice(folder=tmp_path / "state")
    request, video = tmp_path / "request.json", tmp_path / "video.mp4"
    # Above a megabyte curl waits for “100 Continue”.
    comment = "x" * 1_100_000
    request.write_text(json.dumps(kit.plain(external_task_id="mine", comment=comment)))

    def curl(*arguments: str) -> bytes:
        done = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", *arguments], capture_output=True, check=True
        )
        return done.stdout

    address = caller.server.url + caller.base
    header = ("-H", f"Authorization: Bearer {caller.server.token}")
    made = json.loads(curl(*header, "--data-binary", f"@{request}", address))
    assert made["task_info"]["status"] == "pending"
    refused = json.loads(curl("-H", "Authorization: Bearer x", "-d", f"@{request}", address))
    assert refused["status"] == 401
    url = caller.until("mine", finished).json["videos"][0]
    video.write_bytes(VIDEO[:1000])
    curl("-C", "-", "-o", str(video), url)
    assert video.read_bytes() == VIDEO
