"""What the whole suite shares: a patient Hypothesis, Qt without a display, no state of this user, and
one secret that must be found nowhere when all is over."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hypothesis import HealthCheck, settings
from keyring.backends.fail import Keyring as NoKeyring

from tests.secret import SECRET, holders

# Before any QApplication: tests never need a display.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# A busy machine is no bug: examples may take their time, their number is what counts. The same
# code is tried with the same examples; HYPOTHESIS_PROFILE=exploring looks for others.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("exploring", patient)
settings.register_profile("patient", patient, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets to say where its state goes must not write into the user's."""
    monkeypatch.setenv("KLING_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KLING_DESKTOP_TOKEN", raising=False)
    # Nor into the user's keyring: tests that want one bring their own.
    keyring.set_keyring(NoKeyring())


@pytest.fixture(scope="session", autouse=True)
def _collector_off() -> Iterator[None]:
    """As in the program: a widget among the garbage must not die in a thread of a test."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    yield
    due = zip(gc.get_count(), gc.get_threshold(), strict=True)
    full = [generation for generation, (count, most) in enumerate(due) if count > most]
    if full:
        gc.collect(full[-1])


@pytest.fixture(scope="session")
def secret() -> str:
    """The key of every account in this run. No file may legitimately hold it."""
    return SECRET


LEAKS = pytest.StashKey[list[str]]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look through everything that the tests, also those of other workers, have left."""
    if hasattr(session.config, "workerinput"):
        return  # the process that leads the run looks through it all
    base = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    leaks = sorted(str(file.relative_to(base)) for file in holders(base))
    session.config.stash[LEAKS] = leaks
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    leaks = config.stash.get(LEAKS, [])
    if leaks:
        terminalreporter.section("the secret of this run was written down", red=True)
        terminalreporter.write_line("\n".join(leaks))
