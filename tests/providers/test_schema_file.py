"""providers.schema.json says what the checks say: of the shipped file, and of every mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from kling_desktop.providers import schema
from kling_desktop.providers.dialects import DIALECTS
from kling_desktop.providers.profiles import ProfileError, load_profiles
from kling_desktop.providers.schema_file import json_schema, text

from .json_schema import mistakes

RESOURCES = Path(__file__).parents[2] / "resources"
PROFILES, SCHEMA = RESOURCES / "providers.json", RESOURCES / "providers.schema.json"

WHOLE = {
    "label": "My relay",
    "base_urls": ["https://relay.example.com/"],
    "create": "/kling/v1/videos/image2video",
    "query": "/kling/v1/videos/image2video/{id}",
    "dialect": "official",
}
COLOURS = ["#000001", "#000002", "#000003", "#000004", "#000005", "#000006"]

MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("label", {"label": ""}, "must not be empty"),
    ("label", {"label": 7}, "must be text in quotes"),
    ("base_urls → 0", {"base_urls": ["relay"]}, "must be an address"),
    ("base_urls → 0", {"base_urls": ["ftp://x.example.com"]}, "must be an address"),
    ("base_urls → 0", {"base_urls": ["https://u:p@x.example.com"]}, "must be an address"),
    ("base_urls → 0", {"base_urls": ["https://x.example.com?key=1"]}, "must be an address"),
    ("base_urls → 0", {"base_urls": ["http://x.example.com"]}, "the key would go out readable"),
    ("base_urls → 0", {"base_urls": ["http://127.x.example.com"]}, "would go out readable"),
    ("base_urls → 0", {"base_urls": ["http://127.0.0.evil"]}, "would go out readable"),
    ("base_urls", {"base_urls": "https://x.example.com"}, "must be a list"),
    ("create", {"create": "kling"}, "must begin with /"),
    ("create", {"create": "/x?y=1"}, "must begin with / and hold neither spaces"),
    ("create", {"create": None}, "must be text in quotes"),
    ("query", {"query": "/tasks"}, "must name the task as {id}, once"),
    ("query", {"query": "/{id}/{id}"}, "must name the task as {id}, once"),
    ("query", {"query": "tasks/{id}"}, "must name the task as {id}, once"),
    ("result", {"result": "/tasks"}, "must name the task as {id}, once"),
    (
        "dialect",
        {"dialect": "klingon"},
        "must be 'mulerun', 'official', 'newapi', 'fal' or 'piapi'",
    ),
    ("auth", {"auth": "basic"}, "must be 'key' or 'official'"),
    ("header", {"header": "X Key"}, "must be the name of a header"),
    ("header", {"header": "hOsT"}, "must be the name of a header"),
    ("header", {"header": ""}, "must be the name of a header"),
    ("prefix", {"prefix": "Bearer "}, "must be a word such as Bearer"),
    ("headers → Content-Length", {"headers": {"Content-Length": "5"}}, "the name of a header"),
    ("headers → X-A", {"headers": {"X-A": "a\nX-B: b"}}, "must be plain text on one line"),
    ("key_label", {"key_label": None}, "must be text in quotes"),
    ("request → names → picture", {"request": {"names": {"picture": "p"}}}, "must be "),
    ("request → names → image", {"request": {"names": {"image": ""}}}, "must not be empty"),
    ("request → leave_out → 0", {"request": {"leave_out": ["all"]}}, "must be "),
    ("request → leave_out → 0", {"request": {"leave_out": ["image"]}}, "must be 'model_name', "),
    ("request → whole_numbers → 0", {"request": {"whole_numbers": ["mode"]}}, "'duration'"),
    ("request → images", {"request": {"images": "hex"}}, "must be 'base64' or 'data-uri'"),
    ("request → points", {"request": {"points": "middle"}}, "must be 'bottom-left' or"),
    ("request → beside", {"request": {"beside": []}}, "must be an object in braces"),
    ("reply → id → 0", {"reply": {"id": ["data..id"]}}, "must be a place such as data.task_id"),
    ("reply → states → over", {"reply": {"states": {"over": ["x"]}}}, "is not known here"),
    ("reply → states → done → 0", {"reply": {"states": {"done": [""]}}}, "must not be empty"),
    ("mask_encoding → kind", {"mask_encoding": {"kind": "odd"}}, "must be 'separate' or"),
    ("mask_encoding → brushed", {"mask_encoding": {"brushed": "red"}}, "'white' or 'black'"),
    ("mask_encoding", {"mask_encoding": {"kind": "indexed"}}, "needs 6 colours"),
    (
        "mask_encoding → moving",
        {"mask_encoding": {"kind": "indexed", "moving": COLOURS[:5]}},
        "has too few entries",
    ),
    (
        "mask_encoding → moving",
        {"mask_encoding": {"kind": "indexed", "moving": [*COLOURS, "#000007"]}},
        "has too many entries",
    ),
    (
        "mask_encoding → static",
        {"mask_encoding": {"static": "black"}},
        "must be a colour such as #72e528",
    ),
    ("serves → 0", {"serves": [""]}, "must not be empty"),
    ("models → m → brush → 0", {"models": {"m": {"brush": ["pro 5 s"]}}}, "a cell is written"),
    ("models → m → camera_kinds → 0", {"models": {"m": {"camera_kinds": ["spin"]}}}, "must be one"),
    ("models → m → cfg", {"models": {"m": {"cfg": "yes"}}}, "must be true or false"),
    ("models → m → durations", {"models": {"m": {"durations": []}}}, "has too few entries"),
    ("models → m → speed", {"models": {"m": {"speed": 1}}}, "is not known here"),
    ("prices → date", {"prices": {"currency": "EUR", "models": {}}}, "is missing"),
    (
        "prices → date",
        {"prices": {"currency": "EUR", "date": "today", "models": {}}},
        "must be a date written as",
    ),
    (
        "prices → seconds",
        {"prices": {"currency": "EUR", "date": "2026-11-22", "seconds": 0, "models": {}}},
        "must be more than 0",
    ),
    (
        "prices → models → m → *",
        {"prices": {"currency": "EUR", "date": "2026-11-22", "models": {"m": {"*": -1}}}},
        "must not be less than 0",
    ),
    ("find_by_external_id", {"find_by_external_id": 1}, "must be true or false"),
    ("video_days", {"video_days": "3"}, "must be a whole number"),
    ("video_days", {"video_days": 0}, "must be more than 0"),
    ("base_url", {"base_url": "x"}, "is not known here"),
    ("endpoints → m → std", {"endpoints": {"m": {"std": "a b"}}}, "must be a part of a path"),
    ("", {"endpoints": {"m": {"std": "v1"}}}, "“create” holds {endpoint} where, and only where"),
    ("", {"create": "/x/{endpoint}"}, "“create” holds {endpoint} where, and only where"),
]

FINE: list[dict[str, Any]] = [
    {},
    {"base_urls": []},
    {"base_urls": ["http://127.0.0.1:8080", "http://[::1]:9", "https://a.example.com/v1"]},
    {"header": "x-api-key", "prefix": "", "headers": {"X-Team": "film 3"}},
    {"create": "/x/{endpoint}/y", "endpoints": {"m": {"*": "v1/pro"}}},
    {"mask_encoding": {"kind": "indexed", "moving": COLOURS, "static": "#ABCDEF"}},
    {"prices": None, "serves": None, "result": None},
    {"serves": ["kling-v1"], "models": {"kling-v1": {"brush": ["* 5", "*"], "cfg": None}}},
    {"reply": {"id": ["made.id"], "states": {"done": ["ready"]}}},
    {"request": {"inside": "input", "beside": {"model": "kling", "deep": {"er": [1, None]}}}},
]


@pytest.fixture(scope="module")
def rules() -> dict[str, Any]:
    found = json.loads(SCHEMA.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def shipped() -> dict[str, Any]:
    found = json.loads(PROFILES.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_file_is_as_the_checks_write_it() -> None:
    assert SCHEMA.read_text("utf-8") == text(PROFILES), (
        "Write it again: python -m kling_desktop.providers.schema_file resources/providers.json"
    )


def test_the_shipped_file_names_it_and_keeps_to_it(rules: dict[str, Any]) -> None:
    whole = shipped()
    assert (PROFILES.parent / whole["$schema"]).resolve() == SCHEMA.resolve()
    assert list(mistakes(whole, rules, rules)) == []


@pytest.mark.parametrize("name", list(shipped()["profiles"]))
def test_each_shipped_entry_is_whole(rules: dict[str, Any], name: str) -> None:
    entry = shipped()["profiles"][name]
    assert list(mistakes(entry, {"$ref": "#/$defs/ProfileEntry"}, rules)) == []
    assert schema.mistakes("profiles", name, entry) == []


@pytest.mark.parametrize(("place", "change", "says"), MISTAKES)
def test_each_mistake_is_refused_by_both(
    rules: dict[str, Any], tmp_path: Path, place: str, change: dict[str, Any], says: str
) -> None:
    theirs = {"profiles": {"mine": {**WHOLE, **change}}}
    assert list(mistakes(theirs, rules, rules)), "the schema lets it pass"
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(theirs), "utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profiles(PROFILES, file)
    where = " → ".join(filter(None, ("profiles → mine", place)))
    first = caught.value.sentences[0]
    assert first.startswith(f"In {file}, “{where}” ")
    assert says in first
    assert first.endswith(".")


@pytest.mark.parametrize("key", list(WHOLE))
def test_what_every_place_needs_is_missed_by_both(rules: dict[str, Any], key: str) -> None:
    entry = {name: value for name, value in WHOLE.items() if name != key}
    assert list(mistakes({"profiles": {"mine": entry}}, rules, rules))
    assert schema.mistakes("profiles", "mine", entry) == [f"mine → {key}” is missing."]


@pytest.mark.parametrize("change", FINE)
def test_what_is_fine_is_fine_for_both(rules: dict[str, Any], change: dict[str, Any]) -> None:
    entry = {**WHOLE, **change}
    assert list(mistakes({"profiles": {"mine": entry}}, rules, rules)) == []
    assert schema.mistakes("profiles", "mine", entry) == []


@pytest.mark.parametrize(
    "change",
    [
        {"video_days": 3},
        {"prices": {"date": "2027-01-01"}},
        {"mask_encoding": {"brushed": "black"}},
        {"reply": {"states": {"done": ["ready"]}}},
    ],
)
def test_single_keys_of_a_shipped_place_may_change(
    rules: dict[str, Any], tmp_path: Path, change: dict[str, Any]
) -> None:
    theirs = {"profiles": {"fal": change}}
    assert list(mistakes(theirs, rules, rules)) == []
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(theirs), "utf-8")
    assert load_profiles(PROFILES, file)["fal"].create.startswith("/fal-ai/")
    assert list(mistakes({"profiles": {"fal": {"video_days": "3"}}}, rules, rules))


@pytest.mark.parametrize("whole", [[], {"profiles": []}, {}, {"profiles": {"mine": 5}}])
def test_a_file_that_is_no_profile_file_is_refused_by_both(
    rules: dict[str, Any], tmp_path: Path, whole: Any
) -> None:
    assert list(mistakes(whole, rules, rules))
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(whole), "utf-8")
    with pytest.raises(ProfileError, match=r"must (hold|be) an object"):
        load_profiles(PROFILES, file)


@pytest.mark.parametrize("name", ["", "Bad Id!", "-a", "a" * 33, "über"])
def test_an_id_that_is_none_is_refused_by_both(
    rules: dict[str, Any], tmp_path: Path, name: str
) -> None:
    assert list(mistakes({"profiles": {name: WHOLE}}, rules, rules))
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"profiles": {name: WHOLE}}), "utf-8")
    with pytest.raises(ProfileError, match="is no id: it takes up to 32 small letters"):
        load_profiles(PROFILES, file)


PRICES = {"currency": "EUR", "date": "2026-11-22", "models": {"m": {"*": 1}}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"prices": {**PRICES, "date": "2026-13-45"}}, "prices → date” is wrong: there is no such"),
        ({"prices": {**PRICES, "date": "2026-02-29"}}, "prices → date” is wrong: there is no such"),
        ({"request": {"names": {"image": "prompt"}}}, "two fields would be called “prompt”"),
        (
            {"request": {"names": {"image": "x", "image_tail": "x"}}},
            "two fields would be called “x” here",
        ),
        ({"request": {"names": {"mask": "trajectories"}}}, "would be called “trajectories” here"),
        ({"request": {"beside": {"mode": "a"}}}, "two fields would be called “mode” here"),
        ({"request": {"beside": {"in": 1}, "inside": "in"}}, "would be called “in” here"),
    ],
)
def test_what_only_the_checks_can_see(change: dict[str, Any], says: str) -> None:
    (said,) = schema.mistakes("profiles", "mine", {**WHOLE, **change})
    assert says in said


@pytest.mark.parametrize(
    "request_entry",
    [
        {"names": {"image": "prompt"}, "leave_out": ["prompt"]},
        {"names": {"image": "prompt", "prompt": "image"}},
        {"beside": {"mode": "a"}, "inside": "input"},
    ],
)
def test_names_that_only_look_as_if_they_met(request_entry: dict[str, Any]) -> None:
    assert schema.mistakes("profiles", "mine", {**WHOLE, "request": request_entry}) == []


def test_the_dialects_of_the_schema_are_those_there_are() -> None:
    named = get_args(schema.ProfileEntry.model_fields["dialect"].annotation)
    assert set(named) == set(DIALECTS)


def test_a_new_shipped_place_is_in_the_schema() -> None:
    found = json_schema(["a", "b"])
    assert list(found["properties"]["profiles"]["properties"]) == ["a", "b"]
