"""Video hosts that do not keep to the rules, over real sockets: never two videos in one file."""

from __future__ import annotations

import email.utils
import gzip
import shutil
import time
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from kling_desktop.tasks.download import Limits, fetch
from kling_desktop.tasks.faults import BadLink, Cut, DiskError, TooLarge, Unreachable
from kling_desktop.tasks.link import whole_number
from kling_desktop.tasks.part import remembered

LIMITS = Limits(connect=2.0, stall=0.5, chunk=16 * 1024)
MORNING = {"Last-Modified": "Sun, 22 Nov 2020 10:00:00 GMT"}
NOON = {"Last-Modified": "Sun, 22 Nov 2020 12:00:00 GMT"}
NO_LENGTH = {"Content-Length": "", "Connection": "close"}
HALF = 100_000


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "x.mp4.part"


def url(host) -> str:
    return f"{host.url}/files/v.mp4"


def cut(host, part: Path, **headers: str) -> int:
    host.say("video", cut=HALF, headers={name.replace("_", "-"): v for name, v in headers.items()})
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    return part.stat().st_size


def piece(host, start: int, **headers: str) -> None:
    """A 206 that keeps to no condition of the request."""
    size = len(host.video)
    span = {"Content-Range": f"bytes {start}-{size - 1}/{size}", "Content-Type": "video/mp4"}
    host.say("video", status=206, body=host.video[start:], headers=span | headers)


def changed(host) -> bytes:
    """The host's video becomes another one of the same length."""
    host.video = b"HEAD" + bytes(byte ^ 0x55 for byte in host.video[4:-4]) + b"TAIL"
    return host.video


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MORNING, NOON),
        (MORNING | {"ETag": 'W/"a"'}, MORNING | {"ETag": 'W/"b"'}),
        ({"ETag": '"a"'}, {"ETag": '"b"'}),
        (MORNING | {"ETag": '"a"'}, NOON),
    ],
    ids=["date", "weak-tag", "strong-tag", "tag-is-left-out"],
)
def test_a_piece_of_a_changed_video_is_not_glued_on(host, part: Path, before, after) -> None:
    host.etag = None
    start = cut(host, part, **before)
    new = changed(host)
    piece(host, start, **after)
    fetch(url(host), part, limits=LIMITS)
    assert host.requests[1][2]["Range"] == f"bytes={start}-"
    assert "Range" not in host.requests[2][2]
    assert part.read_bytes() == new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MORNING, MORNING),
        (MORNING | {"ETag": 'W/"a"'}, MORNING | {"ETag": '"a"'}),
        (MORNING | {"ETag": '"a"'}, NOON | {"ETag": '"a"'}),
        (MORNING, {}),
    ],
    ids=["date", "weak-tag", "the-tag-decides", "nothing-said"],
)
def test_a_piece_of_the_same_video_goes_on(host, part: Path, before, after) -> None:
    host.etag = None
    start = cut(host, part, **before)
    piece(host, start, **after)
    fetch(url(host), part, limits=LIMITS)
    strong = before.get("ETag", "").startswith('"')
    wanted = before["ETag"] if strong else before["Last-Modified"]
    assert host.requests[1][2]["If-Range"] == wanted
    assert len(host.requests) == 2
    assert part.read_bytes() == host.video


def test_a_file_that_is_a_second_old_may_change_within_that_second(host, part: Path) -> None:
    host.etag = None
    cut(host, part, Last_Modified=email.utils.formatdate(usegmt=True))
    fetch(url(host), part, limits=LIMITS)
    assert "Range" not in host.requests[1][2]
    assert part.read_bytes() == host.video


def test_a_length_that_was_too_great_is_found_out_by_asking_for_the_rest(host, part: Path) -> None:
    host.say("video", headers={"Content-Length": str(len(host.video) + 100)})
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    assert fetch(url(host), part, limits=LIMITS) == len(host.video)
    assert part.read_bytes() == host.video
    assert fetch(url(host), part, limits=LIMITS) == len(host.video), "and that is remembered"
    assert len(host.requests) == 2


@pytest.mark.parametrize(
    "headers",
    [{"Content-Range": "bytes */99"}, {"Content-Range": "bytes */²"}, {}, {"ETag": '"v2"'}],
    ids=["another-size", "no-number", "no-size", "another-tag"],
)
def test_a_refused_range_that_fits_nothing_starts_again(host, part: Path, headers) -> None:
    size = len(host.video)
    host.say("video", headers={"Content-Length": str(size + 100)})
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    if "ETag" in headers:
        headers = headers | {"Content-Range": f"bytes */{size}"}
    raw = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    host.say("video", status=416, body=b"", headers=raw)
    assert fetch(url(host), part, limits=LIMITS) == size
    assert "Range" not in host.requests[-1][2]


def test_a_piece_that_is_all_of_it_is_taken_unasked(host, part: Path) -> None:
    piece(host, 0)
    assert fetch(url(host), part, limits=LIMITS) == len(host.video)
    assert part.read_bytes() == host.video
    assert remembered(part)[0].length == len(host.video)


def test_a_host_that_answers_a_range_with_all_of_it_needs_no_second_request(
    host, part: Path
) -> None:
    cut(host, part)
    piece(host, 0, ETag='"v1"')
    fetch(url(host), part, limits=LIMITS)
    assert len(host.requests) == 2
    assert part.read_bytes() == host.video


def test_a_piece_that_is_a_beginning_only_is_refused(host, part: Path) -> None:
    span = {"Content-Range": f"bytes 0-3/{len(host.video)}"}
    host.say("video", status=206, body=b"HEAD", headers=span)
    with pytest.raises(BadLink, match="not asked for"):
        fetch(url(host), part, limits=LIMITS)


def packed(host, data: bytes, coding: str = "gzip", **more) -> None:
    headers = {"Content-Encoding": coding, "ETag": '"v1"', "Content-Type": "video/mp4"}
    host.say("video", body=data, headers=headers, **more)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", "deflate"])
def test_a_packed_video_is_unpacked(host, part: Path, coding: str) -> None:
    packed(host, (zlib if coding == "deflate" else gzip).compress(host.video), coding)
    assert fetch(url(host), part, limits=LIMITS) == len(host.video)
    assert part.read_bytes() == host.video
    assert host.requests[0][2]["Accept-Encoding"] == "identity"


def test_a_packed_video_that_is_cut_starts_again(host, part: Path) -> None:
    data = gzip.compress(host.video)
    packed(host, data, cut=HALF)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    headers = {"Content-Encoding": "gzip", "Content-Type": "video/mp4", **NO_LENGTH}
    host.say("video", body=data[:HALF], headers=headers, cut=HALF)
    with pytest.raises(Cut):
        fetch(url(host), part, limits=LIMITS)
    fetch(url(host), part, limits=LIMITS)
    assert all("Range" not in headers for _, _, headers in host.requests)
    assert part.read_bytes() == host.video


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "x\u2028<b>"])
def test_a_packing_that_is_not_known_is_named(host, part: Path, coding: str) -> None:
    packed(host, b"???", coding.encode("ascii", "replace").decode())
    with pytest.raises(BadLink, match=r"packed as “[a-z, ]+”, which cannot be unpacked here\.$"):
        fetch(url(host), part, limits=LIMITS)


def test_what_is_not_packed_as_is_said_is_named(host, part: Path) -> None:
    packed(host, host.video)
    with pytest.raises(BadLink, match="as “gzip”, but does not"):
        fetch(url(host), part, limits=LIMITS)


def test_a_little_that_unpacks_to_very_much_is_stopped(host, part: Path) -> None:
    packed(host, gzip.compress(bytes(20_000_000)))
    sizes: list[int] = []
    with pytest.raises(TooLarge, match="too large"):
        fetch(
            url(host), part, limits=Limits(unknown=2_000_000), progress=lambda h, _: sizes.append(h)
        )
    assert not sizes
    assert not part.exists()


def test_a_piece_that_is_packed_is_not_glued_on(host, part: Path) -> None:
    start = cut(host, part)
    piece(host, start, **{"Content-Encoding": "gzip"})
    fetch(url(host), part, limits=LIMITS)
    assert part.read_bytes() == host.video


def test_without_a_length_much_less_is_taken(host, part: Path) -> None:
    host.say("video", headers=NO_LENGTH)
    small = Limits(unknown=len(host.video) - 1)
    with pytest.raises(TooLarge):
        fetch(url(host), part, limits=small)
    assert not part.exists()
    assert fetch(url(host), part, limits=small) == len(host.video)
    assert Limits().unknown <= Limits().total / 4


def test_without_a_length_an_hour_is_the_longest(host, part: Path) -> None:
    ticks = iter(range(0, 1_000_000, 500))
    limits = Limits(chunk=8 * 1024, slow_bytes=1, long_bytes=1)
    host.say("video", headers=NO_LENGTH)
    with pytest.raises(Cut, match="slowly"):
        fetch(url(host), part, limits=limits, clock=lambda: float(next(ticks)))
    assert 3600 < next(ticks) <= 5000
    fetch(url(host), part, limits=limits, clock=lambda: float(next(ticks)))
    assert part.read_bytes() == host.video


def test_one_that_is_slow_all_along_is_made_to_go_on_later(host, part: Path) -> None:
    # Enough in each minute, but too little in ten of them.
    ticks = iter(range(0, 10_000, 50))
    slow = Limits(chunk=8 * 1024, slow_bytes=4 * 1024, long_bytes=200_000)
    with pytest.raises(Cut, match="slowly"):
        fetch(url(host), part, limits=slow, clock=lambda: float(next(ticks)))
    assert 600 <= next(ticks) < 1300
    assert 0 < part.stat().st_size < 200_000
    fetch(url(host), part, limits=LIMITS)
    assert host.requests[-1][2]["Range"].startswith("bytes=")
    assert part.read_bytes() == host.video


def test_a_disk_that_others_fill_meanwhile_stops_it_before_it_is_full(
    host, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Limits(chunk=8 * 1024, recheck=64 * 1024, margin=1000)
    free = iter([10**9, 10**9, 500])
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free)))
        with pytest.raises(DiskError, match="disk is full") as caught:
            fetch(url(host), part, limits=room)
    assert caught.value.full
    kept = part.stat().st_size
    assert 128 * 1024 <= kept < 200 * 1024
    fetch(url(host), part, limits=LIMITS)
    assert host.requests[-1][2]["Range"] == f"bytes={kept}-"
    assert part.read_bytes() == host.video


@pytest.mark.parametrize(
    ("wait", "least", "most"), [("17", 17, 17), ("date", 20, 30), ("\u00b2", None, None)]
)
def test_a_busy_host_names_seconds_or_a_moment(
    host, part: Path, wait: str, least: int | None, most: int | None
) -> None:
    moment = email.utils.formatdate(time.time() + 30, usegmt=True)
    host.say("video", status=503, headers={"Retry-After": moment if wait == "date" else wait})
    with pytest.raises(Unreachable) as caught:
        fetch(url(host), part, limits=LIMITS)
    found = caught.value.retry_after
    assert found is None if least is None or most is None else least <= (found or 0) <= most


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 7 ", 7),
        ("²", None),
        ("٣", None),
        ("-1", None),
        ("1e3", None),
        ("9" * 5000, None),
    ],
)
def test_only_plain_digits_are_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("name", ["Content-Length", "Content-Range"])
def test_what_only_looks_like_digits_is_no_mistake_of_ours(host, part: Path, name: str) -> None:
    host.say("video", headers={name: "\u00b2", "Connection": "close"}, cut=len(host.video))
    assert fetch(url(host), part, limits=LIMITS) == len(host.video)
    assert part.read_bytes() == host.video


@pytest.mark.parametrize("link", ["http://127.0.0.1:1/\ud800.mp4", "http://\ud800/v.mp4"])
def test_a_link_that_cannot_be_written_is_none(part: Path, link: str) -> None:
    with pytest.raises((BadLink, Unreachable)):
        fetch(link, part, limits=LIMITS)
