"""The zip that a shot file is: packed alike every time, opened as if a stranger had sent it."""

from __future__ import annotations

import contextlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

MEBIBYTE = 1024 * 1024
JSON_LIMIT = 4 * MEBIBYTE
IMAGE_LIMIT = 100 * MEBIBYTE
AREAS_LIMIT = 200 * MEBIBYTE
MEMBERS_LIMIT = 64
TOTAL_LIMIT = JSON_LIMIT + 3 * IMAGE_LIMIT + AREAS_LIMIT
CARRIED_LIMIT = IMAGE_LIMIT
"""Bytes of all the members that are carried over without being understood."""
LISTING_LIMIT = MEBIBYTE
"""Bytes of the zip's list of members; 64 honest ones need a few thousand."""

Packed = tuple[bytes, int]
"""A member to pack: its bytes, and the most that there may be of them."""
EPOCH = (1980, 1, 1, 0, 0, 0)
END = b"PK\x05\x06"
END_SIZE = 22
END_REACH = END_SIZE + 65536
ZIP64 = b"PK\x06\x07"
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""All that zipfile raises on bytes that are not what they claim to be."""


class ShotFileError(ValueError):
    """A shot file, or a part of one, was refused; its str is the artist's sentence."""


class Members:
    """The members of an open shot file, read one by one within limits."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist()}

    def carried(self, known: Collection[str], beside: Mapping[str, Packed]) -> dict[str, Packed]:
        """Members beside the known ones, understood by nobody here, to be packed ``beside`` ours.

        One that is damaged, or for which there is no room within the limits, is left out.
        """
        found: dict[str, Packed] = {}
        left = min(CARRIED_LIMIT, TOTAL_LIMIT - sum(len(data) for data, _ in beside.values()))
        room = MEMBERS_LIMIT - len(beside)
        for name, info in self._infos.items():
            if name in known or info.is_dir() or len(found) >= room:
                continue
            with contextlib.suppress(ShotFileError):
                found[name] = self.read(name, left), CARRIED_LIMIT
                left -= len(found[name][0])
        return found

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a member, at most ``limit`` of them, whatever the zip declares.

        Raises ShotFileError where it is missing, larger, or damaged.
        """
        if not safe(name):
            raise ShotFileError(f"The file name {quoted(name)} in it is not allowed.")
        info = self._infos.get(name)
        if info is None or info.is_dir():
            raise ShotFileError(f"Its {quoted(name)} is missing, so the file is not whole.")
        if info.file_size > limit:
            raise ShotFileError(_too_large(name, limit))
        try:
            with self._archive.open(info) as file:
                # Asking for no more than was declared keeps what a liar unpacks out of memory.
                data = file.read(info.file_size + 1)
        except (*BROKEN, OSError) as error:
            raise ShotFileError(f"Its {quoted(name)} is damaged; use a backup.") from error
        if len(data) != info.file_size:
            raise ShotFileError(f"Its {quoted(name)} is damaged; use a backup.")
        return data


@contextmanager
def opened(path: Path) -> Iterator[Members]:
    """Open a shot file for reading; its list of members is judged before any is read.

    Raises ShotFileError with a sentence for anything that is not a harmless, whole zip.
    """
    with _open(path) as file, _archive(file) as archive:
        yield Members(archive)


def pack(members: Mapping[str, Packed]) -> bytes:
    """The zip of name → what is packed, stored in that order with fixed times: equal in, equal out.

    Raises ShotFileError rather than packing what ``opened`` and ``Members`` would refuse.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, (data, limit) in members.items():
            if not safe(name):
                raise ShotFileError(f"The file name {quoted(name)} in it is not allowed.")
            if len(data) > limit:
                raise ShotFileError(_too_large(name, limit))
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def safe(name: str) -> bool:
    """Whether a member's name stays inside the file: no absolute path, drive, ``..``, backslash."""
    if not name or "\\" in name or ":" in name or name.startswith("/") or len(name) > 255:
        return False
    return not re.search(r"[\x00-\x1f]", name) and ".." not in name.split("/")


def quoted(text: object) -> str:
    """A stranger's text, short and printable, fit for a sentence."""
    shown = "".join(c if c.isprintable() else "?" for c in str(text)[:61])
    return f"“{shown[:60]}…”" if len(shown) > 60 else f"“{shown}”"


def _open(path: Path) -> BinaryIO:
    try:
        if path.is_file() or not path.exists():
            return path.open("rb")
    except FileNotFoundError as error:
        raise ShotFileError("There is no such file; look for where it was moved.") from error
    except (OSError, ValueError) as error:
        raise ShotFileError(_unreadable(error)) from error
    raise ShotFileError("It is not a file; choose a shot file, which ends in .kling.")


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    try:
        _weigh_listing(file)
        archive = zipfile.ZipFile(file)
        _judge(archive.infolist())
    except ShotFileError:
        raise
    except OSError as error:
        raise ShotFileError(_unreadable(error)) from error
    except BROKEN as error:
        raise ShotFileError("It is broken, or cut short; use a backup.") from error
    return archive


def _unreadable(error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return f"It cannot be read ({reason}); copy it to another place."


def _weigh_listing(file: BinaryIO) -> None:
    """Refuse a list of members that zipfile would have to take in whole before we could count.

    Layout of the end record: PKWARE's APPNOTE.TXT, 4.3.16; Zip64 (4.3.15) starts beyond 4 GB.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - END_REACH))
    tail = file.read(END_REACH)
    at = tail.rfind(END)
    if at < 0:
        raise ShotFileError("It is not a shot file, or it is cut short; use a backup.")
    if len(tail) - at < END_SIZE:
        raise ShotFileError("It is cut short; use a backup.")
    count, listing = struct.unpack_from("<HI", tail, at + 10)
    if count > MEMBERS_LIMIT or listing > LISTING_LIMIT or tail[:at][-20:].startswith(ZIP64):
        raise ShotFileError(_TOO_MANY)
    file.seek(0)


def _judge(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse a list of members that no honest shot file has."""
    if len(infos) > MEMBERS_LIMIT:
        raise ShotFileError(_TOO_MANY)
    if len({info.filename for info in infos}) < len(infos):
        raise ShotFileError("It holds two files of one name, which no shot has.")
    if sum(info.file_size for info in infos) > TOTAL_LIMIT:
        raise ShotFileError(f"It holds more than {TOTAL_LIMIT // MEBIBYTE} MB, which no shot has.")
    for info in infos:
        # zipfile tidies ``filename``; what was really written is in ``orig_filename``.
        if not safe(info.orig_filename):
            name = quoted(info.orig_filename)
            raise ShotFileError(f"The file name {name} in it is not allowed.")
        if info.flag_bits & 0x41:
            raise ShotFileError("It is locked with a password, which no shot is.")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ShotFileError(f"Its {quoted(info.filename)} is packed in a way no shot is.")


_TOO_MANY = f"It holds more than {MEMBERS_LIMIT} files, which no shot has."


def _too_large(name: str, limit: int) -> str:
    return f"{quoted(name)} is larger than {limit // MEBIBYTE} MB, which a shot file cannot hold."
