"""The fields of one account, each with room for what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from kling_desktop.providers.custom import Relay
from kling_desktop.providers.profiles import Profile
from kling_desktop.storage.accounts import VARIABLE, Account, AccountError, checked
from kling_desktop.ui.dialogs.note import Note
from kling_desktop.ui.dialogs.relay_form import RelayForm
from kling_desktop.ui.icons import IconButton
from kling_desktop.ui.studio import PRACTICE

BUILT_IN = (
    "The practice account is built in. It makes videos on this computer, free of charge, and needs "
    "neither address nor token."
)
STORED = "Stored in the system keyring"
KEPT = "Kept until the program ends"
ENVIRONMENT = f"While {VARIABLE} is set, its token is used for the account in use."
CUSTOM = "custom"
"""What stands for the provider of an account at a relay that is not known yet."""
TAKEN = "There is an account of this name already. Choose another name, or select it to change it."


class AccountForm(QWidget):
    """Shows an account and reads it back; the stored token is never shown."""

    edited = Signal()
    """The artist has changed something."""

    def __init__(
        self,
        profiles: Mapping[str, Profile],
        like: Mapping[str, Profile] | None = None,
        own: Mapping[str, Relay] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``like``: what a relay of the artist's own may speak like, where one may be made; ``own``:
        those that there are, by their profiles' ids."""
        super().__init__(parent)
        self._profiles, self._shown, self._taken = profiles, "", frozenset[str]()
        self._own, self._address = {} if own is None else own, ""
        self._notes: dict[str, Note] = {}
        self._keyring: str | None = None
        self.dirty = False
        self.built_in = QLabel(BUILT_IN, self, wordWrap=True)
        self.name, self.token = QLineEdit(self), QLineEdit(self)
        self.provider, self.address = QComboBox(self), QComboBox(self, editable=True)
        self.reveal = IconButton("eye", "Show the token", checked="eye-off", parent=self)
        self._fields, self.keyring_note = QWidget(self), Note("accounts.keyringNote", self)
        self.custom = RelayForm(like or {}, self)
        self._lay_out()
        self.list_providers()
        self.provider.currentIndexChanged.connect(self._on_provider)
        for signal in (
            self.name.textEdited,
            self.token.textEdited,
            self.provider.activated,
            self.address.editTextChanged,
        ):
            signal.connect(self._on_edited)
        self.reveal.toggled.connect(self._on_reveal)
        self.custom.edited.connect(self._on_edited)

    def list_providers(self) -> None:
        """Offer the providers that are known now."""
        with QSignalBlocker(self.provider):
            self.provider.clear()
            for profile in sorted(self._profiles.values(), key=lambda each: each.id == PRACTICE):
                self.provider.addItem(profile.label, profile.id)
            if self.custom.like.count():
                self.provider.insertSeparator(self.provider.count())
                self.provider.addItem("Custom relay…", CUSTOM)

    def show_account(self, account: Account | None, taken: frozenset[str]) -> None:
        """An account as it is stored, or an empty form for a new one; ``taken`` are the names in
        use."""
        self._shown, self._taken = account.id if account else "", taken
        shown = account or Account("", self.provider.itemData(0), None)
        built_in = shown.id == PRACTICE
        self.built_in.setVisible(built_in)
        self._fields.setVisible(not built_in)
        self.name.setText(shown.id)
        self.name.setEnabled(account is None)
        with QSignalBlocker(self.provider):
            self.provider.setCurrentIndex(self.provider.findData(shown.provider))
        self._address = shown.base_url or ""
        self._on_provider()
        with QSignalBlocker(self.address):
            self.address.setEditText(shown.base_url or "")
        self.token.clear()
        self.reveal.setChecked(False)
        self.clear_problems()
        self.dirty = False

    def show_keyring(self, sentence: str | None) -> None:
        """Say that tokens are not kept for good; None where they are."""
        self._keyring = sentence
        self._show_token_words()

    def account(self) -> Account | None:
        """What the fields say, or None after telling what is wrong, next to the fields."""
        self.clear_problems()
        if self._shown == PRACTICE:
            return Account(PRACTICE, PRACTICE, None)
        name, url = self.name.text().strip(), self.address.currentText().strip() or None
        provider = str(self.provider.currentData() or "")
        profile = self._profiles.get(provider)
        found = [
            self._check("name", Account(name, "any", None)),
            self._check("provider", Account("any", provider, None)),
            self._check("address", Account("any", "any", url)),
        ]
        if found[0] and not self._shown and name in self._taken:
            found.append(self.tell("name", TAKEN))
        label = "A custom relay" if provider == CUSTOM else profile.label if profile else ""
        if url is None and label and not (profile and profile.base_urls):
            found.append(self.tell("address", f"{label} needs an address; enter it."))
        return checked(Account(name, provider, url)) if all(found) else None

    def secret(self) -> str | None:
        """The token that was typed; None where the stored one is meant."""
        typed = self.token.text().strip()
        return typed if typed or not self._shown else None

    def relay(self) -> Relay | None:
        """The relay that the fields describe, a new one or one of the artist's own; None where
        another provider is chosen."""
        provider, typed = self.provider.currentData(), self.address.currentText().strip()
        if self._shown == PRACTICE:
            return None
        if (own := self._own.get(provider)) is not None:
            # Where the account that is moved is at its relay's own address, that moves along.
            moves = bool(typed) and self._address == own.base_url
            return self.custom.relay(typed.rstrip("/") if moves else own.base_url)
        return self.custom.relay(typed) if provider == CUSTOM else None

    def tell(self, field: str, sentence: str) -> bool:
        """Say what is wrong with a field; always False."""
        name = {"base_url": "address"}.get(field, field)
        if name in self._notes:
            self._notes[name].say(sentence, "error")
        else:
            self.custom.tell(name, sentence)
        return False

    def clear_problems(self) -> None:
        for note in self._notes.values():
            note.say("")
        self.custom.clear_problems()
        self._show_token_words()
        profile = self._profiles.get(str(self.provider.currentData() or ""))
        self._notes["provider"].say(profile.note if profile else "")

    def _check(self, field: str, account: Account) -> bool:
        try:
            checked(account)
        except AccountError as error:
            return self.tell(field, str(error))
        return True

    def _show_token_words(self) -> None:
        kept = KEPT if self._keyring else STORED
        profile = self._profiles.get(str(self.provider.currentData() or ""))
        self.token.setPlaceholderText(kept if self._shown else "")
        label = profile.key_label if profile else ""
        self._notes["token"].say("" if label == "Token" else label)
        environment = ENVIRONMENT if os.environ.get(VARIABLE, "").strip() else ""
        self.keyring_note.say(environment or self._keyring or "", "warning")

    def _on_provider(self) -> None:
        profile = self._profiles.get(str(self.provider.currentData() or ""))
        hosts = profile.base_urls if profile else ()
        with QSignalBlocker(self.address):
            typed = self.address.currentText()
            known = {self.address.itemText(row) for row in range(self.address.count())}
            self.address.clear()
            self.address.addItems(hosts)
            self.address.setEditText("" if typed in known else typed)
        edit = self.address.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(hosts[0] if hosts else "https://")
        own = self._own.get(str(self.provider.currentData() or ""))
        if own is not None:
            self.custom.show_relay(own)
        else:
            self.custom.begin()
        self.custom.setVisible(own is not None or self.provider.currentData() == CUSTOM)
        self.clear_problems()

    def _on_edited(self) -> None:
        self.dirty = True
        self.edited.emit()

    def _on_reveal(self, shown: bool) -> None:
        self.token.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.reveal.say("Hide the token" if shown else "Show the token")

    def _lay_out(self) -> None:
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.name.setPlaceholderText("studio-2")
        self.name.setMaxLength(32)
        holder = QWidget(self)
        beside = QHBoxLayout(holder)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        beside.addWidget(self.token, 1)
        beside.addWidget(self.reveal)
        grid = QGridLayout(self._fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for number, (field, label, widget, place) in enumerate(
            (
                ("name", "&Name", self.name, self.name),
                ("provider", "&Provider", self.provider, self.provider),
                ("address", "&Address", self.address, self.address),
                ("token", "&Token", self.token, holder),
            )
        ):
            words, note = QLabel(label, self), Note(f"accounts.{field}Note", self)
            words.setBuddy(widget)
            widget.setObjectName(f"accounts.{field}")
            widget.setAccessibleName(label.replace("&", ""))
            self._notes[field] = note
            row = 2 * number + (number > 1)  # a relay's own fields come below its provider
            grid.addWidget(words, row, 0)
            grid.addWidget(place, row, 1)
            grid.addWidget(note, row + 1, 1)
        grid.addWidget(self.custom, 4, 0, 1, 2)
        self.custom.align(grid)
        grid.addWidget(self.keyring_note, grid.rowCount(), 1)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.built_in, 0, 0)
        layout.addWidget(self._fields, 1, 0)
        layout.setRowStretch(2, 1)
