"""The queue of fal: a path for each model and mode, state and result asked for in turn."""

from __future__ import annotations

from typing import Any

from tests.providers.fakes.base import (
    Answer,
    Fake,
    Heard,
    Order,
    Refusal,
    fields_of,
    from_bottom,
    labels_of,
    size_of,
    uri,
)

ENDPOINTS = {
    "v1/standard": ("kling-v1", "std"),
    "v1/pro": ("kling-v1", "pro"),
    "v1.5/pro": ("kling-v1-5", "pro"),
}
STATES = {
    "waiting": "IN_QUEUE",
    "running": "IN_PROGRESS",
    "done": "COMPLETED",
    "failed": "COMPLETED",
}
FIELDS = frozenset(
    {
        "prompt",
        "image_url",
        "tail_image_url",
        "duration",
        "negative_prompt",
        "cfg_scale",
        "static_mask_url",
        "dynamic_masks",
    }
)
REQUESTS = "/fal-ai/kling-video/requests/"


class Fal(Fake):
    """``elsewhere`` is what it says the addresses of a task are; nobody has to believe it."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.elsewhere = "https://queue.example.com"

    def answer(self, heard: Heard) -> Answer:
        if heard.headers.get("authorization") != f"Key {self.key}":
            raise Refusal(401, {"detail": "Authentication is required to access this application"})
        if heard.method == "POST":
            return 200, self._queued(heard)
        status = heard.path.endswith("/status")
        found = self.order_at(heard.path, REQUESTS, "/status" if status else "")
        if found is None:
            raise Refusal(404, {"detail": "Request not found"})
        name, order = found
        if status:
            return 200, {"status": STATES[order.state], **self._addresses(name)}
        if order.state == "failed":
            detail = {"loc": ["body"], "msg": order.reason, "type": "value_error"}
            raise Refusal(422, {"detail": [detail]})
        if order.state != "done":
            raise Refusal(400, {"detail": "Request is still in progress"})
        return 200, {"video": {"url": self.video, "content_type": "video/mp4", "file_size": 9}}

    def _queued(self, heard: Heard) -> dict[str, Any]:
        part = heard.path.removeprefix("/fal-ai/kling-video/").removesuffix("/image-to-video")
        if part not in ENDPOINTS:
            raise Refusal(404, {"detail": f"Path {heard.path} not found"})
        name = self.take(_order(fields_of(heard), *ENDPOINTS[part]))
        return {"request_id": name, "status": "IN_QUEUE", **self._addresses(name)}

    def _addresses(self, name: str) -> dict[str, str]:
        base = f"{self.elsewhere}{REQUESTS}{name}"
        return {
            "response_url": base,
            "status_url": f"{base}/status",
            "cancel_url": f"{base}/cancel",
        }


def _order(fields: dict[str, Any], model: str, mode: str) -> Order:
    assert set(fields) <= FIELDS
    assert fields["prompt"]
    assert fields["duration"] in {"5", "10"}
    image = uri(fields["image_url"])
    size = size_of(image)
    groups = fields.get("dynamic_masks", [])
    assert all(set(group) == {"mask_url", "trajectories"} for group in groups)
    static = uri(fields["static_mask_url"]) if "static_mask_url" in fields else None
    return Order(
        model=model,
        mode=mode,
        duration=fields["duration"],
        image=image,
        prompt=fields["prompt"],
        tail=uri(fields["tail_image_url"]) if "tail_image_url" in fields else None,
        labels=labels_of([uri(group["mask_url"]) for group in groups], static, size),
        trails=[from_bottom(group["trajectories"], size[1]) for group in groups],
    )
