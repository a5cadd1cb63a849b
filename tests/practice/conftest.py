"""What the tests of the practice server speak with: valid bodies, a plain client, a quick render."""

from __future__ import annotations

import base64
import http.client
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from kling_desktop.practice.order import Order
from kling_desktop.practice.server import PracticeServer

MULERUN = "/vendors/kling/v1/videos/image2video"
OFFICIAL = "/v1/videos/image2video"
VIDEO = bytes(range(256)) * 64


@dataclass(frozen=True)
class Answer:
    """One reply as a client sees it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def said(self) -> str:
        """The sentence of a refusal, in either dialect."""
        return self.json.get("detail") or self.json["message"]


class Kit:
    """Makes pictures and bodies as a third-party client would."""

    width, height = 400, 320

    def base64(self, data: bytes) -> str:
        return base64.b64encode(data).decode()

    def file(self, image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
        out = io.BytesIO()
        image.save(out, kind, **options)
        return out.getvalue()

    def photo(self, width: int = width, height: int = height, kind: str = "PNG") -> str:
        ramp = np.linspace(0, 255, width * height * 3).astype(np.uint8)
        return self.base64(self.file(Image.fromarray(ramp.reshape(height, width, 3)), kind))

    def mask(
        self,
        box: tuple[int, int, int, int] | None = (10, 10, 60, 60),
        width: int = width,
        height: int = height,
        kind: str = "PNG",
    ) -> str:
        pixels = np.zeros((height, width), np.uint8)
        if box is not None:
            pixels[box[1] : box[3], box[0] : box[2]] = 255
        return self.base64(self.file(Image.fromarray(pixels), kind))

    def points(self, count: int) -> list[dict[str, int]]:
        return [{"x": 20 + n, "y": 300 - n} for n in range(count)]

    def group(self, number: int = 0, count: int = 2) -> dict[str, Any]:
        left = 10 + 50 * number
        return {"mask": self.mask((left, 10, left + 40, 60)), "trajectories": self.points(count)}

    def body(self, **changes: Any) -> dict[str, Any]:
        """A valid request with two groups and a static mask; a change to None leaves it out."""
        body = {
            "model_name": "kling-v2-1-master",
            "image": self.photo(),
            "dynamic_masks": [self.group(0), self.group(1, 77)],
            "static_mask": self.mask((10, 200, 300, 300)),
            "prompt": "a boat drifts",
            "mode": "pro",
            "duration": "5",
            "cfg_scale": 0.5,
        }
        body.update(changes)
        return {field: value for field, value in body.items() if value is not None}

    def plain(self, **changes: Any) -> dict[str, Any]:
        """A valid request of an image alone."""
        return self.body(**{"dynamic_masks": None, "static_mask": None, **changes})


class Caller:
    """A client without any cleverness."""

    def __init__(self, server: PracticeServer, base: str) -> None:
        self.server = server
        self.base = base

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        address = urlsplit(self.server.url)
        line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.server.token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        try:
            line.request(method, path, body, sent)
            reply = line.getresponse()
            return Answer(reply.status, dict(reply.getheaders()), reply.read())
        finally:
            line.close()

    def create(self, body: Any, **how: Any) -> Answer:
        return self.send("POST", self.base, body, **how)

    def query(self, key: str, **how: Any) -> Answer:
        return self.send("GET", f"{self.base}/{key}", **how)

    def until(self, key: str, done: Callable[[Answer], bool]) -> Answer:
        """Ask until the answer is the wanted one; every round is a round trip, none sleeps."""
        for _ in range(20_000):
            answer = self.query(key)
            if done(answer):
                return answer
        raise AssertionError(f"still {answer.body!r}")


def quick_render(order: Order, target: Path, stopping: Event) -> None:
    target.write_bytes(VIDEO)


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    """Starts servers; each ends with the test."""
    with ExitStack() as stack:

        def start(dialect: str = "mulerun", **options: Any) -> Caller:
            options = {"pace": 0.0, "render": quick_render, "folder": tmp_path, **options}
            server = PracticeServer(options.pop("folder"), dialect=dialect, **options)
            stack.enter_context(server)
            return Caller(server, MULERUN if dialect == "mulerun" else OFFICIAL)

        yield start
