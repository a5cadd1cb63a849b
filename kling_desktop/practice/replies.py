"""The two dialects: how a task, a list and a refusal are put into JSON."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from kling_desktop.practice.book import State
from kling_desktop.practice.codes import TROUBLES
from kling_desktop.practice.manner import WHOLE
from kling_desktop.practice.order import Refusal


class Reply(Response):
    """A response, and how it goes out on the line."""

    manner = WHOLE


@dataclass(frozen=True, slots=True)
class View:
    """A task as a client may see it. Times are seconds since 1970."""

    id: str
    external_id: str | None
    state: State
    created: float
    updated: float
    seconds: int
    video_url: str
    failure: str | None = None
    word: str | None = None
    """A state name to use instead of the dialect's own."""


class MuleRun:
    """The relay of the page: ``task_info`` envelopes, problem+json."""

    name = "mulerun"
    creates = ("/vendors/kling/v1/videos/image2video",)
    lists = False
    garbage = '{"task_info": {"id": '
    wrong_types: Mapping[str, Any] = MappingProxyType({"task_info": [1], "videos": "none"})

    _words = {  # noqa: RUF012 - a table, never changed
        State.WAITING: "pending",
        State.RUNNING: "processing",
        State.DONE: "completed",
        State.FAILED: "failed",
    }

    def created(self, view: View) -> Reply:
        return _json({"task_info": self._info(view)})

    def status(self, view: View) -> Reply:
        payload: dict[str, Any] = {"task_info": self._info(view)}
        if view.state is State.DONE:
            payload["videos"] = [view.video_url]
        return _json(payload)

    def listing(self, views: Sequence[View]) -> Reply:
        raise NotImplementedError("this dialect has no list")

    def http_status(self, refusal: Refusal) -> int:
        return refusal.status

    def usual_status(self, code: int) -> int:
        """Problems bear no code. The page is silent on money: relays tell of it with 402."""
        return {1100: 403, 1101: 402, 1102: 402}.get(code, TROUBLES[code].status)

    def refusal(self, status: int, code: int, detail: str, path: str) -> Reply:  # noqa: ARG002
        problem = {"status": status, "title": _title(status), "detail": detail, "instance": path}
        return _json(problem, status, "application/problem+json")

    def _info(self, view: View) -> dict[str, Any]:
        info: dict[str, Any] = {
            "id": view.id,
            "status": view.word or self._words[view.state],
            "created_at": _iso(view.created),
            "updated_at": _iso(view.updated),
        }
        if view.state is State.FAILED:
            info["error"] = {"code": 400, "title": "Generation failed", "detail": view.failure}
        return info


class Official:
    """Kling's own envelopes: code, message, request_id, data."""

    name = "official"
    creates = ("/v1/videos/image2video", "/kling/v1/videos/image2video")
    lists = True
    garbage = '{"code": 0, "data": {"task_id": '
    wrong_types: Mapping[str, Any] = MappingProxyType(
        {"code": "zero", "message": 7, "request_id": None, "data": ["none"]}
    )

    _words = {  # noqa: RUF012 - a table, never changed
        State.WAITING: "submitted",
        State.RUNNING: "processing",
        State.DONE: "succeed",
        State.FAILED: "failed",
    }
    _statuses = {  # noqa: RUF012 - a table, never changed
        **dict.fromkeys(range(1000, 1005), 401),
        1200: 400,
        1201: 400,
        1202: 404,
        1203: 404,
        5000: 500,
    }

    def created(self, view: View) -> Reply:
        return self._good(self._data(view))

    def status(self, view: View) -> Reply:
        return self._good(self._data(view))

    def listing(self, views: Sequence[View]) -> Reply:
        return self._good([self._data(view) for view in views])

    def costs(self) -> Reply:
        """The account page: one pack that never runs out."""
        pack = {
            "resource_pack_name": "Practice",
            "resource_pack_id": "practice",
            "resource_pack_type": "constant_period",
            "total_quantity": 1000.0,
            "remaining_quantity": 1000.0,
            "status": "online",
        }
        return self._good({"code": 0, "msg": "success", "resource_pack_subscribe_infos": [pack]})

    def http_status(self, refusal: Refusal) -> int:
        return self._statuses.get(refusal.code, refusal.status)

    def usual_status(self, code: int) -> int:
        return TROUBLES[code].status

    def refusal(self, status: int, code: int, detail: str, path: str) -> Reply:  # noqa: ARG002
        envelope = {"code": code, "message": detail, "request_id": str(uuid.uuid4())}
        return _json(envelope, status)

    def _good(self, data: object) -> Reply:
        envelope = {"code": 0, "message": "SUCCEED", "request_id": str(uuid.uuid4()), "data": data}
        return _json(envelope)

    def _data(self, view: View) -> dict[str, Any]:
        data: dict[str, Any] = {
            "task_id": view.id,
            "task_status": view.word or self._words[view.state],
            "task_status_msg": (view.failure or "") if view.state is State.FAILED else "",
            "task_info": {"external_task_id": view.external_id} if view.external_id else {},
            "created_at": round(view.created * 1000),
            "updated_at": round(view.updated * 1000),
        }
        if view.state is State.DONE:
            video = {"id": f"{view.id}-1", "url": view.video_url, "duration": str(view.seconds)}
            data["task_result"] = {"videos": [video]}
        return data


def dialect(name: str) -> MuleRun | Official:
    """By the name that the command line takes; raises ValueError for another one."""
    if name == MuleRun.name:
        return MuleRun()
    if name == Official.name:
        return Official()
    raise ValueError(f"there is no dialect “{name}”; choose mulerun or official")


def instead(payload: Mapping[str, Any]) -> Reply:
    """JSON that a dialect would never say."""
    return _json(dict(payload))


def of_storage(status: int, code: str, words: str) -> Reply:
    """A refusal by the host of the videos, which is an object store and speaks XML."""
    page = f"<Error><Code>{escape(code)}</Code><Message>{escape(words)}</Message></Error>"
    return Reply(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{page}', status, mimetype="application/xml"
    )


def _json(payload: object, status: int = 200, mimetype: str = "application/json") -> Reply:
    return Reply(json.dumps(payload), status, mimetype=mimetype)


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")
