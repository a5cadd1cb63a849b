"""How any command ends: one sentence, one status, one JSON document, whatever went wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kling_desktop.cli import main, shots
from tests.cli.conftest import PHOTOS, Cli

ROOT = Path(__file__).parents[2]
DEEP = "[" * 100_000


def process(*arguments: object, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """One command in a process of its own, whose streams are real."""
    return subprocess.run(
        [sys.executable, "-m", "kling_desktop", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **variables}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def broken_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours in one command."""

    def check(*_: object) -> int:
        raise OverflowError("cannot convert float infinity to integer")

    monkeypatch.setitem(main.RUN, "check", check)


@pytest.mark.usefixtures("broken_check")
def test_what_nobody_expected_ends_as_a_sentence(cli: Cli) -> None:
    ended = cli("check", "a.kling")
    assert (ended.status, ended.out, ended.err.count("\n")) == (70, "", 1)
    assert "OverflowError" in ended.err
    assert "KLING_DESKTOP_DEBUG=1" in ended.err
    assert "infinity" not in ended.err


@pytest.mark.usefixtures("broken_check", "home")
def test_a_developer_sees_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KLING_DESKTOP_DEBUG", "1")
    assert main.run(["check", "a.kling"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_home_that_nobody_has_is_a_sentence(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLING_DESKTOP_HOME", "~nobody-of-this-name/x")
    ended = cli("tasks")
    assert (ended.status, ended.err.count("\n")) == (70, 1)


def test_an_interrupt_is_130_with_json_too(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(main.RUN, "tasks", stopped)
    ended = cli("tasks", "--json")
    assert (ended.status, ended.json["status"]) == (130, 130)


def test_deep_json_is_refused(cli: Cli, tmp_path: Path) -> None:
    deep, target = tmp_path / "deep.json", tmp_path / "a.kling"
    deep.write_text(DEEP)
    for more in (("--paths", deep), ("--set", f"camera={DEEP}")):
        made = cli("new", PHOTOS / "rocket.jpg", "-o", target, *more)
        assert (made.status, target.exists()) == (2, False)
        assert "nested" in made.err


@pytest.mark.parametrize("depth", [200, 400, 700, 900])
def test_json_that_is_nearly_too_deep_is_refused_or_kept(
    cli: Cli, tmp_path: Path, depth: int
) -> None:
    nested = "[" * depth + "]" * depth
    for where in (
        f'{{"1": {{"points": {nested}}}}}',
        f'{{"1": {{"points": [], "curve": {nested}}}}}',
    ):
        (tmp_path / "paths.json").write_text(where)
        made = cli(
            "new", PHOTOS / "rocket.jpg", "-o", tmp_path / "a.kling",
            "--paths", tmp_path / "paths.json",
        )  # fmt: skip
        assert made.status == 2, made.err
        assert made.err.strip().endswith(".")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "absent.kling"),
        ("check", "absent.kling", "--account", "nobody"),
        ("generate", "absent.kling"),
        ("follow", "absent.kling", "absent.mp4"),
        ("generate",),
        ("check", "a", "b"),
        ("follow", "a.kling"),
    ],
)
def test_json_says_what_went_wrong(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments, "--json")
    assert ended.json == {"error": ended.err.strip(), "status": ended.status}
    assert ended.status == 2


def test_json_lists_the_problems_that_stopped_a_shot(cli: Cli, tmp_path: Path) -> None:
    bad = tmp_path / "bad.kling"
    cli("new", PHOTOS / "rocket.jpg", "-o", bad, "--set", "cfg_scale=1.2")
    ended = cli("generate", bad, "--practice", "--json")
    assert (ended.status, ended.json["status"]) == (2, 2)
    assert [problem["code"] for problem in ended.json["problems"]] == ["cfg_out_of_range"]
    assert "Nothing was sent." in ended.err


@pytest.mark.parametrize("name", ["accounts.json", "settings.json"])
def test_a_broken_file_of_ours_is_told_once(cli: Cli, shot: Path, home: Path, name: str) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / name).write_text("{broken")
    told = cli("check", shot, "--json")
    assert (told.status, told.json) == (0, [])
    assert told.err.count(f"{name}.broken") == 1
    assert cli("check", shot).err == ""


def test_output_that_cannot_be_encoded_is_no_failure(shot: Path, tmp_path: Path) -> None:
    target = tmp_path / "雪.kling"
    made = process("new", PHOTOS / "rocket.jpg", "-o", target, PYTHONIOENCODING="cp1252")
    assert (made.returncode, made.stderr) == (0, b"")
    assert target.exists()
    absent = process("check", tmp_path / "雪é.kling2", "--json", PYTHONIOENCODING="ascii")
    assert absent.returncode == 2
    assert json.loads(absent.stdout)["error"].startswith("“雪é.kling2” cannot be opened.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_terminal_that_takes_nothing_is_no_traceback(shot: Path) -> None:
    for command, buffered in (("tasks", ""), ("check", ""), ("tasks", "1")):
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(
                [sys.executable, "-m", "kling_desktop", command, "--json"],
                env={**os.environ, "PYTHONUNBUFFERED": buffered},
                cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False,
            )  # fmt: skip
        assert ended.returncode == (73 if command == "tasks" else 2)
        assert b"Exception" not in ended.stderr
        assert b"Traceback" not in ended.stderr
        assert ended.stderr.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_leaves_is_no_traceback(home: Path) -> None:
    from_us, to_reader = os.pipe()
    os.close(from_us)
    ended = subprocess.run(
        [sys.executable, "-m", "kling_desktop", "tasks", "--json"],
        cwd=ROOT, stdout=to_reader, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    os.close(to_reader)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_request_is_the_same_bytes_whatever_the_terminal(cli: Cli, tmp_path: Path) -> None:
    shot, file = tmp_path / "a.kling", tmp_path / "body.json"
    cli("new", PHOTOS / "rocket.jpg", "-o", shot, "--set", "prompt=é 風")
    assert cli("request", shot, "-o", file).status == 0
    printed = process("request", shot, PYTHONIOENCODING="cp1252").stdout
    assert printed.rstrip() == file.read_bytes()
    assert json.loads(printed)["prompt"] == "é 風"


def test_one_sentence_for_one_conversion(cli: Cli, tmp_path: Path) -> None:
    from PIL import Image

    for ending in ("webp", "tiff"):
        picture, shot = tmp_path / f"a.{ending}", tmp_path / f"{ending}.kling"
        with Image.open(PHOTOS / "rocket.jpg") as photo:
            photo.save(picture)
        cli("new", picture, "-o", shot)
        asked = cli("request", shot)
        assert (asked.status, asked.err.count("\n")) == (0, 1), asked.err


def test_the_help_says_what_it_is(cli: Cli) -> None:
    told = cli("--help")
    assert told.status == 0
    assert "[FILE]" in told.out
    assert "arguments of every command" not in told.out
    for command in main.RUN:
        assert command in told.out
    assert "usage: kling-desktop draft" in cli("draft", "--help").out
    assert "usage: kling-desktop account add" in cli("account", "add", "--help").out


def test_a_place_that_takes_no_file(cli: Cli) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("no /proc here")
    made = cli("new", PHOTOS / "rocket.jpg", "-o", "/proc/x.kling")
    assert made.status == 2
    assert "There is no folder" not in made.err
    assert "another place" in made.err


def test_shots_know_every_command_about_a_shot() -> None:
    assert {name for name in main.RUN if main.RUN[name].__module__ == shots.__name__} == {
        "new", "check", "request", "draft", "follow",
    }  # fmt: skip
