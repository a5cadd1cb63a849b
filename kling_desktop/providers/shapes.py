"""How a provider wants its requests written and how it words its replies, as data of its profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Self, get_args

State = Literal["waiting", "running", "done", "failed"]
"""How a task stands at its provider."""
Colour = tuple[int, int, int]
"""R, G, B, 0…255."""


class MaskKind(StrEnum):
    """How a request carries areas."""

    SEPARATE = "separate"
    """One black-and-white image for each area."""
    INDEXED = "indexed"
    """One image with a colour for each area, the rest of it transparent."""


class Brushed(StrEnum):
    """The colour of brushed pixels in a separate mask."""

    WHITE = "white"
    BLACK = "black"


class Origin(StrEnum):
    """From where the points of paths are counted."""

    BOTTOM_LEFT = "bottom-left"
    TOP_LEFT = "top-left"


class Images(StrEnum):
    """How an image is put into the JSON."""

    BASE64 = "base64"
    DATA_URI = "data-uri"


@dataclass(frozen=True, slots=True)
class MaskEncoding:
    """Colours count for an indexed image only: the first moving area that is sent has the first."""

    kind: MaskKind = MaskKind.SEPARATE
    brushed: Brushed = Brushed.WHITE
    moving: tuple[Colour, ...] = ()
    static: Colour = (0, 0, 0)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """From a sound entry of the file, where colours are written as #72e528."""
        return cls(
            MaskKind(entry.get("kind", "separate")),
            Brushed(entry.get("brushed", "white")),
            tuple(_colour(text) for text in entry.get("moving") or ()),
            _colour(entry.get("static", "#000000")),
        )


@dataclass(frozen=True, slots=True)
class RequestShape:
    """What a request body does differently from the API page's; fields have the page's names."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Field → what it is called here; ``mask`` and ``trajectories`` are those of dynamic_masks."""
    leave_out: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    """Fields that must not be empty here."""
    whole_numbers: frozenset[str] = frozenset()
    """Fields that are sent as numbers, not as text."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Model → what it is called here."""
    inside: str = ""
    """The member that holds the fields, or "" where they are the body."""
    beside: Mapping[str, Any] = field(default_factory=dict)
    """Members that are always the same, beside the fields."""
    images: Images = Images.BASE64
    origin: Origin = Origin.BOTTOM_LEFT

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        own = dict(entry)
        own.pop("note", None)
        own |= {
            "leave_out": frozenset(own.get("leave_out", ())),
            "needs": tuple(own.get("needs", ())),
            "whole_numbers": frozenset(own.get("whole_numbers", ())),
            "images": Images(own.get("images", "base64")),
            "origin": Origin(own.pop("points", "bottom-left")),
        }
        return cls(**own)


@dataclass(frozen=True, slots=True)
class ReplyShape:
    """Where a profile says that its replies hold things, before the places that its dialect knows.

    A place is written as ``data.task_result.videos.0.url``.
    """

    id: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    video: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    words: Mapping[str, State] = field(default_factory=dict)
    """Lower-case word for a state → what it means."""
    full: tuple[str, ...] = ()
    """Lower-case words of a 429 that tells of as many tasks running as may, not of haste."""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        places = {name: tuple(entry.get(name, ())) for name in ("id", "state", "video", "reason")}
        states: Mapping[str, list[str]] = entry.get("states", {})
        words: dict[str, State] = {
            word.lower(): state for state in get_args(State) for word in states.get(state, ())
        }
        full = tuple(said.lower() for said in entry.get("full", ()))
        return cls(**places, words=words, full=full)


def _colour(text: str) -> Colour:
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))
