"""What the server counts and tells on its log page, and the limit on parallel tasks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.practice.book import Book, Record
from kling_desktop.practice.server import PracticeServer

Practice = Callable[..., Any]
LOG = "/practice/log"


@pytest.mark.parametrize("dialect", ["mulerun", "official"])
def test_the_log_page_tells_who_came(practice: Practice, kit: Any, dialect: str) -> None:
    faults = [
        {"route": "create", "do": "reset-after", "nth": 1},
        {"route": "query", "do": {"code": 1302}, "nth": 2},
    ]
    caller = practice(dialect, faults=faults, token="hidden-token")
    with pytest.raises(ConnectionResetError):
        caller.create(kit.plain(external_task_id="mine"))
    assert [caller.query("mine").status for _ in range(2)] == [200, 429]
    caller.query("mine", token="hidden-wrong")
    caller.send("GET", "/nowhere", token=None)
    page = caller.send("GET", LOG)
    assert page.status == 200
    assert page.json["creations"] == 1
    assert page.json["counts"] == {
        "create": 1, "query": 3, "list": 0, "video": 0, "elsewhere": 0, "other": 1,
    }  # fmt: skip
    assert page.json["requests"][0] == {
        "method": "POST",
        "path": caller.base,
        "status": 0,
        "route": "create",
        "fault": "reset-after",
        "authorized": True,
    }
    assert [entry["fault"] for entry in page.json["requests"]] == [
        "reset-after", None, "1302", None, None,
    ]  # fmt: skip
    assert page.json["requests"][-1]["authorized"] is False
    assert "hidden" not in page.body.decode()


def test_the_log_page_wants_the_token_and_is_not_counted(practice: Practice) -> None:
    caller = practice()
    assert caller.send("GET", LOG, token=None).status == 401
    assert caller.send("GET", LOG, token="wrong").status == 401
    assert caller.send("POST", LOG, {}).status == 405
    assert sum(caller.send("GET", LOG).json["counts"].values()) == 1
    assert [seen.status for seen in caller.server.requests] == [405]


def test_a_late_request_is_counted_when_it_comes(practice: Practice, kit: Any) -> None:
    caller = practice(faults=[{"route": "query", "do": {"delay": 3000}, "nth": 1}])
    caller.create(kit.plain(external_task_id="mine"))
    waiting = threading.Thread(target=caller.query, args=("mine",))
    waiting.start()
    while not caller.send("GET", LOG).json["counts"]["query"]:
        assert waiting.is_alive()
    assert caller.query("mine").status == 200
    assert caller.server.counts["query"] == 2
    caller.server.stop()
    waiting.join()


@pytest.mark.parametrize("dialect", ["mulerun", "official"])
def test_one_task_too_many_is_not_made(
    practice: Practice, kit: Any, clock: Any, dialect: str
) -> None:
    caller = practice(dialect, parallel=2, pace=10.0, clock=clock)
    for number in range(2):
        assert caller.create(kit.plain(external_task_id=f"task-{number}")).status == 200
    refused = caller.create(kit.plain(external_task_id="task-2"))
    assert refused.status == 429
    assert "parallel" in refused.said
    assert refused.json.get("code", 1303) == 1303
    assert caller.server.creations == 2
    assert caller.query("task-2").status == 404
    clock.now += 60.0
    caller.until("task-0", finished)
    caller.until("task-1", finished)
    assert caller.create(kit.plain(external_task_id="task-2")).status == 200


def finished(answer: Any) -> bool:
    return b"http://" in answer.body


def test_a_failed_task_makes_room(practice: Practice, kit: Any, clock: Any) -> None:
    caller = practice(parallel=1, pace=10.0, clock=clock, late=True)
    wrong = {"mask": kit.mask(width=320, height=320), "trajectories": kit.points(2)}
    doomed = kit.body(static_mask=None, dynamic_masks=[wrong], external_task_id="doomed")
    assert caller.create(doomed).status == 200
    assert caller.create(kit.plain()).status == 429
    clock.now += 60.0
    assert caller.query("doomed").json["task_info"]["status"] == "failed"
    assert caller.create(kit.plain()).status == 200


def test_two_at_the_door_do_not_both_get_the_last_place(
    practice: Practice, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = practice(parallel=1, pace=1000.0)
    meeting = threading.Barrier(2)
    add = Book.add

    def add_together(*arguments: Any) -> Record:
        # Were there two who think that there is room, they would meet here.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=0.2)
        return add(*arguments)

    monkeypatch.setattr(Book, "add", add_together)
    statuses: list[int] = []

    def knock() -> None:
        statuses.append(caller.create(kit.plain()).status)

    pair = [threading.Thread(target=knock) for _ in range(2)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    assert sorted(statuses) == [200, 429]
    assert caller.server.creations == 1


def test_no_room_at_all_is_no_server(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        PracticeServer(tmp_path, parallel=0)
