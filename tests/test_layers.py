"""The house rules: who may import whom, where each heavy library lives, and no cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "kling_desktop"
FILES = sorted(ROOT.rglob("*.py"))
MAY = {
    "model": set(),
    "imaging": {"model"},
    "motion": {"model", "imaging"},
    "providers": {"model"},
    "storage": {"model"},
    "tasks": {"providers", "model"},
    "practice": {"motion", "imaging", "model"},
    "ui": {"model", "imaging", "motion", "providers", "storage", "tasks", "practice"},
}
HOMES = {
    "PySide6": {"ui", "app"},
    "requests": {"providers", "tasks"},
    "sqlite3": {"tasks"},
    "keyring": {"storage"},
    "av": {"motion"},
}
ROOMS_OF_UI = {"canvas", "panels", "dialogs", "player"}


def module(file: Path) -> str:
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path, *, top_level: bool = False) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    return name.split(".")[1] if name.count(".") else ""


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_keep_to_the_layers(file: Path) -> None:
    own = room(module(file))
    for name in imports(file):
        top = name.split(".")[0]
        if top in HOMES:
            assert own in HOMES[top], f"{top} does not belong into {own}"
        if top == "kling_desktop" and own in MAY and room(name) not in {"", "__version__", own}:
            assert room(name) in MAY[own], f"{own} must not import {room(name)}"
        if room(name) == "ui" and top == "kling_desktop":
            assert own in {"ui", "app"}, f"only app may import ui, not {own}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_rooms_of_the_window_do_not_know_one_another(file: Path) -> None:
    parts = module(file).split(".")
    if len(parts) < 4 or parts[1] != "ui" or parts[2] not in ROOMS_OF_UI:
        return
    for name in imports(file):
        other = name.split(".")
        if other[:2] == ["kling_desktop", "ui"] and len(other) > 2 and other[2] in ROOMS_OF_UI:
            assert other[2] == parts[2], f"{parts[2]} must not import {other[2]}"


def test_no_import_cycles() -> None:
    names = {module(file): file for file in FILES}
    graph = {
        name: {other for other in imports(file, top_level=True) if other in names} - {name}
        for name, file in names.items()
    }
    while graph:
        leaves = {name for name, others in graph.items() if not others & graph.keys()}
        assert leaves, f"cycle among {sorted(graph)}"
        graph = {name: others for name, others in graph.items() if name not in leaves}


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_sizes_and_opening_sentence(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module opens by saying what it is"
    assert text.count("\n") <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno + 1 <= 60, node.name


def test_most_modules_know_no_qt() -> None:
    free = [f for f in FILES if not any(n.split(".")[0] == "PySide6" for n in imports(f))]
    assert len(free) >= 0.45 * len(FILES)
