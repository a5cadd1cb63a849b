"""Runs inside a private D-Bus session: the real keychain against a real Secret Service.

Prints one JSON document: what each step came to. The secret comes from the environment.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def in_service() -> str | None:
    """What the service itself holds, None where there is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("kling-desktop", "relay")
    except KeyringError:
        return None


def main() -> int:
    import keyring

    from kling_desktop.storage.accounts import Account, Accounts
    from kling_desktop.storage.directories import Directories

    secret = os.environ["SOUGHT"]
    directories = Directories.of(Path(os.environ["HOME"]) / "state")
    accounts = Accounts(directories)
    found: dict[str, object] = {"backend": type(keyring.get_keyring()).__module__}
    found["sentence"] = accounts.keyring_sentence
    accounts.add(Account("relay", "mulerun", None), secret)
    found["home"] = str(accounts.home_of_secret("relay"))
    found["read by another"] = Accounts(directories).secret("relay") == secret
    found["seen in the service"] = in_service() == secret
    accounts.add(Account("relay", "mulerun", None), secret[::-1])
    found["changed"] = Accounts(directories).secret("relay") == secret[::-1]
    accounts.add(Account("relay", "mulerun", None), secret)
    accounts.remove("relay")
    found["after removal"] = Accounts(directories).secret("relay")
    found["left in the service"] = in_service()
    found["sentence at the end"] = accounts.keyring_sentence
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
