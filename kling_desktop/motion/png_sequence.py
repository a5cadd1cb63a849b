"""Numbered PNG files: made aside, and put in place together or not at all."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]

DIGITS = 4
COMPRESSION = 3
"""Of 0…9: higher ones take many times as long for a few per cent."""


class LeftOver(ValueError):
    """A longer sequence of that name is there; ``path`` is the first file that would stay."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def names(target: Path, count: int) -> list[Path]:
    """``walk_0001.png`` … next to ``walk.png``."""
    digits = max(DIGITS, len(str(count)))
    return [
        target.with_name(f"{target.stem}_{number:0{digits}}{target.suffix}")
        for number in range(1, count + 1)
    ]


def refuse_left_over(target: Path, wanted: Sequence[Path]) -> None:
    """Raise LeftOver where a sequence is there whose further files would be taken for these."""
    numbered = re.compile(re.escape(target.stem) + r"_\d{4,}" + re.escape(target.suffix))
    ours = {path.name for path in wanted}
    found = (path for path in target.parent.iterdir() if numbered.fullmatch(path.name))
    others = sorted(path for path in found if path.name not in ours)
    if others:
        raise LeftOver(others[0])


def write(frames: Iterable[Rgb], wanted: Sequence[Path]) -> None:
    """Write (h, w, 3) RGB frames as 8-bit PNGs under the names, which share a folder.

    While it goes on nothing is seen under them. Raises OSError, and what ``frames`` raises; then
    whatever was there is there again.
    """
    aside = Path(tempfile.mkdtemp(prefix=".frames-", suffix=".part", dir=wanted[0].parent))
    try:
        for path, frame in zip(wanted, frames, strict=True):
            (aside / path.name).write_bytes(_png(frame))
        _put(aside, wanted)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put(aside: Path, wanted: Sequence[Path]) -> None:
    """Every file into its place, or none."""
    before = aside / "before"
    before.mkdir()
    done: list[Path] = []
    try:
        for path in wanted:
            with contextlib.suppress(FileNotFoundError):
                path.rename(before / path.name)
            done.append(path)
            (aside / path.name).rename(path)
    except BaseException:
        for path in done:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):
                (before / path.name).replace(path)
        raise


def _png(frame: Rgb) -> bytes:
    import cv2

    bgr = np.ascontiguousarray(frame[..., ::-1])
    _, data = cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, COMPRESSION])
    return data.tobytes()
