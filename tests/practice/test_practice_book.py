"""Tasks are written down whole, found again, and stand where time has brought them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.practice import rules
from kling_desktop.practice.book import Book, State
from kling_desktop.practice.order import Refusal


def order(kit: Any, **changes: Any) -> Any:
    return rules.check(kit.body(**changes))


def test_an_order_survives_word_for_word(kit: Any, tmp_path: Path) -> None:
    for asked in (
        order(kit, external_task_id="a/\ud800 b", negative_prompt="é"),
        rules.check(kit.plain(camera_control={"type": "simple", "config": {"zoom": 3}})),
        rules.check({"model_name": "kling-v1", "image": kit.photo(), "image_tail": kit.photo()}),
    ):
        record = Book(tmp_path).add(asked, 5.0)
        again = Book(tmp_path)
        assert again.order(again.find(record.id)) == asked


def test_a_later_book_knows_ids_and_names(kit: Any, tmp_path: Path) -> None:
    record = Book(tmp_path).add(order(kit, external_task_id="mine"), 5.0)
    later = Book(tmp_path)
    assert later.find(record.id) == later.find("mine") == later.find_file(record.file) == record
    assert later.find("nothing") is None


def test_a_book_beside_sees_what_the_other_wrote(kit: Any, tmp_path: Path) -> None:
    one, other = Book(tmp_path), Book(tmp_path)
    record = one.add(order(kit, external_task_id="mine"), 5.0)
    assert other.find("mine") == record
    with pytest.raises(Refusal):
        other.add(order(kit, external_task_id="mine"), 6.0)


@pytest.mark.parametrize("again", ["mine", "id"])
def test_a_used_external_id_is_refused(kit: Any, tmp_path: Path, again: str) -> None:
    book = Book(tmp_path)
    record = book.add(order(kit, external_task_id="mine"), 5.0)
    name = record.id if again == "id" else again
    with pytest.raises(Refusal, match="in use already") as refused:
        book.add(order(kit, external_task_id=name), 6.0)
    assert refused.value.status == 409
    assert book.newest_first() == [record]


def test_newest_first_whatever_the_clock_says(kit: Any, tmp_path: Path) -> None:
    book = Book(tmp_path)
    made = [book.add(order(kit), created) for created in (9.0, 5.0, 7.0)]
    assert book.newest_first() == made[::-1]


def test_standing_follows_time_pace_and_video(kit: Any, tmp_path: Path) -> None:
    book = Book(tmp_path)
    record = book.add(order(kit), 100.0)

    def state(now: float) -> State:
        return book.standing(record, now=now, pace=10.0).state

    assert [state(now) for now in (0.0, 104.9, 105.0, 114.9)] == [
        State.WAITING,
        State.WAITING,
        State.RUNNING,
        State.RUNNING,
    ]
    assert state(500.0) is State.RUNNING, "not ready before its video is"
    book.video(record).write_bytes(b"video")
    assert state(114.9) is State.RUNNING, "not ready before its time"
    assert state(115.0) is State.DONE
    assert book.standing(record, now=105.0, pace=10.0).since == 105.0


def test_a_failure_is_told_in_time_and_remembered(kit: Any, tmp_path: Path) -> None:
    book = Book(tmp_path)
    record = book.add(order(kit), 100.0)
    book.fail(record, "no luck")
    failed = Book(tmp_path).find(record.id)
    assert failed.failure == "no luck"
    assert book.standing(failed, now=114.0, pace=10.0).state is State.RUNNING
    assert book.standing(failed, now=115.0, pace=10.0).state is State.FAILED


def test_unrendered_leaves_out_the_done_and_the_failed(kit: Any, tmp_path: Path) -> None:
    book = Book(tmp_path)
    done, failed, first, second = (book.add(order(kit), 1.0) for _ in range(4))
    book.video(done).write_bytes(b"video")
    book.fail(failed, "no luck")
    assert Book(tmp_path).unrendered() == [first, second]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": 1}', '"x"', "null"])
def test_strange_files_in_the_folder_are_passed_over(
    kit: Any, tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    record = Book(tmp_path).add(order(kit), 1.0)
    (tmp_path / "strange.json").write_text(text)
    book = Book(tmp_path)
    assert book.newest_first() == [record]
    assert caplog.text.count("strange.json") == 1


def test_a_copied_page_is_no_second_task(kit: Any, tmp_path: Path) -> None:
    record = Book(tmp_path).add(order(kit), 1.0)
    page = (tmp_path / f"{record.id}.json").read_text()
    (tmp_path / "copy.json").write_text(page)
    assert Book(tmp_path).newest_first() == [record]
    assert json.loads(page)["id"] == record.id


def test_nothing_half_written_stays(kit: Any, tmp_path: Path) -> None:
    record = Book(tmp_path).add(order(kit), 1.0)
    assert {path.name for path in tmp_path.iterdir()} == {record.id, f"{record.id}.json"}
