"""Cyclic garbage that holds widgets dies on the GUI thread, whoever allocates elsewhere."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.ui.garbage import Garbage


@pytest.fixture
def collector_on() -> Iterator[None]:
    """Python's own way, for the time of a test."""
    gc.collect()
    gc.enable()
    yield
    gc.disable()


def forgotten_widget(died: list[int]) -> None:
    widget = QWidget()
    widget.itself = widget  # type: ignore[attr-defined]
    weakref.finalize(widget, lambda: died.append(threading.get_ident()))


def allocate_elsewhere() -> None:
    def many() -> None:
        kept = [[[]] for _ in range(50_000)]
        del kept

    thread = threading.Thread(target=many)
    thread.start()
    thread.join()


def test_a_widget_among_the_garbage_dies_on_the_gui_thread(
    qapp: QApplication, collector_on: None
) -> None:
    garbage, died = Garbage(), []
    forgotten_widget(died)
    allocate_elsewhere()
    assert died == []
    # Twice as many as make it due: lists that Python keeps in stock for later do not count.
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]
    garbage.collect()
    assert died == [threading.get_ident()]
    assert len(kept) > 0
    garbage.close()
    assert gc.isenabled()


def test_where_the_collector_was_off_it_stays_off(qapp: QApplication) -> None:
    gc.disable()
    Garbage().close()
    assert not gc.isenabled()
