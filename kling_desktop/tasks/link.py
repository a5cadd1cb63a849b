"""The link to a video: followed without any key, and what its host answers, read with mistrust."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from kling_desktop.providers.replies import moment, seconds_to_wait
from kling_desktop.tasks.faults import BadLink, GoneLink, Unreachable
from kling_desktop.tasks.network import unreached
from kling_desktop.tasks.part import Whole

if TYPE_CHECKING:
    import requests

_HOPS = 10
_NETWORK = "Waiting for the network: the video is ready and will be fetched."
_NO_ADDRESS = "The link to the video is not a web address."
_PAGES = (
    "text/html",
    "application/json",
    "application/problem+json",
    "application/xml",
    "text/xml",
)
_DIGITS = re.compile(r"[0-9]{1,15}")


class OtherFileError(Exception):
    """What is here is not the beginning of what the host has now."""


def open_session() -> requests.Session:
    """A session that sends no Authorization, whatever the URL or a .netrc file say."""
    import requests

    session = requests.Session()
    # An auth that does nothing keeps requests from taking one out of either.
    session.auth = _no_auth
    return session


def headers_for(known: Whole, size: int) -> dict[str, str]:
    """What to ask with, where ``size`` bytes of ``known`` are here."""
    headers = {"Accept-Encoding": "identity", "Accept": "video/*, */*;q=0.5"}
    if known.validator is not None and size > 0:
        headers |= {"Range": f"bytes={size}-", "If-Range": known.validator}
    return headers


def follow(
    session: requests.Session, url: str, headers: dict[str, str], timeout: tuple[float, float]
) -> requests.Response:
    """The answer after at most ten redirects; followed here, so that each hop is looked at.

    ``timeout`` in seconds: for connecting, and between two pieces of the answer. Its status is 200,
    206 or 416. Raises BadLink, Unreachable.
    """
    for _ in range(_HOPS):
        response = _get(session, url, headers, timeout)
        if not response.is_redirect:
            _refuse_status(response)
            return response
        response.close()
        url = _onward(url, response.headers.get("Location", ""))
    raise BadLink("The link to the video leads round in circles.")


def refuse_pages(response: requests.Response) -> None:
    """Raise BadLink where the host says itself that it sends no video."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in _PAGES:
        raise BadLink("The link led to a web page instead of a video.")


def start_of(response: requests.Response, known: Whole, size: int) -> int:
    """Where the answer's first byte belongs. Raises OtherFileError when it fits nowhere."""
    if response.status_code == 200:
        return 0
    first, last, total = content_range(response)
    if response.status_code == 206 and not coding(response):
        fits = known.length is None or total is None or total == known.length
        if first == size > 0 and fits and _same(response, known):
            return size
        if first == 0 and total is not None and last == total - 1:
            return 0  # Nobody asked for a piece, but the piece is all of it.
    if size == 0:
        raise BadLink("The video's host sent a piece of the video that was not asked for.")
    raise OtherFileError


def ends_here(response: requests.Response, known: Whole, size: int) -> bool:
    """Whether the host says that the ``size`` bytes that are here are all there is (416, `*/size`)."""
    whole = response.status_code == 416 and content_range(response)[2] == size
    return whole and size > 0 and _same(response, known)


def whole_of(response: requests.Response, start: int, known: Whole) -> Whole:
    """What is known of the whole file once this answer, which begins at ``start``, is there."""
    total = content_range(response)[2]
    if start > 0:
        return Whole(known.tag, known.length or total, known.modified)
    if coding(response):
        # Packed bytes are counted otherwise, and nothing says where to go on among them.
        return Whole(None, None)
    length = total if response.status_code == 206 else _number(response, "Content-Length")
    return Whole(response.headers.get("ETag"), length, _modified(response))


def content_range(response: requests.Response) -> tuple[int | None, int | None, int | None]:
    """First and last byte and whole length of ``Content-Range: bytes 5-9/10`` (RFC 9110 §14.4)."""
    unit, _, rest = response.headers.get("Content-Range", "").strip().partition(" ")
    span, _, total = rest.partition("/")
    first, _, last = span.partition("-")
    if unit.lower() != "bytes":
        return None, None, None
    return whole_number(first), whole_number(last), whole_number(total)


def coding(response: requests.Response) -> str:
    """How the host packed the video though it was asked not to; "" where it did not."""
    name = response.headers.get("Content-Encoding", "").strip().lower()
    return "" if name == "identity" else name


def whole_number(text: str) -> int | None:
    """Plain digits as a number; None for anything else, also for what only looks like a digit."""
    text = text.strip()
    return int(text) if _DIGITS.fullmatch(text) else None


def _number(response: requests.Response, name: str) -> int | None:
    return whole_number(response.headers.get(name, ""))


def _modified(response: requests.Response) -> str | None:
    """Last-Modified, unless so young that the file may have changed again within that second."""
    text = response.headers.get("Last-Modified", "")
    when, now = moment(text), moment(response.headers.get("Date", ""))
    if when is None or (now is not None and now - when < 1.0):
        return None
    return text


def _same(response: requests.Response, known: Whole) -> bool:
    """Whether a piece is of the file that is known: two strong tags decide, else all that is said."""
    tag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
    if tag and known.tag:
        if tag.startswith('"') and known.tag.startswith('"'):
            return tag == known.tag
        if tag.removeprefix("W/") != known.tag.removeprefix("W/"):
            return False
    return not modified or not known.modified or modified == known.modified


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


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
    session: requests.Session, url: str, headers: dict[str, str], timeout: tuple[float, float]
) -> requests.Response:
    import requests

    if _scheme(url) not in {"http", "https"}:
        raise BadLink(_NO_ADDRESS)
    try:
        return session.get(
            url, headers=headers, stream=True, timeout=timeout, allow_redirects=False
        )
    except (requests.RequestException, ValueError) as error:
        # Its text names the signed link, which is as good as a key.
        if isinstance(error, ValueError):
            raise BadLink(_NO_ADDRESS) from None
        raise Unreachable(_NETWORK, unreached=unreached(error)) from None


def _refuse_status(response: requests.Response) -> None:
    status = response.status_code
    if status in {200, 206, 416}:
        return
    response.close()
    if status in {408, 425, 429} or status >= 500:
        raise Unreachable(
            "The video's host is busy; the video is fetched as soon as it answers.",
            seconds_to_wait(response.headers),
        )
    if status in {401, 403, 404, 410}:
        raise GoneLink("The link to the video has expired.")
    raise BadLink(f"The video's host refused the link (HTTP {status}).")
