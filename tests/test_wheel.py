"""The wheel holds what the program needs beside its code."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_wheel_carries_the_resources(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        for name in ("models.json", "providers.json", "sample.kling"):
            shipped = (ROOT / "resources" / name).read_bytes()
            assert archive.read(f"kling_desktop/resources/{name}") == shipped
    icons = {
        f"kling_desktop/resources/icons/{icon.name}"
        for icon in (ROOT / "resources" / "icons").iterdir()
    }
    assert icons
    assert icons <= held
    assert {"kling_desktop/__main__.py", "kling_desktop/practice/server.py"} <= held
    assert not any(name.startswith("tests/") for name in held)
