"""All areas in one image: the colours are as told, and nothing else is painted."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from kling_desktop.imaging.masks import indexed_png, read_labels

COLOURS = [(114, 229, 40), (171, 105, 255), (0, 170, 255), (255, 34, 0), (1, 2, 3), (9, 8, 7)]
BLACK = (0, 0, 0)


@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.integers(0, 7)
    )
)
def test_colours_and_values_both_tell_the_map(values: np.ndarray) -> None:
    data = indexed_png(values, [*COLOURS, BLACK])
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", values.shape[::-1])
        seen = np.asarray(image.convert("RGBA"))
    table = np.array([(255, 255, 255, 0), *((*each, 255) for each in [*COLOURS, BLACK])])
    assert (seen == table[values]).all()
    assert (read_labels(data, values.shape[1], values.shape[0]) == values).all()


def test_one_colour_is_enough() -> None:
    values = np.eye(5, dtype=np.uint8)
    with Image.open(io.BytesIO(indexed_png(values, [BLACK]))) as image:
        assert (np.asarray(image.convert("RGBA"))[..., 3] == values * 255).all()
