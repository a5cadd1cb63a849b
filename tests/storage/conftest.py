"""A small shot with everything in it, ways to damage its file, and keyrings that obey or refuse."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path as FilePath
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked, PasswordDeleteError
from PIL import Image

from kling_desktop.imaging.load import read
from kling_desktop.imaging.masks import labels_png, read_labels
from kling_desktop.model import areas
from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.shot import Picture, Settings, Shot
from kling_desktop.model.timing import Timing
from kling_desktop.storage import shotfile
from kling_desktop.storage.directories import Directories

Save = Callable[..., None]
Load = Callable[[FilePath], Shot]


def encoded(kind: str, width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def picture() -> Picture:
    return read(encoded("PNG", 40, 30, (90, 120, 30)), "meadow.png")


@pytest.fixture(scope="session")
def shot(picture: Picture) -> Shot:
    labels = areas.empty(40, 30)
    labels[2:9, 3:12], labels[20:, :] = 2, areas.STATIC
    return Shot(
        picture=picture,
        labels=labels,
        paths={
            5: Path(((1.0, 2.0), (0.1, 29.75)), Curve.STRAIGHT, Timing.EASE_IN_OUT),
            2: Path(((5.5, 6.0), (33.0, 7.25), (9.0, 9.0)), extra={"note": ["kept", 1]}),
        },
        camera=Camera("simple", {"zoom": 3}, {"speed": "slow"}),
        end=read(encoded("JPEG", 40, 30, (1, 2, 3)), "later.jpeg"),
        settings=Settings("kling-v1-5", "std", "10", "ein Zweig – 風", "blur", 0.25, {"seed": 7}),
        extra={"studio": {"take": 3, "tags": [None, True, 1.5]}},
    )


@pytest.fixture(scope="session")
def save() -> Save:
    return partial(shotfile.save, labels_png=labels_png)


@pytest.fixture(scope="session")
def load() -> Load:
    return partial(shotfile.load, read_picture=read, read_labels=read_labels)


@pytest.fixture
def file(tmp_path: FilePath, shot: Shot, save: Save) -> FilePath:
    path = tmp_path / "take.kling"
    save(shot, path, preview=b"preview")
    return path


@pytest.fixture(scope="session")
def repack() -> Callable[..., FilePath]:
    """Write a shot file again with members replaced (bytes), added, or left out (None)."""

    def change(path: FilePath, **members: bytes | None) -> FilePath:
        with zipfile.ZipFile(path) as archive:
            found: dict[str, bytes | None] = {n: archive.read(n) for n in archive.namelist()}
        found |= {name.replace("__", "."): data for name, data in members.items()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in found.items():
                if data is not None:
                    archive.writestr(name, data)
        return path

    return change


@pytest.fixture(scope="session")
def rewrite(repack: Callable[..., FilePath]) -> Callable[..., FilePath]:
    """Write a shot file again with its JSON changed by a function."""

    def change(path: FilePath, edit: Callable[[dict[str, Any]], None]) -> FilePath:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read("shot.json"))
        edit(found)
        return repack(path, shot__json=json.dumps(found).encode())

    return change


@pytest.fixture
def directories(tmp_path: FilePath) -> Directories:
    return Directories.of(tmp_path / "home")


class MemoryKeyring(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("somebody closed the dialog")

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class PlaintextKeyring(MemoryKeyring):
    """Named as the backend of keyrings.alt that writes secrets to a plain file."""


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[KeyringBackend], None]]:
    monkeypatch.delenv("KLING_DESKTOP_TOKEN", raising=False)
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def memory(use_keyring: Callable[[KeyringBackend], None]) -> MemoryKeyring:
    backend = MemoryKeyring()
    use_keyring(backend)
    return backend


@pytest.fixture
def no_keyring(use_keyring: Callable[[KeyringBackend], None]) -> None:
    use_keyring(fail.Keyring())


@pytest.fixture
def plaintext(use_keyring: Callable[[KeyringBackend], None]) -> MemoryKeyring:
    backend = PlaintextKeyring()
    use_keyring(backend)
    return backend
