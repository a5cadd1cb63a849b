"""The account in use and what it serves: the services that panels share, without the shot."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from kling_desktop.model.capabilities import Catalogue
from kling_desktop.providers.models import catalogue_for
from kling_desktop.providers.profiles import Profile
from kling_desktop.storage.accounts import Account, Accounts
from kling_desktop.storage.settings import Preferences

PRACTICE = "practice"


class Studio(QObject):
    """Accounts, provider profiles, models and preferences, and which account is chosen."""

    account_changed = Signal()
    """Another account is in use, with its own models and prices."""
    accounts_changed = Signal()
    """The list of accounts."""
    account_edited = Signal(str)
    """The account of this id is reached otherwise now, or is gone."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        profiles: dict[str, Profile],
        models: Catalogue,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.accounts, self.profiles, self.models = accounts, profiles, models
        self.preferences = preferences
        wanted = str(preferences.get("account", PRACTICE))
        self._known = {account.id: account for account in accounts.all()}
        self._account = wanted if wanted in self._known else PRACTICE
        self._catalogue: Catalogue | None = None

    @property
    def account(self) -> Account:
        """The account in use; practice where the chosen one is gone."""
        return self._known.get(self._account, Account(PRACTICE, PRACTICE, None))

    @property
    def profile(self) -> Profile:
        return self.profiles.get(self.account.provider, self.profiles[PRACTICE])

    @property
    def catalogue(self) -> Catalogue:
        """The models that the account in use serves. Remembered: every edit of a shot asks."""
        if self._catalogue is None:
            self._catalogue = catalogue_for(self.profile, self.models)
        return self._catalogue

    def choose_account(self, account_id: str) -> None:
        if account_id != self._account:
            self._account, self._catalogue = account_id, None
            self.preferences.set("account", account_id)
            self.accounts.in_use = account_id
            self.account_changed.emit()

    def accounts_were_edited(self, *touched: str) -> None:
        """To be called after the accounts dialog: the list, and perhaps the one in use, differ.

        ``touched``: ids of the accounts that differ themselves, or whose provider does.
        """
        self._known = {account.id: account for account in self.accounts.all()}
        self._catalogue = None
        self.accounts_changed.emit()
        self.account_changed.emit()
        for account in touched:
            self.account_edited.emit(account)
