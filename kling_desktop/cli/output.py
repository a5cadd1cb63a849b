"""Where a video is asked to go with -o: looked at before anything is sent and paid for."""

from __future__ import annotations

import errno
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from kling_desktop.cli.outcome import BAD_INPUT, CommandError
from kling_desktop.model.task import Task, TaskState


def usable(output: Path | None, task_id: str, shot: Path) -> Path | None:
    """The file that the video of a task will be; in a folder it gets its usual name.

    Raises CommandError for a place that can never take it.
    """
    if output is None:
        return None
    output = output.absolute()
    try:
        if output.is_dir():
            output /= _usual_name(task_id, shot)
        _try(output)
    except OSError as error:
        raise CommandError(
            f"No video can be put at {output}: {error.strerror or error}. Choose another place with "
            "-o; nothing was sent.",
            BAD_INPUT,
        ) from None
    return output


def _try(output: Path) -> None:
    """Raises OSError where there can be no such file, whatever folders are made for it."""
    if output.exists() and not output.is_file():
        raise OSError(errno.EEXIST, "Something that is no file is there already")
    folder, missing = output.parent, [output.name]
    while not folder.exists():
        missing.append(folder.name)
        folder = folder.parent
    for name in missing:
        with suppress(FileNotFoundError):
            (folder / name).lstat()  # a name that is too long is found out by asking for it
    with tempfile.TemporaryFile(dir=folder):
        pass


def _usual_name(task_id: str, shot: Path) -> str:
    from kling_desktop.tasks.delivery import video_name

    now = time.time()
    return video_name(Task(task_id, "", TaskState.QUEUED, now, now, shot=str(shot)))
