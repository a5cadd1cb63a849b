"""One task more than a provider bears: none is made, and it goes in when another ends, in either dialect."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.practice.server import PracticeServer
from kling_desktop.providers.answers import CREATE, Answers
from kling_desktop.providers.client import Client
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.tasks.journal import Journal
from tests.practice.conftest import Kit, quick_render
from tests.secret import SECRET
from tests.tasks.conftest import Bench, Clock, Host

S = TaskState
IDS = [f"{n:x}" * 32 for n in range(1, 5)]
SHIPPED = Path(__file__).parents[2] / "resources" / "providers.json"


@pytest.fixture(params=["mulerun", "official"])
def practice(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> Iterator[PracticeServer]:
    with PracticeServer(
        tmp_path / "server",
        dialect=request.param,
        token=SECRET,
        pace=40.0,
        parallel=1,
        clock=clock,
        render=quick_render,
    ) as server:
        yield server


@pytest.fixture
def bench(
    request: pytest.FixtureRequest,
    practice: PracticeServer,
    tmp_path: Path,
    clock: Clock,
    journal: Journal,
    host: Host,
) -> Iterator[Bench]:
    name = request.node.callspec.params["practice"]
    profile = replace(load_profiles(SHIPPED)[name], find_by_external_id=False)
    answers = Answers()
    client: Callable[[str], Client] = lambda _account: Client(  # noqa: E731
        profile, practice.url, SECRET, clock=clock, hear=answers.add
    )
    bench = Bench(host, tmp_path, clock, client, journal)
    bench.engine = bench.engine_again(check_video=lambda _path: None, heard=answers.take)
    yield bench
    bench.engine.close()


def submit(bench: Bench, task_id: str) -> None:
    body = json.dumps(Kit().plain(external_task_id=task_id)).encode()
    bench.engine.submit("acc", body, task_id=task_id)


def test_the_tasks_go_in_one_after_another(bench: Bench, practice: PracticeServer) -> None:
    submit(bench, IDS[0])
    bench.steps(until=S.SUBMITTED, task_id=IDS[0])
    for task_id in IDS[1:3]:
        submit(bench, task_id)
    bench.engine.step()
    assert practice.creations == 1 and bench.engine.limit("acc") == 1
    second, third = (bench.journal.get(task_id) for task_id in IDS[1:3])
    assert second.state == third.state == S.QUEUED
    assert "already runs as many tasks as it may" in (second.error or "")
    assert "parallel task over resource pack limit" in (second.error or "")
    assert third.error is None and third.note == "Waits until your running task ends."
    refused = bench.journal.answers(IDS[1])[CREATE]
    assert refused.status == 429 and "parallel" in refused.body
    tried = practice.counts["create"]
    bench.steps(until=S.SUBMITTED, task_id=IDS[1])
    assert practice.counts["create"] == tried + 1, "nothing is tried before there is room"
    assert bench.journal.get(IDS[0]).state in {S.DOWNLOADING, S.DONE}
    bench.steps()
    assert [bench.journal.get(task_id).state for task_id in IDS[:3]] == [S.DONE] * 3
    assert practice.creations == 3
