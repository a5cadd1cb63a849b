"""What can be asked of areas as a whole: names, amounts, and the sentences that go with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from kling_desktop.model.areas import STATIC, Labels, Rect
from kling_desktop.ui.area_words import in_words, opening
from kling_desktop.ui.colours import Looks

Change = tuple[Rect, Labels]
"""A rectangle, and the labels that it gets; an empty one where nothing changes."""
Locked = frozenset[int]


class Kind(StrEnum):
    """Operations of imaging.regions; the values end the ids of their actions."""

    GROW = "grow"
    SHRINK = "shrink"
    SMOOTH = "smooth"
    FILL_HOLES = "fillHoles"
    REMOVE_SPECKS = "removeSpecks"
    INVERT = "invert"
    GIVE = "give"
    SWAP = "swap"
    PIN_REST = "pinRest"
    PIN_BORDER = "pinBorder"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much an operation works with, and what that is called."""

    title: str
    usual: int
    least: int = 1
    most: int = 500
    suffix: str = " px"
    unit: str = "pixels"


AMOUNTS = {
    Kind.GROW: Amount("Grow by", 4),
    Kind.SHRINK: Amount("Shrink by", 4),
    Kind.SMOOTH: Amount("Round off up to", 4, most=100),
    Kind.REMOVE_SPECKS: Amount("Remove smaller than", 8),
    Kind.PIN_REST: Amount("Leave free", 16, least=0),
    Kind.PIN_BORDER: Amount("Width", 8),
}


@dataclass(frozen=True, slots=True)
class Order:
    """One operation, ready to run on another thread."""

    text: str
    """What the Edit menu calls the step."""
    change: Callable[[Labels], Change]
    nothing: str
    """What is said where it changes nothing."""
    areas: tuple[int, ...]
    """Areas that must not be locked."""
    swaps: tuple[int, int] | None = None
    """Areas whose paths change places, too."""


def order(
    kind: Kind, area: int, looks: Looks, locked: Locked, *, px: int = 0, other: int = 0
) -> Order:
    """An operation on ``area``. ``px`` counts for those that have an amount; ``other`` is the
    second area of those that have one."""
    words = in_words(area, looks)
    second = in_words(other, looks) if other else ""
    return Order(
        text=_text(kind, words, second, px),
        change=_change(kind, area, locked, px, other),
        nothing=_nothing(kind, words, second, px),
        areas=_touched(kind, area, other),
        swaps=(area, other) if kind == Kind.SWAP else None,
    )


def _touched(kind: Kind, area: int, other: int) -> tuple[int, ...]:
    if kind in {Kind.PIN_REST, Kind.PIN_BORDER}:
        return (STATIC,)
    return (area, other) if kind in {Kind.GIVE, Kind.SWAP} else (area,)


def _change(
    kind: Kind, area: int, locked: Locked, px: int, other: int
) -> Callable[[Labels], Change]:
    def changed(labels: Labels) -> Change:
        from kling_desktop.imaging import regions

        what = {
            Kind.GROW: partial(regions.grow, area=area, px=px),
            Kind.SHRINK: partial(regions.shrink, area=area, px=px),
            Kind.SMOOTH: partial(regions.smooth, area=area, px=px),
            Kind.FILL_HOLES: partial(regions.fill_holes, area=area),
            Kind.REMOVE_SPECKS: partial(regions.remove_specks, area=area, px=px),
            Kind.INVERT: partial(regions.invert, area=area),
            Kind.GIVE: partial(regions.give, area=area, to=other),
            Kind.SWAP: partial(regions.swap, a=area, b=other),
            Kind.PIN_REST: partial(regions.pin_rest, margin=px),
            Kind.PIN_BORDER: partial(regions.pin_border, px=px),
        }[kind]
        return what(labels, locked=locked)

    return changed


def _text(kind: Kind, words: str, second: str, px: int) -> str:
    return {
        Kind.GROW: f"Grow {words} by {px} px",
        Kind.SHRINK: f"Shrink {words} by {px} px",
        Kind.SMOOTH: f"Smooth {words} by {px} px",
        Kind.FILL_HOLES: f"Fill holes of {words}",
        Kind.REMOVE_SPECKS: f"Remove specks of {words}",
        Kind.INVERT: f"Invert {words}",
        Kind.GIVE: f"Give {words} to {second}",
        Kind.SWAP: f"Swap {words} with {second}",
        Kind.PIN_REST: "Pin everything else",
        Kind.PIN_BORDER: f"Pin the border, {px} px",
    }[kind]


def _nothing(kind: Kind, words: str, second: str, px: int) -> str:
    start = opening(words)
    return {
        Kind.GROW: f"{start} has no unpainted pixels next to it to grow into.",
        Kind.SHRINK: f"{start} has no outline inside the picture to shrink from.",
        Kind.SMOOTH: f"The outline of {words} is that smooth already.",
        Kind.FILL_HOLES: f"{start} has no holes.",
        Kind.REMOVE_SPECKS: f"{start} has no pieces smaller than {px} × {px} px.",
        Kind.INVERT: f"Nothing is unpainted, so {words} cannot be inverted.",
        Kind.GIVE: f"{start} has no pixels to give.",
        Kind.SWAP: f"Neither {words} nor {second} is painted.",
        Kind.PIN_REST: "Everything else is pinned already.",
        Kind.PIN_BORDER: "The border is painted or pinned already.",
    }[kind]


NEEDS_PIXELS = frozenset(
    {Kind.GROW, Kind.SHRINK, Kind.SMOOTH, Kind.FILL_HOLES, Kind.REMOVE_SPECKS, Kind.GIVE}
)
"""Operations that do nothing to an area without pixels."""
