"""The artist's own providers.json: what is put in, what is kept, what is refused."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.user_profiles import add_profile, own_profiles, remove_profile

ENTRY = {"label": "Atelier – 船", "base_urls": ["https://a.example.com"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "providers.json"


def read(file: Path) -> object:
    return json.loads(file.read_text("utf-8"))


def test_the_first_place_makes_the_file_for_this_user_alone(file: Path) -> None:
    add_profile(file, "mine", ENTRY)
    assert read(file) == {"profiles": {"mine": ENTRY}}
    assert "Atelier – 船" in file.read_text("utf-8")
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_what_else_the_file_holds_is_kept(file: Path) -> None:
    file.parent.mkdir()
    theirs = {"note": "by hand", "odd": [1], "profiles": {"fal": {"video_days": 3}}}
    file.write_text(json.dumps(theirs), "utf-8")
    add_profile(file, "mine", ENTRY)
    add_profile(file, "mine", {**ENTRY, "label": "Again"})
    expected = {"fal": {"video_days": 3}, "mine": {**ENTRY, "label": "Again"}}
    assert read(file) == {**theirs, "profiles": expected}


def test_a_place_is_taken_out_and_nothing_else(file: Path) -> None:
    add_profile(file, "mine", ENTRY)
    add_profile(file, "yours", ENTRY)
    remove_profile(file, "mine")
    assert read(file) == {"profiles": {"yours": ENTRY}}
    before = file.stat().st_mtime_ns
    remove_profile(file, "nobody")
    assert file.stat().st_mtime_ns == before


def test_taking_out_of_nothing_makes_nothing(file: Path) -> None:
    remove_profile(file, "mine")
    assert not file.exists()


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"profiles": 5}', b"\xff\xfe", b"[" * 100_000, b""]
)
def test_a_file_that_makes_no_sense_is_refused_and_left_alone(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    for call in (lambda: add_profile(file, "mine", ENTRY), lambda: remove_profile(file, "mine")):
        with pytest.raises(StorageError, match="Correct the file or remove it"):
            call()
    assert file.read_bytes() == content


def test_a_full_disk_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_profile(file, "mine", ENTRY)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StorageError, match="no room left"):
        add_profile(file, "yours", ENTRY)
    assert read(file) == {"profiles": {"mine": ENTRY}}
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_file_from_an_editor_that_marks_its_encoding(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"profiles": {"one": {}}}', "utf-8-sig")
    add_profile(file, "two", {})
    assert set(own_profiles(file)) == {"one", "two"}


def test_a_file_that_says_something_twice_is_not_written_again(file: Path) -> None:
    file.parent.mkdir()
    text = '{"profiles": {"one": {"label": "a"}, "one": {"label": "b"}}}'
    file.write_text(text, "utf-8")
    with pytest.raises(StorageError, match="cannot be read, so nothing was added"):
        add_profile(file, "two", {})
    assert file.read_text("utf-8") == text
