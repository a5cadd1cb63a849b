"""Marks of time along paths: ticks, rests, the way of a carried area, and what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from kling_desktop.model.path import Curve, Path, at, length, resolved
from kling_desktop.model.shot import Picture, Settings, Shot
from kling_desktop.model.timing import STILL, Timing
from kling_desktop.ui.budget import SentPoints, question, sent_points
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.path_marks import HANDLE, START
from kling_desktop.ui.canvas.path_ticks import PlacedTimes
from kling_desktop.ui.canvas.path_times import Times, times_along
from kling_desktop.ui.canvas.paths_layer import PathsLayer
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

pytestmark = pytest.mark.usefixtures("qapp")

VIEW = View((400, 300), (640, 480), zoom=1.5, x=10.0, y=10.0)
LINE = Path(((50.0, 150.0), (350.0, 150.0)))
CURVED = Path(((40.0, 250.0), (120.0, 60.0), (260.0, 200.0), (370.0, 40.0)))

places = st.tuples(st.floats(0, 400), st.floats(0, 300))
paths = st.builds(
    Path,
    points=st.lists(places, min_size=2, max_size=8).map(tuple),
    curve=st.sampled_from(Curve),
    timing=st.sampled_from([each for each in Timing if each != Timing.CUSTOM]),
    hold=st.tuples(st.floats(0, 0.4), st.floats(0, 0.4)),
)


def shown(layer: PathsLayer, view: View = VIEW) -> np.ndarray:
    image = QImage(*view.device, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    painter = QPainter(image)
    layer.draw(painter, image.rect(), image.rect())
    painter.end()
    whole = np.frombuffer(image.constBits(), np.uint32)
    return whole.reshape(image.height(), image.width()).copy()


def marks(
    paths: Mapping[int, Path], area: int | None = 1, view: View = VIEW, **more: object
) -> PlacedTimes:
    """How the marks of path 1 are placed."""
    layer = PathsLayer()
    layer.show(resolved(paths), view, area, None, **more)
    return layer._drawn[1].times


def middles(placed: PlacedTimes) -> list[tuple[float, float]]:
    return [(line.center().x(), line.center().y()) for line in (*placed.long, *placed.short)]


@given(paths, st.sampled_from([5.0, 10.0, 7.3]))
def test_ticks_are_where_the_path_is_then(path: Path, seconds: float) -> None:
    for tick in times_along(path, seconds).ticks:
        assert tick.place == pytest.approx(tuple(at(path, tick.seconds / seconds)[0]), abs=1e-6)
        assert np.hypot(*tick.across) == pytest.approx(1.0)
        assert tick.seconds % 0.25 == pytest.approx(0.0, abs=1e-9) or tick.seconds < seconds


def test_an_even_path_has_even_ticks_at_right_angles() -> None:
    ticks = times_along(LINE, 5.0).ticks
    assert [tick.seconds for tick in ticks] == pytest.approx(np.arange(0.25, 5.0, 0.25))
    assert np.allclose([tick.place for tick in ticks], [(50 + 15 * k, 150) for k in range(1, 20)])
    assert {(abs(tick.across[0]), abs(tick.across[1])) for tick in ticks} == {(0.0, 1.0)}


@given(st.floats(0.05, 0.45), st.floats(0.05, 0.45), st.sampled_from([5.0, 10.0]))
def test_rests_are_told_with_their_seconds(before: float, after: float, seconds: float) -> None:
    times = times_along(replace(LINE, hold=(before, after)), seconds)
    assert np.allclose([rest.place for rest in times.rests], LINE.points)
    assert [rest.seconds for rest in times.rests] == pytest.approx(
        [before * seconds, after * seconds], abs=0.021
    )
    assert all(
        before * seconds - 0.02 <= tick.seconds <= (1 - after) * seconds + 0.02
        for tick in times.ticks
    )


def test_easing_is_no_rest_and_a_stop_on_the_way_is_one() -> None:
    assert not times_along(replace(CURVED, timing=Timing.EASE_IN_OUT), 5.0).rests
    stops = ((0.0, 1.0), (0.4, 1.0), (0.41, 0.0), (0.6, 0.0), (0.61, 1.0), (1.0, 1.0))
    path = replace(LINE, timing=Timing.CUSTOM, speed=stops)
    (rest,) = times_along(path, 5.0).rests
    assert rest.seconds == pytest.approx(0.95, abs=0.03)
    assert rest.place[0] == pytest.approx(200.0, abs=2.0)


def test_what_goes_nowhere_has_no_marks() -> None:
    for path in (Path(), Path(((9.0, 9.0),)), Path(((9.0, 9.0), (9.0, 9.0)))):
        times = times_along(path, 5.0)
        assert (times.ticks, times.rests, times.length) == ((), (), 0.0)
    assert times_along(Path(), 5.0) == Times()


def test_a_carried_area_shows_the_way_that_it_takes() -> None:
    own = Path(((100.0, 100.0), (160.0, 100.0)), parent=2)
    motion = resolved({1: own, 2: LINE})[1]
    times = times_along(motion, 5.0)
    assert times.way is not None
    assert times.way[-1] == pytest.approx((460.0, 100.0))
    assert times.length == pytest.approx(length(motion), abs=0.1)
    placed = marks({1: own, 2: LINE})
    assert placed.way.size() > 100
    assert max(x for x, _ in middles(placed)) > VIEW.to_device(160.0, 0.0)[0] + 20


def test_a_carried_area_follows_when_its_parent_s_path_changes() -> None:
    own, layer = Path(((100.0, 60.0),), parent=2), PathsLayer()
    layer.show(resolved({1: own, 2: LINE}), VIEW, 1, None)
    before, curve = shown(layer), layer.curve(1, own)
    further = replace(LINE, points=((50.0, 150.0), (250.0, 250.0)))
    dirty = layer.show(resolved({1: own, 2: further}), VIEW, 1, None)
    changed = np.argwhere(shown(layer) != before)
    assert dirty.contains(*(int(side) for side in changed.min(axis=0)[::-1]))
    assert dirty.contains(*(int(side) for side in changed.max(axis=0)[::-1]))
    assert layer.curve(1, own) is curve


@given(paths)
def test_nothing_lies_on_handles_or_on_other_words(path: Path) -> None:
    placed = marks({1: path})
    points = [QPointF(*VIEW.to_device(*point)) for point in path.points]
    frame = QRectF(0, 0, *VIEW.device)
    for index, pill in enumerate(placed.pills):
        assert frame.contains(pill.box)
        assert not any(pill.box.intersects(other.box) for other in placed.pills[:index])
        for number, point in enumerate(points):
            radius = (HANDLE if number else START) * 0.7
            disc = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
            assert not pill.box.intersects(disc)
        inside = at(replace(path, timing=Timing.LINEAR, hold=STILL), np.linspace(0, 1, 4001))
        inside = inside * VIEW.zoom + (VIEW.x, VIEW.y)
        low, high = pill.box.topLeft().toTuple(), pill.box.bottomRight().toTuple()
        assert not ((inside > low) & (inside < high)).all(axis=1).any()
    for x, y in middles(placed):
        assert all(np.hypot(x - point.x(), y - point.y()) > HANDLE for point in points)


def test_there_are_more_ticks_the_closer_one_looks() -> None:
    far = View((400, 300), (640, 480), zoom=0.5)
    near = View((400, 300), (640, 480), zoom=1.5)
    assert (len(marks({1: LINE}, view=far).long), len(marks({1: LINE}, view=near).long)) == (4, 4)
    assert len(marks({1: LINE}, view=far).short) < 6
    assert len(marks({1: LINE}, view=near).short) >= 12


def test_words_are_for_the_area_in_hand() -> None:
    path = replace(CURVED, hold=(0.2, 0.0))
    said = [pill.text for pill in marks({1: path}).pills]
    assert said[0] == "1.0 s"
    assert {"2 s", "3 s", "4 s"} <= set(said)
    others = marks({1: path, 2: LINE}, area=2)
    assert others.pills == ()
    assert others.long
    assert max(line.length() for line in others.long) < max(
        line.length() for line in marks({1: path}).long
    )


def test_marks_have_the_same_size_on_a_sharper_screen() -> None:
    sharp = View((400, 300), (640, 480), ratio=2.0, zoom=3.0, x=20.0, y=20.0)
    plain, fine = marks({1: CURVED}), marks({1: CURVED}, view=sharp)
    assert [pill.text for pill in fine.pills] == [pill.text for pill in plain.pills]
    assert fine.long[0].length() == pytest.approx(2 * plain.long[0].length())
    assert len(fine.short) == len(plain.short)
    for a, b in zip(plain.pills, fine.pills, strict=True):
        assert b.box.center().x() == pytest.approx(2 * a.box.center().x(), abs=4)
        assert b.box.height() == pytest.approx(2 * a.box.height(), abs=1)


def test_everything_drawn_is_within_the_bounds() -> None:
    for area in (1, None):
        layer = PathsLayer()
        layer.show({1: replace(CURVED, hold=(0.3, 0.2))}, VIEW, area, None)
        drawn = np.argwhere(shown(layer) != shown(PathsLayer()))
        (bounds,) = layer.bounds
        assert len(drawn) > 1000
        assert bounds.contains(*(int(side) for side in drawn.min(axis=0)[::-1]))
        assert bounds.contains(*(int(side) for side in drawn.max(axis=0)[::-1]))


def test_a_longer_video_and_another_area_in_hand_draw_the_marks_anew(
    canvas: Canvas, document: Document, toolbox: Toolbox
) -> None:
    document.set_path(1, CURVED, "Draw path")
    document.set_path(2, LINE, "Draw path")
    toolbox.tool, toolbox.area = Tool.PATH, 1
    drawn = canvas.stage.paths._drawn
    plan, other = drawn[1].plan, drawn[2].plan
    assert drawn[1].active
    document.set_settings(replace(Settings(), prompt="Calm"), "Type")
    assert canvas.stage.paths._drawn[1].plan is plan
    document.set_settings(replace(Settings(), duration="10"), "Choose duration")
    longer = canvas.stage.paths._drawn[1]
    assert [pill.text for pill in longer.times.pills][-1] in {"8 s", "9 s"}
    assert longer.plan.curve is plan.curve
    assert canvas.stage.paths._drawn[2].plan is not other


def test_a_path_being_dragged_leaves_the_others_as_they_are(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(1, CURVED, "Draw path")
    document.set_path(2, LINE, "Draw path")
    toolbox.tool, toolbox.area = Tool.PATH, 1
    kept = canvas.stage.paths._drawn[2]
    old = canvas.stage.paths._drawn[1].plan
    hand.press(CURVED.points[1])
    for step in range(1, 6):
        hand.move((120.0 + 4 * step, 60.0 + 3 * step))
        assert canvas.stage.paths._drawn[2] is kept
    hand.release((140.0, 75.0))
    moved = canvas.stage.paths._drawn[1].plan
    assert canvas.stage.paths._drawn[2] is kept
    assert moved.times.ticks[3].place != old.times.ticks[3].place


# What is sent


def laid(path: Path, *, land: bool = False) -> SentPoints:
    png = b"\x89PNG\r\n\x1a\n" + _CHUNK
    shot = Shot(picture=Picture(png, "PNG", 400, 300), paths={1: path}, land=land)
    asked = question(shot, 1)
    assert asked is not None
    return sent_points(asked)


@pytest.fixture
def sized(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up picture is no file: it is sent as large as it is."""
    monkeypatch.setattr(
        "kling_desktop.ui.budget._sent_size", lambda each: (each.width, each.height)
    )


_CHUNK = bytes(40)


@pytest.mark.usefixtures("sized")
@pytest.mark.parametrize("land", [False, True])
def test_sent_points_lie_on_the_drawn_path(land: bool) -> None:
    found = laid(CURVED, land=land)
    assert 2 < len(found.points) <= 77
    first, last = (CURVED.points[-1], CURVED.points[0]) if land else CURVED.points[::3]
    assert found.points[0] == pytest.approx(first, abs=1.5)
    assert found.points[-1] == pytest.approx(last, abs=1.5)
    way = at(CURVED, np.linspace(0, 1, 3000))
    for point in (*found.points, found.worst):
        assert np.hypot(*(way - point).T).min() < found.deviation_px + 1.5


@pytest.mark.usefixtures("sized")
def test_the_place_that_strays_most_is_where_the_path_is_too_rich() -> None:
    calm = [(10.0 + 2 * k, 280.0) for k in range(100)]
    wild = [(210.0 + k, 280.0 - (k % 2) * 60) for k in range(150)]
    found = laid(Path((*calm, *wild), curve=Curve.STRAIGHT))
    assert found.deviation_px > 2.0
    assert found.worst[0] > 205


@pytest.mark.usefixtures("sized")
def test_dots_show_for_those_that_are_asked_for(
    canvas: Canvas, document: Document, toolbox: Toolbox
) -> None:
    document.set_path(1, CURVED, "Draw path")
    toolbox.tool = Tool.PATH
    stage, before = canvas.stage, shown(canvas.stage.paths)
    found = laid(CURVED)
    stage.show_sent({1: found})
    dots = stage.paths._drawn[1].dots
    assert len(dots.dots) == len(found.points)
    assert (shown(stage.paths) != before).any()
    stage.show_sent({})
    assert (shown(stage.paths) == before).all()


def test_nothing_is_asked_of_what_cannot_be_sent() -> None:
    picture = Picture(b"", "PNG", 400, 300)
    alone = Path(((9.0, 9.0),))
    assert question(Shot(paths={1: CURVED}), 1) is None
    assert question(Shot(picture=picture, paths={1: alone}), 1) is None
    assert question(Shot(picture=picture, paths={1: CURVED}), 2) is None
    carried = {1: replace(alone, parent=2), 2: LINE}
    asked = question(Shot(picture=picture, paths=carried), 1)
    assert asked is not None
    assert asked.path.carriers


def test_the_box_of_points_has_no_words_in_its_way(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 1
    canvas.zoom = 1.0
    document.set_path(1, LINE, "Draw path")
    layer = canvas.stage.paths
    told = layer._drawn[1].times
    assert told.pills
    hand.drag((30, 100), (380, 200), keys=Qt.KeyboardModifier.ControlModifier)
    assert len(canvas.stage.selected) == 2
    boxed = layer._drawn[1].times
    assert boxed.pills == ()
    assert boxed.long == told.long
    hand.key(Qt.Key.Key_Escape)
    assert layer._drawn[1].times == told
