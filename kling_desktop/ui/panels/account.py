"""The account chooser: where the shot is sent."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from kling_desktop.storage.accounts import Account
from kling_desktop.ui.icons import IconButton
from kling_desktop.ui.panels.form import combo, guard_wheel
from kling_desktop.ui.studio import PRACTICE, Studio


class AccountBar(QWidget):
    """The accounts by name, and a button to edit them."""

    edit_requested = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.chooser = combo("account", "Account")
        guard_wheel(self.chooser)
        self.edit = IconButton("accounts", "Add, test or remove accounts")
        self.edit.setObjectName("accountsButton")
        label = QLabel("Account")
        label.setBuddy(self.chooser)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label)
        layout.addWidget(self.chooser, 1)
        layout.addWidget(self.edit)
        self.chooser.currentIndexChanged.connect(self._on_chosen)
        self.edit.clicked.connect(self.edit_requested)
        studio.accounts_changed.connect(self._refresh)
        studio.account_changed.connect(self._refresh)
        self._refresh()

    def _on_chosen(self) -> None:
        if self.chooser.currentData() is not None:
            self._studio.choose_account(str(self.chooser.currentData()))

    def _refresh(self) -> None:
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for account in self._studio.accounts.all():
                self.chooser.addItem(self._words(account), account.id)
            self.chooser.setCurrentIndex(self.chooser.findData(self._studio.account.id))
        self.chooser.setToolTip(self._studio.profile.note)

    def _words(self, account: Account) -> str:
        if account.id == PRACTICE:
            return "Practice (on this computer)"
        profile = self._studio.profiles.get(account.provider)
        return f"{account.id} · {profile.label if profile else account.provider}"
