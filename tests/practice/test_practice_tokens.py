"""The door opens to the right token only, and says why it stays shut."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from kling_desktop.practice import tokens
from kling_desktop.practice.order import Refusal

NOW = 1_800_000_000.0
KEY = "k" * 32


def signed(key: str = KEY, algorithm: str = "HS256", **claims: Any) -> str:
    whole = {"iss": "access", "exp": int(NOW) + 1800, "nbf": int(NOW) - 5, **claims}
    kept = {name: value for name, value in whole.items() if value is not None}
    return "Bearer " + jwt.encode(kept, key, algorithm=algorithm)


def code(gate: tokens.Gate, header: str | None) -> int:
    with pytest.raises(Refusal) as refused:
        gate.admit(header, NOW)
    assert refused.value.status == 401
    assert refused.value.detail.startswith("Authorization: ")
    assert KEY not in refused.value.detail
    return refused.value.code


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, 1001),
        ("  ", 1001),
        ("Bearer", 1002),
        ("Basic secret", 1002),
        ("Bearer wrong", 1002),
        ("Bearer sécret", 1002),
        ("secret", 1002),
    ],
)
def test_a_plain_token(header: str | None, expected: int) -> None:
    gate = tokens.gate("mulerun", "secret")
    gate.admit("Bearer secret", NOW)
    gate.admit("bearer  secret ", NOW)
    assert code(gate, header) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, 1001),
        ("Bearer access:" + KEY, 1002),
        ("Bearer a.b.c", 1002),
        (signed(key="z" * 32), 1000),
        (signed(iss="somebody"), 1002),
        (signed(iss=None), 1002),
        (signed(exp=None), 1000),
        (signed(exp="soon"), 1000),
        (signed(nbf=int(NOW) + 60), 1003),
        (signed(exp=int(NOW) - 1), 1004),
        (signed(key=KEY * 2, algorithm="HS512"), 1002),
    ],
)
def test_a_signed_token(header: str | None, expected: int) -> None:
    gate = tokens.gate("official", f"access:{KEY}")
    gate.admit(signed(), NOW)
    gate.admit(signed(nbf=None), NOW)
    assert code(gate, header) == expected


def test_an_unsigned_jwt_is_refused() -> None:
    header = "Bearer " + jwt.encode({"iss": "access", "exp": NOW + 9}, None, algorithm="none")
    assert code(tokens.gate("official", f"access:{KEY}"), header) == tokens.INVALID


def test_short_practice_keys_work_without_a_warning() -> None:
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        header = signed(key="sk")
    tokens.gate("official", "access:sk").admit(header, NOW)
    assert code(tokens.gate("official", "access:ks"), header) == tokens.FAILED


def test_a_colon_means_nothing_to_the_relay() -> None:
    tokens.gate("mulerun", "a:b").admit("Bearer a:b", NOW)
    assert code(tokens.gate("mulerun", "a:b"), "Bearer a") == tokens.INVALID


@pytest.mark.parametrize("token", ["", " x", "x\n", ":x", "x:"])
def test_unusable_tokens_are_refused_at_the_start(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        tokens.gate("official", token)


def test_made_up_tokens_differ() -> None:
    made = {tokens.new_token() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 24
