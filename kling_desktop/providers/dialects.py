"""How each kind of provider words its replies: where a task's id, state, video and reason are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlsplit

from kling_desktop.providers.replies import first_words, look
from kling_desktop.providers.shapes import ReplyShape, State

_DONE = frozenset({"succeed", "succeeded", "success", "completed", "complete"})
_FAILED = frozenset({"failed", "failure", "fail", "error", "cancelled", "canceled"})
_WAITING = frozenset(
    {"submitted", "pending", "queued", "waiting", "in_queue", "created", "not_start", "staged"}
)

# What relays were seen to write, for those that mix the envelopes of others.
_IDS = ("data.task_id", "data.id", "task_info.id", "task_id", "id")
# Those within come first: what stands beside them may be about the reply, not about the task.
_STATES = (
    "data.task_status",
    "data.status",
    "data.state",
    "task_info.status",
    "task_status",
    "status",
    "state",
)
_URLS = (
    "data.task_result.videos.0.url",
    "videos.0.url",
    "videos.0",
    "video.url",
    "data.url",
    "url",
    "output.video_url",
    "data.output.video_url",
    "metadata.url",
    "data.result_url",
    "data.data.task_result.videos.0.url",
    "data.data.data.task_result.videos.0.url",
    # Once a video is there, some relays put its address where the reason of a failure goes.
    "data.fail_reason",
)
_REASONS = (
    "data.task_status_msg",
    "task_info.error",
    "data.error",
    "data.fail_reason",
    "error",
    "detail",
    "data.message",
    "message",
)
_EXTERNAL_IDS = (
    "data.task_info.external_task_id",
    "data.external_task_id",
    "task_info.external_task_id",
    "external_task_id",
)


class ReplyError(ValueError):
    """A reply that lacks what it was asked for."""


@dataclass(frozen=True, slots=True)
class Created:
    """A task at the provider. ``external_id`` is ours, where the reply repeats it."""

    remote_id: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How a task stands. A state that nobody knows counts as running.

    ``done`` may come without ``video_url`` from a provider that has not written it yet: ask again.
    """

    state: State
    video_url: str | None = None
    reason: str = ""
    """Why it failed, in the provider's words."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One envelope: its own places come first, those of every other provider after them."""

    name: str
    ids: tuple[str, ...]
    states: tuple[str, ...]
    urls: tuple[str, ...]
    reasons: tuple[str, ...]
    failures: tuple[str, ...] = ()
    """Places that only a failure fills, where the state calls it finished all the same."""
    words: Mapping[str, State] = field(default_factory=dict)
    """Lower-case words for states, before those that every provider uses."""
    codes: bool = True
    """Whether refusals carry numbers. Where they do not, words about the task are all there is."""

    def read_created(self, payload: object) -> Created:
        """The task that a reply to a creation names; raises ReplyError where it names none."""
        found = _first(payload, (*self.ids, *_IDS), _identifier)
        if found is None and look(payload, "code") is None:
            # fal's id. In an envelope with a code it would be the id of the request alone.
            found = _first(payload, ("request_id",), _identifier)
        if found is None:
            raise ReplyError("the reply names no task")
        return Created(found, _first(payload, _EXTERNAL_IDS, _text))

    def read_status(self, payload: object) -> Status:
        """How the task stands; raises ReplyError for a reply that says nothing about one."""
        word = _first(payload, (*self.states, *_STATES), _text)
        url = _first(payload, (*self.urls, *_URLS), _address)
        if word is None and url is None:
            raise ReplyError("the reply says nothing about the task")
        state = self._state(word) if word is not None else "done"
        if state == "done" and url is None and (said := first_words(payload, self.failures)):
            return Status("failed", None, said)
        if state == "failed":
            return Status(state, None, first_words(payload, (*self.reasons, *_REASONS)))
        return Status(state, url if state == "done" else None)

    def with_places(self, own: ReplyShape) -> Self:
        """The dialect with what a profile says about its replies before what it knows itself."""
        return replace(
            self,
            ids=(*own.id, *self.ids),
            states=(*own.state, *self.states),
            urls=(*own.video, *self.urls),
            reasons=(*own.reason, *self.reasons),
            words={**self.words, **own.words},
        )

    def _state(self, word: str) -> State:
        lowered = word.strip().lower()
        if lowered in self.words:
            return self.words[lowered]
        if lowered in _DONE:
            return "done"
        if lowered in _FAILED:
            return "failed"
        return "waiting" if lowered in _WAITING else "running"


MULERUN = Dialect(
    "mulerun",
    ids=("task_info.id",),
    states=("task_info.status",),
    urls=("videos.0", "videos.0.url"),
    reasons=("task_info.error",),
    codes=False,
)
OFFICIAL = Dialect(
    "official",
    ids=("data.task_id",),
    states=("data.task_status",),
    urls=("data.task_result.videos.0.url",),
    reasons=("data.task_status_msg",),
)
NEWAPI = Dialect(
    "newapi",
    ids=("task_id", "data.task_id", "id"),
    states=("data.task_status", "data.status", "data.state", "status"),
    urls=(
        "data.task_result.videos.0.url",
        "data.data.data.task_result.videos.0.url",
        "data.data.task_result.videos.0.url",
        "data.result_url",
        # Once a video is there, some versions put its address where the reason of a failure goes.
        "data.fail_reason",
        "metadata.url",
    ),
    reasons=("data.task_status_msg", "data.fail_reason", "error"),
)
FAL = Dialect(
    "fal",
    ids=("request_id",),
    states=("status",),
    urls=("video.url",),
    reasons=("error", "detail"),
    failures=("error", "detail"),
)
PIAPI = Dialect(
    "piapi",
    ids=("data.task_id",),
    states=("data.status",),
    urls=(
        "data.output.video_url",
        "data.output.video",
        "data.output.works.0.video.resource_without_watermark",
        "data.output.works.0.video.resource",
    ),
    reasons=("data.error",),
)
DIALECTS = {dialect.name: dialect for dialect in (MULERUN, OFFICIAL, NEWAPI, FAL, PIAPI)}


def _first(
    payload: object, places: tuple[str, ...], accept: Callable[[Any], str | None]
) -> str | None:
    for place in places:
        found = accept(look(payload, place))
        if found is not None:
            return found
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _identifier(value: object) -> str | None:
    """An id that may stand in an address: some relays number their tasks."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= 256:
        return None
    return value if value.isprintable() and value.strip(". ") else None


def _address(value: object) -> str | None:
    """An address that can be asked for: printable, and with a host."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        return None
    try:
        value.encode()
        parts = urlsplit(value)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return value if sound and value.isprintable() else None
