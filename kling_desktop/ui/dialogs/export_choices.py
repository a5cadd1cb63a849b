"""What can be chosen for an export of the draft, what was chosen last, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from kling_desktop.model.shot import Shot
from kling_desktop.motion.export import HIGHEST, Kind, Loop

T = TypeVar("T")

NAMES = {Kind.MP4: "MP4 video", Kind.GIF: "GIF", Kind.PNG: "Numbered PNG pictures"}
LOOPS = {Loop.ONCE: "Once", Loop.PINGPONG: "Forth and back"}
HEIGHTS = (1080, 720, 480)
"""Pixels, the usual ones."""
RATES = {
    Kind.MP4: (24.0, 25.0, 30.0, 60.0),
    Kind.GIF: (10.0, 12.5, 20.0, 25.0),
    Kind.PNG: (24.0, 25.0, 30.0, 60.0),
}
"""Frames a second."""
SOURCE, CUSTOM = 0, -1
"""Sizes that are no height: that of the picture, and one that is typed."""
FIRST_FRAME = {Kind.MP4: 0.15, Kind.GIF: 0.6, Kind.PNG: 1.6}
LATER_FRAMES = {Kind.MP4: (0.001, 0.015), Kind.GIF: (0.0, 0.5), Kind.PNG: (1.6, 0.0)}
"""Bytes a pixel, and more for each pixel that moves; measured on photographs."""


@dataclass(frozen=True, slots=True)
class Choices:
    """``size`` is a height in pixels, SOURCE, or CUSTOM for ``height``. A GIF has its own rate."""

    kind: Kind = Kind.MP4
    size: int = SOURCE
    height: int = 600
    rate: float = 30.0
    gif_rate: float = 20.0
    loop: Loop = Loop.ONCE

    @property
    def fps(self) -> float:
        return self.gif_rate if self.kind == Kind.GIF else self.rate

    def high(self, source: int) -> int:
        """Pixels that the export is high, of a picture ``source`` pixels high."""
        most = min(source, HIGHEST)
        wanted = {SOURCE: most, CUSTOM: self.height}.get(self.size, self.size)
        return min(wanted, most)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def understood(found: object) -> Choices:
    """The choices in what was kept; whatever is not as it should be is as usual."""
    kept, usual = found if isinstance(found, dict) else {}, Choices()

    def known(name: str, offered: Iterable[T]) -> T:
        value = kept.get(name)
        return next((each for each in offered if each == value), getattr(usual, name))

    return Choices(
        kind=known("kind", Kind),
        size=known("size", (SOURCE, CUSTOM, *HEIGHTS)),
        height=known("height", range(1, HIGHEST + 1)),
        rate=known("rate", RATES[Kind.MP4]),
        gif_rate=known("gif_rate", RATES[Kind.GIF]),
        loop=known("loop", Loop),
    )


def sizes(source: int) -> list[int]:
    """The heights that a picture ``source`` pixels high can be exported with, and CUSTOM."""
    return [SOURCE, *(each for each in HEIGHTS if each < min(source, HIGHEST)), CUSTOM]


def estimate(kind: Kind, pixels: int, frames: int, moving: float) -> float:
    """Bytes, roughly, of frames of so many ``pixels``, a share (0…1) of which moves."""
    still, more = LATER_FRAMES[kind]
    return pixels * (FIRST_FRAME[kind] + (frames - 1) * (still + more * moving))


def moving_share(shot: Shot, painted: int) -> float:
    """How much of the picture changes from frame to frame; ``painted`` pixels are on their way."""
    if shot.camera is not None:
        return 1.0
    width, height = shot.size
    return min(1.0, 2.0 * painted / max(1, width * height))  # what comes, and what it lays bare


def in_bytes(size: float) -> str:
    """“about 4.2 MB”."""
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if size >= unit:
            digits = 1 if size < 10 * unit else 0
            return f"about {size / unit:.{digits}f} {name}"
    return "less than 1 MB"
