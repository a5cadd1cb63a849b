"""Names and colours of areas in the shot file: kept, absent when usual, refused when hostile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.model.areas import AREAS, STATIC
from kling_desktop.model.shot import AreaLook, Shot
from kling_desktop.storage.schema import NAME_LIMIT, Document, dump, parse
from kling_desktop.storage.shotfile import ShotFileError

Load = Callable[[FilePath], Shot]
Save = Callable[..., None]

names = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=NAME_LIMIT)
colours = st.none() | st.tuples(*[st.integers(0, 255)] * 3)
looks = st.dictionaries(st.sampled_from(AREAS), st.builds(AreaLook, names, colours))


def text(**keys: Any) -> bytes:
    head = {"format": "kling-desktop-shot", "version": 1, "image": "a.png", "areas": "b.png"}
    return json.dumps({**head, **keys}).encode()


@given(looks)
def test_looks_come_back(found: dict[int, AreaLook]) -> None:
    document = Document(image="a.png", areas="b.png", looks=found)
    again = parse(dump(document))
    assert again.looks == {area: look for area, look in found.items() if look != AreaLook()}
    assert dump(again) == dump(document)


def test_without_looks_the_key_is_absent_and_older_files_open() -> None:
    assert "looks" not in json.loads(dump(Document(image="a.png", areas="b.png")))
    assert parse(text()).looks == {}


def test_the_layout_of_a_look() -> None:
    found = {1: AreaLook("Arm", (240, 72, 38)), STATIC: AreaLook("", (0, 0, 0))}
    written = json.loads(dump(Document(image="a.png", areas="b.png", looks=found)))
    assert written["looks"] == {
        "1": {"name": "Arm", "colour": "#f04826"},
        "7": {"colour": "#000000"},
    }


def test_unknown_keys_of_a_look_are_kept() -> None:
    strange = {"1": {"name": "Arm", "glow": [3]}, "4": {"later": {}}}
    document = parse(text(looks=strange, more=1))
    assert document.looks == {1: AreaLook("Arm")}
    assert json.loads(dump(document))["looks"] == strange
    renamed = replace(document, looks={1: AreaLook("Hand")})
    assert json.loads(dump(renamed))["looks"]["1"] == {"name": "Hand", "glow": [3]}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "an object whose keys are 1 to 7"),
        ([], "an object whose keys are 1 to 7"),
        ({"0": {}}, "area “0”; there are areas 1 to 7"),
        ({"01": {}}, "area “01”"),
        ({"static": {}}, "area “static”"),
        ({"x" * 500: {}}, "there are areas 1 to 7"),
        ({"1": None}, "The look of area 1 should be a JSON object."),
        ({"1": {"name": 3}}, "“name” should be one line of at most 60 characters"),
        ({"1": {"name": None}}, "one line"),
        ({"1": {"name": "x" * 61}}, "at most 60"),
        ({"1": {"name": "two\nlines"}}, "one line"),
        ({"1": {"name": "two\u2028lines"}}, "one line"),
        ({"1": {"name": "\u0000"}}, "one line"),
        ({"1": {"colour": "red"}}, "“colour” should be a colour like “#f04826”"),
        ({"1": {"colour": "#12345"}}, "a colour like"),
        ({"1": {"colour": "#1234567"}}, "a colour like"),
        ({"1": {"colour": "#12345g"}}, "a colour like"),
        ({"1": {"colour": "#123456\n"}}, "a colour like"),
        ({"1": {"colour": [1, 2, 3]}}, "a colour like"),
        ({"1": {"colour": 7}}, "a colour like"),
    ],
)
def test_refused_looks(found: Any, words: str) -> None:
    with pytest.raises(ShotFileError) as caught:
        parse(text(looks=found))
    assert words in str(caught.value)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_what_would_be_refused_is_not_written() -> None:
    long = Document(image="a.png", areas="b.png", looks={1: AreaLook("x" * 61)})
    with pytest.raises(ShotFileError, match="at most 60"):
        dump(long)


def test_a_shot_file_keeps_looks(tmp_path: FilePath, shot: Shot, save: Save, load: Load) -> None:
    named = replace(shot, looks={2: AreaLook("Zweig – 風", (1, 2, 3)), 5: AreaLook("5")})
    save(named, tmp_path / "named.kling")
    assert load(tmp_path / "named.kling").looks == named.looks
