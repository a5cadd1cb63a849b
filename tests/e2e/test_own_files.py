"""Mistakes in the files that the artist writes by hand: the window opens, says them, and goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from kling_desktop.model.task import TaskState
from kling_desktop.practice.server import PracticeServer
from kling_desktop.storage.accounts import Account
from kling_desktop.storage.directories import resource
from kling_desktop.workshop import Workshop, read_shot
from tests.e2e.conftest import Studio

SHIPPED = json.loads(resource("providers.json").read_text("utf-8"))["profiles"]["mulerun"]
MINE: dict[str, Any] = {**SHIPPED, "label": "My lab", "base_urls": ["https://lab.example.com"]}


@pytest.fixture
def server(tmp_path: Path, secret: str) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path / "server", token=secret, pace=0) as running:
        yield running


@pytest.fixture
def config(home: Path) -> Path:
    folder = home / "config"
    folder.mkdir(parents=True)
    return folder


def said(studio: Studio) -> str:
    assert studio.window.strip.isVisible()
    return studio.window.strip.text.text()


@pytest.mark.parametrize("name", ["providers.json", "models.json"])
@pytest.mark.parametrize("content", ["{", "[]", '{"mulerun": {"lable": "x"}}', "\ufeff{", "7"])
def test_a_file_that_makes_no_sense_stops_nothing(
    start: Callable[..., Studio], config: Path, name: str, content: str
) -> None:
    (config / name).write_text(content, "utf-8")
    studio = start(resource("sample.kling"))
    assert str(config / name) in said(studio)
    assert "Correct it" in said(studio)
    assert studio.app.studio.profiles["mulerun"].label == "MuleRun"
    assert studio.app.studio.catalogue.models


def test_practice_goes_on_and_the_diagnostics_say_it(
    start: Callable[..., Studio], config: Path
) -> None:
    for name in ("providers.json", "models.json"):
        (config / name).write_text("{", "utf-8")
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    studio = start(resource("sample.kling"))
    studio.press_button("generateButton")
    studio.generated()
    studio.do("help.diagnostics")
    studio.wait(lambda: "mistakes in own files\n" in clipboard.text(), "the diagnostics say it")
    for name in ("providers.json", "models.json"):
        assert f"/config/{name}, line 1, column 2: a name in double" in clipboard.text()


def test_of_many_mistakes_some_are_said_and_the_others_counted(
    start: Callable[..., Studio], config: Path
) -> None:
    broken = {f"lab-{number}": {**MINE, "lable": ""} for number in range(5)}
    file = config / "providers.json"
    file.write_text(json.dumps({"profiles": {**broken, "mine": MINE}}), "utf-8")
    studio = start()
    assert f"In {file}, “profiles → lab-2 → lable” is not known here." in said(studio)
    assert "lab-3" not in said(studio) and "And 2 more" in said(studio)
    assert studio.app.studio.profiles["mine"].label == "My lab"


def test_running_tasks_go_on_but_for_those_of_the_broken_entry(
    start: Callable[..., Studio],
    home: Path,
    config: Path,
    server: PracticeServer,
    secret: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One at a shipped place whose change is broken, one at a place that cannot be known."""
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", secret)
    file = config / "providers.json"
    file.write_text(json.dumps({"profiles": {"mine": MINE}}), "utf-8")
    shop = Workshop(home)
    engine = shop.engine(lambda _task: None, lambda *_news: None)
    shot = read_shot(resource("sample.kling"))
    for account in (Account("rel", "mulerun", server.url), Account("lab", "mine", server.url)):
        shop.accounts.add(account, secret)
        body = shop.request(shot, account, account.id)
        engine.submit(account.id, body, task_id=account.id, model=shot.settings.model_name)
    engine.close()
    shop.close()
    broken = {"mulerun": {"lable": "x"}, "mine": {**MINE, "video_days": "3"}}
    file.write_text(json.dumps({"profiles": broken}), "utf-8")
    studio = start()
    studio.generated()
    journal = studio.app.workshop.journal
    assert journal.get("rel").state == TaskState.DONE
    studio.wait(lambda: "video_days" in said(studio), "it is said what keeps the other")
    assert journal.get("lab").state == TaskState.QUEUED
    studio.app.shutdown()
    file.write_text(json.dumps({"profiles": {"mine": MINE}}), "utf-8")
    studio = start()
    studio.generated(2)
    assert server.creations == 2
