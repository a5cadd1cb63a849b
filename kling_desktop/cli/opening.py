"""Whether the window can be opened for what was typed; if not, a sentence that says why."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from kling_desktop.cli import COMMANDS
from kling_desktop.cli.outcome import legible

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def obstacle(arguments: Sequence[str]) -> str | None:
    """Why there will be no window, as a sentence with the next step; None where there will be."""
    legible(sys.stderr)
    # os.path, because Path.is_file raises for names that no file can have.
    if arguments and not os.path.isfile(arguments[0]):  # noqa: PTH113
        return _no_such(arguments[0])
    if sys.platform not in {"win32", "darwin"} and not any(
        os.environ.get(name) for name in DISPLAYS
    ):
        return (
            "There is no display to open the window on. These commands need none: "
            f"{', '.join(COMMANDS)}; “kling-desktop --help” says more."
        )
    return None


def _no_such(word: str) -> str:
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, 1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    shown = word if len(word) <= 200 else f"{word[:200]}…"
    return (
        f"“{shown}” is neither a command nor a file.{hint} "
        "“kling-desktop --help” lists the commands."
    )
