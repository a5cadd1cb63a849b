"""generate, resume, tasks, practice, account: real processes and sockets, every exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.motion.video import probe
from kling_desktop.practice.server import PracticeServer
from kling_desktop.storage.accounts import Account, Accounts
from kling_desktop.storage.directories import Directories
from tests.cli.conftest import PHOTOS, TOKEN, Cli

ROOT = Path(__file__).parents[2]


def assert_clean(home: Path, *printed: str) -> None:
    """The token is in no file of the state folder and in nothing that was printed."""
    for file in home.rglob("*"):
        if file.is_file():
            assert TOKEN.encode() not in file.read_bytes(), file
    assert not any(TOKEN in text for text in printed)


def test_generate_sends_waits_and_downloads(
    cli: Cli, shot: Path, account: str, server: PracticeServer, home: Path, tmp_path: Path
) -> None:
    video = tmp_path / "out.mp4"
    made = cli("generate", shot, "--account", account, "-o", video, "--json")
    assert made.status == 0, made.err
    assert (made.json["state"], made.json["video"]) == ("done", str(video))
    assert probe(video).frames == 150
    assert server.creations == 1
    (row,) = cli("tasks", "--json").json
    assert row == made.json
    assert set(row) == {
        "id", "remote_id", "account", "state", "created", "shot", "video", "error",
    }  # fmt: skip
    assert_clean(home, made.out, made.err)


def test_the_bundled_server_needs_no_account(cli: Cli, shot: Path, home: Path) -> None:
    made = cli("generate", shot, "--practice")
    assert made.status == 0, made.err
    video = Path(made.out.strip())
    assert video.is_relative_to(home)
    assert probe(video).seconds == pytest.approx(5, abs=0.1)
    assert "done" in cli("tasks").out


def test_a_wrong_token_is_status_3_and_the_task_is_kept(
    cli: Cli, shot: Path, account: str, server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "another-token")
    made = cli("generate", shot, "--account", account)
    assert (made.status, server.creations) == (3, 0)
    assert "token" in made.err.lower() or "key" in made.err.lower()
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", TOKEN)
    resumed = cli("resume", "--json")
    assert (resumed.status, server.creations) == (0, 1)
    assert [task["state"] for task in resumed.json] == ["done"]


def test_no_token_is_status_3_and_nothing_is_written_down(
    cli: Cli, shot: Path, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KLING_DESKTOP_TOKEN")
    assert cli("generate", shot, "--account", account).status == 3
    assert cli("tasks", "--json").json == []
    assert cli("check", shot, "--account", "nobody").status == 3


def test_a_shot_with_errors_is_not_sent(
    cli: Cli, account: str, server: PracticeServer, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.kling"
    cli("new", PHOTOS / "rocket.jpg", "-o", bad, "--set", f"prompt={'x' * 2501}")
    made = cli("generate", bad, "--account", account)
    assert (made.status, server.creations) == (2, 0)
    assert "2501 characters" in made.err
    assert cli("tasks", "--json").json == []


def test_a_task_that_fails_at_the_provider_is_status_1(
    cli: Cli, shot: Path, account: str, server: PracticeServer
) -> None:
    server.set_faults([{"route": "query", "times": 99, "do": {"state": "failed"}}])
    made = cli("generate", shot, "--account", account)
    assert made.status == 1, made.err
    (row,) = cli("tasks", "--json").json
    assert row["state"] == "failed"
    assert row["error"]


def test_an_unreachable_host_is_status_4_and_the_task_is_kept(
    cli: Cli, shot: Path, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with PracticeServer(tmp_path / "gone", token=TOKEN) as server:
        url = server.url
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", TOKEN)
    monkeypatch.setattr("kling_desktop.cli.progress.PATIENCE", 0.0)
    Accounts(Directories.of(home)).add(Account("relay", "mulerun", url), TOKEN)
    assert cli("generate", shot, "--account", "relay").status == 4
    assert [row["state"] for row in cli("tasks", "--json").json] == ["queued"]
    assert cli("resume").status == 4


def test_resume_has_nothing_to_do_on_an_empty_journal(cli: Cli) -> None:
    assert cli("resume", "--json").json == []


def test_accounts_are_added_listed_tested_and_removed(
    cli: Cli, server: PracticeServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", PipedSecret(TOKEN))
    added = cli("account", "add", "relay", "--provider", "mulerun", "--base-url", server.url)
    assert added.status == 0, added.err
    assert "relay" in cli("account", "list").out
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", TOKEN)
    assert cli("account", "test", "relay").status == 0
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "wrong")
    assert cli("account", "test", "relay").status == 3
    assert cli("account", "remove", "relay").status == 0
    assert "relay" not in cli("account", "list").out
    assert cli("account", "remove", "relay").status == 3
    assert cli("account", "add", "x", "--provider", "nobody").status == 3
    assert_clean(home, added.out, added.err)


class PipedSecret:
    """Standard input that is no terminal and holds one line."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        return self._secret + "\n"


# Real processes


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "KLING_DESKTOP_HOME": str(home), "KLING_DESKTOP_TOKEN": TOKEN}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "kling_desktop", *map(str, arguments)]


@contextmanager
def practice_process(
    folder: Path, *arguments: object
) -> Iterator[tuple[Any, subprocess.Popen[str]]]:
    """``kling-desktop practice`` as a process: its first line, and itself."""
    process = subprocess.Popen(
        command("practice", *arguments), cwd=ROOT, env=environment(folder), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def test_the_practice_command_prints_its_address_and_ends_on_interrupt(tmp_path: Path) -> None:
    with practice_process(tmp_path / "p", "--token", "ak:sk", "--dialect", "official") as found:
        first, process = found
        assert first["url"].startswith("http://127.0.0.1:")
        assert first["token"] == "ak:sk"
    assert process.returncode in {0, 130}


def wait_for(home: Path, states: set[str], seconds: float = 30) -> str:
    """The state of the only task once it is one of these."""
    from kling_desktop.tasks.journal import Journal, JournalError

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        path = Directories.of(home).journal
        if path.exists():
            try:
                journal = Journal(path)
            except JournalError:
                continue
            tasks = journal.all()
            journal.close()
            if tasks and tasks[0].state in states:
                return str(tasks[0].state)
        time.sleep(0.05)
    raise AssertionError(f"no task became {states}")


def test_a_killed_generate_is_resumed_with_one_creation_and_the_whole_video(
    shot: Path, home: Path, tmp_path: Path
) -> None:
    with PracticeServer(tmp_path / "server", token=TOKEN, pace=2.0) as server:
        Accounts(Directories.of(home)).add(Account("relay", "mulerun", server.url), TOKEN)
        killed = subprocess.Popen(
            command("generate", shot, "--account", "relay"), cwd=ROOT, env=environment(home),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        wait_for(home, {"submitted", "processing"})
        killed.kill()
        out, err = killed.communicate(timeout=20)
        assert server.creations == 1
        resumed = subprocess.run(
            command("resume", "--json"), cwd=ROOT, env=environment(home), text=True,
            capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert resumed.returncode == 0, resumed.stderr
        (row,) = json.loads(resumed.stdout)
        assert (row["state"], server.creations) == ("done", 1)
    assert probe(Path(row["video"])).frames == 150
    assert not list(home.rglob("*.part"))
    assert_clean(home, out.decode(), err.decode(), resumed.stdout, resumed.stderr)


def test_a_killed_practice_generate_is_resumed_too(shot: Path, home: Path) -> None:
    killed = subprocess.Popen(
        command("generate", shot, "--practice"), cwd=ROOT, env=environment(home),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    wait_for(home, {"submitted", "processing"})
    killed.kill()
    killed.communicate(timeout=20)
    resumed = subprocess.run(
        command("resume", "--json"), cwd=ROOT, env=environment(home), text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert resumed.returncode == 0, resumed.stderr
    (row,) = json.loads(resumed.stdout)
    assert row["state"] == "done"
    assert probe(Path(row["video"])).frames == 150


def test_interrupting_leaves_the_task_resumable(shot: Path, home: Path, tmp_path: Path) -> None:
    with PracticeServer(tmp_path / "server", token=TOKEN, pace=60) as server:
        Accounts(Directories.of(home)).add(Account("relay", "mulerun", server.url), TOKEN)
        process = subprocess.Popen(
            command("generate", shot, "--account", "relay"), cwd=ROOT, env=environment(home),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        wait_for(home, {"submitted", "processing"})
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "resume" in err
    assert "Traceback" not in err
    assert wait_for(home, {"submitted", "processing"})
