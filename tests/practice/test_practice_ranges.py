"""Ranges of the video, as RFC 9110 has them: junk and several parts are ignored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Practice = Callable[..., Any]
VIDEO = bytes(range(256)) * 64
SIZE = len(VIDEO)


@pytest.fixture
def video(practice: Practice, kit: Any) -> Callable[[str], Any]:
    """Asks for the video with a Range."""
    caller = practice()
    made = caller.create(kit.plain(external_task_id="mine"))
    assert made.status == 200
    done = caller.until("mine", lambda answer: answer.json["task_info"]["status"] == "completed")
    path = done.json["videos"][0].removeprefix(caller.server.url)
    return lambda asked: caller.send("GET", path, token=None, headers={"Range": asked})


@pytest.mark.parametrize(
    "asked",
    ["junk", "bytes", "bytes=", "bytes=a-b", "bytes=9-2", "bytes=0-1,4-5", "bytes=0-1, 99999-",
     "lines=0-1", "bytes=-", "bytes=0--1"],
)  # fmt: skip
def test_what_cannot_be_followed_is_ignored(video: Callable[[str], Any], asked: str) -> None:
    answer = video(asked)
    assert (answer.status, answer.body) == (200, VIDEO)
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [("bytes=0-1", 0, 2), ("bytes=100-", 100, SIZE), ("bytes=-7", SIZE - 7, SIZE),
     ("bytes=5-999999", 5, SIZE)],
)  # fmt: skip
def test_one_part(video: Callable[[str], Any], asked: str, first: int, end: int) -> None:
    answer = video(asked)
    assert (answer.status, answer.body) == (206, VIDEO[first:end])
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{SIZE}"


def test_beyond_the_end(video: Callable[[str], Any]) -> None:
    answer = video(f"bytes={SIZE}-")
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")
