"""Which field of a shot a provider's refusal is about, as far as its words tell."""

from __future__ import annotations

import re

from kling_desktop.providers.verdicts import from_reply

NAMES = {
    "prompt": "the prompt",
    "negative_prompt": "the negative prompt",
    "model_name": "the model",
    "mode": "the mode",
    "duration": "the duration",
    "cfg_scale": "the strength",
    "camera": "the camera",
    "image": "the picture",
    "end_image": "the end frame",
    "areas": "the areas",
}
"""What each field, as a Problem names it, is called on screen."""

_WORDS = (
    (r"negative[_ ]prompts?", "negative_prompt"),
    (r"prompts?", "prompt"),
    (r"image_tail|tail[_ ](?:image|frame)|end[_ ](?:image|frame)|last[_ ]frame", "end_image"),
    (r"(?:static|dynamic)?_?masks?|trajector(?:y|ies)|brush(?:es)?", "areas"),
    (r"camera(?:_control)?", "camera"),
    (r"images?|image_url|pictures?", "image"),
    (r"model(?:_name|_id|_version)?", "model_name"),
    (r"mode", "mode"),
    (r"duration", "duration"),
    (r"cfg(?:_scale)?", "cfg_scale"),
)
_POLICY = re.compile(
    r"risk control|content[_ ](?:policy|rules|safety|security)|moderat|sensitive", re.IGNORECASE
)
"""Words of the refusals by content rules where there is no code for them."""
_COULD_NOT = "The provider could not make the video: "


def faulty_field(error: str) -> str | None:
    """The field as a Problem names it; None where the sentence of a failed task is about none.

    A refusal that names no field leads to the model and its settings, one by the content rules to
    the prompt.
    """
    ruled = "prompt" if _POLICY.search(error) else None
    for code, otherwise in ((1201, ruled or "model_name"), (1301, "prompt"), (1203, "model_name")):
        sentence = from_reply(400, {"code": code}, {}, creating=True).sentence
        if error.startswith(sentence):
            return _named(error.removeprefix(sentence)) or otherwise
    if ruled and error.startswith(_COULD_NOT):
        return _named(error.removeprefix(_COULD_NOT)) or ruled
    return None


def _named(words: str) -> str | None:
    """The field that is named first."""
    found = [
        (match.start(), number, field)
        for number, (pattern, field) in enumerate(_WORDS)
        if (match := re.search(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", words, re.IGNORECASE))
    ]
    return min(found)[2] if found else None
