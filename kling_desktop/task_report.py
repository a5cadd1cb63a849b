"""All that is known of one task, for whoever helps with it: ids, times, request, what was said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kling_desktop.model.task import WORDS, Task
from kling_desktop.storage.accounts import AccountError

if TYPE_CHECKING:
    from kling_desktop.tasks.rows import Entry
    from kling_desktop.workshop import Workshop

LINES = 60
"""Of the log, about this task."""
_GONE = "is not kept any more: it is dropped thirty days after the task's end"


def report(workshop: Workshop, task_id: str) -> str:
    """The report as text, without secrets and without pictures.

    Slow, as a request may hold many megabytes: not for the GUI thread. Raises JournalError; KeyError
    for a task that was never written down.
    """
    entry = workshop.journal.entry(task_id)
    task = entry.task
    about = [task.id, *filter(None, [task.remote_id])]
    parts = [
        "\n".join(f"{name}: {said}" for name, said in _facts(workshop, entry)),
        f"Error\n{task.error}" if task.error else "",
        _headed("History, as far as the log goes back", workshop.logbook.tail(LINES, about)),
        f"Request\n{_request(workshop, task_id)}",
    ]
    return workshop.secrets.hide("\n\n".join(part for part in parts if part)) + "\n"


def _facts(workshop: Workshop, entry: Entry) -> Iterator[tuple[str, str]]:
    """Name and value of what is known; what is not is left out."""
    task = entry.task
    yield "Task", task.id
    yield "At the provider", task.remote_id or "no id yet"
    yield "Account", _account(workshop, task)
    yield "Shot", task.shot or "untitled"
    yield "Model", task.model or "not known"
    yield "State", WORDS[task.state]
    for name, moment in (
        ("Asked for", task.created),
        ("Taken by the provider", entry.sent),
        ("Last change", task.updated),
        ("Looked at next", None if task.finished else task.due),
        ("Video kept there until", task.expires),
    ):
        if moment:
            yield name, _moment(moment)
    if entry.troubles:
        yield "Answers missed in a row", str(entry.troubles)
    for name, said in (
        ("Waits for", task.note),
        ("In doubt because", entry.doubt),
        ("Video", task.video),
        ("Link to the video", task.video_url),
    ):
        if said:
            yield name, said


def _account(workshop: Workshop, task: Task) -> str:
    try:
        account = workshop.account(task.account)
        profile = workshop.profile(account)
    except AccountError:
        return f"{task.account} (not there any more)"
    host = account.base_url or next(iter(profile.base_urls), "this computer")
    return f"{account.id} ({profile.label}, {host})"


def _request(workshop: Workshop, task_id: str) -> str:
    from kling_desktop.providers.redaction import redacted

    try:
        return redacted(workshop.journal.request(task_id))
    except KeyError:
        return _GONE


def _headed(title: str, lines: list[str]) -> str:
    return "\n".join([title, *lines]) if lines else f"{title}: nothing"


def _moment(seconds: float) -> str:
    """Local time with its distance from UTC, so that it can be compared with a host's."""
    return time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(seconds))
