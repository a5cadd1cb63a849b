"""Commands about accounts: add, list, test, remove."""

from __future__ import annotations

import argparse
import sys

from kling_desktop.cli.outcome import BAD_INPUT, CREDENTIALS, DONE, CommandError
from kling_desktop.workshop import Workshop


def account(workshop: Workshop, options: argparse.Namespace) -> int:
    return {
        "add": add_account,
        "list": list_accounts,
        "test": test_account,
        "remove": remove_account,
    }[options.action](workshop, options)


def add_account(workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.providers.errors import WrongAddress
    from kling_desktop.storage.accounts import VARIABLE, Account

    added = Account(options.id, options.provider, options.base_url)
    workshop.profile(added)
    secret = read_secret(f"Token for {options.id}: ")
    if added.base_url is not None:
        try:
            workshop.client(added, secret)
        except WrongAddress as error:
            raise CommandError(str(error), BAD_INPUT) from error
    workshop.accounts.add(added, secret)
    if not workshop.accounts.keyring_available:
        print(
            f"“{added.id}” is added, but there is no keyring here that is open, so its key "
            f"cannot be kept after this command. Set {VARIABLE} to the key for the others.",
            file=sys.stderr,
        )
    return DONE


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
    for known in workshop.accounts.all():
        print(f"{known.id}  {known.provider}  {known.base_url or ''}".rstrip())
    return DONE


def test_account(workshop: Workshop, options: argparse.Namespace) -> int:
    print(workshop.connect(options.id).test())
    return DONE


def remove_account(workshop: Workshop, options: argparse.Namespace) -> int:
    workshop.accounts.remove(workshop.account(options.id).id)
    return DONE
