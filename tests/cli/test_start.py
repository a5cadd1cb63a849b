"""The first argument: a command, an option, a file, or a sentence; and a display, or a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kling_desktop import __main__ as start
from tests.cli.conftest import PHOTOS


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the window was opened with."""
    found: list[list[str]] = []
    monkeypatch.setattr("kling_desktop.app.main", lambda given: found.append(given) or 0)
    return found


def begin(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["kling-desktop", *map(str, arguments)])
    return start.main()


@pytest.mark.parametrize(
    ("word", "near"),
    [("bogus", None), ("chek", "check"), ("drafts", "draft"), ("gone.kling", None), ("", None)],
)
def test_a_word_that_is_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    opened: list[list[str]],
    word: str,
    near: str | None,
) -> None:
    assert begin(monkeypatch, word) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n"), opened) == ("", 1, [])
    assert f"“{word}”" in said.err
    assert ("Did you mean" in said.err) == (near is not None)
    assert near is None or f"“{near}”" in said.err


def test_names_that_no_file_can_have(
    monkeypatch: pytest.MonkeyPatch, opened: list[list[str]]
) -> None:
    assert begin(monkeypatch, "x" * 5000) == 2
    assert begin(monkeypatch, "a\0b") == 2
    assert opened == []


def test_an_option_that_is_not_known(
    monkeypatch: pytest.MonkeyPatch, opened: list[list[str]]
) -> None:
    assert begin(monkeypatch, "--full-screen") == 2
    assert opened == []


def test_files_and_nothing_open_the_window(
    monkeypatch: pytest.MonkeyPatch, opened: list[list[str]]
) -> None:
    assert begin(monkeypatch, PHOTOS / "rocket.jpg") == 0
    assert begin(monkeypatch) == 0
    assert opened == [[str(PHOTOS / "rocket.jpg")], []]


@pytest.mark.skipif(sys.platform != "linux", reason="displays are found otherwise there")
def test_no_display_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: list[list[str]]
) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    assert begin(monkeypatch) == begin(monkeypatch, PHOTOS / "rocket.jpg") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 2
    assert "generate" in said
    assert opened == []
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, ":0")
            assert begin(monkeypatch) == 0


def test_commands_need_no_display(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert begin(monkeypatch, "tasks") == 0
    assert capsys.readouterr().err == ""
