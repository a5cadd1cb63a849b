"""Operations on the area of one brush: grow, smooth, invert, hand over, pin the rest, and so on.

Each takes a label map (height, width), changes nothing in it, and returns the smallest rectangle
that would change together with its new labels; an empty rectangle where nothing would. None takes
a pixel from another area but those that say so, and none touches an area that is ``locked``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

import numpy as np

from kling_desktop.model.areas import BAND, MOVING, NONE, STATIC, Labels, Mask, Rect

_TILE = 512
"""Side of the squares in which outlines are worked on; those that hold none are skipped."""
_BLURS = 3
"""Running means in a row that make a Gaussian, in a time that does not grow with its width."""

Change = tuple[Rect, Labels]


def grow(labels: Labels, area: int, px: float, *, locked: Collection[int] = ()) -> Change:
    """The area takes the unpainted pixels whose centres lie within ``px`` pixels of its own."""
    rect = _around(labels, area, px, locked)
    part = _cut(labels, rect)
    return _change(labels, rect, _near(part == area, px) & (part == NONE), area)


def shrink(labels: Labels, area: int, px: float, *, locked: Collection[int] = ()) -> Change:
    """The area loses the pixels within ``px`` pixels of anything else, the picture's border aside."""
    rect = _around(labels, area, 1, locked)
    inside = _cut(labels, rect) == area
    return _change(labels, rect, _near(~inside, px) & inside, NONE)


def smooth(labels: Labels, area: int, px: float, *, locked: Collection[int] = ()) -> Change:
    """The outline is rounded: spikes, notches and islets narrower than about ``px`` pixels go.

    The area is blurred by a Gaussian of that standard deviation and cut at one half. Source of
    the running means: Kovesi, Fast almost-Gaussian filtering, 2010.
    """
    import cv2

    widths = _blur_widths(px)
    reach = sum(width // 2 for width in widths)
    rect = _around(labels, area, reach, locked)
    part = _cut(labels, rect)
    inside = part == area

    def blurred(tile: Mask) -> Mask:
        grey = tile.view(np.uint8) * np.uint8(254)
        for width in widths:
            # Replicated, so that an area that ends at the picture's border keeps its corners.
            grey = np.asarray(cv2.blur(grey, (width, width), borderType=cv2.BORDER_REPLICATE))
        return grey >= 127

    after = _by_tiles(inside, reach, blurred)
    gained, lost = after & (part == NONE), inside & ~after
    return _change(labels, rect, gained | lost, after.view(np.uint8) * np.uint8(area))


def fill_holes(labels: Labels, area: int, *, locked: Collection[int] = ()) -> Change:
    """The area takes the unpainted pixels that it encloses; touching corners enclose as well."""
    import cv2

    rect = _around(labels, area, 0, locked)
    part = _cut(labels, rect)
    # A frame that is not the area lets one flood reach everything that is open to the outside.
    walls = np.pad((part == area).view(np.uint8), 1)
    cv2.floodFill(walls, None, (0, 0), (2,), flags=4)
    return _change(labels, rect, (walls[1:-1, 1:-1] == 0) & (part == NONE), area)


def remove_specks(labels: Labels, area: int, px: float, *, locked: Collection[int] = ()) -> Change:
    """The area loses its pieces of fewer than ``px``² pixels, but never its largest one."""
    import cv2

    rect = _around(labels, area, 0, locked)
    if rect.empty:
        return _unchanged()
    inside = (_cut(labels, rect) == area).view(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    sizes = stats[:, cv2.CC_STAT_AREA]
    small = sizes < px * px
    small[0] = False
    small[1 + np.argmax(sizes[1:])] = False
    return _change(labels, rect, small[pieces], NONE)


def invert(labels: Labels, area: int, *, locked: Collection[int] = ()) -> Change:
    """The area takes every unpainted pixel, and its own become unpainted."""
    return _relabelled(labels, {NONE: area, area: NONE}, locked)


def give(labels: Labels, area: int, to: int, *, locked: Collection[int] = ()) -> Change:
    """All pixels of one area go to another, or are unpainted where that is 0."""
    return _relabelled(labels, {area: to}, locked)


def swap(labels: Labels, a: int, b: int, *, locked: Collection[int] = ()) -> Change:
    """Two areas change places."""
    return _relabelled(labels, {a: b, b: a}, locked)


def pin_rest(labels: Labels, margin: float, *, locked: Collection[int] = ()) -> Change:
    """The static area is made anew: all pixels farther than ``margin`` from every moving area."""
    if STATIC in locked:
        return _unchanged()
    near = _near((labels >= MOVING[0]) & (labels <= MOVING[-1]), margin)
    pinned = (~near).view(np.uint8) * np.uint8(STATIC)
    free = (labels == NONE) | (labels == STATIC)
    return _change(labels, _whole(labels), free & (pinned != labels), pinned)


def pin_border(labels: Labels, px: int, *, locked: Collection[int] = ()) -> Change:
    """The static area takes the unpainted pixels among the ``px`` next to the picture's border."""
    if STATIC in locked:
        return _unchanged()
    height, width = labels.shape
    changed = np.zeros(labels.shape, np.bool_)
    across, down = min(max(px, 0), width), min(max(px, 0), height)
    for place in (
        np.s_[:down],
        np.s_[height - down :],
        np.s_[:, :across],
        np.s_[:, width - across :],
    ):
        changed[place] = labels[place] == NONE
    return _change(labels, _whole(labels), changed, STATIC)


def _near(inside: Mask, px: float) -> Mask:
    """What is inside or within ``px`` pixels of it, between centres (exact Euclidean distance)."""
    import cv2

    def reached(tile: Mask) -> Mask:
        away = cv2.distanceTransform((~tile).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        return np.asarray(away <= px, np.bool_)

    return _by_tiles(inside, math.ceil(px), reached) if px >= 1 else inside


def _blur_widths(deviation: float) -> list[int]:
    """Odd widths of the means whose variances, (width² − 1) / 12 each, add up to the Gaussian's."""
    ideal = math.sqrt(12 * deviation**2 / _BLURS + 1)
    narrow = int((ideal - 1) / 2) * 2 + 1
    spare = 12 * deviation**2 - _BLURS * (narrow**2 - 1)
    wider = round(spare / ((narrow + 2) ** 2 - narrow**2))
    return [narrow + 2] * wider + [narrow] * (_BLURS - wider)


def _by_tiles(inside: Mask, reach: int, rule: Callable[[Mask], Mask]) -> Mask:
    """``rule`` applied to a mask that it cannot change farther than ``reach`` from an outline."""
    import cv2

    height, width = inside.shape
    after = inside.copy()
    side = max(_TILE, 2 * reach)
    for top in range(0, height, side):
        for left in range(0, width, side):
            core = Rect(left, top, left + side, top + side).clipped(width, height)
            wide = _widened(core, reach, inside)
            tile = inside[wide.y0 : wide.y1, wide.x0 : wide.x1]
            if cv2.countNonZero(tile.view(np.uint8)) in {0, tile.size}:
                continue
            y, x = core.y0 - wide.y0, core.x0 - wide.x0
            found = rule(tile)[y : y + core.height, x : x + core.width]
            after[core.y0 : core.y1, core.x0 : core.x1] = found
    return after


def _relabelled(labels: Labels, to: Mapping[int, int], locked: Collection[int]) -> Change:
    """Every label that is a key becomes its value; none does where one of them is locked."""
    import cv2

    if any(label in locked for pair in to.items() for label in pair):
        return _unchanged()
    rect = _bounds(labels, [old for old, new in to.items() if old != new])
    if rect.empty:
        return _unchanged()
    table = np.arange(256, dtype=np.uint8)
    table[list(to)] = list(to.values())
    return rect, np.asarray(cv2.LUT(_cut(labels, rect), table), np.uint8)


def _change(labels: Labels, rect: Rect, changed: Mask, value: int | Labels) -> Change:
    """What becomes of the labels in ``rect`` where the pixels that are ``changed`` get a value."""
    import cv2

    if not changed.any():
        return _unchanged()
    x, y, w, h = cv2.boundingRect(changed.view(np.uint8))
    tight = Rect(rect.x0 + x, rect.y0 + y, rect.x0 + x + w, rect.y0 + y + h)
    place = np.s_[y : y + h, x : x + w]
    after = _cut(labels, tight).copy()
    np.copyto(after, value if isinstance(value, int) else value[place], where=changed[place])
    return tight, after


def _unchanged() -> Change:
    return Rect(0, 0, 0, 0), np.zeros((0, 0), np.uint8)


def _around(labels: Labels, area: int, margin: float, locked: Collection[int]) -> Rect:
    """The area's bounds and a margin, on the picture; empty where it is locked or not painted."""
    rect = Rect(0, 0, 0, 0) if area in locked else _bounds(labels, [area])
    return rect if rect.empty else _widened(rect, math.ceil(margin), labels)


def _bounds(labels: Labels, chosen: Collection[int]) -> Rect:
    """The smallest rectangle that holds the pixels of these labels, perhaps empty."""
    import cv2

    table = np.zeros(256, np.uint8)
    table[list(chosen)] = 1
    rect = Rect(0, 0, 0, 0)
    for top in range(0, labels.shape[0], BAND):
        x, y, w, h = cv2.boundingRect(cv2.LUT(labels[top : top + BAND], table))
        rect = rect.united(Rect(x, top + y, x + w, top + y + h))
    return rect


def _widened(rect: Rect, margin: int, image: Labels | Mask) -> Rect:
    height, width = image.shape
    x0, y0, x1, y1 = rect
    return Rect(x0 - margin, y0 - margin, x1 + margin, y1 + margin).clipped(width, height)


def _whole(labels: Labels) -> Rect:
    height, width = labels.shape
    return Rect(0, 0, width, height)


def _cut(labels: Labels, rect: Rect) -> Labels:
    return labels[rect.y0 : rect.y1, rect.x0 : rect.x1]
