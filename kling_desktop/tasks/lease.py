"""Leases: who works on a task at the moment, so that two programs never work on the same one."""

from __future__ import annotations

import os
import socket
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

from kling_desktop.model.task import TaskState

FARTHEST = 3600.0
"""Seconds; no due time and no lease reaches farther, so one that does means a clock was put back."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What a journal row says about its worker; ``until`` in seconds since the epoch."""

    owner: str | None
    until: float

    def free_for(self, owner: str, *, now: float, state: TaskState) -> bool:
        """Whether ``owner`` may take the task.

        A request that is on its way stays with its sender as long as that process lives, even when
        a sleeping machine let the lease run out: a look-up by another would say "no such task" too
        early, and the task would be paid twice.
        """
        if self.owner is None or self.owner == owner:
            return True
        expired = not now < self.until <= now + FARTHEST
        if expired and state != TaskState.SUBMITTING:
            return True
        return not _may_live(self.owner, unknown=not expired)


def new_owner() -> str:
    """A token that names this process and one engine in it: host, pid, start of the pid, random."""
    pid = os.getpid()
    return f"{_host()}:{pid}:{_birth(pid)}:{uuid.uuid4().hex[:8]}"


def _may_live(owner: str, *, unknown: bool) -> bool:
    """Whether the process behind ``owner`` runs; ``unknown`` where that cannot be told from here."""
    host, pid_text, birth, _ = owner.rsplit(":", 3) if owner.count(":") >= 3 else ("", "", "", "")
    if host != _host() or not pid_text.isdigit():
        return unknown
    pid = int(pid_text)
    if not _pid_runs(pid):
        return False
    return _birth(pid) == birth


def _host() -> str:
    return socket.gethostname()


def _birth(pid: int) -> str:
    """When the process began, in the kernel's ticks, so that a pid used again is not taken for it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "0"
    return stat.rpartition(")")[2].split()[19]


def _is_zombie(pid: int) -> bool:
    """Killed but not yet collected by its parent: as dead as it gets."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] in {"Z", "X"}


if sys.platform == "win32":

    def _pid_runs(pid: int) -> bool:
        """There os.kill(pid, 0) would send a Ctrl-C instead of asking."""
        import ctypes

        synchronize, wait_timeout = 0x00100000, 0x00000102
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(synchronize, False, pid)
        if not handle:
            return False
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == wait_timeout)
        finally:
            kernel.CloseHandle(handle)
else:

    def _pid_runs(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return not _is_zombie(pid)
