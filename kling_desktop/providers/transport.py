"""One HTTP exchange under strict limits: what came back, or whether anything can have arrived."""

from __future__ import annotations

import io
import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from ssl import SSLCertVerificationError
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from kling_desktop.providers.auth import Auth, is_local

MOST_BYTES = 4_000_000
"""Longest reply that is read."""
SWITCHED = 101
"""The one status below 200 that no other follows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for connecting, between two pieces of an answer, and for the whole exchange."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 120.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``payload`` is None where it is no JSON, or did not come whole."""

    status: int
    headers: Mapping[str, str]
    payload: Any
    raw: bytes = b""
    """The body as far as it came, to the byte."""
    whole: bool = True


class Broken(Exception):
    """No reply. ``arrived`` is False where the whole request cannot have arrived."""

    def __init__(self, why: str, *, arrived: bool) -> None:
        super().__init__(why)
        self.why = why
        self.arrived = arrived


def open_session(base_url: str, limits: Limits) -> requests.Session:
    """A session without retries that gives up on servers that answer drop by drop.

    Proxies are the environment's, except that no proxy leads back to this computer.
    """
    session = requests.Session()
    if is_local(base_url):
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(limits.whole))
    session.headers["Accept-Encoding"] = "identity"
    session.headers["Accept"] = "application/json"
    return session


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    auth: Auth,
    limits: Limits,
    body: bytes | None = None,
) -> Reply:
    """Send one request and read its reply; follows no redirect; raises Broken."""
    # As a file, the body goes out in pieces, and its position tells how much of it was taken.
    stream = io.BytesIO(body) if body is not None else None
    started = time.monotonic()
    try:
        response = session.request(
            method,
            url,
            data=stream,
            headers={"Content-Type": "application/json"} if stream is not None else None,
            auth=auth,
            timeout=(limits.connect, limits.read),
            allow_redirects=False,
            stream=True,
        )
    except (requests.RequestException, HTTPError, OSError, ValueError) as problem:
        arrived = stream is not None and stream.tell() >= len(body or b"")
        raise Broken(_why(problem), arrived=arrived) from problem
    with response:
        data, whole = _read(response, started + limits.whole)
        payload = _json(data) if whole else None
        return Reply(response.status_code, response.headers, payload, data, whole)


def _read(response: requests.Response, deadline: float) -> tuple[bytes, bool]:
    """The body, and whether it is all there: it may be too long, too slow, or cut."""
    data = bytearray()
    try:
        while piece := response.raw.read1(65536, decode_content=True):
            data += piece
            if len(data) > MOST_BYTES or time.monotonic() > deadline:
                return bytes(data), False
    except (HTTPError, OSError, ValueError):
        return bytes(data), False
    return bytes(data), True


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "this address was not found; check it, and the network"),
    (SSLCertVerificationError, "the host could not prove who it is, so nothing was sent"),
    (requests.exceptions.ProxyError, "the network's proxy does not let it through"),
    (requests.exceptions.ConnectTimeout, "the host did not answer"),
    (requests.exceptions.Timeout, "no answer came in time"),
    (ConnectionRefusedError, "nobody listens at this address"),
    (requests.RequestException, "the connection broke"),
)


def _why(problem: BaseException) -> str:
    """What went wrong, in the artist's words."""
    causes = _causes(problem)
    for kind, words in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return "this is not a usable address"


def _causes(problem: BaseException) -> list[BaseException]:
    """The exception and what it wraps, as ``requests`` and urllib3 nest them."""
    found: list[BaseException] = []
    queue: list[object] = [problem]
    while queue and len(found) < 20:
        each = queue.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            queue += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return found


class _Timed(io.RawIOBase):
    """What a socket receives, until a deadline: no wait for a piece goes on beyond it."""

    def __init__(self, stream: io.RawIOBase, sock: socket.socket, seconds: float) -> None:
        self._stream, self._sock, self._longest = stream, sock, sock.gettimeout() or seconds
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(left, self._longest))
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Response(HTTPResponse):
    """An answer that is read, its head too, until a deadline."""

    seconds: float

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        stream = sock.makefile("rb", buffering=0)
        self.fp = io.BufferedReader(_Timed(stream, sock, self.seconds))

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the answer, after any number of notices (1xx) that it is on its way.

        The one of http.client takes all but 100 for the answer, and what then follows for that of
        the next request on the connection.
        """
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == SWITCHED:
                return version, status, reason
            while self.fp.readline(MOST_BYTES).strip():
                pass

    def begin(self) -> None:
        super().begin()
        if self.status == SWITCHED:
            self.will_close = True  # What comes now is not HTTP.


class _Adapter(HTTPAdapter):
    """Connections whose answers have a deadline, straight and through HTTP proxies."""

    def __init__(self, seconds: float) -> None:
        self._pools = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, seconds),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, seconds),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pools
        return manager


def _pool(pool: type, connection: type, seconds: float) -> type:
    response = type("Response", (_Response,), {"seconds": seconds})
    timed = type(connection.__name__, (connection,), {"response_class": response})
    return type(pool.__name__, (pool,), {"ConnectionCls": timed})
