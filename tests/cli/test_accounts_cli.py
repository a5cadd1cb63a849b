"""Adding an account: where its key may go, and what becomes of the key without a keyring."""

from __future__ import annotations

import io
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from tests import secret
from tests.cli.conftest import Cli

KEY = secret.SECRET


class Ring(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def _piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))


def test_without_a_keyring_the_way_out_is_told(cli: Cli, home: Path) -> None:
    added = cli("account", "add", "relay", "--provider", "mulerun")
    assert added.status == 0
    assert "cannot be kept" in added.err
    assert "KLING_DESKTOP_TOKEN" in added.err
    assert "closed" not in added.err
    assert "relay" in cli("account", "list").out
    assert not any(KEY in file.read_text() for file in home.rglob("*.json"))
    tested = cli("account", "test", "relay")
    assert tested.status == 3
    assert "kling-desktop account add" in tested.err
    assert "KLING_DESKTOP_TOKEN" in tested.err


def test_with_a_keyring_nothing_needs_saying(cli: Cli) -> None:
    ring = Ring()
    keyring.set_keyring(ring)
    added = cli("account", "add", "relay", "--provider", "mulerun")
    assert (added.status, added.err) == (0, "")
    assert ring.kept == {("kling-desktop", "relay"): KEY}


@pytest.mark.parametrize(
    "url", ["http://example.com", "http://192.0.2.7:8080", "ftp://example.com"]
)
def test_an_address_that_no_key_may_go_to(cli: Cli, url: str) -> None:
    added = cli("account", "add", "relay", "--provider", "mulerun", "--base-url", url)
    assert added.status == 2
    assert "https://" in added.err
    assert "relay" not in cli("account", "list").out


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:1", "https://example.com"]
)
def test_addresses_that_are_taken(cli: Cli, url: str) -> None:
    added = cli("account", "add", "relay", "--provider", "mulerun", "--base-url", url)
    assert added.status == 0, added.err
    assert url in cli("account", "list").out


def test_an_address_that_was_edited_into_the_file(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("account", "add", "relay", "--provider", "mulerun", "--base-url", "https://example.com")
    file = home / "config" / "accounts.json"
    file.write_text(file.read_text().replace("https://", "http://"))
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", KEY)
    tested = cli("account", "test", "relay")
    assert tested.status == 3
    assert "https://" in tested.err


def test_no_key_at_all(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert cli("account", "add", "relay", "--provider", "mulerun").status == 3
    assert "relay" not in cli("account", "list").out
