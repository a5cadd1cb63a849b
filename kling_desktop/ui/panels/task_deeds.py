"""What can be done about a task, by its state: the buttons of the list and the entries of its menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kling_desktop.model.task import FINAL, Task, TaskState
from kling_desktop.ui.panels.doubt import AGAIN_TIP, CHECK_TIP, FOUND_TIP

S = TaskState


@dataclass(frozen=True, slots=True)
class Deed:
    """A button, and an entry of the menu."""

    name: str
    icon: str
    text: str
    tip: str
    fits: Callable[[Task], bool]


def _in_doubt(task: Task) -> bool:
    return task.state == S.UNCONFIRMED


def nothing_made(task: Task) -> bool:
    """Whether there is nothing of a task at its provider that could be asked for."""
    return task.remote_id is None or task.made is False


PLAY = Deed(
    "play", "play", "Play", "Play the video (double-click)", lambda task: task.state == S.DONE
)
FOLDER = Deed(
    "folder",
    "folder",
    "Show in folder",
    "Show the video in its folder",
    lambda task: task.state == S.DONE,
)
RETRY = Deed(
    "retry",
    "refresh",
    "Fetch again",
    "Fetch the video again; nothing is paid for that",
    lambda task: task.state == S.FAILED and task.made is True,
)
ASK = Deed(
    "ask",
    "refresh",
    "Ask again",
    "Ask the provider once more for this task, and fetch its video; nothing is sent or paid by that",
    lambda task: task.state == S.FAILED and task.remote_id is not None and task.made is None,
)
RESEND = Deed(
    "resend",
    "retry",
    "Try again",
    "Send the request once more, where it is certain that nothing was made of it",
    lambda task: task.state == S.FAILED and nothing_made(task),
)
DUPLICATE = Deed(
    "duplicate",
    "plus",
    "Duplicate",
    "Send the same request once more, as a task of its own; it is paid for like any other",
    lambda task: task.state != S.UNCONFIRMED,
)
FORGET = Deed(
    "cancel",
    "stop",
    "Forget",
    "Forget this task here; at the provider it goes on, and may be paid for",
    lambda task: task.state not in FINAL and task.state != S.QUEUED,
)
TAKE_OUT = Deed(
    "takeOut",
    "stop",
    "Take out of the queue",
    "Take it out of the queue; it has not been sent, and nothing is paid",
    lambda task: task.state == S.QUEUED,
)
DETAILS = Deed(
    "details",
    "info",
    "Details…",
    "Show all that is known of this task, for support",
    lambda _task: True,
)
CHECK = Deed("checkAgain", "refresh", "Check again", CHECK_TIP, _in_doubt)
FOUND = Deed("found", "check", "It is this task…", FOUND_TIP, _in_doubt)
AGAIN = Deed("sendAgain", "generate", "Send again", AGAIN_TIP, _in_doubt)

BUTTONS = (PLAY, FOLDER, RETRY, ASK, RESEND, DUPLICATE, FORGET, TAKE_OUT, DETAILS)
SOMETIMES = (RETRY, ASK, RESEND, TAKE_OUT)
"""Buttons that are there only while they fit."""
MENU = (PLAY, FOLDER, RETRY, ASK, RESEND, CHECK, FOUND, AGAIN, DUPLICATE, FORGET, TAKE_OUT)
COPIES: tuple[tuple[str, Callable[[Task], str | None]], ...] = (
    ("Copy the message", lambda task: task.error or task.note),
    ("Copy the video's path", lambda task: task.video),
    ("Copy the task's id", lambda task: task.id),
    ("Copy the provider's id", lambda task: task.remote_id),
)
