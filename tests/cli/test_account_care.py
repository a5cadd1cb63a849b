"""Accounts that are there already: not overwritten, not removed from under their tasks."""

from __future__ import annotations

import io
import json
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from kling_desktop.practice.server import PracticeServer
from tests.cli.conftest import TOKEN, Cli, Result

NEW = TOKEN[::-1]


class Ring(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def ring() -> Ring:
    ring = Ring()
    keyring.set_keyring(ring)
    return ring


def add(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, *options: str, key: str = TOKEN
) -> Result:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
    return cli("account", "add", name, *options)


AT = ("--provider", "mulerun", "--base-url", "https://relay.example.com")


@pytest.mark.parametrize(
    "again", [AT, (*AT[:3], "https://relay.example.com/"), (*AT[:3], " https://relay.example.com")]
)
def test_the_same_account_gets_a_new_key(
    cli: Cli, ring: Ring, monkeypatch: pytest.MonkeyPatch, again: tuple[str, ...]
) -> None:
    assert (made := add(cli, monkeypatch, "relay", *AT)).status == 0, made.err
    before = cli("account", "list").out
    renewed = add(cli, monkeypatch, "relay", *again, key=NEW)
    assert (renewed.status, renewed.err) == (0, "")
    assert renewed.out == "Key renewed for “relay”.\n"
    assert ring.kept == {"relay": NEW}
    assert cli("account", "list").out == before


def test_an_address_that_is_the_providers_own_is_the_same(
    cli: Cli, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(cli, monkeypatch, "relay", "--provider", "mulerun")
    spelt = ("--provider", "mulerun", "--base-url", "https://api.mulerun.com")
    assert "Key renewed" in add(cli, monkeypatch, "relay", *spelt, key=NEW).out


@pytest.mark.parametrize(
    "other",
    [
        ("--provider", "mulerun"),
        ("--provider", "mulerun", "--base-url", "https://other.example.com"),
        ("--provider", "newapi", "--base-url", "https://relay.example.com"),
    ],
)
def test_another_account_does_not_take_its_name(
    cli: Cli, ring: Ring, monkeypatch: pytest.MonkeyPatch, other: tuple[str, ...]
) -> None:
    add(cli, monkeypatch, "relay", *AT)
    before = cli("account", "list").out
    refused = add(cli, monkeypatch, "relay", *other, key=NEW)
    assert refused.status == 2
    assert refused.err == (
        "There is an account “relay” already, for mulerun at https://relay.example.com. "
        "Choose another name, or remove it first.\n"
    )
    assert cli("account", "list").out == before and ring.kept == {"relay": TOKEN}


@pytest.mark.parametrize(
    ("name", "says"), [("practice", "is taken by the built-in account"), ("My Lab", "up to 32")]
)
def test_names_that_no_account_can_have(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    refused = add(cli, monkeypatch, name, *AT)
    assert refused.status == 2 and says in refused.err


@pytest.mark.parametrize("provider", ["newapi", "passthrough"])
def test_a_provider_without_an_address_needs_one(
    cli: Cli, ring: Ring, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    refused = add(cli, monkeypatch, "a", "--provider", provider)
    assert refused.status == 2
    assert refused.err == (
        f"The provider “{provider}” has no address of its own: give that of yours with "
        "--base-url.\n"
    )
    assert cli("account", "list").out.split() == ["practice", "practice"] and not ring.kept
    given = add(cli, monkeypatch, "a", "--provider", provider, *AT[2:])
    assert given.status == 0, given.err


def test_it_is_not_removed_from_under_its_tasks(
    cli: Cli, shot: Path, account: str, server: PracticeServer
) -> None:
    server.set_faults([{"route": "create", "do": "reset-after"}])
    assert cli("generate", shot, "--account", account).status == 4
    (left,) = cli("tasks", "--json").json
    assert left["state"] == "unconfirmed"
    refused = cli("account", "remove", account)
    assert refused.status == 2
    assert refused.err.startswith("“relay” has 1 unfinished task, which nobody could fetch without")
    assert "--force removes the account all the same." in refused.err
    assert "relay" in cli("account", "list").out
    forced = cli("account", "remove", account, "--force")
    assert forced.status == 0
    assert forced.err.startswith("1 unfinished task of “relay” kept;")
    assert cli("account", "list").out.split() == ["practice", "practice"]
    assert cli("tasks", "--json").json == [left]


def test_with_its_tasks_done_it_is_removed_without_a_word(
    cli: Cli, shot: Path, account: str, tmp_path: Path
) -> None:
    made = cli("generate", shot, "--account", account, "-o", tmp_path / "out.mp4")
    assert made.status == 0, made.err
    removed = cli("account", "remove", account)
    assert (removed.status, removed.out, removed.err) == (0, "", "")


def test_a_key_that_stays_in_the_keyring_is_said(
    cli: Cli, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(cli, monkeypatch, "relay", *AT)
    ring.locked = True
    tested = cli("account", "test", "relay")
    assert tested.status == 3 and "the system keyring is locked" in tested.err
    told = cli("diagnostics").out
    assert "keyring: The system keyring is locked" in told
    assert "secret: not known, as the keyring is locked" in told
    removed = cli("account", "remove", "relay")
    assert removed.status == 0
    assert removed.err == (
        "The system keyring may still hold the secret of “relay”; remove it there, under "
        "“kling-desktop”.\n"
    )
    ring.locked = False
    assert cli("account", "list").out.split() == ["practice", "practice"]


def test_a_keyring_that_does_not_answer_is_not_called_locked(
    cli: Cli, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise OSError("no bus")

    add(cli, monkeypatch, "relay", *AT)
    monkeypatch.setattr(ring, "get_password", silent)
    tested = cli("account", "test", "relay")
    assert tested.status == 3 and "the system keyring does not answer" in tested.err
    assert "keyring: The system keyring did not answer" in cli("diagnostics").out


def test_a_model_that_is_gone_is_named_and_so_are_the_others(
    cli: Cli, shot: Path, account: str, server: PracticeServer, tmp_path: Path
) -> None:
    server.set_faults([{"route": "create", "do": {"status": 404, "code": 1203}}])
    made = cli("generate", shot, "--account", account, "-o", tmp_path / "out.mp4", "--json")
    assert made.status == 1
    assert made.json["state"] == "failed"
    (line,) = [line for line in made.err.splitlines() if "is gone at" in line]
    assert line.startswith("Kling 2.1 Master (kling-v2-1-master) is gone at “relay”. Still served")
    names = line.split(": ")[1].split(". ")[0].split(", ")
    assert names[0] == "kling-v1", "the one that makes most of this shot is first"
    assert "kling-v2-1-master" not in names and len(names) > 4


PLACE = {
    "label": "Lab",
    "base_urls": ["https://lab.example.com"],
    "create": "/v1/videos/image2video",
    "query": "/v1/videos/image2video/{id}",
    "dialect": "official",
}


def test_a_broken_entry_stops_only_what_needs_it(
    cli: Cli, shot: Path, account: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "config" / "providers.json"
    bad = PLACE | {"lable": "x"}
    file.write_text(json.dumps({"profiles": {"lab": PLACE, "bad": bad}}), "utf-8")
    said = f"In {file}, “profiles → bad → lable” is not known here."
    for command in (("check", shot), ("account", "list"), ("account", "test", account)):
        done = cli(*command)
        assert done.status == 0 and said in done.err, command
    assert add(cli, monkeypatch, "mine", "--provider", "lab").status == 0
    refused = add(cli, monkeypatch, "other", "--provider", "bad")
    assert refused.status == 3
    assert f"uses the provider “bad”, which is not known here. {said}" in refused.err
    told = cli("diagnostics", "--json").json["mistakes in own files"]
    assert [each.split("config")[1] for each in told] == [said.split("config")[1]]


@pytest.mark.parametrize("name", ["providers.json", "models.json"])
def test_a_file_that_makes_no_sense_stops_no_practice(
    cli: Cli, shot: Path, home: Path, name: str
) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / name).write_text("{", "utf-8")
    made = cli("check", shot, "--account", "practice", "--json")
    assert made.status == 0 and made.json == []
    assert f"In {home / 'config' / name}, line 1, column 2: " in made.err


def test_a_folder_in_the_place_of_the_file(cli: Cli, home: Path) -> None:
    file = home / "config" / "models.json"
    file.mkdir(parents=True)
    (file.parent / "providers.json").mkdir()
    listed = cli("account", "list")
    assert listed.status == 0 and "providers.json could not be opened (" in listed.err
    assert "Correct it; until then, what is wrong counts for nothing." in listed.err
