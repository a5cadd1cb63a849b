"""Downloads over real sockets: whole or not at all, gone on with, and never with an Authorization."""

from __future__ import annotations

import errno
import itertools
import threading
from pathlib import Path

import pytest

from kling_desktop.tasks import part as part_file
from kling_desktop.tasks.download import Limits, Switch, fetch
from kling_desktop.tasks.faults import BadLink, Cut, DiskError, DownloadError, Stopped, Unreachable
from kling_desktop.tasks.part import discard, finish, free_names, remembered

LIMITS = Limits(connect=2.0, stall=0.5, chunk=16 * 1024)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "videos" / "x.mp4.part"


def url(host) -> str:
    return f"{host.url}/files/v.mp4?sign=abc"


def answer(host, **values):
    host.say("video", **values)


def test_a_whole_video_arrives_to_the_byte(host, part: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    size = fetch(url(host), part, limits=LIMITS, progress=lambda *pair: seen.append(pair))
    assert part.read_bytes() == host.video
    assert size == len(host.video)
    assert seen[-1] == (size, size)
    assert [here for here, _ in seen] == sorted(here for here, _ in seen)


def test_a_cut_video_goes_on_where_it_stopped(host, part: Path) -> None:
    answer(host, cut=100_000)
    with pytest.raises(Cut, match="halfway"):
        fetch(url(host), part, limits=LIMITS)
    assert 0 < part.stat().st_size <= 100_000
    kept = part.stat().st_size
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video
    assert host.requests[-1][2]["Range"] == f"bytes={kept}-"
    assert host.requests[-1][2]["If-Range"] == '"v1"'


def test_a_second_cut_further_on_counts_as_gained(host, part: Path) -> None:
    for cut, gained in ((50_000, False), (50_000, True)):
        answer(host, cut=cut)
        with pytest.raises(Cut) as caught:
            fetch(url(host), part, limits=LIMITS)
        assert caught.value.gained is gained
    assert part.read_bytes() == host.video[: part.stat().st_size]


def test_without_range_the_host_sends_all_and_all_is_taken(host, part: Path) -> None:
    answer(host, cut=100_000)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    host.ranges = False
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video


def test_another_video_under_the_same_link_is_not_glued_on(host, part: Path) -> None:
    answer(host, cut=100_000)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    host.video, host.etag = b"HEAD" + b"\x01" * 200_000 + b"TAIL", '"v2"'
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"v9"'},
        {"Content-Range": "bytes 5-9/10"},
        {"Content-Range": "bytes 100000-9/999"},
        {"Content-Range": "nonsense"},
    ],
    ids=["other-tag", "other-start", "other-length", "nonsense"],
)
def test_a_piece_that_does_not_fit_is_thrown_away(host, part: Path, headers) -> None:
    answer(host, cut=100_000)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    answer(host, headers=headers)
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video
    assert "Range" not in host.requests[-1][2]


def test_a_host_without_an_etag_is_asked_from_the_start(host, part: Path) -> None:
    host.etag = None
    answer(host, cut=100_000)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    fetch(url(host), part, limits=LIMITS)
    assert "Range" not in host.requests[-1][2]
    assert part.read_bytes() == host.video


def test_what_is_whole_already_is_not_asked_for_again(host, part: Path) -> None:
    fetch(url(host), part, limits=LIMITS)
    assert fetch(url(host), part, limits=LIMITS) == len(host.video)
    assert host.asked("video") == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_expired_link_is_said_and_leaves_no_part(host, part: Path, status: int) -> None:
    answer(host, status=status)
    with pytest.raises(BadLink, match="expired"):
        fetch(url(host), part, limits=LIMITS)
    assert not part.exists()


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_host_is_tried_again_when_it_says(host, part: Path, status: int) -> None:
    answer(host, status=status, headers={"Retry-After": "17"})
    with pytest.raises(Unreachable, match="busy") as caught:
        fetch(url(host), part, limits=LIMITS)
    assert caught.value.retry_after == 17.0


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "application/json"])
def test_a_web_page_is_not_a_video(host, part: Path, kind: str) -> None:
    answer(host, body=b"<html>sign in</html>", headers={"Content-Type": kind})
    with pytest.raises(BadLink, match="web page"):
        fetch(url(host), part, limits=LIMITS)
    assert not part.exists()


def test_a_length_that_is_too_great_is_a_cut(host, part: Path) -> None:
    answer(host, headers={"Content-Length": str(len(host.video) + 10)})
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)


@pytest.mark.parametrize("declared", [True, False])
def test_a_file_beyond_the_limit_is_refused(host, part: Path, declared: bool) -> None:
    answer(host, headers={} if declared else {"Content-Length": "10000000000000"})
    limits = Limits(total=1000) if declared else LIMITS
    with pytest.raises(BadLink, match="too large"):
        fetch(url(host), part, limits=limits)
    assert not part.exists()


def test_a_host_that_falls_silent_is_a_cut(host, part: Path) -> None:
    answer(host, headers={"Content-Length": str(len(host.video) + 10)}, keep_open=True)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    assert part.stat().st_size == len(host.video)


def test_an_endlessly_slow_host_is_given_up_by_the_window(host, part: Path) -> None:
    ticks = iter(range(0, 10_000, 7))
    slow = Limits(chunk=1024, slow_window=60.0, slow_bytes=64 * 1024)
    with pytest.raises(Cut, match="slowly"):
        fetch(url(host), part, limits=slow, clock=lambda: float(next(ticks)))
    assert 0 < part.stat().st_size < 64 * 1024


def test_a_host_that_is_not_there_is_waited_for(part: Path, free_port: int) -> None:
    link = f"http://127.0.0.1:{free_port}/v.mp4?sign=secret"
    with pytest.raises(Unreachable, match="network") as caught:
        fetch(link, part, limits=LIMITS)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "link", ["", "file:///etc/passwd", "ftp://x/v.mp4", "http://", "http://[", "v.mp4"]
)
def test_a_link_that_is_none_is_refused(part: Path, link: str) -> None:
    with pytest.raises(BadLink):
        fetch(link, part, limits=LIMITS)


def test_a_redirect_to_another_host_is_followed_without_an_authorization(
    host, other_host, part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password netrc-secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    onward = other_host.url.replace("http://", "http://user:pass@") + "/files/w.mp4"
    answer(host, status=302, headers={"Location": onward})
    fetch(url(host).replace("http://", "http://me:mine@"), part, limits=LIMITS)
    assert part.read_bytes() == other_host.video
    for _, _, headers in host.requests + other_host.requests:
        assert "Authorization" not in headers
        assert "Cookie" not in headers


def test_a_redirect_in_circles_ends(host, part: Path) -> None:
    for _ in range(12):
        answer(host, status=302, headers={"Location": url(host)})
    with pytest.raises(BadLink, match="circles"):
        fetch(url(host), part, limits=LIMITS)


def test_a_download_can_be_stopped_while_it_waits_for_bytes(host, part: Path) -> None:
    answer(host, headers={"Content-Length": str(len(host.video) + 10)}, keep_open=True)
    switch, arrived = Switch(), threading.Event()
    caught: list[BaseException] = []

    def run() -> None:
        try:
            fetch(
                url(host),
                part,
                limits=Limits(stall=30.0),
                switch=switch,
                progress=lambda here, _: arrived.set() if here == len(host.video) else None,
            )
        except DownloadError as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert arrived.wait(10)
    switch.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert isinstance(caught[0], Stopped)
    assert part.read_bytes() == host.video


def test_a_stopped_switch_starts_nothing(host, part: Path) -> None:
    switch = Switch()
    switch.stop()
    with pytest.raises(Stopped):
        fetch(url(host), part, limits=LIMITS, switch=switch)
    assert not part.exists()


@pytest.mark.parametrize("notes", [b"", b"{", b"[]", b'{"validator": 1}', b"\xff"])
def test_broken_notes_beside_a_part_start_it_again(host, part: Path, notes: bytes) -> None:
    part.parent.mkdir()
    part.write_bytes(b"half of another")
    part.with_name(part.name + ".json").write_bytes(notes)
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video


def test_a_full_disk_is_said_and_what_is_here_stays(
    host, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file, data) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("kling_desktop.tasks.download.write_all", full)
        with pytest.raises(DiskError, match="disk is full"):
            fetch(url(host), part, limits=LIMITS)
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video


def test_a_folder_that_cannot_be_made_is_said(host, tmp_path: Path) -> None:
    (tmp_path / "videos").write_text("a file")
    with pytest.raises(DiskError, match="check that folder"):
        fetch(url(host), tmp_path / "videos" / "x.part", limits=LIMITS)


def test_finishing_renames_and_tidies(tmp_path: Path) -> None:
    part, target = tmp_path / "x.part", tmp_path / "final.mp4"
    with part_file.open_part(part, 0, part_file.Whole('"a"', 3)) as file:
        part_file.write_all(file, b"abc")
    assert remembered(part) == (part_file.Whole('"a"', 3), 3)
    finish(part, target)
    assert target.read_bytes() == b"abc"
    assert list(tmp_path.iterdir()) == [target]


def test_finishing_onto_a_folder_is_said_and_keeps_the_part(tmp_path: Path) -> None:
    part, target = tmp_path / "x.part", tmp_path / "final.mp4"
    part.write_bytes(b"abc")
    target.mkdir()
    with pytest.raises(DiskError):
        finish(part, target)
    assert part.read_bytes() == b"abc"


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    target = tmp_path / "a b.mp4"
    assert next(free_names(target)) == target
    target.write_text("")
    (tmp_path / "a b (3).mp4").write_text("")
    names = [path.name for path in itertools.islice(free_names(target), 2)]
    assert names == ["a b (2).mp4", "a b (4).mp4"]
    assert next(free_names(target, replaces=True)) == target


def test_discarding_twice_is_harmless(tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    part.write_bytes(b"abc")
    discard(part)
    discard(part)
    assert not part.exists()
