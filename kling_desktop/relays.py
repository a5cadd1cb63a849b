"""The artist's own relays: added, changed and removed, without losing a task that is under way there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kling_desktop.model.task import Task, TaskState
from kling_desktop.storage.accounts import Account
from kling_desktop.storage.directories import resource

if TYPE_CHECKING:
    from kling_desktop.providers.custom import Relay
    from kling_desktop.providers.profiles import Profile
    from kling_desktop.workshop import Workshop

Entry = Mapping[str, Any]
_MOVED = (
    "{tasks} of “{names}” would not be found at another address: change it when they have ended, or "
    "forget them first."
)
_ELSEWHERE = (
    "{tasks} of “{names}” would not be found at another provider: choose it when they have ended, or "
    "forget them first."
)
_REWRITTEN = (
    "{tasks} of “{names}” would not be understood any more: change it when they have ended, or "
    "forget them first."
)
_USED = "“{label}” is used by {names}: remove the account, or choose another provider there, first."


class OwnRelays:
    """Works on the user's providers.json. It is for the caller to put what comes of it among the
    ``profiles`` of the workshop. Slow: not for the GUI thread."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def like(self) -> dict[str, Profile]:
        """What a relay may speak like."""
        from kling_desktop.providers.profiles import Profile

        return {name: Profile.of(name, entry) for name, entry in _templates().items()}

    def fields(self) -> dict[str, Relay]:
        """What a form shows of each relay of the artist's own, by its profile's id; none of them
        while their file cannot be read."""
        from kling_desktop.providers.custom import fields_of
        from kling_desktop.storage.atomic import StorageError

        known = _templates()
        try:
            return {name: fields_of(entry, known) for name, entry in self._entries().items()}
        except StorageError:
            return {}

    def profile(self, relay: Relay, provider: str = "") -> tuple[Profile, dict[str, Any]]:
        """The profile, and its entry, that fields make of the relay ``provider``, or of a new one.

        Raises RelayError, or StorageError.
        """
        from kling_desktop.providers.custom import changed_entry, profile_entry
        from kling_desktop.providers.profiles import Profile
        from kling_desktop.storage.user_profiles import own_profiles

        old = self._entries().get(provider)
        if old is None:
            # Neither that of an entry which holds a mistake, and so is not among the profiles.
            taken = {*self._shop.profiles, *_templates(), *own_profiles(self._file)}
            name, entry = profile_entry(relay, _templates(), taken)
        else:
            name, entry = provider, changed_entry(provider, relay, old, _templates())
        return Profile.of(name, entry), entry

    def add(self, relay: Relay) -> Profile:
        """Keep a new relay for good; raises RelayError, or StorageError."""
        return self._keep(*self.profile(relay))

    def change(self, name: str, relay: Relay) -> Profile:
        """Change one that is there; raises RelayError, or StorageError."""
        return self._keep(*self.profile(relay, name))

    def drop(self, name: str) -> None:
        """Forget one. Raises RelayError for one that an account uses, or StorageError."""
        from kling_desktop.providers.custom import RelayError
        from kling_desktop.storage.user_profiles import remove_profile

        if users := [f"“{each.id}”" for each in self._users(name)]:
            known = self._shop.profiles.get(name)
            label = known.label if known else name
            raise RelayError({"provider": _USED.format(label=label, names=", ".join(users))})
        remove_profile(self._file, name)

    def guard(self, account: Account, relay: Relay | None) -> None:
        """Raise RelayError where to keep an account, and the fields of its relay, as they are here
        would lose tasks that are under way."""
        tasks = self._shop.journal.unfinished()
        sent = [task for task in tasks if task.state != TaskState.QUEUED]
        old = {each.id: each for each in self._shop.accounts.all()}.get(account.id)
        found: dict[str, str] = {}
        if old is not None and old.provider != account.provider:
            found |= _said("provider", _ELSEWHERE, [old], tasks)
        elif old is not None and self._address(account, relay) != self._address(old):
            found |= _said("base_url", _MOVED, [old], sent)
        before = self._entries().get(account.provider)
        if relay is not None and before is not None:
            found |= self._relay_guard(account, relay, before, tasks, sent)
        if found:
            from kling_desktop.providers.custom import RelayError

            raise RelayError(found)

    def _relay_guard(
        self, account: Account, relay: Relay, before: Entry, tasks: list[Task], sent: list[Task]
    ) -> dict[str, str]:
        """What speaks against a change of the relay of an account, for all that use it."""
        from kling_desktop.providers.custom import differs

        profile, after = self.profile(relay, account.provider)
        users = self._users(profile.id)
        found: dict[str, str] = {}
        if differs(before, after):
            found |= _said("like", _REWRITTEN, users, tasks)
        if before["base_urls"][:1] != after["base_urls"][:1]:
            others = [each for each in users if each.base_url is None and each.id != account.id]
            found |= _said("base_url", _MOVED, others, sent)
        return found

    def _keep(self, profile: Profile, entry: dict[str, Any]) -> Profile:
        from kling_desktop.storage.user_profiles import add_profile

        add_profile(self._file, profile.id, entry)
        return profile

    @property
    def _file(self) -> Path:
        return self._shop.directories.config / "providers.json"

    def _entries(self) -> dict[str, dict[str, Any]]:
        """The entries of the relays that are in use; one that was spoilt since the start is not."""
        from kling_desktop.providers.overrides import entries
        from kling_desktop.storage.user_profiles import own_profiles

        if not (own := own_profiles(self._file)):
            return {}
        from kling_desktop.providers.schema import mistakes

        names = self._shop.profiles.keys() - entries("profiles", resource("providers.json"), None)
        return {
            name: entry
            for name, entry in own.items()
            if name in names and not mistakes("profiles", name, entry)
        }

    def _users(self, name: str) -> list[Account]:
        return [each for each in self._shop.accounts.all() if each.provider == name]

    def _address(self, account: Account, relay: Relay | None = None) -> str:
        """Where an account's tasks are; ``relay`` is what its provider is to be."""
        if account.base_url:
            return account.base_url.rstrip("/")
        if relay is not None:
            return relay.base_url
        profile = self._shop.profiles.get(account.provider)
        return next(iter(profile.base_urls), "") if profile else ""


def _templates() -> dict[str, Any]:
    from kling_desktop.providers.custom import templates

    return dict(templates(resource("providers.json")))


def _said(
    field: str, words: str, accounts: Iterable[Account], tasks: Iterable[Task]
) -> dict[str, str]:
    """The sentence for a field, where any of these tasks is one of these accounts'."""
    ids = {account.id for account in accounts}
    theirs = [task.account for task in tasks if task.account in ids]
    if not theirs:
        return {}
    count = "1 unfinished task" if len(theirs) == 1 else f"{len(theirs)} unfinished tasks"
    return {field: words.format(tasks=count, names="”, “".join(sorted(set(theirs))))}
