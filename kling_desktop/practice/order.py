"""An order: a create request that passed every rule, and the refusal of one that did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kling_desktop.model.camera import Camera

INVALID_BODY = 1200
INVALID_FIELD = 1201
NO_METHOD = 1202
ABSENT = 1203


class Refusal(Exception):
    """An answer other than yes: HTTP status, the API's business code, and one sentence."""

    def __init__(self, status: int, code: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class Broken(Refusal):
    """A rule of the page is broken; the sentence begins with the field that breaks it."""

    def __init__(self, field: str, reason: str, *, code: int = INVALID_FIELD) -> None:
        super().__init__(400, code, f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Still:
    """An image file as it was sent. Width and height are pixels after its EXIF orientation."""

    data: bytes
    format: Literal["JPEG", "PNG"]
    width: int
    height: int

    @property
    def suffix(self) -> str:
        return "jpg" if self.format == "JPEG" else "png"


@dataclass(frozen=True, slots=True)
class Brush:
    """One group of ``dynamic_masks``. Points are whole pixels of the image, origin bottom-left."""

    mask: Still
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that was asked for, defaults filled in."""

    model_name: str
    mode: str
    seconds: int
    prompt: str = ""
    negative_prompt: str = ""
    cfg_scale: float | None = None
    image: Still | None = None
    tail: Still | None = None
    static: Still | None = None
    brushes: tuple[Brush, ...] = ()
    camera: Camera | None = None
    external_id: str | None = None
    doom: str | None = None
    """Why the task will fail later, where the server is told to find out late."""
