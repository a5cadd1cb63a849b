"""Relays with new-api or one-api: one path, and a spelling of the replies for each version."""

from __future__ import annotations

from enum import Enum
from typing import Any

from tests.providers.fakes.base import Answer, Fake, Heard, Order, Refusal, fields_of
from tests.providers.fakes.official import STATES as OFFICIAL_STATES
from tests.providers.fakes.official import page_order

CREATE = "/kling/v1/videos/image2video"
LOUD = {"waiting": "SUBMITTED", "running": "IN_PROGRESS", "done": "SUCCESS", "failed": "FAILURE"}
CALM = {"waiting": "queued", "running": "in_progress", "done": "completed", "failed": "failed"}


class Spelling(Enum):
    """How a version words its replies."""

    WRAPPED = "the relay's own record around the reply of the host behind it"
    REASON = "the video's address stands where the reason of a failure goes"
    FLAT = "one flat object, as for other makers' videos"
    KLING = "the envelope of the host behind it, with a code in words"


class NewApi(Fake):
    def __init__(self, key: str, spelling: Spelling = Spelling.WRAPPED) -> None:
        super().__init__()
        self.key, self.spelling = key, spelling

    def answer(self, heard: Heard) -> Answer:
        if heard.headers.get("authorization") != f"Bearer {self.key}":
            error = {"message": "invalid token", "type": "new_api_error", "code": ""}
            raise Refusal(401, {"error": error})
        if (heard.method, heard.path) == ("POST", CREATE):
            name = self.take(page_order(fields_of(heard)))
            return 200, self._made(name)
        found = self.order_at(heard.path, CREATE + "/")
        if heard.method != "GET" or found is None:
            raise Refusal(404, {"code": "task_not_exist", "message": "no such task"})
        return 200, self._status(*found)

    def _made(self, name: str) -> dict[str, Any]:
        if self.spelling is Spelling.FLAT:
            return {"id": name, "object": "video", "status": "queued", "progress": 0}
        if self.spelling is Spelling.KLING:
            data = {"task_id": name, "task_status": "submitted"}
            return {"code": "success", "message": "", "data": data}
        return {"task_id": name}

    def _status(self, name: str, order: Order) -> dict[str, Any]:
        done, failed = order.state == "done", order.state == "failed"
        if self.spelling is Spelling.FLAT:
            flat: dict[str, Any] = {"id": name, "status": CALM[order.state]}
            flat |= {"metadata": {"url": self.video}} if done else {}
            return flat | ({"error": {"message": order.reason, "code": 1}} if failed else {})
        behind: dict[str, Any] = {"task_id": name, "task_status": OFFICIAL_STATES[order.state]}
        if failed:
            behind["task_status_msg"] = order.reason
        if self.spelling is Spelling.KLING:
            behind |= {"task_result": {"videos": [{"url": self.video}]}} if done else {}
            return {"code": "success", "message": "", "data": behind}
        record: dict[str, Any] = {
            "task_id": name,
            "action": "generate",
            "status": LOUD[order.state],
            "fail_reason": order.reason if failed else "",
            "progress": "100%" if done else "30%",
            "data": {"code": 0, "message": "SUCCEED", "data": behind},
        }
        if done and self.spelling is Spelling.WRAPPED:
            behind["task_result"] = {"videos": [{"url": self.video}]}
        if done and self.spelling is Spelling.REASON:
            record["fail_reason"] = self.video
        return {"code": "success", "message": "", "data": record}
