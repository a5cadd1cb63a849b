"""Refusals as providers word them lead to the field that they are about."""

from __future__ import annotations

import pytest

from kling_desktop.providers.verdicts import from_reply
from kling_desktop.ui.faulty_field import NAMES, faulty_field


@pytest.mark.parametrize(
    ("code", "words", "field"),
    [
        (1201, "prompt: length should be less than 2500", "prompt"),
        (1201, "negative_prompt too long for this prompt", "negative_prompt"),
        (1201, "image_tail: resolution invalid", "end_image"),
        (1201, "Image pixel is invalid", "image"),
        (1201, "dynamic_masks[0].trajectories: at least 2 points", "areas"),
        (1201, "static_mask does not fit the image", "areas"),
        (1201, "camera_control.config: exactly one value", "camera"),
        (1201, "duration must be one of 5, 10", "duration"),
        (1201, "mode(std) is not supported by model kling-v1", "mode"),
        (1200, "cfg_scale out of range", "cfg_scale"),
        (1201, "Invalid parameters", "model_name"),
        (1201, "", "model_name"),
        (1201, "The request runs against the content security policy", "prompt"),
        (1301, "", "prompt"),
        (1300, "the input image is not allowed", "image"),
        (1203, "kling-v1 is discontinued", "model_name"),
        (1101, "Account in arrears: the prompt was not read", None),
        (1002, "Authorization is invalid", None),
        (5001, "model overloaded", None),
    ],
)
def test_the_words_of_a_refusal_lead_to_their_field(
    code: int, words: str, field: str | None
) -> None:
    reply = {"code": code, "message": words}
    assert faulty_field(str(from_reply(400, reply, {}, creating=True))) == field
    assert field is None or field in NAMES


def test_a_video_that_could_not_be_made_leads_on_where_content_rules_are_why() -> None:
    sentence = "The provider could not make the video: {}."
    said = sentence.format("Failure to pass the risk control system")
    assert faulty_field(said) == "prompt"
    assert faulty_field(sentence.format("the image is sensitive")) == "image"
    assert faulty_field(sentence.format("the model ran out of memory")) is None
    assert faulty_field("The disk is full. Make room on it.") is None
