"""A task: one generation at a provider, and which state may follow which."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class TaskState(StrEnum):
    """Where a task stands. Values are written to the journal: never rename one."""

    QUEUED = "queued"
    """Written down, not sent."""
    SUBMITTING = "submitting"
    """The request is on its way; found so after a crash, nobody knows whether it arrived."""
    UNCONFIRMED = "unconfirmed"
    """It may or may not exist at the provider: never sent again by itself."""
    SUBMITTED = "submitted"
    """The provider gave it an id."""
    PROCESSING = "processing"
    DOWNLOADING = "downloading"
    """Finished at the provider, the video is on its way here."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Forgotten here by the artist; at the provider it may go on."""


WORDS = {
    TaskState.QUEUED: "Waiting to be sent",
    TaskState.SUBMITTING: "Sending",
    TaskState.UNCONFIRMED: "Sent, not confirmed",
    TaskState.SUBMITTED: "Accepted, waiting",
    TaskState.PROCESSING: "In progress",
    TaskState.DOWNLOADING: "Downloading",
    TaskState.DONE: "Done",
    TaskState.FAILED: "Failed",
    TaskState.CANCELLED: "Cancelled",
}
"""What each state is called on screen."""

TURNED = "Turned round on arrival and encoded anew"

FOLLOWS: dict[TaskState, frozenset[TaskState]] = {
    TaskState.QUEUED: frozenset({TaskState.SUBMITTING, TaskState.FAILED, TaskState.CANCELLED}),
    TaskState.SUBMITTING: frozenset(
        {
            TaskState.QUEUED,
            TaskState.SUBMITTED,
            TaskState.UNCONFIRMED,
            TaskState.FAILED,
            TaskState.CANCELLED,
        }
    ),
    TaskState.UNCONFIRMED: frozenset(
        {
            TaskState.SUBMITTING,
            TaskState.SUBMITTED,
            TaskState.QUEUED,
            TaskState.FAILED,
            TaskState.CANCELLED,
        }
    ),
    TaskState.SUBMITTED: frozenset(
        {TaskState.PROCESSING, TaskState.DOWNLOADING, TaskState.FAILED, TaskState.CANCELLED}
    ),
    TaskState.PROCESSING: frozenset(
        {TaskState.SUBMITTED, TaskState.DOWNLOADING, TaskState.FAILED, TaskState.CANCELLED}
    ),
    TaskState.DOWNLOADING: frozenset(
        {TaskState.PROCESSING, TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}
    ),
    TaskState.DONE: frozenset(),
    TaskState.FAILED: frozenset({TaskState.DOWNLOADING}),
    TaskState.CANCELLED: frozenset(),
}

SOON = 7 * 86400.0
"""Seconds before its end that the time left to fetch a video is worth a word."""

FINAL = frozenset(state for state in TaskState if state in {"done", "failed", "cancelled"})


class IllegalTransition(ValueError):
    """A task was asked to go where its state does not lead: a mistake of ours."""


def require(old: TaskState, new: TaskState) -> None:
    """Raise IllegalTransition unless ``new`` may follow ``old`` (or is the same)."""
    if new != old and new not in FOLLOWS[old]:
        raise IllegalTransition(f"{old} → {new}")


@dataclass(frozen=True, slots=True)
class Task:
    """A journal row as everybody else sees it; times are seconds since the epoch, UTC."""

    id: str
    """Ours, and the ``external_task_id`` that the provider is told."""
    account: str
    state: TaskState
    created: float
    updated: float
    remote_id: str | None = None
    shot: str | None = None
    """Path or title of the shot it was made from."""
    model: str = ""
    video_url: str | None = None
    video: str | None = None
    """Path of the finished video."""
    error: str | None = None
    """One sentence for the artist."""
    attempts: int = 0
    """How often the present step was tried."""
    due: float = 0.0
    """When the engine looks at it next."""
    output: str | None = None
    """Where the video was asked to go, if not into the videos folder."""
    reverse: bool = False
    """Whether the video is turned round on arrival."""
    rank: int = 0
    """Its place among the queued: the lower goes first, the older of two equal ones."""
    note: str | None = None
    """A sentence about a task that nothing is wrong with: what it waits for."""
    expires: float | None = None
    """When the provider deletes the video, as far as it says so."""
    made: bool | None = None
    """Whether the provider made the video; None while it has said neither."""

    @property
    def turned(self) -> str:
        """What is said of a video that was turned round, nothing of others."""
        return TURNED if self.reverse and self.state == TaskState.DONE else ""

    def fetch_within(self, now: float) -> str:
        """How long the video can still be fetched, nothing where that is not (yet) a question."""
        waits = self.state == TaskState.DOWNLOADING or (
            self.state == TaskState.FAILED and self.made is True
        )
        if self.expires is None or not waits or self.expires - now > SOON:
            return ""
        return _within(self.expires - now)

    @property
    def finished(self) -> bool:
        return self.state in FINAL


def _within(seconds: float) -> str:
    if seconds <= 0:
        return "The provider may have deleted the video by now"
    if seconds >= 2 * 86400:
        return f"Fetch within {math.floor(seconds / 86400)} days"
    hours = max(1, math.floor(seconds / 3600))
    return f"Fetch within {hours} hour{'' if hours == 1 else 's'}"
