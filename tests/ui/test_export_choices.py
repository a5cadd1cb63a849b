"""What can be chosen for an export: read back whatever was kept, never larger than the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.model.camera import Camera
from kling_desktop.model.shot import Picture, Shot
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.export import Kind, size
from kling_desktop.ui.dialogs.export_choices import (
    CUSTOM,
    SOURCE,
    Choices,
    estimate,
    in_bytes,
    moving_share,
    sizes,
    understood,
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(list(Choices().to_json())), anything) | anything)
def test_broken_preferences_are_as_usual(found: object) -> None:
    choices = understood(found)
    assert understood(choices.to_json()) == choices
    assert 1 <= choices.high(300) <= 300


@given(st.integers(1, 9000), st.integers(1, 6000), st.sampled_from([SOURCE, CUSTOM, 480, 1080]))
def test_no_export_is_larger_than_its_picture(width: int, height: int, chosen: int) -> None:
    assert all(each < height for each in sizes(height) if each not in {SOURCE, CUSTOM})
    wide, high = size(width, height, Choices(size=chosen).high(height), Kind.PNG)
    assert 1 <= high <= height
    assert 1 <= wide <= width
    wider, higher = size(width, height, high, Kind.MP4)
    assert (wider - wide, higher - high) == (wide % 2, high % 2)


@pytest.mark.parametrize("kind", [*Kind])
def test_the_estimate_grows_with_everything(kind: Kind) -> None:
    least = estimate(kind, 1000, 10, 0.1)
    assert 0 < least < estimate(kind, 2000, 10, 0.1)
    assert least < estimate(kind, 1000, 20, 0.1)
    assert least <= estimate(kind, 1000, 10, 0.9)


def test_sizes_in_words() -> None:
    words = [in_bytes(size) for size in (9e5, 1.24e6, 45.6e6, 2.5e9)]
    assert words == ["less than 1 MB", "about 1.2 MB", "about 46 MB", "about 2.5 GB"]


def test_a_camera_moves_everything() -> None:
    shot = Shot(picture=Picture(b"", "PNG", 512, 512, ""))
    assert moving_share(shot, 512 * 64) == 0.25
    assert moving_share(Shot(picture=shot.picture, camera=Camera(config={"zoom": 5.0})), 0) == 1.0


@pytest.mark.parametrize(("width", "height", "high"), [(97, 64, 33), (64, 97, 97), (90, 3, 1)])
def test_the_size_said_is_the_size_of_the_draft(width: int, height: int, high: int) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    draft = Draft(pixels, np.zeros((height, width), np.uint8), {}, height=high)
    assert size(width, height, high, Kind.PNG) == draft.size == draft.frame(0.0).shape[1::-1]
