"""HTTP/1.1 on loopback: connections that are kept, cut or reset, and all closed at the end."""

from __future__ import annotations

import io
import logging
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from kling_desktop.practice.manner import WHOLE
from kling_desktop.practice.replies import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
LONGEST_DRAIN = 80 * 1024 * 1024
"""How much of a refused body is taken in so that the client gets to read the refusal."""
LAST_WORDS = 1.0
"""Seconds that answers under way have to go out when the server stops."""
ABORT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER on, no time: closing then resets the connection."""

Respond = Callable[["WSGIEnvironment"], Reply]
Pause = Callable[[float], bool]
"""Waits so many seconds; tells whether the server is being stopped."""


class Inbox(io.RawIOBase):
    """A request body of known length; asks a hesitant client for it when it is first read."""

    def __init__(self, source: Any, length: int, ask: Callable[[], None] | None) -> None:
        super().__init__()
        self._source = source
        self._ask = ask
        self.left = length

    @property
    def promised(self) -> bool:
        """Whether the client still waits to be asked."""
        return self._ask is not None and self.left > 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.left and self._ask is not None:
            self._ask()
        self._ask = None
        data = self._source.read(min(len(buffer), self.left, 65536))
        if not data and self.left:
            raise ConnectionAbortedError("the client went away in the middle of its body")
        buffer[: len(data)] = data
        self.left -= len(data)
        return len(data)


class Handler(WSGIRequestHandler):
    """One connection: reads requests from it until either side has enough."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # Head and body are two writes: on a kept line the second would wait for an acknowledgement.
    disable_nagle_algorithm = True
    server: Server

    def run_wsgi(self) -> None:
        """Answer one request (the name is werkzeug's: every HTTP method ends up here)."""
        environ = self.make_environ()
        inbox = self._inbox()
        if inbox is not None:
            environ["wsgi.input"] = inbox
        try:
            reply = self.server.respond(environ)
        except ConnectionError:
            self.close_connection = True
            return
        except Exception:
            log.exception("%s %s", self.command, self.path)
            reply = Reply("The practice server made a mistake.\n", 500, mimetype="text/plain")
        if inbox is None or inbox.left:
            self.close_connection = True
        if reply.manner.reset:
            reply.close()
            self._reset()
            return
        self._send(reply, environ)
        if inbox is not None and inbox.left and not inbox.promised:
            self._drain(inbox)

    def handle_expect_100(self) -> bool:
        """Say nothing yet: a body is asked for when the request has passed the door."""
        return True

    def version_string(self) -> str:
        return "practice"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        log.debug(format, *args)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are kept by the application, which knows what may be told."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        log.debug(format, *args)

    def _inbox(self) -> Inbox | None:
        """The body, or None where its end cannot be told from its length."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            if self._hesitant:
                self._ask()
            return None
        length = self.headers.get("Content-Length", "0").strip()
        if not length.isascii() or not length.isdigit() or len(length) > 18:
            return None
        return Inbox(self.rfile, int(length), self._ask if self._hesitant else None)

    @property
    def _hesitant(self) -> bool:
        return self.headers.get("Expect", "").strip().lower() == "100-continue"

    def _ask(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _send(self, reply: Reply, environ: WSGIEnvironment) -> None:
        body, status, headers = reply.get_wsgi_response(environ)
        code, _, phrase = status.partition(" ")
        if "content-length" not in reply.headers and int(code) not in {204, 304}:
            self.close_connection = True
        if reply.manner != WHOLE:
            self.close_connection = True
        try:
            self.send_response_only(int(code), phrase)
            self.send_header("Server", self.version_string())
            for name, value in headers:
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            for piece in reply.manner.pieces(body):
                if reply.manner.rate and self.server.pause(len(piece) / reply.manner.rate):
                    break
                self.wfile.write(piece)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        finally:
            reply.close()

    def _drain(self, inbox: Inbox) -> None:
        """Closing on unread bytes would reset the line before the client reads its answer."""
        taken = 0
        try:
            while inbox.left and taken < LONGEST_DRAIN:
                taken += len(inbox.read(65536) or b"")
        except OSError:
            log.debug("the client stopped sending")

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        self.server.abort(self.connection)


class Server(ThreadedWSGIServer):
    """Listens on 127.0.0.1 and knows every open connection, so that none outlives it."""

    def __init__(self, port: int, respond: Respond, pause: Pause) -> None:
        """Bind and listen; raises OSError where the port is taken."""
        self.respond = respond
        self.pause = pause
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._aborted: set[socket.socket] = set()
        self._guard = threading.Lock()
        # Bound here, because werkzeug ends the whole process where a port is taken.
        with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
            super().__init__("127.0.0.1", port, _unused, handler=Handler, fd=listener.fileno())
        self._loop = threading.Thread(target=self._serve, name="practice-server", daemon=True)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """Stop listening, let answers under way go out, then close every connection."""
        self.shutdown()
        self._loop.join()
        with self._guard:
            open_ones = dict(self._connections)
        for connection in open_ones:
            _shut(connection, socket.SHUT_RD)
        end = time.monotonic() + LAST_WORDS
        for connection, thread in open_ones.items():
            thread.join(max(0.0, end - time.monotonic()))
            _shut(connection, socket.SHUT_RDWR)
            thread.join()

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="practice-connection",
            daemon=True,
        )
        with self._guard:
            self._connections[request] = thread
        thread.start()

    def abort(self, connection: socket.socket) -> None:
        """Have this connection closed without a farewell."""
        with self._guard:
            self._aborted.add(connection)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            aborted = request in self._aborted
            self._aborted.discard(request)
        if aborted:
            request.close()
        else:
            super().shutdown_request(request)
        with self._guard:
            self._connections.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        log.debug("a connection broke", exc_info=True)

    def _serve(self) -> None:
        self.serve_forever(poll_interval=0.02)


def _unused(environ: WSGIEnvironment, start_response: Any) -> Iterable[bytes]:
    raise NotImplementedError("replies are made by respond")


def _shut(connection: socket.socket, direction: int) -> None:
    try:
        connection.shutdown(direction)
    except OSError:
        log.debug("the connection was closed already")
