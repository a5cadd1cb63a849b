"""The accounts dialog with real accounts, a keyring in memory, and a real host on loopback."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import errno
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kling_desktop.practice.server import PracticeServer
from kling_desktop.storage.accounts import VARIABLE, Account, AccountError
from kling_desktop.ui.dialogs.account_form import BUILT_IN, KEPT, STORED, TAKEN
from kling_desktop.ui.dialogs.accounts import AccountsDialog
from kling_desktop.ui.dialogs.note import Note
from kling_desktop.ui.studio import Studio
from kling_desktop.workshop import Workshop
from tests.secret import SECRET
from tests.ui.waiting import until


class Memory(KeyringBackend):
    """A keyring that obeys and lives as long as the test."""

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


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    monkeypatch.delenv(VARIABLE, raising=False)
    before, ring = keyring.get_keyring(), Memory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path / "home")
    workshop.accounts.add(Account("studio-2", "mulerun", None), SECRET)
    yield workshop
    workshop.close()


@pytest.fixture
def tried() -> list[tuple[Account, str | None]]:
    return []


@pytest.fixture
def make(
    qtbot: QtBot, studio: Studio, tried: list[tuple[Account, str | None]]
) -> Callable[..., AccountsDialog]:
    def test(account: Account, secret: str | None) -> str:
        tried.append((account, secret))
        return "The host answers."

    def make(asked: Callable[[Account, str | None], str] = test) -> AccountsDialog:
        dialog = AccountsDialog(studio, asked)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog, before_close_func=lambda widget: widget._later.close())
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return make


@pytest.fixture
def dialog(make: Callable[..., AccountsDialog]) -> AccountsDialog:
    return make()


def press(button: QPushButton) -> None:
    """Press it and let what it stores be stored."""
    assert button.isEnabled()
    dialog = button.window()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert isinstance(dialog, AccountsDialog)
    settle(dialog)


def settle(dialog: AccountsDialog) -> None:
    until(lambda: not dialog._busy.working)


def typed(field: QLineEdit, text: str) -> None:
    field.clear()
    QTest.keyClicks(field, text)


def note(dialog: AccountsDialog, field: str) -> str:
    found = dialog.findChild(Note, f"accounts.{field}Note")
    assert found is not None
    return found.text()


def choose(dialog: AccountsDialog, account_id: str) -> None:
    dialog.list.setCurrentRow(dialog._ids.index(account_id))


def fill_new(dialog: AccountsDialog, name: str = "kling", token: str = SECRET) -> None:
    press(dialog.add)
    typed(dialog.form.name, name)
    typed(dialog.form.token, token)


def test_practice_comes_first_and_stays(dialog: AccountsDialog) -> None:
    choose(dialog, "practice")
    assert dialog._ids == ["practice", "studio-2"]
    assert dialog.form.built_in.isVisible() and dialog.form.built_in.text() == BUILT_IN
    assert not dialog.form.name.isVisible()
    assert not dialog.remove.isEnabled() and not dialog.save.isEnabled()


def test_the_stored_token_is_never_shown(dialog: AccountsDialog) -> None:
    choose(dialog, "studio-2")
    token = dialog.form.token
    assert token.text() == "" and token.placeholderText() == STORED
    assert token.echoMode() == QLineEdit.EchoMode.Password
    assert all(SECRET not in field.text() for field in dialog.findChildren(QLineEdit))


def test_the_token_can_be_looked_at_while_it_is_typed(dialog: AccountsDialog) -> None:
    choose(dialog, "studio-2")
    typed(dialog.form.token, "abc")
    QTest.mouseClick(dialog.form.reveal, Qt.MouseButton.LeftButton)
    assert dialog.form.token.echoMode() == QLineEdit.EchoMode.Normal
    choose(dialog, "practice")
    choose(dialog, "studio-2")
    assert dialog.form.token.echoMode() == QLineEdit.EchoMode.Password
    assert dialog.form.token.text() == ""


def test_an_account_is_added(
    dialog: AccountsDialog, studio: Studio, ring: Memory, qtbot: QtBot
) -> None:
    fill_new(dialog)
    assert not dialog.add.isEnabled(), "one new account at a time"
    assert dialog.form.address.lineEdit().placeholderText() == "https://api.mulerun.com"
    with qtbot.waitSignals([studio.accounts_changed, studio.account_changed]):
        press(dialog.save)
    assert studio.accounts.get("kling") == Account("kling", "mulerun", None)
    assert ring.kept["kling"] == SECRET
    assert dialog.chosen == "kling" and dialog.said.text() == "Saved."
    assert dialog.form.token.text() == "" and not dialog.form.dirty
    assert not dialog.form.name.isEnabled(), "the name of an account stays"


def test_return_in_a_field_saves(dialog: AccountsDialog, studio: Studio) -> None:
    fill_new(dialog)
    QTest.keyClick(dialog.form.token, Qt.Key.Key_Return)
    settle(dialog)
    assert studio.accounts.get("kling").provider == "mulerun"
    assert dialog.isVisible()


def test_an_empty_token_keeps_the_stored_one(
    dialog: AccountsDialog, studio: Studio, ring: Memory
) -> None:
    choose(dialog, "studio-2")
    dialog.form.address.setEditText("https://relay.example/")
    press(dialog.save)
    assert studio.accounts.get("studio-2").base_url == "https://relay.example"
    assert ring.kept == {"studio-2": SECRET}
    typed(dialog.form.token, "another-one")
    press(dialog.save)
    assert ring.kept == {"studio-2": "another-one"}


def test_a_token_of_the_environment_is_not_written_to_the_keyring(
    make: Callable[..., AccountsDialog], ring: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "from-the-environment")
    dialog = make()
    choose(dialog, "studio-2")
    assert VARIABLE in note(dialog, "keyring")
    dialog.form.address.setEditText("https://relay.example")
    press(dialog.save)
    assert ring.kept == {"studio-2": SECRET}


@pytest.mark.parametrize(
    ("name", "address", "token", "field", "words"),
    [
        ("Studio 3!", "", SECRET, "name", "small letters"),
        ("", "", SECRET, "name", "small letters"),
        ("practice", "", SECRET, "name", "built-in"),
        ("studio-2", "", SECRET, "name", TAKEN),
        ("kling", "relay.example", SECRET, "address", "https://"),
        ("kling", "https://me:pw@relay.example", SECRET, "address", "password"),
        ("kling", "", "", "token", "No secret was given"),
        ("kling", "", "two words", "token", "blank"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    dialog: AccountsDialog,
    studio: Studio,
    ring: Memory,
    name: str,
    address: str,
    token: str,
    field: str,
    words: str,
) -> None:
    fill_new(dialog, name, token)
    dialog.form.address.setEditText(address)
    press(dialog.save)
    assert words in note(dialog, field)
    others = {"name", "address", "token"} - {field}
    assert all(note(dialog, other) == "" for other in others)
    assert [account.id for account in studio.accounts.all()] == ["practice", "studio-2"]
    assert ring.kept == {"studio-2": SECRET}
    assert dialog.form.name.text() == name, "nothing that was typed is lost"


def test_a_provider_without_hosts_needs_an_address(dialog: AccountsDialog) -> None:
    fill_new(dialog)
    dialog.form.provider.setCurrentIndex(dialog.form.provider.findData("practice"))
    press(dialog.save)
    assert "needs an address" in note(dialog, "address")


def test_the_hosts_of_the_provider_are_offered(dialog: AccountsDialog, studio: Studio) -> None:
    fill_new(dialog)
    form = dialog.form
    form.provider.setCurrentIndex(form.provider.findData("official"))
    hosts = [form.address.itemText(row) for row in range(form.address.count())]
    assert hosts == list(studio.profiles["official"].base_urls)
    assert form.address.currentText() == ""
    form.address.setCurrentIndex(1)
    assert form.address.currentText() == hosts[1]
    assert "ak:sk" in note(dialog, "token")
    form.provider.setCurrentIndex(form.provider.findData("mulerun"))
    assert form.address.currentText() == "", "a host of another provider is of no use"


def test_a_disk_that_refuses_is_said(
    dialog: AccountsDialog, studio: Studio, ring: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    fill_new(dialog)
    monkeypatch.setattr("kling_desktop.storage.atomic.os.replace", full)
    press(dialog.save)
    assert "no room left" in dialog.said.text() and dialog.said.property("tone") == "error"
    assert "kling" not in ring.kept and dialog.form.token.text() == SECRET
    choose(dialog, "studio-2")
    press(dialog.remove)
    press(dialog.remove)
    assert "no room left" in dialog.said.text() and "studio-2" in ring.kept


def test_nothing_is_kept_where_nothing_was_stored(studio: Studio) -> None:
    with pytest.raises(AccountError, match="No secret"):
        studio.accounts.add(Account("kling", "mulerun", None), None)
    assert len(studio.accounts.all()) == 2


def test_removing_asks_once_and_falls_back_to_practice(
    dialog: AccountsDialog, studio: Studio, ring: Memory, qtbot: QtBot
) -> None:
    studio.choose_account("studio-2")
    choose(dialog, "studio-2")
    press(dialog.remove)
    assert "Press again" in dialog.said.text() and "studio-2" in ring.kept
    choose(dialog, "practice")
    choose(dialog, "studio-2")
    press(dialog.remove)
    assert "studio-2" in ring.kept, "another choice takes the question back"
    with qtbot.waitSignal(studio.accounts_changed):
        press(dialog.remove)
    assert ring.kept == {} and dialog._ids == ["practice"]
    assert studio.account.id == "practice"
    assert studio.preferences.get("account", None) == "practice"


def test_a_new_account_is_left_out_again(dialog: AccountsDialog, studio: Studio) -> None:
    fill_new(dialog)
    press(dialog.remove)
    assert "" not in dialog._ids and dialog.add.isEnabled()
    assert len(studio.accounts.all()) == 2


def test_without_a_keyring_it_says_so(make: Callable[..., AccountsDialog], qtbot: QtBot) -> None:
    keyring.set_keyring(fail.Keyring())
    dialog = make()
    choose(dialog, "studio-2")
    qtbot.waitUntil(lambda: "no keyring" in note(dialog, "keyring"))
    assert dialog.form.token.placeholderText() == KEPT
    typed(dialog.form.token, "kept-for-now")
    press(dialog.save)
    assert dialog.said.text().startswith("Saved. This system offers no keyring")


def test_testing_asks_with_what_the_form_says(
    dialog: AccountsDialog, tried: list[tuple[Account, str | None]], qtbot: QtBot
) -> None:
    choose(dialog, "studio-2")
    press(dialog.test)
    assert not dialog.test.isEnabled() and "Asking" in dialog.said.text()
    qtbot.waitUntil(lambda: dialog.said.text() == "✓ The host answers.")
    typed(dialog.form.token, "typed")
    assert dialog.said.text() == "", "it is true of the old token only"
    press(dialog.test)
    qtbot.waitUntil(lambda: len(tried) == 2)
    assert tried == [
        (Account("studio-2", "mulerun", None), None),
        (Account("studio-2", "mulerun", None), "typed"),
    ]


def test_a_new_account_is_tested_before_it_is_saved(
    dialog: AccountsDialog, tried: list[tuple[Account, str | None]], qtbot: QtBot
) -> None:
    fill_new(dialog, token="")
    press(dialog.test)
    assert "Paste the token" in note(dialog, "token") and tried == []
    typed(dialog.form.token, SECRET)
    press(dialog.test)
    qtbot.waitUntil(lambda: bool(tried))
    assert tried == [(Account("kling", "mulerun", None), SECRET)]


def test_a_real_host_is_tried(
    make: Callable[..., AccountsDialog], workshop: Workshop, tmp_path: Path, qtbot: QtBot
) -> None:
    with PracticeServer(tmp_path / "server", pace=0) as server:
        dialog = make(lambda account, secret: workshop.client(account, secret).test())
        fill_new(dialog, "lab", "wrong-token")
        dialog.form.provider.setCurrentIndex(dialog.form.provider.findData("practice"))
        dialog.form.address.setEditText(server.url)
        press(dialog.test)
        qtbot.waitUntil(lambda: dialog.said.property("tone") == "error")
        assert "wrong-token" not in dialog.said.text()
        typed(dialog.form.token, server.token)
        press(dialog.test)
        qtbot.waitUntil(lambda: "accepts the key" in dialog.said.text())


def test_a_slow_host_blocks_nothing_and_is_forgotten(
    make: Callable[..., AccountsDialog], qtbot: QtBot
) -> None:
    gate, answered = threading.Event(), threading.Event()

    def slow(account: Account, secret: str | None) -> str:
        gate.wait(10)
        answered.set()
        raise AccountError("too late")

    dialog = make(slow)
    choose(dialog, "studio-2")
    start = time.perf_counter()
    press(dialog.test)
    assert time.perf_counter() - start < 0.2
    typed(dialog.form.token, "x")
    assert dialog.test.isEnabled() and dialog.said.text() == ""
    gate.set()
    answered.wait(5)
    qtbot.wait(100)
    assert dialog.said.text() == "", "the answer is about another token"


def test_closing_while_a_host_is_asked(make: Callable[..., AccountsDialog], qtbot: QtBot) -> None:
    gate = threading.Event()
    dialog = make(lambda account, secret: str(gate.wait(10)))
    choose(dialog, "studio-2")
    press(dialog.test)
    start = time.perf_counter()
    press(dialog.shut)
    assert not dialog.isVisible() and time.perf_counter() - start < 0.3
    gate.set()
    qtbot.wait(80)


def test_closing_warns_once_about_what_is_not_saved(dialog: AccountsDialog) -> None:
    fill_new(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() and "not saved" in dialog.said.text()
    typed(dialog.form.token, "more")
    dialog.close()
    assert dialog.isVisible(), "it was edited since"
    dialog.close()
    assert not dialog.isVisible()


def test_it_deletes_itself(qtbot: QtBot, studio: Studio) -> None:
    dialog = AccountsDialog(studio, lambda account, secret: "")
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.open()
    dialog.close()
    qtbot.waitUntil(lambda: bool(gone))
