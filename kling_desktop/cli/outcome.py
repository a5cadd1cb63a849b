"""How a command ends: exit statuses, the error that carries one, and what is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kling_desktop.model.problem import Problem

DONE = 0
FAILED = 1
BAD_INPUT = 2
CREDENTIALS = 3
UNREACHABLE = 4
INTERRUPTED = 130


class CommandError(Exception):
    """Ends a command with a sentence on stderr and an exit status."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def print_json(value: Any) -> None:
    """The one document that ``--json`` promises on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=1))


def print_problems(problems: Sequence[Problem], stream: IO[str]) -> None:
    for problem in problems:
        hint = f" (can be fixed: {problem.fix})" if problem.fix else ""
        print(f"{problem.severity}: {problem.field}: {problem.message}{hint}", file=stream)
    if not problems:
        print("Nothing in the way.", file=stream)


def parse_json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandError(f"{what} is not JSON: {error}.", BAD_INPUT) from None


def read_json(path: Path) -> Any:
    try:
        return parse_json(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not JSON text.", BAD_INPUT) from None


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a number.", BAD_INPUT) from None
