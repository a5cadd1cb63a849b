"""A relay of the artist's own is edited and removed where its account is, and no task is lost by that."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from kling_desktop.app import build
from kling_desktop.model.task import Task, TaskState
from kling_desktop.practice.server import PracticeServer
from kling_desktop.providers.custom import Relay, RelayError
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.relays import OwnRelays
from kling_desktop.storage.accounts import VARIABLE, Account
from kling_desktop.storage.directories import resource
from kling_desktop.ui.dialogs.account_form import CUSTOM
from kling_desktop.ui.dialogs.accounts import AccountsDialog
from kling_desktop.ui.dialogs.note import Note
from kling_desktop.ui.dialogs.relay_form import WRITTEN, Relays
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.worker import Worker
from kling_desktop.workshop import Workshop
from tests.secret import SECRET
from tests.ui.waiting import until

HERE = "https://relay.example"
THERE = "https://moved.example"
S = TaskState


class Memory(keyring.backend.KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    monkeypatch.delenv(VARIABLE, raising=False)
    before, ring = keyring.get_keyring(), Memory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def own(workshop: Workshop, studio: Studio, ring: Memory) -> OwnRelays:
    """One relay with the account “lab” at it."""
    own = OwnRelays(workshop)
    profile = own.add(Relay("My lab", HERE, "passthrough", "Authorization", "Bearer"))
    studio.profiles[profile.id] = profile
    studio.accounts.add(Account("lab", profile.id, HERE), SECRET)
    studio.accounts_were_edited()
    return own


@pytest.fixture
def make(
    qtbot: QtBot, studio: Studio, workshop: Workshop, own: OwnRelays
) -> Callable[[], AccountsDialog]:
    def test(account: Account, secret: str | None, relay: Relay) -> str:
        profile, _entry = own.profile(relay, account.provider)
        stored = secret or workshop.accounts.secret(account.id)
        return workshop.client(account, stored, profile).test()

    def make() -> AccountsDialog:
        relays = Relays(
            like=own.like(),
            own=own.fields(),
            add=own.add,
            change=own.change,
            drop=own.drop,
            guard=own.guard,
            test=test,
        )
        dialog = AccountsDialog(studio, lambda account, secret: "It answers.", None, relays)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog, before_close_func=lambda widget: widget._busy.close())
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return make


@pytest.fixture
def dialog(make: Callable[[], AccountsDialog]) -> AccountsDialog:
    dialog = make()
    dialog.list.setCurrentRow(dialog._ids.index("lab"))
    return dialog


def click(button: QPushButton) -> None:
    assert button.isEnabled() and button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def save(dialog: AccountsDialog) -> None:
    click(dialog.save)
    until(lambda: dialog.said.text() == "Saved.")


def note(dialog: AccountsDialog, field: str) -> str:
    found = dialog.findChild(Note, f"accounts.{field}Note")
    assert found is not None
    return found.text()


def entry(workshop: Workshop, name: str = "my-lab") -> dict[str, Any]:
    kept = json.loads((workshop.directories.config / "providers.json").read_text())
    found: dict[str, Any] = kept["profiles"][name]
    return found


def under_way(workshop: Workshop, state: TaskState, account: str = "lab") -> None:
    name = f"{account}-{state}"
    workshop.journal.add(Task(name, account, state, 1.0, 1.0, remote_id="r"), b"{}")


def retype(dialog: AccountsDialog, address: str) -> None:
    edit = dialog.form.address.lineEdit()
    assert edit is not None
    edit.selectAll()
    QTest.keyClicks(edit, address)


# Editing


def test_its_fields_are_shown_and_saved(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio
) -> None:
    form = dialog.form.custom
    assert form.isVisible() and not dialog.form.dirty
    assert (form.label.text(), form.like.currentData()) == ("My lab", "passthrough")
    assert (form.header.currentText(), form.prefix.currentData()) == ("Authorization", "Bearer")
    form.label.setFocus()
    form.label.selectAll()
    QTest.keyClicks(form.label, "Our lab")
    form.header.setEditText("X-Lab")
    form.prefix.setCurrentIndex(form.prefix.findData(""))
    assert dialog.form.dirty
    edited: list[str] = []
    studio.account_edited.connect(edited.append)
    save(dialog)
    assert edited == ["lab"], "it is connected to anew"
    found = entry(workshop)
    assert (found["label"], found["header"], found["prefix"]) == ("Our lab", "X-Lab", "")
    file = workshop.directories.config / "providers.json"
    assert load_profiles(resource("providers.json"), file)["my-lab"] == studio.profiles["my-lab"]
    assert dialog.form.provider.currentText() == "Our lab" and studio.accounts.get("lab").base_url
    assert "Our lab" in dialog.list.item(dialog._ids.index("lab")).text()


def test_its_address_moves_with_its_account(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio
) -> None:
    retype(dialog, THERE)
    save(dialog)
    assert studio.accounts.get("lab") == Account("lab", "my-lab", THERE)
    assert entry(workshop)["base_urls"] == [THERE], "the next account is offered it"


def test_another_account_at_another_address_leaves_the_relay_s(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio
) -> None:
    click(dialog.add)
    QTest.keyClicks(dialog.form.name, "lab-2")
    dialog.form.provider.setCurrentIndex(dialog.form.provider.findData("my-lab"))
    assert dialog.form.custom.label.text() == "My lab"
    retype(dialog, THERE)
    QTest.keyClicks(dialog.form.token, SECRET)
    save(dialog)
    assert studio.accounts.get("lab-2") == Account("lab-2", "my-lab", THERE)
    assert entry(workshop)["base_urls"] == [HERE]


def test_it_may_speak_like_another(dialog: AccountsDialog, workshop: Workshop) -> None:
    form = dialog.form.custom
    form.like.setCurrentIndex(form.like.findData("piapi"))
    assert (form.header.currentText(), form.prefix.currentData()) == ("x-api-key", "")
    save(dialog)
    found = entry(workshop)
    assert found["dialect"] == "piapi" and found["request"]["inside"] == "input"
    assert found["note"].startswith("Speaks like PiAPI") and workshop.profiles["my-lab"].request


def test_what_is_typed_is_tried_before_it_is_saved(
    dialog: AccountsDialog, studio: Studio, tmp_path: Path
) -> None:
    with PracticeServer(tmp_path / "server", token=SECRET, pace=0) as server:
        dialog.form.custom.like.setCurrentIndex(dialog.form.custom.like.findData("mulerun"))
        retype(dialog, server.url)
        click(dialog.test)
        until(lambda: "accepts the key" in dialog.said.text())
    assert studio.accounts.get("lab").base_url == HERE


def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio
) -> None:
    before = entry(workshop)
    dialog.form.custom.header.setEditText("two words")
    retype(dialog, THERE)
    click(dialog.save)
    until(lambda: "one word" in note(dialog, "header"))
    assert entry(workshop) == before and studio.accounts.get("lab").base_url == HERE


def test_one_that_is_written_by_hand_keeps_what_the_form_does_not_show(
    workshop: Workshop, studio: Studio, make: Callable[[], AccountsDialog]
) -> None:
    file = workshop.directories.config / "providers.json"
    whole = json.loads(file.read_text())
    hand = {**whole["profiles"]["my-lab"], "query": "/own/{id}", "video_days": 3, "prefix": "Token"}
    whole["profiles"]["my-lab"] = hand
    file.write_text(json.dumps(whole))
    dialog = make()
    dialog.list.setCurrentRow(dialog._ids.index("lab"))
    form = dialog.form.custom
    assert (form.like.currentText(), form.prefix.currentData()) == (WRITTEN, "Token")
    QTest.keyClicks(form.label, " 2")
    save(dialog)
    assert entry(workshop) == {**hand, "label": "My lab 2"}
    click(dialog.add)
    dialog.form.provider.setCurrentIndex(dialog.form.provider.findData(CUSTOM))
    assert form.like.findText(WRITTEN) == -1 and form.label.text() == ""


# Tasks under way


@pytest.mark.parametrize("state", [S.SUBMITTING, S.UNCONFIRMED, S.PROCESSING, S.DOWNLOADING])
def test_its_address_stays_while_a_task_is_there(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio, state: TaskState
) -> None:
    under_way(workshop, state)
    retype(dialog, THERE)
    click(dialog.save)
    until(lambda: note(dialog, "address"))
    assert note(dialog, "address").startswith("1 unfinished task of “lab” would not be found at")
    assert studio.accounts.get("lab").base_url == HERE and entry(workshop)["base_urls"] == [HERE]
    dialog.form.address.setEditText(HERE)
    dialog.form.custom.label.setText("Renamed")
    save(dialog)
    assert entry(workshop)["label"] == "Renamed", "what loses nothing may be changed"


def test_a_wrong_address_is_corrected_for_what_was_not_sent(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio
) -> None:
    under_way(workshop, S.QUEUED)
    under_way(workshop, S.DONE)
    under_way(workshop, S.PROCESSING, "other")
    retype(dialog, THERE)
    save(dialog)
    assert studio.accounts.get("lab").base_url == THERE


def test_its_language_stays_while_a_request_is_written_in_it(
    dialog: AccountsDialog, workshop: Workshop
) -> None:
    under_way(workshop, S.QUEUED)
    under_way(workshop, S.PROCESSING)
    dialog.form.custom.like.setCurrentIndex(dialog.form.custom.like.findData("piapi"))
    click(dialog.save)
    until(lambda: note(dialog, "like"))
    assert note(dialog, "like").startswith("2 unfinished tasks of “lab” would not be understood")
    assert entry(workshop)["dialect"] == "official"


def test_an_account_keeps_its_provider_while_its_tasks_are_there(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio
) -> None:
    under_way(workshop, S.PROCESSING)
    dialog.form.provider.setCurrentIndex(dialog.form.provider.findData("official"))
    click(dialog.save)
    until(lambda: "another provider" in note(dialog, "provider"))
    assert studio.accounts.get("lab").provider == "my-lab"


def test_those_who_take_the_relay_s_address_are_thought_of(
    own: OwnRelays, workshop: Workshop, studio: Studio
) -> None:
    studio.accounts.add(Account("lab-2", "my-lab", None), SECRET)
    under_way(workshop, S.PROCESSING, "lab-2")
    moved = replace(own.fields()["my-lab"], base_url=THERE)
    with pytest.raises(RelayError, match="“lab-2” would not be found") as caught:
        own.guard(Account("lab", "my-lab", THERE), moved)
    assert set(caught.value.fields) == {"base_url"}
    own.guard(Account("lab", "my-lab", THERE), own.fields()["my-lab"])


def test_an_account_that_was_edited_is_connected_to_anew(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[str] = []
    monkeypatch.setattr(Worker, "release", lambda _worker, account: released.append(account))
    app = build([], tmp_path / "home")
    app.studio.accounts_were_edited("lab")
    app.shutdown()
    assert released == ["lab"], "the one that differs and no other, not even the one in use"


# Removing


def test_one_that_is_in_use_is_not_removed(dialog: AccountsDialog, workshop: Workshop) -> None:
    drop = dialog.form.custom.drop
    click(drop)
    assert "Press again to remove the relay “My lab”" in dialog.said.text()
    click(drop)
    until(lambda: "“My lab” is used by “lab”" in note(dialog, "provider"))
    assert dialog.said.text() == ""
    assert entry(workshop) and "my-lab" in workshop.profiles


def test_one_that_nobody_uses_is_removed_where_it_would_be_chosen(
    dialog: AccountsDialog, workshop: Workshop, studio: Studio
) -> None:
    click(dialog.remove)
    click(dialog.remove)
    until(lambda: dialog.said.text() == "“lab” was removed.")
    click(dialog.add)
    form = dialog.form
    form.provider.setCurrentIndex(form.provider.findData("my-lab"))
    click(form.custom.drop)
    assert "my-lab" in workshop.profiles
    click(form.custom.drop)
    until(lambda: dialog.said.text() == "The relay “My lab” was removed.")
    assert form.provider.findData("my-lab") == -1 and "my-lab" not in studio.profiles
    assert OwnRelays(workshop).fields() == {}
    file = workshop.directories.config / "providers.json"
    assert "my-lab" not in load_profiles(resource("providers.json"), file)


def test_no_other_provider_can_be_edited_or_removed(dialog: AccountsDialog) -> None:
    for name in ("mulerun", "official", "passthrough"):
        dialog.form.provider.setCurrentIndex(dialog.form.provider.findData(name))
        assert not dialog.form.custom.isVisible() and dialog.form.relay() is None
    dialog.form.provider.setCurrentIndex(dialog.form.provider.findData(CUSTOM))
    assert dialog.form.custom.isVisible() and not dialog.form.custom.drop.isVisible()


def test_a_file_that_was_spoilt_meanwhile_offers_nothing_to_edit(
    own: OwnRelays, workshop: Workshop
) -> None:
    file = workshop.directories.config / "providers.json"
    for text in ("{", '{"profiles": {"my-lab": {"label": "x"}}}', '{"profiles": {"my-lab": 7}}'):
        file.write_text(text)
        assert own.fields() == {}
