"""The last answers of the provider are kept with each task, and are gone with its request."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.model.task import Task, TaskState
from kling_desktop.providers.answers import CREATE, QUERY, Answer, Answers
from kling_desktop.providers.client import Client
from kling_desktop.storage.discretion import Secrets
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.pace import Pace
from kling_desktop.tasks.schema import MIGRATIONS, migrate
from tests.secret import SECRET, dresses
from tests.tasks.conftest import Answer as Scripted
from tests.tasks.conftest import Bench, Host, coded

S = TaskState
A = "a1" * 16
DAY = 86_400.0


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def connect(
    connect: Callable[[str], Client], answers: Answers, host: Host
) -> Callable[[str], Client]:
    secrets = Secrets()
    secrets.add(SECRET)
    profile = connect("acc").profile
    return lambda _account: Client(profile, host.url, SECRET, hide=secrets.hide, hear=answers.add)


@pytest.fixture
def hearing(bench: Bench, answers: Answers) -> Bench:
    bench.engine.close()
    bench.engine = bench.engine_again(heard=answers.take)
    return bench


def test_the_reply_to_the_request_and_the_last_one_are_kept(hearing: Bench, host: Host) -> None:
    hearing.submit()
    hearing.steps(until=S.PROCESSING)
    kept = hearing.journal.answers(A)
    assert kept[CREATE].status == 200 and '"task_id": "remote-1"' in kept[CREATE].body
    assert '"task_status": "processing"' in kept[QUERY].body
    hearing.steps()
    assert hearing.task.state == S.DONE
    kept = hearing.journal.answers(A)
    assert '"succeed"' in kept[QUERY].body and "?‹hidden›" in kept[QUERY].body
    assert "sign=abc" not in kept[QUERY].body, "the signature lets anybody in"


def test_a_refusal_is_kept_with_its_request_id(hearing: Bench, host: Host) -> None:
    host.say("create", coded(400, 1201, "mode is wrong"))
    hearing.submit()
    hearing.steps()
    assert hearing.task.state == S.FAILED
    answer = hearing.journal.answers(A)[CREATE]
    assert (answer.status, answer.request_id) == (400, "r-1") and "mode is wrong" in answer.body
    assert QUERY not in hearing.journal.answers(A)


def test_an_answer_costs_no_transaction_and_no_flush_of_its_own(
    bench: Bench, answers: Answers
) -> None:
    runs: list[list[str]] = []
    for heard, task_id in ((tuple, A), (answers.take, "b2" * 16)):
        bench.engine.close()
        bench.engine = bench.engine_again(heard=heard)
        said: list[str] = []
        bench.journal._writer.set_trace_callback(said.append)
        bench.submit(task_id)
        bench.steps()
        bench.journal._writer.set_trace_callback(None)
        assert bench.journal.get(task_id).state == S.DONE
        runs.append([each for each in said if each.startswith(("COMMIT", "PRAGMA synchronous"))])
    assert len(bench.journal.answers(A)) == 0 and len(bench.journal.answers("b2" * 16)) == 2
    assert runs[0] == runs[1] and len(runs[0]) > 5


def test_a_host_that_quotes_the_key_does_not_get_it_into_the_journal(
    hearing: Bench, host: Host, tmp_path: Path
) -> None:
    host.say("create", Scripted(500, f"<p>key {SECRET}".encode(), {"X-Request-Id": SECRET}))
    host.say("find", coded(503, 5001, f"Bearer {SECRET}"))
    hearing.submit()
    hearing.steps(limit=6)
    assert set(hearing.journal.answers(A)) == {CREATE, QUERY}
    data = b"".join(path.read_bytes() for path in tmp_path.glob("journal.sqlite*"))
    assert not any(dress in data for dress in dresses())


def test_they_are_dropped_with_the_request(journal: Journal, clock) -> None:
    answer = Answer(CREATE, 1.0, 200, None, "{}")
    for name, state in (("old", S.DONE), ("open", S.PROCESSING)):
        journal.add(Task(name, "acc", state, clock(), clock()), b"{}")
        journal.write(name, {"note": None}, answers=(answer,))
    clock.now += 29 * DAY
    journal.tidy()
    assert journal.answers("old") == {CREATE: answer}
    clock.now += 2 * DAY
    journal.tidy()
    assert journal.answers("old") == {} and journal.answers("open") == {CREATE: answer}
    with pytest.raises(KeyError):
        journal.request("old")


def test_an_older_journal_gets_room_for_them_and_knows_which_videos_were_made(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.sqlite"
    old = sqlite3.connect(path, isolation_level=None)
    for statement in (line for step in MIGRATIONS[:4] for line in step):
        old.execute(statement)
    old.execute("PRAGMA user_version = 4")
    for name, url in (("made", "https://v/1.mp4"), ("unknown", None)):
        old.execute(
            "INSERT INTO tasks (id, account, state, created, updated, remote_id, video_url) "
            "VALUES (?, 'acc', 'failed', 1, 1, 'r', ?)",
            (name, url),
        )
    old.close()
    journal = Journal(path)
    assert journal.get("made").made is True and journal.get("unknown").made is None
    assert journal.answers("made") == {}
    journal.write("made", {"note": None}, answers=[Answer(QUERY, 1.0, 404, "r", "")])
    assert journal.answers("made")[QUERY].status == 404
    journal.close()


def test_a_task_that_the_provider_could_not_make_is_not_fetched_but_sent_anew(
    hearing: Bench, host: Host
) -> None:
    host.states, host.reason = ["failed"], "risk control"
    hearing.submit()
    hearing.steps()
    assert (hearing.task.state, hearing.task.made) == (S.FAILED, False)
    again = hearing.engine.retry(A)
    assert again.id != A and again.state == S.QUEUED
    host.states = ["succeed"]
    hearing.steps()
    assert hearing.journal.get(again.id).state == S.DONE and len(host.creations) == 2


def test_one_that_the_provider_lost_sight_of_is_asked_about_again_for_free(
    hearing: Bench, host: Host
) -> None:
    for _ in range(Pace().misses):
        host.say("query", coded(404, 1203, "no such task"))
    hearing.submit()
    hearing.steps()
    assert (hearing.task.state, hearing.task.made) == (S.FAILED, None)
    assert hearing.task.fetch_within(replace(hearing.task).expires or 0) == ""
    for _ in range(20):
        host.say("query", coded(404, 1203, "no such task"))
    hearing.engine.retry(A)
    hearing.steps()
    assert (hearing.task.state, hearing.task.made) == (S.FAILED, None)
    host.script["query"].clear()
    assert (hearing.task.error or "").startswith("The provider does not know this task any more")
    hearing.engine.retry(A)
    hearing.steps()
    assert (hearing.task.state, hearing.task.made) == (S.DONE, True)
    assert len(host.creations) == 1


def test_a_video_whose_task_the_provider_forgot_is_no_more_said_to_be_there(
    hearing: Bench, host: Host
) -> None:
    for _ in range(20):
        host.say("video", status=404)
    hearing.submit()
    hearing.steps(until=S.DOWNLOADING)
    assert hearing.task.made is True
    for _ in range(20):
        host.say("query", coded(404, 1203, "no such task"))
    hearing.steps()
    assert (hearing.task.state, hearing.task.made) == (S.FAILED, None)
    assert "gives no other" in (hearing.task.error or "")


def test_one_that_is_finished_without_a_link_has_a_video(hearing: Bench, host: Host) -> None:
    done = {"task_id": "remote-1", "task_status": "succeed", "task_result": {"videos": []}}
    for _ in range(Pace().misses):
        host.say("query", body={"code": 0, "message": "ok", "data": done})
    hearing.submit()
    hearing.steps()
    assert (hearing.task.state, hearing.task.made) == (S.FAILED, True)
    assert hearing.engine.retry(A).state == S.DOWNLOADING
    hearing.steps()
    assert hearing.task.state == S.DONE and len(host.creations) == 1


def test_what_a_full_disk_kept_back_is_written_with_its_answer(
    hearing: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kling_desktop.tasks.journal import JournalError

    write = hearing.journal.write
    full = [True]

    def refuse(task_id: str, changes: dict[str, object], **how: object) -> Task | None:
        if full[0] and "remote_id" in changes:
            raise JournalError("The disk is full.")
        return write(task_id, changes, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(hearing.journal, "write", refuse)
    hearing.submit()
    hearing.engine.step()
    assert hearing.task.state == S.SUBMITTING and hearing.journal.answers(A) == {}
    full[0] = False
    hearing.clock.sleep(6.0)
    hearing.engine.step()
    assert hearing.task.remote_id == "remote-1" and CREATE in hearing.journal.answers(A)


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "j.sqlite", isolation_level=None)
    migrate(connection)
    migrate(connection)
    assert connection.execute("SELECT count(*) FROM answers").fetchone() == (0,)
    connection.close()
