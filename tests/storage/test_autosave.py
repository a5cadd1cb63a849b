"""A crash leaves a copy that can be opened; a clean close, and a window still open, leave none."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import numpy as np
import pytest

from kling_desktop.imaging.masks import labels_png
from kling_desktop.model.shot import Shot
from kling_desktop.storage import autosave
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.autosave import Autosave, Recoverable, forget, recoverable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def window(folder: Path) -> Iterator[Autosave]:
    found = Autosave(folder)
    yield found
    found.close()


def crash(window: Autosave) -> None:
    """What the system does to the lock of a process that ends."""
    assert window._lock is not None
    window._lock.close()


def test_a_crash_leaves_a_copy(
    folder: Path, window: Autosave, shot: Shot, load: Callable[[Path], Shot], tmp_path: Path
) -> None:
    original = tmp_path / "take.kling"
    window.keep(shot, original, labels_png=labels_png)
    crash(window)
    [found] = recoverable(folder)
    assert found.original == original
    assert found.kept == found.copy.stat().st_mtime
    again = load(found.copy)
    assert np.array_equal(again.labels, shot.labels)
    assert again.settings == shot.settings
    forget(found)
    assert recoverable(folder) == []
    assert list(folder.iterdir()) == []


def test_an_open_window_is_left_alone(folder: Path, window: Autosave, shot: Shot) -> None:
    window.keep(shot, None, labels_png=labels_png)
    assert recoverable(folder) == []
    crash(window)
    assert [each.original for each in recoverable(folder)] == [None]


def test_a_clean_close_leaves_nothing(folder: Path, window: Autosave, shot: Shot) -> None:
    window.keep(shot, None, labels_png=labels_png)
    window.discard()
    assert [path.suffix for path in folder.iterdir()] == [".lock"]
    window.keep(shot, None, labels_png=labels_png)
    window.close()
    assert list(folder.iterdir()) == []
    assert recoverable(folder) == []


def test_an_empty_shot_is_not_kept(folder: Path, window: Autosave) -> None:
    window.keep(Shot(), None, labels_png=labels_png)
    assert not folder.exists()
    assert recoverable(folder) == []


def test_a_full_disk_keeps_the_older_copy(
    folder: Path, window: Autosave, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.keep(shot, None, labels_png=labels_png)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patch:
        full = OSError(28, "full")
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(full))
        with pytest.raises(StorageError, match="no room left"):
            window.keep(shot, Path("other.kling"), labels_png=labels_png)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_newest_first_whatever_lies_about(folder: Path, shot: Shot) -> None:
    windows = [Autosave(folder) for _ in range(3)]
    for age, window in enumerate(windows):
        window.keep(shot, Path(f"/shots/{age}.kling"), labels_png=labels_png)
        crash(window)
        os.utime(window._path(".kling"), (1e9 - age, 1e9 - age))
    windows[1]._path(".json").write_bytes(b"[")
    windows[2]._path(".lock").unlink()
    (folder / "notes.txt").touch()
    (folder / f".{windows[0]._name}.kling.0a1b.part").touch()
    found = recoverable(folder)
    assert [each.original for each in found] == [
        Path("/shots/0.kling").absolute(),
        None,
        Path("/shots/2.kling").absolute(),
    ]
    assert not list(folder.glob(".*.part"))


def test_old_locks_without_a_copy_are_swept(folder: Path, window: Autosave, shot: Shot) -> None:
    window.keep(shot, None, labels_png=labels_png)
    window.discard()
    stray = folder / "0123.lock"
    stray.touch()
    made = stray.stat().st_mtime
    assert recoverable(folder, now=made + 60) == []
    assert stray.exists()
    assert recoverable(folder, now=made + autosave.STALE + 60) == []
    assert [path.name for path in folder.iterdir()] == [f"{window._name}.lock"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert recoverable(tmp_path / "never") == []
    forget(Recoverable(tmp_path / "never" / "a.kling", None, 0.0))


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_a_killed_process_leaves_its_copy(
    folder: Path, file: Path, load: Callable[[Path], Shot]
) -> None:
    code = (
        "import sys, pathlib\n"
        "from kling_desktop.imaging.load import read\n"
        "from kling_desktop.imaging.masks import labels_png, read_labels\n"
        "from kling_desktop.storage import shotfile\n"
        "from kling_desktop.storage.autosave import Autosave\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "shot = shotfile.load(path, read_picture=read, read_labels=read_labels)\n"
        "keeper = Autosave(pathlib.Path(sys.argv[2]))\n"
        "keeper.keep(shot, path, labels_png=labels_png)\n"
        "print('kept', flush=True)\n"
        "sys.stdin.read()\n"
    )
    root = Path(__file__).parents[2]
    with Popen(
        [sys.executable, "-c", code, str(file), str(folder)], stdin=PIPE, stdout=PIPE, cwd=root
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"kept\n"
        assert recoverable(folder) == []
        process.send_signal(signal.SIGKILL)
    [found] = recoverable(folder)
    assert found.original == file
    assert load(found.copy).paths == load(file).paths
