"""Accounts: which provider, at which address; their secrets stay in the system keyring.

The file holds no secret, ever. Where no keyring takes one, it lives until the program ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from kling_desktop.storage import records
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import Directories
from kling_desktop.storage.discretion import Secrets
from kling_desktop.storage.keychain import Keychain
from kling_desktop.storage.records import Record

VARIABLE = "KLING_DESKTOP_TOKEN"
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
SECRET = re.compile(r"[!-~]{1,4096}")
LIST = "accounts"
MARK = "environment"
"""Key of an account's entry: by what a secret of the environment is known again."""


class AccountError(ValueError):
    """An account cannot be used, added or removed; its str is the artist's sentence."""


class Home(StrEnum):
    """Where a secret is; the words are those of the diagnostics."""

    KEYRING = "in the system keyring"
    SESSION = "until the program ends"
    ENVIRONMENT = "in the environment"
    BUILT_IN = "made up at every start"
    LOCKED = "not known, as the keyring is locked"
    SILENT = "not known, as the keyring does not answer"
    NOWHERE = "none"


@dataclass(frozen=True, slots=True)
class Account:
    """A provider profile and, where it differs from the profile's own, a base URL."""

    id: str
    provider: str
    base_url: str | None = None


PRACTICE = Account("practice", "practice", None)


class Accounts:
    """The accounts of this user: the built-in practice account, then those that were added.

    Every call reads the file, so that the window and the command line never disagree.
    """

    def __init__(self, directories: Directories, secrets: Secrets | None = None) -> None:
        """``secrets`` hears of every secret that passes through here."""
        self._path = directories.accounts
        self._keychain, self._secrets = Keychain(), secrets or Secrets()
        self._warning: str | None = None
        self._editing = threading.RLock()
        self.in_use: str | None = None
        """The account that a secret of the environment is meant for."""

    @property
    def warning(self) -> str | None:
        """A sentence for the artist when the file was found broken and set aside, else None."""
        return self._warning

    @property
    def keyring_available(self) -> bool:
        """Whether this system's keyring takes secrets."""
        return self._keychain.problem is None

    @property
    def keyring_sentence(self) -> str | None:
        """What the artist is told where there is no keyring, else None."""
        return self._keychain.problem

    @property
    def keyring_refusal(self) -> str | None:
        """What a keyring that is there refused when it was last asked, as a sentence; None where
        there is no keyring."""
        return self._keychain.refusal

    @property
    def keyring_locked(self) -> bool:
        """Whether the keyring said that it is locked, when it was last asked."""
        return self._keychain.locked

    def ask_keyring(self) -> str | None:
        """What the keyring has to say now that it is asked. It may take its time."""
        self._keychain.knock()
        return self.keyring_sentence

    def all(self) -> list[Account]:
        """The practice account, then the others in the order in which they were added."""
        return [PRACTICE, *_accounts(self._read())]

    def get(self, id: str) -> Account:  # noqa: A002 - the word of the command line
        """Raises AccountError for an id that no account has."""
        for account in self.all():
            if account.id == id:
                return account
        known = ", ".join(account.id for account in self.all())
        raise AccountError(f"There is no account “{id}”; there are: {known}.")

    def add(self, account: Account, secret: str | None) -> None:
        """Add an account, or change the one of that id; ``secret`` goes to the keyring.

        None keeps the secret that is stored. An empty one is taken only while the environment
        supplies one. Raises AccountError, and StorageError where the disk refuses; then nothing
        has changed.
        """
        with self._editing:
            self._add(checked(account), secret)

    def _add(self, account: Account, secret: str | None) -> None:
        self._secrets.add(secret)
        kept = secret is None and self.secret(account.id) is not None
        secret = "" if kept else _checked_secret(secret or "")
        record = self._read()
        entries = [entry for entry in _entries(record) if _id(entry) != account.id]
        known = [dict(entry) for entry in _entries(record) if _id(entry) == account.id]
        written = {"id": account.id, "provider": account.provider, "base_url": account.base_url}
        self._write(record, [*entries, {**(known or [{}])[0], **written}])
        if secret:
            self._keychain.put(account.id, secret)
        given = secret or _from_environment()
        if given and not kept and (not secret or self._keychain.only_here(account.id)):
            self._remember(account.id, given)

    def remove(self, id: str) -> None:  # noqa: A002 - the word of the command line
        """Forget an account and its secret. Raises AccountError, or StorageError."""
        if id == PRACTICE.id:
            raise AccountError("The practice account is built in and cannot be removed.")
        with self._editing:
            self.get(id)
            record = self._read()
            self._write(record, [entry for entry in _entries(record) if _id(entry) != id])
            self._keychain.forget(id)

    def secret(self, id: str) -> str | None:  # noqa: A002 - the word of the command line
        """The secret to use: the environment's where that speaks for the account, else the
        keyring's, else None.

        The practice account has none here: its server makes one up at every start.
        """
        if id == PRACTICE.id:
            return None
        secret = self._from_environment(id) or self._keychain.get(id)
        self._secrets.add(secret)
        return secret

    def _from_environment(self, id: str) -> str | None:  # noqa: A002 - as above
        """The environment's secret, unless it may be of another account: one account's key must
        not be shown to another one's host.

        It speaks for the account in use, which is written down as a mark of the secret; for one
        that it has spoken for before; and for the only one there is.
        """
        secret = _from_environment()
        if secret is None:
            return None
        with self._editing:
            entries = _entries(self._read())
            own: Mapping[str, Any] = next((e for e in entries if _id(e) == id), {})
            mark = _mark(id, secret)
            if id == self.in_use and own.get(MARK) != mark:
                self._remember(id, secret)
        alone = all(_id(entry) == id for entry in entries)
        return secret if id == self.in_use or alone or own.get(MARK) == mark else None

    def _remember(self, id: str, secret: str) -> None:  # noqa: A002 - as above
        """That a secret, which nothing here keeps, is this account's."""
        record, mark = self._read(), _mark(id, secret)
        entries = [{**e, MARK: mark} if _id(e) == id else e for e in _entries(record)]
        if entries != _entries(record):
            with contextlib.suppress(StorageError):  # a folder that is only read
                self._write(record, entries)

    def home_of_secret(self, id: str) -> Home:  # noqa: A002 - the word of the command line
        """Where the secret to use comes from. Asks the keyring, which may take its time."""
        if id == PRACTICE.id:
            return Home.BUILT_IN
        if self._from_environment(id):
            return Home.ENVIRONMENT
        if self.secret(id) is None:
            return self._no_home()
        return Home.SESSION if self._keychain.only_here(id) else Home.KEYRING

    def _no_home(self) -> Home:
        if self._keychain.locked:
            return Home.LOCKED
        return Home.SILENT if self._keychain.refusal else Home.NOWHERE

    def _read(self) -> Record:
        record = records.read(self._path)
        if not isinstance(record.values.get(LIST, []), list):
            record = records.set_aside(self._path)
        self._warning = record.warning or self._warning
        return record

    def _write(self, record: Record, entries: list[Any]) -> None:
        records.write(self._path, replace(record, values={**record.values, LIST: entries}))


def checked(account: Account) -> Account:
    """The account with its address tidied. Raises AccountError with a sentence."""
    if account.id == PRACTICE.id:
        raise AccountError("The name “practice” is taken by the built-in account; choose another.")
    if not IDENTIFIER.fullmatch(account.id):
        raise AccountError(
            "The name of an account is up to 32 small letters, digits and hyphens, "
            "such as “studio-2”; choose another."
        )
    if not IDENTIFIER.fullmatch(account.provider):
        raise AccountError("The account needs a provider, such as “mulerun”; choose one.")
    return replace(account, base_url=_checked_url(account.base_url))


def _checked_url(url: str | None) -> str | None:
    if url is None or not url.strip():
        return None
    tidy = url.strip().rstrip("/")
    try:
        parts = urlsplit(tidy)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
        parts = urlsplit("")
    if not whole or re.search(r"[\s\x00-\x1f]", tidy):
        raise AccountError("The base URL should look like https://host.example; correct it.")
    # A secret in the address would be written to a file and to logs.
    if parts.username is not None or parts.query or parts.fragment:
        raise AccountError(
            "The base URL may hold no user, password, “?” or “#”; give the secret as the secret."
        )
    return tidy


def _checked_secret(secret: str) -> str:
    secret = secret.strip()
    if not secret and not _from_environment():
        raise AccountError("No secret was given; paste the key that the provider shows you.")
    if secret and not SECRET.fullmatch(secret):
        raise AccountError("The secret holds a blank or a sign that no key has; copy it again.")
    return secret


def _from_environment() -> str | None:
    return os.environ.get(VARIABLE, "").strip() or None


def _mark(id: str, secret: str) -> str:  # noqa: A002 - the word of the command line
    """Tells a secret from most others, and nothing about it: 32 bits of a slow hash."""
    return hashlib.scrypt(secret.encode(), salt=id.encode(), n=2**12, r=8, p=1, dklen=4).hex()


def _entries(record: Record) -> list[Any]:
    """What the file lists, understood or not: entries of a later version are kept."""
    return list(record.values.get(LIST, []))


def _id(entry: object) -> object:
    return entry.get("id") if isinstance(entry, Mapping) else None


def _accounts(record: Record) -> list[Account]:
    """The entries that this version understands, the first of each id."""
    found: dict[str, Account] = {}
    for entry in _entries(record):
        account = _account(entry)
        if account is not None:
            found.setdefault(account.id, account)
    return list(found.values())


def _account(entry: object) -> Account | None:
    if not isinstance(entry, Mapping):
        return None
    name, provider, url = (entry.get(key) for key in ("id", "provider", "base_url"))
    if not isinstance(name, str) or not isinstance(provider, str):
        return None
    if url is not None and not isinstance(url, str):
        return None
    try:
        return checked(Account(name, provider, url))
    except AccountError:
        return None
