"""Kling itself, and relays that pass it on: envelopes with a code, tokens signed or plain."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from tests.providers.fakes.base import (
    Answer,
    Fake,
    Heard,
    Order,
    Refusal,
    bare,
    fields_of,
    from_bottom,
    labels_of,
    size_of,
)

STATES = {"waiting": "submitted", "running": "processing", "done": "succeed", "failed": "failed"}
FIELDS = frozenset(
    {
        "model_name",
        "image",
        "image_tail",
        "prompt",
        "negative_prompt",
        "cfg_scale",
        "mode",
        "static_mask",
        "dynamic_masks",
        "camera_control",
        "duration",
        "external_task_id",
    }
)


def page_order(fields: dict[str, Any]) -> Order:
    """A body as the API page describes it."""
    assert set(fields) <= FIELDS
    assert isinstance(fields["duration"], str)
    image = bare(fields["image"])
    groups = fields.get("dynamic_masks", [])
    static = bare(fields["static_mask"]) if "static_mask" in fields else None
    size = size_of(image)
    return Order(
        model=fields["model_name"],
        mode=fields.get("mode", ""),
        duration=fields["duration"],
        image=image,
        prompt=fields.get("prompt", ""),
        tail=bare(fields["image_tail"]) if "image_tail" in fields else None,
        labels=labels_of([bare(group["mask"]) for group in groups], static, size),
        trails=[from_bottom(group["trajectories"], size[1]) for group in groups],
        external_id=fields.get("external_task_id"),
    )


class Official(Fake):
    """``key`` is a plain API key; ``pair`` an access key and a secret key that sign tokens."""

    prefix = ""

    def __init__(self, key: str = "", pair: tuple[str, str] | None = None) -> None:
        super().__init__()
        self.key, self.pair = key, pair
        self.clock = time.time

    @property
    def create(self) -> str:
        return f"{self.prefix}/v1/videos/image2video"

    def answer(self, heard: Heard) -> Answer:
        self.check_key(heard.headers.get("authorization", ""))
        if (heard.method, heard.path) == ("POST", self.create):
            name = self.take(page_order(fields_of(heard)))
            return 200, self.envelope(name, self.orders[name])
        name = heard.path.removeprefix(self.create + "/")
        for key, order in self.orders.items():
            if heard.method == "GET" and name in {key, order.external_id}:
                return 200, self.envelope(key, order)
        raise self.refusal(404, 1203, "task not found")

    def envelope(self, name: str, order: Order) -> dict[str, Any]:
        data: dict[str, Any] = {
            "task_id": name,
            "task_status": STATES[order.state],
            "task_info": {"external_task_id": order.external_id},
            "created_at": 1722769557708,
            "updated_at": 1722769557708,
        }
        if order.state == "done":
            video = {"id": "v-1", "url": self.video, "duration": "5.1"}
            data["task_result"] = {"videos": [video]}
        if order.state == "failed":
            data["task_status_msg"] = order.reason
        return {"code": 0, "message": "SUCCEED", "request_id": "r-1", "data": data}

    def refusal(self, status: int, code: int, message: str) -> Refusal:
        return Refusal(status, {"code": code, "message": message, "request_id": "r-2"})

    def check_key(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer" or not token:
            raise self.refusal(401, 1001, "Authorization is empty")
        if self.pair is None:
            if token != self.key:
                raise self.refusal(401, 1002, "Authorization is invalid")
            return
        self.check_signed(token, *self.pair)

    def check_signed(self, token: str, access_key: str, secret_key: str) -> None:
        """RFC 7515 and 7519 by hand: HMAC-SHA256 over the two parts as they came."""
        if token.count(".") != 2:
            raise self.refusal(401, 1002, "Authorization is invalid")
        head, claims, signature = token.split(".")
        own = hmac.new(secret_key.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(_plain(signature), own):
            raise self.refusal(401, 1002, "Authorization is invalid")
        assert json.loads(_plain(head)) == {"alg": "HS256", "typ": "JWT"}
        said = json.loads(_plain(claims))
        assert set(said) == {"iss", "exp", "nbf"}
        assert said["iss"] == access_key
        assert said["exp"] - said["nbf"] == 1800 + 5
        assert self.clock is not None
        if said["nbf"] > self.clock():
            raise self.refusal(401, 1003, "Authorization is not yet valid")
        if said["exp"] < self.clock():
            raise self.refusal(401, 1004, "Authorization has expired")


class Passthrough(Official):
    """A relay under another path that changes nothing."""

    prefix = "/kling"


def _plain(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
