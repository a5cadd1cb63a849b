"""What every fake provider is made of: a loopback server, and an order read back from its body."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import numpy as np
from PIL import Image

STATIC = 7
Answer = tuple[int, Any]
"""HTTP status and what goes out as JSON."""


@dataclass(frozen=True)
class Heard:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Order:
    """What a request asks for, read the way the provider reads it."""

    model: str
    mode: str
    duration: str
    image: bytes
    prompt: str = ""
    tail: bytes | None = None
    labels: np.ndarray | None = None
    """(height, width): 0 nothing, k the k-th moving area, 7 static."""
    trails: list[list[tuple[int, int]]] = field(default_factory=list)
    """Points of the k-th moving area, origin top-left."""
    external_id: str | None = None
    state: str = "waiting"
    """waiting, running, done or failed."""
    reason: str = ""


class Refusal(Exception):
    """The request breaks a rule of this provider."""

    def __init__(self, status: int, payload: Any) -> None:
        super().__init__(payload)
        self.status, self.payload = status, payload


class Fake:
    """A provider on a free port of this computer. Tests set how orders stand, and what goes wrong."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.orders: dict[str, Order] = {}
        self.next: list[tuple[int, Any, dict[str, str]]] = []
        """Answers that are given instead of the proper ones."""
        self.clock: Callable[[], float] | None = None
        self.video = "https://videos.example.com/a.mp4"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def goes_wrong(self, status: int, payload: Any, **headers: str) -> None:
        self.next.append((status, payload, {k.replace("_", "-"): v for k, v in headers.items()}))

    @property
    def only(self) -> Order:
        (order,) = self.orders.values()
        return order

    def take(self, order: Order) -> str:
        name = f"task-{len(self.orders) + 1}"
        self.orders[name] = order
        return name

    def answer(self, heard: Heard) -> Answer:
        raise NotImplementedError

    def order_at(self, path: str, before: str, after: str = "") -> tuple[str, Order] | None:
        """The task named between the two ends of a path."""
        name = unquote(path.removeprefix(before).removesuffix(after))
        order = self.orders.get(name)
        return (name, order) if order is not None else None


def fields_of(heard: Heard) -> dict[str, Any]:
    assert heard.headers["content-type"] == "application/json"
    found = json.loads(heard.body)
    assert isinstance(found, dict)
    return found


def bare(text: str) -> bytes:
    """Base64 without anything around it."""
    return base64.b64decode(text, validate=True)


def uri(text: str) -> bytes:
    """A data URI of a PNG or JPEG that says truly which of them it is."""
    head, comma, rest = text.partition(",")
    assert comma
    data = base64.b64decode(rest, validate=True)
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    assert head == f"data:image/{kind};base64"
    return data


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def labels_of(masks: Sequence[bytes], static: bytes | None, size: tuple[int, int]) -> np.ndarray:
    """Separate masks as one map: white is painted, and no pixel is painted twice."""
    found = np.zeros((size[1], size[0]), np.uint8)
    numbered = [*enumerate(masks, 1), *([(STATIC, static)] if static else [])]
    for number, data in numbered:
        with Image.open(io.BytesIO(data)) as image:
            assert image.mode == "L"
            assert image.size == size
            pixels = np.asarray(image)
        assert set(np.unique(pixels)) <= {0, 255}
        assert not found[pixels == 255].any()
        found[pixels == 255] = number
    return found


def labels_of_colours(
    data: bytes, colours: Sequence[tuple[int, int, int]], static: tuple[int, int, int]
) -> np.ndarray:
    """One image of colours as a map; what is transparent is not painted, all else has a colour."""
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.asarray(image.convert("RGBA"))
    found = np.zeros(pixels.shape[:2], np.uint8)
    opaque = pixels[..., 3] == 255
    assert (opaque | (pixels[..., 3] == 0)).all()
    for number, colour in [*enumerate(colours, 1), (STATIC, static)]:
        found[opaque & (pixels[..., :3] == colour).all(axis=2)] = number
    assert (found[opaque] > 0).all()
    return found


def from_bottom(points: Sequence[dict[str, int]], height: int) -> list[tuple[int, int]]:
    assert all(type(point["x"]) is int and type(point["y"]) is int for point in points)
    return [(point["x"], height - 1 - point["y"]) for point in points]


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            heard = Heard(self.command, self.path, headers, body)
            fake.heard.append(heard)
            status, payload, more = self._answer(heard)
            data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _answer(self, heard: Heard) -> tuple[int, Any, dict[str, str]]:
            if fake.next:
                return fake.next.pop(0)
            try:
                return (*fake.answer(heard), {})
            except Refusal as refusal:
                return refusal.status, refusal.payload, {}

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(fake.clock() if fake.clock else timestamp, usegmt=True)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
