"""MuleRun: the page that the default account was made from."""

from __future__ import annotations

from typing import Any

from tests.providers.fakes.base import Answer, Fake, Heard, Order, Refusal, fields_of
from tests.providers.fakes.official import page_order

CREATE = "/vendors/kling/v1/videos/image2video"
STATES = {"waiting": "pending", "running": "processing", "done": "completed", "failed": "failed"}


class MuleRun(Fake):
    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def answer(self, heard: Heard) -> Answer:
        if heard.headers.get("authorization") != f"Bearer {self.key}":
            raise _problem(401, "Unauthorized", "The token is not valid")
        if (heard.method, heard.path) == ("POST", CREATE):
            name = self.take(page_order(fields_of(heard)))
            return 200, {"task_info": _info(name, self.orders[name])}
        found = self.order_at(heard.path, CREATE + "/")
        if heard.method != "GET" or found is None:
            raise _problem(404, "Not Found", "No such task")
        name, order = found
        videos = [self.video] if order.state == "done" else []
        return 200, {"videos": videos, "task_info": _info(name, order)}


def _info(name: str, order: Order) -> dict[str, Any]:
    info: dict[str, Any] = {
        "id": name,
        "status": STATES[order.state],
        "created_at": "2026-11-22T12:00:00Z",
        "updated_at": "2026-11-22T12:00:00Z",
    }
    if order.state == "failed":
        info["error"] = {"code": 9, "title": "Task failed", "detail": order.reason}
    return info


def _problem(status: int, title: str, detail: str) -> Refusal:
    return Refusal(status, {"status": status, "title": title, "detail": detail, "instance": "/x"})
