"""A host with real sockets that can be told to misbehave, a clock that is turned by hand, an engine."""

from __future__ import annotations

import itertools
import json
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.model.task import Task, TaskState
from kling_desktop.providers import transport
from kling_desktop.providers.client import Client
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.tasks.download import Limits
from kling_desktop.tasks.engine import Engine
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.pace import Pace
from tests.secret import SECRET

API = "/v1/videos/image2video"
VIDEO = b"HEAD" + random.Random(7).randbytes(300_000) + b"TAIL"


@dataclass
class Answer:
    """One scripted answer; the host behaves well again when its list is empty."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    makes: bool = False
    """A create that makes the task all the same."""
    reset: str = ""
    """"early": the connection is reset at once, "late": after the request was read and obeyed."""
    cut: int | None = None
    """Only so many bytes of the answer are sent."""
    hang: bool = False
    """No answer until the host stops."""
    keep_open: bool = False
    """Nothing more, but no end either, after what there is to send."""


def coded(status: int, code: int, message: str = "no", **headers: str) -> Answer:
    body = {"code": code, "message": message, "request_id": "r-1"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, body, named)


class Host:
    """Speaks the official envelopes on loopback and remembers everything that it was asked."""

    def __init__(self) -> None:
        self.creations: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.script: dict[str, list[Answer]] = {"create": [], "query": [], "find": [], "video": []}
        self.states = ["submitted", "processing", "succeed"]
        self.reason = ""
        self.video = VIDEO
        self.video_url: str | None = None
        self.etag: str | None = '"v1"'
        self.ranges = True
        self.stopping = threading.Event()
        self.polls: dict[str, int] = {}
        self.arrivals = threading.Semaphore(0)
        """Released once for each request that comes in."""
        self.create_pause = 0.0
        """Seconds between a task's making and the answer that says so."""
        self.video_pause = 0.0
        """Seconds between the halves of a video."""
        self._numbers = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def make(self, body: dict[str, Any]) -> str:
        remote_id = f"remote-{next(self._numbers)}"
        self.creations.append({**body, "remote_id": remote_id})
        return remote_id

    def say(self, kind: str, answer: Answer | None = None, **values: Any) -> None:
        """Script the next answer to a create, query, find or video."""
        self.script[kind].append(answer or Answer(**values))

    def known(self, name: str) -> dict[str, Any] | None:
        for made in self.creations:
            if name in {made["remote_id"], made.get("external_task_id")}:
                return made
        return None

    def asked(self, kind: str) -> int:
        return sum(1 for name, _, _ in self.requests if name == kind)

    def data(self, made: dict[str, Any]) -> dict[str, Any]:
        name = made["remote_id"]
        polled = self.polls.get(name, 0)
        state = self.states[min(polled, len(self.states) - 1)]
        url = self.video_url or f"{self.url}/files/{name}.mp4?sign=abc"
        return {
            "task_id": name,
            "task_status": state,
            "task_status_msg": self.reason,
            "task_info": {"external_task_id": made.get("external_task_id")},
            "task_result": {"videos": [{"id": "v", "url": url}]} if state == "succeed" else {},
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None: ...
            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def do_POST(self) -> None:
                host.answer_create(self)

            def do_GET(self) -> None:
                if self.path.startswith("/files/"):
                    host.answer_video(self)
                else:
                    host.answer_query(self)

        return Handler

    def _note(self, kind: str, handler: BaseHTTPRequestHandler) -> Answer | None:
        self.requests.append((kind, handler.path, dict(handler.headers.items())))
        self.arrivals.release()
        return self.script[kind].pop(0) if self.script[kind] else None

    def answer_create(self, handler: BaseHTTPRequestHandler) -> None:
        fault = self._note("create", handler)
        if fault is not None and fault.reset == "early":
            reset(handler)
            return
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if fault is None or fault.makes:
            self.make(body)
        self.stopping.wait(self.create_pause)
        if fault is None:
            data = {"task_id": self.known(body["external_task_id"])["remote_id"]}  # type: ignore[index]
            fault = Answer(body={"code": 0, "message": "ok", "data": data})
        self.send(handler, fault)

    def answer_query(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.partition("?")[0].rpartition("/")[2]
        made = self.known(name)
        finding = made is None or name != made["remote_id"]
        fault = self._note("find" if finding else "query", handler)
        if fault is not None:
            self.send(handler, fault)
        elif made is None:
            self.send(handler, coded(404, 1202, "task not found"))
        else:
            self.send(
                handler, Answer(body={"code": 0, "message": "SUCCEED", "data": self.data(made)})
            )
            self.polls[made["remote_id"]] = self.polls.get(made["remote_id"], 0) + 1

    def answer_video(self, handler: BaseHTTPRequestHandler) -> None:
        fault = self._note("video", handler) or Answer()
        if fault.status != 200 and fault.body is None:
            fault.body = b""
        if fault.body is not None or fault.reset:
            self.send(handler, fault)
            return
        headers = {"Content-Type": "video/mp4"} | ({"ETag": self.etag} if self.etag else {})
        start = self._start(handler)
        if start >= len(self.video):
            size = {"Content-Range": f"bytes */{len(self.video)}"}
            self.send(handler, Answer(416, b"", headers | size))
            return
        fault.status, fault.body = 206 if start else 200, self.video[start:]
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(self.video) - 1}/{len(self.video)}"
        fault.headers = headers | fault.headers
        self.send(handler, fault)

    def _start(self, handler: BaseHTTPRequestHandler) -> int:
        wanted = handler.headers.get("Range", "")
        if not self.ranges or not wanted or handler.headers.get("If-Range") != self.etag:
            return 0
        return int(wanted.removeprefix("bytes=").partition("-")[0])

    def send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        if answer.hang:
            self.stopping.wait(20)
            handler.close_connection = True
            return
        if answer.reset:
            reset(handler)
            return
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        handler.send_response(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in (headers | answer.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        body = body if answer.cut is None else body[: answer.cut]
        half = len(body) // 2 if self.video_pause and len(body) > 10_000 else 0
        handler.wfile.write(body[:half])
        if half:
            self.stopping.wait(self.video_pause)
        handler.wfile.write(body[half:])
        handler.wfile.flush()
        if answer.keep_open:
            self.stopping.wait(20)
        if answer.cut is not None or "Content-Length" in answer.headers:
            handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler) -> None:
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.rfile.close()
    handler.connection.close()


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []
        self.awake = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += max(seconds, 0.001)
        self.awake += max(seconds, 0.001)

    def steady(self) -> float:
        """Goes on with ``sleep`` only: where ``now`` is set, the machine slept or the clock was put."""
        return self.awake


def sound(path: Path) -> None:
    """The check that stands for the video reader's."""
    data = path.read_bytes()
    if not (data.startswith(b"HEAD") and data.endswith(b"TAIL")):
        raise ValueError("The video is broken.")


@dataclass
class Bench:
    """An engine on its own folder with everything within reach of the test."""

    host: Host
    folder: Path
    clock: Clock
    connect: Callable[[str], Any]
    journal: Journal
    engine: Engine = field(init=False)
    changes: list[Task] = field(default_factory=list)

    def engine_again(self, **options: Any) -> Engine:
        values: dict[str, Any] = {
            "clock": self.clock,
            "steady": self.clock.steady,
            "random": random.Random(3).random,
            "changed": self.changes.append,
            "check_video": sound,
            "limits": Limits(connect=2.0, stall=1.0),
            "pace": Pace(poll_first=2.0, poll_min=5.0, poll_max=15.0),
        }
        connect = options.pop("connect", self.connect)
        journal = options.pop("journal", self.journal)
        return Engine(journal, connect, self.folder / "videos", **(values | options))

    def submit(self, task_id: str = "a1" * 16, **options: Any) -> Task:
        body = json.dumps({"image": "aGVsbG8=", "external_task_id": task_id}).encode()
        values = {"task_id": task_id, "shot": "/shots/rocket.kling", "model": "kling-v2-1-master"}
        return self.engine.submit(options.pop("account", "acc"), body, **(values | options))

    def steps(self, limit: int = 400, until: TaskState | None = None, task_id: str = "") -> None:
        """Step and sleep until nothing is left, or a task has come to a state."""
        for _ in range(limit):
            delay = self.engine.step()
            if until is not None and self.journal.get(task_id or "a1" * 16).state == until:
                return
            if delay is None:
                return
            self.clock.sleep(delay)

    @property
    def task(self) -> Task:
        return self.journal.get("a1" * 16)

    def finals(self) -> list[Path]:
        """Everything in the videos folder that is not a part."""
        folder = self.folder / "videos"
        return sorted(path for path in folder.glob("*") if ".part" not in path.name)


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.stop()


@pytest.fixture
def other_host() -> Iterator[Host]:
    host = Host()
    host.video = b"HEAD" + b"from the other host" * 1000 + b"TAIL"
    yield host
    host.stop()


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.sqlite", clock=clock)
    yield journal
    journal.close()


@pytest.fixture
def can_find() -> bool:
    """Whether the account can look tasks up by our own id; tests override it."""
    return True


@pytest.fixture
def connect(host: Host, can_find: bool) -> Callable[[str], Client]:
    shipped = Path(__file__).parents[2] / "resources" / "providers.json"
    profile = replace(load_profiles(shipped)["official"], find_by_external_id=can_find)
    patience = transport.Limits(connect=2.0, read=0.4, whole=2.0)
    return lambda _account: Client(profile, host.url, SECRET, limits=patience)


@pytest.fixture
def bench(
    host: Host, tmp_path: Path, clock: Clock, journal: Journal, connect: Callable[[str], Client]
) -> Iterator[Bench]:
    bench = Bench(host, tmp_path, clock, connect, journal)
    bench.engine = bench.engine_again()
    yield bench
    bench.engine.close()
