"""Commands about tasks: generate, resume, tasks, practice."""

from __future__ import annotations

import argparse
import sys
import uuid

from kling_desktop.cli.outcome import DONE, print_json
from kling_desktop.cli.progress import task_row, work
from kling_desktop.cli.shots import checked
from kling_desktop.workshop import PRACTICE, Workshop


def generate(workshop: Workshop, options: argparse.Namespace) -> int:
    account_id = PRACTICE if options.practice else workshop.account(options.account).id
    shot = checked(workshop, options, account_id)
    account, task_id = workshop.account(account_id), uuid.uuid4().hex
    workshop.connect(account_id)  # a missing token is said before anything is written down
    body = workshop.request(shot, account, task_id)
    with work(workshop, as_json=options.json) as run:
        task = run.engine.submit(
            account_id,
            body,
            task_id=task_id,
            shot=str(options.shot),
            model=shot.settings.model_name,
            output=options.output,
        )
        return run([task.id], single=True)


def resume(workshop: Workshop, options: argparse.Namespace) -> int:
    with work(workshop, as_json=options.json) as run:
        run.engine.resume()
        return run([task.id for task in workshop.journal.unfinished()])


def tasks(workshop: Workshop, options: argparse.Namespace) -> int:
    rows = [task_row(task) for task in workshop.journal.all()]
    if options.json:
        print_json(rows)
    for row in [] if options.json else rows:
        print("  ".join(str(row[k]) for k in ("created", "id", "account", "state")), end="  ")
        print(row["error"] or row["video"] or row["shot"] or "")
    return DONE


def practice(workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.practice.command import run as serve

    return serve(
        port=options.port,
        dialect=options.dialect,
        token=options.token,
        pace=options.pace,
        faults=options.faults,
        folder=workshop.directories.practice,
        out=sys.stdout,
    )
