"""Tasks that are there already: those that ask for the same, those left behind, one to forget."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from kling_desktop.cli.outcome import BAD_INPUT, DONE, CommandError, print_json
from kling_desktop.cli.progress import say, task_row, work
from kling_desktop.model.task import WORDS, Task, TaskState
from kling_desktop.workshop import Workshop

KEPT_THERE = 30 * 86400.0
"""Seconds for which a provider keeps a video at most."""

MAY_YET_COST = (TaskState.QUEUED, TaskState.SUBMITTING, TaskState.UNCONFIRMED)

_GOES_ON = "At the provider it goes on and is paid for; its video is not fetched."
_PERHAPS = "If it arrived at the provider, it goes on there and is paid for."
_AFTERWARDS = {
    TaskState.QUEUED: "Nothing was made of it at the provider, so nothing is paid.",
    TaskState.SUBMITTING: _PERHAPS,
    TaskState.UNCONFIRMED: _PERHAPS,
    TaskState.SUBMITTED: _GOES_ON,
    TaskState.PROCESSING: _GOES_ON,
    TaskState.DOWNLOADING: "The provider has made its video, which is paid for and not fetched.",
}
"""What becomes of a task that is forgotten here, by the state it was in."""


def warn_of_twins(workshop: Workshop, account_id: str, body: bytes) -> None:
    """Say which tasks ask for the very same and wait to be sent, or were sent perhaps."""
    wanted = _asked_for(body)
    for task in workshop.journal.unfinished():
        if task.account != account_id or task.state not in MAY_YET_COST:
            continue
        if _asked_for(workshop.journal.request(task.id)) == wanted:
            state = WORDS[task.state].lower()
            say(
                f"warning: the task {task.id} ({state}) asks for the same, so you may pay twice: "
                f"“kling-desktop tasks --cancel {task.id}” drops it."
            )


def unfetched(workshop: Workshop) -> list[Task]:
    """Failed tasks whose video the provider made and may still have, or has said nothing final of.

    Never one of which it said at last that there is none: that would be sent, and paid, anew.
    """
    return workshop.journal.unfetched(since=time.time() - KEPT_THERE)


def cancel(workshop: Workshop, name: str, *, as_json: bool) -> int:
    """Forget a task here, and say what becomes of it at the provider."""
    task = _named(workshop, name)
    if task.finished:
        raise CommandError(
            f"The task {task.id} is over already ({WORDS[task.state].lower()}), so nothing was "
            "changed.",
            BAD_INPUT,
        )
    with work(workshop, as_json=as_json) as run:
        gone = run.engine.cancel(task.id)
    say(_AFTERWARDS[task.state])
    if as_json:
        print_json(task_row(gone))
    return DONE


def settle(workshop: Workshop, options: argparse.Namespace) -> int:
    """Send an unconfirmed task again, or follow the one that it turned out to be, to its end."""
    name, remote = options.found or (options.send_again, None)
    task = _named(workshop, name)
    with work(workshop, as_json=options.json) as run:
        try:
            if remote is None:
                run.engine.send_again(task.id)
            else:
                run.engine.confirm(task.id, remote)
        except ValueError as problem:
            raise CommandError(str(problem), BAD_INPUT) from problem
        return run([task.id], single=True)


def _asked_for(body: bytes) -> dict[str, Any]:
    """A request without the name that tells it from others."""
    return {key: value for key, value in json.loads(body).items() if key != "external_task_id"}


def _named(workshop: Workshop, name: str) -> Task:
    """The task of this id, or the only one whose id begins so."""
    found = [task for task in workshop.journal.all() if name and task.id.startswith(name)]
    if len(found) != 1:
        count = "Several tasks begin" if found else "No task begins"
        raise CommandError(f"{count} with “{name}”; “kling-desktop tasks” lists them.", BAD_INPUT)
    return found[0]
