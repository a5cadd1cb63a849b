"""Whatever JSON comes in, the rules read it or refuse it with a sentence; nothing else happens."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.practice import rules
from kling_desktop.practice.order import ABSENT, INVALID_FIELD, Broken, Order

FIELDS = [
    *("model_name", "image", "image_tail", "static_mask", "dynamic_masks", "camera_control"),
    *("prompt", "negative_prompt", "cfg_scale", "mode", "duration"),
    *("external_task_id", "callback_url"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["mask", "trajectories", "x", "y", "type", "config", "zoom"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(body=JSON | st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_is_read_or_refused(body: Any) -> None:
    found = read(body)
    if isinstance(found, Broken):
        assert found.detail.startswith(f"{found.field}: ")
        assert len(found.detail) < 600
    else:
        assert found.image or found.tail


def read(body: Any) -> Order | Broken:
    try:
        return rules.check(body)
    except Broken as refused:
        return refused


@settings(max_examples=300, deadline=None)
@given(field=st.sampled_from(FIELDS), value=JSON, data=st.data())
def test_one_field_of_a_valid_request_replaced(
    kit: Any, field: str, value: Any, data: st.DataObject
) -> None:
    body = kit.plain()
    if data.draw(st.booleans()):
        body["dynamic_masks"] = [{"mask": kit.mask(), "trajectories": kit.points(2)}]
    body[field] = value
    if field == "dynamic_masks" and data.draw(st.booleans()):
        body[field] = [{"mask": kit.mask(), "trajectories": value}]
    found = read(body)
    if isinstance(found, Broken):
        assert found.code in {INVALID_FIELD, ABSENT}
        assert field.partition("_")[0] in found.detail
    else:
        assert found.image is not None
