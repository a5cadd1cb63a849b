"""A place of the artist's own, from a few fields to a client that speaks to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kling_desktop.model.capabilities import Catalogue
from kling_desktop.providers import schema
from kling_desktop.providers.client import Client
from kling_desktop.providers.custom import Relay, RelayError, profile_entry, templates
from kling_desktop.providers.overrides import Entries
from kling_desktop.providers.profiles import load_profiles
from kling_desktop.storage.user_profiles import add_profile

from .contract import KEY, PLACES, body_of, painted_shot
from .fakes.fal import Fal
from .fakes.newapi import NewApi

RESOURCES = Path(__file__).parents[2] / "resources"
PROFILES = RESOURCES / "providers.json"


@pytest.fixture(scope="module")
def known() -> Entries:
    return templates(PROFILES)


def wrong(relay: Relay, known: Entries) -> dict[str, str]:
    with pytest.raises(RelayError) as caught:
        profile_entry(relay, known, ())
    return caught.value.fields


def test_the_practice_server_is_no_example_to_follow(known: Entries) -> None:
    assert list(known) == ["mulerun", "official", "passthrough", "newapi", "fal", "piapi"]


@pytest.mark.parametrize("like", ["mulerun", "official", "passthrough", "newapi", "fal", "piapi"])
def test_a_place_like_any_other_is_sound_and_has_no_prices(known: Entries, like: str) -> None:
    relay = Relay("Studio relay", " https://relay.example.com/v1/ ", like)
    name, entry = profile_entry(relay, known, ())
    assert name == "studio-relay"
    assert entry["label"] == "Studio relay"
    assert entry["base_urls"] == ["https://relay.example.com/v1"]
    assert "prices" not in entry
    assert not entry.get("find_by_external_id")
    assert schema.mistakes("profiles", name, entry) == []


def test_header_and_prefix_are_the_artists_or_the_templates(known: Entries) -> None:
    own = Relay("A", "https://a.example.com", "passthrough", " X-Token ", "")
    _, entry = profile_entry(own, known, ())
    assert (entry["header"], entry["prefix"]) == ("X-Token", "")
    _, entry = profile_entry(Relay("A", "https://a.example.com", "piapi"), known, ())
    assert (entry["header"], entry["prefix"]) == ("x-api-key", "")


def test_the_template_is_left_as_it_is(known: Entries) -> None:
    _, entry = profile_entry(Relay("A", "https://a.example.com", "fal"), known, ())
    entry["endpoints"]["kling-v1"].clear()
    assert known["fal"]["endpoints"]["kling-v1"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Atelier Ünïque!", "atelier-unique"),
        ("可灵", "relay"),
        ("--", "relay"),
        ("x" * 60, "x" * 24),
        ("Twice", "twice-3"),
    ],
)
def test_an_id_is_made_of_the_name_and_free(known: Entries, label: str, name: str) -> None:
    relay = Relay(label, "https://a.example.com", "newapi")
    assert profile_entry(relay, known, ("twice", "twice-2"))[0] == name


@pytest.mark.parametrize(
    ("relay", "field", "says"),
    [
        (Relay(" ", "https://a.example.com", "fal"), "label", "Give this place a name."),
        (Relay("A", "", "fal"), "base_url", "must look like https://api.example.com"),
        (Relay("A", "a.example.com", "fal"), "base_url", "must look like"),
        (Relay("A", "https://a.example.com?x=1", "fal"), "base_url", "must look like"),
        (Relay("A", "HTTP://a.example.com", "fal"), "base_url", "must look like"),
        (Relay("A", "http://a.example.com", "fal"), "base_url", "go out readable"),
        (Relay("A", "https://a.example.com", "cobol"), "like", "Choose what it speaks like: mul"),
        (Relay("A", "https://a.example.com", "fal", "My key"), "header", "must be one word"),
        (Relay("A", "https://a.example.com", "fal", ""), "header", "must be one word"),
        (Relay("A", "https://a.example.com", "fal", None, "a b"), "prefix", "or nothing"),
    ],
)
def test_each_mistake_has_a_sentence_at_its_field(
    known: Entries, relay: Relay, field: str, says: str
) -> None:
    found = wrong(relay, known)
    assert list(found) == [field]
    assert says in found[field]
    assert found[field].endswith(".") or field == "like"


def test_two_mistakes_are_two_sentences(known: Entries) -> None:
    assert list(wrong(Relay("", "x", "fal", "a b"), known)) == ["label", "base_url", "header"]


def test_this_computer_needs_no_encryption(known: Entries) -> None:
    _, entry = profile_entry(Relay("Here", "http://127.0.0.1:8080", "newapi"), known, ())
    assert entry["base_urls"] == ["http://127.0.0.1:8080"]


@pytest.mark.parametrize(("like", "kind"), [("newapi", NewApi), ("fal", Fal)])
def test_from_the_fields_to_a_task(
    tmp_path: Path, known: Entries, models: Catalogue, like: str, kind: type[NewApi | Fal]
) -> None:
    fake = kind(KEY)
    name, entry = profile_entry(Relay("Mine", fake.url, like), known, ())
    mine = tmp_path / "config" / "providers.json"
    add_profile(mine, name, entry)
    profiles = load_profiles(PROFILES, mine)
    client = Client(profiles[name], None, KEY)
    place = PLACES["fal, v1 pro"]
    sample = {**profiles, "fal": profiles[name]}
    made = client.create(body_of(painted_shot(place), place, sample, models))
    assert client.query(made).state == "waiting"
    assert fake.only.model == "kling-v1"
    client.close()
    fake.stop()
