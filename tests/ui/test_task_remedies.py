"""What needs the artist: said in the strip, led to from there and from the row, paid for once."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import keyring
import numpy as np
import pytest
from keyring.backends import fail
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from kling_desktop import app as program
from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path as Curve
from kling_desktop.model.task import Task, TaskState
from kling_desktop.practice.server import PracticeServer
from kling_desktop.storage.accounts import Account
from kling_desktop.ui.dialogs.accounts import AccountsDialog
from tests.ui.pointer import PHOTOS
from tests.ui.waiting import turn, until

S = TaskState
LEFT = Qt.MouseButton.LeftButton
ARREARS = {"route": "create", "do": {"code": 1101}}


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """The tests must not write to the keyring of whoever runs them."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path / "server", pace=0) as server:
        yield server


class Desk:
    """The whole program with a shot that can be sent, and an account ``lab`` that is not in use."""

    def __init__(self, app: program.App, server: PracticeServer) -> None:
        self.app, self.window, self.panel = app, app.window, app.tasks_panel
        self.server = server
        self.add("lab")
        self.window.resize(1280, 800)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        assert app.files.open_now(PHOTOS / "astronaut.png")
        label = np.full((200, 200), 1, np.uint8)
        app.document.paint(Rect(100, 100, 300, 300), label, "Paint 1")
        app.document.set_path(1, Curve(((150.0, 150.0), (300.0, 180.0))), "Draw path 1")
        app.inspector.look()

    def add(self, name: str, token: str | None = None) -> None:
        account = Account(name, "practice", self.server.url)
        self.app.workshop.accounts.add(account, token or self.server.token)
        self.app.studio.accounts_were_edited()

    def send(self, name: str = "lab", title: str | None = None) -> str:
        """Send the open shot through an account that need not be the one in use."""
        app = self.app
        account = app.workshop.account(name)
        return app.worker.generate(app.document.snapshot(), account, title or app.document.title)

    def task(self, task_id: str) -> Task:
        found = self.app.tasks.task(self.app.tasks.index_of(task_id))
        assert found is not None
        return found

    def use(self, name: str) -> None:
        """Choose the account in the column with the keyboard, as artists do."""
        box = self.window.findChild(QComboBox, "account")
        assert box is not None
        box.setFocus()
        while box.currentData() != name:
            before = box.currentIndex()
            QTest.keyClick(box, Qt.Key.Key_Down)
            assert box.currentIndex() == before + 1, name

    def generate(self) -> None:
        button = self.window.findChild(QPushButton, "generateButton")
        assert button is not None
        QTest.mouseClick(button, LEFT)

    @property
    def said(self) -> str:
        return self.window.strip.text.text() if self.window.strip.isVisible() else ""

    @property
    def offered(self) -> list[str]:
        return [button.text() for button in self.window.strip._offers]

    @property
    def below(self) -> list[str]:
        """The buttons below the list."""
        return [button.text() for button in self.panel.remedy.buttons if button.isVisible()]

    def press(self, text: str) -> None:
        """A button of the strip."""
        QTest.mouseClick(self.window.strip._offers[self.offered.index(text)], LEFT)

    def press_below(self, text: str) -> None:
        button = next(each for each in self.panel.remedy.buttons if each.text() == text)
        assert button.isVisible()
        QTest.mouseClick(button, LEFT)

    def dialog(self) -> AccountsDialog:
        found = self.window.findChild(AccountsDialog)
        assert found is not None and found.isVisible()
        return found


@pytest.fixture
def desk(qapp: object, tmp_path: Path, server: PracticeServer) -> Iterator[Desk]:
    app = program.build([], tmp_path / "home")
    # The tests click one thing after another, faster than anybody clicks twice.
    app.application.setDoubleClickInterval(1)
    try:
        yield Desk(app, server)
    finally:
        app.shutdown()
        app.application.setDoubleClickInterval(400)


# A held account


def test_what_is_held_is_named_and_goes_on_by_a_button_in_the_strip(
    desk: Desk, server: PracticeServer
) -> None:
    server.set_faults([ARREARS])
    first, second = desk.send(), desk.send()
    until(lambda: desk.said)
    assert desk.said.startswith("“lab”: The account has no credit left")
    assert desk.offered == ["Accounts…", "Go on with “lab”"]
    until(lambda: desk.task(first).state == desk.task(second).state == S.QUEUED)
    assert server.creations == 0
    server.set_faults([])
    desk.press("Go on with “lab”")
    until(lambda: desk.task(first).state == desk.task(second).state == S.DONE, 30)
    assert server.creations == 2 and desk.said == ""


def test_the_row_offers_the_same_until_it_goes_on(desk: Desk, server: PracticeServer) -> None:
    server.set_faults([ARREARS])
    task_id = desk.send()
    until(lambda: desk.said)
    desk.panel.choose(task_id)
    assert desk.below == ["Accounts…", "Go on with “lab”"]
    menu = desk.panel.menu(desk.task(task_id))
    assert [action.text() for action in menu.actions()][:2] == desk.below
    menu.deleteLater()
    told: list[str] = []
    desk.app.worker.released.connect(lambda account: told.append(f"released {account}"))
    desk.app.worker.held.connect(lambda account, _said: told.append(f"held {account}"))
    desk.press_below("Go on with “lab”")
    until(lambda: told == ["released lab", "held lab"])
    assert desk.said and desk.below, "still without credit, it is said again"
    server.set_faults([])
    desk.press_below("Go on with “lab”")
    until(lambda: desk.task(task_id).state == S.DONE, 30)
    assert desk.below == [] and desk.said == "" and server.creations == 1


def test_a_corrected_key_lets_an_account_go_on_that_is_not_in_use(
    desk: Desk, server: PracticeServer
) -> None:
    desk.add("other", "not-the-token")
    task_id = desk.send("other")
    until(lambda: desk.said)
    assert desk.said.startswith("“other”: The provider does not accept the key")
    desk.panel.choose(task_id)
    desk.press_below("Accounts…")
    dialog = desk.dialog()
    assert dialog.chosen == "other" and dialog.focusWidget() is dialog.form.token
    QTest.keyClicks(dialog.form.token, server.token)
    QTest.mouseClick(dialog.save, LEFT)
    until(lambda: desk.task(task_id).state == S.DONE, 30)
    assert desk.app.studio.account.id == "practice", "it never was the one in use"
    assert desk.said == "" and server.creations == 1
    QTest.mouseClick(dialog.shut, LEFT)


def test_an_account_that_is_merely_chosen_sends_nothing(desk: Desk, server: PracticeServer) -> None:
    server.set_faults([ARREARS])
    task_id = desk.send()
    until(lambda: desk.said)
    server.set_faults([])
    desk.use("lab")
    turn(0.2)
    assert desk.task(task_id).state == S.QUEUED and server.creations == 0
    desk.window.strip.close_button.click()
    desk.generate()
    turn(0.2)
    assert server.creations == 0, "those that wait there would have gone along"
    assert desk.said and "Go on with “lab”" in desk.offered
    assert len(desk.app.tasks.queue) == 2
    desk.press("Go on with “lab”")
    until(lambda: server.creations == 2)


def test_a_shot_for_a_held_account_where_nothing_waits_tries_it(
    desk: Desk, server: PracticeServer
) -> None:
    server.set_faults([ARREARS])
    task_id = desk.send()
    until(lambda: desk.said)
    desk.panel.choose(task_id)
    desk.panel.view.setFocus()
    QTest.keyClick(desk.panel.view, Qt.Key.Key_Delete)
    until(lambda: desk.task(task_id).state == S.CANCELLED)
    server.set_faults([])
    desk.use("lab")
    desk.generate()
    until(lambda: server.creations == 1)
    until(lambda: desk.said == "")


def test_of_several_held_accounts_each_is_named_in_its_turn(
    desk: Desk, server: PracticeServer
) -> None:
    desk.add("other")
    server.set_faults([ARREARS])
    first = desk.send("lab")
    until(lambda: "“lab”" in desk.said)
    second = desk.send("other")
    until(lambda: "“other”" in desk.said)
    server.set_faults([])
    desk.app.worker.release("other")
    until(lambda: "“lab”" in desk.said)
    assert desk.offered == ["Accounts…", "Go on with “lab”"]
    assert desk.task(first).state == S.QUEUED
    until(lambda: desk.task(second).state == S.DONE, 30)


# A refused field


def refused(desk: Desk, code: int, words: str) -> None:
    desk.server.set_faults([{"route": "create", "do": {"code": code, "message": words}}])
    desk.generate()
    until(lambda: desk.said)


def focused(window: QWidget) -> str:
    found = window.focusWidget()
    return "" if found is None else found.objectName()


@pytest.fixture
def used(desk: Desk) -> Desk:
    desk.use("lab")
    return desk


def test_a_refused_field_is_said_and_led_to_from_the_strip_and_the_row(used: Desk) -> None:
    refused(used, 1201, "prompt: length should be less than 2500")
    assert used.said.startswith("The provider refuses something in this shot.")
    assert used.offered == ["Show the prompt"]
    used.press("Show the prompt")
    assert focused(used.window) == "prompt"
    used.window.canvas.setFocus()
    task = used.app.tasks.tasks[0]
    assert task.state == S.FAILED
    used.panel.choose(task.id)
    assert used.below == ["Show the prompt"]
    used.press_below("Show the prompt")
    assert focused(used.window) == "prompt"


def test_the_field_of_another_shot_is_not_shown_in_this_one(used: Desk) -> None:
    used.server.set_faults([{"route": "create", "do": {"code": 1301}}])
    task_id = used.send(title="another shot")
    until(lambda: used.said)
    assert used.said.startswith("“another shot”: The provider refuses something in this shot.")
    used.panel.choose(task_id)
    assert used.offered == [] and used.below == []


def test_what_was_said_of_a_shot_goes_once_it_is_taken(used: Desk) -> None:
    refused(used, 1301, "")
    assert used.offered == ["Show the prompt"]
    used.server.set_faults([])
    used.generate()
    until(lambda: used.said == "")


# Paid for once


@pytest.mark.parametrize("name", ["check_button", "again_button"])
def test_a_double_click_on_a_task_in_doubt_does_it_once(
    desk: Desk, server: PracticeServer, name: str
) -> None:
    """Also where the task is parked again at once, with new buttons under the mouse."""
    desk.app.application.setDoubleClickInterval(30_000)
    server.set_faults([{"route": "create", "do": "reset-unmade"}])
    account = Account("silent", "mulerun", server.url)
    desk.app.workshop.accounts.add(account, server.token)
    sent: list[Task] = []
    task_id = desk.send("silent")
    until(lambda: desk.task(task_id).state == S.UNCONFIRMED, 40)
    desk.app.worker.task_changed.connect(
        lambda task: sent.append(task) if task.state == S.SUBMITTING else None
    )
    desk.panel.choose(task_id)
    button = getattr(desk.panel.doubt, name)
    QTest.mouseClick(button, LEFT)
    until(lambda: sent)
    until(lambda: desk.task(task_id).state == S.UNCONFIRMED, 40)
    before = len(sent)
    QTest.mouseDClick(button, LEFT)
    turn(0.3)
    assert desk.task(task_id).state == S.UNCONFIRMED and len(sent) == before


# Where the splitter stands


def test_the_list_has_its_share_of_a_large_window_and_keeps_what_it_is_given(
    qapp: object, tmp_path: Path
) -> None:
    def start() -> program.App:
        app = program.build([], tmp_path / "home")
        app.window.resize(2560, 1440)
        app.window.show()
        QTest.qWaitForWindowExposed(app.window)
        now = 1_800_000_000.0
        app.tasks.update(Task("t", "practice", S.CANCELLED, now, now, shot="t"))
        turn()
        return app

    app = start()
    below = app.window._splitters["below"]
    tasks, player = below.sizes()
    assert 0.4 < tasks / (tasks + player) < 0.6
    handle = below.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, LEFT, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(-200, 0))
    QTest.mouseRelease(handle, LEFT, pos=middle + QPoint(-200, 0))
    given = below.sizes()
    assert given[0] < tasks - 150
    app.shutdown()
    app = start()
    try:
        assert abs(app.window._splitters["below"].sizes()[0] - given[0]) <= 2
    finally:
        app.shutdown()
