"""Members that this version does not know stay in a shot file that is saved again."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath

import pytest

from kling_desktop.imaging.load import read
from kling_desktop.model.shot import Shot, of
from kling_desktop.storage import container
from tests.storage.conftest import encoded

Load = Callable[[FilePath], Shot]
Save = Callable[..., None]


def add(path: FilePath, **members: bytes) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)


def names(path: FilePath) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_strangers_stay_and_saving_again_changes_nothing(
    file: FilePath, load: Load, save: Save
) -> None:
    add(file, notes__studio=b"take three", depth=b"\0" * 9)
    save(load(file), file, preview=b"new")
    assert names(file) == [
        "shot.json", "image.png", "areas.png", "end.jpg", "preview.jpg", "notes/studio", "depth",
    ]  # fmt: skip
    with zipfile.ZipFile(file) as archive:
        assert archive.read("notes/studio") == b"take three"
        assert archive.read("preview.jpg") == b"new"
    before = file.read_bytes()
    save(load(file), file, preview=b"new")
    assert file.read_bytes() == before


def test_what_was_given_up_does_not_come_back(file: FilePath, load: Load, save: Save) -> None:
    save(replace(load(file), end=None), file)
    assert names(file) == ["shot.json", "image.png", "areas.png"]


def test_another_shot_inherits_nothing(file: FilePath, save: Save) -> None:
    add(file, notes=b"of the old one")
    save(of(read(encoded("PNG", 40, 30, (9, 9, 9)), "other.png")), file)
    assert names(file) == ["shot.json", "image.png", "areas.png"]


@pytest.mark.parametrize("old", [b"", b"PK\x05\x06", b"no zip"])
def test_what_is_no_shot_is_replaced(
    tmp_path: FilePath, shot: Shot, save: Save, old: bytes
) -> None:
    path = tmp_path / "a.kling"
    path.write_bytes(old)
    save(shot, path)
    assert names(path) == ["shot.json", "image.png", "areas.png", "end.jpg"]


def test_never_more_than_can_be_opened_again(
    file: FilePath, load: Load, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot = load(file)
    save(replace(shot, end=None), file)
    add(file, **{f"n{number}": b"x" for number in range(container.MEMBERS_LIMIT - 3)})
    save(shot, file, preview=b"p")
    assert len(names(file)) == container.MEMBERS_LIMIT
    assert load(file).end is not None
    before = file.stat().st_size
    for limit in ("CARRIED_LIMIT", "TOTAL_LIMIT"):
        with monkeypatch.context() as patch:
            patch.setattr(container, limit, 10 if limit == "CARRIED_LIMIT" else before)
            save(shot, file, preview=b"p")
            assert load(file).end is not None
    assert len(names(file)) == 5 + 10
