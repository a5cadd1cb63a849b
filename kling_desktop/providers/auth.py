"""Who is asking: the ways of signing a request, each usable as the ``auth`` of ``requests``."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from kling_desktop.providers.errors import Credentials

if TYPE_CHECKING:
    from requests import PreparedRequest

LIFETIME = 1800
"""Seconds for which a signed token is good; ``EARLY`` seconds of clock error are forgiven."""
EARLY = 5


class Auth(Protocol):
    """Puts the key on requests to the API host, and on no others."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest: ...

    def correct(self, server_time: float) -> bool:
        """Sign by the server's clock from now on; False where a clock plays no part."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""


class KeyHeader:
    """A fixed key in a header, such as ``Authorization: Bearer <key>`` or ``x-api-key: <key>``.

    ``headers`` are what else goes to the API host with every request.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        header: str = "Authorization",
        prefix: str = "Bearer",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._origin = origin(base_url)
        self._fixed = _header_safe(key)
        self._header, self._prefix = header, prefix
        self._others = dict(headers or {})

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers.pop(self._header, None)
        if origin(request.url or "") == self._origin:
            request.headers.update(self._others)
            request.headers[self._header] = f"{self._prefix} {self.token()}".lstrip()
        return request

    def token(self) -> str:
        return self._fixed

    def correct(self, server_time: float) -> bool:  # noqa: ARG002 - a fixed key knows no clock
        return False

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._fixed,)


class SignedKey(KeyHeader):
    """A token signed for each request: JWT, HS256, as the official API wants it of key pairs."""

    def __init__(
        self,
        base_url: str,
        access_key: str,
        secret_key: str,
        clock: Callable[[], float],
        **headers: Any,
    ) -> None:
        super().__init__(base_url, access_key, **headers)
        self._secret_key = secret_key
        self._clock = clock
        self._offset = 0.0

    def token(self) -> str:
        import jwt

        now = int(self._clock() + self._offset)
        claims = {"iss": self._fixed, "exp": now + LIFETIME, "nbf": now - EARLY}
        # HMAC fills keys up with zeros anyway; done here, PyJWT does not warn of a short one.
        key = self._secret_key.encode().ljust(32, b"\0")
        return jwt.encode(claims, key, algorithm="HS256", headers={"typ": "JWT"})

    def correct(self, server_time: float) -> bool:
        self._offset = server_time - self._clock()
        return True

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._secret_key, self._fixed)


def auth_for(
    kind: str,
    base_url: str,
    secret: str,
    *,
    header: str = "Authorization",
    prefix: str = "Bearer",
    headers: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.time,
) -> Auth:
    """The auth of a profile's kind; raises Credentials for a secret that cannot be one.

    ``official`` takes a plain API key, or access key and secret key as ``ak:sk``.
    """
    trimmed = secret.strip()
    if not trimmed:
        raise Credentials("There is no key for this account yet. Enter it in the accounts.")
    access_key, colon, secret_key = trimmed.partition(":")
    if kind == "official" and colon:
        if not access_key or not secret_key:
            raise Credentials(
                "The key must be the access key, a colon and the secret key. Enter both."
            )
        return SignedKey(
            base_url, access_key, secret_key, clock, header=header, prefix=prefix, headers=headers
        )
    return KeyHeader(base_url, trimmed, header=header, prefix=prefix, headers=headers)


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a key belongs to."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return (parts.scheme.lower(), (parts.hostname or "").lower(), port)


def is_local(url: str) -> bool:
    """Whether the address is this computer's own."""
    import ipaddress

    try:
        host = origin(url)[1]
        # A name that only looks like a number, such as 127.evil.example, leads anywhere.
        found = ipaddress.ip_address(host) if host != "localhost" else None
    except ValueError:
        return False
    if found is None:
        return True
    return found in ipaddress.ip_network("127.0.0.0/8") or found == ipaddress.IPv6Address("::1")


def _header_safe(token: str) -> str:
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise Credentials(
            "The key of this account holds characters that no key has. Copy it again."
        )
    return token
