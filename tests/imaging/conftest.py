"""What the tests of the imaging package share: the photographs."""

from __future__ import annotations

from pathlib import Path

import pytest

PHOTOS = Path(__file__).parents[1] / "data" / "photos"


@pytest.fixture(params=["rocket.jpg", "astronaut.png", "coffee.png"])
def photo(request: pytest.FixtureRequest) -> Path:
    """Each of the three photographs in turn."""
    return PHOTOS / request.param


@pytest.fixture
def astronaut() -> Path:
    return PHOTOS / "astronaut.png"


@pytest.fixture
def rocket() -> Path:
    return PHOTOS / "rocket.jpg"
