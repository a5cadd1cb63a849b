"""The bodies of fal and PiAPI, byte by byte, and where they are sent."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kling_desktop.imaging.masks import indexed_png, mask_png
from kling_desktop.model import areas
from kling_desktop.model.capabilities import Catalogue
from kling_desktop.model.shot import Settings
from kling_desktop.providers.body import BodyError, Sent, redacted
from kling_desktop.providers.errors import BadRequest
from kling_desktop.providers.models import catalogue_for
from kling_desktop.providers.profiles import Profile
from kling_desktop.providers.routes import destination, endpoint, model_of
from kling_desktop.providers.shapes import Images, Origin, RequestShape

from .conftest import image_bytes
from .contract import PLACES, Place, bare_shot, body_of, painted_shot

FAL, PIAPI = PLACES["fal, v1.5 pro"], PLACES["piapi"]
IMAGE = image_bytes(400, 300)


def uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def compact(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def points(*pairs: tuple[int, int]) -> list[dict[str, int]]:
    return [{"x": x, "y": y} for x, y in pairs]


@pytest.fixture
def body(profiles: dict[str, Profile], models: Catalogue) -> Any:
    def written(place: Place, shot: Any = None, **more: Any) -> bytes:
        return body_of(shot or painted_shot(place), place, profiles, models, **more)

    return written


def test_fal_byte_for_byte(body: Any, profiles: dict[str, Profile]) -> None:
    labels = painted_shot(FAL).labels
    expected = {
        "image_url": uri(IMAGE),
        "prompt": "a boat – 船",
        "cfg_scale": 0.5,
        "static_mask_url": uri(mask_png(labels == areas.STATIC)),
        "dynamic_masks": [
            {
                "mask_url": uri(mask_png(labels == 2)),
                "trajectories": points((100, 199), (300, 179)),
            },
            {"mask_url": uri(mask_png(labels == 5)), "trajectories": points((60, 109), (60, 259))},
        ],
        "duration": "5",
    }
    path, sent = destination(profiles["fal"], body(FAL))
    assert path == "/fal-ai/kling-video/v1.5/pro/image-to-video"
    assert sent == compact(expected)


def test_what_is_written_down_for_fal_says_model_and_mode(body: Any) -> None:
    written = json.loads(body(FAL))
    assert (written["model_name"], written["mode"]) == ("kling-v1-5", "pro")
    assert "external_task_id" not in written


def test_piapi_byte_for_byte(body: Any, profiles: dict[str, Profile]) -> None:
    labels = painted_shot(PIAPI).labels
    values = np.select([labels == 2, labels == 5, labels == 7], [1, 2, 3], 0).astype(np.uint8)
    colours = [(0x72, 0xE5, 0x28), (0xAB, 0x69, 0xFF), (0, 0, 0)]
    expected = {
        "model": "kling",
        "task_type": "video_generation",
        "config": {"service_mode": "public"},
        "input": {
            "version": "1.0",
            "image_url": uri(IMAGE),
            "prompt": "a boat – 船",
            "cfg_scale": 0.5,
            "mode": "std",
            "motion_brush": {
                "mask_url": uri(indexed_png(values, colours)),
                "static_masks": [{"points": []}],
                "dynamic_masks": [
                    {"points": points((100, 100), (300, 120))},
                    {"points": points((60, 190), (60, 40))},
                ],
            },
            "duration": 5,
        },
    }
    written = body(PIAPI)
    assert written == compact(expected)
    assert destination(profiles["piapi"], written) == ("/api/v1/task", written)


def test_piapi_without_areas_has_no_brush(body: Any) -> None:
    fields = json.loads(body(PIAPI, bare_shot(PIAPI)))
    assert "motion_brush" not in fields["input"]
    assert "external_task_id" not in fields["input"]


def test_a_static_area_alone_is_black(body: Any) -> None:
    shot = painted_shot(PIAPI)
    labels = np.where(shot.labels == 7, shot.labels, 0).astype(np.uint8)
    brush = json.loads(body(PIAPI, replace(shot, labels=labels, paths={})))["input"]["motion_brush"]
    assert brush["dynamic_masks"] == []
    assert brush["mask_url"] == uri(indexed_png((labels == 7).astype(np.uint8), [(0, 0, 0)]))


def test_one_indexed_image_needs_its_writer(body: Any) -> None:
    with pytest.raises(BodyError, match="one indexed image"):
        body(PIAPI, indexed_png=None)
    assert body(PIAPI, bare_shot(PIAPI), indexed_png=None)


def test_fal_needs_a_prompt(body: Any) -> None:
    shot = painted_shot(FAL)
    silent = replace(shot, settings=replace(shot.settings, prompt=""))
    with pytest.raises(BodyError, match=r"fal needs a prompt\. Enter one\."):
        body(FAL, silent)


def test_a_mode_without_a_path_is_refused_before_it_is_written(
    body: Any, profiles: dict[str, Profile], models: Catalogue
) -> None:
    profile = profiles["fal"]
    cut = replace(profile, endpoints={"kling-v1-5": {"std": "v1.5/standard"}})
    with pytest.raises(BodyError, match="no place for kling-v1-5 in this mode"):
        body_of(painted_shot(FAL), FAL, {**profiles, "fal": cut}, models)


def test_all_that_fal_serves_has_a_path_for_each_mode(
    profiles: dict[str, Profile], models: Catalogue
) -> None:
    fal = profiles["fal"]
    served = catalogue_for(fal, models)
    assert list(served.models) == list(fal.endpoints)
    for model in served.models.values():
        for mode in model.modes or ("",):
            assert endpoint(fal, model.name, mode), (model.name, mode)
    assert endpoint(fal, "kling-v1-5", "std") is None
    assert endpoint(fal, "kling-v2-master", "") == "v2/master"


def test_all_that_piapi_serves_has_a_version(
    profiles: dict[str, Profile], models: Catalogue
) -> None:
    piapi = profiles["piapi"]
    assert set(catalogue_for(piapi, models).models) == set(piapi.request.models)


def test_elsewhere_the_written_request_is_sent_as_it_is(
    profiles: dict[str, Profile],
) -> None:
    body = b'{"model_name": "kling-v1" }'
    for name in ("mulerun", "official", "passthrough", "newapi", "practice"):
        path, sent = destination(profiles[name], body)
        assert path == profiles[name].create
        assert sent is body


def test_the_model_of_a_request_is_known_by_our_name(
    body: Any, profiles: dict[str, Profile]
) -> None:
    assert model_of(profiles["piapi"], body(PIAPI)) == "kling-v1"
    assert model_of(profiles["fal"], body(FAL)) == "kling-v1-5"
    for mess in (b"", b"{", b"[]", b"{}", b'{"input": 5}', b'{"model_name": 5}'):
        assert model_of(profiles["official"], mess) is None
        assert model_of(profiles["piapi"], mess) is None


def test_a_request_without_a_model_goes_nowhere_at_fal(profiles: dict[str, Profile]) -> None:
    with pytest.raises(BadRequest, match="a request without a model"):
        destination(profiles["fal"], b'{"prompt":"x"}')


def test_any_profile_may_name_and_wrap_the_fields(
    profiles: dict[str, Profile], models: Catalogue
) -> None:
    place = PLACES["official with a key"]
    shape = RequestShape(
        names={"dynamic_masks": "groups", "mask": "area", "trajectories": "path"},
        leave_out=frozenset({"negative_prompt", "model_name"}),
        inside="what",
        beside={"how": "well"},
        origin=Origin.TOP_LEFT,
        images=Images.BASE64,
    )
    odd = {**profiles, "official": replace(profiles["official"], request=shape)}
    fields = json.loads(body_of(painted_shot(place), place, odd, models))
    assert list(fields) == ["how", "what"]
    assert "model_name" not in fields["what"]
    first = fields["what"]["groups"][0]
    assert first["path"] == points((100, 100), (300, 120))
    assert base64.b64decode(first["area"]).startswith(b"\x89PNG")


def test_no_image_is_shown_whatever_its_field_is_called(body: Any) -> None:
    for place, count in ((FAL, 4), (PIAPI, 2)):
        assert redacted(body(place)).count("<image, ") == count
    data = base64.b64encode(bytes(range(256)) * 3).decode()
    assert redacted(compact({"odd": [data]})).count("<image, 768 bytes>") == 1
    prose = "word " * 100
    assert json.loads(redacted(compact({"prompt": prose}))) == {"prompt": prose}


def test_a_landing_shot_is_sent_backwards_there_too(body: Any) -> None:
    shot = replace(painted_shot(PIAPI), land=True)
    groups = json.loads(body(PIAPI, shot))["input"]["motion_brush"]["dynamic_masks"]
    assert groups[0]["points"] == points((300, 120), (100, 100))


def test_masks_and_points_follow_the_sent_size_there_too(body: Any) -> None:
    sent = Sent(image_bytes(800, 600), 800, 600)
    shot = replace(painted_shot(PIAPI), settings=Settings("kling-v1", "std", prompt="x"))
    brush = json.loads(body(PIAPI, shot, image=sent))["input"]["motion_brush"]
    (first, last) = brush["dynamic_masks"][0]["points"]
    assert abs(first["x"] - 200) <= 1 and abs(first["y"] - 200) <= 1
    assert abs(last["x"] - 600) <= 1 and abs(last["y"] - 240) <= 1
