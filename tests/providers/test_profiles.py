"""The shipped resources are sound, and a user's file changes them or says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.model.capabilities import Catalogue
from kling_desktop.model.shot import Settings
from kling_desktop.providers import schema
from kling_desktop.providers.models import catalogue_for, load_models
from kling_desktop.providers.prices import Price, estimate
from kling_desktop.providers.profiles import (
    Brushed,
    MaskKind,
    Profile,
    ProfileError,
    load_profiles,
)

RESOURCES = Path(__file__).parents[2] / "resources"
PROFILES, MODELS = RESOURCES / "providers.json", RESOURCES / "models.json"


def written(folder: Path, content: Any) -> Path:
    path = folder / "mine.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def refused(folder: Path, content: Any) -> str:
    with pytest.raises(ProfileError) as caught:
        load_profiles(PROFILES, written(folder, content))
    return str(caught.value)


RELAY = {
    "label": "My relay",
    "base_urls": ["https://relay.example.com/"],
    "create": "/kling/v1/videos/image2video",
    "query": "/kling/v1/videos/image2video/{id}",
    "dialect": "official",
}


@pytest.mark.parametrize(("file", "section"), [(PROFILES, "profiles"), (MODELS, "models")])
def test_the_shipped_files_obey_their_shape(file: Path, section: str) -> None:
    entries = json.loads(file.read_text("utf-8"))[section]
    assert entries
    assert [schema.mistakes(section, name, entry) for name, entry in entries.items()] == [
        [] for _ in entries
    ]


def test_the_seeds_relay_is_spoken_to_as_its_page_says(profiles: dict[str, Profile]) -> None:
    relay = profiles["mulerun"]
    assert relay.base_urls == ("https://api.mulerun.com", "https://api.mulerouter.ai")
    assert relay.create == "/vendors/kling/v1/videos/image2video"
    assert relay.query == relay.create + "/{id}"
    assert (relay.dialect, relay.auth) == ("mulerun", "key")
    assert relay.mask_encoding.kind == MaskKind.SEPARATE
    assert relay.mask_encoding.brushed == Brushed.WHITE
    assert relay.price_date is None
    assert not relay.find_by_external_id


def test_the_practice_profile_brings_no_address_and_costs_nothing(
    profiles: dict[str, Profile],
) -> None:
    practice = profiles["practice"]
    assert practice.base_urls == ()
    assert practice.find_by_external_id
    price = estimate(practice, "kling-v3", "4k", "15")
    assert price is not None
    assert price.amount == 0


def test_the_default_shot_fits_the_default_relay(
    profiles: dict[str, Profile], models: Catalogue
) -> None:
    settings = Settings()
    for name in ("mulerun", "practice"):
        master = catalogue_for(profiles[name], models).get(settings.model_name)
        assert master is not None
        assert master.modes == ("std", "pro")
        assert master.durations == ("5", "10")
        assert master.cfg
        assert master.allows(master.brush, "std", "10")
        assert master.allows(master.camera, "pro", "5")
        assert len(master.camera_kinds) == 5
        assert not master.end_frame
        assert not master.retired


def test_officially_only_three_cells_ever_had_the_brush(
    profiles: dict[str, Profile], models: Catalogue
) -> None:
    served = catalogue_for(profiles["official"], models)
    cells = {(name, *cell) for name, model in served.models.items() for cell in model.brush}
    assert cells == {
        ("kling-v1", "std", "5"),
        ("kling-v1", "pro", "5"),
        ("kling-v1-5", "pro", "5"),
    }
    assert len(served.models) == 9
    assert served.models["kling-v2-1-master"].modes == ()


@pytest.mark.parametrize(
    ("model", "mode", "duration", "amount"),
    [
        ("kling-v1", "std", "5", 0.14),
        ("kling-v1", "pro", "10", 0.98),
        ("kling-v2-1-master", "pro", "5", 1.4),
        ("kling-v3", "std", "3", 0.252),
        ("kling-v3", "4k", "10", 4.2),
    ],
)
def test_official_prices(
    profiles: dict[str, Profile], model: str, mode: str, duration: str, amount: float
) -> None:
    assert estimate(profiles["official"], model, mode, duration) == Price(
        amount, "USD", "2026-05-15"
    )


def test_a_price_that_nobody_knows_is_none(profiles: dict[str, Profile]) -> None:
    assert estimate(profiles["mulerun"], "kling-v2-1-master", "pro", "5") is None
    assert estimate(profiles["official"], "kling-v9", "pro", "5") is None
    assert estimate(profiles["official"], "kling-v1", "pro", "long") is None


def test_a_users_file_adds_a_relay_and_changes_single_keys(tmp_path: Path) -> None:
    mine = {"profiles": {"mine": RELAY, "mulerun": {"video_days": 3}}}
    found = load_profiles(PROFILES, written(tmp_path, mine))
    assert found["mine"].base_urls == ("https://relay.example.com",)
    assert found["mine"].auth == "key"
    assert found["mulerun"].video_days == 3
    assert found["mulerun"].create == "/vendors/kling/v1/videos/image2video"


def test_a_users_file_changes_and_adds_models(tmp_path: Path) -> None:
    mine = {
        "models": {
            "kling-v2-6": {"brush": ["pro 5"]},
            "kling-v9": {"label": "Kling 9", "durations": ["7"], "end_frame": ["*"]},
        }
    }
    found = load_models(MODELS, written(tmp_path, mine))
    assert found.models["kling-v2-6"].brush == frozenset({("pro", "5")})
    assert found.models["kling-v2-6"].label == "Kling 2.6"
    assert found.models["kling-v9"].durations == ("7",)
    assert list(found.models)[-1] == "kling-v9"


def test_a_profile_that_serves_few_models_offers_those_in_its_order(
    tmp_path: Path, models: Catalogue
) -> None:
    mine = {"profiles": {"mine": RELAY | {"serves": ["kling-v1-5", "kling-v1", "kling-v9"]}}}
    profile = load_profiles(PROFILES, written(tmp_path, mine))["mine"]
    assert list(catalogue_for(profile, models).models) == ["kling-v1-5", "kling-v1"]


def test_without_a_users_file_the_shipped_ones_stand(tmp_path: Path) -> None:
    assert load_profiles(PROFILES, tmp_path / "none.json") == load_profiles(PROFILES)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dialect": "klingon"}, "“profiles → mine → dialect” must be 'mulerun', 'official', "),
        ({"create": None}, "“profiles → mine → create” must be text in quotes."),
        ({"query": "/tasks"}, "“profiles → mine → query” is wrong: must name the task as {id}"),
        ({"base_urls": ["relay"]}, "“profiles → mine → base_urls → 0” is wrong: must be an addr"),
        ({"base_url": "x"}, "“profiles → mine → base_url” is not known here."),
        ({"video_days": "3"}, "“profiles → mine → video_days” must be a whole number."),
        ({"mask_encoding": {"kind": "odd"}}, "“profiles → mine → mask_encoding → kind” must be"),
        ({"models": {"m": {"brush": ["pro 5 s"]}}}, "brush → 0” is wrong: a cell is written"),
        ({"models": {"m": {"camera_kinds": ["spin"]}}}, "camera_kinds → 0” is wrong: must be"),
        ({"prices": {"currency": "EUR", "models": {}}}, "“profiles → mine → prices → date” is m"),
    ],
)
def test_each_mistake_is_said_with_its_place(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    text = refused(tmp_path, {"profiles": {"mine": RELAY | change}})
    assert text.startswith(f"In {tmp_path / 'mine.json'}, “profiles → mine → ")
    assert says in text
    assert text.endswith("Correct the file or remove it.")


def test_two_mistakes_are_two_sentences(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profiles(PROFILES, written(tmp_path, {"profiles": {"mine": {"label": ""}}}))
    assert len(caught.value.sentences) > 2
    assert "“profiles → mine → base_urls” is missing." in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "line 1, column 2: a name in double quotes is missing here"),
        ("[" * 100_000, "Correct the file or remove it."),
        ("[]", "must hold an object “profiles”"),
        ('{"profiles": {"mine": 5}}', "“profiles → mine” must be an object in braces."),
    ],
)
def test_a_file_that_is_no_profile_file_is_refused(tmp_path: Path, content: str, says: str) -> None:
    assert says in refused(tmp_path, content)


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="could not be opened"):
        load_profiles(PROFILES, tmp_path)


def test_loading_the_shipped_files_needs_nothing_heavy() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from kling_desktop.providers import auth, body, client, dialects, errors, models\n"
        "from kling_desktop.providers.profiles import load_profiles\n"
        f"load_profiles(Path({str(PROFILES)!r})); models.load_models(Path({str(MODELS)!r}))\n"
        "print([n for n in ('pydantic', 'requests', 'jwt', 'cv2', 'PIL') if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
