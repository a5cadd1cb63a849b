"""kill -9 at any moment: afterwards every task has one creation and one whole video."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tasks.killing import Nursery, kill_once, nursery

KILLS = 25
FIRST = 2026

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no kill -9")


@pytest.fixture(scope="module")
def born() -> Iterator[Nursery]:
    with nursery() as one:
        yield one


@pytest.mark.parametrize("seed", range(FIRST, FIRST + KILLS))
def test_after_kill_9_and_resume_each_task_exists_once_and_its_video_is_whole(
    seed: int, tmp_path: Path, born: Nursery
) -> None:
    toll = kill_once(seed, tmp_path, born)
    assert (toll.kills, toll.lost, toll.double, toll.corrupt) == (1, 0, 0, 0), toll
