"""Every rule of the page refuses with its own sentence, and nothing else is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from kling_desktop.practice import rules
from kling_desktop.practice.order import ABSENT, INVALID_BODY, INVALID_FIELD, Broken

Change = Callable[[Any, dict[str, Any]], Any]


def with_point(**point: Any) -> Change:
    def change(kit: Any, body: dict[str, Any]) -> None:
        body["dynamic_masks"][0]["trajectories"][1] = point

    return change


def with_group(**parts: Any) -> Change:
    def change(kit: Any, body: dict[str, Any]) -> None:
        body["dynamic_masks"][0] |= parts

    return change


def with_field(field: str, value: Any) -> Change:
    def change(kit: Any, body: dict[str, Any]) -> None:
        body[field] = value

    return change


def made(field: str, make: Callable[[Any], Any]) -> Change:
    def change(kit: Any, body: dict[str, Any]) -> None:
        body[field] = make(kit)

    return change


def camera(value: Any) -> Change:
    def change(kit: Any, body: dict[str, Any]) -> None:
        del body["dynamic_masks"], body["static_mask"]
        body["camera_control"] = value

    return change


def cut_image(kit: Any, body: dict[str, Any]) -> None:
    body["image"] = body["image"][: len(body["image"]) // 2 // 4 * 4]


def broken_line(kit: Any, body: dict[str, Any]) -> None:
    body["image"] = body["image"][:76] + "\n" + body["image"][76:]


def unpadded(kit: Any, body: dict[str, Any]) -> None:
    body["image"] = kit.base64(b"four")[:-1]


def gif(kit: Any) -> str:
    return kit.base64(kit.file(Image.new("RGB", (400, 320)), "GIF"))


def heavy(kit: Any) -> str:
    return kit.base64(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))


def tail_too(kit: Any, body: dict[str, Any]) -> None:
    body |= {"model_name": "kling-v1", "image_tail": kit.photo()}


def tail_for_v21(kit: Any, body: dict[str, Any]) -> None:
    del body["dynamic_masks"], body["static_mask"]
    body["image_tail"] = kit.photo()


def seven(kit: Any) -> list[Any]:
    return [kit.group(number) for number in range(7)]


def overlapping(kit: Any, body: dict[str, Any]) -> None:
    body["dynamic_masks"][1]["mask"] = kit.mask((40, 10, 70, 60))


def static_overlapping(kit: Any, body: dict[str, Any]) -> None:
    body["static_mask"] = kit.mask((0, 0, 20, 20))


def other_aspect(kit: Any, body: dict[str, Any]) -> None:
    body["dynamic_masks"][1]["mask"] = kit.mask(width=400, height=400)


def other_size(kit: Any, body: dict[str, Any]) -> None:
    body["dynamic_masks"][1]["mask"] = kit.mask(width=800, height=640)


def one_point(kit: Any, body: dict[str, Any]) -> None:
    body["dynamic_masks"][0]["trajectories"] = kit.points(1)


def many_points(kit: Any, body: dict[str, Any]) -> None:
    body["dynamic_masks"][0]["trajectories"] = kit.points(78)


SIMPLE = dict.fromkeys(rules.CAMERA_AXES, 0)
TRAJECTORIES = "dynamic_masks[0].trajectories"

REFUSED: dict[str, tuple[Change, str, str]] = {
    "no model of that name": (with_field("model_name", "kling-v9"), "model_name", "not served"),
    "model of a wrong type": (with_field("model_name", ["kling-v1"]), "model_name", "a string"),
    "long prompt": (with_field("prompt", "é" * 2501), "prompt", "2501 characters"),
    "long negative prompt": (with_field("negative_prompt", "x" * 2501), "negative_prompt", "2501"),
    "prompt of a wrong type": (with_field("prompt", 5), "prompt", "a string"),
    "cfg above": (with_field("cfg_scale", 1.2), "cfg_scale", "outside 0 to 1"),
    "cfg below": (with_field("cfg_scale", -0.1), "cfg_scale", "outside 0 to 1"),
    "cfg true": (with_field("cfg_scale", True), "cfg_scale", "a number"),
    "cfg as text": (with_field("cfg_scale", "0.5"), "cfg_scale", "a number"),
    "cfg not a number": (with_field("cfg_scale", math.nan), "cfg_scale", "a number"),
    "mode": (with_field("mode", "fast"), "mode", "std"),
    "mode 4k of an older model": (with_field("mode", "4k"), "mode", "std"),
    "mode of a wrong type": (with_field("mode", {"a": 1}), "mode", "one of"),
    "duration as a number": (with_field("duration", 5), "duration", "must be a string"),
    "duration": (with_field("duration", "7"), "duration", "“5”, “10”"),
    "external id": (with_field("external_task_id", 7), "external_task_id", "a string"),
    "long external id": (with_field("external_task_id", "x" * 513), "external_task_id", "longer"),
    "callback": (with_field("callback_url", 7), "callback_url", "a string"),
    "data prefix": (
        made("image", lambda kit: "data:image/png;base64," + kit.photo()),
        "image",
        "remove the prefix “data:image/png;base64,”",
    ),
    "image of a wrong type": (with_field("image", 5), "image", "a string"),
    "address": (with_field("image", "https://example.org/a.png"), "image", "fetches nothing"),
    "alphabet": (with_field("image", "a_b-"), "image", "alphabet"),
    "line break": (broken_line, "image", "line breaks"),
    "padding": (unpadded, "image", "padding"),
    "padding in the middle": (with_field("image", "ab==cdef"), "image", "padding"),
    "neither JPEG nor PNG": (made("image", gif), "image", "neither a JPEG nor a PNG"),
    "cut image": (cut_image, "image", "damaged or cut off"),
    "heavy image": (made("image", heavy), "image", "at most 10 MB"),
    "small image": (made("image", lambda kit: kit.photo(200, 320)), "image", "at least 300 px"),
    "wide image": (made("image", lambda kit: kit.photo(753, 301)), "image", "2.5:1"),
    "tall image": (made("image", lambda kit: kit.photo(301, 753)), "image", "1:2.5"),
    "no image": (with_field("image", None), "image", "at least one"),
    "tail and masks": (tail_too, "image + image_tail and dynamic_masks / static_mask", "same time"),
    "tail for v2.1": (tail_for_v21, "image_tail", "v2.1"),
    "masks and camera": (
        with_field("camera_control", {"type": "down_back"}),
        "dynamic_masks / static_mask and camera_control",
        "same time",
    ),
    "seven groups": (made("dynamic_masks", seven), "dynamic_masks", "at most 6"),
    "groups of a wrong type": (with_field("dynamic_masks", {"a": 1}), "dynamic_masks", "an array"),
    "group of a wrong type": (with_field("dynamic_masks", ["a"]), "dynamic_masks[0]", "an object"),
    "no mask": (with_group(mask=None), "dynamic_masks[0].mask", "missing"),
    "mask with a prefix": (
        with_group(mask="data:image/png;base64,aaaa"),
        "dynamic_masks[0].mask",
        "remove the prefix",
    ),
    "broken mask": (with_group(mask="aaaa"), "dynamic_masks[0].mask", "neither a JPEG"),
    "static of a wrong type": (with_field("static_mask", 7), "static_mask", "a string"),
    "empty mask": (
        made("static_mask", lambda kit: kit.mask(None)),
        "static_mask",
        "no brushed pixel",
    ),
    "overlap": (overlapping, "dynamic_masks[1].mask", "overlaps dynamic_masks[0].mask in 500 px"),
    "static overlap": (static_overlapping, "static_mask", "overlaps dynamic_masks[0].mask"),
    "aspect of a mask": (other_aspect, "dynamic_masks[1].mask", "aspect ratio"),
    "size of a mask": (other_size, "dynamic_masks[1].mask", "one resolution"),
    "one point": (one_point, TRAJECTORIES, "has 1 point; it needs 2 to 77"),
    "78 points": (many_points, TRAJECTORIES, "has 78 points"),
    "no trajectories": (with_group(trajectories=None), TRAJECTORIES, "an array"),
    "point as a pair": (
        with_group(trajectories=[[1, 2], [3, 4]]),
        f"{TRAJECTORIES}[0]",
        "an object",
    ),
    "point without y": (with_point(x=1), f"{TRAJECTORIES}[1].y", "missing"),
    "x a float": (with_point(x=1.0, y=1), f"{TRAJECTORIES}[1].x", "whole number"),
    "y true": (with_point(x=1, y=True), f"{TRAJECTORIES}[1].y", "whole number"),
    "x beyond": (with_point(x=400, y=1), f"{TRAJECTORIES}[1].x", "0 to 399"),
    "y beyond": (with_point(x=1, y=320), f"{TRAJECTORIES}[1].y", "0 to 319"),
    "y below": (with_point(x=1, y=-1), f"{TRAJECTORIES}[1].y", "-1 lies outside"),
    "x huge": (with_point(x=10**5000, y=1), f"{TRAJECTORIES}[1].x", "lies outside"),
    "camera of a wrong type": (camera("simple"), "camera_control", "an object"),
    "camera type": (camera({"type": "spin"}), "camera_control.type", "one of"),
    "camera without config": (camera({"type": "simple"}), "camera_control.config", "needed"),
    "config without simple": (
        camera({"type": "down_back", "config": SIMPLE}),
        "camera_control.config",
        "only with",
    ),
    "config all zero": (
        camera({"type": "simple", "config": SIMPLE}),
        "camera_control.config",
        "exactly one",
    ),
    "config of two": (
        camera({"type": "simple", "config": {**SIMPLE, "pan": 1, "zoom": 1}}),
        "camera_control.config",
        "not 2",
    ),
    "config out of range": (
        camera({"type": "simple", "config": {"zoom": -10.5}}),
        "camera_control.config.zoom",
        "outside -10 to 10",
    ),
    "config as text": (
        camera({"type": "simple", "config": {"zoom": "3"}}),
        "camera_control.config.zoom",
        "a number",
    ),
    "config a list": (camera({"type": "simple", "config": [1]}), "camera_control.config", "object"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_rule_is_named(kit: Any, case: str) -> None:
    change, field, sentence = REFUSED[case]
    body = kit.body()
    change(kit, body)
    with pytest.raises(Broken) as refused:
        rules.check(body)
    assert refused.value.field == field
    assert sentence in refused.value.detail
    assert refused.value.status == 400


def test_different_rules_have_different_sentences(kit: Any) -> None:
    same_rule = {
        *("cfg below", "cfg true", "cfg not a number"),
        *("mode of a wrong type", "mode 4k of an older model"),
    }
    said = []
    for case in REFUSED.keys() - same_rule:
        body = kit.body()
        REFUSED[case][0](kit, body)
        with pytest.raises(Broken) as refused:
            rules.check(body)
        said.append(refused.value.detail)
    assert len(set(said)) == len(said)


def test_codes_tell_a_body_a_field_and_a_model_apart(kit: Any) -> None:
    for body, code in (
        ([], INVALID_BODY),
        (kit.body(mode="x"), INVALID_FIELD),
        (kit.body(model_name="x"), ABSENT),
    ):
        with pytest.raises(Broken) as refused:
            rules.check(body)
        assert refused.value.code == code


def test_a_whole_request_is_read(kit: Any) -> None:
    order = rules.check(kit.body(external_task_id="mine"))
    assert (order.image.width, order.image.height, order.image.format) == (400, 320, "PNG")
    assert [len(brush.points) for brush in order.brushes] == [2, 77]
    assert order.brushes[0].points == ((20, 300), (21, 299))
    assert (order.seconds, order.mode, order.cfg_scale) == (5, "pro", 0.5)
    assert order.static is not None
    assert order.external_id == "mine"
    assert order.doom is None


@pytest.mark.parametrize("model", rules.MODELS)
def test_every_model_takes_the_brush(kit: Any, model: str) -> None:
    assert rules.check(kit.body(model_name=model)).model_name == model


def test_what_is_left_out_has_a_default(kit: Any) -> None:
    order = rules.check({"image": kit.photo(kind="JPEG")})
    assert order.model_name == "kling-v1"
    assert (order.mode, order.seconds, order.cfg_scale) == ("std", 5, None)
    assert order.image.format == "JPEG"


def test_null_and_empty_count_as_left_out(kit: Any) -> None:
    empty = {"image_tail": "", "static_mask": None, "dynamic_masks": [], "camera_control": None}
    nothing = {"prompt": None, "mode": None, "duration": None, "external_task_id": ""}
    order = rules.check({"image": kit.photo(), **empty, **nothing})
    assert order.brushes == ()
    assert order.external_id is None


@pytest.mark.parametrize(
    ("model", "duration", "mode"), [("kling-v3", "3", "4k"), ("kling-v3", "15", "std")]
)
def test_v3_takes_more_durations_and_4k(kit: Any, model: str, duration: str, mode: str) -> None:
    order = rules.check(kit.plain(model_name=model, duration=duration, mode=mode))
    assert (order.seconds, order.mode) == (int(duration), mode)


def test_limits_themselves_are_allowed(kit: Any) -> None:
    body = kit.plain(prompt="x" * 2500, cfg_scale=1, image=kit.photo(750, 300))
    assert rules.check(body).cfg_scale == 1.0
    edge = [{"x": 0, "y": 0}, {"x": 399, "y": 319, "pressure": 0.5}]
    group = {"mask": kit.mask(), "trajectories": edge}
    assert rules.check(kit.body(dynamic_masks=[group])).brushes[0].points[1] == (399, 319)


def test_a_tail_alone_may_have_any_aspect(kit: Any) -> None:
    tail = kit.photo(900, 300)
    order = rules.check({"model_name": "kling-v1-6", "image_tail": tail})
    assert order.image is None
    assert order.tail.width == 900


@pytest.mark.parametrize("kind", rules.CAMERA_TYPES[1:])
def test_camera_moves_without_config(kit: Any, kind: str) -> None:
    assert rules.check(kit.plain(camera_control={"type": kind})).camera.config is None


def test_a_simple_camera_move(kit: Any) -> None:
    control = {"type": "simple", "config": {**SIMPLE, "tilt": -10}}
    assert rules.check(kit.plain(camera_control=control)).camera.config["tilt"] == -10


def test_masks_may_be_smaller_than_the_image_by_one_factor(kit: Any) -> None:
    group = {"mask": kit.mask((5, 5, 20, 20), 133, 107), "trajectories": kit.points(2)}
    assert rules.check(kit.body(dynamic_masks=[group], static_mask=None)).doom is None


@pytest.mark.parametrize("change", [other_aspect, other_size])
def test_late_lets_wrong_masks_in_and_dooms_them(kit: Any, change: Change) -> None:
    body = kit.body()
    change(kit, body)
    assert "dynamic_masks[1].mask" in rules.check(body, late=True).doom


def test_late_forgives_nothing_else(kit: Any) -> None:
    body = kit.body()
    overlapping(kit, body)
    with pytest.raises(Broken):
        rules.check(body, late=True)


def test_another_list_of_models(kit: Any) -> None:
    assert rules.check(kit.body(model_name="mine"), models=["mine"]).model_name == "mine"
    with pytest.raises(Broken, match="not served"):
        rules.check(kit.body(model_name=None), models=["mine"])
