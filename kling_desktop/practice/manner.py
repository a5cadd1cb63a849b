"""How a reply goes out on the line: whole, cut short, slowly, without an end, or not at all."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PIECES_A_SECOND = 10


@dataclass(frozen=True, slots=True)
class Manner:
    """Any other manner than the plain one ends the connection."""

    reset: bool = False
    """Nothing is sent; the client sees a reset."""
    most: int | None = None
    """Only so many bytes of the body are sent."""
    rate: float | None = None
    """Bytes per second."""
    endless: bool = False
    """The body begins anew each time that it ends."""
    untrue: bool = False
    """Content-Length is not that of the body."""

    def pieces(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """What to send, in pieces that are small enough to keep to the rate."""
        left = self.most
        for part in _repeated(body) if self.endless else body:
            sent = part if left is None else part[:left]
            yield from self._measured(sent)
            if left is not None:
                left -= len(sent)
                if not left:
                    return

    def _measured(self, part: bytes) -> Iterator[bytes]:
        if self.rate is None:
            yield part
            return
        size = max(1, int(self.rate / PIECES_A_SECOND))
        for start in range(0, len(part), size):
            yield part[start : start + size]


WHOLE = Manner()


def _repeated(body: Iterable[bytes]) -> Iterator[bytes]:
    parts = [part for part in body if part]
    return itertools.cycle(parts)
