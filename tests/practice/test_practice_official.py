"""Kling's own dialect over a real socket: envelopes, codes, the list, both kinds of key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest

Practice = Callable[..., Any]


def done(answer: Any) -> bool:
    return answer.json["data"]["task_status"] == "succeed"


def signed(key: str, now: float, **claims: Any) -> str:
    return jwt.encode({"iss": "access", "exp": now + 1800, "nbf": now - 5, **claims}, key)


def test_a_task_from_beginning_to_end(practice: Practice, kit: Any, clock: Any) -> None:
    caller = practice("official", pace=10.0, clock=clock)
    made = caller.create(kit.body(external_task_id="mine")).json
    assert made.keys() == {"code", "message", "request_id", "data"}
    assert (made["code"], made["message"]) == (0, "SUCCEED")
    assert made["data"]["task_status"] == "submitted"
    assert made["data"]["task_info"] == {"external_task_id": "mine"}
    assert made["data"]["created_at"] == 1_800_000_000_000
    clock.now += 7
    assert caller.query("mine").json["data"]["task_status"] == "processing"
    clock.now += 8.1
    data = caller.until(made["data"]["task_id"], done).json["data"]
    (video,) = data["task_result"]["videos"]
    assert video.keys() == {"id", "url", "duration"}
    assert video["duration"] == "5"
    assert data["task_status_msg"] == ""
    assert caller.send("GET", video["url"].removeprefix(caller.server.url), token=None).body


def test_the_passthrough_prefix_reaches_the_same_tasks(practice: Practice, kit: Any) -> None:
    caller = practice("official")
    made = caller.send("POST", f"/kling{caller.base}", kit.body()).json["data"]["task_id"]
    assert caller.query(made).status == 200
    assert caller.send("GET", f"/kling{caller.base}/{made}").status == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"mode": "fast"}, 400, 1201),
        ({"duration": 5}, 400, 1201),
        ({"model_name": "kling-v9"}, 404, 1203),
    ],
)
def test_refusals_have_codes(
    practice: Practice, kit: Any, changes: dict[str, Any], status: int, code: int
) -> None:
    answer = practice("official").create(kit.body(**changes))
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json.keys() == {"code", "message", "request_id"}
    assert answer.said.startswith(next(iter(changes)))


def test_other_codes(practice: Practice, kit: Any) -> None:
    caller = practice("official")
    caller.create(kit.body(external_task_id="mine"))
    again = caller.create(kit.body(external_task_id="mine"))
    seen = {
        "again": (again.status, again.json["code"]),
        **{
            name: (answer.status, answer.json["code"])
            for name, answer in {
                "body": caller.create(b"{"),
                "method": caller.send("PUT", caller.base),
                "task": caller.query("nothing"),
                "route": caller.send("GET", "/v2"),
                "token": caller.query("mine", token="wrong"),
                "no token": caller.query("mine", token=None),
            }.items()
        },
    }
    assert seen == {
        "again": (400, 1201),
        "body": (400, 1200),
        "method": (404, 1202),
        "task": (404, 1203),
        "route": (404, 1203),
        "token": (401, 1002),
        "no token": (401, 1001),
    }
    assert caller.server.creations == 1


def test_a_failed_task_still_says_succeed_outside(practice: Practice, kit: Any) -> None:
    caller = practice("official", late=True)
    body = kit.body(static_mask=kit.mask((5, 5, 9, 9), 400, 400), external_task_id="mine")
    caller.create(body)
    answer = caller.query("mine")
    assert (answer.status, answer.json["code"], answer.json["message"]) == (200, 0, "SUCCEED")
    assert answer.json["data"]["task_status"] == "failed"
    assert "aspect ratio" in answer.json["data"]["task_status_msg"]
    assert "task_result" not in answer.json["data"]


def test_the_list_is_newest_first_in_pages(practice: Practice, kit: Any) -> None:
    caller = practice("official")
    made = [caller.create(kit.plain()).json["data"]["task_id"] for _ in range(5)]

    def listed(query: str) -> list[str]:
        found = caller.send("GET", f"{caller.base}{query}").json["data"]
        return [task["task_id"] for task in found]

    assert listed("") == made[::-1]
    assert listed("?pageNum=1&pageSize=2") == made[:2:-1]
    assert listed("?pageNum=3&pageSize=2") == made[:1]
    assert listed("?pageNum=4&pageSize=2") == []


@pytest.mark.parametrize(
    "query",
    ["pageNum=0", "pageNum=1001", "pageSize=501", "pageSize=0", "pageSize=x", "pageNum=-1",
     "pageSize=%C2%B2", "pageNum=1.5"],
)  # fmt: skip
def test_pages_out_of_range(practice: Practice, query: str) -> None:
    caller = practice("official")
    answer = caller.send("GET", f"{caller.base}?{query}")
    assert (answer.status, answer.json["code"]) == (400, 1201)
    assert answer.said.startswith(query.partition("=")[0])


def test_the_account_page(practice: Practice) -> None:
    caller = practice("official")
    answer = caller.send("GET", "/account/costs?start_time=1&end_time=2")
    assert answer.json["data"]["resource_pack_subscribe_infos"][0]["status"] == "online"
    assert caller.send("GET", "/account/costs", token="wrong").status == 401


def test_access_keys_demand_a_jwt_by_the_server_s_clock(
    practice: Practice, kit: Any, clock: Any
) -> None:
    key = "s" * 32
    caller = practice("official", token=f"access:{key}", clock=clock)

    def code(token: str | None) -> int:
        return caller.create(kit.body(), token=token).json["code"]

    assert code(signed(key, clock.now)) == 0
    assert code(signed(key, clock.now + 3600)) == 1003
    assert code(signed(key, clock.now - 3600)) == 1004
    assert code(signed("t" * 32, clock.now)) == 1000
    assert code(f"access:{key}") == 1002
    assert code(None) == 1001
    assert caller.server.creations == 1
