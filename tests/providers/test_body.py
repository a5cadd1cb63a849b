"""The request body, byte by byte, and every rule that it refuses to break."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kling_desktop.model import areas
from kling_desktop.model.camera import Camera
from kling_desktop.model.capabilities import Capability
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, Settings, Shot
from kling_desktop.providers.body import BodyError, Sent, build, redacted
from kling_desktop.providers.profiles import Brushed, MaskEncoding, MaskKind, Profile

from .conftest import image_bytes, mask_png, shot_of


class Writer:
    """Builds bodies of shots for the default model of the default relay."""

    def __init__(self, profile: Profile, capability: Capability) -> None:
        self.profile, self.capability = profile, capability

    def bytes(self, shot: Shot, **more: Any) -> bytes:
        width, height = shot.size
        values: dict[str, Any] = {
            "image": Sent(image_bytes(width, height), width, height),
            "end": None,
            "capability": self.capability,
            "profile": self.profile,
            "external_id": "task-1",
            "mask_png": mask_png,
        }
        return build(shot, **(values | more))

    def fields(self, shot: Shot, **more: Any) -> dict[str, Any]:
        found = json.loads(self.bytes(shot, **more))
        assert isinstance(found, dict)
        return found

    def refusal(self, shot: Shot, **more: Any) -> str:
        with pytest.raises(BodyError) as caught:
            self.bytes(shot, **more)
        return str(caught.value)


@pytest.fixture
def writer(profiles: dict[str, Profile], master: Capability) -> Writer:
    return Writer(profiles["mulerun"], master)


def pixels(text: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as image:
        assert image.mode == "L"
        return np.asarray(image)


def with_static(shot: Shot) -> Shot:
    shot.labels[200:250, 300:380] = areas.STATIC
    return shot


def camera_shot(kind: str = "simple", config: dict[str, float] | None = None) -> Shot:
    return shot_of(labels=areas.empty(400, 300), paths={}, camera=Camera(kind, config))


def test_keys_come_in_the_pages_order(writer: Writer) -> None:
    shot = with_static(shot_of(settings=Settings(prompt="a", negative_prompt="b")))
    assert list(writer.fields(shot)) == [
        "model_name",
        "image",
        "prompt",
        "negative_prompt",
        "cfg_scale",
        "mode",
        "static_mask",
        "dynamic_masks",
        "duration",
        "external_task_id",
    ]


def test_what_is_absent_is_left_out(writer: Writer) -> None:
    shot = shot_of(
        labels=areas.empty(400, 300), paths={}, settings=Settings(prompt="", cfg_scale=None)
    )
    found = writer.fields(shot, external_id=None)
    assert list(found) == ["model_name", "image", "mode", "duration"]
    assert found["duration"] == "5"


def test_the_body_is_compact_utf8(writer: Writer) -> None:
    body = writer.bytes(shot_of(settings=Settings(prompt="ein Boot – 船")))
    assert "ein Boot – 船".encode() in body
    assert b'"prompt":"' in body
    assert b"\n" not in body


def test_the_image_is_bare_base64_of_the_sent_bytes(writer: Writer) -> None:
    data = image_bytes(400, 300)
    text = writer.fields(shot_of(), image=Sent(data, 400, 300))["image"]
    assert text == base64.b64encode(data).decode()


def test_masks_are_the_label_map_and_disjoint(writer: Writer) -> None:
    shot = with_static(shot_of())
    shot.labels[140:200, 100:150] = 4
    shot = replace(shot, paths={4: Path(((110.0, 150.0), (300.0, 90.0))), 1: shot.paths[1]})
    found = writer.fields(shot)
    masks = [pixels(group["mask"]) for group in found["dynamic_masks"]]
    masks.append(pixels(found["static_mask"]))
    for mask, area in zip(masks, (1, 4, 7), strict=True):
        assert set(np.unique(mask)) == {0, 255}
        assert ((mask == 255) == (shot.labels == area)).all()
    assert (sum(mask.astype(int) for mask in masks) <= 255).all()


def test_masks_and_points_follow_the_sent_size(writer: Writer) -> None:
    shot = shot_of(800, 600, paths={1: Path(((100.0, 100.0), (700.0, 300.0)))})
    found = writer.fields(shot, image=Sent(image_bytes(400, 300), 400, 300))
    group = found["dynamic_masks"][0]
    assert pixels(group["mask"]).shape == (300, 400)
    assert group["trajectories"] == [{"x": 50, "y": 249}, {"x": 350, "y": 149}]


def test_an_area_without_a_path_and_a_path_without_an_area_stay_home(writer: Writer) -> None:
    shot = shot_of()
    shot.labels[200:220, 200:220] = 2
    shot = replace(shot, paths={**shot.paths, 5: Path(((10.0, 10.0), (200.0, 200.0)))})
    assert len(writer.fields(shot)["dynamic_masks"]) == 1


def test_a_static_area_alone_is_sent_alone(writer: Writer) -> None:
    found = writer.fields(with_static(shot_of(labels=areas.empty(400, 300), paths={})))
    assert "static_mask" in found
    assert "dynamic_masks" not in found


def test_a_profile_may_want_brushed_pixels_black(writer: Writer) -> None:
    encoding = MaskEncoding(MaskKind.SEPARATE, Brushed.BLACK)
    shot = shot_of()
    found = writer.fields(shot, profile=replace(writer.profile, mask_encoding=encoding))
    mask = pixels(found["dynamic_masks"][0]["mask"])
    assert ((mask == 0) == (shot.labels == 1)).all()


def test_an_indexed_encoding_is_said_not_guessed(writer: Writer) -> None:
    profile = replace(writer.profile, mask_encoding=MaskEncoding(MaskKind.INDEXED))
    assert "one indexed image" in writer.refusal(shot_of(), profile=profile)


def test_a_model_without_modes_or_cfg_is_sent_neither(writer: Writer) -> None:
    bare = Capability("kling-v2-1-master", "Master", modes=(), durations=("5",))
    shot = shot_of(labels=areas.empty(400, 300), paths={})
    found = writer.fields(shot, capability=bare)
    assert "mode" not in found
    assert "cfg_scale" not in found


def test_an_end_frame_goes_out_as_image_tail(writer: Writer) -> None:
    able = replace(writer.capability, end_frame=frozenset({("pro", "5")}))
    data = image_bytes(400, 300)
    shot = shot_of(labels=areas.empty(400, 300), paths={}, end=Picture(data, "PNG", 400, 300))
    found = writer.fields(shot, end=Sent(data, 400, 300), capability=able)
    assert list(found)[:3] == ["model_name", "image", "image_tail"]


def test_a_simple_camera_has_its_config(writer: Writer) -> None:
    found = writer.fields(camera_shot("simple", {"zoom": 5.0, "pan": 0.0}))
    assert found["camera_control"] == {"type": "simple", "config": {"pan": 0.0, "zoom": 5.0}}


def test_a_named_camera_has_none(writer: Writer) -> None:
    assert writer.fields(camera_shot("down_back"))["camera_control"] == {"type": "down_back"}


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("simple", None),
        ("simple", {}),
        ("simple", {"zoom": 0.0}),
        ("simple", {"zoom": 1.0, "pan": 1.0}),
        ("simple", {"zoom": 10.5}),
        ("simple", {"zoom": float("nan")}),
        ("simple", {"spin": 1.0}),
        ("down_back", {"zoom": 1.0}),
        ("spiral", None),
    ],
)
def test_a_camera_move_that_the_page_does_not_know_is_refused(
    writer: Writer, kind: str, config: dict[str, float] | None
) -> None:
    assert "camera move" in writer.refusal(camera_shot(kind, config))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(model_name=""), "names no model"),
        (Settings(model_name="kling-v9"), "does not serve"),
        (Settings(mode="max"), "no mode “max”"),
        (Settings(duration="7"), "no videos of 7 s"),
        (Settings(prompt="x" * 2501), "The prompt has 2501 characters"),
        (Settings(negative_prompt="x" * 2501), "The negative prompt has 2501 characters"),
        (Settings(cfg_scale=1.2), "between 0 and 1"),
        (Settings(cfg_scale=float("nan")), "between 0 and 1"),
        (Settings(prompt="half \ud83d"), "cannot be written"),
    ],
)
def test_settings_outside_the_page_are_refused(
    writer: Writer, settings: Settings, says: str
) -> None:
    assert says in writer.refusal(shot_of(settings=settings))


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (Sent(b"GIF89a", 400, 300), "JPEG or PNG only"),
        (Sent(b"\xff\xd8\xff" + bytes(10_000_000), 400, 300), "at most 10 MB"),
        (Sent(b"\xff\xd8\xff", 400, 299), "at least 300"),
        (Sent(b"\xff\xd8\xff", 1000, 399), "2.5 times"),
    ],
)
def test_an_image_outside_the_page_is_refused(writer: Writer, sent: Sent, says: str) -> None:
    assert says in writer.refusal(shot_of(), image=sent)
    assert "end frame" in writer.refusal(shot_of(), end=sent)


def test_two_exclusive_groups_are_refused(writer: Writer) -> None:
    shot = replace(shot_of(), camera=Camera("down_back"))
    assert "Only one of" in writer.refusal(shot)
    assert "Only one of" in writer.refusal(shot_of(), end=Sent(image_bytes(400, 300), 400, 300))


def test_a_shot_that_lands_is_asked_for_backwards(writer: Writer) -> None:
    shot = shot_of()
    plain = writer.fields(shot)["dynamic_masks"][0]["trajectories"]
    landing = replace(shot, land=True)
    assert writer.fields(landing)["dynamic_masks"][0]["trajectories"] == plain[::-1]
    turned = writer.fields(replace(camera_shot(config={"zoom": 4.0}), land=True))
    assert turned["camera_control"]["config"] == {"zoom": -4.0}
    assert "cannot land" in writer.refusal(replace(camera_shot("right_turn_forward"), land=True))
    end = Sent(image_bytes(400, 300), 400, 300)
    ended = replace(camera_shot(config={"zoom": 1.0}), land=True, end=shot.picture)
    assert "Remove the end frame" in writer.refusal(ended, end=end)


def test_what_a_parent_carries_is_sent_as_it_moves(writer: Writer) -> None:
    shot = shot_of()
    shot.labels[140:200, 145:180] = 2
    child = Path(((150.0, 150.0),), parent=1)
    found = writer.fields(replace(shot, paths={**shot.paths, 2: child}))["dynamic_masks"]
    first, second = (np.array([[p["x"], p["y"]] for p in g["trajectories"]]) for g in found)
    assert np.abs((second[-1] - second[0]) - (first[-1] - first[0])).max() <= 1
    assert second[0].tolist() == [150, 299 - 150]


def test_a_brush_that_the_model_lacks_is_refused(writer: Writer) -> None:
    able = replace(writer.capability, brush=frozenset({("std", "5")}))
    assert "takes no painted areas" in writer.refusal(shot_of(), capability=able)


def test_an_end_frame_on_the_default_model_is_refused(writer: Writer) -> None:
    shot = shot_of(labels=areas.empty(400, 300), paths={})
    assert "takes no end frame" in writer.refusal(shot, end=Sent(image_bytes(400, 300), 400, 300))


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (((5.0, 5.0),), "fewer than two points"),
        (((5.0, 5.0), (float("inf"), 9.0)), "nowhere"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(
    writer: Writer, points: tuple[tuple[float, float], ...], says: str
) -> None:
    assert says in writer.refusal(shot_of(paths={1: Path(points)}))


def test_areas_of_another_picture_are_refused(writer: Writer) -> None:
    assert "do not belong" in writer.refusal(shot_of(labels=areas.empty(300, 400)))


def test_an_area_that_vanishes_in_a_smaller_picture_is_said(writer: Writer) -> None:
    shot = shot_of(800, 600)
    shot.labels[:] = 0
    shot.labels[10, 10] = 1
    sent = Sent(image_bytes(400, 300), 400, 300)
    assert "Area 1 is so small" in writer.refusal(shot, image=sent)


def test_a_redacted_body_names_sizes_and_shows_no_image(writer: Writer) -> None:
    data = image_bytes(400, 300) + bytes(123_456 - len(image_bytes(400, 300)))
    shown = redacted(writer.bytes(with_static(shot_of()), image=Sent(data, 400, 300)))
    assert "<image, 123 456 bytes>" in shown
    assert shown.count("<image, ") == 3
    assert '"prompt": "a boat"' in shown
    assert '"x": 100' in shown
    assert max(map(len, shown.splitlines())) < 100


def test_a_redacted_mess_is_still_a_line() -> None:
    assert redacted(b"\xff{") == "<unreadable request, 2 bytes>"
