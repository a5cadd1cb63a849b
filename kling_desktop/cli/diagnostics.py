"""The command that tells what a report of a fault should hold."""

from __future__ import annotations

import argparse

from kling_desktop.cli.outcome import DONE, print_json
from kling_desktop.workshop import Workshop


def diagnostics(workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.diagnostics import as_text, gather

    found = gather(workshop)
    if options.json:
        print_json(found)
    else:
        print(as_text(found), end="")
    return DONE
