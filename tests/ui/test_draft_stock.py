"""The stock of drafts: what there is at once, and what a second thread adds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from kling_desktop.model.path import Path
from kling_desktop.motion.draft import Draft
from kling_desktop.ui import draft_stock
from kling_desktop.ui.draft_scene import Scene
from kling_desktop.ui.draft_stock import KEPT, Stock

TO_THE_RIGHT, DOWN = Path(((20.0, 20.0), (90.0, 20.0))), Path(((20.0, 20.0), (20.0, 60.0)))


def scene() -> Scene:
    random = np.random.default_rng(3)
    pixels = random.integers(0, 256, (80, 120, 3), np.uint8)
    labels = np.zeros((80, 120), np.uint8)
    labels[10:30, 10:30] = 1
    return Scene(pixels, labels, {1: TO_THE_RIGHT}, None, backwards=False, seconds=5.0)


class Bell:
    """Rings when there is something better."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def wait(self) -> None:
        assert self._rung.wait(10), "nothing better came"
        self._rung.clear()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def stock(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stock]:
    monkeypatch.setattr(draft_stock, "QUIET", 0.0)
    stock = Stock(bell.ring)
    yield stock
    stock.close()


def fine(stock: Stock, bell: Bell, wanted: Scene, height: int) -> Draft:
    """The draft with a good background at that height."""
    stock.draft(wanted, height)
    while not (found := stock.draft(wanted, height)).fine or found.size[1] != height:
        bell.wait()
    return found


def test_at_once_it_is_rough_and_later_fine(stock: Stock, bell: Bell) -> None:
    wanted = scene()
    first = stock.draft(wanted, 80)
    assert not first.fine and not stock.news
    bell.wait()
    assert stock.news
    second = stock.draft(wanted, 80)
    assert second.fine and not stock.news
    assert stock.draft(wanted, 80) is second
    whole = Draft(wanted.pixels, wanted.labels, wanted.paths, height=80)
    assert np.array_equal(second.frame(0.7), whole.frame(0.7))


def test_another_path_keeps_the_background(stock: Stock, bell: Bell) -> None:
    wanted = scene()
    before = fine(stock, bell, wanted, 80)
    bent = stock.draft(replace(wanted, paths={1: DOWN}), 80)
    assert bent.fine
    assert not np.array_equal(bent.frame(1.0), before.frame(1.0))


def test_other_areas_are_rough_again_and_then_fine(stock: Stock, bell: Bell) -> None:
    wanted = scene()
    fine(stock, bell, wanted, 80)
    labels = wanted.labels.copy()
    labels[40:60, 40:60] = 1
    other = replace(wanted, labels=labels)
    assert not stock.draft(other, 80).fine
    assert np.array_equal(
        fine(stock, bell, other, 80).frame(0.5),
        Draft(wanted.pixels, labels, wanted.paths, height=80).frame(0.5),
    )


def test_a_fine_one_of_another_height_does_meanwhile(stock: Stock, bell: Bell) -> None:
    wanted = scene()
    large = fine(stock, bell, wanted, 80)
    assert stock.draft(wanted, 40) is large
    bell.wait()
    small = stock.draft(wanted, 40)
    assert small.size == (60, 40) and small.fine
    assert stock.draft(wanted, 80) is large, "both heights are kept"


def test_a_rough_one_of_another_height_does_not(stock: Stock) -> None:
    wanted = scene()
    assert stock.draft(wanted, 80).size == (120, 80)
    assert stock.draft(wanted, 40).size == (60, 40)


def test_few_heights_are_kept(stock: Stock, bell: Bell) -> None:
    wanted = scene()
    for height in (80, 60, 40, 20):
        fine(stock, bell, wanted, height)
    assert len(stock._held) == KEPT


def test_what_is_not_wanted_any_more_is_given_up(
    stock: Stock, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, begun, given_up = Draft.refined, threading.Event(), threading.Event()

    def refined(self: Draft, cancelled=None) -> Draft | None:
        if not begun.is_set():
            begun.set()
            while not cancelled():
                given_up.wait(0.005)
            given_up.set()
        return real(self, cancelled)

    monkeypatch.setattr(Draft, "refined", refined)
    wanted = scene()
    stock.draft(wanted, 80)
    assert begun.wait(10)
    other = replace(wanted, labels=wanted.labels.copy())
    other.labels[50:60, 50:60] = 1
    stock.draft(other, 80)
    assert given_up.wait(10)
    bell.wait()
    assert stock.draft(other, 80).fine
    assert stock._held[80].scene.labels is other.labels


def test_nothing_is_made_for_a_stock_that_forgot(stock: Stock, bell: Bell) -> None:
    wanted = scene()
    fine(stock, bell, wanted, 80)
    stock.forget()
    assert not stock._held and not stock.news
    assert not stock.draft(wanted, 80).fine
