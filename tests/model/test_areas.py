"""Areas: one label map, its counts, bounds and scaled copies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kling_desktop.model import areas
from kling_desktop.model.areas import Rect

maps = hnp.arrays(
    np.uint8,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=300),
    elements=st.integers(0, 7),
)


@given(maps)
def test_counts_agree_with_the_masks(labels):
    counts = areas.counts(labels)
    assert list(counts) == [1, 2, 3, 4, 5, 6, 7]
    assert counts == {area: int(areas.mask(labels, area).sum()) for area in areas.AREAS}


@given(maps)
def test_masks_exclude_each_other_and_cover_what_is_painted(labels):
    total = sum(areas.mask(labels, area).astype(int) for area in areas.AREAS)
    assert total.max(initial=0) <= 1
    assert np.array_equal(total == 1, labels != areas.NONE)


@given(maps, st.integers(1, 7))
def test_bounds_hold_the_area_and_nothing_smaller_does(labels, area):
    found = areas.bounds(labels, area)
    inside = labels == area
    if found is None:
        assert not inside.any()
        return
    assert inside[found.y0 : found.y1, found.x0 : found.x1].sum() == inside.sum()
    edge = inside[found.y0 : found.y1, found.x0 : found.x1]
    assert edge[0].any() and edge[-1].any() and edge[:, 0].any() and edge[:, -1].any()


def test_centroid_is_in_pixel_coordinates():
    labels = areas.empty(10, 6)
    labels[2:4, 4:8] = 3
    assert areas.centroid(labels, 3) == (6.0, 3.0)
    assert areas.centroid(labels, 4) is None


@given(maps, st.integers(1, 400), st.integers(1, 400))
def test_scaling_invents_no_value(labels, width, height):
    small = areas.scaled(labels, width, height)
    assert small.shape == (height, width)
    assert set(np.unique(small)) <= set(np.unique(labels))
    assert small.flags.c_contiguous


@given(maps)
def test_scaling_to_the_same_size_changes_nothing(labels):
    assert np.array_equal(areas.scaled(labels, labels.shape[1], labels.shape[0]), labels)


def test_halving_keeps_large_shapes_in_place():
    labels = areas.empty(100, 80)
    labels[20:60, 40:80] = 5
    assert areas.bounds(areas.scaled(labels, 50, 40), 5) == Rect(20, 10, 40, 30)


rects = st.builds(
    Rect, st.integers(-9, 9), st.integers(-9, 9), st.integers(-9, 9), st.integers(-9, 9)
)


@given(rects, rects)
def test_union_holds_both(one, two):
    both = one.united(two)
    for rect in (one, two):
        if not rect.empty:
            assert both.x0 <= rect.x0 and both.y0 <= rect.y0
            assert both.x1 >= rect.x1 and both.y1 >= rect.y1


@pytest.mark.parametrize("side", [1, 127, 128, 129, 300])
def test_counting_in_bands_misses_no_row(side):
    labels = np.full((side, 3), 7, np.uint8)
    assert areas.counts(labels)[7] == 3 * side
