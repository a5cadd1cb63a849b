"""What the whole program has to tell when somebody needs help, and that none of it is secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from kling_desktop import app as program
from kling_desktop.storage.accounts import Account
from kling_desktop.storage.directories import resource
from kling_desktop.ui.dialogs.task_details import TaskDetails
from tests.e2e.conftest import Studio
from tests.secret import dresses


def clean(text: str) -> bool:
    return not any(dress in text.encode() for dress in dresses())


def test_after_a_video_its_story_can_be_copied(
    start: Callable[..., Studio], home: Path, secret: str
) -> None:
    studio = start(resource("sample.kling"))
    studio.app.workshop.accounts.add(Account("lab", "mulerun", None), secret)
    logging.getLogger("kling_desktop.test").warning("carelessly %s", secret)
    studio.press_button("generateButton")
    studio.generated()
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()  # another test may have copied its own
    studio.do("help.diagnostics")
    studio.wait(lambda: "Kling Desktop: " in clipboard.text(), "the diagnostics are copied")
    copied = clipboard.text()
    assert "  done: 1" in copied and "at practice is done" in copied
    assert "id: lab, provider: mulerun, host: api.mulerun.com, secret: until" in copied
    assert "Qt: 6." in copied and "carelessly ‹hidden›" in copied and clean(copied)
    task = studio.app.tasks.tasks[0]
    studio.app.tasks_panel.details_requested.emit(task)
    dialog = studio.window.findChild(TaskDetails)
    assert dialog is not None
    studio.wait(dialog.copy.isEnabled, "the details are read")
    details = dialog.text.toPlainText()
    assert task.id in details and str(task.remote_id) in details and "State: Done" in details
    assert "is downloading" in details and '"model_name"' in details and clean(details)
    assert "Reply to the request: HTTP 200" in details and "Last reply: HTTP 200" in details
    assert '"status": "completed"' in details, "what the provider said last"
    studio.app.shutdown()
    assert logging.getLogger("kling_desktop").handlers == []
    assert (home / "data" / "logs" / "kling-desktop.log").is_file()


def test_what_nobody_foresaw_is_logged_and_printed(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        int("no number")
    except ValueError as error:
        program.note_unforeseen(ValueError, error, error.__traceback__)
    assert caplog.records[0].levelno == logging.CRITICAL
    assert "unforeseen ValueError" in caplog.text and "no number" in caplog.text
    assert "no number" in capsys.readouterr().err
