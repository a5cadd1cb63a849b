"""Commands about tasks: generate, resume, tasks, practice."""

from __future__ import annotations

import argparse
import errno
import sys
import tempfile
import uuid
from pathlib import Path

from kling_desktop.cli import kept
from kling_desktop.cli.outcome import BAD_INPUT, DONE, CommandError, print_json
from kling_desktop.cli.output import usable
from kling_desktop.cli.progress import say, task_row, work
from kling_desktop.cli.shots import checked
from kling_desktop.workshop import PRACTICE, Workshop


def generate(workshop: Workshop, options: argparse.Namespace) -> int:
    account_id = PRACTICE if options.practice else workshop.chosen(options.account).id
    shot = checked(workshop, options, account_id)
    account, task_id = workshop.account(account_id), uuid.uuid4().hex
    output = usable(options.output, task_id, options.shot)
    workshop.connect(account_id)  # a missing token is said before anything is written down
    body = workshop.request(shot, account, task_id)
    kept.warn_of_twins(workshop, account_id, body)
    with work(workshop, as_json=options.json) as run:
        task = run.engine.submit(
            account_id,
            body,
            task_id=task_id,
            shot=str(options.shot.absolute()),
            model=shot.settings.model_name,
            output=output,
            reverse=shot.land,
        )
        return run([task.id], single=True)


def resume(workshop: Workshop, options: argparse.Namespace) -> int:
    with work(workshop, as_json=options.json) as run:
        for task in kept.unfetched(workshop):
            made = "made its video, so that is fetched" if task.made else "is asked about it"
            say(f"{task.id[:8]}: the provider {made} once more")
            run.engine.retry(task.id)
        run.engine.resume()
        return run([task.id for task in workshop.journal.unfinished()])


def tasks(workshop: Workshop, options: argparse.Namespace) -> int:
    if options.cancel is not None:
        return kept.cancel(workshop, options.cancel, as_json=options.json)
    if options.send_again is not None or options.found is not None:
        return kept.settle(workshop, options)
    rows = [task_row(task) for task in workshop.journal.all()]
    if options.json:
        print_json(rows)
    for row in [] if options.json else rows:
        print("  ".join(str(row[k]) for k in ("created", "id", "account", "state")), end="  ")
        print(row["error"] or row["video"] or row["shot"] or "")
    return DONE


def practice(workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.practice import command
    from kling_desktop.storage.directories import private_folder

    workshop.secrets.add(options.token)
    home = private_folder(workshop.directories.practice)
    # Its own folder: tasks of another run, in another dialect, would be in the way of new ones.
    with tempfile.TemporaryDirectory(prefix="run-", dir=home, ignore_cleanup_errors=True) as folder:
        try:
            return command.run(
                port=options.port,
                dialect=options.dialect,
                token=options.token,
                pace=options.pace,
                faults=options.faults,
                parallel=options.parallel,
                folder=Path(folder),
                out=sys.stdout,
            )
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            raise CommandError(taken(options.port), BAD_INPUT) from error


def taken(port: int) -> str:
    return (
        f"Port {port} is used by another program, or may not be used; choose another one, "
        "or leave --port out."
    )
