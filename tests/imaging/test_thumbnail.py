"""The preview: its size, its tint, and what it refuses."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from kling_desktop.imaging.thumbnail import COLOURS, thumbnail
from kling_desktop.model import areas


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "JPEG"
        return np.asarray(image.convert("RGB")).astype(int)


def grey(width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), 100, np.uint8)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((640, 427), (256, 171)),
        ((427, 640), (171, 256)),
        ((40, 20), (256, 128)),
        ((9000, 3), (256, 1)),
    ],
)
def test_the_long_side_has_the_length_asked_for(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    found = decoded(thumbnail(grey(*size), areas.empty(*size), 256))
    assert (found.shape[1], found.shape[0]) == expected


def test_without_areas_the_colours_are_the_pictures() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:] = (200, 120, 30)
    found = decoded(thumbnail(pixels, areas.empty(64, 64), 64))
    assert np.abs(found[32, 32] - (200, 120, 30)).max() <= 4


@pytest.mark.parametrize("area", areas.AREAS)
def test_each_area_is_tinted_in_its_colour(area: int) -> None:
    labels = areas.empty(128, 128)
    labels[:, :64] = area
    found = decoded(thumbnail(grey(128, 128), labels, 64))
    expected = (np.array(COLOURS[area - 1]) + 100) / 2
    assert np.abs(found[32, 10] - expected).max() <= 6
    assert np.abs(found[32, 54] - 100).max() <= 6


def test_the_colours_can_be_chosen() -> None:
    labels = np.full((64, 64), 3, np.uint8)
    colours = [(0, 0, 0)] * 2 + [(255, 255, 255)] + [(0, 0, 0)] * 4
    found = decoded(thumbnail(grey(64, 64), labels, 64, colours=colours))
    assert np.abs(found[32, 32] - 177).max() <= 6


def test_the_same_shot_gives_the_same_preview() -> None:
    labels = np.tile(np.arange(8, dtype=np.uint8), (64, 8))
    assert thumbnail(grey(64, 64), labels, 32) == thumbnail(grey(64, 64), labels.copy(), 32)


def test_a_map_of_another_size_or_missing_colours_are_mistakes() -> None:
    with pytest.raises(ValueError, match="labels are"):
        thumbnail(grey(64, 64), areas.empty(32, 64), 32)
    with pytest.raises(ValueError, match="seven colours"):
        thumbnail(grey(64, 64), areas.empty(64, 64), 32, colours=COLOURS[:3])
