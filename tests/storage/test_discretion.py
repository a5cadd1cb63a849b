"""What is hidden from the log: secrets in every dress, signatures, pictures; and nothing else."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.storage.discretion import HIDDEN, Secrets
from tests.secret import SECRET

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)


@pytest.fixture
def secrets() -> Secrets:
    known = Secrets()
    known.add(SECRET)
    return known


@given(key=KEYS, before=st.binary(max_size=8), after=st.binary(max_size=8))
def test_no_dress_of_a_secret_is_left(key: str, before: bytes, after: bytes) -> None:
    known = Secrets()
    known.add(key)
    coded = base64.b64encode(before + key.encode() + after).decode()
    inner = base64.b64encode(bytes(len(before) % 3) + key.encode()).decode()[4:-4]
    for text, sought in (
        (f"so: {key}.", key),
        (f"so: {quote(key, safe='')}", quote(key, safe="")),
        (json.dumps({"k": key}), json.dumps(key)[1:-1]),
        (repr([key]), repr(key)[1:-1]),
        (f"so: {coded} and on", inner),
    ):
        hidden = known.hide(text)
        assert HIDDEN in hidden
        assert sought not in hidden or sought in HIDDEN


def test_both_halves_of_a_pair_are_secret() -> None:
    known = Secrets()
    known.add("access-half:secret-half")
    assert known.hide("iss access-half, key secret-half") == f"iss {HIDDEN}, key {HIDDEN}"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl ends", f"{HIDDEN} ends"),
        ("Authorization: Bearer abc", f"Authorization: {HIDDEN}"),
        ("{'x-api-key': 'abcdefgh1234'}, next", f"{{'x-api-key': '{HIDDEN}'}}, next"),
        ("sent Bearer abcdefgh12 there", f"sent Bearer {HIDDEN} there"),
        ("https://me:pw@h/x", f"https://{HIDDEN}@h/x"),
        (
            "see https://v.example/a.mp4?X-Sig=9&e=1, then",
            f"see https://v.example/a.mp4?{HIDDEN} then",
        ),
    ],
)
def test_what_looks_like_a_secret_is_hidden_unknown(text: str, hidden: str) -> None:
    assert Secrets().hide(text) == hidden


def test_pictures_are_named_by_their_length() -> None:
    data = base64.b64encode(bytes(range(256)) * 9).decode()
    hidden = Secrets().hide(f'{{"a": "data:image/png;base64,{data}", "b": "{data}"}}')
    assert data[:40] not in hidden
    assert f"‹image/png, {len(data) + 22} characters›" in hidden
    assert f"‹{len(data)} characters›" in hidden


@pytest.mark.parametrize(
    "text",
    [
        "GET api.example/v1/videos/6589de2d-ffa0-4940-be9f-320f193df975 → 200, 41 ms",
        "The bearer of bad news; the Bearer token is not valid.",
        "Unauthorized: Authorization: the token is not valid, send “Bearer <token>”",
        "~/Videos/a long name.mp4",
        "",
    ],
)
def test_the_rest_is_left_as_it_is(secrets: Secrets, text: str) -> None:
    assert secrets.hide(text) == text


def test_next_to_nothing_is_no_secret() -> None:
    known = Secrets()
    for each in (None, "", "ab", " a:b "):
        known.add(each)
    assert known.hide("a bad cab: a:b") == "a bad cab: a:b"
