"""What the whole suite shares: a patient Hypothesis, Qt without a display, no state of this user."""

from __future__ import annotations

import os
from pathlib import Path

import keyring
import pytest
from hypothesis import HealthCheck, settings
from keyring.backends.fail import Keyring as NoKeyring

# Before any QApplication: tests never need a display.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# A busy machine is no bug: examples may take their time, their number is what counts.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets to say where its state goes must not write into the user's."""
    monkeypatch.setenv("KLING_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KLING_DESKTOP_TOKEN", raising=False)
    # Nor into the user's keyring: tests that want one bring their own.
    keyring.set_keyring(NoKeyring())
