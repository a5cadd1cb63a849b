"""One HTTP exchange under strict limits: what came back, or whether anything can have arrived."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from kling_desktop.providers.auth import Auth, is_local

MOST_BYTES = 4_000_000
"""Longest reply that is read."""


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
    session.trust_env = not is_local(base_url)
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
        try:
            data, whole = _read(response, started + limits.whole)
        finally:
            if guard := getattr(response.raw, "guard", None):
                guard.cancel()
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
    (requests.exceptions.SSLError, "the host could not prove who it is, so nothing was sent"),
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


class _Guarded:
    """A connection that is cut when its answer is not there, to the last byte, by the deadline."""

    guard_seconds: float
    sock: socket.socket | None

    def getresponse(self) -> Any:
        timer = threading.Timer(self.guard_seconds, _cut, [self.sock])
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()  # type: ignore[misc]
        except BaseException:
            timer.cancel()
            raise
        response.guard = timer
        return response


def _cut(sock: socket.socket | None) -> None:
    with contextlib.suppress(OSError):
        if sock is not None:
            # The plain socket's way: TLS would wait for the other side to say goodbye.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Connections with a guard, straight and through HTTP proxies."""

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
    guarded = type(connection.__name__, (_Guarded, connection), {"guard_seconds": seconds})
    return type(pool.__name__, (pool,), {"ConnectionCls": guarded})
