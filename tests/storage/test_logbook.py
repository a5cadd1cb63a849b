"""The log on the disk: private, bounded, without secrets, and never a reason to fail."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kling_desktop.storage.discretion import HIDDEN, Secrets
from kling_desktop.storage.logbook import FILES, MOST_BYTES, PACKAGE, Logbook
from tests.secret import SECRET, holders

log = logging.getLogger(f"{PACKAGE}.somewhere")


@pytest.fixture
def secrets() -> Secrets:
    known = Secrets()
    known.add(SECRET)
    return known


@pytest.fixture
def book(tmp_path: Path, secrets: Secrets) -> Iterator[Logbook]:
    book = Logbook(tmp_path / "state" / "logs", secrets)
    book.open()
    yield book
    book.close()


def test_an_entry_has_its_time_level_and_place(book: Logbook) -> None:
    log.info("%s of %d", "one", 2)
    (line,) = book.tail(10)
    assert line.endswith("INFO    kling_desktop.somewhere: one of 2")
    assert line[10] == "T" and line[23] == "Z"


@pytest.mark.skipif(os.name != "posix", reason="permissions are of another kind here")
def test_it_is_for_this_user_only(book: Logbook) -> None:
    before = os.umask(0)
    try:
        log.info("so")
    finally:
        os.umask(before)
    assert stat.S_IMODE(book.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(book.file.parent.stat().st_mode) == 0o700


def test_nothing_is_made_before_there_is_something_to_write(book: Logbook) -> None:
    assert not book.file.parent.exists()
    assert book.tail(5) == []


def test_secrets_are_hidden_in_message_arguments_and_tracebacks(
    book: Logbook, tmp_path: Path
) -> None:
    log.info("the key is " + SECRET)
    log.warning("sent %s and %r", SECRET, {"Authorization": f"Bearer {SECRET}"})
    try:
        int(f"refused: {SECRET}")
    except ValueError:
        log.exception("it went wrong")
    written = book.file.read_text("utf-8")
    assert written.count(HIDDEN) >= 4
    assert "ValueError: invalid literal" in written
    assert list(holders(tmp_path)) == []


def test_whoever_writes_it_too_gets_the_traceback_without_secrets(
    book: Logbook, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        int(SECRET)
    except ValueError:
        log.exception("so")
    assert SECRET not in str(caplog.records[0].exc_text)


def test_a_message_cannot_pass_for_another_entry(book: Logbook) -> None:
    log.info("one\n2026-01-01T00:00:00.000Z INFO forged\x1b[2J\r\nthree\u2028four")
    lines = book.tail(10)
    assert len(lines) == 3
    assert lines[1].startswith("    2026") and "\x1b" not in lines[1]
    assert lines[2] == "    three four"


def test_a_secret_that_became_known_later_is_hidden_in_what_is_shown(
    book: Logbook, secrets: Secrets
) -> None:
    log.info("said before anybody knew: late-secret")
    secrets.add("late-secret")
    assert book.tail(1)[0].endswith(f"anybody knew: {HIDDEN}")


def test_it_is_turned_over_and_bounded(book: Logbook) -> None:
    word = "many words, " * 400
    for number in range(FILES * MOST_BYTES // len(word) + 400):
        log.info("%d %s", number, word)
    sizes = [file.stat().st_size for file in book.files()]
    assert len(sizes) == FILES == len(list(book.file.parent.iterdir()))
    assert max(sizes) <= MOST_BYTES
    last = [line.split(": ", 1)[1].split()[0] for line in book.tail(400)]
    assert last == [str(n) for n in range(number - 399, number + 1)], "older files are read on"


def test_only_what_is_about_something(book: Logbook) -> None:
    for name in ("a1", "b2", "a1", "c3"):
        log.info("task %s", name)
    assert [line[-2:] for line in book.tail(10, ["a1", "c3"])] == ["a1", "a1", "c3"]


def test_debug_is_written_where_it_is_asked_for(tmp_path: Path, book: Logbook) -> None:
    curious = Logbook(tmp_path / "curious", Secrets(), debug=True)
    curious.open()
    log.debug("small print")
    curious.close()
    log.debug("nobody hears this")
    assert "small print" in curious.file.read_text("utf-8")
    assert not book.file.exists()
    assert logging.getLogger(PACKAGE).level == logging.INFO


def test_after_the_end_nothing_is_left_behind(book: Logbook) -> None:
    book.open()
    log.info("once")
    book.close()
    book.close()
    log.error("not written")
    assert len(book.tail(5)) == 1
    assert logging.getLogger(PACKAGE).handlers == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_no_reason_to_fail(
    book: Logbook, capsys: pytest.CaptureFixture[str]
) -> None:
    book.file.parent.mkdir(parents=True)
    book.file.symlink_to("/dev/full")
    log.error("no room for this")
    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_made_is_no_reason_to_fail(
    book: Logbook, capsys: pytest.CaptureFixture[str]
) -> None:
    book.file.parent.parent.write_text("a file where the folder should be")
    log.error("nowhere to write this")
    assert capsys.readouterr().err == ""
    assert book.tail(3) == []


def test_a_file_that_another_program_holds_is_gone_on_with(
    book: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.info("first")
    monkeypatch.setattr("os.rename", lambda *_: (_ for _ in ()).throw(PermissionError()))
    monkeypatch.setattr(
        sys.modules["kling_desktop.storage.logbook"]._Handler, "shouldRollover", lambda *_: 1
    )
    log.info("second")
    log.info("third")
    assert [line.rsplit(" ", 1)[1] for line in book.tail(9)] == ["first", "second", "third"]
