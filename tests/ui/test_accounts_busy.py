"""The accounts dialog with a keyring that takes its time, and with a relay of the artist's own."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from kling_desktop.practice.server import PracticeServer
from kling_desktop.providers.custom import Relay
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.relays import OwnRelays
from kling_desktop.storage.accounts import VARIABLE, Account, Accounts
from kling_desktop.storage.directories import resource
from kling_desktop.ui.dialogs.account_form import CUSTOM
from kling_desktop.ui.dialogs.accounts import AccountsDialog
from kling_desktop.ui.dialogs.note import Note
from kling_desktop.ui.dialogs.relay_form import Relays
from kling_desktop.ui.studio import Studio
from kling_desktop.workshop import Workshop
from tests.secret import SECRET
from tests.ui.waiting import turn, until


class Slow(KeyringBackend):
    """A keyring that asks for its password first, as it were: it waits at a gate."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.locked = False
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        assert threading.current_thread() is not threading.main_thread(), "the window stands still"
        self.gate.wait(10)
        if self.locked:
            raise KeyringLocked("nobody typed the password")
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        assert threading.current_thread() is not threading.main_thread(), "the window stands still"
        self.gate.wait(10)
        del self.kept[username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    monkeypatch.delenv(VARIABLE, raising=False)
    before, ring = keyring.get_keyring(), Slow()
    keyring.set_keyring(ring)
    yield ring
    ring.gate.set()
    keyring.set_keyring(before)


@pytest.fixture
def relays(workshop: Workshop) -> Relays:
    own = OwnRelays(workshop)

    def test(account: Account, secret: str | None, relay: Relay) -> str:
        profile, _entry = own.profile(relay, account.provider)
        return workshop.client(account, secret, profile).test()

    return Relays(
        like=own.like(),
        own=own.fields(),
        add=own.add,
        change=own.change,
        drop=own.drop,
        guard=own.guard,
        test=test,
    )


@pytest.fixture
def dialog(qtbot: QtBot, studio: Studio, ring: Slow, relays: Relays) -> AccountsDialog:
    dialog = AccountsDialog(studio, lambda account, secret: "It answers.", None, relays)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog, before_close_func=lambda widget: widget._busy.close())
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def click(button: QPushButton) -> None:
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def fill(dialog: AccountsDialog, name: str = "lab", token: str = SECRET) -> None:
    click(dialog.add)
    QTest.keyClicks(dialog.form.name, name)
    QTest.keyClicks(dialog.form.token, token)


def custom(dialog: AccountsDialog, label: str, address: str) -> None:
    form = dialog.form
    form.provider.setCurrentIndex(form.provider.findData(CUSTOM))
    QTest.keyClicks(form.custom.label, label)
    form.address.setEditText(address)


def note(dialog: AccountsDialog, field: str) -> str:
    found = dialog.findChild(Note, f"accounts.{field}Note")
    assert found is not None
    return found.text()


def test_saving_blocks_nothing_and_says_so_only_when_it_is_slow(
    dialog: AccountsDialog, ring: Slow, studio: Studio
) -> None:
    fill(dialog)
    start = time.perf_counter()
    click(dialog.save)
    assert time.perf_counter() - start < 0.2
    assert dialog.save.isEnabled() and dialog.said.text() == "", "nothing flickers"
    until(lambda: dialog.said.text() == "Saving …")
    for widget in (dialog.form, dialog.list, dialog.add, dialog.test, dialog.save, dialog.remove):
        assert not widget.isEnabled()
    assert dialog.shut.isEnabled()
    ring.gate.set()
    until(lambda: dialog.said.text() == "Saved.")
    assert ring.kept == {"lab": SECRET} and dialog.form.isEnabled() and dialog.save.isEnabled()
    assert dialog.chosen == "lab" and studio.accounts.get("lab").provider == "mulerun"


def test_a_second_press_meanwhile_does_nothing(dialog: AccountsDialog, ring: Slow) -> None:
    fill(dialog)
    for _ in range(3):
        click(dialog.save)
    click(dialog.test)
    ring.gate.set()
    until(lambda: dialog.said.text() == "Saved.")
    turn(0.1)
    assert dialog._ids.count("lab") == 1 and dialog.said.text() == "Saved."


def test_leaving_while_it_is_saved_brings_it_to_its_end(
    dialog: AccountsDialog, ring: Slow, studio: Studio, qtbot: QtBot
) -> None:
    told: list[bool] = []
    studio.accounts_changed.connect(lambda: told.append(True))
    fill(dialog)
    click(dialog.save)
    click(dialog.shut)
    assert not dialog.isVisible() and told == []
    with qtbot.waitSignal(dialog.finished):
        ring.gate.set()
    assert told == [True] and ring.kept == {"lab": SECRET}


def test_it_deletes_itself_also_after_leaving_early(
    qtbot: QtBot, studio: Studio, ring: Slow
) -> None:
    dialog = AccountsDialog(studio, lambda account, secret: "")
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.open()
    fill(dialog)
    click(dialog.save)
    dialog.close()
    ring.gate.set()
    until(lambda: gone)
    assert ring.kept == {"lab": SECRET}


def test_who_left_early_is_called_back_when_it_failed(
    dialog: AccountsDialog, studio: Studio, ring: Slow
) -> None:
    folder = studio.accounts._path.parent
    fill(dialog)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    click(dialog.save)
    click(dialog.shut)
    until(lambda: dialog.isVisible() and dialog.said.property("tone") == "error")
    assert dialog.form.token.text() == SECRET, "nothing that was typed is lost"
    assert ring.kept == {}


def test_a_keyring_that_stays_locked_keeps_it_for_the_session(
    dialog: AccountsDialog, ring: Slow, studio: Studio, workshop: Workshop
) -> None:
    ring.locked = True
    ring.gate.set()
    fill(dialog)
    click(dialog.save)
    until(lambda: "locked" in dialog.said.text())
    assert dialog.said.property("tone") == "warning"
    assert studio.accounts.secret("lab") == SECRET and ring.kept == {}
    assert Accounts(workshop.directories).secret("lab") is None


def test_without_a_keyring_it_says_so_and_keeps_it_for_the_session(
    dialog: AccountsDialog, studio: Studio, workshop: Workshop
) -> None:
    keyring.set_keyring(fail.Keyring())
    fill(dialog)
    click(dialog.save)
    until(lambda: dialog.said.text().startswith("Saved. This system offers no keyring"))
    assert "only until Kling Desktop is closed" in dialog.said.text()
    assert studio.accounts.secret("lab") == SECRET
    assert Accounts(workshop.directories).secret("lab") is None, "the next start knows none"


def test_removing_is_off_the_gui_thread_too(dialog: AccountsDialog, ring: Slow) -> None:
    ring.gate.set()
    fill(dialog)
    click(dialog.save)
    until(lambda: dialog.said.text() == "Saved.")
    ring.gate.clear()
    click(dialog.remove)
    click(dialog.remove)
    until(lambda: dialog.said.text() == "Removing …")
    ring.gate.set()
    until(lambda: dialog.said.text() == "“lab” was removed.")
    assert ring.kept == {} and dialog._ids == ["practice"]


# A relay of the artist's own


def test_a_relay_is_tried_then_kept(
    dialog: AccountsDialog, ring: Slow, studio: Studio, workshop: Workshop, tmp_path: Path
) -> None:
    ring.gate.set()
    with PracticeServer(tmp_path / "server", token=SECRET, pace=0) as server:
        fill(dialog)
        custom(dialog, "My lab", server.url)
        assert dialog.form.custom.isVisible()
        click(dialog.test)
        until(lambda: "accepts the key" in dialog.said.text())
        click(dialog.save)
        until(lambda: dialog.said.text() == "Saved.")
        account = studio.accounts.get("lab")
        assert account == Account("lab", "my-lab", server.url)
        assert "accepts the key" in workshop.connect("lab").test()
    assert dialog.form.provider.currentData() == "my-lab" and dialog.form.custom.isVisible()
    assert dialog.form.custom.label.text() == "My lab" and not dialog.form.dirty
    assert studio.profiles["my-lab"].label == "My lab"
    kept = workshop.directories.config / "providers.json"
    assert load_profiles(resource("providers.json"), kept)["my-lab"] == studio.profiles["my-lab"]
    assert SECRET not in kept.read_text()


def test_keys_go_as_at_the_place_that_it_speaks_like(dialog: AccountsDialog) -> None:
    fill(dialog)
    custom(dialog, "x", "https://relay.example")
    form = dialog.form.custom
    for name, header, prefix in (
        ("piapi", "x-api-key", ""),
        ("fal", "Authorization", "Key"),
        ("mulerun", "Authorization", "Bearer"),
    ):
        form.like.setCurrentIndex(form.like.findData(name))
        relay = dialog.form.relay()
        assert relay is not None
        assert (relay.like, relay.header, relay.prefix) == (name, header, prefix)
    form.header.setEditText("X-Lab")
    form.prefix.setCurrentIndex(form.prefix.findData(""))
    relay = dialog.form.relay()
    assert relay == Relay("x", "https://relay.example", "mulerun", "X-Lab", "")


@pytest.mark.parametrize("how", ["save", "test"])
def test_what_is_wrong_with_a_relay_is_said_at_its_field(
    dialog: AccountsDialog, ring: Slow, workshop: Workshop, studio: Studio, how: str
) -> None:
    ring.gate.set()
    fill(dialog)
    custom(dialog, "", "http://relay.example")
    dialog.form.custom.header.setEditText("two words")
    click(getattr(dialog, how))
    until(lambda: note(dialog, "label"))
    assert "https://" in note(dialog, "address")
    assert "one word" in note(dialog, "header") and note(dialog, "prefix") == ""
    assert dialog.said.text() == ""
    assert not (workshop.directories.config / "providers.json").exists()
    assert [each.id for each in studio.accounts.all()] == ["practice"]


def test_a_relay_needs_an_address(dialog: AccountsDialog) -> None:
    fill(dialog)
    custom(dialog, "My lab", "")
    click(dialog.save)
    assert "needs an address" in note(dialog, "address")


def test_an_account_that_is_refused_leaves_no_relay_behind(
    dialog: AccountsDialog, ring: Slow, workshop: Workshop
) -> None:
    fill(dialog, token="two words")
    custom(dialog, "My lab", "https://relay.example")
    click(dialog.save)
    until(lambda: "blank" in note(dialog, "token"))
    kept = json.loads((workshop.directories.config / "providers.json").read_text())
    assert kept["profiles"] == {} and "my-lab" not in workshop.profiles


def test_where_none_can_be_made_none_is_offered(
    qtbot: QtBot, studio: Studio, ring: Slow, make_alone: Callable[[], AccountsDialog]
) -> None:
    dialog = make_alone()
    assert dialog.form.provider.findData(CUSTOM) == -1 and not dialog.form.custom.isVisible()


@pytest.fixture
def make_alone(qtbot: QtBot, studio: Studio) -> Callable[[], AccountsDialog]:
    def make() -> AccountsDialog:
        dialog = AccountsDialog(studio, lambda account, secret: "")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make
