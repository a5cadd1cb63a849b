"""A small real HTTP server that does as a test's script says, and what the tests build with."""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kling_desktop.model import areas
from kling_desktop.model.capabilities import Capability, Catalogue
from kling_desktop.model.path import Path as DrawnPath
from kling_desktop.model.shot import Picture, Settings, Shot
from kling_desktop.providers.client import Client
from kling_desktop.providers.models import catalogue_for, load_models
from kling_desktop.providers.profiles import Profile, load_profiles
from kling_desktop.providers.transport import Limits
from tests import secret

RESOURCES = Path(__file__).parents[2] / "resources"
SECRET = secret.SECRET
Step = Callable[["Talk"], None]


@dataclass(frozen=True)
class Heard:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    raw: bytes


class Talk:
    """One exchange on a connection: a step reads when it likes and answers what it likes."""

    def __init__(self, sock: socket.socket, host: Host) -> None:
        self.sock, self.host = sock, host

    def read(self) -> bool:
        """Take in a whole request; False where the client said nothing more."""
        raw = b""
        while b"\r\n\r\n" not in raw:
            piece = self.sock.recv(65536)
            if not piece:
                return False
            raw += piece
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self.sock.recv(65536)
        method, path, _ = first.split(" ")
        self.host.heard.append(Heard(method, path, headers, body, head + b"\r\n\r\n" + body))
        return True

    def reset(self) -> None:
        """End the connection the hard way."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Host:
    """Listens on a free port; each request takes the next step of the script."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.steps: list[Step] = []
        self.connections = 0
        self.over = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def will(self, *steps: Step) -> None:
        self.steps += steps

    def answers(self, status: int, payload: Any, **headers: str) -> None:
        self.will(answer(status, payload, **headers))

    def stop(self) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            sock.close() if sock.fileno() < 0 else shut(sock)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=[sock])
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with sock:
            try:
                while self.steps and not self.over.is_set() and sock.fileno() >= 0:
                    # Wait for the client to speak, so that an idle connection takes no step.
                    if not sock.recv(1, socket.MSG_PEEK):
                        return
                    self.steps.pop(0)(Talk(sock, self))
            except OSError:
                return


def shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()


def answer(status: int, payload: Any, **headers: str) -> Step:
    """A whole answer; text and bytes go out as they are, everything else as JSON."""
    body = payload.encode() if isinstance(payload, str) else payload
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    named = {"Content-Length": str(len(body))} | {k.replace("_", "-"): headers[k] for k in headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())

    def step(talk: Talk) -> None:
        if talk.read():
            talk.sock.sendall(f"HTTP/1.1 {status} So\r\n{head}\r\n".encode("latin-1") + body)

    return step


@pytest.fixture
def host() -> Iterator[Host]:
    server = Host()
    yield server
    server.stop()


@pytest.fixture
def other_host() -> Iterator[Host]:
    server = Host()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def profiles() -> dict[str, Profile]:
    return load_profiles(RESOURCES / "providers.json")


@pytest.fixture(scope="session")
def models() -> Catalogue:
    return load_models(RESOURCES / "models.json")


@pytest.fixture(scope="session")
def master(profiles: dict[str, Profile], models: Catalogue) -> Capability:
    """The default model as the default relay serves it."""
    found = catalogue_for(profiles["mulerun"], models).get("kling-v2-1-master")
    assert found is not None
    return found


@pytest.fixture
def connect(profiles: dict[str, Profile], host: Host) -> Iterator[Callable[..., Client]]:
    """Clients of the scripted host; their connections end with the test."""
    made: list[Client] = []

    def connected(provider: str = "practice", secret: str = SECRET, **more: Any) -> Client:
        limits = more.pop("limits", Limits(connect=5, read=5, whole=10))
        client = Client(profiles[provider], host.url, secret, limits=limits, **more)
        made.append(client)
        return client

    yield connected
    for client in made:
        client.close()


def image_bytes(width: int, height: int) -> bytes:
    """A PNG of that size."""
    out = io.BytesIO()
    Image.new("L", (width, height), 90).save(out, "PNG")
    return out.getvalue()


def mask_png(mask: areas.Mask) -> bytes:
    out = io.BytesIO()
    Image.fromarray(mask.astype(np.uint8) * 255).save(out, "PNG")
    return out.getvalue()


def shot_of(width: int = 400, height: int = 300, **changes: Any) -> Shot:
    """A shot with area 1 and its path, and nothing else."""
    picture = Picture(image_bytes(width, height), "PNG", width, height)
    labels = areas.empty(width, height)
    labels[50:150, 60:200] = 1
    values: dict[str, Any] = {
        "picture": picture,
        "labels": labels,
        "paths": {1: DrawnPath(((100.0, 100.0), (300.0, 120.0)))},
        "settings": Settings(prompt="a boat"),
    }
    return Shot(**(values | changes))
