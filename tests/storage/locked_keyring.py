"""Runs inside a private D-Bus session: the real commands against a collection that is locked.

Prints one JSON document: status, stdout and stderr of each. The secret comes from the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys


def command(*arguments: str, typed: str = "") -> list[object]:
    done = subprocess.run(
        [sys.executable, "-m", "kling_desktop", *arguments],
        input=typed,
        env={**os.environ, "KLING_DESKTOP_HOME": f"{os.environ['HOME']}/state"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return [done.returncode, done.stdout, done.stderr]


def main() -> int:
    import secretstorage

    secret = os.environ["SOUGHT"]
    add = ("account", "add", "relay", "--provider", "mulerun", "--base-url", "http://127.0.0.1:1")
    found: dict[str, object] = {"add": command(*add, typed=secret)}
    collection = secretstorage.get_default_collection(secretstorage.dbus_init())
    collection.lock()
    assert collection.is_locked()
    found["test"] = command("account", "test", "relay")
    found["diagnostics"] = command("diagnostics")
    found["renew"] = command(*add, typed=secret)
    found["remove"] = command("account", "remove", "relay")
    found["list"] = command("account", "list")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
