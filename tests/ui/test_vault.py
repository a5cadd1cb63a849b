"""Steps of undo are packed off the GUI thread, kept within a budget, and never lost."""

from __future__ import annotations

import numpy as np
import pytest

from kling_desktop.model.areas import Rect
from kling_desktop.ui.tiles import SIDE, LabelDelta, LabelEdit
from kling_desktop.ui.vault import Vault


def painted(labels: np.ndarray, rect: Rect, area: int) -> LabelDelta:
    edit = LabelEdit(labels)
    edit.touch(rect)
    labels[rect.y0 : rect.y1, rect.x0 : rect.x1] = area
    delta = edit.finish()
    assert delta is not None
    return delta


def noisy(labels: np.ndarray, seed: int) -> LabelDelta:
    """A change that does not pack well."""
    edit = LabelEdit(labels)
    edit.touch(Rect(0, 0, labels.shape[1], labels.shape[0]))
    labels[:] = np.random.default_rng(seed).integers(0, 8, labels.shape, np.uint8)
    delta = edit.finish()
    assert delta is not None
    return delta


def test_a_step_is_packed_and_still_undoes_exactly() -> None:
    labels = np.zeros((600, 500), np.uint8)
    delta = painted(labels, Rect(10, 10, 480, 590), 3)
    after, raw = labels.copy(), delta.size
    vault = Vault()
    vault.keep(delta)
    assert vault.settle() == delta.size < raw / 100
    delta.toggle(labels)
    assert not labels.any()
    delta.toggle(labels)
    assert (labels == after).all()


def test_what_exceeds_the_budget_leaves_memory_and_can_still_be_undone() -> None:
    labels = np.zeros((SIDE, SIDE), np.uint8)
    states = [labels.copy()]
    vault, deltas = Vault(budget=100_000), []
    for seed in range(12):
        deltas.append(noisy(labels, seed))
        states.append(labels.copy())
        vault.keep(deltas[-1])
    assert vault.settle() <= 100_000
    assert sum(delta.size for delta in deltas) <= 100_000
    assert deltas[0].size == 0
    for delta, state in zip(reversed(deltas), reversed(states[:-1]), strict=True):
        delta.toggle(labels)
        assert (labels == state).all()


def test_steps_that_nobody_can_undo_any_more_take_no_room() -> None:
    labels = np.zeros((SIDE, SIDE), np.uint8)
    vault = Vault()
    delta = noisy(labels, 1)
    vault.keep(delta)
    assert vault.settle() > 0
    del delta
    assert vault.settle() == 0


def test_a_full_disk_loses_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    labels = np.zeros((SIDE, SIDE), np.uint8)
    vault = Vault(budget=10)
    delta = noisy(labels, 1)
    vault.keep(delta)
    vault.settle()
    delta.toggle(labels)
    assert not labels.any()
