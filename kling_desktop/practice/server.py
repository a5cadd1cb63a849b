"""The practice server as one object: start it, talk to it, stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kling_desktop.practice import rules, tokens
from kling_desktop.practice.application import Application
from kling_desktop.practice.book import Book, Record
from kling_desktop.practice.connection import Pause, Server
from kling_desktop.practice.elsewhere import Elsewhere
from kling_desktop.practice.faults import Faults
from kling_desktop.practice.ledger import Logged
from kling_desktop.practice.misdeeds import Misdeeds
from kling_desktop.practice.render import Render, render
from kling_desktop.practice.renderer import Renderer
from kling_desktop.practice.replies import dialect as dialect_named

Misbehaviour = str | Sequence[Mapping[str, Any]] | None
"""Faults as a list of entries (script.py says what they may be) or its JSON."""


class PracticeServer:
    """A local host that speaks the image-to-video API and answers with the draft.

    ``folder`` keeps the tasks, so that a server started on it later knows them. ``token`` is made
    up where none is given; in the official dialect ``ak:sk`` demands a JWT. ``pace`` is in
    seconds: a task waits half of it and is ready after one and a half, or when its video is
    rendered, whichever is later. ``models`` replaces the list of models served. ``late`` lets
    masks of the wrong size in and fails their task, as the real host does. ``parallel`` is how
    many unfinished tasks it bears: one more is refused with 429, code 1303, and is not made.
    ``pause`` takes the seconds that a fault wants to wait and tells whether the server is being
    stopped; without it they are waited for, or until ``stop``.

    ``GET /practice/log``, with the token, is a page of JSON that tells what happened since the
    object was made: see Ledger.page. Raises ValueError with a sentence for an unknown dialect, an
    unusable token or faults.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        dialect: str = "mulerun",
        token: str | None = None,
        pace: float = 1.0,
        models: Collection[str] | None = None,
        faults: Misbehaviour = None,
        late: bool = False,
        parallel: int | None = None,
        clock: Callable[[], float] = time.time,
        render: Render = render,
        pause: Pause | None = None,
    ) -> None:
        if not pace >= 0:
            raise ValueError("the pace is a number of seconds, 0 or more")
        if parallel is not None and parallel < 1:
            raise ValueError("the number of parallel tasks is 1 or more")
        self._port = port
        self._token = token if token is not None else tokens.new_token()
        self._render = render
        self._server: Server | None = None
        self._renderer: Renderer | None = None
        self._stopping = threading.Event()
        self._pause = pause or self._stopping.wait
        self._elsewhere: Elsewhere | None = None
        speech = dialect_named(dialect)
        self._application = Application(
            book=Book(folder),
            dialect=speech,
            gate=tokens.gate(dialect, self._token),
            faults=Faults(faults),
            clock=clock,
            misdeeds=Misdeeds(speech, self._pause, self._elsewhere_url),
            accepted=self._accepted,
            pace=pace,
            models=rules.MODELS if models is None else tuple(models),
            late=late,
            parallel=parallel,
        )

    @property
    def url(self) -> str:
        """``http://127.0.0.1:port``; the API's paths follow it. Known once it was started."""
        if not self._application.url:
            raise RuntimeError("the practice server was not started")
        return self._application.url

    @property
    def token(self) -> str:
        return self._token

    @property
    def creations(self) -> int:
        """Tasks made since the start."""
        return self._application.ledger.creations

    @property
    def counts(self) -> dict[str, int]:
        """Requests that came, answered yet or not: create, query, list, video, elsewhere, other."""
        return self._application.ledger.counts

    @property
    def requests(self) -> list[Logged]:
        """The last requests answered; no headers, no bodies."""
        return self._application.ledger.log

    def set_faults(self, faults: Misbehaviour) -> None:
        """Misbehave in another way from the next request on."""
        self._application.faults = Faults(faults)

    def start(self) -> None:
        """Listen and begin to render, both in threads of their own.

        Raises OSError where the port is taken.
        """
        if self._server is not None:
            raise RuntimeError("the practice server runs already")
        self._stopping.clear()
        self._server = Server(self._port, self._application.respond, self._pause)
        self._elsewhere = Elsewhere(self._application.respond_elsewhere, self._pause)
        self._application.url = f"http://127.0.0.1:{self._server.port}"
        self._renderer = Renderer(self._application.book, self._render)
        self._renderer.start()
        self._server.start()

    def stop(self) -> None:
        """Close every connection and end every thread; a video in progress is made next time."""
        self._stopping.set()
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._elsewhere is not None:
            self._elsewhere.stop()
            self._elsewhere = None
        if self._renderer is not None:
            self._renderer.stop()
            self._renderer = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _accepted(self, record: Record) -> None:
        self._application.ledger.made()
        renderer = self._renderer
        if renderer is not None:
            renderer.add(record)

    def _elsewhere_url(self) -> str:
        if self._elsewhere is None:
            raise RuntimeError("the practice server was not started")
        return self._elsewhere.url()
