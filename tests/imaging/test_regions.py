"""Area operations: what they change, by brute force, and whose pixels they leave alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.imaging import regions
from kling_desktop.imaging.regions import Change
from kling_desktop.model.areas import MOVING, NONE, STATIC, Labels, Mask, Rect

AREA, OTHER = 2, 5


def after(labels: Labels, change: Change) -> Labels:
    """The map with the change in it; the rectangle must be on the map and no larger than needed."""
    rect, part = change
    assert part.shape == (rect.height, rect.width)
    assert part.dtype == np.uint8
    changed = labels.copy()
    if rect.empty:
        assert rect == Rect(0, 0, 0, 0)
        return changed
    assert rect == rect.clipped(labels.shape[1], labels.shape[0])
    changed[rect.y0 : rect.y1, rect.x0 : rect.x1] = part
    differs = (changed != labels)[rect.y0 : rect.y1, rect.x0 : rect.x1]
    assert differs[0].any() and differs[-1].any()
    assert differs[:, 0].any() and differs[:, -1].any()
    return changed


@st.composite
def maps(draw: st.DrawFn) -> Labels:
    """A small map of blobs: rectangles of a few labels laid over each other, and some noise."""
    height, width = draw(st.integers(1, 26)), draw(st.integers(1, 26))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(0, 6))):
        x, y = random.integers(-3, width), random.integers(-3, height)
        w, h = random.integers(1, 14, 2)
        label = random.choice((NONE, AREA, AREA, OTHER, STATIC))
        labels[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = label
    noisy = random.random(labels.shape) < draw(st.sampled_from((0.0, 0.05, 0.5)))
    labels[noisy] = random.choice((NONE, AREA, OTHER, STATIC), noisy.sum())
    return labels


def away(inside: Mask) -> np.ndarray:
    """The distance of every centre to the nearest centre inside, in pixels; inf without one."""
    rows, columns = np.nonzero(inside)
    if not rows.size:
        return np.full(inside.shape, np.inf)
    y, x = np.mgrid[: inside.shape[0], : inside.shape[1]]
    across = (x[..., None] - columns).astype(float)
    down = (y[..., None] - rows).astype(float)
    nearest: np.ndarray = np.sqrt((across**2 + down**2).min(axis=2))
    return nearest


def enclosed(labels: Labels, area: int) -> Mask:
    """What a walk over everything but the area cannot reach from outside the map."""
    wall = np.pad(labels == area, 1)
    outside = np.zeros_like(wall)
    outside[0] = outside[-1] = outside[:, 0] = outside[:, -1] = True
    while True:
        wider = outside.copy()
        wider[1:] |= outside[:-1]
        wider[:-1] |= outside[1:]
        wider[:, 1:] |= outside[:, :-1]
        wider[:, :-1] |= outside[:, 1:]
        wider &= ~wall
        if (wider == outside).all():
            return ~(outside | wall)[1:-1, 1:-1]
        outside = wider


distances = st.sampled_from((0, 0.5, 1, 1.5, 2, 2.5, 3, 5, 40))


@given(maps(), distances)
def test_growing_takes_the_unpainted_pixels_within_a_distance(labels: Labels, px: float) -> None:
    expected = labels.copy()
    expected[(away(labels == AREA) <= px) & (labels == NONE)] = AREA
    assert (after(labels, regions.grow(labels, AREA, px)) == expected).all()


@given(maps(), distances)
def test_shrinking_leaves_what_is_farther_from_anything_else(labels: Labels, px: float) -> None:
    expected = labels.copy()
    if px > 0:
        expected[(away(labels != AREA) <= px) & (labels == AREA)] = NONE
    assert (after(labels, regions.shrink(labels, AREA, px)) == expected).all()


def test_a_large_outline_grows_over_the_seams_of_the_tiles() -> None:
    labels = np.zeros((1300, 1200), np.uint8)
    y, x = np.ogrid[:1300, :1200]
    distance = np.hypot(x - 520, y - 505)
    labels[distance <= 400] = AREA
    grown = after(labels, regions.grow(labels, AREA, 30))
    assert (grown[distance <= 429] == AREA).all()
    assert (grown[distance > 430.5] == NONE).all()
    back = after(grown, regions.shrink(grown, AREA, 30))
    assert ((back == AREA) != (labels == AREA)).sum() <= 40


@given(maps())
def test_holes_are_the_unpainted_pixels_that_the_area_encloses(labels: Labels) -> None:
    expected = labels.copy()
    expected[enclosed(labels, AREA) & (labels == NONE)] = AREA
    assert (after(labels, regions.fill_holes(labels, AREA)) == expected).all()


@given(maps(), st.integers(0, 6))
def test_only_small_pieces_are_specks_and_never_the_largest(labels: Labels, px: int) -> None:
    left = after(labels, regions.remove_specks(labels, AREA, px))
    assert (left[labels != AREA] == labels[labels != AREA]).all()
    before, kept = pieces(labels == AREA), pieces(left == AREA)
    expected = [piece for piece in before if len(piece) >= px * px]
    largest = max(map(len, before), default=0)
    if largest < px * px:
        assert len(kept) == min(1, len(before))
        assert all(piece in before and len(piece) == largest for piece in kept)
    else:
        assert sorted(map(sorted, kept)) == sorted(map(sorted, expected))


def pieces(inside: Mask) -> list[set[tuple[int, int]]]:
    """The 8-connected pieces as sets of (row, column)."""
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(inside), strict=True)}
    found = []
    while left:
        piece, todo = set(), [left.pop()]
        while todo:
            y, x = todo.pop()
            piece.add((y, x))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            todo += near
        found.append(piece)
    return found


@given(maps())
def test_inverting_swaps_painted_and_unpainted_and_twice_is_nothing(labels: Labels) -> None:
    expected = labels.copy()
    expected[labels == NONE], expected[labels == AREA] = AREA, NONE
    inverted = after(labels, regions.invert(labels, AREA))
    assert (inverted == expected).all()
    assert (after(inverted, regions.invert(inverted, AREA)) == labels).all()


@given(maps(), st.sampled_from((NONE, AREA, OTHER, 6)))
def test_giving_moves_every_pixel(labels: Labels, to: int) -> None:
    expected = np.where(labels == AREA, to, labels)
    assert (after(labels, regions.give(labels, AREA, to)) == expected).all()


@given(maps())
def test_swapping_exchanges_two_areas(labels: Labels) -> None:
    swapped = after(labels, regions.swap(labels, AREA, OTHER))
    assert ((swapped == AREA) == (labels == OTHER)).all()
    assert ((swapped == OTHER) == (labels == AREA)).all()
    others = (labels != AREA) & (labels != OTHER)
    assert (swapped[others] == labels[others]).all()


@given(maps(), distances)
def test_the_rest_is_all_that_is_far_from_what_moves(labels: Labels, margin: float) -> None:
    moves = (labels != NONE) & (labels != STATIC)
    far = away(moves) > margin
    expected = np.where(moves, labels, np.where(far, STATIC, NONE))
    assert (after(labels, regions.pin_rest(labels, margin)) == expected).all()


@given(maps(), st.integers(0, 30))
def test_the_border_is_pinned_where_nothing_is_painted(labels: Labels, px: int) -> None:
    height, width = labels.shape
    y, x = np.mgrid[:height, :width]
    border = (x < px) | (y < px) | (x >= width - px) | (y >= height - px)
    expected = np.where(border & (labels == NONE), STATIC, labels)
    assert (after(labels, regions.pin_border(labels, px)) == expected).all()


def disc(radius: float, size: int = 120) -> Labels:
    y, x = np.ogrid[:size, :size]
    return ((x - size / 2) ** 2 + (y - size / 2) ** 2 <= radius**2).astype(np.uint8) * AREA


def test_smoothing_takes_spikes_and_fills_notches_but_keeps_the_body() -> None:
    body = disc(40)
    rough = body.copy()
    rough[59:61, 5:30] = AREA  # a spike
    rough[90:110, 59:61] = NONE  # a notch
    smooth = after(rough, regions.smooth(rough, AREA, 4))
    assert not (smooth[:, :15] == AREA).any()
    assert (smooth[85:97, 60] == AREA).all()
    assert ((smooth == AREA) != (body == AREA)).sum() / (body == AREA).sum() < 0.03


def test_smoothing_does_not_round_what_the_border_of_the_picture_cuts() -> None:
    labels = np.zeros((80, 100), np.uint8)
    labels[40:] = AREA
    assert regions.smooth(labels, AREA, 6)[0].empty


def test_smoothing_by_nothing_changes_nothing() -> None:
    rough = disc(20)
    rough[::3] = NONE
    assert regions.smooth(rough, AREA, 0)[0].empty


def test_smoothing_is_the_same_over_the_seams_of_the_tiles() -> None:
    random = np.random.default_rng(3)
    labels = (random.random((700, 1100)) < 0.5).astype(np.uint8) * AREA
    whole = after(labels, regions.smooth(labels, AREA, 3))
    part = np.ascontiguousarray(labels[300:660, 300:900])
    alone = after(part, regions.smooth(part, AREA, 3))
    assert (alone[20:-20, 20:-20] == whole[320:640, 320:880]).all()


OWN: dict[str, Callable[[Labels, tuple[int, ...]], Change]] = {
    "grow": lambda labels, locked: regions.grow(labels, AREA, 2, locked=locked),
    "shrink": lambda labels, locked: regions.shrink(labels, AREA, 1, locked=locked),
    "smooth": lambda labels, locked: regions.smooth(labels, AREA, 2, locked=locked),
    "fill_holes": lambda labels, locked: regions.fill_holes(labels, AREA, locked=locked),
    "remove_specks": lambda labels, locked: regions.remove_specks(labels, AREA, 3, locked=locked),
    "invert": lambda labels, locked: regions.invert(labels, AREA, locked=locked),
}
EVERY: dict[str, Callable[[Labels, tuple[int, ...]], Change]] = {
    **OWN,
    "give": lambda labels, locked: regions.give(labels, AREA, OTHER, locked=locked),
    "swap": lambda labels, locked: regions.swap(labels, AREA, OTHER, locked=locked),
    "pin_rest": lambda labels, locked: regions.pin_rest(labels, 2, locked=locked),
    "pin_border": lambda labels, locked: regions.pin_border(labels, 3, locked=locked),
}


@given(maps(), st.sampled_from(sorted(EVERY)), st.sets(st.sampled_from((*MOVING, STATIC))))
def test_what_is_locked_keeps_its_pixels_and_gets_none(
    labels: Labels, name: str, locked: set[int]
) -> None:
    labels.setflags(write=False)
    changed = after(labels, EVERY[name](labels, tuple(locked)))
    for area in locked:
        assert ((changed == area) == (labels == area)).all()


@given(maps(), st.sampled_from(sorted(OWN)))
def test_an_operation_on_one_area_takes_nothing_from_the_others(labels: Labels, name: str) -> None:
    changed = after(labels, OWN[name](labels, ()))
    others = (labels != AREA) & (labels != NONE)
    assert (changed[others] == labels[others]).all()
    assert set(np.unique(changed[~others])) <= {NONE, AREA}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_locked_area_stops_every_operation_on_it(name: str) -> None:
    labels = disc(30)
    labels[58:62, 58:62] = NONE
    labels[2, 9] = AREA
    labels[:, :3] = STATIC
    assert not EVERY[name](labels, ())[0].empty
    assert EVERY[name](labels, (AREA, STATIC))[0].empty
