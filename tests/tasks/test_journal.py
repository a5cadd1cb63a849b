"""The journal keeps every task through crashes, other threads, other versions and damaged files."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from kling_desktop.model.task import IllegalTransition, Task, TaskState
from kling_desktop.tasks import journal as journal_module
from kling_desktop.tasks import schema
from kling_desktop.tasks.journal import Journal, JournalError, set_aside
from kling_desktop.tasks.lease import Lease, new_owner


def a_task(number: int = 0, **values: object) -> Task:
    base = {"id": f"{number:032x}", "account": "acc", "state": TaskState.QUEUED}
    return Task(**({"created": 1.0 + number, "updated": 1.0} | base | values))


def test_a_task_comes_back_exactly_as_it_was_written(journal: Journal) -> None:
    task = a_task(shot="Hafen bei Nacht", model="kling-v1", due=5.5, output="/tmp/ä.mp4")
    journal.add(task, b"\x00body\xff")
    assert journal.get(task.id) == task
    assert journal.request(task.id) == b"\x00body\xff"


def test_tasks_and_requests_outlive_the_process_that_wrote_them(tmp_path: Path) -> None:
    first = Journal(tmp_path / "j")
    first.add(a_task(), b"body")
    # Not closed: as after a crash.
    second = Journal(tmp_path / "j")
    assert second.request(a_task().id) == b"body"
    first.close()
    second.close()


def test_an_update_stamps_the_time_and_gives_the_new_task(journal: Journal, clock) -> None:
    journal.add(a_task(), b"")
    clock.now += 50
    task = journal.update(a_task().id, state=TaskState.SUBMITTING, attempts=1, error="So it is.")
    assert (task.state, task.attempts, task.error) == (TaskState.SUBMITTING, 1, "So it is.")
    assert task.updated == clock.now
    assert journal.get(task.id) == task


def test_a_state_that_may_not_follow_is_refused_and_changes_nothing(journal: Journal) -> None:
    journal.add(a_task(), b"")
    with pytest.raises(IllegalTransition):
        journal.update(a_task().id, state=TaskState.DONE, error="never")
    assert journal.get(a_task().id) == a_task()


def test_columns_that_there_are_not_are_refused(journal: Journal) -> None:
    journal.add(a_task(), b"")
    with pytest.raises(TypeError, match="no such columns"):
        journal.update(a_task().id, **{"id = 'x' --": 1})


@pytest.mark.parametrize("ask", ["get", "entry", "request", "update"])
def test_an_unknown_id_is_a_key_error(journal: Journal, ask: str) -> None:
    with pytest.raises(KeyError):
        getattr(journal, ask)("nobody")


def test_a_guarded_write_stands_back_when_the_state_or_the_worker_changed(journal: Journal) -> None:
    journal.add(a_task(), b"", lease=Lease("me", 1e12))
    task_id = a_task().id
    assert journal.write(task_id, {"error": "x"}, expect=TaskState.SUBMITTED) is None
    assert journal.write(task_id, {"error": "x"}, held_by="you") is None
    assert journal.get(task_id).error is None
    assert journal.write(task_id, {"error": "x"}, expect=TaskState.QUEUED, held_by="me")


def test_lists_are_newest_first_and_the_unfinished_ones_oldest_first(journal: Journal) -> None:
    states = [TaskState.QUEUED, TaskState.DONE, TaskState.UNCONFIRMED, TaskState.PROCESSING]
    for number, state in enumerate(states):
        journal.add(a_task(number, state=state), b"")
    assert [task.created for task in journal.all()] == [4.0, 3.0, 2.0, 1.0]
    assert [task.created for task in journal.all(limit=2)] == [4.0, 3.0]
    assert [task.created for task in journal.unfinished()] == [1.0, 3.0, 4.0]
    assert {item.state for item in journal.agenda()} == {TaskState.QUEUED, TaskState.PROCESSING}


def test_the_newest_of_ten_thousand_tasks_cost_no_more_than_the_newest_of_a_few(
    journal: Journal,
) -> None:
    rows = [(f"{n:032x}", "acc", "done", float(n), 0.0) for n in range(10_000)]
    raw = sqlite3.connect(journal.path)
    raw.executemany(
        "INSERT INTO tasks (id, account, state, created, updated) VALUES (?,?,?,?,?)", rows
    )
    raw.executemany("INSERT INTO requests VALUES (?, ?)", [(row[0], b"x" * 2000) for row in rows])
    raw.commit()
    plan = raw.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM tasks ORDER BY created DESC, rowid DESC LIMIT 100"
    ).fetchall()
    raw.close()
    assert "tasks_created" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
    start = time.perf_counter()
    assert len(journal.all(limit=100)) == 100
    few = time.perf_counter() - start
    start = time.perf_counter()
    assert len(journal.all()) == 10_000
    assert few < (time.perf_counter() - start) / 3


def test_the_agenda_is_found_through_its_index(journal: Journal) -> None:
    raw = sqlite3.connect(journal.path)
    agenda = raw.execute("EXPLAIN QUERY PLAN " + journal_module._AGENDA, (1.0, 2.0)).fetchall()
    following = raw.execute("EXPLAIN QUERY PLAN " + journal_module._NEXT, (1.0,)).fetchall()
    raw.close()
    for plan in (agenda, following):
        assert "tasks_open (due>" in str(plan)
        assert "SCAN tasks" not in str(plan)


def test_the_agenda_holds_what_is_due_and_what_a_clock_put_back_left_far_away(
    journal: Journal,
) -> None:
    for number, due in enumerate([0.0, 100.0, 101.0, 3000.0, 90_000.0]):
        journal.add(a_task(number, due=due), b"")
    assert [item.due for item in journal.agenda(before=100.0)] == [0.0, 100.0, 90_000.0]
    assert [item.due for item in journal.agenda()] == [0.0, 100.0, 101.0, 3000.0, 90_000.0]
    assert journal.next_due(after=100.0) == 101.0
    assert journal.next_due(after=90_000.0) is None


def test_threads_may_write_and_read_at_once(journal: Journal) -> None:
    def write(begin: int) -> None:
        for number in range(begin, begin + 20):
            journal.add(a_task(number), b"body")
            journal.update(a_task(number).id, state=TaskState.SUBMITTING)
            journal.all(limit=5)

    threads = [threading.Thread(target=write, args=(begin,)) for begin in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(journal.all()) == 80
    assert {task.state for task in journal.all()} == {TaskState.SUBMITTING}


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.add(a_task(), b"")
    other = sqlite3.connect(tmp_path / "j", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE tasks SET error = 'half'")
    assert journal.get(a_task().id).error is None
    other.execute("ROLLBACK")
    other.close()
    journal.close()


def test_old_requests_of_finished_tasks_are_dropped_and_no_others(journal: Journal, clock) -> None:
    for number, state in enumerate(
        [TaskState.QUEUED, TaskState.DOWNLOADING, TaskState.DOWNLOADING]
    ):
        journal.add(a_task(number, state=state), b"body")
    journal.update(a_task(1).id, state=TaskState.DONE)
    clock.now += 31 * 86400
    journal.update(a_task(2).id, state=TaskState.DONE)
    journal.tidy()
    assert journal.request(a_task(0).id) == journal.request(a_task(2).id) == b"body"
    with pytest.raises(KeyError):
        journal.request(a_task(1).id)
    assert journal.get(a_task(1).id).state == TaskState.DONE


def test_only_one_of_many_claims_wins(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / "j") for _ in range(4)]
    journals[0].add(a_task(), b"")
    won: list[str] = []

    def claim(journal: Journal) -> None:
        owner = new_owner()
        if journal.claim(a_task().id, Lease(owner, 100.0), now=10.0):
            won.append(owner)

    threads = [threading.Thread(target=claim, args=(journal,)) for journal in journals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    journals[1].release(won[0])
    assert journals[2].claim(a_task().id, Lease("other", 100.0), now=10.0) is not None
    for journal in journals:
        journal.close()


def test_a_finished_task_cannot_be_claimed(journal: Journal) -> None:
    journal.add(a_task(state=TaskState.DONE), b"")
    assert journal.claim(a_task().id, Lease("me", 100.0), now=0.0) is None


@pytest.mark.parametrize(
    "content", [b"not a database at all, " * 100, b"SQLite format 3\0" + b"\xee" * 5000]
)
def test_a_damaged_journal_is_left_as_it_is_and_can_be_set_aside(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="damaged"):
        Journal(path)
    assert path.read_bytes() == content
    broken = set_aside(path)
    assert broken.name == "journal.broken-1"
    assert broken.read_bytes() == content
    path.write_bytes(content)
    assert set_aside(path).name == "journal.broken-2"
    Journal(path).close()


def test_pages_damaged_under_a_running_journal_give_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    for number in range(300):
        journal.add(a_task(number), b"x" * 500)
    journal.close()
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xaa" * (len(data) - 4096 * 2)
    path.write_bytes(data)
    damaged = Journal(path)
    with pytest.raises(JournalError, match="damaged"):
        damaged.all()
    damaged.close()


def test_a_folder_that_is_a_file_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="check the folder"):
        Journal(tmp_path / "file" / "journal.sqlite")


def test_a_closed_journal_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.all()


def test_a_new_journal_has_the_version_and_is_in_wal_mode(journal: Journal) -> None:
    raw = sqlite3.connect(journal.path)
    assert (
        raw.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION == len(schema.MIGRATIONS)
    )
    assert raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    raw.close()


def test_a_newer_journal_is_refused_with_a_sentence_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Journal(path).close()
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    raw.close()
    with pytest.raises(JournalError, match="newer version"):
        Journal(path)
    assert path.stat().st_size > 0


def test_an_older_journal_is_brought_up_to_date_with_its_tasks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    journal.add(a_task(), b"body")
    journal.close()
    more = (*schema.MIGRATIONS, ("ALTER TABLE tasks ADD COLUMN stars INTEGER NOT NULL DEFAULT 3",))
    monkeypatch.setattr(schema, "MIGRATIONS", more)
    monkeypatch.setattr(schema, "VERSION", len(more))
    journal = Journal(path)
    assert journal.get(a_task().id) == a_task()
    journal.close()
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT stars FROM tasks").fetchall() == [(3,)]
    raw.close()


@pytest.mark.parametrize("version", range(1, schema.VERSION))
def test_the_tasks_of_every_earlier_version_are_kept(tmp_path: Path, version: int) -> None:
    path = tmp_path / "j"
    raw = sqlite3.connect(path)
    for statement in (line for step in schema.MIGRATIONS[:version] for line in step):
        raw.execute(statement)
    for number in (1, 2):
        raw.execute(
            "INSERT INTO tasks (id, account, state, created, updated, due) VALUES (?,?,?,?,?,?)",
            (f"{number}", "acc", "queued", float(number), 1.0, 1.0),
        )
    raw.execute(f"PRAGMA user_version = {version}")
    raw.commit()
    raw.close()
    journal = Journal(path)
    assert [item.id for item in journal.queued()] == ["1", "2"]
    task = journal.get("1")
    assert (task.rank, task.note, task.expires, task.reverse) == (0, None, None, False)
    assert journal.pauses() == frozenset()
    journal.move("2", before="1")
    assert [item.id for item in journal.queued()] == ["2", "1"]
    journal.close()


def test_a_migration_that_fails_halfway_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j"
    Journal(path).close()
    bad = ("ALTER TABLE tasks ADD COLUMN stars INTEGER", "ALTER TABLE nobody ADD COLUMN x")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, bad))
        patch.setattr(schema, "VERSION", len(schema.MIGRATIONS))
        with pytest.raises(JournalError):
            Journal(path)
    raw = sqlite3.connect(path)
    assert "stars" not in str(raw.execute("SELECT sql FROM sqlite_master").fetchall())
    raw.close()
    Journal(path).close()


@pytest.mark.parametrize("_time", range(10))
def test_several_may_make_the_journal_at_once(tmp_path: Path, _time: int) -> None:
    opened: list[Journal] = []
    threads = [
        threading.Thread(target=lambda: opened.append(Journal(tmp_path / "j"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    for journal in opened:
        journal.close()
