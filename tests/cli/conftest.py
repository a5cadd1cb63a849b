"""The command line in this process: status, stdout and stderr of one command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kling_desktop.cli.main import run
from kling_desktop.practice.server import PracticeServer
from kling_desktop.storage.accounts import Account, Accounts
from kling_desktop.storage.directories import Directories
from tests import secret

PHOTOS = Path(__file__).parents[1] / "data" / "photos"


@dataclass
class Result:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All state under one folder, no token in the environment."""
    folder = tmp_path / "home"
    monkeypatch.setenv("KLING_DESKTOP_HOME", str(folder))
    monkeypatch.delenv("KLING_DESKTOP_TOKEN", raising=False)
    return folder


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    def command(*arguments: object) -> Result:
        capsys.readouterr()
        try:
            status = run([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Result(status, printed.out, printed.err)

    return command


@pytest.fixture
def shot(cli: Cli, tmp_path: Path) -> Path:
    """The rocket photo with two moving areas, the static one, and two paths."""
    return make_shot(cli, tmp_path / "shot.kling", PHOTOS / "rocket.jpg", 640, 427)


PATHS: dict[str, Any] = {
    "1": {"points": [[320.5, 200.0], [330.0, 120.0], [420.0, 60.25]], "curve": "smooth"},
    "2": {"points": [[100.0, 340.0], [240.0, 350.0]], "curve": "straight", "timing": "ease-in"},
}


def make_shot(cli: Cli, target: Path, image: Path, width: int, height: int) -> Path:
    areas = target.with_suffix(".areas.png")
    cv2.imwrite(str(areas), label_map(width, height))
    paths = target.with_suffix(".paths.json")
    paths.write_text(json.dumps(PATHS))
    made = cli("new", image, "-o", target, "--areas", areas, "--paths", paths)
    assert made.status == 0, made.err
    return target


def label_map(width: int, height: int) -> np.ndarray:
    labels = np.zeros((height, width), np.uint8)
    cv2.circle(labels, (320, 200), 40, 1, -1)
    cv2.rectangle(labels, (60, 320), (150, 360), 2, -1)
    labels[-30:] = 7
    return labels


TOKEN = secret.SECRET
"""What the tests of tasks send as the key, to be sought everywhere afterwards."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path / "server", token=TOKEN, pace=0) as running:
        yield running


@pytest.fixture
def account(server: PracticeServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An account at a relay, here the practice server, that cannot say whether a task arrived."""
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", TOKEN)
    Accounts(Directories.of(home)).add(Account("relay", "mulerun", server.url), TOKEN)
    return "relay"
