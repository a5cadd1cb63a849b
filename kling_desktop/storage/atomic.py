"""Files replaced whole: after a crash or a full disk there is the old content or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
PART = ".part"


class StorageError(Exception):
    """The disk did not take a file; its str is the artist's sentence with the next step."""


def write(path: Path, data: bytes) -> None:
    """Put ``data`` under ``path`` whole, through a temporary file in the same folder.

    A link is followed, so that what it points to is replaced. The permissions of a file that was
    there are kept. Raises StorageError; then the old file is whole and no temporary file is left.
    """
    target = _real(path)
    part = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}{PART}")
    try:
        mode = _mode(target)
        _fill(part, data, mode)
        os.replace(part, target)  # noqa: PTH105 - one name for what fault injection replaces
    except OSError as error:
        raise StorageError(sentence(error, target)) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    _settle(target.parent)


def sentence(error: OSError, path: Path) -> str:
    """What the artist reads when ``path`` could not be written."""
    if error.errno in FULL:
        return (
            f"There is no room left on the disk that holds {path.parent}; "
            "free some space and save again."
        )
    if error.errno in FORBIDDEN:
        return (
            f"{path} may not be written; choose another folder, "
            "or change the permissions and save again."
        )
    if error.errno in {errno.ENOENT, errno.ENOTDIR} and not path.parent.is_dir():
        return f"There is no folder {path.parent}; choose another one and save again."
    if error.errno == errno.EISDIR:
        return f"{path} is a folder; choose another name and save again."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name “{path.name[:40]}…” is too long; choose a shorter one and save again."
    reason = error.strerror or type(error).__name__
    return f"{path} could not be saved ({reason}); save it in another place."


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError as error:  # a NUL, or a sign that this file system has no bytes for
        raise StorageError("That file name cannot be used; choose another one.") from error


def _mode(target: Path) -> int | None:
    """Permissions to carry over; a write-protected file stays protected, as its owner wished."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    return mode & 0o777


def _fill(part: Path, data: bytes, mode: int | None) -> None:
    with part.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        part.chmod(mode)


def _settle(folder: Path) -> None:
    """Make the new name itself durable where the system can; the content already is."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
