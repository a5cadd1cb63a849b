"""Download of a finished video into a .part file: resumed by Range, checked, never half-written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from kling_desktop.tasks.faults import BadLink, Cut, GoneLink, Stopped, Unreachable
from kling_desktop.tasks.network import unreached
from kling_desktop.tasks.part import (
    Whole,
    discard,
    disk_error,
    open_part,
    refuse_full,
    remembered,
    write_all,
)

if TYPE_CHECKING:
    import requests

_HOPS = 10
_NETWORK = "Waiting for the network: the video is ready and will be fetched."
_TOO_LARGE = "What the link leads to is far too large for a video of a few seconds."
_PAGES = (
    "text/html",
    "application/json",
    "application/problem+json",
    "application/xml",
    "text/xml",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a download may take; seconds and bytes."""

    connect: float = 15.0
    stall: float = 30.0
    """Longest silence."""
    slow_window: float = 60.0
    slow_bytes: int = 64 * 1024
    """The least that has to come in each window, else the connection is given up and made anew."""
    total: int = 2 * 1024**3
    margin: int = 64 * 1024**2
    """What has to stay free on the disk beside the video."""
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
            raise Stopped("The download was stopped and goes on later.")


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
    except _OtherFileError:
        discard(part)
        return _attempt(url, part, Whole(None, None), 0, watch)


class _OtherFileError(Exception):
    """What is here is not the beginning of what the host has now."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """Who watches over a download."""

    limits: Limits
    switch: Switch
    clock: Callable[[], float]
    progress: Callable[[int, int | None], None]
    copies: int


def _attempt(url: str, part: Path, known: Whole, size: int, watch: _Watch) -> int:
    headers = _headers(known, size)
    with _session() as session, _open(session, url, headers, watch.limits) as response:
        watch.switch.watch(response)
        try:
            start = _start(response, known, size)
            whole = _whole(response, start, known)
            _refuse_pages(response)
            _refuse_size(whole.length, watch.limits)
            needed = (whole.length or 0) * watch.copies - start + watch.limits.margin
            refuse_full(part, needed, watch.limits.margin)
            return _Stream(response, part, start, whole, watch).run()
        finally:
            watch.switch.watch(None)


class _Stream:
    """One answer being written into the part."""

    def __init__(
        self, response: requests.Response, part: Path, start: int, whole: Whole, watch: _Watch
    ) -> None:
        self._response, self._part, self._whole, self._watch = response, part, whole, watch
        self._start = self._size = start
        self._window, self._window_size = watch.clock(), start

    def run(self) -> int:
        try:
            with open_part(self._part, self._start, self._whole) as file:
                self._pour(file)
        except OSError as error:
            raise disk_error(error, self._part) from error
        if self._whole.length is not None and self._size != self._whole.length:
            raise self._cut("The video stopped coming halfway; it is tried again.")
        return self._size

    def _pour(self, file: FileIO) -> None:
        while chunk := self._read():
            write_all(file, chunk)
            self._size += len(chunk)
            if self._size > self._watch.limits.total:
                raise GoneLink(_TOO_LARGE)
            self._watch.progress(self._size, self._whole.length)
            self._refuse_slow()

    def _read(self) -> bytes:
        import requests
        import urllib3

        try:
            chunk: bytes = self._response.raw.read1(self._watch.limits.chunk)
        except (urllib3.exceptions.HTTPError, requests.RequestException, OSError, ValueError):
            if self._watch.switch.stopped:
                raise Stopped("The download was stopped and goes on later.") from None
            raise self._cut("The video stopped coming halfway; it is tried again.") from None
        if self._watch.switch.stopped:
            raise Stopped("The download was stopped and goes on later.")
        return chunk

    def _refuse_slow(self) -> None:
        now = self._watch.clock()
        if now - self._window < self._watch.limits.slow_window:
            return
        if self._size - self._window_size < self._watch.limits.slow_bytes:
            raise self._cut("The video comes too slowly; the connection is made anew.")
        self._window, self._window_size = now, self._size

    def _cut(self, sentence: str) -> Cut:
        # A start from the beginning gains nothing that the next one is sure to keep.
        return Cut(sentence, gained=self._size > self._start > 0)


def _session() -> requests.Session:
    import requests

    session = requests.Session()
    # An auth that does nothing keeps requests from taking one out of the URL or a .netrc file.
    session.auth = _no_auth
    return session


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _headers(known: Whole, size: int) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity", "Accept": "video/*, */*;q=0.5"}
    if known.validator is not None and size > 0:
        headers |= {"Range": f"bytes={size}-", "If-Range": known.validator}
    return headers


def _open(
    session: requests.Session, url: str, headers: dict[str, str], limits: Limits
) -> requests.Response:
    """The answer after at most ten redirects; followed here, so that each hop is looked at."""
    for _ in range(_HOPS):
        response = _get(session, url, headers, limits)
        if not response.is_redirect:
            _refuse_status(response)
            return response
        response.close()
        url = _onward(url, response.headers.get("Location", ""))
    raise BadLink("The link to the video leads round in circles.")


def _onward(url: str, location: str) -> str:
    try:
        onward = urljoin(url, location)
    except ValueError:
        raise BadLink("The link to the video leads nowhere.") from None
    if _scheme(url) == "https" and _scheme(onward) != "https":
        raise BadLink("The link to the video leads to an unprotected address.")
    return onward


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def _get(
    session: requests.Session, url: str, headers: dict[str, str], limits: Limits
) -> requests.Response:
    import requests

    if _scheme(url) not in {"http", "https"}:
        raise BadLink("The link to the video is not a web address.")
    timeout = (limits.connect, limits.stall)
    try:
        return session.get(
            url, headers=headers, stream=True, timeout=timeout, allow_redirects=False
        )
    except requests.RequestException as error:
        # Its text names the signed link, which is as good as a key.
        if isinstance(error, ValueError):
            raise BadLink("The link to the video is not a web address.") from None
        raise Unreachable(_NETWORK, unreached=unreached(error)) from None


def _refuse_status(response: requests.Response) -> None:
    status = response.status_code
    if status in {200, 206, 416}:
        return
    response.close()
    if status in {408, 425, 429} or status >= 500:
        raise Unreachable(
            "The video's host is busy; the video is fetched as soon as it answers.",
            _retry_after(response),
        )
    if status in {401, 403, 404, 410}:
        raise GoneLink("The link to the video has expired.")
    raise BadLink(f"The video's host refused the link (HTTP {status}).")


def _retry_after(response: requests.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None


def _refuse_pages(response: requests.Response) -> None:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in _PAGES:
        raise BadLink("The link led to a web page instead of a video.")


def _refuse_size(size: int | None, limits: Limits) -> None:
    if size is not None and size > limits.total:
        raise BadLink(_TOO_LARGE)


def _start(response: requests.Response, known: Whole, size: int) -> int:
    """Where the answer's first byte belongs. Raises _OtherFileError when it fits nowhere."""
    if response.status_code == 200:
        return 0
    first, total = _content_range(response)
    tag = response.headers.get("ETag")
    same = tag is None or not (known.validator or "").startswith('"') or tag == known.validator
    fits = known.length is None or total is None or total == known.length
    if response.status_code == 206 and first == size > 0 and fits and same:
        return size
    if size == 0:
        raise BadLink("The video's host sent a piece of the video that was not asked for.")
    raise _OtherFileError


def _content_range(response: requests.Response) -> tuple[int | None, int | None]:
    """First byte and whole length of ``Content-Range: bytes 5-9/10`` (RFC 9110 §14.4)."""
    unit, _, rest = response.headers.get("Content-Range", "").strip().partition(" ")
    span, _, total = rest.partition("/")
    first = span.partition("-")[0].strip()
    if unit.lower() != "bytes":
        return None, None
    return int(first) if first.isdigit() else None, int(total) if total.isdigit() else None


def _whole(response: requests.Response, start: int, known: Whole) -> Whole:
    if start > 0:
        return Whole(known.validator, known.length or _content_range(response)[1])
    tag = response.headers.get("ETag", "")
    validator = tag if tag.startswith('"') else response.headers.get("Last-Modified")
    length = response.headers.get("Content-Length", "")
    return Whole(validator, int(length) if length.isdigit() else None)


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
