"""All that is known of one task, for whoever helps with it: ids, times, request, what was said."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kling_desktop.model.task import WORDS, Task, TaskState
from kling_desktop.providers.answers import CREATE, QUERY
from kling_desktop.storage.accounts import AccountError

if TYPE_CHECKING:
    from kling_desktop.providers.answers import Answer
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
    task, answers = entry.task, workshop.journal.answers(task_id)
    about = [task.id, *filter(None, [task.remote_id])]
    parts = [
        "\n".join(f"{name}: {said}" for name, said in _facts(workshop, entry, answers)),
        f"Error\n{task.error}" if task.error else "",
        _headed("History, as far as the log goes back", workshop.logbook.tail(LINES, about)),
        _answer("Reply to the request", answers.get(CREATE)),
        _answer("Last reply", answers.get(QUERY)),
        f"Request\n{_request(workshop, task_id)}",
    ]
    return workshop.secrets.hide("\n\n".join(part for part in parts if part)) + "\n"


def _facts(
    workshop: Workshop, entry: Entry, answers: Mapping[str, Answer]
) -> Iterator[tuple[str, str]]:
    """Name and value of what is known; what is not is left out."""
    task = entry.task
    yield "Task", task.id
    yield "At the provider", task.remote_id or "no id yet"
    yield "Request id", _request_id(answers)
    yield "Account", _account(workshop, task)
    yield "Shot", task.shot or "untitled"
    yield "Model", task.model or "not known"
    yield "State", WORDS[task.state]
    for name, moment in (
        ("Asked for", task.created),
        ("Taken by the provider", entry.sent),
        ("Last change", task.updated),
        ("Looked at next", task.due if _goes_on(task) else None),
        ("Video kept there until", task.expires if _may_exist(task) else None),
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


def _goes_on(task: Task) -> bool:
    """Whether it is looked at again without anybody's doing."""
    parked = task.finished or task.state == TaskState.UNCONFIRMED
    return not parked and task.due > time.time()


def _may_exist(task: Task) -> bool:
    """Whether there is a video at the provider, or will be."""
    return task.made is True or task.state not in {TaskState.FAILED, TaskState.UNCONFIRMED}


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
        return laid_out(redacted(workshop.journal.request(task_id)))
    except KeyError:
        return _GONE


def laid_out(text: str) -> str:
    """Indented JSON with each list of points in one line; other text stays as it is."""
    try:
        return _written(json.loads(text), "")
    except (ValueError, RecursionError):
        return text


def _written(value: object, indent: str) -> str:
    inner = indent + "  "
    if isinstance(value, dict) and value:
        pairs = (f"{inner}{_json(key)}: {_written(each, inner)}" for key, each in value.items())
        return "{\n" + ",\n".join(pairs) + f"\n{indent}}}"
    if isinstance(value, list) and value and not all(map(_point, value)):
        return "[\n" + ",\n".join(inner + _written(each, inner) for each in value) + f"\n{indent}]"
    return _json(value)


def _point(value: object) -> bool:
    parts = value.values() if isinstance(value, dict) else [value]
    return all(isinstance(part, int | float) for part in parts)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _request_id(answers: Mapping[str, Answer]) -> str:
    """That of the request for the task; of the last question where that one had none."""
    ids = [answers[kind].request_id for kind in (CREATE, QUERY) if kind in answers]
    return next(filter(None, ids), "none was given")


def _answer(title: str, answer: Answer | None) -> str:
    if answer is None:
        return f"{title}: none is kept"
    said = [f"HTTP {answer.status}", _moment(answer.at)]
    if answer.request_id:
        said.append(f"request id {answer.request_id}")
    return f"{title}: {', '.join(said)}\n{answer.body or 'It is empty.'}"


def _headed(title: str, lines: list[str]) -> str:
    return "\n".join([title, *lines]) if lines else f"{title}: nothing"


def _moment(seconds: float) -> str:
    """Local time with its distance from UTC, so that it can be compared with a host's."""
    return time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(seconds))
