"""Every place lies below one folder when asked to, and is made for one user only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kling_desktop.storage import directories
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import Directories, private_folder, resource


def places(found: Directories) -> list[Path]:
    names = "videos journal settings accounts logs autosave practice"
    return [getattr(found, name) for name in names.split()]


def test_home_holds_everything(tmp_path: Path) -> None:
    found = Directories.of(tmp_path)
    assert (found.config, found.data, found.cache) == (
        tmp_path / "config",
        tmp_path / "data",
        tmp_path / "cache",
    )
    assert len(set(places(found))) == 7
    assert all(place.is_relative_to(tmp_path) for place in places(found))
    assert not any(tmp_path.iterdir())


def test_the_environment_moves_all_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLING_DESKTOP_HOME", str(tmp_path / "here"))
    assert Directories.of() == Directories.of(tmp_path / "here")
    assert Directories.of(tmp_path).data == tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KLING_DESKTOP_HOME", "here")
    assert Directories.of().data == tmp_path / "here" / "data"


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_the_system_decides(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str | None
) -> None:
    monkeypatch.delenv("KLING_DESKTOP_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("KLING_DESKTOP_HOME", value)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    found = Directories.of()
    assert found.data.is_absolute()
    assert found.data.name == "kling-desktop"


def test_folders_are_private(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "a" / "b" / "c")
    assert private_folder(folder).is_dir()
    if os.name == "posix":
        for made in (folder, folder.parent, folder.parent.parent):
            assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(StorageError, match="no folder"):
        private_folder(tmp_path / "a" / "b")


def test_resources_of_checkout_and_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "kling_desktop"
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "models.json").touch()
    monkeypatch.setattr(directories, "PACKAGE", package)
    assert resource("models.json") == tmp_path / "resources" / "models.json"
    (package / "resources").mkdir(parents=True)
    (package / "resources" / "models.json").touch()
    assert resource("models.json") == package / "resources" / "models.json"
    with pytest.raises(FileNotFoundError, match="install it again"):
        resource("gone.json")
