"""Which models are offered in place of one that is gone."""

from __future__ import annotations

from dataclasses import replace

from kling_desktop.model import areas
from kling_desktop.model.camera import Camera
from kling_desktop.model.capabilities import Capability, Catalogue
from kling_desktop.model.shot import Settings, Shot
from kling_desktop.providers.alternatives import alternatives, offer, without
from kling_desktop.providers.models import catalogue_for
from kling_desktop.providers.profiles import Profile

from .conftest import shot_of


def names(catalogue: Catalogue, shot: Shot) -> list[str]:
    return [model.name for model in alternatives(catalogue, shot)]


def bare(**changes: object) -> Shot:
    return shot_of(labels=areas.empty(400, 300), paths={}, **changes)


def test_without_a_model_all_others_are_left_in_order(models: Catalogue) -> None:
    left = without(models, "kling-v1", "kling-v9")
    assert list(left.models) == [name for name in models.models if name != "kling-v1"]
    assert without(left, "kling-v1").models == left.models


def test_what_makes_the_shot_as_it_is_comes_first(
    profiles: dict[str, Profile], models: Catalogue
) -> None:
    left = without(catalogue_for(profiles["mulerun"], models), "kling-v2-1-master")
    found = names(left, shot_of())
    assert found[:2] == ["kling-v1", "kling-v1-5"]
    assert set(found) == set(left.models)
    assert offer(left, shot_of()) == (
        "Kling 1.0 makes this shot as it is. Choose it and generate again."
    )


def test_another_duration_comes_after_an_exact_fit(models: Catalogue) -> None:
    shot = shot_of(settings=Settings("kling-v2-1-master", "std", "10"))
    assert names(models, shot)[:2] == ["kling-v1", "kling-v1-5"]
    assert offer(models, shot).startswith("Kling 1.0 makes this shot with another mode or duration")
    pro = replace(shot, settings=Settings("kling-v2-1-master", "pro", "5"))
    std = replace(shot, settings=Settings("kling-v2-1-master", "std", "5"))
    assert offer(without(models, "kling-v1"), pro).startswith("Kling 1.5 makes this shot as it is")
    assert offer(without(models, "kling-v1"), std).startswith("Kling 1.5 makes this shot with")


def test_models_that_were_announced_to_end_come_later(models: Catalogue) -> None:
    found = names(models, bare())
    assert found[:3] == ["kling-v2-5-turbo", "kling-v2-6", "kling-v3"]


def test_a_camera_needs_its_own_kind(models: Catalogue) -> None:
    simple = bare(camera=Camera("simple", {"zoom": 2.0}))
    assert names(models, simple)[0] == "kling-v1-5"
    turning = bare(camera=Camera("right_turn_forward", None))
    assert offer(models, turning).startswith("No other model of this account takes everything")


def test_an_end_frame_is_nothing_for_models_that_refuse_it(models: Catalogue) -> None:
    shot = bare()
    ending = replace(shot, end=shot.picture)
    found = names(models, ending)
    assert found[0] == "kling-v2-5-turbo"
    assert found.index("kling-v2-1") > found.index("kling-v1-6")


def test_the_last_model_leaves_another_account() -> None:
    only = Catalogue({"m": Capability("m", "M", modes=(), durations=("5",))})
    assert offer(without(only, "m"), bare()).endswith("Choose another account.")
    assert offer(only, shot_of()).endswith("choose M and remove what it does not take.")
