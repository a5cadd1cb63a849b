"""Commands about accounts: add, list, test, remove."""

from __future__ import annotations

import argparse
import sys

from kling_desktop.cli.outcome import BAD_INPUT, CREDENTIALS, DONE, CommandError
from kling_desktop.cli.progress import say
from kling_desktop.storage.accounts import VARIABLE, Account, AccountError, checked
from kling_desktop.workshop import PRACTICE, Workshop


def account(workshop: Workshop, options: argparse.Namespace) -> int:
    return {
        "add": add_account,
        "list": list_accounts,
        "test": test_account,
        "remove": remove_account,
    }[options.action](workshop, options)


def add_account(workshop: Workshop, options: argparse.Namespace) -> int:
    added = sound(workshop, Account(options.id, options.provider, options.base_url))
    known = same(workshop, added)
    secret = read_secret(f"Token for {added.id}: ")
    if added.base_url is not None:
        from kling_desktop.providers.errors import WrongAddress

        try:
            workshop.client(added, secret)
        except WrongAddress as error:
            raise CommandError(str(error), BAD_INPUT) from error
    workshop.accounts.add(known or added, secret)
    if not workshop.accounts.keyring_available:
        say(
            f"“{added.id}” is {'there' if known else 'added'}, but there is no keyring here that "
            "is open, so its key cannot be kept after this command. "
            f"Set {VARIABLE} to the key for the others."
        )
    elif known:
        print(f"Key renewed for “{known.id}”.")
    return DONE


def sound(workshop: Workshop, account: Account) -> Account:
    """The account with its address tidied, where it can be one. Raises AccountError for a provider
    that is not known, CommandError for anything else."""
    workshop.profile(account)
    try:
        tidy = checked(account)
    except AccountError as error:
        raise CommandError(str(error), BAD_INPUT) from error
    if address(workshop, tidy) is None and tidy.provider != PRACTICE:
        raise CommandError(
            f"The provider “{tidy.provider}” has no address of its own: give that of yours with "
            "--base-url.",
            BAD_INPUT,
        )
    return tidy


def same(workshop: Workshop, added: Account) -> Account | None:
    """The account of this id, which differs in nothing but its key; None where the id is free.

    Raises CommandError where it is another one's: its tasks would be asked for elsewhere.
    """
    known = {account.id: account for account in workshop.accounts.all()}.get(added.id)
    if known is None:
        return None
    there = address(workshop, known)
    if (known.provider, there) == (added.provider, address(workshop, added)):
        return known
    raise CommandError(
        f"There is an account “{known.id}” already, for {known.provider}"
        f"{f' at {there}' if there else ''}. Choose another name, or remove it first.",
        BAD_INPUT,
    )


def address(workshop: Workshop, account: Account) -> str | None:
    """Where an account is reached; None where nobody says."""
    profile = workshop.profiles.get(account.provider)
    return account.base_url or next(iter(profile.base_urls if profile else ()), None)


def read_secret(prompt: str) -> str:
    import getpass

    try:
        secret = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()
    except EOFError:
        secret = ""
    if not secret.strip():
        raise CommandError("No token was given; the account was not added.", CREDENTIALS)
    return secret.strip()


def list_accounts(workshop: Workshop, _options: argparse.Namespace) -> int:
    _ = workshop.profiles  # mistakes in the files about them are told at the end
    for known in workshop.accounts.all():
        print(f"{known.id}  {known.provider}  {known.base_url or ''}".rstrip())
    return DONE


def test_account(workshop: Workshop, options: argparse.Namespace) -> int:
    print(workshop.connect(workshop.chosen(options.id).id).test())
    return DONE


def remove_account(workshop: Workshop, options: argparse.Namespace) -> int:
    name = workshop.account(options.id).id
    left = sum(task.account == name for task in workshop.journal.unfinished())
    tasks = "1 unfinished task" if left == 1 else f"{left} unfinished tasks"
    if left and not options.force:
        raise CommandError(
            f"“{name}” has {tasks}, which nobody could fetch without it. “kling-desktop resume” "
            "goes on with them; --force removes the account all the same.",
            BAD_INPUT,
        )
    workshop.accounts.remove(name)
    if left:
        say(f"{tasks} of “{name}” kept; they go on when an account of that name is back there.")
    if refusal := workshop.accounts.keyring_refusal:
        say(refusal)
    return DONE
