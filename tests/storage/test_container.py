"""The zip of a shot file: equal in, equal out; and every trick that a zip can play is refused."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kling_desktop.storage import container
from kling_desktop.storage.container import MEBIBYTE, ShotFileError, opened, pack, quoted, safe


def members(*names: str) -> dict[str, tuple[bytes, int]]:
    return {name: (name.encode(), 100) for name in names}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.kling"


def written(path: Path, fill: Callable[[zipfile.ZipFile], None]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return path


@contextmanager
def refusal(words: str) -> Iterator[None]:
    with pytest.raises(ShotFileError) as caught:
        yield
    assert words in str(caught.value)


def test_packs_alike_and_reads_back(path: Path) -> None:
    data = pack(members("b", "a", "folder/c"))
    assert data == pack(members("b", "a", "folder/c"))
    path.write_bytes(data)
    with opened(path) as found:
        assert found.read("a", 1) == b"a"
        assert found.read("folder/c", 100) == b"folder/c"
        with refusal("“d” is missing"):
            found.read("d", 1)
        with refusal("larger than"):
            found.read("folder/c", 7)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["b", "a", "folder/c"]
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_packs_nothing_that_it_would_refuse() -> None:
    with refusal("not allowed"):
        pack(members("../a"))
    with refusal("larger than 1 MB"):
        pack({"a": (bytes(MEBIBYTE + 1), MEBIBYTE)})


@pytest.mark.parametrize("name", ["a", "image.png", "a/b.c", "…ß", "a..b", "...", "folder/"])
def test_safe_names(name: str) -> None:
    assert safe(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../a",
        "a/../b",
        "a/..",
        "/a",
        "C:a",
        "c:\\a",
        "a\\b",
        "\\\\host\\a",
        "a\0b",
        "a\n",
        "x" * 256,
    ],
)
def test_unsafe_names(name: str, path: Path) -> None:
    assert not safe(name)
    path.write_bytes(pack(members("a")))
    with opened(path) as found, refusal("not allowed"):
        found.read(name, 1)


@pytest.mark.parametrize("name", ["../evil", "/etc/cron", "C:evil", "..\\evil", "a/../../evil"])
def test_unsafe_members(path: Path, name: str) -> None:
    written(path, lambda archive: archive.writestr(name, b"x"))
    with refusal("not allowed"), opened(path):
        pass


def test_a_name_that_zipfile_would_tidy(path: Path) -> None:
    data = pack(members("shot.json"))
    path.write_bytes(data.replace(b"shot.json", b"sho\0.json"))
    with refusal("not allowed"), opened(path):
        pass


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"GIF89a", b"\0" * 70_000, b"PK\x05\x06" + b"\0" * 17]
)
def test_no_zip_at_all(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ShotFileError), opened(path):
        pass


def test_every_truncation(path: Path) -> None:
    data = pack(members("a", "b"))
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(ShotFileError), opened(path):
            pass


def test_two_members_of_one_name(path: Path) -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("shot.json", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("shot.json", b"2")

    with refusal("two files of one name"), opened(written(path, fill)):
        pass


def test_too_many_members(path: Path) -> None:
    path.write_bytes(pack(members(*(str(number) for number in range(64)))))
    with opened(path) as found:
        assert found.read("63", 9) == b"63"
    path.write_bytes(pack(members(*(str(number) for number in range(65)))))
    with refusal("more than 64 files"), opened(path):
        pass


def test_a_listing_that_lies_about_its_count(path: Path) -> None:
    data = bytearray(pack(members(*(str(number) for number in range(70)))))
    struct.pack_into("<HH", data, len(data) - 14, 1, 1)
    path.write_bytes(data)
    with refusal("more than 64 files"), opened(path):
        pass


def test_a_listing_too_large_to_take_in(path: Path) -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[0] * 18)
    listing = entry * 60_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(listing), 0, 0)
    path.write_bytes(listing + end)
    tracemalloc.start()
    try:
        with refusal("more than 64 files"), opened(path):
            pass
        assert tracemalloc.get_traced_memory()[1] < MEBIBYTE
    finally:
        tracemalloc.stop()


def test_zip64_is_refused(path: Path) -> None:
    data = pack(members("a"))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    path.write_bytes(data[:-22] + locator + data[-22:])
    with refusal("more than 64 files"), opened(path):
        pass


def test_a_bomb_that_declares_itself(path: Path) -> None:
    written(path, lambda archive: archive.writestr("areas.png", bytes(9 * MEBIBYTE)))
    assert path.stat().st_size < MEBIBYTE
    with opened(path) as found, refusal("“areas.png” is larger than 8 MB"):
        found.read("areas.png", 8 * MEBIBYTE)


def test_a_bomb_of_many_members(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "TOTAL_LIMIT", 4 * MEBIBYTE)

    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(5):
            archive.writestr(str(number), bytes(MEBIBYTE))

    with refusal("more than 4 MB"), opened(written(path, fill)):
        pass


@pytest.mark.parametrize("declared", [10, MEBIBYTE])
def test_a_bomb_that_lies_about_its_size(path: Path, declared: int) -> None:
    written(path, lambda archive: archive.writestr("areas.png", bytes(64 * MEBIBYTE)))
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, declared)
    path.write_bytes(data)
    tracemalloc.start()
    try:
        with opened(path) as found, refusal("“areas.png” is damaged"):
            found.read("areas.png", 8 * MEBIBYTE)
        assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    finally:
        tracemalloc.stop()


def test_a_damaged_member(path: Path) -> None:
    data = pack(members("image.png"))
    path.write_bytes(data.replace(b"image.pngimage.png", b"image.pngimage.pnX"))
    with opened(path) as found, refusal("“image.png” is damaged"):
        found.read("image.png", 100)


@pytest.mark.parametrize("bit", [0x01, 0x40])
def test_a_locked_member(path: Path, bit: int) -> None:
    data = bytearray(pack(members("a")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= bit
    path.write_bytes(data)
    with refusal("locked with a password"), opened(path):
        pass


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_another_packing(path: Path, method: int) -> None:
    data = bytearray(pack(members("a")))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 10, method)
    path.write_bytes(data)
    with refusal("packed in a way"), opened(path):
        pass


def test_a_zip_made_by_a_file_manager(path: Path) -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.comment = b"made elsewhere"
        archive.writestr("__MACOSX/", b"")
        archive.writestr("__MACOSX/._shot.json", b"junk")
        archive.writestr("shot.json", b"{}")

    with opened(written(path, fill)) as found:
        assert found.read("shot.json", 10) == b"{}"
        with refusal("is missing"):
            found.read("__MACOSX/", 10)


def test_nothing_stays_open(path: Path) -> None:
    path.write_bytes(pack(members("a")))
    with opened(path) as found:
        archive = found._archive
    assert archive.fp is None


def test_what_a_stranger_wrote_is_quoted_short() -> None:
    assert quoted("a\n\x1b[31m") == "“a??[31m”"
    assert quoted("x" * 60) == f"“{'x' * 60}”"
    assert quoted("x" * 61) == f"“{'x' * 60}…”"
