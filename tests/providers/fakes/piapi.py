"""PiAPI: one path for everything, the key in a header of its own, areas in one coloured image."""

from __future__ import annotations

from typing import Any

from tests.providers.fakes.base import (
    Answer,
    Fake,
    Heard,
    Order,
    Refusal,
    fields_of,
    labels_of_colours,
    size_of,
    uri,
)

COLOURS = (
    (114, 229, 40),
    (171, 105, 255),
    (0, 170, 255),
    (240, 38, 173),
    (255, 225, 29),
    (255, 34, 0),
)
BLACK = (0, 0, 0)
VERSIONS = {"1.0": "kling-v1", "1.5": "kling-v1-5", "1.6": "kling-v1-6"}
STATES = {"waiting": "pending", "running": "processing", "done": "completed", "failed": "failed"}
FIELDS = frozenset(
    {
        "prompt",
        "negative_prompt",
        "cfg_scale",
        "duration",
        "image_url",
        "image_tail_url",
        "mode",
        "version",
        "motion_brush",
    }
)
PATH = "/api/v1/task"


class PiApi(Fake):
    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def answer(self, heard: Heard) -> Answer:
        if heard.headers.get("x-api-key") != self.key:
            raise refusal(401, "Invalid API key")
        assert "authorization" not in heard.headers
        if (heard.method, heard.path) == ("POST", PATH):
            name = self.take(_order(fields_of(heard)))
            return 200, self._envelope(name, self.orders[name])
        found = self.order_at(heard.path, PATH + "/")
        if heard.method != "GET" or found is None:
            raise refusal(404, "task not found")
        return 200, self._envelope(*found)

    def _envelope(self, name: str, order: Order) -> dict[str, Any]:
        failed = order.state == "failed"
        error = {
            "code": 10000 if failed else 0,
            "raw_message": "",
            "message": order.reason,
            "detail": None,
        }
        data = {
            "task_id": name,
            "model": "kling",
            "task_type": "video_generation",
            "status": STATES[order.state],
            "output": {"video_url": self.video if order.state == "done" else ""},
            "error": error,
        }
        return {"code": 200, "data": data, "message": "success"}


def refusal(status: int, message: str, code: int | None = None) -> Refusal:
    data = {"task_id": "", "error": {"code": code or 10000, "message": message}}
    return Refusal(status, {"code": status, "message": "failed", "data": data})


def _order(fields: dict[str, Any]) -> Order:
    assert set(fields) == {"model", "task_type", "config", "input"}
    assert (fields["model"], fields["task_type"]) == ("kling", "video_generation")
    assert fields["config"] == {"service_mode": "public"}
    given = fields["input"]
    assert set(given) <= FIELDS
    assert type(given["duration"]) is int
    image = uri(given["image_url"])
    width, height = size_of(image)
    brush = given.get("motion_brush")
    order = Order(
        model=VERSIONS[given["version"]],
        mode=given.get("mode", ""),
        duration=str(given["duration"]),
        image=image,
        prompt=given.get("prompt", ""),
        tail=uri(given["image_tail_url"]) if "image_tail_url" in given else None,
    )
    if brush:
        assert set(brush) == {"mask_url", "static_masks", "dynamic_masks"}
        assert brush["static_masks"] == [{"points": []}]
        order.labels = labels_of_colours(uri(brush["mask_url"]), COLOURS, BLACK)
        assert order.labels.shape == (height, width)
        for group in brush["dynamic_masks"]:
            order.trails.append([(point["x"], point["y"]) for point in group["points"]])
    return order
