"""The artist's own relays beside entries that somebody wrote by hand, not all of them right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kling_desktop.providers.custom import Relay
from kling_desktop.relays import OwnRelays
from kling_desktop.workshop import Workshop

LAB = Relay("My lab", "https://lab.example.com", "official")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    shop = Workshop(tmp_path / "home")
    shop.directories.config.mkdir(parents=True)
    yield shop
    shop.close()


def test_a_new_relay_does_not_take_the_place_of_one_with_a_mistake(shop: Workshop) -> None:
    file = shop.directories.config / "providers.json"
    broken = {"label": "Mine, nearly right"}
    file.write_text(json.dumps({"profiles": {"my-lab": broken}}), "utf-8-sig")
    assert "my-lab" not in shop.profiles and shop.mistakes
    assert OwnRelays(shop).add(LAB).id == "my-lab-2"
    kept = json.loads(file.read_text("utf-8"))["profiles"]
    assert kept["my-lab"] == broken
    assert kept["my-lab-2"]["label"] == "My lab"


def test_nor_of_a_shipped_one_whose_change_holds_a_mistake(shop: Workshop) -> None:
    file = shop.directories.config / "providers.json"
    file.write_text(json.dumps({"profiles": {"fal": {"base_urls": "x"}}}), "utf-8")
    assert "fal" not in shop.profiles
    fal = Relay("Fal", "https://lab.example.com", "official")
    assert OwnRelays(shop).add(fal).id == "fal-2"
