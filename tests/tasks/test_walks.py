"""Random walks over everything that can happen to tasks: no state is left, nothing is paid twice."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from kling_desktop.model.task import TaskState
from kling_desktop.providers.errors import (
    Ambiguous,
    Busy,
    Credentials,
    ServerTrouble,
    TooFast,
    UnknownTask,
    Unreachable,
)

S = TaskState
ENDED = {S.DONE, S.FAILED, S.CANCELLED, S.UNCONFIRMED}


class Crash(BaseException):
    """The program is gone from one line to the next."""


class Weather:
    """A Remote that fails in every way at random, before or after the real one did its work."""

    ERRORS = (Ambiguous, Busy, Credentials, ServerTrouble, TooFast, Unreachable, UnknownTask)

    def __init__(self, real, chance: random.Random, can_find: bool) -> None:
        self.real, self.chance, self.can_find = real, chance, can_find
        self.calm = False

    def _blow(self, kinds: tuple[type[Exception], ...]) -> None:
        if self.calm or self.chance.random() > 0.3:
            return
        if self.chance.random() < 0.3:
            raise Crash
        kind = self.chance.choice(kinds)
        raise kind("The weather.", **({"retry_after": 3.0} if kind is TooFast else {}))

    def create(self, body: bytes) -> str:
        self._blow((Ambiguous, Busy, Credentials, ServerTrouble, TooFast, Unreachable))
        name = self.real.create(body)
        # Once a task is made, an honest client can only say that it does not know.
        self._blow((Ambiguous,))
        return name

    def query(self, remote_id: str):
        self._blow(self.ERRORS)
        status = self.real.query(remote_id)
        self._blow(self.ERRORS)
        return status

    def find(self, external_id: str) -> str | None:
        self._blow((Ambiguous, Credentials, ServerTrouble, TooFast, Unreachable))
        found = self.real.find(external_id)
        self._blow((Unreachable,))
        return found


class Walk:
    """One artist, one journal, and engines that come and go."""

    def __init__(self, bench, seed: int) -> None:
        self.bench, self.chance = bench, random.Random(seed)
        self.weather = Weather(
            bench.connect("acc"), self.chance, can_find=bench.connect("acc").can_find
        )
        self.again: Counter[str] = Counter()
        self.ids: list[str] = []
        bench.engine.close()
        self.start()

    def start(self) -> None:
        self.bench.engine = self.bench.engine_again(connect=lambda _: self.weather)

    def submit(self) -> None:
        if len(self.ids) < 4:
            self.ids.append(f"{len(self.ids) + 1:x}" * 32)
            self.bench.submit(self.ids[-1])

    def step(self) -> None:
        try:
            self.bench.clock.sleep(self.bench.engine.step() or 0.5)
        except Crash:
            # What a dead process's lease comes to; another test kills real processes.
            self.bench.journal.release(self.bench.engine._worker.owner)
            self.start()
            self.bench.engine.resume()

    def fault(self) -> None:
        kind = self.chance.choice(
            [{"status": 403}, {"cut": 500}, {"status": 503}, {"reset": "early"}]
        )
        self.bench.host.say("video", **kind)

    def decide(self) -> None:
        for task in self.bench.journal.all():
            if task.state == S.UNCONFIRMED:
                self._unconfirmed(task.id)
            elif task.state == S.FAILED and task.remote_id:
                self.bench.engine.retry(task.id)

    def _unconfirmed(self, task_id: str) -> None:
        made = self.bench.host.known(task_id)
        if self.chance.random() < 0.4:
            self.bench.engine.check_again(task_id)
            return
        if made is not None and self.chance.random() < 0.7:
            self.bench.engine.confirm(task_id, made["remote_id"])
            return
        self.again[task_id] += 1
        self.bench.engine.send_again(task_id)

    def cancel(self) -> None:
        if self.ids and self.chance.random() < 0.3:
            self.bench.engine.cancel(self.chance.choice(self.ids))

    def queue(self) -> None:
        """The artist sees to the queue, as far as there is one."""
        engine, chance = self.bench.engine, self.chance
        account = chance.choice([None, "acc"])
        (engine.pause if chance.random() < 0.3 else engine.resume_queue)(account)
        engine.set_limit("acc", chance.choice([None, 1, 2]))
        queued = [item.id for item in self.bench.journal.queued()]
        if queued:
            engine.move(chance.choice(queued), chance.choice([*queued, None]))

    def release(self) -> None:
        self.bench.engine.release("acc")

    def restart(self) -> None:
        self.bench.engine.close()
        self.start()
        self.bench.engine.resume()

    def clock(self) -> None:
        self.bench.clock.now += self.chance.choice([30.0, 4000.0, -7200.0])

    def check(self) -> None:
        made = Counter(made["external_task_id"] for made in self.bench.host.creations)
        for task in self.bench.journal.all():
            assert made[task.id] <= 1 + self.again[task.id]
            if task.state == S.DONE:
                assert Path(task.video or "").read_bytes() == self.bench.host.video
        done = [task for task in self.bench.journal.all() if task.state == S.DONE]
        assert len(self.bench.finals()) == len(done)

    def settle(self) -> None:
        self.weather.calm = True
        self.bench.host.script["video"].clear()
        self.restart()
        self.release()
        self.bench.engine.resume_queue()
        for _ in range(300):
            if all(task.state in ENDED for task in self.bench.journal.all()):
                return
            self.step()


@pytest.mark.parametrize("can_find", [True, False], ids=["can-find", "cannot-find"])
@pytest.mark.parametrize("seed", range(12))
def test_a_random_walk_ends_well(bench, seed: int) -> None:
    walk = Walk(bench, seed)
    actions = [walk.step] * 14 + [walk.submit] * 3
    actions += [
        walk.fault,
        walk.decide,
        walk.cancel,
        walk.release,
        walk.release,
        walk.restart,
        walk.clock,
        walk.queue,
    ]
    walk.submit()
    for _ in range(120):
        walk.chance.choice(actions)()
        walk.check()
    walk.settle()
    walk.check()
    assert all(task.state in ENDED for task in bench.journal.all())
    for task in bench.journal.all():
        if task.state in {S.FAILED, S.UNCONFIRMED}:
            assert task.error
            assert task.error.endswith(".")
