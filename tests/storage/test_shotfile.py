"""A shot comes back as it was saved, byte for byte; a broken or hostile file changes nothing."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import pytest

from kling_desktop.imaging.load import read_file
from kling_desktop.imaging.masks import labels_png
from kling_desktop.model import areas
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, Settings, Shot, of
from kling_desktop.storage import shotfile
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.shotfile import ShotFileError

PHOTOS = FilePath(__file__).parents[1] / "data" / "photos"
Edit = Callable[[dict[str, Any]], None]
Load = Callable[[FilePath], Shot]
Save = Callable[..., None]
Repack = Callable[..., FilePath]
Rewrite = Callable[[FilePath, Edit], FilePath]


def contents(path: FilePath) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refused(load: Load, path: FilePath) -> str:
    before = path.read_bytes()
    with pytest.raises(ShotFileError) as caught:
        load(path)
    assert path.read_bytes() == before
    assert str(caught.value).startswith(f"“{path.name}” cannot be opened. ")
    return str(caught.value)


def same(one: Shot, other: Shot) -> bool:
    blank = areas.empty(0, 0)
    return replace(one, labels=blank) == replace(other, labels=blank) and np.array_equal(
        one.labels, other.labels
    )


def test_everything_comes_back(file: FilePath, load: Load, shot: Shot) -> None:
    assert same(load(file), shot)


def test_the_layout_of_the_contract(file: FilePath, shot: Shot) -> None:
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == [
            "shot.json",
            "image.png",
            "areas.png",
            "end.jpg",
            "preview.jpg",
        ]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert shot.picture is not None
        assert archive.read("image.png") == shot.picture.data
        assert archive.read("preview.jpg") == b"preview"
        assert json.loads(archive.read("shot.json")) == {
            "format": "kling-desktop-shot",
            "version": 1,
            "image": "image.png",
            "areas": "areas.png",
            "end_image": "end.jpg",
            "image_name": "meadow.png",
            "end_image_name": "later.jpeg",
            "paths": {
                "2": {
                    "points": [[5.5, 6.0], [33.0, 7.25], [9.0, 9.0]],
                    "curve": "smooth",
                    "timing": "linear",
                    "note": ["kept", 1],
                },
                "5": {
                    "points": [[1.0, 2.0], [0.1, 29.75]],
                    "curve": "straight",
                    "timing": "ease-in-out",
                },
            },
            "camera": {"type": "simple", "config": {"zoom": 3.0}, "speed": "slow"},
            "settings": {
                "model_name": "kling-v1-5",
                "mode": "std",
                "duration": "10",
                "prompt": "ein Zweig – 風",
                "negative_prompt": "blur",
                "cfg_scale": 0.25,
                "seed": 7,
            },
            "studio": {"take": 3, "tags": [None, True, 1.5]},
        }


def test_the_example_of_the_contract(
    tmp_path: FilePath, load: Load, save: Save, picture: Picture
) -> None:
    example = {
        "format": "kling-desktop-shot",
        "version": 1,
        "image": "image.png",
        "areas": "areas.png",
        "end_image": None,
        "paths": {
            "1": {
                "points": [[120.5, 300.0], [480.0, 290.0]],
                "curve": "smooth",
                "timing": "linear",
            }
        },
        "camera": None,
        "settings": {
            "model_name": "kling-v2-1-master",
            "mode": "pro",
            "duration": "5",
            "prompt": "",
            "negative_prompt": "",
            "cfg_scale": 0.5,
        },
    }
    path = tmp_path / "a.kling"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("areas.png", labels_png(areas.empty(40, 30)))
        archive.writestr("shot.json", json.dumps(example))
        archive.writestr("image.png", picture.data)
    found = load(path)
    assert found.paths == {1: Path(((120.5, 300.0), (480.0, 290.0)))}
    assert found.settings == Settings()
    save(found, path)
    assert json.loads(contents(path)["shot.json"]) == example


@pytest.mark.parametrize("photo", ["rocket.jpg", "astronaut.png", "coffee.png"])
def test_save_open_save_gives_the_same_bytes(
    tmp_path: FilePath, load: Load, save: Save, photo: str
) -> None:
    new = of(read_file(PHOTOS / photo))
    new.labels[10:50, 20:90] = 6
    first, second = tmp_path / "1.kling", tmp_path / "2.kling"
    save(replace(new, paths={6: Path(((1 / 3, 2.0), (9.1, 1e-7)))}), first)
    again = load(first)
    assert again.picture is not None
    assert again.picture.data == (PHOTOS / photo).read_bytes()
    assert again.picture.name == photo
    save(again, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_full_shot_too(file: FilePath, load: Load, save: Save, tmp_path: FilePath) -> None:
    save(load(file), tmp_path / "2.kling", preview=b"preview")
    assert (tmp_path / "2.kling").read_bytes() == file.read_bytes()


def test_unknown_keys_are_kept_everywhere(
    file: FilePath, load: Load, save: Save, rewrite: Rewrite
) -> None:
    odd = {"deep": [{"b": 1, "a": [1.5, None, False, "ß"]}], "model_config": 1}

    def edit(found: dict[str, Any]) -> None:
        for part in (found, found["paths"]["2"], found["settings"], found["camera"]):
            part["later"] = odd

    rewrite(file, edit)
    save(load(file), file)
    found = json.loads(contents(file)["shot.json"])
    for part in (found, found["paths"]["2"], found["settings"], found["camera"]):
        assert part["later"] == odd


def test_an_image_called_jpeg(file: FilePath, load: Load, repack: Repack, rewrite: Rewrite) -> None:
    end = contents(file)["end.jpg"]
    repack(file, end__jpeg=end, end__jpg=None)
    rewrite(file, lambda found: found.update(end_image="end.jpeg", image_name=r"C:\x\..\sea.png"))
    found = load(file)
    assert found.end is not None
    assert found.end.data == end
    assert found.picture is not None
    assert found.picture.name == "sea.png"


def test_folders_of_the_artist_are_not_told(
    tmp_path: FilePath, picture: Picture, load: Load, save: Save
) -> None:
    path = tmp_path / "a.kling"
    save(of(replace(picture, name="/home/someone/private/sea.png")), path)
    assert b"someone" not in path.read_bytes()
    found = load(path).picture
    assert found is not None
    assert found.name == "sea.png"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "zip"}, "not a shot of Kling Desktop"),
        ({"version": 2}, "newer Kling Desktop made it (version 2 of the file)"),
        ({"version": 10**400}, "newer Kling Desktop"),
        ({"version": 0}, "version “0”"),
        ({"version": True}, "version “True”"),
        ({"version": "1"}, "version “1”"),
        ({"version": None}, "version “None”"),
        ({"image": None}, "“image” should be text"),
        ({"image": "gone.png"}, "“gone.png” is missing"),
        ({"image": "../image.png"}, "not allowed"),
        ({"image": "/etc/passwd"}, "not allowed"),
        ({"image": "C:image.png"}, "not allowed"),
        ({"areas": "a\\areas.png"}, "not allowed"),
        ({"areas": "image.png"}, "areas cannot be used"),
        ({"areas": ["areas.png"]}, "“areas” should be text"),
        ({"end_image": "a/../end.jpg"}, "not allowed"),
        ({"end_image": "shot.json"}, "end frame cannot be used"),
        ({"end_image": ""}, "not allowed"),
        ({"image": "areas.png\0"}, "not allowed"),
        ({"image_name": 5}, "“image_name” should be text"),
        ({"paths": []}, "“paths” should be an object"),
        ({"camera": "simple"}, "The camera should be a JSON object"),
        ({"settings": None}, "The settings should be a JSON object"),
    ],
)
def test_refused_documents(
    file: FilePath, load: Load, rewrite: Rewrite, change: dict[str, Any], words: str
) -> None:
    rewrite(file, lambda found: found.update(change))
    assert words in refused(load, file)


@pytest.mark.parametrize("key", ["format", "version", "image", "areas"])
def test_missing_keys(file: FilePath, load: Load, rewrite: Rewrite, key: str) -> None:
    rewrite(file, lambda found: found.pop(key))
    refused(load, file)


@pytest.mark.parametrize("name", ["shot.json", "image.png", "areas.png", "end.jpg"])
def test_missing_members(file: FilePath, load: Load, repack: Repack, name: str) -> None:
    assert f"“{name}” is missing" in refused(load, repack(file, **{name: None}))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "broken"),
        (b"\xff", "broken"),
        (b"[]", "not a shot"),
        (b"null", "not a shot"),
        (b"[" * 5000, "broken"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "broken"),
        (b'{"format": "kling-desktop-shot", "x": NaN}', "broken"),
        (b'{"format": "kling-desktop-shot", "x": "\\ud800"}', "broken"),
        (b'{"format": "kling-desktop-shot", "version": ' + b"9" * 5000 + b"}", ""),
    ],
)
def test_refused_json(file: FilePath, load: Load, repack: Repack, data: bytes, words: str) -> None:
    assert words in refused(load, repack(file, shot__json=data))


def test_an_image_or_areas_that_imaging_refuses(file: FilePath, load: Load, repack: Repack) -> None:
    eight = areas.empty(40, 30)
    eight[0, 0] = 8
    assert "areas cannot be used" in refused(load, repack(file, areas__png=labels_png(eight)))
    other = labels_png(areas.empty(41, 30))
    assert "areas cannot be used" in refused(load, repack(file, areas__png=other))
    assert "image cannot be used" in refused(load, repack(file, image__png=b"GIF89a"))


def test_a_file_that_is_not_there_or_no_file(tmp_path: FilePath, load: Load) -> None:
    with pytest.raises(ShotFileError, match="no such file"):
        load(tmp_path / "a.kling")
    with pytest.raises(ShotFileError, match="not a file"):
        load(tmp_path)
    with pytest.raises(ShotFileError, match="cannot be read"):
        load(tmp_path / ("x" * 300))
    with pytest.raises(ShotFileError, match="cannot be read"):
        load(tmp_path / "a\0b")


def test_a_shot_that_no_file_can_hold(
    tmp_path: FilePath, shot: Shot, picture: Picture, save: Save
) -> None:
    path = tmp_path / "a.kling"
    path.write_bytes(b"old")
    for bad, words in [
        (Shot(), "no image"),
        (replace(shot, labels=areas.empty(4, 3)), "image's size"),
        (replace(shot, paths={7: Path()}), "six moving areas"),
        (replace(shot, paths={1: Path(((float("nan"), 0.0),))}), "cannot keep"),
        (replace(shot, paths={1: Path(((2e6, 0.0),))}), "beyond"),
        (replace(shot, paths={1: Path(((1.0, 1.0),) * 10_001)}), "more than 10000"),
        (replace(shot, extra={"x": object()}), "cannot keep"),
        (replace(shot, extra={"x": "y" * 5_000_000}), "larger than 4 MB"),
        (replace(shot, picture=replace(picture, format="/../PNG")), "not allowed"),
    ]:
        with pytest.raises(ShotFileError, match=words):
            save(bad, path)
    assert path.read_bytes() == b"old"


def test_strange_text_is_saved(tmp_path: FilePath, shot: Shot, save: Save, load: Load) -> None:
    path = tmp_path / "a.kling"
    save(replace(shot, settings=Settings(prompt="a\ud800b\x00\u2028😀")), path)
    assert load(path).settings.prompt == "a?b\x00\u2028😀"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_keeps_the_old_shot(
    file: FilePath, shot: Shot, save: Save, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = file.read_bytes()
    with monkeypatch.context() as patch:
        full = OSError(errno.ENOSPC, "full")
        patch.setattr(os, step, lambda *_: (_ for _ in ()).throw(full))
        with pytest.raises(StorageError, match="no room left"):
            save(replace(shot, settings=Settings(prompt="new")), file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_three_readers_of_the_command_line() -> None:
    assert shotfile.settings_from_json({"duration": 10}) == Settings(duration="10")
    assert shotfile.camera_from_json(None) is None
    assert shotfile.paths_from_json({}) == {}
