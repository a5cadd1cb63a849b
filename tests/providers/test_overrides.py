"""A user's file with mistakes: each is said with its place, and what is sound in the file counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.model.capabilities import Catalogue
from kling_desktop.providers.models import load_models
from kling_desktop.providers.profiles import Profile, load_profiles

RESOURCES = Path(__file__).parents[2] / "resources"
PROFILES, MODELS = RESOURCES / "providers.json", RESOURCES / "models.json"
RELAY = {
    "label": "My relay",
    "base_urls": ["https://relay.example.com"],
    "create": "/kling/v1/videos/image2video",
    "query": "/kling/v1/videos/image2video/{id}",
    "dialect": "official",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "providers.json"


def loaded(file: Path, content: Any) -> tuple[dict[str, Profile], list[str]]:
    """The profiles, and what was told."""
    said: list[str] = []
    write(file, content)
    return load_profiles(PROFILES, file, said.append), said


def write(file: Path, content: Any) -> None:
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def test_a_broken_entry_is_left_out_and_a_good_one_stays(
    file: Path, profiles: dict[str, Profile]
) -> None:
    mine = {"good": RELAY, "bad": RELAY | {"lable": "x"}, "mulerun": {"lable": "x"}}
    found, said = loaded(file, {"profiles": mine})
    assert found["good"].label == "My relay"
    assert "bad" not in found
    assert found["mulerun"] == profiles["mulerun"]
    assert said == [
        f"In {file}, “profiles → bad → lable” is not known here.",
        f"In {file}, “profiles → mulerun → lable” is not known here.",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "line 1, column 2: a name in double quotes is missing here"),
        ('{\n "profiles": {}\n "x": 1}', "line 3, column 2: a comma or a closing bracket is"),
        ('{"profiles" {}}', "line 1, column 13: a colon is missing before this."),
        ('{"profiles": }', "line 1, column 14: a value is missing here."),
        ('{"profiles": "x}', "line 1, column 14: the closing quote of this text is missing."),
        ('{"profiles": {}} {}', "line 1, column 18: the file should have ended before this."),
        ("", "line 1, column 1: a value is missing here."),
        ("[" * 100_000, "nested too deeply."),
        ('{"profiles": ' + "9" * 5000 + "}", "a number in it has too many digits."),
        ('{"profiles": {}}'.encode("utf-16"), "this is not text in UTF-8; save the file in that"),
        ('{"mulerun": {"lable": "x"}}', "must hold an object “profiles” with one object for each"),
        ("[]", "must hold an object “profiles” with one object for each name."),
    ],
)
def test_a_file_that_makes_no_sense_leaves_what_is_shipped(
    file: Path, profiles: dict[str, Profile], content: str | bytes, says: str
) -> None:
    found, said = loaded(file, content)
    assert found == profiles
    assert len(said) == 1
    assert str(file) in said[0] and says in said[0]


def test_a_file_that_may_not_be_opened_leaves_what_is_shipped(
    tmp_path: Path, profiles: dict[str, Profile]
) -> None:
    said: list[str] = []
    assert load_profiles(PROFILES, tmp_path, said.append) == profiles
    assert said[0].startswith(f"{tmp_path} could not be opened")


def test_the_byte_order_mark_of_an_editor_is_no_mistake(file: Path) -> None:
    text = json.dumps({"profiles": {"good": RELAY}})
    found, said = loaded(file, b"\xef\xbb\xbf" + text.encode())
    assert "good" in found and said == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"profiles": {"a": %s, "a": %s}}', "“profiles → a” stands there twice; remove one"),
        ('{"profiles": {"a": %s}, "profiles": {"a": %s}}', "“profiles” stands there twice"),
        ('{"profiles": {"a": {"label": "x", "label": "y"}, "b": %s}}', "a → label” stands there"),
    ],
)
def test_what_is_said_twice_is_a_mistake(file: Path, content: str, says: str) -> None:
    relay = json.dumps(RELAY)
    found, said = loaded(file, content.replace("%s", relay))
    assert says in said[0]
    assert ("a" in found) == ("“profiles”" in said[0])


@pytest.mark.parametrize("amount", ["Infinity", "-Infinity", "NaN", "1e999"])
def test_a_price_without_end_is_a_mistake(file: Path, amount: str) -> None:
    prices = {"currency": "EUR", "date": "2026-11-22", "models": {"m": {"*": "amount"}}}
    text = json.dumps({"profiles": {"a": {**RELAY, "prices": prices}}})
    found, said = loaded(file, text.replace('"amount"', amount))
    assert said == [
        f"In {file}, “profiles → a → prices → models → m → *” must be a number that is not endless."
    ]
    assert "a" not in found


def test_half_a_character_and_deep_nesting_are_mistakes(file: Path) -> None:
    deep = json.loads("[" * 200 + "]" * 200)
    beside = {"request": {"beside": {"x": deep}}}
    found, said = loaded(
        file, {"profiles": {"a": RELAY | {"label": "\ud800"}, "b": RELAY | beside}}
    )
    assert not found.keys() & {"a", "b"}
    assert any("profiles → a → label” holds half of a character" in each for each in said)
    assert any("profiles → b → request” is nested too deeply" in each for each in said)
    assert len(said) == 2


def test_a_shipped_place_that_would_be_spoken_to_otherwise_is_not_spoken_to(file: Path) -> None:
    """Its keys and tasks belong to the other address; the shipped host must not see them."""
    found, said = loaded(file, {"profiles": {"mulerun": {"base_urls": ["http://r.example.com"]}}})
    assert "mulerun" not in found and "official" in found
    assert "“profiles → mulerun → base_urls → 0” is wrong: over http://" in said[0]
    found, _ = loaded(file, '{"profiles": {"mulerun": {"base_urls": ["https://r.example.com"]}}')
    assert "mulerun" not in found and "official" in found
    found, _ = loaded(file, {"profiles": {"practice": {"query": "/", "label": "P"}}})
    assert found["practice"].label != "P", "practice goes on"


def test_a_broken_model_is_left_out_and_a_good_one_stays(tmp_path: Path, models: Catalogue) -> None:
    file, said = tmp_path / "models.json", list[str]()
    mine = {"kling-v9": {"durations": ["5"]}, "kling-v8": {}, "kling-v3": {"brush": "*"}, " ": {}}
    write(file, {"models": mine})
    found = load_models(MODELS, file, said.append)
    assert set(found.models) - set(models.models) == {"kling-v9"}
    assert found.models["kling-v3"] == models.models["kling-v3"]
    assert [each.split("”")[0] for each in said] == [
        f"In {file}, “models → kling-v8 → durations",
        f"In {file}, “models → kling-v3 → brush",
        f"In {file}, “models →  ",
    ]


def test_what_may_be_null_or_noted_is_understood(file: Path) -> None:
    extra: dict[str, Any] = {
        "mask_encoding": {"moving": None},
        "reply": {"states": {"note": "as of May", "done": ["Ready"]}},
        "request": {"note": "as of May"},
    }
    found, said = loaded(file, {"profiles": {"a": RELAY | extra}})
    assert said == []
    assert found["a"].mask_encoding.moving == ()
    assert found["a"].reply.words == {"ready": "done"}
