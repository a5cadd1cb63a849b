"""A task: one generation at a provider, and which state may follow which."""

from __future__ import annotations

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
        {TaskState.SUBMITTED, TaskState.QUEUED, TaskState.FAILED, TaskState.CANCELLED}
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

    @property
    def turned(self) -> str:
        """What is said of a video that was turned round, nothing of others."""
        return TURNED if self.reverse and self.state == TaskState.DONE else ""

    @property
    def finished(self) -> bool:
        return self.state in FINAL
