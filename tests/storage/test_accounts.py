"""Accounts come and go; their secrets reach the keyring or this session, and nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, NoKeyringError

from kling_desktop.storage import records
from kling_desktop.storage.accounts import Account, AccountError, Accounts, Home
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import Directories
from tests.secret import SECRET, holders

RELAY = Account("relay", "mulerun", "https://api.example")


def test_practice_is_always_first(directories: Directories, memory: Any) -> None:
    accounts = Accounts(directories)
    assert accounts.all() == [Account("practice", "practice", None)]
    assert accounts.get("practice").provider == "practice"
    assert accounts.secret("practice") is None
    assert accounts.keyring_available
    assert accounts.keyring_sentence is None
    assert not directories.config.exists()


def test_a_secret_lives_in_the_keyring_only(directories: Directories, memory: Any) -> None:
    Accounts(directories).add(RELAY, f" {SECRET}\n")
    again = Accounts(directories)
    assert again.all()[1:] == [RELAY]
    assert again.secret("relay") == SECRET
    assert memory.kept == {("kling-desktop", "relay"): SECRET}
    assert list(holders(directories.config)) == []
    assert json.loads(directories.accounts.read_bytes()) == {
        "accounts": [{"id": "relay", "provider": "mulerun", "base_url": "https://api.example"}]
    }


def test_remove_takes_the_secret_along(directories: Directories, memory: Any) -> None:
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    accounts.remove("relay")
    assert accounts.all()[1:] == []
    assert memory.kept == {}
    assert accounts.secret("relay") is None
    with pytest.raises(AccountError, match="no account “relay”; there are: practice"):
        accounts.remove("relay")
    with pytest.raises(AccountError, match="built in"):
        accounts.remove("practice")


def test_adding_again_changes(directories: Directories, memory: Any) -> None:
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    accounts.add(Account("second", "official"), "ak:sk")
    accounts.add(Account("relay", "official", "https://other.example/"), "new")
    assert sorted(accounts.all()[1:], key=lambda a: a.id) == [
        Account("relay", "official", "https://other.example"),
        Account("second", "official"),
    ]
    assert accounts.secret("relay") == "new"


def test_without_a_keyring_the_session_remembers(
    directories: Directories, no_keyring: None
) -> None:
    accounts = Accounts(directories)
    assert not accounts.keyring_available
    assert "only until Kling Desktop is closed" in (accounts.keyring_sentence or "")
    accounts.add(RELAY, SECRET)
    assert accounts.secret("relay") == SECRET
    assert Accounts(directories).secret("relay") is None
    assert list(holders(directories.config)) == []
    accounts.remove("relay")
    assert accounts.secret("relay") is None


@pytest.mark.parametrize("make", [null.Keyring, ChainerBackend])
def test_keyrings_that_lose_secrets_are_none(
    directories: Directories,
    use_keyring: Callable[[KeyringBackend], None],
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], KeyringBackend],
) -> None:
    monkeypatch.setattr(ChainerBackend, "backends", [null.Keyring()])
    use_keyring(make())
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    assert not accounts.keyring_available
    assert accounts.secret("relay") == SECRET


def test_a_chain_is_as_good_as_its_best_link(
    directories: Directories,
    use_keyring: Callable[[KeyringBackend], None],
    memory: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ChainerBackend, "backends", [memory])
    use_keyring(ChainerBackend())
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    assert accounts.keyring_available
    assert list(memory.kept.values()) == [SECRET]


def test_a_plain_file_is_no_keyring(directories: Directories, plaintext: Any) -> None:
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    assert not accounts.keyring_available
    assert plaintext.kept == {}
    assert accounts.secret("relay") == SECRET


def test_a_locked_keyring_keeps_the_secret_for_the_session(
    directories: Directories, memory: Any
) -> None:
    accounts = Accounts(directories)
    memory.locked = True
    accounts.add(RELAY, SECRET)
    assert accounts.secret("relay") == SECRET
    assert not accounts.keyring_available
    assert "locked" in (accounts.keyring_sentence or "")
    memory.locked = False
    accounts.add(RELAY, SECRET)
    assert accounts.keyring_available
    assert list(memory.kept.values()) == [SECRET]


def test_a_keyring_locked_at_removal_is_said(directories: Directories, memory: Any) -> None:
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    memory.locked = True
    accounts.remove("relay")
    assert accounts.all()[1:] == []
    assert "may still hold the secret of “relay”" in (accounts.keyring_sentence or "")


@pytest.mark.parametrize("error", [NoKeyringError, InitError, OSError, RuntimeError])
def test_whatever_a_backend_raises(
    directories: Directories,
    memory: Any,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    def fail(*_: object) -> None:
        raise error("no bus")

    for method in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(memory, method, fail)
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    assert accounts.secret("relay") == SECRET
    assert accounts.secret("other") is None
    assert not accounts.keyring_available


def test_a_broken_configuration_of_the_keyring(
    directories: Directories, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ModuleNotFoundError("keyrings.nowhere")

    monkeypatch.setattr(keyring, "get_keyring", fail)
    assert not Accounts(directories).keyring_available


def test_the_environment_wins(
    directories: Directories, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "ak:sk")
    assert accounts.secret("relay") == "ak:sk"
    assert accounts.secret("practice") is None
    accounts.add(Account("ci", "mulerun"), "")
    assert ("kling-desktop", "ci") not in memory.kept
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", " ")
    assert accounts.secret("relay") == SECRET


def test_one_accounts_secret_is_not_shown_to_another_ones_host(
    directories: Directories, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment speaks for the account in use, and for those it was known to be of."""
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    accounts.add(Account("other", "official"), "others-own")
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "third")
    assert [accounts.secret(name) for name in ("relay", "other")] == [SECRET, "others-own"]
    accounts.in_use = "relay"
    assert [accounts.secret(name) for name in ("relay", "other")] == ["third", "others-own"]
    later = Accounts(directories)  # as after a crash: which account it was is known again
    assert [later.secret(name) for name in ("relay", "other")] == ["third", "others-own"]
    assert later.home_of_secret("relay") == Home.ENVIRONMENT
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "others-own")
    memory.kept.clear()
    assert [later.secret(name) for name in ("relay", "other")] == [None, None]
    written = directories.accounts.read_text("utf-8")
    assert all(secret not in written for secret in (SECRET, "others-own", "third"))


def test_without_a_keyring_the_environment_is_known_by_what_was_entered(
    directories: Directories, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", null.Keyring)
    first = Accounts(directories)
    first.add(RELAY, SECRET)
    first.add(Account("other", "official"), "others-own")
    later = Accounts(directories)  # another process
    assert [later.secret(name) for name in ("relay", "other")] == [None, None]
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "others-own")
    assert [later.secret(name) for name in ("relay", "other")] == [None, "others-own"]
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", SECRET)
    assert [later.secret(name) for name in ("relay", "other")] == [SECRET, None]
    written = directories.accounts.read_text("utf-8")
    assert all(secret not in written for secret in (SECRET, "others-own"))


def test_where_the_folder_is_only_read_the_environment_still_speaks(
    directories: Directories, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    accounts.add(Account("other", "official"), "others-own")

    def refuse(*_: Any) -> None:
        raise StorageError("only read")

    monkeypatch.setattr(records, "write", refuse)
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "third")
    accounts.in_use = "relay"
    assert accounts.secret("relay") == "third"
    assert accounts.secret("other") == "others-own"


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (Account("practice", "mulerun"), "built-in"),
        (Account("", "mulerun"), "small letters"),
        (Account("-a", "mulerun"), "small letters"),
        (Account("Relay", "mulerun"), "small letters"),
        (Account("a" * 33, "mulerun"), "small letters"),
        (Account("a\n", "mulerun"), "small letters"),
        (Account("../x", "mulerun"), "small letters"),
        (Account("a", ""), "needs a provider"),
        (Account("a", "mulerun", "api.example"), "https://"),
        (Account("a", "mulerun", "ftp://api.example"), "https://"),
        (Account("a", "mulerun", "https://"), "https://"),
        (Account("a", "mulerun", "https://h:99999"), "https://"),
        (Account("a", "mulerun", "https://[::1"), "https://"),
        (Account("a", "mulerun", "https://a b"), "https://"),
        (Account("a", "mulerun", "https://me:sk@api.example"), "no user, password"),
        (Account("a", "mulerun", "https://api.example?key=sk"), "no user, password"),
    ],
)
def test_accounts_that_are_refused(
    directories: Directories, memory: Any, account: Account, words: str
) -> None:
    with pytest.raises(AccountError, match=words):
        Accounts(directories).add(account, SECRET)
    assert not directories.accounts.exists()
    assert memory.kept == {}


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        (" https://api.example/v1/ ", "https://api.example/v1"),
        ("https://[::1]:9", "https://[::1]:9"),
        ("", None),
    ],
)
def test_addresses_are_tidied(
    directories: Directories, memory: Any, url: str, kept: str | None
) -> None:
    accounts = Accounts(directories)
    accounts.add(Account("a", "mulerun", url), SECRET)
    assert accounts.get("a").base_url == kept


@pytest.mark.parametrize("secret", ["", "  ", "sk 1", "a\nb", "schlüssel", "x" * 5000])
def test_secrets_that_are_refused(directories: Directories, memory: Any, secret: str) -> None:
    with pytest.raises(AccountError) as caught:
        Accounts(directories).add(RELAY, secret)
    assert "secret" in str(caught.value)
    assert not secret.strip() or secret not in str(caught.value)
    assert not directories.accounts.exists()


@pytest.mark.parametrize("data", [b"{", b"[1]", b'{"accounts": 5}', b'{"accounts": null}'])
def test_a_broken_file_is_set_aside(directories: Directories, memory: Any, data: bytes) -> None:
    directories.config.mkdir(parents=True)
    directories.accounts.write_bytes(data)
    accounts = Accounts(directories)
    assert accounts.all()[1:] == []
    assert "accounts.json.broken" in (accounts.warning or "")
    accounts.add(RELAY, SECRET)
    assert accounts.get("relay") == RELAY
    assert directories.accounts.with_name("accounts.json.broken").read_bytes() == data


def test_entries_not_understood_are_skipped_and_kept(directories: Directories, memory: Any) -> None:
    strange = [
        7,
        {"id": "practice", "provider": "evil", "base_url": "https://evil.example"},
        {"id": "x", "provider": 1},
        {"id": "y", "provider": "mulerun", "base_url": ["https://z.example"]},
        {"id": "z", "provider": "mulerun", "base_url": "gopher://z"},
        {"id": [], "provider": "mulerun"},
    ]
    known = {"id": "relay", "provider": "old", "base_url": None, "colour": "red"}
    directories.config.mkdir(parents=True)
    directories.accounts.write_text(
        json.dumps({"later": 1, "accounts": [*strange, known, {**known, "provider": "twin"}]})
    )
    accounts = Accounts(directories)
    assert accounts.all() == [Account("practice", "practice"), Account("relay", "old")]
    accounts.add(RELAY, SECRET)
    changed = {"id": "relay", "provider": "mulerun", "base_url": RELAY.base_url, "colour": "red"}
    assert json.loads(directories.accounts.read_bytes()) == {
        "later": 1,
        "accounts": [*strange, changed],
    }


def test_a_full_disk_changes_nothing(
    directories: Directories, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(directories)
    accounts.add(RELAY, SECRET)
    with monkeypatch.context() as patch:
        full = OSError(28, "full")
        patch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(full))
        with pytest.raises(StorageError, match="no room left"):
            accounts.add(Account("second", "mulerun"), "other")
        with pytest.raises(StorageError):
            accounts.remove("relay")
    assert accounts.all()[1:] == [RELAY]
    assert list(memory.kept.values()) == [SECRET]


def test_neither_keyring_nor_pydantic_at_the_start(directories: Directories) -> None:
    code = (
        "import sys, pathlib;"
        "from kling_desktop.storage import accounts, autosave, directories, settings, shotfile;"
        "places = directories.Directories.of(pathlib.Path(sys.argv[1]));"
        "accounts.Accounts(places).all(); settings.Preferences(places.settings);"
        "print(sorted({'keyring', 'pydantic', 'PIL', 'cv2', 'requests'} & set(sys.modules)))"
    )
    done = run(
        [sys.executable, "-c", code, str(directories.config)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "[]\n"
