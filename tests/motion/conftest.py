"""Fixtures of the motion tests."""

from __future__ import annotations

import pytest

from tests.motion.scenes import Rgb, load_photo


@pytest.fixture(params=["rocket.jpg", "astronaut.png", "coffee.png"])
def photo(request: pytest.FixtureRequest) -> Rgb:
    """Each of the three photographs, (H, W, 3) RGB."""
    return load_photo(request.param)
