"""Smart select: finds the thing that an artist means by a rough rectangle, by marks, or by both."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.beside import without_holes, without_strips
from kling_desktop.imaging.colour_cut import (
    Field,
    Pixels,
    colours,
    contrast,
    cut,
    odds,
    overlap,
)
from kling_desktop.imaging.guided import Placed, redraw
from kling_desktop.imaging.proposals import Scene, Seeds, Sides, propose, touched
from kling_desktop.imaging.strokes import capsule
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point

GLANCE = 100
"""Side of the square whose pixels the first look has: enough to see what is meant."""
LOOK = 240
"""Side of the square for the look at strips beside the thing: small things are enlarged."""
SIDE = 384
"""Longest side at which the edge is cut: more takes long and finds no better edge."""
MIDDLE = 1600
"""Longest side of the copy between the whole picture and that: the edge is redrawn on both."""
FAINT = 6.0
"""Least range of colours, in 8-bit steps, in which something can stand out."""
BLENDED = 0.8
"""Largest share of colours that a thing and what is around it may have in common."""
SMALLEST = 3
"""Shortest side of a rectangle in which something is looked for, in image pixels."""

AROUND = 0.3
"""How much around the rectangle is looked at to learn the background, as a share of its size."""
MARGIN = 0.2
"""The same for the second look, around what was found."""
CORE = 0.35
"""Share of the thing's depth from which on its pixels are full examples of its colours."""
SOFT = 0.06
"""Share of the thing's size by which the second look may move the edge."""
PIECE, PINHOLE = 0.03, 0.002
"""Least areas of a piece and of a hole, as shares of the thing's."""

Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Mark:
    """A scribble: its points (x, y) and its radius, in image pixels."""

    points: tuple[Point, ...]
    radius: float


@dataclass(frozen=True, slots=True)
class Hints:
    """What the artist showed: a rough rectangle, and marks inside and outside the thing."""

    box: Rect | None
    inside: tuple[Mark, ...] = ()
    outside: tuple[Mark, ...] = ()


def select(
    pixels: npt.NDArray[np.uint8], hints: Hints, *, cancelled: Cancelled = lambda: False
) -> tuple[Rect, Mask]:
    """The thing that ``hints`` point at: its bounds, and a bool mask of their shape.

    ``pixels`` is (H, W, 3) or (H, W, 4), the channels in either order, a fourth one ignored. Every
    pixel of an inside mark is in the result, and none of an outside mark. The bounds are empty
    where nothing stands out, or when ``cancelled()`` says so between two steps. The same hints on
    the same picture give the same mask.
    """
    height, width = pixels.shape[:2]
    window = _looked_at(hints, width, height)
    found = None if window is None else _found(pixels, hints, window, cancelled)
    if cancelled():
        return Rect(0, 0, 0, 0), np.zeros((0, 0), np.bool_)
    return _obeying(found, hints, width, height)


@dataclass(frozen=True, slots=True)
class _View:
    """A picture, perhaps reduced, of the rectangle ``span`` of the image."""

    pixels: Pixels
    span: Sides

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels of the view to a pixel of the image, across and down."""
        height, width = self.pixels.shape[:2]
        x0, y0, x1, y1 = self.span
        return width / (x1 - x0), height / (y1 - y0)

    def local(self, span: Sides) -> Sides:
        """A rectangle of the image in this view's pixels."""
        across, down = self.scale
        x0, y0 = self.span[:2]
        left, top, right, bottom = span
        return (left - x0) * across, (top - y0) * down, (right - x0) * across, (bottom - y0) * down

    def part(self, span: Sides) -> _View:
        """The whole pixels of this view that ``span`` of the image touches."""
        height, width = self.pixels.shape[:2]
        left, top, right, bottom = self.local(span)
        box = Rect(
            math.floor(left + 1e-6),
            math.floor(top + 1e-6),
            math.ceil(right - 1e-6),
            math.ceil(bottom - 1e-6),
        ).clipped(width, height)
        (across, down), (x0, y0) = self.scale, self.span[:2]
        spans = (
            x0 + box.x0 / across,
            y0 + box.y0 / down,
            x0 + box.x1 / across,
            y0 + box.y1 / down,
        )
        return _View(self.pixels[box.y0 : box.y1, box.x0 : box.x1], spans)

    def halved(self, longest: int) -> _View:
        """It by the least whole factor that leaves so many pixels: far faster than any other."""
        import cv2

        height, width = self.pixels.shape[:2]
        factor = math.ceil(max(width, height) / longest)
        if factor == 1:
            return self
        size = max(1, width // factor), max(1, height // factor)
        x0, y0 = self.span[:2]
        across, down = self.scale
        whole = self.pixels[: size[1] * factor, : size[0] * factor]
        span = x0, y0, x0 + size[0] * factor / across, y0 + size[1] * factor / down
        small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
        return _View(np.asarray(small, np.uint8), span)

    def reduced(self, longest: float, area: float = math.inf) -> _View:
        """It at no more than that many pixels along its longest side, and in all."""
        import cv2

        height, width = self.pixels.shape[:2]
        scale = min(1.0, longest / max(width, height), math.sqrt(area / (width * height)))
        if scale == 1:
            return self
        size = max(3, round(width * scale)), max(3, round(height * scale))
        small = cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA)
        return _View(np.asarray(small, np.uint8), self.span)

    def of_area(self, area: float, most: float = 3.0) -> _View:
        """It at that many pixels, enlarged up to ``most`` times: thin parts can then be cut."""
        import cv2

        height, width = self.pixels.shape[:2]
        scale = min(most, math.sqrt(area / (width * height)))
        size = max(3, round(width * scale)), max(3, round(height * scale))
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        return _View(np.asarray(cv2.resize(self.pixels, size, interpolation=how)), self.span)

    def seeds(self, hints: Hints) -> Seeds:
        """The marks on this view's pixels; where both kinds lie, outside counts."""
        height, width = self.pixels.shape[:2]
        marked = np.zeros((height, width), np.uint8)
        across, down = self.scale
        for value, marks in ((1, hints.inside), (2, hints.outside)):
            for mark in marks:
                _draw(marked, mark, value, self.span[:2], math.sqrt(across * down))
        return np.array([0, 1, -1], np.int8)[marked]


def _draw(
    target: npt.NDArray[np.uint8], mark: Mark, value: int, origin: Point, scale: float
) -> None:
    # A thin mark must not fall between the pixels of a reduced view.
    radius = max(mark.radius * scale, 0.75)
    points = [((x - origin[0]) * scale, (y - origin[1]) * scale) for x, y in mark.points]
    for a, b in itertools.pairwise(points[:1] + points):
        capsule(target, a, b, radius_a=radius, radius_b=radius, value=value)


def _looked_at(hints: Hints, width: int, height: int) -> Rect | None:
    """The rectangle to look in, or None where the hints show nothing."""
    whole = Rect(0, 0, width, height)
    if hints.box is None:
        return whole if hints.inside or hints.outside else None
    box = _meant(hints, width, height)
    if min(box.width, box.height) < SMALLEST:
        return None
    return _around(box, AROUND, (width, height))


def _meant(hints: Hints, width: int, height: int) -> Rect:
    """The artist's rectangle on the picture, and what is marked as inside."""
    box = hints.box or Rect(0, 0, 0, 0)
    return box.clipped(width, height).united(_extent(hints.inside, width, height))


def _extent(marks: tuple[Mark, ...], width: int, height: int) -> Rect:
    extent = Rect(0, 0, 0, 0)
    for mark in marks:
        for x, y in mark.points:
            r = mark.radius + 1
            dot = Rect(
                math.floor(x - r), math.floor(y - r), math.ceil(x + r) + 1, math.ceil(y + r) + 1
            )
            dot = dot.clipped(width, height)
            extent = extent if dot.empty else extent.united(dot)
    return extent


def _around(box: Rect, share: float, size: tuple[int, int]) -> Rect:
    """A rectangle with some of its surroundings: long ones get less along, more across."""
    room = share * math.sqrt(box.width * box.height)
    dx, dy = (
        math.ceil(min(max(room, share * side / 2), 2 * share * side) + 2)
        for side in (box.width, box.height)
    )
    return Rect(box.x0 - dx, box.y0 - dy, box.x1 + dx, box.y1 + dy).clipped(*size)


def _found(
    pixels: Pixels, hints: Hints, window: Rect, cancelled: Cancelled
) -> tuple[Rect, Mask] | None:
    """What is found in ``window`` and where, from coarse to fine; None where nothing is."""
    height, width = pixels.shape[:2]
    image = _View(pixels, (0.0, 0.0, float(width), float(height)))
    middle = image.part(window).halved(MIDDLE)
    size, boxed = (width, height), hints.box is not None
    glance, thing = _glanced(middle, hints, size, cancelled, whole=boxed)
    if not boxed and thing is not None and thing.any():
        box = _around(_bounds(glance, thing), 0.06, size)
        closer = middle.part(_around(box, AROUND, size))
        hints = replace(hints, box=box)
        glance, thing = _glanced(closer, hints, size, cancelled, whole=False)
    if thing is None or not thing.any():
        return None
    bounds = _bounds(glance, thing).united(_extent(hints.inside, width, height))
    near = _around(bounds, MARGIN, size)
    closer = middle.part(near).of_area(LOOK**2)
    thing = _pared(closer, Placed(thing, closer.local(glance.span)), hints)
    if cancelled():
        return None
    view = middle.part(near).reduced(SIDE)
    if view.pixels.size < closer.pixels.size:
        view = closer
    edged = _edged(view, Placed(thing, view.local(closer.span)), hints, cancelled)
    if edged is None:
        return None
    for finer in (middle.part(near), image.part(near)):
        if finer.pixels.shape != view.pixels.shape:
            edged = redraw(finer.pixels, Placed(edged, finer.local(view.span)), cancelled)
            view = finer
        if edged is None:
            return None
    x0, y0, x1, y1 = (round(side) for side in view.span)
    return Rect(x0, y0, x1, y1), edged


def _glanced(
    view: _View, hints: Hints, size: tuple[int, int], cancelled: Cancelled, *, whole: bool
) -> tuple[_View, Mask | None]:
    """The first look: what is meant, and the view that it was seen on.

    Unless ``whole``, only the pieces under the marks inside: nobody pointed at others.
    """
    glance = view.reduced(SIDE, GLANCE**2)
    if contrast(glance.pixels) < FAINT:
        return glance, None
    box, cuts = None, (False, False, False, False)
    if hints.box is not None:
        meant = _meant(hints, *size)
        box = glance.local((float(meant.x0), float(meant.y0), float(meant.x1), float(meant.y1)))
        dx, dy = 0.04 * meant.width, 0.04 * meant.height
        right, bottom = meant.x1 >= size[0] - dx, meant.y1 >= size[1] - dy
        cuts = (meant.x0 <= dx, meant.y0 <= dy, right, bottom)
    scene = Scene(colours(glance.pixels), box, cuts, glance.seeds(hints))
    thing = propose(scene, cancelled)
    if thing is not None and hints.inside and not whole:
        thing = touched(thing, scene.seeds > 0)
    if thing is not None and not hints.inside and overlap(scene.seen, thing) > BLENDED:
        return glance, None
    return glance, thing


def _bounds(view: _View, mask: Mask) -> Rect:
    """Of the mask, in image pixels."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    (across, down), (x0, y0) = view.scale, view.span[:2]
    return Rect(
        math.floor(x0 + columns[0] / across),
        math.floor(y0 + rows[0] / down),
        math.ceil(x0 + (columns[-1] + 1) / across),
        math.ceil(y0 + (rows[-1] + 1) / down),
    )


def _edged(view: _View, coarse: Placed, hints: Hints, cancelled: Cancelled) -> Mask | None:
    """The second look, close around the thing: colours learnt from its inner part, a finer cut."""
    seen, seeds = colours(view.pixels), view.seeds(hints)
    height, width = seen.shape
    thing = coarse.over(Rect(0, 0, width, height)) > 0.5
    size = math.sqrt(max(1, int(thing.sum())))
    if cancelled():
        return None
    if not thing.any() or thing.all():
        return thing
    inner, outer = _depth(thing), _depth(~thing)
    deep = CORE * float(np.percentile(inner[thing], 90))
    weights = [np.clip(depth / deep, 0, 1) ** 2 for depth in (inner, outer)]
    for weight, sign in zip(weights, (1, -1), strict=True):
        weight[seeds != 0] = seeds[seeds != 0] == sign
    place = np.clip((inner - outer) / (SOFT * size), -2, 2)
    belief = 0.6 * odds(seen, weights[0], weights[1]) + 3 * place
    fixed = np.where((seeds == 0) & (outer > size / 4), np.int8(-1), seeds)
    thing = cut(seen, belief, fixed, trust=2.0)
    return _tidied(thing, seeds)


def _pared(view: _View, coarse: Placed, hints: Hints) -> Mask:
    height, width = view.pixels.shape[:2]
    thing = coarse.over(Rect(0, 0, width, height)) > 0.5
    if not thing.any() or thing.all():
        return thing
    seen, keep = colours(view.pixels), view.seeds(hints) > 0
    return without_holes(seen, without_strips(seen, thing, keep), keep)


def _depth(side: Mask) -> Field:
    """How far every pixel of it is from the other side; the picture's border is no side."""
    import cv2

    return np.asarray(cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _tidied(thing: Mask, seeds: Seeds) -> Mask:
    """Without specks and pinholes; pieces and holes of some size, and those marked, stay."""
    import cv2

    area = int(thing.sum())
    kept = thing
    for value, least in ((True, PIECE), (False, PINHOLE)):
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            (kept == value).astype(np.uint8), connectivity=8 if value else 4
        )
        large = stats[:, cv2.CC_STAT_AREA] >= least * area
        large[np.unique(labels[seeds == (1 if value else -1)])] = True
        large[0] = False
        kept = np.equal(large[labels], value)
    return np.asarray(kept)


def _obeying(
    found: tuple[Rect, Mask] | None, hints: Hints, width: int, height: int
) -> tuple[Rect, Mask]:
    """What was found, with the marks inside added, those outside taken away, cut to its bounds."""
    rect, mask = _extent(hints.inside, width, height), None
    if found is not None and rect.united(found[0]) == found[0]:
        rect, mask = found[0], found[1].view(np.uint8)
    elif found is not None:
        rect = rect.united(found[0])
    if mask is None:
        mask = np.zeros((rect.height, rect.width), np.uint8)
        if found is not None:
            x, y = found[0].x0 - rect.x0, found[0].y0 - rect.y0
            mask[y : y + found[0].height, x : x + found[0].width] = found[1]
    for value, marks in ((1, hints.inside), (0, hints.outside)):
        for mark in marks:
            _draw(mask, mark, value, (float(rect.x0), float(rect.y0)), 1.0)
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not columns.size:
        return Rect(0, 0, 0, 0), np.zeros((0, 0), np.bool_)
    x0, x1, y0, y1 = (int(i) for i in (columns[0], columns[-1] + 1, rows[0], rows[-1] + 1))
    bounds = Rect(rect.x0 + x0, rect.y0 + y0, rect.x0 + x1, rect.y0 + y1)
    return bounds, mask[y0:y1, x0:x1].view(np.bool_)
