"""Accounts: add one, try whether it works, change or remove it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.providers.custom import RelayError
from kling_desktop.storage.accounts import Account, AccountError
from kling_desktop.storage.atomic import StorageError
from kling_desktop.ui.dialogs.account_form import AccountForm
from kling_desktop.ui.dialogs.busy import Busy
from kling_desktop.ui.dialogs.keeping import Kept, drop, keep, remove
from kling_desktop.ui.dialogs.later import Later, Waiting
from kling_desktop.ui.dialogs.note import Note
from kling_desktop.ui.dialogs.relay_form import Relays
from kling_desktop.ui.studio import PRACTICE, Studio

Test = Callable[[Account, str | None], str]
NEW = "New account"
UNSAVED = "This account is not saved. Save it, or close again to leave it out."
SURE = (
    "Its token is forgotten too, and its unfinished tasks wait until the account is back. "
    "Press again to remove “{name}”."
)
SURE_RELAY = "No new account can choose it any more. Press again to remove the relay “{label}”."


class AccountsDialog(QDialog):
    """The accounts at the left, the chosen one at the right; everything is said in place.

    ``test`` is called on another thread with an account and its typed secret, None for the stored
    one; it returns a sentence, or raises ValueError or ProviderError with one. The keyring, which
    may take its time or ask for its password, is never waited for on the GUI thread. ``chosen`` is
    the account that is shown first, ready for another key; else it is the one in use.
    """

    def __init__(
        self,
        studio: Studio,
        test: Test,
        parent: QWidget | None = None,
        relays: Relays | None = None,
        chosen: str = "",
    ) -> None:
        super().__init__(parent)
        self.setObjectName("accounts")
        self.setWindowTitle("Accounts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._studio, self._test, self._relays = studio, test, relays
        self._later, self._busy = Later(4, self), Busy(self)
        self._testing: Waiting | None = None
        self._warned = False
        self._left: int | None = None
        self._focused: QWidget | None = None
        self.list, self.said = QListWidget(self), Note("accounts.result", self)
        self.form = AccountForm(
            studio.profiles, relays.like if relays else None, relays.own if relays else None, self
        )
        self.add = QPushButton("&Add account", self)
        self.test, self.remove = QPushButton("&Test", self), QPushButton("&Remove", self)
        self.save, self.shut = QPushButton("&Save", self), QPushButton("Close", self)
        self._lay_out()
        self.list.currentRowChanged.connect(self._on_chosen)
        self.form.edited.connect(self._on_edited)
        self.form.custom.drop_wanted.connect(self._on_drop_relay)
        for button, act in (
            (self.add, self._on_add),
            (self.test, self._on_test),
            (self.remove, self._on_remove),
            (self.save, self._on_save),
            (self.shut, self.reject),
        ):
            button.clicked.connect(act)
        self._busy.shown.connect(self._show_busy)
        self._refill(chosen or studio.account.id)
        if chosen:
            self.form.token.setFocus()
        self.said.say(studio.accounts.warning or "", "warning")
        # Slow the first time: every kind of keyring is looked for.
        self._later.run(
            lambda: studio.accounts.keyring_sentence, self.form.show_keyring, lambda _error: None
        )

    @property
    def chosen(self) -> str:
        """Id of the account that is shown, empty for a new one."""
        return self._ids[self.list.currentRow()]

    def reject(self) -> None:
        if self._may_close():
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close():
            super().closeEvent(event)
        else:
            event.ignore()

    def done(self, result: int) -> None:
        """Leave; what is being saved is brought to its end first, out of sight."""
        if self._busy.working:
            self._left = result
            self.hide()
            return
        self._later.close()
        self._busy.close()
        super().done(result)

    def _may_close(self) -> bool:
        if self._busy.working:
            return True
        if self.form.dirty and not self._warned:
            self._warned = True
            self.said.say(UNSAVED, "warning")
            return False
        return True

    def _refill(self, chosen: str) -> None:
        """List the accounts anew and show one of them."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for account in self._studio.accounts.all():
                self._list(account.id, self._words(account))
            self.list.setCurrentRow(self._ids.index(chosen) if chosen in self._ids else 0)
        self._on_chosen()

    @property
    def _ids(self) -> list[str]:
        """Ids in the order of the rows, empty for a new account."""
        rows = range(self.list.count())
        return [str(self.list.item(row).data(Qt.ItemDataRole.UserRole)) for row in rows]

    def _list(self, account_id: str, words: str) -> None:
        item = QListWidgetItem(words, self.list)
        item.setData(Qt.ItemDataRole.UserRole, account_id)

    def _words(self, account: Account) -> str:
        if account.id == PRACTICE:
            return "Practice\non this computer"
        profile = self._studio.profiles.get(account.provider)
        return f"{account.id}\n{profile.label if profile else account.provider}"

    def _on_chosen(self) -> None:
        self._forget_test()
        accounts = {account.id: account for account in self._studio.accounts.all()}
        self.form.show_account(accounts.get(self.chosen), frozenset(accounts))
        self.said.say("")
        self._refresh()

    def _on_edited(self) -> None:
        if self._busy.working:
            return
        self._forget_test()
        self.said.say("")
        self._refresh()

    def _refresh(self) -> None:
        self._warned = False
        built_in = self.chosen == PRACTICE
        self.save.setEnabled(not built_in)
        self.remove.setEnabled(not built_in)
        self.remove.setText("&Remove" if self.chosen or built_in else "&Leave out")
        self.add.setEnabled("" not in self._ids)

    def _on_add(self) -> None:
        self._list("", f"{NEW}\nnot saved yet")
        self.list.setCurrentRow(self.list.count() - 1)
        self.form.name.setFocus()

    def _on_save(self) -> None:
        account, relay = self.form.account(), self.form.relay()
        if account is None:
            return
        accounts, secret = self._studio.accounts, self.form.secret()
        self._work("Saving …", partial(keep, accounts, self._relays, account, secret, relay))

    def _on_remove(self) -> None:
        name = self.chosen
        if self._busy.working:
            return
        if not name:
            self._refill(self._studio.account.id)
        elif self.remove.property("sure") != name:
            self.remove.setProperty("sure", name)
            self.said.say(SURE.format(name=name), "warning")
        else:
            self._work("Removing …", partial(remove, self._studio.accounts, name))

    def _on_drop_relay(self) -> None:
        name, button = str(self.form.provider.currentData() or ""), self.form.custom.drop
        if self._busy.working or self._relays is None or name not in self._relays.own:
            return
        label = self._relays.own[name].label
        if button.property("sure") != name:
            button.setProperty("sure", name)
            self.said.say(SURE_RELAY.format(label=label), "warning")
        else:
            accounts, shown = self._studio.accounts, self.chosen or PRACTICE
            self._work("Removing …", partial(drop, accounts, self._relays, shown, name, label))

    def _work(self, words: str, work: Callable[[], Kept]) -> None:
        self._forget_test()
        self._busy.run(words, work, self._on_kept, self._on_not_kept)

    def _on_kept(self, kept: Kept) -> None:
        """Show what is stored now, and what the keyring has to say to it."""
        self._know_relay(kept)
        problem = self._choose_other(kept.gone)
        self._studio.accounts_were_edited(*kept.touched)
        self._refill(kept.shown)
        self.form.show_keyring(kept.keyring)
        said = " ".join(filter(None, [kept.sentence, kept.keyring, problem]))
        self.said.say(said, "warning" if kept.keyring or problem else "muted")
        if self._left is not None:
            self.done(self._left)

    def _know_relay(self, kept: Kept) -> None:
        """A relay that is new, changed or gone is so for the whole window."""
        profiles, own = self._studio.profiles, self._relays.own if self._relays else {}
        if kept.profile is not None and kept.relay is not None:
            profiles[kept.profile.id], own[kept.profile.id] = kept.profile, kept.relay
        if kept.dropped:
            profiles.pop(kept.dropped, None)
            own.pop(kept.dropped, None)
        self.form.list_providers()

    def _choose_other(self, gone: str) -> str:
        """Where the account in use was removed, practice takes its place; what went wrong."""
        if gone != self._studio.account.id:
            return ""
        try:
            self._studio.choose_account(PRACTICE)
        except StorageError as error:
            return str(error)
        return ""

    def _on_not_kept(self, error: Exception) -> None:
        """Say why next to what it is about; who has left comes back for that."""
        from kling_desktop.ui.worker import told

        if self._left is not None:
            self._left = None
            self.show()
        if isinstance(error, RelayError):
            self.said.say("")
            for field, sentence in error.fields.items():
                self.form.tell(field, sentence)
        elif isinstance(error, AccountError):
            self.form.tell("token", str(error))
        else:
            self.said.say(told(error), "error")

    def _show_busy(self, on: bool) -> None:
        if on:
            self._focused = self.focusWidget()
        for widget in (self.list, self.form, self.add, self.test, self.remove, self.save):
            widget.setEnabled(not on)
        self.said.say(self._busy.words if on else "")
        if not on:
            self._refresh()
            if self._focused is not None:
                self._focused.setFocus()

    def _on_test(self) -> None:
        account, secret, relay = self.form.account(), self.form.secret(), self.form.relay()
        if account is None or self._busy.working:
            return
        if account.id != PRACTICE and not secret and not self.chosen:
            self.form.tell("token", "Paste the token that the provider shows you.")
            return
        self._forget_test()
        self.test.setEnabled(False)
        self.said.say("Asking the provider …")
        relays, test = self._relays, self._test

        def ask() -> str:
            if relay is not None and relays is not None:
                return relays.test(account, secret or None, relay)
            return test(account, secret or None)

        self._testing = self._later.run(ask, self._on_tested, self._on_test_failed)

    def _on_tested(self, sentence: str) -> None:
        self._forget_test()
        self.said.say(f"✓ {sentence}")

    def _on_test_failed(self, error: Exception) -> None:
        from kling_desktop.ui.worker import told

        self._forget_test()
        self.said.say("")
        if isinstance(error, RelayError):
            self._on_not_kept(error)
        else:
            self.said.say(told(error), "error")

    def _forget_test(self) -> None:
        """What was asked about is not what the form shows any more, or it was answered."""
        self._later.forget(self._testing)
        self._testing = None
        self.test.setEnabled(True)
        for button in (self.remove, self.form.custom.drop):
            button.setProperty("sure", "")

    def _lay_out(self) -> None:
        self.list.setObjectName("accounts.list")
        self.list.setAccessibleName("Accounts")
        self.list.setFixedWidth(190)
        self.list.setStyleSheet("QListWidget::item { padding: 5px 6px; }")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for name, button in {
            "add": self.add,
            "test": self.test,
            "remove": self.remove,
            "save": self.save,
            "close": self.shut,
        }.items():
            button.setObjectName(f"accounts.{name}")
        for button in (self.add, self.test, self.remove, self.shut):
            button.setAutoDefault(False)
        self.save.setDefault(True)
        left, right, buttons, sides = QVBoxLayout(), QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.add)
        for widget in (self.test, self.remove, None, self.save, self.shut):
            if widget is None:
                buttons.addStretch(1)
            else:
                buttons.addWidget(widget)
        right.setSpacing(8)
        right.addWidget(self.form, 1)
        right.addWidget(self.said)
        right.addLayout(buttons)
        sides.addLayout(left)
        sides.addSpacing(12)
        sides.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addLayout(sides)
        self.resize(680, 400)
