"""Signing: what goes out, to whom, and by whose clock."""

from __future__ import annotations

import jwt
import pytest
import requests

from kling_desktop.providers.auth import SignedKey, auth_for, is_local, origin
from kling_desktop.providers.errors import Credentials

BASE = "https://api.example.com"
NOW = 1_800_000_000.0


def signed(url: str, kind: str = "key", secret: str = "sk-1") -> str | None:
    auth = auth_for(kind, BASE, secret, clock=lambda: NOW)
    found = requests.Request("GET", url, auth=auth).prepare().headers.get("Authorization")
    return None if found is None else str(found)


def test_a_plain_key_is_a_bearer_token() -> None:
    assert signed(BASE + "/x") == "Bearer sk-1"
    assert signed(BASE + "/x", "official", "api-key") == "Bearer api-key"
    assert signed(BASE + ":443/x") == "Bearer sk-1"


@pytest.mark.parametrize(
    ("header", "prefix", "value"),
    [("Authorization", "Key", "Key sk-1"), ("x-api-key", "", "sk-1")],
)
def test_a_key_stands_in_the_header_that_the_profile_names(
    header: str, prefix: str, value: str
) -> None:
    auth = auth_for("key", BASE, "sk-1", header=header, prefix=prefix, headers={"X-Team": "7"})
    near = requests.Request("GET", BASE + "/x", auth=auth).prepare().headers
    assert (near[header], near["X-Team"]) == (value, "7")
    for url in ("https://videos.example.com/x", "http://api.example.com/x"):
        far = requests.Request("GET", url, headers={header: "left over"}, auth=auth).prepare()
        assert {header.lower(), "x-team"}.isdisjoint(name.lower() for name in far.headers)


def test_other_headers_never_replace_the_key() -> None:
    auth = auth_for("official", BASE, "ak:sk", headers={"Authorization": "mine"})
    found = requests.Request("GET", BASE, auth=auth).prepare().headers["Authorization"]
    assert found.startswith("Bearer ey")


def test_a_relays_key_with_a_colon_is_taken_as_it_is() -> None:
    assert signed(BASE + "/x", "key", "a:b") == "Bearer a:b"


@pytest.mark.parametrize(
    "url",
    [
        "https://videos.example.com/x",
        "http://api.example.com/x",
        "https://api.example.com:8443/x",
        "https://api.example.com.evil.example/x",
    ],
)
def test_no_other_host_gets_the_key(url: str) -> None:
    assert signed(url) is None


@pytest.mark.parametrize("secret_key", ["short", "a-secret-key-of-32-characters-xx"])
def test_a_key_pair_signs_as_the_official_page_says(secret_key: str) -> None:
    header = signed(BASE + "/x", "official", f"ak-1:{secret_key}")
    assert header is not None
    token = header.removeprefix("Bearer ")
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    key = secret_key.encode().ljust(32, b"\0")
    claims = jwt.decode(
        token, key, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False}
    )
    assert claims == {"iss": "ak-1", "exp": NOW + 1800, "nbf": NOW - 5}


def test_the_servers_clock_counts_once_it_is_known() -> None:
    auth = auth_for("official", BASE, "ak:sk", clock=lambda: NOW)
    assert isinstance(auth, SignedKey)
    assert auth.correct(NOW - 86_400)
    claims = jwt.decode(auth.token(), options={"verify_signature": False})
    assert claims["exp"] == NOW - 86_400 + 1800


def test_a_fixed_token_has_no_clock() -> None:
    assert not auth_for("key", BASE, "sk-1").correct(NOW)


@pytest.mark.parametrize("secret", ["", "  ", "sk\nX-Evil: 1", "sk 1", "ключ"])
def test_what_cannot_be_a_key_is_said_before_it_is_sent(secret: str) -> None:
    with pytest.raises(Credentials, match=r"key") as caught:
        auth_for("key", BASE, secret)
    assert "Evil" not in str(caught.value)


@pytest.mark.parametrize("secret", ["ak:", ":sk"])
def test_half_a_pair_is_no_pair(secret: str) -> None:
    with pytest.raises(Credentials, match="Enter both"):
        auth_for("official", BASE, secret)


def test_a_key_is_not_in_what_python_shows_of_its_owner() -> None:
    for auth in (auth_for("key", BASE, "sk-zyx"), auth_for("official", BASE, "ak-zyx:sk-zyx")):
        assert "zyx" not in repr(auth)


def test_origins_and_local_addresses() -> None:
    assert origin("https://API.example.com/x") == ("https", "api.example.com", 443)
    assert is_local("http://127.0.0.1:80")
    assert is_local("http://localhost")
    assert is_local("http://[::1]:9")
    assert is_local("http://127.8.9.10") and is_local("HTTP://LOCALHOST:80/x")


@pytest.mark.parametrize(
    "host",
    [
        "127.evil.example",
        "127.evil.example.com",
        "127.0.0.evil",
        "127.0.0.1.example.com",
        "127.1",
        "127..0.1",
        "[::2]",
        "[::1",
        "localhost.example.com",
        "mine.localhost",
        "0.0.0.0",
        "192.168.0.1",
        "",
    ],
)
def test_what_only_looks_like_this_computer(host: str) -> None:
    assert not is_local(f"http://{host}/v1")
