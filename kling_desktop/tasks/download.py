"""Download of a finished video into a .part file: resumed by Range, checked, never half-written."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from kling_desktop.tasks import link
from kling_desktop.tasks.faults import Cut, Stopped, TooLarge
from kling_desktop.tasks.part import (
    Whole,
    discard,
    disk_error,
    open_part,
    refuse_full,
    remember,
    remembered,
    write_all,
)
from kling_desktop.tasks.unpack import Unpacking

if TYPE_CHECKING:
    import requests

_TOO_LARGE = "What the link leads to is far too large for a video of a few seconds."
_HALFWAY = "The video stopped coming halfway; it is tried again."
_STOPPED = "The download was stopped and goes on later."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a download may take; seconds and bytes."""

    connect: float = 15.0
    stall: float = 30.0
    """Longest silence."""
    slow_window: float = 60.0
    slow_bytes: int = 64 * 1024
    """The least that has to come in each window, else the connection is given up and made anew."""
    long_window: float = 600.0
    long_bytes: int = 8 * 1024**2
    """The same over a longer time: a host that sends drop by drop must not be waited for all day."""
    total: int = 2 * 1024**3
    unknown: int = 512 * 1024**2
    """The most where the host does not say how long the video is: five minutes at 14 Mbit/s, and
    nothing else ends what has no end."""
    unknown_seconds: float = 3600.0
    """The same in time, so that one that comes slowly and has no end is let go of, too."""
    margin: int = 64 * 1024**2
    """What has to stay free on the disk beside the video."""
    recheck: int = 8 * 1024**2
    """Others fill the disk, too: how many bytes come before it is looked at again."""
    chunk: int = 512 * 1024


class Switch:
    """Stops a running download from another thread, even one that waits for bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._response: requests.Response | None = None
        self.stopped = False

    def stop(self) -> None:
        with self._lock:
            self.stopped = True
            response = self._response
        if response is not None:
            _shut_down(response)

    def watch(self, response: requests.Response | None) -> None:
        """Remember the answer that is being read, None when it is over. Raises Stopped."""
        with self._lock:
            self._response = response
        if response is not None and self.stopped:
            raise Stopped(_STOPPED)


def fetch(
    url: str,
    part: Path,
    *,
    limits: Limits | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    switch: Switch | None = None,
    clock: Callable[[], float] = time.monotonic,
    copies: int = 1,
) -> int:
    """Bring the whole of ``url`` into ``part``, going on from what is there; the size in bytes.

    ``progress`` gets bytes here and bytes in all. Nothing is fetched unless there is room on the
    disk for so many ``copies``. The environment's proxies are used; no Authorization is sent,
    whatever the URL, a .netrc or a redirect say.

    Raises DownloadError.
    """
    limits, switch = limits or Limits(), switch or Switch()
    known, size = remembered(part)
    if known.length is not None and known.length == size > 0:
        return size
    watch = _Watch(limits, switch, clock, progress or _silent, copies)
    try:
        return _attempt(url, part, known, size, watch)
    except link.OtherFileError:
        discard(part)
        return _attempt(url, part, Whole(None, None), 0, watch)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Who watches over a download."""

    limits: Limits
    switch: Switch
    clock: Callable[[], float]
    progress: Callable[[int, int | None], None]
    copies: int


def _attempt(url: str, part: Path, known: Whole, size: int, watch: _Watch) -> int:
    headers, limits = link.headers_for(known, size), watch.limits
    timeout = (limits.connect, limits.stall)
    with (
        link.open_session() as session,
        link.follow(session, url, headers, timeout) as response,
    ):
        watch.switch.watch(response)
        try:
            if link.ends_here(response, known, size):
                # The length that it said first was none: whether this is a video, a look tells.
                remember(part, Whole(known.tag, size, known.modified))
                return size
            start = link.start_of(response, known, size)
            whole = link.whole_of(response, start, known)
            link.refuse_pages(response)
            _refuse_size(whole.length, limits)
            refuse_full(part, _needed(whole, start, watch), limits.margin)
            return _Stream(response, part, start, whole, watch).run()
        finally:
            watch.switch.watch(None)


class _Window:
    """The least that has to come in each ``seconds``."""

    def __init__(self, seconds: float, least: int, now: float, size: int) -> None:
        self._seconds, self._least = seconds, least
        self._since, self._size = now, size

    def slow(self, now: float, size: int) -> bool:
        """Whether a window has just ended in which too little came."""
        if now - self._since < self._seconds:
            return False
        came = size - self._size
        self._since, self._size = now, size
        return came < self._least


class _Stream:
    """One answer being written into the part."""

    def __init__(
        self, response: requests.Response, part: Path, start: int, whole: Whole, watch: _Watch
    ) -> None:
        self._response, self._part, self._whole, self._watch = response, part, whole, watch
        self._start = self._size = self._looked = start
        limits, now = watch.limits, watch.clock()
        self._latest = now + limits.unknown_seconds if whole.length is None else math.inf
        self._windows = [
            _Window(limits.slow_window, limits.slow_bytes, now, start),
            _Window(limits.long_window, limits.long_bytes, now, start),
        ]
        coding = link.coding(response)
        self._unpacking = Unpacking(coding, limits.chunk) if coding else None

    def run(self) -> int:
        try:
            with open_part(self._part, self._start, self._whole) as file:
                self._pour(file)
        except TooLarge:
            discard(self._part)
            raise
        except OSError as error:
            raise disk_error(error, self._part) from error
        if self._whole.length is not None and self._size != self._whole.length:
            raise self._cut(_HALFWAY)
        if self._unpacking is not None and not self._unpacking.whole:
            raise self._cut(_HALFWAY)
        return self._size

    def _pour(self, file: FileIO) -> None:
        while chunk := self._read():
            for piece in self._unpacking.pieces(chunk) if self._unpacking else (chunk,):
                write_all(file, piece)
                self._size += len(piece)
                self._refuse_much()
            self._watch.progress(self._size, self._whole.length)
            self._refuse_slow()

    def _refuse_much(self) -> None:
        limits = self._watch.limits
        if self._size > (limits.unknown if self._whole.length is None else limits.total):
            raise TooLarge(_TOO_LARGE)
        if self._size - self._looked >= limits.recheck:
            self._looked = self._size
            refuse_full(self._part, _needed(self._whole, self._size, self._watch), limits.margin)

    def _read(self) -> bytes:
        import requests
        import urllib3

        try:
            chunk: bytes = self._response.raw.read1(self._watch.limits.chunk)
        except (urllib3.exceptions.HTTPError, requests.RequestException, OSError, ValueError):
            if self._watch.switch.stopped:
                raise Stopped(_STOPPED) from None
            raise self._cut(_HALFWAY) from None
        if self._watch.switch.stopped:
            raise Stopped(_STOPPED)
        return chunk

    def _refuse_slow(self) -> None:
        now = self._watch.clock()
        slow = [window.slow(now, self._size) for window in self._windows]
        if any(slow) or now > self._latest:
            raise self._cut("The video comes too slowly; the connection is made anew.")

    def _cut(self, sentence: str) -> Cut:
        # A start from the beginning gains nothing that the next one is sure to keep.
        return Cut(sentence, gained=self._size > self._start > 0)


def _refuse_size(size: int | None, limits: Limits) -> None:
    if size is not None and size > limits.total:
        raise TooLarge(_TOO_LARGE)


def _needed(whole: Whole, here: int, watch: _Watch) -> int:
    """Bytes that have to be free for what is still to come."""
    return max(0, (whole.length or 0) * watch.copies - here) + watch.limits.margin


def _shut_down(response: requests.Response) -> None:
    """Wake the thread that waits for this answer's next byte."""
    shutdown = getattr(response.raw, "shutdown", None)
    if shutdown is None:
        return
    try:
        shutdown()
    except (OSError, ValueError, RuntimeError):
        return


def _silent(_here: int, _whole: int | None) -> None:
    pass
