"""The transform between image, device and widget pixels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.view import MAX_ZOOM, MIN_ZOOM, View

sides = st.integers(1, 9000)
widget_sides = st.integers(50, 4000)
ratios = st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0])
zooms = st.floats(MIN_ZOOM, MAX_ZOOM)
views = st.builds(
    View,
    image=st.tuples(sides, sides),
    widget=st.tuples(widget_sides, widget_sides),
    ratio=ratios,
    zoom=zooms,
    x=st.floats(-9000, 9000),
    y=st.floats(-9000, 9000),
)
shares = st.floats(0, 1)


@given(views, st.floats(-100, 9000), st.floats(-100, 9000))
def test_to_image_undoes_to_widget(view: View, x: float, y: float) -> None:
    assert view.to_image(*view.to_widget(x, y)) == pytest.approx((x, y), abs=1e-5)


@given(views, zooms, shares, shares)
def test_zoom_keeps_the_point_under_the_cursor(
    view: View, zoom: float, across: float, down: float
) -> None:
    view = view.fitted()
    # A point of the picture, so that keeping the picture in sight has nothing to do.
    at = view.to_widget(view.image[0] * across, view.image[1] * down)
    before, zoomed = view.to_image(*at), view.zoomed(zoom, at)
    x, y = zoomed.to_widget(*before)
    room = 0.5 / view.ratio + 1e-6  # whole device pixels where that makes it sharp
    if all(side > 2 * 48 for side in view.widget):
        assert abs(x - at[0]) <= room + 48
        inside = all(48 < place < side - 48 for place, side in zip(at, view.widget, strict=True))
        if inside and min(zoomed.zoom * side for side in view.image) > 96 * view.ratio:
            assert abs(x - at[0]) <= room
            assert abs(y - at[1]) <= room


@given(views)
def test_fit_shows_the_whole_picture_in_the_middle(view: View) -> None:
    fitted = view.fitted()
    x0, y0 = fitted.to_widget(0, 0)
    x1, y1 = fitted.to_widget(*view.image)
    assert min(x0, y0) >= -0.51
    assert x1 <= view.widget[0] + 0.51
    assert y1 <= view.widget[1] + 0.51
    assert (x0 + x1) / 2 == pytest.approx(view.widget[0] / 2, abs=0.51)
    assert fitted.visible() == Rect(0, 0, *view.image)


@given(views, st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)), max_size=6))
def test_the_picture_is_never_lost(view: View, moves: list[tuple[float, float]]) -> None:
    view = view.fitted()
    for dx, dy in moves:
        view = view.moved(dx, dy)
        assert not view.visible().empty


@given(views, st.floats(1.01, 3.0))
def test_a_step_across_100_percent_stops_there(view: View, factor: float) -> None:
    below = replace(view, zoom=0.999)
    assert below.stepped(factor, (10, 10)).zoom == 1.0
    above = replace(view, zoom=1.001)
    assert above.stepped(1 / factor, (10, 10)).zoom == pytest.approx(
        max(1.0, min(MIN_ZOOM, view.fitted().zoom))
    )
    assert replace(view, zoom=1.0).stepped(factor, (10, 10)).zoom > 1.0


@given(views)
def test_100_percent_lies_on_whole_device_pixels(view: View) -> None:
    sharp = view.zoomed(1.0, (31.7, 12.3))
    assert (sharp.x, sharp.y) == (round(sharp.x), round(sharp.y))


@given(views, zooms)
@settings(max_examples=60)
def test_zoom_stays_in_its_limits(view: View, factor: float) -> None:
    lowest = min(MIN_ZOOM, view.fitted().zoom)
    for zoomed in (view.zoomed(factor * 100, (0, 0)), view.zoomed(factor / 1000, (0, 0))):
        assert lowest <= zoomed.zoom <= MAX_ZOOM


@pytest.mark.parametrize(
    ("zoom", "level"), [(8.0, 0), (1.0, 0), (0.72, 0), (0.7, 1), (0.5, 1), (0.36, 1), (0.24, 2)]
)
def test_level_is_the_closest_to_device_pixels(zoom: float, level: int) -> None:
    assert View(zoom=zoom).level == level


def test_zoom_counts_device_pixels() -> None:
    view = View((100, 100), (300, 300), ratio=2.0, zoom=1.0, x=0.0, y=0.0)
    assert view.to_widget(100, 50) == (50.0, 25.0)
    assert view.reach == 2.0


def test_resizing_keeps_the_middle_and_the_size_on_screen() -> None:
    view = View((1000, 800), (500, 400), zoom=2.0).zoomed(3.0, (100.0, 100.0))
    middle = view.to_image(250, 200)
    other = view.resized((600, 300), 2.0)
    assert other.zoom == 6.0
    assert other.to_image(300, 150) == pytest.approx(middle, abs=0.6)


@given(views, st.tuples(st.integers(0, 500), st.integers(0, 500)))
def test_dirty_holds_every_pixel_of_the_rectangle(view: View, corner: tuple[int, int]) -> None:
    rect = Rect(*corner, corner[0] + 40, corner[1] + 30)
    x, y, width, height = view.dirty(rect)
    for place in ((rect.x0, rect.y0), (rect.x1, rect.y1)):
        across, down = view.to_widget(*place)
        if 0 <= across <= view.widget[0] and 0 <= down <= view.widget[1]:
            assert x <= across <= x + width
            assert y <= down <= y + height
