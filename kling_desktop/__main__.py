"""Starts Kling Desktop: a command of the command line, or else the window."""

from __future__ import annotations

import sys

from kling_desktop.cli import COMMANDS


def main() -> int:
    """Entry point of ``kling-desktop`` and ``python -m kling_desktop``; returns the exit status."""
    arguments = sys.argv[1:]
    if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        from kling_desktop.cli.main import run

        return run(arguments)
    from kling_desktop.cli.opening import obstacle

    reason = obstacle(arguments)
    if reason is not None:
        print(reason, file=sys.stderr)
        return 2
    from kling_desktop.app import main as window

    return window(arguments)


if __name__ == "__main__":
    sys.exit(main())
