"""A video that its host packs although it was asked not to: unpacked as it comes, a little at a time."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from kling_desktop.tasks.faults import BadLink

_KNOWN = {"gzip", "x-gzip", "deflate"}
_EITHER = 32 + zlib.MAX_WBITS
"""Has zlib tell the headers of gzip and of deflate apart by itself."""


class Unpacking:
    """One packed answer; ``coding`` as in Content-Encoding, ``most`` the bytes of a piece.

    Raises BadLink, which names the coding, where it is not known, or where the bytes are not so.
    """

    def __init__(self, coding: str, most: int) -> None:
        self._name = re.sub(r"[^a-z0-9, -]", "", coding)[:40]
        if coding not in _KNOWN:
            raise BadLink(
                f"The video's host sends it packed as “{self._name}”, which cannot be unpacked here."
            )
        self._most = most
        self._inflate = zlib.decompressobj(_EITHER)

    @property
    def whole(self) -> bool:
        """Whether all of it came, its checksum among it."""
        return self._inflate.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to; never more at a time than fits the memory."""
        while data and not self.whole:
            try:
                piece = self._inflate.decompress(data, self._most)
            except zlib.error:
                raise BadLink(
                    f"The video's host says that it sends it packed as “{self._name}”, but does not."
                ) from None
            data = self._inflate.unconsumed_tail
            if piece:
                yield piece
