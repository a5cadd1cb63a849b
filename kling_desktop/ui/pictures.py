"""Reads and writes what the window opens and saves; plain functions, fit for a worker thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import AREAS
from kling_desktop.model.shot import Picture, Shot, of
from kling_desktop.ui.colours import rgb as rgb_of

SUFFIX = ".kling"
PREVIEW_SIDE = 512


@dataclass(frozen=True, slots=True)
class Loaded:
    """A shot, its picture decoded to (H, W, 3) RGB, and the file that Save writes to, if any."""

    shot: Shot
    pixels: npt.NDArray[np.uint8]
    file: Path | None
    unsaved: bool = False
    """Whether even its picture is in no file."""


def load(path: Path) -> Loaded:
    """A shot file or a picture as a new shot. Raises ValueError with a sentence."""
    if path.suffix.lower() == SUFFIX:
        return load_shot(path)
    from kling_desktop.imaging.load import read_file

    return decoded(of(read_file(path)), None)


def load_shot(path: Path) -> Loaded:
    """A shot file. Raises ValueError with a sentence."""
    from kling_desktop.imaging.load import read
    from kling_desktop.imaging.masks import read_labels
    from kling_desktop.storage import shotfile

    return decoded(shotfile.load(path, read_picture=read, read_labels=read_labels), path)


def load_bytes(data: bytes, name: str) -> Loaded:
    """A picture from memory as a new shot. Raises ValueError with a sentence."""
    return replace(decoded(of(load_picture(data, name)), None), unsaved=True)


def load_picture(data: bytes, name: str) -> Picture:
    """A picture from memory. Raises ValueError with a sentence."""
    from kling_desktop.imaging.load import read

    return read(data, name)


def load_picture_file(path: Path) -> Picture:
    """A picture from a file. Raises ValueError with a sentence."""
    from kling_desktop.imaging.load import read_file

    return read_file(path)


def decoded(shot: Shot, file: Path | None) -> Loaded:
    """A shot with its pixels and a label map that may be written to."""
    from kling_desktop.imaging.load import pixels

    if shot.picture is None:
        return Loaded(shot, np.zeros((0, 0, 3), np.uint8), file)
    own = np.require(shot.labels, requirements=["C", "W", "O"])
    return Loaded(replace(shot, labels=own), pixels(shot.picture), file)


def save(shot: Shot, pixels: npt.NDArray[np.uint8], path: Path) -> Path:
    """Write a ``snapshot`` whole with a preview. Raises ShotFileError or StorageError."""
    from kling_desktop.imaging.masks import labels_png
    from kling_desktop.imaging.thumbnail import thumbnail
    from kling_desktop.storage import shotfile

    preview = None
    if shot.picture is not None:
        colours = [rgb_of(area, shot.looks) for area in AREAS]
        preview = thumbnail(pixels, shot.labels, PREVIEW_SIDE, colours=colours)
    shotfile.save(shot, path, labels_png=labels_png, preview=preview)
    return path


def with_suffix(path: Path) -> Path:
    """The name that a shot is saved under: .kling is appended, whatever dots the name has."""
    return path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)
