"""Every misdeed on a video, over real sockets: expired, cut, mislabelled, slow, somewhere else."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

Practice = Callable[..., Any]
VIDEO = bytes(range(256)) * 64
SIZE = len(VIDEO)


@dataclass
class Film:
    """One finished video and its server."""

    caller: Any
    path: str

    def spoil(self, do: Any, **when: Any) -> None:
        when = when or {"nth": 1}
        self.caller.server.set_faults([{"route": "video", "do": do, **when}])

    def get(self, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.caller.send("GET", self.path, token=None, headers=named)

    def part(self, **headers: str) -> bytes:
        """What came of a body that ended too soon."""
        with pytest.raises(http.client.IncompleteRead) as short:
            self.get(**headers)
        return short.value.partial


@pytest.fixture
def film(practice: Practice, kit: Any) -> Film:
    return made(practice(), kit)


def made(caller: Any, kit: Any) -> Film:
    caller.create(kit.plain(external_task_id="mine"))
    done = caller.until("mine", lambda a: a.json["task_info"]["status"] == "completed")
    return Film(caller, done.json["videos"][0].removeprefix(caller.server.url))


@pytest.mark.parametrize(
    ("status", "words"), [(404, "NoSuchKey"), (403, "Request has expired"), (503, "InternalError")]
)
def test_the_host_of_the_videos_refuses_in_its_own_words(
    film: Film, status: int, words: str
) -> None:
    film.spoil({"status": status})
    answer = film.get()
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert f"{words}<" in answer.body.decode()
    assert film.get().body == VIDEO


def test_a_message_cannot_break_the_page(film: Film) -> None:
    film.spoil({"status": 403, "message": "<a> & b"})
    assert "<Message>&lt;a&gt; &amp; b</Message>" in film.get().body.decode()


def test_cut_at_half_and_taken_up_by_range(film: Film) -> None:
    film.spoil("cut")
    start = film.part()
    tag = film.get().headers["ETag"]
    rest = film.get(Range=f"bytes={len(start)}-", If_Range=tag)
    assert (rest.status, start + rest.body) == (206, VIDEO)
    assert len(start) == SIZE // 2


def test_the_rest_is_cut_as_well(film: Film) -> None:
    film.spoil("cut", times=2)
    assert film.part() == VIDEO[: SIZE // 2]
    assert film.part(Range=f"bytes={SIZE // 2}-") == VIDEO[SIZE // 2 : SIZE * 3 // 4]


def test_without_ranges_the_video_begins_anew(film: Film) -> None:
    film.spoil({"cut": 0.5, "ranges": False}, times=1)
    film.part()
    film.spoil({"ranges": False})
    again = film.get(Range=f"bytes={SIZE // 2}-")
    assert (again.status, again.body) == (200, VIDEO)
    assert not {"Accept-Ranges", "Content-Range"} & set(again.headers)


def test_with_another_etag_the_old_half_is_worthless(film: Film) -> None:
    old = film.get().headers["ETag"]
    film.spoil({"etag": "other"}, times=2)
    answer = film.get(Range="bytes=100-", If_Range=old)
    assert (answer.status, answer.headers["ETag"], answer.body) == (200, '"other"', VIDEO)
    careless = film.get(Range="bytes=100-")
    assert (careless.status, careless.headers["ETag"]) == (206, '"other"')
    assert film.get().headers["ETag"] == old


def test_a_content_length_that_is_too_long(film: Film) -> None:
    film.spoil({"length": 1000})
    assert film.part() == VIDEO


def test_a_content_length_that_is_too_short(film: Film) -> None:
    film.spoil({"length": -1000})
    with line(film) as raw:
        raw.sendall(f"GET {film.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, _, body = b"".join(iter(lambda: raw.recv(65536), b"")).partition(b"\r\n\r\n")
    assert f"Content-Length: {SIZE - 1000}\r\n".encode() in head
    assert body == VIDEO


def test_a_content_length_is_never_below_zero(film: Film) -> None:
    film.spoil({"length": -SIZE - 1})
    answer = film.get()
    assert (answer.headers["Content-Length"], answer.body) == ("0", b"")


def test_a_slow_video_keeps_to_its_rate(practice: Practice, kit: Any) -> None:
    waited: list[float] = []

    def pause(seconds: float) -> bool:
        waited.append(seconds)
        return False

    film = made(practice(pause=pause), kit)
    film.spoil({"rate": 4000})
    assert film.get().body == VIDEO
    assert sum(waited) == pytest.approx(SIZE / 4000)
    assert max(waited) <= 0.1


def test_an_endless_video_ends_with_the_server(film: Film) -> None:
    film.spoil({"rate": 20_000_000, "endless": True})
    with line(film) as raw, raw.makefile("rb") as reply:
        raw.sendall(f"GET {film.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = b"".join(iter(reply.readline, b"\r\n"))
        assert b"Content-Length" not in head
        assert b"Connection: close" in head
        assert reply.read(3 * SIZE) == VIDEO * 3
        stopped = threading.Thread(target=film.caller.server.stop)
        stopped.start()
        while reply.read(65536):
            pass
        stopped.join()


def test_a_very_slow_video_does_not_hold_the_server_up(film: Film) -> None:
    film.spoil({"rate": 20})
    with line(film) as raw, raw.makefile("rb") as reply:
        raw.sendall(f"GET {film.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        b"".join(iter(reply.readline, b"\r\n"))
        assert reply.read(1) == VIDEO[:1]
        film.caller.server.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith("practice-")]


def test_a_head_request_has_no_end_to_wait_for(film: Film) -> None:
    film.spoil({"rate": 1, "endless": True, "cut": 0.5})
    answer = film.caller.send("HEAD", film.path, token=None)
    assert (answer.status, answer.body) == (200, b"")


def test_a_web_page_instead_of_a_video(film: Film) -> None:
    film.spoil("html")
    answer = film.get()
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.body.startswith(b"<!doctype html>")


def test_a_redirect_leads_to_the_same_video_on_another_port(film: Film) -> None:
    film.spoil("redirect")
    request = urllib.request.Request(
        film.caller.server.url + film.path, headers={"Authorization": "Bearer strayed"}
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        assert reply.read() == VIDEO
        assert not reply.url.startswith(film.caller.server.url)
    assert film.caller.server.counts["elsewhere"] == 1
    first, second = film.caller.server.requests[-2:]
    assert (first.status, first.fault, first.route) == (302, "redirect", "video")
    assert (second.status, second.fault, second.route) == (200, None, "elsewhere")
    # urllib carries the header across, which a client with a secret must not do: it is noticed.
    assert second.authorized
    elsewhere = reply.url.removesuffix(film.path)
    film.caller.server.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(elsewhere, timeout=20)


def test_elsewhere_has_nothing_but_videos(film: Film) -> None:
    film.spoil("redirect")
    elsewhere = film.get().headers["Location"].removesuffix(film.path)
    for path in ("/practice/log", f"{film.caller.base}/mine", "/files/none.mp4"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(elsewhere + path, timeout=20)
        assert refused.value.code == 404
        refused.value.close()


def line(film: Film) -> socket.socket:
    port = int(film.caller.server.url.rsplit(":", 1)[1])
    return socket.create_connection(("127.0.0.1", port), timeout=20)
