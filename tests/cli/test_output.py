"""Where a video is asked to go: looked at before anything is paid for, and told truly afterwards."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kling_desktop.cli.outcome import UNWRITABLE
from kling_desktop.motion.video import probe
from kling_desktop.practice.server import PracticeServer
from kling_desktop.tasks.journal import Journal, JournalError
from kling_desktop.tasks.pace import Pace
from kling_desktop.workshop import Workshop
from tests.cli.conftest import Cli


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of no length to speak of, and no patience once nothing comes any more."""
    pace = Pace(poll_first=0.01, poll_min=0.01, poll_max=0.02, retry_min=0.01, retry_max=0.02)
    monkeypatch.setattr(Workshop, "_pace", lambda *_: pace)
    monkeypatch.setattr("kling_desktop.cli.progress.PATIENCE", 0.3)


def places(folder: Path) -> dict[str, Path]:
    (folder / "file.txt").write_text("mine")
    (folder / "pipe.mp4").unlink(missing_ok=True)
    os.mkfifo(folder / "pipe.mp4")
    return {
        "below-a-file": folder / "file.txt" / "sub" / "out.mp4",
        "in-a-file": folder / "file.txt" / "out.mp4",
        "long-name": folder / ("n" * 300 + ".mp4"),
        "long-folder": folder / ("n" * 300) / "new" / "out.mp4",
        "pipe": folder / "pipe.mp4",
        "no-such-place": Path("/proc/no/out.mp4"),
        "no-files-there": Path("/sys/out.mp4"),
    }


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here")
@pytest.mark.parametrize(
    "name",
    [
        "below-a-file",
        "in-a-file",
        "long-name",
        "long-folder",
        "pipe",
        "no-such-place",
        "no-files-there",
    ],
)
def test_a_place_that_can_never_take_a_video_is_refused_before_it_is_paid_for(
    cli: Cli, shot: Path, account: str, server: PracticeServer, tmp_path: Path, name: str
) -> None:
    output = places(tmp_path)[name]
    made = cli("generate", shot, "--account", account, "-o", output, "--json")
    assert made.status == 2
    assert made.json["error"].endswith("Choose another place with -o; nothing was sent.")
    assert str(output) in made.err
    assert server.creations == 0
    assert cli("tasks", "--json").json == []
    assert (tmp_path / "file.txt").read_text() == "mine"


def test_a_folder_that_may_not_be_written_to_is_refused(
    cli: Cli,
    shot: Path,
    account: str,
    server: PracticeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    # Root may write everywhere, so the refusal of the system is put in its place.
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    made = cli("generate", shot, "--account", account, "-o", tmp_path / "shut" / "out.mp4")
    assert (made.status, server.creations) == (2, 0)
    assert "Permission denied" in made.err
    assert not (tmp_path / "shut").exists()


def test_in_a_folder_the_video_gets_its_usual_name(
    cli: Cli, shot: Path, account: str, tmp_path: Path
) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    made = cli("generate", shot, "--account", account, "-o", folder, "--json")
    assert made.status == 0, made.err
    (video,) = folder.iterdir()
    assert made.json["video"] == str(video)
    assert video.name.endswith(f" shot {made.json['id'][:8]}.mp4")
    assert probe(video).frames == 150


def test_folders_on_the_way_to_the_video_are_made(
    cli: Cli, shot: Path, account: str, tmp_path: Path
) -> None:
    video = tmp_path / "new" / "er" / "out.mp4"
    assert cli("generate", shot, "--account", account, "-o", video).status == 0
    assert [path.name for path in video.parent.iterdir()] == ["out.mp4"]


@pytest.mark.usefixtures("hasty")
def test_a_full_disk_has_a_status_of_its_own_and_the_task_is_kept(
    cli: Cli,
    shot: Path,
    account: str,
    server: PracticeServer,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
        made = cli("generate", shot, "--account", account, "--json")
    assert made.status == UNWRITABLE == 73
    assert made.json["state"] == "downloading"
    assert "The disk is full" in made.err
    assert str(home) in made.err
    resumed = cli("resume", "--json")
    assert (resumed.status, resumed.json[0]["state"]) == (0, "done")
    assert server.creations == 1


@pytest.mark.usefixtures("hasty")
def test_a_folder_lost_on_the_way_leaves_the_video_at_home_and_says_so(
    cli: Cli, shot: Path, account: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kling_desktop.tasks import part

    folder, original = tmp_path / "out", part.open_part

    def open_part(path: Path, *more: Any) -> Any:
        if path.parent == folder:
            raise OSError(errno.EROFS, "Read-only file system")
        return original(path, *more)

    monkeypatch.setattr("kling_desktop.tasks.download.open_part", open_part)
    made = cli("generate", shot, "--account", account, "-o", folder / "a.mp4", "--json")
    assert made.status == 0, made.err
    assert Path(made.json["video"]).is_relative_to(home)
    said = f"It could not be written to {folder}, so it is kept in the folder for videos."
    assert made.json["error"] == said
    assert said in made.err


@pytest.mark.parametrize("when", ["after-sending", "at-the-end"])
def test_once_it_was_sent_it_is_never_bad_input(
    cli: Cli,
    shot: Path,
    account: str,
    server: PracticeServer,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    original = Journal.get

    def get(self: Journal, task_id: str) -> Any:
        found = original(self, task_id)
        if (server.creations if when == "after-sending" else found.finished) and found.remote_id:
            raise JournalError("The disk is full: free some space, so that tasks can be written.")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "get", get)
        made = cli("generate", shot, "--account", account)
    assert (made.status, server.creations) == (UNWRITABLE, 1)
    assert "“kling-desktop resume” goes on" in made.err
    assert cli("resume").status == 0
    assert [row["state"] for row in cli("tasks", "--json").json] == ["done"]
    assert server.creations == 1


# Streams that nobody reads, in real processes


def run(shot: Path, *more: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kling_desktop", "generate", str(shot), "--practice", *more],
        cwd=Path(__file__).parents[2], text=True, timeout=120, check=False, **streams,
    )  # fmt: skip


def left(cli: Cli) -> dict[str, Any]:
    (row,) = cli("tasks", "--json").json
    assert row["state"] == "done"
    assert probe(Path(row["video"])).frames == 150
    return dict(row)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_of_stderr_that_leaves_changes_nothing(cli: Cli, shot: Path) -> None:
    from_us, to_reader = os.pipe()
    os.close(from_us)
    ended = run(shot, "--json", stdout=subprocess.PIPE, stderr=to_reader)
    os.close(to_reader)
    assert ended.returncode == 0
    row = left(cli)
    assert f'"id": "{row["id"]}"' in ended.stdout
    assert f'"video": "{row["video"]}"' in ended.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_below_stderr_changes_nothing(cli: Cli, shot: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = run(shot, stdout=subprocess.PIPE, stderr=full)
    assert (ended.returncode, ended.stdout.strip()) == (0, left(cli)["video"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_below_stdout_is_said_once_the_video_is_here(cli: Cli, shot: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = run(shot, stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == UNWRITABLE
    assert ended.stderr.endswith("The output cannot be written: No space left on device.\n")
    left(cli)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_of_stdout_that_leaves_has_seen_enough(cli: Cli, shot: Path) -> None:
    from_us, to_reader = os.pipe()
    os.close(from_us)
    ended = run(shot, stdout=to_reader, stderr=subprocess.PIPE)
    os.close(to_reader)
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr
    left(cli)
