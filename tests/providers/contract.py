"""Every provider as the contract tests see it: its fake, and a shot that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kling_desktop.imaging.masks import indexed_png, mask_png
from kling_desktop.model import areas
from kling_desktop.model.capabilities import Catalogue
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Settings, Shot
from kling_desktop.providers.body import Sent, build
from kling_desktop.providers.models import catalogue_for
from kling_desktop.providers.profiles import Profile

from .conftest import image_bytes, shot_of
from .fakes.base import Fake
from .fakes.fal import Fal
from .fakes.mulerun import MuleRun
from .fakes.newapi import NewApi, Spelling
from .fakes.official import Official, Passthrough
from .fakes.piapi import PiApi

KEY = "key-c0ffee-never-to-be-seen"
PAIR = ("ak-4711", "sk-never-to-be-seen-either")


@dataclass(frozen=True)
class Place:
    """A provider: the profile's id, how to start its fake, and the model that the shot asks for."""

    profile: str
    start: Callable[[], Fake]
    model: str
    mode: str = "pro"
    secret: str = KEY


PLACES = {
    "mulerun": Place("mulerun", lambda: MuleRun(KEY), "kling-v2-1-master"),
    "official with a key": Place("official", lambda: Official(KEY), "kling-v1-5"),
    "official with a pair": Place(
        "official", lambda: Official(pair=PAIR), "kling-v1", secret=":".join(PAIR)
    ),
    "passthrough": Place("passthrough", lambda: Passthrough(KEY), "kling-v1-5"),
    "newapi, wrapped": Place("newapi", lambda: NewApi(KEY, Spelling.WRAPPED), "kling-v1"),
    "newapi, reason": Place("newapi", lambda: NewApi(KEY, Spelling.REASON), "kling-v1"),
    "newapi, flat": Place("newapi", lambda: NewApi(KEY, Spelling.FLAT), "kling-v1"),
    "newapi, kling": Place("newapi", lambda: NewApi(KEY, Spelling.KLING), "kling-v1"),
    "fal, v1 standard": Place("fal", lambda: Fal(KEY), "kling-v1", "std"),
    "fal, v1 pro": Place("fal", lambda: Fal(KEY), "kling-v1"),
    "fal, v1.5 pro": Place("fal", lambda: Fal(KEY), "kling-v1-5"),
    "piapi": Place("piapi", lambda: PiApi(KEY), "kling-v1", "std"),
}


def painted_shot(place: Place) -> Shot:
    """Areas 2 and 5 with paths, area 6 without one, and a static area."""
    labels = areas.empty(400, 300)
    labels[50:150, 60:200] = 2
    labels[160:220, 30:90] = 5
    labels[5:15, 5:15] = 6
    labels[240:290, 300:380] = areas.STATIC
    paths = {
        5: Path(((60.0, 190.0), (60.0, 40.0))),
        2: Path(((100.0, 100.0), (300.0, 120.0))),
    }
    settings = Settings(model_name=place.model, mode=place.mode, prompt="a boat – 船")
    return shot_of(labels=labels, paths=paths, settings=settings)


def bare_shot(place: Place) -> Shot:
    return replace(painted_shot(place), labels=areas.empty(400, 300), paths={})


def body_of(
    shot: Shot, place: Place, profiles: dict[str, Profile], models: Catalogue, **more: object
) -> bytes:
    """The body as the program writes it, with its own mask writers."""
    profile = profiles[place.profile]
    capability = catalogue_for(profile, models).get(place.model)
    assert capability is not None
    values: dict[str, object] = {
        "image": Sent(image_bytes(400, 300), 400, 300),
        "end": None,
        "external_id": "ours-1",
        "indexed_png": indexed_png,
    }
    return build(
        shot,
        capability=capability,
        profile=profile,
        mask_png=mask_png,
        **(values | more),  # type: ignore[arg-type]
    )
