"""The shot: one document of image, areas, paths, camera, end frame and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels
from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path

DEFAULT_MODEL = "kling-v2-1-master"
DEFAULT_CFG_SCALE = 0.5


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file, untouched, and what is known of it without decoding it again.

    ``width`` and ``height`` are pixels after the EXIF orientation, which is how everything shows
    it and how points are counted. ``format`` is Pillow's name: JPEG, PNG, WEBP, TIFF, BMP.
    """

    data: bytes
    format: str
    width: int
    height: int
    name: str = ""

    @property
    def suffix(self) -> str:
        """File ending without the dot, as the shot file names it."""
        return {"JPEG": "jpg", "PNG": "png"}.get(self.format, self.format.lower())


@dataclass(frozen=True, slots=True)
class Settings:
    """What the request asks for beside the motion. ``extra`` is kept but not understood."""

    model_name: str = DEFAULT_MODEL
    mode: str = "pro"
    duration: str = "5"
    prompt: str = ""
    negative_prompt: str = ""
    cfg_scale: float | None = DEFAULT_CFG_SCALE
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AreaLook:
    """What the artist calls an area, and its colour (R, G, B, 0…255); the usual ones where unset."""

    name: str = ""
    colour: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """One document. Frozen, but ``labels`` is an array: who keeps a shot keeps a ``snapshot``."""

    picture: Picture | None = None
    labels: Labels = field(default_factory=lambda: areas.empty(0, 0))
    paths: Mapping[int, Path] = field(default_factory=dict)
    camera: Camera | None = None
    end: Picture | None = None
    settings: Settings = field(default_factory=Settings)
    looks: Mapping[int, AreaLook] = field(default_factory=dict)
    land: bool = False
    """Whether the picture is the last frame: paths run towards it, and end on their areas."""
    end_carries: bool = False
    """Whether an end frame, made of the draft, carries the motion in place of masks and paths."""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in image pixels; (0, 0) without an image."""
        return (self.picture.width, self.picture.height) if self.picture else (0, 0)


def of(picture: Picture) -> Shot:
    """A new shot of a picture, nothing painted."""
    return Shot(picture=picture, labels=areas.empty(picture.width, picture.height))


def snapshot(shot: Shot) -> Shot:
    """A copy that no stroke can change, fit to hand to another thread."""
    labels = shot.labels.copy()
    labels.setflags(write=False)
    return replace(shot, labels=labels, paths=dict(shot.paths))
