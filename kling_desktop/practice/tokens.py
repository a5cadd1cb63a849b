"""Who may come in: a plain Bearer token, or a JWT signed with an access key's secret."""

from __future__ import annotations

import hmac
import json
import secrets
from typing import Any, Protocol

from kling_desktop.practice.order import Refusal

FAILED, EMPTY, INVALID, TOO_EARLY, EXPIRED = 1000, 1001, 1002, 1003, 1004


class Gate(Protocol):
    """Looks at the Authorization header and raises Refusal (401) unless it opens the door."""

    def admit(self, authorization: str | None, now: float) -> None: ...


def new_token() -> str:
    """A token for a server that was given none."""
    return f"practice-{secrets.token_urlsafe(18)}"


def gate(dialect: str, token: str) -> Gate:
    """The gate for a token as the command line takes it; raises ValueError where it is unusable."""
    if not token or token != token.strip():
        raise ValueError("the token must not be empty or have spaces around it")
    if dialect == "official" and ":" in token:
        access_key, _, secret_key = token.partition(":")
        if not access_key or not secret_key:
            raise ValueError("write the token as ACCESS_KEY:SECRET_KEY, both filled in")
        return SignedGate(access_key, secret_key)
    return PlainGate(token)


class PlainGate:
    """The token itself."""

    def __init__(self, token: str) -> None:
        self._token = token

    def admit(self, authorization: str | None, now: float) -> None:  # noqa: ARG002
        given = _bearer(authorization)
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refusal(401, INVALID, "Authorization: the token is not valid")


class SignedGate:
    """A JWT, HS256, with iss = access key, exp and nbf in seconds by the server's clock."""

    def __init__(self, access_key: str, secret_key: str) -> None:
        self._access_key = access_key
        self._secret_key = secret_key

    def admit(self, authorization: str | None, now: float) -> None:
        claims = self._claims(_bearer(authorization))
        if claims.get("iss") != self._access_key:
            raise Refusal(401, INVALID, "Authorization: iss is not a known access key")
        expires, begins = _time(claims.get("exp")), _time(claims.get("nbf", 0))
        if expires is None or begins is None:
            raise Refusal(401, FAILED, "Authorization: exp and nbf must be seconds since 1970")
        if begins > now:
            raise Refusal(401, TOO_EARLY, "Authorization: the token is not valid yet (nbf)")
        if expires <= now:
            raise Refusal(401, EXPIRED, "Authorization: the token has expired (exp)")

    def _claims(self, token: str) -> dict[str, Any]:
        import jwt
        from jwt.algorithms import HMACAlgorithm

        class AnyLength(HMACAlgorithm):
            """Practice keys may be short; the real ones are not ours to choose."""

            def check_key_length(self, key: bytes) -> None:  # noqa: ARG002
                return None

        verifier = jwt.PyJWS(algorithms=["HS256"])
        verifier.unregister_algorithm("HS256")
        verifier.register_algorithm("HS256", AnyLength(AnyLength.SHA256))
        try:
            payload = json.loads(verifier.decode(token, self._secret_key, algorithms=["HS256"]))
        except jwt.InvalidSignatureError:
            raise Refusal(401, FAILED, "Authorization: the signature does not match") from None
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise Refusal(401, INVALID, "Authorization: not a JWT signed with HS256") from None
        if not isinstance(payload, dict):
            raise Refusal(401, INVALID, "Authorization: the JWT holds no claims")
        return payload


def _bearer(authorization: str | None) -> str:
    if authorization is None or not authorization.strip():
        raise Refusal(401, EMPTY, "Authorization: the header is missing, send “Bearer <token>”")
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, INVALID, "Authorization: must be of the form “Bearer <token>”")
    return token.strip()


def _time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return value
