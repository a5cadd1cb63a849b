"""What the accounts dialog does on another thread: keep an account and its relay, remove either."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kling_desktop.providers.custom import Relay
from kling_desktop.providers.profiles import Profile
from kling_desktop.storage.accounts import PRACTICE, Account, Accounts
from kling_desktop.ui.dialogs.relay_form import Relays


@dataclass(frozen=True, slots=True)
class Kept:
    """What was stored, or removed, and what there is to say about it."""

    shown: str
    """Id of the account to show next."""
    sentence: str
    keyring: str | None
    """What the keyring has to say, if anything."""
    profile: Profile | None = None
    """A relay that came with it, or was changed."""
    relay: Relay | None = None
    """Its fields."""
    gone: str = ""
    """Id of the account that was removed."""
    dropped: str = ""
    """Id of the relay that was removed."""
    touched: tuple[str, ...] = ()
    """Ids of the accounts that are spoken to otherwise from now on."""


def keep(
    accounts: Accounts,
    relays: Relays | None,
    account: Account,
    secret: str | None,
    relay: Relay | None,
) -> Kept:
    """Store an account, and the fields of its relay where it is one of the artist's own.

    Raises RelayError, AccountError, StorageError, JournalError.
    """
    if relays is not None:
        relays.guard(account, relay)
    if relays is None or relay is None or relays.own.get(account.provider) == relay:
        accounts.add(account, secret)
        return Kept(account.id, "Saved.", accounts.keyring_sentence, touched=(account.id,))
    if account.provider in relays.own:
        accounts.add(account, secret)
        profile = relays.change(account.provider, relay)
    else:
        profile = _with_new_relay(accounts, relays, account, secret, relay)
    relay = replace(relay, base_url=next(iter(profile.base_urls), ""))
    users = (each.id for each in accounts.all() if each.provider == profile.id)
    return Kept(
        account.id, "Saved.", accounts.keyring_sentence, profile, relay, touched=tuple(users)
    )


def remove(accounts: Accounts, name: str) -> Kept:
    """Forget an account and its secret. Raises AccountError, StorageError."""
    accounts.remove(name)
    said = f"“{name}” was removed."
    return Kept(PRACTICE.id, said, accounts.keyring_sentence, gone=name, touched=(name,))


def drop(accounts: Accounts, relays: Relays, shown: str, relay: str, label: str) -> Kept:
    """Forget a relay that no account uses. Raises RelayError, StorageError."""
    relays.drop(relay)
    said = f"The relay “{label}” was removed."
    return Kept(shown, said, accounts.keyring_sentence, dropped=relay)


def _with_new_relay(
    accounts: Accounts, relays: Relays, account: Account, secret: str | None, relay: Relay
) -> Profile:
    profile = relays.add(relay)
    try:
        accounts.add(replace(account, provider=profile.id), secret)
    except BaseException:
        relays.drop(profile.id)
        raise
    return profile
