"""Finds what a rough rectangle or scribbles mean: several divisions are tried, the best is kept."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.colour_cut import FLOOR, Colours, Field, cut, odds, overlap
from kling_desktop.model.areas import Mask

Sides = tuple[float, float, float, float]
"""A number for the left, top, right and bottom side."""
Seeds = npt.NDArray[np.int8]
"""1 where the artist marked inside, −1 outside, 0 elsewhere."""

ROUNDS = 3
BELIEVED = 0.75
"""How much a round's cut counts against the odds that led to it."""
FILLED = 0.8
"""Where a thing ends on average, as a share of the way from the rectangle's middle to its side."""
ROUND = 2.5
"""Exponent of the superellipse that a thing in a rectangle is taken for: corners are empty."""
BELOW = 0.03
"""What a guess gains by which the picture cuts the thing below: that is how pictures are taken."""
FENCED = 0.01
"""What a guess gains that heeds barriers: it follows the picture where colours fade."""
VAGUE = 0.3
"""An edge with less contrast than that (0…1) is none: the division runs through a thing."""
_CLOSED: Sides = (1.0, 1.0, 1.0, 1.0)
_OPEN: tuple[Sides, ...] = (_CLOSED, (1.0, 1.0, 1.0, 0.65), (0.7, 1.0, 0.7, 0.65))
"""How near a side that the picture cuts counts: things go on below, more seldom at the sides."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at: its colours, the rectangle in its pixels (None: scribbles alone), which
    of the rectangle's sides the picture cuts, and the artist's marks."""

    seen: Colours
    box: Sides | None
    cuts: tuple[bool, bool, bool, bool]
    seeds: Seeds


@dataclass(frozen=True, slots=True)
class _Guess:
    """One way to look: how far each side reaches, how much barriers count, and whether colours
    that the middle does not have are left out."""

    sides: Sides
    fences: float
    strict: bool


def propose(scene: Scene, cancelled: Callable[[], bool]) -> Mask | None:
    """The most likely thing, or None when it was cancelled.

    In a rectangle the marks choose between the guesses, but take no part in them: then only what
    contradicts a mark is changed, so that a mark on what was right already costs nothing.
    """
    unmarked = scene if scene.box is None else replace(scene, seeds=np.zeros_like(scene.seeds))
    best, found, chosen = -math.inf, np.zeros(scene.seen.shape, np.bool_), None
    barriers: dict[Sides, Field] = {}
    for guess in _guesses(scene):
        if guess.sides not in barriers:
            barriers[guess.sides] = _fenced(unmarked, guess.sides)
        thing = _divided(unmarked, guess, barriers[guess.sides], cancelled)
        if thing is None:
            return None
        likely = _likely(unmarked, thing) - _contradicted(thing, scene.seeds)
        below = guess.sides[0] == 1 > guess.sides[3] and thing[-1].any()
        likely += BELOW * below + FENCED * (guess.fences > 0)
        if likely > best:
            best, found, chosen = likely, thing, guess
    if scene.box is None or chosen is None or not _contradicted(found, scene.seeds):
        return found
    told = _divided(scene, chosen, _fenced(scene, chosen.sides), cancelled)
    wrong = (found & (scene.seeds < 0)) | (~found & (scene.seeds > 0))
    return None if told is None else found ^ touched(found ^ told, wrong)


def _contradicted(thing: Mask, seeds: Seeds) -> float:
    """The share of either kind of marks that it goes against, both together."""
    inside, outside = thing[seeds > 0], thing[seeds < 0]
    return sum(float(side.mean()) for side in (~inside, outside) if side.size)


def _guesses(scene: Scene) -> Iterator[_Guess]:
    if scene.box is None:
        yield _Guess(_CLOSED, 3.0, strict=False)
        return
    openings = {
        tuple(far if cut_off else 1.0 for far, cut_off in zip(sides, scene.cuts, strict=True))
        for sides in _OPEN
    }
    ways = ((0.0, False), (3.0, False), (3.0, True))
    for sides, (fences, strict) in itertools.product(sorted(openings, reverse=True), ways):
        left, top, right, bottom = sides
        yield _Guess((left, top, right, bottom), fences, strict=strict)


def _divided(
    scene: Scene, guess: _Guess, fenced: Field, cancelled: Callable[[], bool]
) -> Mask | None:
    """Colours and division in turns, each learnt from the other, as GrabCut does."""
    place = _placed(scene, guess.sides) + guess.fences * fenced
    seeds = scene.seeds.copy()
    if scene.box is not None:
        seeds[(_frame(scene) > 1.12) & (seeds == 0)] = -1
    weight: Field | float = 1.0
    if guess.strict:
        weight = np.clip(2 - 2 * _reach(scene, guess.sides), 0.03, 1) ** 2
    inside = _settled(1 / (1 + np.exp(-1.5 * place)), seeds)
    thing = np.zeros(scene.seen.shape, np.bool_)
    for turn in range(ROUNDS):
        if cancelled():
            return None
        late = turn / (ROUNDS - 1)
        caution = 3 * FLOOR if guess.strict else FLOOR
        colour = odds(scene.seen, *_examples(inside, weight, scene), blur=0.8, caution=caution)
        belief = place * (1 - 0.2 * late) + 0.8 * colour * (1 + late)
        thing = cut(scene.seen, belief, seeds, trust=2.0)
        inside = _settled(BELIEVED * thing + (1 - BELIEVED) / (1 + np.exp(-belief)), seeds)
    return thing


def _examples(inside: Field, weight: Field | float, scene: Scene) -> tuple[Field, Field]:
    """Weights for the two histograms: what is marked counts for as much as a fifth of its side."""
    sides = []
    for weights, sign in ((inside * weight, 1), (1 - inside, -1)):
        marked = scene.seeds == sign
        if marked.any():
            share = 0.25 * float(weights.sum()) / int(marked.sum())
            sides.append((weights + marked * share).astype(np.float32))
        else:
            sides.append(weights.astype(np.float32))
    return sides[0], sides[1]


def _settled(inside: npt.NDArray[np.floating], seeds: Seeds) -> Field:
    return np.where(seeds == 0, inside, seeds > 0).astype(np.float32)


def _reach(scene: Scene, sides: Sides) -> Field:
    """How far out in the rectangle a pixel lies: 0 its middle, 1 the superellipse in it."""
    across, down = _offsets(scene, sides)
    left, top, right, bottom = scene.box or (0.0, 0.0, 1.0, 1.0)
    slim = ((right - left) / max(1.0, bottom - top)) ** 0.7  # long things fill their length
    bend_x, bend_y = ROUND * max(1.0, slim), ROUND * max(1.0, 1 / slim)
    total = across[None] ** bend_x + down[:, None] ** bend_y
    return np.asarray((total ** (1 / ROUND)).astype(np.float32))


def _frame(scene: Scene) -> Field:
    """The same for the rectangle itself: 1 its sides."""
    across, down = _offsets(scene, _CLOSED)
    return np.asarray(np.maximum(across[None], down[:, None]).astype(np.float32))


def _offsets(scene: Scene, sides: Sides) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    height, width = scene.seen.shape
    left, top, right, bottom = scene.box or (0.0, 0.0, float(width), float(height))
    across = _along(width, left, right, sides[0], sides[2])
    return across, _along(height, top, bottom, sides[1], sides[3])


def _along(
    count: int, low: float, high: float, before: float, after: float
) -> npt.NDArray[np.float64]:
    offset = (np.arange(count) + 0.5 - (low + high) / 2) / max((high - low) / 2, 1.0)
    return np.abs(np.where(offset < 0, offset * before, offset * after))


def _placed(scene: Scene, sides: Sides) -> Field:
    """Log odds of inside from the place in the rectangle alone."""
    if scene.box is None:
        return _close(scene.seeds > 0)
    place = 4 * (1 - _reach(scene, sides) / FILLED)
    outside = (_frame(scene) > 1.01) | _ends(scene, sides)
    return np.clip(np.where(outside, np.minimum(place, -2.5), place), -3, 2)


def _ends(scene: Scene, sides: Sides) -> Mask:
    """Where the picture ends at the left or right, unless the thing is taken to go on there."""
    ends = np.zeros(scene.seen.shape, np.bool_)
    if scene.cuts[0] and sides[0] == 1:
        ends[:, 0] = True
    if scene.cuts[2] and sides[2] == 1:
        ends[:, -1] = True
    return ends


def _close(marked: Mask) -> Field:
    """The same where there is no rectangle: things lie around the marks."""
    import cv2

    if not marked.any():
        return np.zeros(marked.shape, np.float32)
    rows, columns = np.nonzero(marked)
    size = max(math.hypot(np.ptp(rows), np.ptp(columns)), math.hypot(*marked.shape) / 5)
    away = cv2.distanceTransform((~marked).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.clip(1 - 2 * away / size, -1.5, 1), np.float32)


def touched(thing: Mask, marked: Mask) -> Mask:
    """The pieces of it that lie under a mark."""
    import cv2

    _, labels = cv2.connectedComponents(thing.astype(np.uint8))
    under = np.zeros(int(labels.max()) + 1, np.bool_)
    under[np.unique(labels[marked])] = True
    return np.asarray(under[labels] & thing)


def _fenced(scene: Scene, sides: Sides) -> Field:
    """−1…1: how much stands between a pixel and the outside, against the way from the marks."""
    import cv2

    smooth = np.asarray(cv2.GaussianBlur(scene.seen.axes, (0, 0), 1.0), np.float32)
    fence = scene.seeds < 0
    rim = np.zeros(scene.seen.shape, np.bool_)
    rim[[0, -1]] = rim[:, [0, -1]] = True
    if scene.box is not None:
        fence |= (_frame(scene) > 1.05) | (rim & (_reach(scene, sides) > 1)) | _ends(scene, sides)
    elif not fence.any():
        fence |= rim
    fence &= scene.seeds <= 0
    away = barrier(smooth, fence)
    inside = ~fence if scene.box is None else ~fence & (_frame(scene) <= 1)
    middle = 0.8 * _divide(away[inside])
    apart = np.where(fence, -1, np.clip(away / middle - 1, -1, 1)).astype(np.float32)
    if (scene.seeds > 0).any():
        near = barrier(smooth, scene.seeds > 0)
        marked = (away - near) / (away + near + 0.02)
        return marked if scene.box is None else np.maximum(apart, marked).astype(np.float32)
    return apart


def _divide(values: Field) -> float:
    """The value that parts ``values`` into low and high best (Otsu, 1979)."""
    import cv2

    top = float(values.max(initial=0.0))
    if top <= 0:
        return 1e-3
    steps = np.round(values * (255 / top)).astype(np.uint8)
    level, _ = cv2.threshold(steps.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return max(float(level) / 255 * top, 1e-3)


def barrier(axes: Field, start: Mask) -> Field:
    """The least range of colours that a way from ``start`` to each pixel has to span.

    Minimum barrier distance by raster sweeps, all channels summed (Zhang and others, 2015).
    """
    distance = np.where(start, 0, 9).astype(np.float32)
    high, low = axes.copy(), axes.copy()
    for _ in range(2):
        for turned in (False, True):
            for step in (1, -1):
                arrays = (distance, high, low, axes)
                _sweep(*((a.swapaxes(0, 1) if turned else a)[::step] for a in arrays))
    return distance


def _sweep(distance: Field, high: Field, low: Field, axes: Field) -> None:
    for row in range(1, len(distance)):
        top = np.maximum(high[row - 1], axes[row])
        bottom = np.minimum(low[row - 1], axes[row])
        span = (top - bottom).sum(axis=-1)
        better = span < distance[row]
        distance[row][better] = span[better]
        high[row][better], low[row][better] = top[better], bottom[better]


def _likely(scene: Scene, thing: Mask) -> float:
    """How much the division looks like one that somebody put a rectangle around.

    The weights say what divisions that people agreed with have in common: colours of their own,
    one piece, room for neither more nor less in the rectangle, a filled middle, a sharp edge.
    """
    if scene.box is None or not thing.any():
        return 0.0
    left, top, right, bottom = scene.box
    across, down = np.flatnonzero(thing.any(axis=0)), np.flatnonzero(thing.any(axis=1))
    ends = (across[0] - left, down[0] - top, right - across[-1] - 1, bottom - down[-1] - 1)
    sides = (right - left, bottom - top) * 2
    gaps = np.array([end / max(side, 1.0) for end, side in zip(ends, sides, strict=True)])
    area = int(thing.sum())
    filled = area / max(1.0, (right - left) * (bottom - top))
    largest, hull = _solidity(thing)
    middle = _reach(scene, (1.0, 1.0, 1.0, 0.8 if scene.cuts[3] else 1.0)) < 0.5
    edge = _contrasts(scene.seen.axes, thing)
    return (
        (1 - overlap(scene.seen, thing))
        - 1.5 * float(np.maximum(gaps - 0.2, 0).sum())
        - 0.6 * float(gaps.max())
        - 0.8 * float(np.maximum(-gaps - 0.02, 0).sum())
        - _touching(thing, scene.box, scene.cuts)
        + 0.8 * largest / area
        + 0.2 * float(thing[middle].mean() if middle.any() else 0)
        + 0.16 * area / max(1.0, hull)
        + 0.1 * filled
        - 0.3 * abs(filled - 0.6)
        + 0.25 * float(edge.mean() if edge.size else 0)
        - 1.6 * float((edge < VAGUE).mean() if edge.size else 0)
    )


def _contrasts(axes: Field, thing: Mask) -> npt.NDArray[np.floating]:
    """0…1 for every step across the thing's edge: how far colours differ, against the mean."""
    across = ((axes[:, 1:] - axes[:, :-1]) ** 2).sum(axis=-1)
    down = ((axes[1:] - axes[:-1]) ** 2).sum(axis=-1)
    usual = float(across.mean() + down.mean()) + 1e-9
    steps = (across[thing[:, 1:] != thing[:, :-1]], down[thing[1:] != thing[:-1]])
    return np.asarray(1 - np.exp(-np.concatenate(steps) / usual))


def _touching(thing: Mask, box: Sides, cuts: tuple[bool, bool, bool, bool]) -> float:
    """Cost of lying along the rectangle's sides: least where the picture cuts the thing below."""
    height, width = thing.shape
    left, top, right, bottom = box
    x0, x1 = (int(np.clip(x, 0, width - 1)) for x in (left + 1, right - 2))
    y0, y1 = (int(np.clip(y, 0, height - 1)) for y in (top + 1, bottom - 2))
    rows, columns = slice(y0, max(y0, y1) + 1), slice(x0, max(x0, x1) + 1)
    along = (thing[rows, x0], thing[y0, columns], thing[rows, x1], thing[y1, columns])
    costs = zip(along, cuts, (0.28, 0.34, 0.28, 0.09), strict=True)
    return sum(float(line.mean()) * (cost if cut_off else 0.12) for line, cut_off, cost in costs)


def _solidity(thing: Mask) -> tuple[int, float]:
    """Pixels of the largest piece, and area of the hull around all of them."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(thing.astype(np.uint8))
    outlines, _ = cv2.findContours(thing.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0)), float(hull)
