"""No network, a host that is away, a machine that slept: one sentence, a quiet try now and then."""

from __future__ import annotations

import itertools
import socket
import threading

import pytest
import requests

from kling_desktop.model.task import TaskState
from kling_desktop.providers.errors import Unreachable
from kling_desktop.tasks.engine import Ending
from kling_desktop.tasks.network import AWAY, OFFLINE, Network, Unreached, unreached
from kling_desktop.tasks.watch import SLEPT, Watch

S = TaskState
IDS = [f"{n:x}" * 32 for n in range(1, 10)]


class Line:
    """Real remotes behind a cable that can be pulled; counts what goes through it, and when."""

    def __init__(self, bench) -> None:
        self.bench, self.pulled, self.tries = bench, False, []
        self.before_answer = lambda: None

    def connect(self, account: str):
        real, line = self.bench.connect(account), self

        class Remote:
            can_find = True

            def create(self, body: bytes) -> str:
                line.check(account)
                return real.create(body)

            def query(self, remote_id: str):
                line.check(account)
                return real.query(remote_id)

            def find(self, external_id: str) -> str | None:
                line.check(account)
                return real.find(external_id)

        return Remote()

    def check(self, account: str) -> None:
        self.tries.append((self.bench.clock.now, account))
        self.before_answer()
        if self.pulled:
            raise Unreachable("The host cannot be reached.")


@pytest.fixture
def line(bench):
    line = Line(bench)
    bench.engine.close()
    bench.engine = bench.engine_again(connect=line.connect)
    bench.host.states = ["processing"]
    return line


def forward(bench, seconds: float) -> None:
    until = bench.clock.now + seconds
    while bench.clock.now < until:
        bench.clock.sleep(min(bench.engine.step() or 1.0, max(0.01, until - bench.clock.now)))


def errors(bench) -> list[str | None]:
    return [task.error for task in bench.journal.unfinished()]


def running(bench, number: int, accounts=("acc",)) -> None:
    for task_id, account in zip(IDS[:number], itertools.cycle(accounts), strict=False):
        bench.submit(task_id, account=account)
    forward(bench, 40)
    assert {task.state for task in bench.journal.all()} == {S.PROCESSING}


def test_without_a_network_one_task_tries_now_and_then_and_one_sentence_is_said(bench, line):
    running(bench, 6)
    line.pulled, line.tries = True, []
    forward(bench, 600)
    assert bench.engine.offline == OFFLINE
    assert sum(error is not None for error in errors(bench)) == 1, "the first could not know"
    pauses = [late - early for (early, _), (late, _) in itertools.pairwise(line.tries)]
    assert len(line.tries) < 30
    assert max(pauses) <= 30.5
    assert sorted(pauses[2:]) == pauses[2:] or min(pauses[6:]) >= 29.0
    assert all(bench.journal.entry(task_id).troubles <= 1 for task_id in IDS[:6])


def test_when_the_network_is_back_everything_goes_on_by_itself_without_a_burst(bench, line):
    running(bench, 8)
    line.pulled = True
    forward(bench, 300)
    line.pulled, line.tries = False, []
    back = bench.clock.now
    forward(bench, 40)
    assert bench.engine.offline is None
    assert errors(bench) == [None] * 8
    moments = sorted(when for when, _ in line.tries)
    assert len([when for when in moments if when - back < 36]) >= 8
    burst = max(sum(early <= when < early + 0.2 for when in moments) for early in moments)
    assert burst <= 2


def test_hosts_that_fail_one_after_the_other_are_one_trouble(bench, line):
    running(bench, 2, accounts=("one", "two"))
    line.pulled, line.tries = True, []
    forward(bench, 120)
    assert bench.engine.offline == OFFLINE
    assert {account for _, account in line.tries} == {"one", "two"}
    assert sum(error is not None for error in errors(bench)) == 1


def test_nothing_is_created_twice_when_the_network_goes_while_sending(bench, line):
    line.pulled = True
    for task_id in IDS[:3]:
        bench.submit(task_id)
    forward(bench, 120)
    assert {task.state for task in bench.journal.all()} == {S.QUEUED}
    line.pulled = False
    bench.host.states = ["succeed"]
    forward(bench, 120)
    assert {task.state for task in bench.journal.all()} == {S.DONE}
    assert len(bench.host.creations) == 3


def test_one_failure_is_told_by_its_task_and_is_no_state_of_the_network(bench, line):
    running(bench, 1)
    line.pulled = True
    while errors(bench) == [None]:
        bench.clock.sleep(bench.engine.step() or 0)
    assert bench.engine.offline is None
    assert "Waiting for the network" in errors(bench)[0]
    line.pulled = False
    forward(bench, 30)
    assert errors(bench) == [None]


def test_a_run_gives_up_waiting_for_the_network_when_its_patience_is_over(bench, line):
    running(bench, 3)
    line.pulled = True
    ending = bench.engine.run(IDS[:3], threading.Event(), sleep=bench.clock.sleep, patience=60.0)
    assert ending == Ending.WAITING


def test_a_video_s_host_that_is_away_holds_up_no_poll(bench, free_port: int):
    bench.host.video_url = f"http://127.0.0.1:{free_port}/v.mp4"
    for task_id in IDS[:3]:
        bench.submit(task_id)
    forward(bench, 60)
    assert bench.engine.offline == AWAY
    bench.host.states = ["processing"]
    bench.submit(IDS[3])
    forward(bench, 20)
    assert bench.journal.get(IDS[3]).state == S.PROCESSING


def test_a_sleeping_machine_costs_no_task_a_trouble(bench, line):
    running(bench, 5)

    def sleep() -> None:
        bench.clock.now += 8 * 3600
        line.pulled = True
        line.before_answer = lambda: None

    line.before_answer = sleep
    line.tries = []
    while not line.pulled:
        bench.clock.sleep(bench.engine.step() or 0)
    assert errors(bench) == [None] * 5
    assert all(bench.journal.entry(task_id).troubles == 0 for task_id in IDS[:5])
    line.pulled = False
    line.tries = []
    forward(bench, 40)
    assert len(line.tries) >= 5
    moments = [when for when, _ in line.tries]
    assert max(sum(early <= when < early + 0.2 for when in moments) for early in moments) <= 2


@pytest.mark.parametrize("jump", [8 * 3600.0, 45.0, -45.0, -50 * 60.0, -86_400.0])
def test_after_a_jump_of_the_clock_every_task_is_looked_at_soon_and_one_by_one(bench, line, jump):
    running(bench, 8)
    bench.clock.now += jump
    line.tries = []
    start = bench.clock.now
    forward(bench, 30)
    moments = [when - start for when, _ in line.tries]
    assert len(moments) >= 8
    assert max(sum(early <= when < early + 0.2 for when in moments) for early in moments) <= 2
    if abs(jump) > 60:
        assert len([when for when in moments if when <= 6.0]) >= 8


def test_patience_stands_still_while_the_machine_sleeps(bench, line):
    running(bench, 1)
    line.pulled = True
    while errors(bench) == [None]:
        bench.clock.sleep(bench.engine.step() or 0)
    bench.clock.now += 8 * 3600
    line.pulled = False
    bench.host.states = ["succeed"]
    ending = bench.engine.run(IDS[:1], threading.Event(), sleep=bench.clock.sleep, patience=60.0)
    assert ending == Ending.FINISHED


def test_clocks_that_part_tell_of_a_sleep_once() -> None:
    wall, steady = [100.0], [5.0]
    watch = Watch(lambda: wall[0], lambda: steady[0])
    began = watch.lag()
    wall[0] += 500
    steady[0] += 500
    assert watch.jump() == 0.0
    wall[0] += SLEPT + 1
    assert watch.jump() == SLEPT + 1
    assert watch.jump() == 0.0
    assert watch.slept_since(began)
    wall[0] -= 7200
    assert watch.jump() == -7200


def test_tries_that_were_under_way_already_do_not_lengthen_the_pause() -> None:
    now = [0.0]
    network = Network(lambda: now[0])
    assert not network.failed("a", Unreached.NOWHERE)
    assert network.failed("a", Unreached.NOWHERE)
    pause = network.wait("a")
    for _ in range(5):
        assert network.failed("a", Unreached.NOWHERE)
    assert network.wait("a") == pause
    now[0] += pause
    network.trying("a")
    assert network.wait("a") > pause, "the others wait for the one that tries"
    assert network.failed("a", Unreached.NOWHERE)
    assert network.wait("a") == 2 * pause
    now[0] += 10
    assert network.away_for("a") == now[0]
    network.reached("a")
    assert (network.wait("a"), network.away_for("a"), network.sentence) == (0.0, 0.0, None)
    assert network.returned()
    assert not network.returned()


def test_the_sentence_tells_a_missing_network_from_a_host_that_refuses() -> None:
    network = Network(lambda: 0.0)
    network.failed("a", Unreached.REFUSED)
    network.failed("a", Unreached.REFUSED)
    assert network.sentence == AWAY
    network.failed("b", Unreached.NOWHERE)
    assert network.sentence == OFFLINE


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:{port}/", Unreached.REFUSED),
        ("http://no-such-host.invalid/", Unreached.NOWHERE),
    ],
)
def test_what_requests_raises_is_understood(
    url: str, why: Unreached, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def resolve(host, *rest, **more):
        if host == "no-such-host.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    session = requests.Session()
    session.trust_env = False
    with session, pytest.raises(requests.RequestException) as caught:
        session.get(url.format(port=free_port), timeout=2)
    assert unreached(caught.value) == why


def test_a_host_that_answers_badly_is_there(bench) -> None:
    for fault in ({"reset": "late"}, {"hang": True}, {"reset": "late"}, {"hang": True}):
        bench.host.say("query", **fault)
    bench.submit()
    bench.steps(until=S.SUBMITTED)
    while bench.host.script["query"]:
        bench.clock.sleep(bench.engine.step() or 0)
        assert bench.engine.offline is None
    bench.steps()
    assert bench.task.state == S.DONE


def test_a_proxy_s_answer_is_no_missing_network() -> None:
    assert unreached(Unreachable("The proxy wants a password.", http_status=407)) is None
    assert unreached(Unreachable("Nobody there.")) == Unreached.NOWHERE


def test_the_queue_goes_on_after_the_clock_was_put_back(bench) -> None:
    bench.host.states = ["processing"]
    ids = [f"{n}" * 32 for n in (1, 2, 3)]
    bench.engine.set_limit("acc", 1)
    for task_id in ids:
        bench.submit(task_id)
    bench.steps(30)
    bench.clock.now -= 40 * 60
    bench.host.states = ["succeed"]
    start = bench.clock.awake
    bench.steps(200)
    assert [bench.journal.get(task_id).state for task_id in ids] == [S.DONE] * 3
    assert len(bench.host.creations) == 3
    assert bench.clock.awake - start < 120


def test_what_was_asked_a_moment_ago_is_not_asked_again(bench, monkeypatch) -> None:
    """The agenda may have been read before a step ended, and be gone through after it."""
    bench.host.states = ["processing"]
    bench.submit()
    bench.steps(20, until=S.PROCESSING)
    task = bench.task
    bench.clock.sleep(task.due - bench.clock.now)
    before = bench.journal.agenda()
    bench.engine.step()
    asked = bench.host.asked("query")
    assert bench.task.due > bench.clock.now + 4
    monkeypatch.setattr(bench.engine, "_agenda", lambda: before)
    bench.engine.step()
    assert bench.host.asked("query") == asked
