"""A real Secret Service: a private D-Bus session, gnome-keyring, and nothing of this user's own."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.secret import SECRET, holders

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("secret_service.py")
LOCKED = Path(__file__).with_name("locked_keyring.py")
UNLOCK = "printf '%s' correct-horse | gnome-keyring-daemon --unlock --components=secrets >daemon.txt 2>&1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home for the keyring; skips where something that the test needs is not installed."""
    for program, package in (
        ("dbus-run-session", "dbus"),
        ("gnome-keyring-daemon", "gnome-keyring"),
    ):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian package {package})")
    if importlib.util.find_spec("secretstorage") is None:
        pytest.skip("the Python package secretstorage is not installed")
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True, mode=0o700)
    return home


def run(home: Path, first: str, *, child: Path = CHILD) -> dict[str, Any]:
    """What the child printed, in a session of its own that ends with it."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    script = f'{first}; "$PYTHON" "$CHILD"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        cwd=home,
        env={
            **kept,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_DATA_HOME": str(home / "share"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PYTHONPATH": str(ROOT),
            "PYTHON": sys.executable,
            "CHILD": str(child),
            "SOUGHT": SECRET,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr + (home / "daemon.txt").read_text()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_secret_is_stored_read_changed_and_deleted(home: Path) -> None:
    found = run(home, UNLOCK)
    assert "SecretService" in found["backend"] or "chainer" in found["backend"]
    assert found == {
        "backend": found["backend"],
        "sentence": None,
        "home": "in the system keyring",
        "read by another": True,
        "seen in the service": True,
        "changed": True,
        "after removal": None,
        "left in the service": None,
        "sentence at the end": None,
    }
    assert list((home / "share" / "keyrings").glob("*.keyring")), "it was the real one"
    assert list(holders(home)) == []


def test_a_locked_keyring_is_called_locked(home: Path) -> None:
    """Commands in processes of their own, while the collection that has the key is locked."""
    found = run(home, UNLOCK, child=LOCKED)
    assert found["add"] == [0, "", ""]
    status, _, said = found["test"]
    assert status == 3
    assert said.startswith(
        "The token of the account “relay” cannot be read: the system keyring is "
    )
    assert "locked. Unlock it and try again, or put the token into KLING_DESKTOP_TOKEN." in said
    status, told, _ = found["diagnostics"]
    assert status == 0
    assert "keyring: The system keyring is locked" in told
    assert "id: relay, provider: mulerun, host: 127.0.0.1:1, secret: not known, as the" in told
    status, _, said = found["renew"]
    assert status == 0 and "is there, but there is no keyring here that is open" in said
    status, _, said = found["remove"]
    assert status == 0
    assert "The system keyring may still hold the secret of “relay”; remove it there" in said
    assert found["list"][1].split() == ["practice", "practice"]
    assert list(holders(home)) == []


def test_without_a_service_the_session_keeps_it_and_says_so(home: Path) -> None:
    found = run(home, ": >daemon.txt; export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
    assert "only until" in found["sentence"]
    assert found["home"] == "until the program ends"
    assert found["read by another"] is False
    assert found["after removal"] is None
    assert list(holders(home)) == []
