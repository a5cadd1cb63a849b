"""Preferences survive broken files, other windows and full disks, and keep what they do not know."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.storage import records
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.settings import Preferences

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_nothing_is_written_before_something_is_chosen(path: Path) -> None:
    assert Preferences(path).get("brush.radius", 24.0) == 24.0
    assert Preferences(path).warning is None
    assert not path.parent.exists()


def test_a_choice_outlives_the_program(path: Path) -> None:
    Preferences(path).set("brush.radius", 60)
    Preferences(path).set("recent", ("a.kling", "b.kling"))
    found = Preferences(path)
    assert found.get("brush.radius", 24.0) == 60
    assert found.get("recent", []) == ["a.kling", "b.kling"]
    assert json.loads(path.read_bytes()) == {
        "brush.radius": 60,
        "recent": ["a.kling", "b.kling"],
    }


def test_none_forgets(path: Path) -> None:
    found = Preferences(path)
    found.set("a", 1)
    found.set("a", None)
    assert found.get("a") is None
    assert json.loads(path.read_bytes()) == {}


def test_unknown_keys_and_other_windows_stay(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"later": {"x": [1]}, "a": 1}')
    first, second = Preferences(path), Preferences(path)
    first.set("a", 2)
    second.set("b", 3)
    assert json.loads(path.read_bytes()) == {"later": {"x": [1]}, "a": 2, "b": 3}
    assert second.get("a") == 2


def test_the_same_choice_is_not_written_again(path: Path) -> None:
    found = Preferences(path)
    found.set("a", [1])
    before = path.stat().st_mtime_ns, path.stat().st_ino
    found.set("a", [1])
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_what_is_got_is_a_copy(path: Path) -> None:
    found = Preferences(path)
    found.set("recent", ["a"])
    found.get("recent", [""]).append("b")
    assert found.get("recent") == ["a"]


@pytest.mark.parametrize(
    ("stored", "default", "expected"),
    [
        ("wide", 3, 3),
        (True, 1.0, 1.0),
        (1, True, True),
        (2, 1.0, 2),
        ([1], {}, {}),
        (None, "x", "x"),
        ("any", None, "any"),
    ],
)
def test_a_value_of_another_kind_is_the_default(
    path: Path, stored: Any, default: Any, expected: Any
) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"key": stored}))
    assert Preferences(path).get("key", default) == expected


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"7"])
def test_a_broken_file_is_set_aside(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    found = Preferences(path)
    assert found.get("a", 1) == 1
    assert "settings.json.broken" in (found.warning or "")
    assert path.with_name("settings.json.broken").read_bytes() == data
    path.write_bytes(b"again")
    found.set("a", 2)
    assert Preferences(path).get("a") == 2
    assert path.with_name("settings.json.broken-2").read_bytes() == b"again"


def test_a_broken_file_that_cannot_be_moved_is_not_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    path.write_bytes(b"{")

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "rename", refuse)
    found = Preferences(path)
    assert found.get("a", 1) == 1
    with pytest.raises(StorageError, match="cannot be read"):
        found.set("a", 2)
    assert path.read_bytes() == b"{"


def test_a_full_disk_keeps_the_choice_for_the_session(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Preferences(path)
    found.set("a", 1)
    with monkeypatch.context() as patch:
        full = OSError(errno.ENOSPC, "full")
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(full))
        with pytest.raises(StorageError, match="no room left"):
            found.set("a", 2)
    assert found.get("a") == 2
    assert json.loads(path.read_bytes()) == {"a": 1}
    found.set("b", 3)
    assert json.loads(path.read_bytes()) == {"a": 2, "b": 3}


def test_what_is_no_json_is_our_mistake(path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        Preferences(path).set("a", float("nan"))
    with pytest.raises(TypeError):
        Preferences(path).set("a", object())
    assert not path.exists()


@settings(max_examples=60, deadline=None)
@given(values=st.dictionaries(st.text(), json_values, max_size=4))
def test_any_object_comes_back(tmp_path_factory: pytest.TempPathFactory, values: Any) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    records.write(path, records.Record(values))
    assert records.read(path) == records.Record(values)
