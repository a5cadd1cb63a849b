"""The second listener: another port of the loopback, where redirects lead."""

from __future__ import annotations

import threading

from kling_desktop.practice.connection import Pause, Respond, Server


class Elsewhere:
    """Listens from the first time that its address is asked for until ``stop``."""

    def __init__(self, respond: Respond, pause: Pause) -> None:
        self._respond = respond
        self._pause = pause
        self._lock = threading.Lock()
        self._server: Server | None = None

    def url(self) -> str:
        """``http://127.0.0.1:port``."""
        with self._lock:
            if self._server is None:
                self._server = Server(0, self._respond, self._pause)
                self._server.start()
            return f"http://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.stop()
