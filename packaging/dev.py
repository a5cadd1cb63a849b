"""The two commands of a bare checkout: ``python3 packaging/dev.py run`` and ``… test``.

Standard library only. Makes ``.venv`` from the pinned lock, sees to the system libraries that Qt
needs on Linux, then runs the program or the tests. A stamp of lock and Python version lets a second
run start at once.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "requirements.lock"
STAMP = VENV / "installed"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libpulse.so.0": "libpulse0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
}
"""Shared library → Debian package: what Qt's xcb platform and multimedia load at run time."""

PROGRAMS = {
    "Xvfb": "xvfb",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
}
"""Program → Debian package: a few tests need them, and are skipped where they are missing."""


def main(arguments: list[str]) -> int:
    if len(arguments) < 1 or arguments[0] not in {"run", "test", "check"}:
        print("usage: python3 packaging/dev.py run|test|check [arguments]", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):
        print("Kling Desktop needs Python 3.11 or newer.", file=sys.stderr)
        return 2
    ensure_environment()
    ensure_libraries()
    command, rest = arguments[0], arguments[1:]
    if command == "run":
        return run(rest)
    return check() if command == "check" else check() or test(rest)


def ensure_environment() -> None:
    """Make or renew ``.venv`` where lock, project file or Python differ from the last time."""
    wanted = hashlib.sha256(
        LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()
    ).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    say("Setting up .venv from packaging/requirements.lock …")
    venv.create(VENV, with_pip=True, clear=not healthy(), symlinks=os.name != "nt")
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    call([*pip, "--require-hashes", "-r", str(LOCK)])
    call([*pip, "--no-build-isolation", "--no-deps", "-e", str(ROOT)])
    # Ahead of the first start, and where PYTHONDONTWRITEBYTECODE would have it compile every time.
    call([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "kling_desktop")])
    STAMP.write_text(wanted)


def healthy() -> bool:
    """Whether ``.venv`` holds a working Python of this very version."""
    version = [str(PYTHON), "-c", "import sys; print(sys.version)"]
    try:
        found = subprocess.run(version, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return False
    return found == sys.version


def ensure_libraries() -> None:
    """Install the system libraries that are missing where that is possible, else name them."""
    if not sys.platform.startswith("linux"):
        return
    packages = sorted({package for name, package in LIBRARIES.items() if not loads(name)})
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say(f"Installing system libraries: {' '.join(packages)} …")
        quiet = {
            "stdout": subprocess.DEVNULL,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        }
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        if subprocess.run(command, check=False, **quiet).returncode == 0:
            return
    say("Qt needs system libraries that are missing here. On Debian or Ubuntu:")
    say(f"  sudo {' '.join(command)}")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def run(arguments: list[str]) -> int:
    """Open the window on the sample shot; without a display do the main job instead."""
    if has_display():
        sample = ROOT / "resources" / "sample.kling"
        return call_status(["-m", "kling_desktop", *(arguments or [str(sample)])])
    say("No display here: doing the main job without a window (sample shot → practice → video).")
    return call_status(["-m", "kling_desktop", *headless(arguments)])


def headless(arguments: list[str]) -> list[str]:
    shot = arguments[0] if arguments else str(ROOT / "resources" / "sample.kling")
    return ["generate", shot, "--practice"]


def has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check() -> int:
    """Lint, format and types: what a reviewer would otherwise have to say."""
    for step in (
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
    ):
        say("$ " + " ".join(step[1:]))
        if status := call_status(step):
            return status
    return 0


def name_programs() -> None:
    """Name what some tests are skipped without; nothing is installed for that."""
    packages = sorted(package for name, package in PROGRAMS.items() if not shutil.which(name))
    if packages and sys.platform.startswith("linux"):
        say("Some tests are skipped here. To have them run, too, on Debian or Ubuntu:")
        say(f"  sudo apt-get install -y --no-install-recommends {' '.join(packages)}")


def test(arguments: list[str]) -> int:
    """The whole suite, on two workers where nothing else is asked for."""
    name_programs()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    parallel = [] if any(a.startswith("-n") for a in arguments) else ["-n", "2"]
    return call_status(["-m", "pytest", *parallel, *arguments], environment)


def call(command: list[str]) -> None:
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status:
        raise SystemExit(status)


def call_status(arguments: list[str], environment: dict[str, str] | None = None) -> int:
    try:
        return subprocess.run(
            [str(PYTHON), *arguments], cwd=ROOT, env=environment, check=False
        ).returncode
    except KeyboardInterrupt:
        return 130


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
