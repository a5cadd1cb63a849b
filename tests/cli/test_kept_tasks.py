"""Tasks that are kept: after a held account, a lost answer, a video that could not be fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from kling_desktop.motion.video import probe
from kling_desktop.practice.server import PracticeServer
from kling_desktop.tasks.pace import Pace
from kling_desktop.workshop import Workshop
from tests.cli.conftest import TOKEN, Cli


def only_task(cli: Cli) -> dict[str, str]:
    (row,) = cli("tasks", "--json").json
    return row


def test_a_held_account_is_said_once_with_what_goes_on_afterwards(
    cli: Cli, shot: Path, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "another-token")
    made = cli("generate", shot, "--account", account)
    assert made.status == 3
    assert made.err.count(only_task(cli)["error"]) == 1
    assert "The task is kept" in made.err
    assert "“kling-desktop resume” sends it" in made.err


def test_the_same_shot_again_names_the_task_that_waits_and_how_to_drop_it(
    cli: Cli, shot: Path, account: str, server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "another-token")
    assert "warning" not in cli("generate", shot, "--account", account).err
    waiting = only_task(cli)["id"]
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", TOKEN)
    made = cli("generate", shot, "--account", account)
    assert made.status == 0
    assert f"“kling-desktop tasks --cancel {waiting}” drops it" in made.err
    dropped = cli("tasks", "--cancel", waiting[:8], "--json")
    assert (dropped.status, dropped.json["state"]) == (0, "cancelled")
    assert "nothing is paid" in dropped.err
    assert cli("resume", "--json").json == []
    assert server.creations == 1


def test_a_doubtful_task_says_what_happened_and_what_can_be_done(
    cli: Cli, shot: Path, account: str, server: PracticeServer
) -> None:
    server.set_faults([{"route": "create", "times": 1, "do": "html"}])
    made = cli("generate", shot, "--account", account)
    assert made.status == 4
    task = only_task(cli)
    assert task["state"] == "unconfirmed"
    assert "its answer names no task" in task["error"]
    assert made.err.count(task["error"]) == 1
    assert f"tasks --cancel {task['id']}" in made.err
    resumed = cli("resume")
    assert (resumed.status, server.creations) == (4, 1)
    assert resumed.err.count(task["error"]) == 1
    dropped = cli("tasks", "--cancel", task["id"])
    assert "If it arrived" in dropped.err
    assert cli("tasks", "--cancel", task["id"]).status == 2


@pytest.mark.parametrize("name", ["", "zz"])
def test_a_task_that_there_is_not_cannot_be_cancelled(cli: Cli, name: str) -> None:
    ended = cli("tasks", "--cancel", name)
    assert (ended.status, ended.out) == (2, "")
    assert "lists them" in ended.err


def test_resume_fetches_the_video_of_a_failed_task(
    cli: Cli,
    shot: Path,
    account: str,
    server: PracticeServer,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasty = Pace(poll_first=0.01, poll_min=0.01, poll_max=0.02, retry_min=0.01, retry_max=0.02)
    monkeypatch.setattr(Workshop, "_pace", lambda *_: hasty)
    server.set_faults([{"route": "video", "times": 2 * 16, "do": {"status": 403}}])
    assert cli("generate", shot, "--account", account).status == 1
    assert cli("resume").status == 1
    assert not list(home.rglob("*.part*"))
    resumed = cli("resume", "--json")
    assert resumed.status == 0, resumed.err
    assert "fetched once more" in resumed.err
    (task,) = resumed.json
    assert probe(Path(task["video"])).frames == 150
    assert server.creations == 1
    assert cli("resume", "--json").json == []


def test_a_video_that_the_provider_takes_back_is_not_made_anew(
    cli: Cli, shot: Path, account: str, server: PracticeServer
) -> None:
    # The last word about a task whose link is dead: it failed after all.
    server.set_faults(
        [
            {"route": "video", "times": 1, "do": {"status": 403}},
            {"route": "query", "after": 1, "do": {"state": "failed"}},
        ]
    )
    assert cli("generate", shot, "--account", account).status == 1
    server.set_faults([])
    assert cli("resume", "--json").json == []
    assert server.creations == 1


def test_a_task_that_failed_at_the_provider_is_not_taken_up_again(
    cli: Cli, shot: Path, account: str, server: PracticeServer
) -> None:
    server.set_faults([{"route": "query", "times": 99, "do": {"state": "failed"}}])
    assert cli("generate", shot, "--account", account).status == 1
    assert cli("resume", "--json").json == []


def test_a_video_that_never_comes_is_kept_with_status_4(
    cli: Cli, shot: Path, account: str, server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kling_desktop.cli.progress.PATIENCE", 0.5)
    server.set_faults([{"route": "video", "times": 99, "do": "html"}])
    made = cli("generate", shot, "--account", account)
    assert made.status == 4
    assert "“kling-desktop resume” goes on" in made.err
    assert only_task(cli)["state"] == "downloading"
    server.set_faults([])
    assert cli("resume").status == 0
    assert server.creations == 1


def test_a_second_video_of_one_name_is_put_beside_the_first(
    cli: Cli, shot: Path, account: str, tmp_path: Path
) -> None:
    video = tmp_path / "out.mp4"
    for name in ("out.mp4", "out (2).mp4"):
        made = cli("generate", shot, "--account", account, "-o", video)
        assert made.out.strip() == str(tmp_path / name)
        assert ("left as it is" in made.err) == (name != "out.mp4")
    assert probe(video).frames == probe(tmp_path / "out (2).mp4").frames == 150


def parked(cli: Cli, shot: Path, account: str, server: PracticeServer, do: str) -> str:
    """The id of a task whose answer was lost at a relay that cannot be asked."""
    server.set_faults([{"route": "create", "do": do, "times": 1}])
    made = cli("generate", shot, "--account", account)
    assert made.status == 4
    row = only_task(cli)
    assert row["state"] == "unconfirmed"
    assert f"tasks --send-again {row['id']}" in made.err
    return str(row["id"])


def test_what_never_arrived_is_sent_again_by_hand_and_once(
    cli: Cli, shot: Path, account: str, server: PracticeServer
) -> None:
    name = parked(cli, shot, account, server, "reset-unmade")
    sent = cli("tasks", "--send-again", name, "--json")
    assert sent.status == 0, sent.err
    assert sent.json["state"] == "done"
    assert server.creations == 1
    again = cli("tasks", "--send-again", name)
    assert again.status == 2
    assert "no longer in doubt" in again.err
    assert server.creations == 1


def test_what_arrived_is_followed_under_its_id_there(
    cli: Cli, shot: Path, account: str, server: PracticeServer
) -> None:
    name = parked(cli, shot, account, server, "reset-after")
    wrong = cli("tasks", "--is", name, "no-such-task")
    assert wrong.status == 4
    assert only_task(cli)["state"] == "unconfirmed"
    bad = cli("tasks", "--is", name, "https://lab.example/tasks/1")
    assert bad.status == 2
    # This server knows a task by the name that it was asked for with, too.
    assert cli("tasks", "--is", name, name).status == 0
    assert only_task(cli)["state"] == "done"
    assert server.creations == 1
