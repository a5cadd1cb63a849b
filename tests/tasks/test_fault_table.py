"""The fault table over real sockets: right end, one sentence, no second creation, nothing half-written."""

from __future__ import annotations

import copy

import pytest

from kling_desktop.model.task import FINAL, TaskState
from kling_desktop.tasks.download import Limits
from tests.tasks.fault_table import TABLE, Route, Row

S = TaskState


@pytest.fixture
def can_find(request: pytest.FixtureRequest) -> bool:
    row = request.node.callspec.params.get("row") if hasattr(request.node, "callspec") else None
    return row is None or row.can_find


def one_sentence(words: str) -> bool:
    """For the artist: it begins and ends like one, and holds nothing of ours."""
    shut = words.endswith((".", "”"))
    begun = words[0].isupper() or words.startswith("127.0.0.1:")
    return begun and shut and "Traceback" not in words and "http" not in words


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.route}: {row.name}")
def test_a_fault_ends_as_the_table_says(bench, row: Row) -> None:
    bench.engine.close()
    bench.engine = bench.engine_again(limits=Limits(connect=2.0, stall=0.2))
    for name, value in row.setting.items():
        setattr(bench.host, name, value)
    for _ in range(row.times):
        bench.host.say(row.route, **copy.deepcopy(row.fault))
    bench.submit()
    bench.steps()
    said = [task.error for task in bench.changes if task.error]
    assert bench.task.state == row.end
    assert any(row.sentence in words for words in said) or not row.sentence, said
    assert all(one_sentence(words) for words in said), said
    assert len(bench.host.creations) == row.creations
    assert (bench.engine.held != {}) == row.held
    assert bool(bench.task.error) == (row.end != S.DONE)
    nothing_half_written(bench)
    if row.route == Route.CREATE:
        never_sent_twice(bench, row)


def nothing_half_written(bench) -> None:
    finals = bench.finals()
    assert len(finals) == (1 if bench.task.state == S.DONE else 0)
    assert all(path.read_bytes() == bench.host.video for path in finals)
    if bench.task.state in FINAL:
        folder = bench.folder / "videos"
        assert sorted(folder.glob("*")) == finals, "and no part is left of what has ended"


def never_sent_twice(bench, row: Row) -> None:
    """Whatever the artist does not do, a restart and a day do not make up for."""
    asked = bench.host.asked("create")
    bench.engine.close()
    bench.engine = bench.engine_again()
    if row.held:
        return
    bench.engine.resume()
    bench.clock.now += 86_400
    bench.steps()
    assert bench.host.asked("create") == asked
    assert bench.task.state == row.end


@pytest.mark.parametrize("row", [row for row in TABLE if row.held], ids=lambda row: row.name)
def test_what_holds_an_account_is_mended_by_the_artist_and_paid_once(bench, row: Row) -> None:
    bench.host.say(row.route, **copy.deepcopy(row.fault))
    bench.submit()
    bench.steps()
    assert bench.engine.held["acc"] == bench.task.error
    bench.engine.release("acc")
    bench.steps()
    assert (bench.task.state, bench.task.error) == (S.DONE, None)
    assert len(bench.host.creations) == 1


CUT = {"cut": 150_000}


def test_a_video_that_changed_halfway_is_fetched_from_its_beginning(bench) -> None:
    bench.host.say("video", **CUT)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    bench.engine.step()
    bench.host.video, bench.host.etag = b"HEAD" + b"\x01" * 200_000 + b"TAIL", '"v2"'
    bench.steps()
    assert bench.task.state == S.DONE
    nothing_half_written(bench)


def test_an_expired_link_halfway_is_exchanged_and_gone_on_with(bench) -> None:
    bench.host.say("video", **CUT)
    bench.host.say("video", status=403)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.requests[-1][2]["Range"].startswith("bytes=")
    assert len(bench.host.creations) == 1
    nothing_half_written(bench)


def test_a_redirect_to_another_host_carries_no_key(bench, other_host) -> None:
    other_host.video = bench.host.video
    onward = {"Location": f"{other_host.url}/files/v.mp4"}
    bench.host.say("video", status=302, headers=onward)
    bench.submit()
    bench.steps()
    assert bench.task.state == S.DONE
    assert [kind for kind, _, _ in other_host.requests] == ["video"]
    for kind, _, headers in (*bench.host.requests, *other_host.requests):
        assert ("Authorization" in headers) == (kind in {"create", "query"})
    nothing_half_written(bench)


def test_a_video_that_drips_is_given_up_and_gone_on_with(bench) -> None:
    # A window of no time at all: whatever comes in it is too little.
    drip = Limits(connect=2.0, chunk=1000, slow_window=0.0, slow_bytes=200_000)
    bench.engine.close()
    bench.engine = bench.engine_again(limits=drip)
    bench.submit()
    bench.steps(until=S.DOWNLOADING)
    for _ in range(3):
        bench.clock.sleep(bench.engine.step() or 0)
        assert "too slowly" in bench.task.error
    bench.engine.close()
    bench.engine = bench.engine_again()
    bench.steps()
    assert bench.task.state == S.DONE
    assert bench.host.requests[-1][2]["Range"].startswith("bytes=")
    nothing_half_written(bench)
