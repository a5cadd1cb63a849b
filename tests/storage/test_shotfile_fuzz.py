"""Whatever bytes or JSON come, a shot file is read or refused with a sentence, never otherwise."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.shot import Settings, Shot
from kling_desktop.model.timing import Timing
from kling_desktop.storage.schema import (
    camera_from_json,
    parse,
    paths_from_json,
    settings_from_json,
)
from kling_desktop.storage.shotfile import ShotFileError

Load = Callable[[FilePath], Shot]
Save = Callable[..., None]

numbers = st.integers(-(10**400), 10**400) | st.floats() | st.integers(-9, 9)
scalars = st.none() | st.booleans() | numbers | st.text(max_size=8)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
paths = st.dictionaries(
    st.sampled_from(["1", "2", "6", "7", "", "x"]),
    anything
    | st.fixed_dictionaries(
        {"points": anything | st.lists(st.lists(numbers, min_size=1, max_size=3), max_size=4)},
        optional={"curve": st.sampled_from(["smooth", "?"]) | anything, "timing": anything},
    ),
    max_size=3,
)
members = st.sampled_from(["image.png", "areas.png", "end.jpg", "shot.json", "../a", "a"])
documents = st.fixed_dictionaries(
    {
        "format": st.just("kling-desktop-shot"),
        "version": st.just(1) | st.just(1) | anything,
        "image": members | anything,
        "areas": st.just("areas.png") | members | anything,
    },
    optional={
        "end_image": st.none() | members | anything,
        "paths": paths | anything,
        "camera": anything
        | st.fixed_dictionaries({"type": anything}, optional={"config": anything}),
        "settings": st.dictionaries(
            st.sampled_from(["model_name", "mode", "duration", "prompt", "cfg_scale", "x"]),
            anything,
        )
        | anything,
        "later": anything,
    },
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> FilePath:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def valid(folder: FilePath, shot: Shot, save: Save) -> bytes:
    path = folder / "valid.kling"
    save(shot, path)
    return path.read_bytes()


def read_or_refused(load: Load, path: FilePath) -> Shot | None:
    try:
        return load(path)
    except ShotFileError as error:
        sentence = str(error)
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 400
        return None


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300), tail=st.binary(max_size=22))
def test_random_bytes(folder: FilePath, load: Load, data: bytes, tail: bytes) -> None:
    path = folder / "random.kling"
    path.write_bytes(data + b"PK\x05\x06" + tail)
    assert read_or_refused(load, path) is None
    path.write_bytes(data)
    assert read_or_refused(load, path) is None


@settings(max_examples=500, deadline=None)
@given(draw=st.data())
def test_random_changes_of_a_valid_file(
    folder: FilePath, load: Load, valid: bytes, draw: st.DataObject
) -> None:
    data = bytearray(valid)
    # Half of the changes hit the headers, which are few, rather than the pixels.
    listing = valid.index(b"PK\x01\x02")
    places = st.integers(0, len(data) - 1) | st.integers(listing, len(data) - 1)
    for place in draw.draw(st.lists(places, min_size=1, max_size=6)):
        data[place] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.none() | st.integers(0, len(data)))
    path = folder / "changed.kling"
    path.write_bytes(data[:cut])
    read_or_refused(load, path)
    assert path.read_bytes() == data[:cut]


@settings(max_examples=300, deadline=None)
@given(document=documents)
def test_random_documents(
    folder: FilePath, load: Load, save: Save, valid: bytes, document: dict[str, Any]
) -> None:
    source, path = folder / "source.kling", folder / "document.kling"
    source.write_bytes(valid)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = json.dumps(document).encode() if name == "shot.json" else old.read(name)
            new.writestr(name, text)
    found = read_or_refused(load, path)
    if found is not None:
        save(found, path)
        first = path.read_bytes()
        save(load(path), path)
        assert path.read_bytes() == first


@settings(max_examples=300, deadline=None)
@given(found=anything | paths)
def test_random_json_for_the_command_line(found: Any) -> None:
    for reader in (paths_from_json, camera_from_json, settings_from_json):
        with contextlib.suppress(ShotFileError):
            assert isinstance(reader(found), dict | Camera | Settings | None)


@settings(max_examples=200, deadline=None)
@given(text=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_random_text_for_json(text: bytes) -> None:
    with pytest.raises(ShotFileError):
        parse(text)


coordinates = st.floats(-1e6, 1e6)


@settings(max_examples=100, deadline=None)
@given(
    points=st.lists(st.tuples(coordinates, coordinates), max_size=20),
    curve=st.sampled_from(Curve),
    timing=st.sampled_from(Timing),
    prompt=st.text(),
    land=st.booleans(),
    scale=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    extra=st.dictionaries(st.text(), st.text() | st.integers() | st.floats(-1, 1)),
)
def test_any_shot_comes_back_exactly(
    folder: FilePath,
    load: Load,
    save: Save,
    shot: Shot,
    points: list[tuple[float, float]],
    curve: Curve,
    timing: Timing,
    land: bool,
    prompt: str,
    scale: float | None,
    extra: dict[str, Any],
) -> None:
    speed = tuple((index / len(points), abs(x) / 7 + 1.0) for index, (x, _) in enumerate(points))
    speed = (*speed, (1.0, 0.5)) if points else ()
    moved = {4: Path(tuple(points), curve, timing, (0.25, 0.5), speed, 2, land, 0.5 + land)}
    wanted = Settings(prompt=prompt, cfg_scale=scale)
    extra = {f"x{key}": value for key, value in extra.items()}
    path = folder / "any.kling"
    save(replace(shot, paths=moved, settings=wanted, land=land, extra=extra), path)
    found = load(path)
    assert (found.paths, found.settings, found.extra) == (moved, wanted, extra)
    assert found.land is land
    first = path.read_bytes()
    save(found, path)
    assert path.read_bytes() == first
