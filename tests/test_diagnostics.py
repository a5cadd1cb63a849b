"""What a report of a fault holds: all that helps, no secret, no picture, no name of a home."""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop import __version__
from kling_desktop.diagnostics import as_text, gather
from kling_desktop.model.task import Task, TaskState
from kling_desktop.providers.answers import QUERY, Answer
from kling_desktop.storage.accounts import Account
from kling_desktop.task_report import laid_out, report
from kling_desktop.workshop import Workshop
from tests.secret import SECRET, dresses

log = logging.getLogger("kling_desktop.somewhere")
PICTURE = base64.b64encode(bytes(range(256)) * 40).decode()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path / "state")
    workshop.open_log("Test")
    yield workshop
    workshop.close()


def body(**more: str) -> bytes:
    return json.dumps({"image": PICTURE, "prompt": "a boat", **more}).encode()


def add(workshop: Workshop, state: TaskState, name: str, **values: object) -> Task:
    now = time.time()
    task = Task(name, "relay", TaskState.QUEUED, now, now, shot="Boat", model="kling-v9")
    workshop.journal.add(replace(task, state=state, **values), body())  # type: ignore[arg-type]
    return workshop.journal.get(name)


def clean(text: str) -> bool:
    return not any(dress in text.encode() for dress in dresses())


def test_versions_tasks_accounts_and_log_are_told(workshop: Workshop) -> None:
    workshop.accounts.add(Account("relay", "mulerun", "https://relay.example/v1"), SECRET)
    workshop.accounts.add(Account("odd", "forgotten", None), SECRET)
    add(workshop, TaskState.DONE, "t1")
    add(workshop, TaskState.DONE, "t2")
    add(workshop, TaskState.UNCONFIRMED, "t3")
    log.warning("refused with %s", SECRET)
    found = gather(workshop, {"theme": "dark"})
    assert found["Kling Desktop"] == __version__
    assert found["versions"]["numpy"][0].isdecimal()
    assert found["window"] == {"theme": "dark"}
    assert found["tasks"] == {"done": 2, "unconfirmed": 1}
    assert found["accounts"] == [
        {"id": "practice", "provider": "practice", "host": "this computer",
         "secret": "made up at every start"},
        {"id": "relay", "provider": "mulerun", "host": "relay.example",
         "secret": "until the program ends"},
        {"id": "odd", "provider": "forgotten (unknown)", "host": "this computer",
         "secret": "until the program ends"},
    ]  # fmt: skip
    assert "no keyring" in found["keyring"]
    assert found["log"][-1].endswith("refused with ‹hidden›")
    text = as_text(found)
    assert clean(text) and clean(json.dumps(found))
    for line in (f"Kling Desktop: {__version__}", "  theme: dark", "  done: 2", "\naccounts\n"):
        assert line in text


def test_a_secret_in_the_environment_is_named_not_shown(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.accounts.add(Account("relay", "mulerun", None), SECRET)
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", f"other-{SECRET}")
    text = as_text(gather(workshop))
    assert "host: api.mulerun.com, secret: in the environment" in text and clean(text)


def test_the_name_of_a_home_stays_out(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    log.info("wrote %s", tmp_path / "out.mp4")
    text = as_text(gather(workshop))
    assert str(tmp_path) not in text
    assert "wrote ~/out.mp4" in text and "settings: ~/state/config" in text


def test_what_cannot_be_found_out_is_said_in_its_place(workshop: Workshop) -> None:
    journal = workshop.directories.journal
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_bytes(b"no journal at all" * 100)
    (workshop.directories.config).mkdir(parents=True)
    (workshop.directories.config / "providers.json").write_text("{")
    found = gather(workshop)
    assert found["tasks"].startswith("JournalError: The task journal is damaged")
    assert "config/providers.json, line 1, column 2: " in found["mistakes in own files"][0]
    assert found["accounts"][0]["id"] == "practice"
    assert found["log"], "the rest is told"


def test_a_task_is_reported_with_its_request_and_history(workshop: Workshop) -> None:
    workshop.accounts.add(Account("relay", "mulerun", "https://relay.example"), SECRET)
    add(
        workshop,
        TaskState.FAILED,
        "task-1",
        remote_id="remote-9",
        error="The provider could not make the video: too dark.",
        video_url="https://cdn.example/v.mp4?X-Signature=abcdef&k=1",
        expires=1_900_000_000.0,
    )
    log.info("task %s at relay is failed", "task-1")
    log.info("GET relay.example/v1/remote-9 → 200, request rq-77")
    log.info("task %s at relay is done", "task-2")
    text = report(workshop, "task-1")
    assert "At the provider: remote-9" in text
    assert "Account: relay (MuleRun, https://relay.example)" in text
    assert "State: Failed" in text and "Video kept there until" not in text
    assert "Error\nThe provider could not make the video: too dark." in text
    assert "task-1 at relay is failed" in text and "rq-77" in text and "task-2" not in text
    assert '"image": "<image, 10 240 bytes>"' in text and '"prompt": "a boat"' in text
    assert "v.mp4?‹hidden›" in text and "X-Signature" not in text
    assert PICTURE[:60] not in text and clean(text)


def test_only_what_will_happen_is_said_to(workshop: Workshop) -> None:
    later = {"due": time.time() + 60, "expires": 1_900_000_000.0}
    for number, (state, made, said) in enumerate(
        [
            (TaskState.PROCESSING, None, ["Looked at next", "Video kept there until: 2030-03-17"]),
            (TaskState.FAILED, True, ["Video kept there until: 2030-03-17"]),
            (TaskState.FAILED, None, []),
            (TaskState.UNCONFIRMED, None, []),
        ]
    ):
        add(workshop, state, f"t-{number}", made=made, **later)
        lines = report(workshop, f"t-{number}").splitlines()
        found = [line for line in lines if line.startswith(("Looked", "Video kept"))]
        assert len(found) == len(said), (state, found)
        assert all(line.startswith(words) for line, words in zip(found, said, strict=True))


def test_each_path_of_a_request_is_one_line() -> None:
    points = [{"x": 12, "y": 34}, {"x": 5, "y": 6}]
    masks = [{"mask": "<image, 9 bytes>", "trajectories": points}] * 2
    request = {"prompt": "a [ boat ]", "dynamic_masks": masks, "sizes": [1, 2.5], "none": []}
    lines = laid_out(json.dumps(request, indent=2)).splitlines()
    paths = [line.strip() for line in lines if "trajectories" in line]
    assert paths == ['"trajectories": [{"x": 12, "y": 34}, {"x": 5, "y": 6}]'] * 2
    assert json.loads("".join(lines)) == request and len(lines) == 15
    assert laid_out("<unreadable request, 9 bytes>") == "<unreadable request, 9 bytes>"


def test_the_replies_of_the_provider_are_in_the_report(workshop: Workshop) -> None:
    """From a refusal by the bundled server to the text for its support, over sockets."""
    engine = workshop.engine(lambda _task: None, lambda *_news: None)
    engine.submit("practice", body(mode="fast", external_task_id="t-1"), task_id="t-1")
    engine.step()
    engine.close()
    assert workshop.journal.get("t-1").state == TaskState.FAILED
    text = report(workshop, "t-1")
    assert "Request id: none was given" in text, "this dialect has none"
    assert "Reply to the request: HTTP 400, 20" in text and '"title": "Bad Request"' in text
    assert "Last reply: none is kept" in text
    found = Answer(QUERY, 1_900_000_000.0, 200, "r-77", '{"url": "https://v/1"}')
    workshop.journal.write("t-1", {"note": None}, answers=[found])
    text = report(workshop, "t-1")
    assert "Request id: r-77" in text and "Last reply: HTTP 200, 2030-03-17" in text
    assert 'request id r-77\n{"url"' in text


def test_a_task_whose_account_and_request_are_gone(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(workshop, TaskState.UNCONFIRMED, "task-1")

    def gone(task_id: str) -> bytes:
        raise KeyError(task_id)

    monkeypatch.setattr(workshop.journal, "request", gone)
    text = report(workshop, "task-1")
    assert "relay (not there any more)" in text and "At the provider: no id yet" in text
    assert "is not kept any more" in text
    with pytest.raises(KeyError):
        report(workshop, "never")
