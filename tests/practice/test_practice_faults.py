"""Faults strike when they were told to, and senseless ones are refused with a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.practice.faults import Alteration, FaultError, Faults, Kind, Route


def strikes(faults: Faults, route: Route, count: int) -> list[int]:
    return [number for number in range(count) if faults.strike(route)]


def fault(**parts: Any) -> dict[str, Any]:
    return {"route": "query", "do": "cut", **parts}


def test_no_faults() -> None:
    assert strikes(Faults(None), Route.CREATE, 5) == []
    assert strikes(Faults("[]"), Route.CREATE, 5) == []


@pytest.mark.parametrize(
    ("parts", "hit"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"times": 2}, [0, 1]),
        ({"after": 3}, [3, 4, 5]),
        ({"after": 1, "times": 1}, [1]),
        ({"times": 0}, []),
        ({"probability": 0}, []),
        ({"nth": 1}, [0]),
        ({"nth": 4}, [3]),
    ],
)
def test_when_a_fault_strikes(parts: dict[str, Any], hit: list[int]) -> None:
    assert strikes(Faults([fault(**parts)]), Route.QUERY, 6) == hit


def test_other_routes_are_left_alone() -> None:
    faults = Faults([fault(after=1, times=1)])
    assert strikes(faults, Route.VIDEO, 9) == []
    assert strikes(faults, Route.QUERY, 9) == [1]


def test_faults_of_one_route_take_turns() -> None:
    faults = Faults([fault(times=1, do="html"), fault(times=1, do="types")])
    assert [faults.strike(Route.QUERY).kind for _ in range(2)] == [Kind.HTML, Kind.TYPES]
    assert faults.strike(Route.QUERY) is None


def test_the_nth_request_is_that_one_alone() -> None:
    faults = Faults([fault(nth=1, do="html"), fault(nth=1, do="types"), fault(nth=3, do="types")])
    struck = [faults.strike(Route.QUERY) for _ in range(6)]
    assert [action and action.kind for action in struck] == [
        Kind.HTML, None, Kind.TYPES, None, None, None,
    ]  # fmt: skip


def test_what_the_first_leaves_to_chance_the_second_may_take() -> None:
    faults = Faults([fault(nth=2, probability=0, do="html"), fault(nth=2, do="types")])
    struck = [faults.strike(Route.QUERY) for _ in range(4)]
    assert [action and action.kind for action in struck] == [None, Kind.TYPES, None, None]


def test_the_nth_request_is_left_to_chance_once() -> None:
    hits = [
        strikes(Faults([fault(nth=3, probability=0.5, seed=seed)]), Route.QUERY, 9)
        for seed in range(20)
    ]
    assert {tuple(each) for each in hits} == {(), (2,)}


def test_chance_is_repeatable() -> None:
    tries = [
        strikes(Faults([fault(probability=0.5, seed=seed)]), Route.QUERY, 40) for seed in (1, 1, 2)
    ]
    assert tries[0] == tries[1] != tries[2]
    assert 5 < len(tries[0]) < 35


def test_a_mixture_is_read_whole() -> None:
    do = {"delay": 2, "cut": 0.25, "rate": 100, "length": -3, "etag": "other", "ranges": False}
    action = Faults([{"route": "video", "do": do}]).strike(Route.VIDEO)
    assert action is not None
    assert (action.kind, action.name) == (Kind.ALTER, "cut+delay+etag+length+ranges+rate")
    assert action.alteration == Alteration(
        delay=2.0, cut=0.25, rate=100.0, length=-3, etag="other", ranges=False
    )


@pytest.mark.parametrize(
    ("do", "status", "code"),
    [
        ({"status": 401}, 401, 1002),
        ({"status": 402}, 402, 1101),
        ({"status": 418}, 418, 5000),
        ({"code": 1303}, None, 1303),
        ({"status": 200, "code": 1102}, 200, 1102),
    ],
)
def test_status_or_code_is_enough(do: Any, status: int | None, code: int) -> None:
    action = Faults([fault(do=do)]).strike(Route.QUERY)
    assert action is not None
    assert (action.status, action.code) == (status, code)


def test_an_error_status_is_read_whole() -> None:
    do = {"status": 429, "code": 1302, "message": "slow down", "retry_after": 2, "performed": True}
    action = Faults(json.dumps([fault(do=do)])).strike(Route.QUERY)
    assert (action.kind, action.status, action.code) == (Kind.STATUS, 429, 1302)
    assert (action.message, action.retry_after, action.performed) == ("slow down", 2.0, True)


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ("{", "not valid JSON"),
        ("{}", "a list"),
        ([1], "an object"),
        ([{"route": "query"}], "what goes wrong"),
        ([fault(route="delete")], "create, query, list, video"),
        ([fault(do="explode")], "explode"),
        ([fault(do={"sing": 1})], "has one of"),
        ([fault(do={"status": 99})], "200 to 599"),
        ([fault(do={"status": 503, "delay": 1})], "does not go with “delay”"),
        ([fault(do={"status": 503, "code": "x"})], "whole number"),
        ([fault(do={"status": 503, "message": 1})], "a string"),
        ([fault(do={"delay": -1})], "“delay” is a number"),
        ([fault(do={"state": 3})], "a string"),
        ([fault(after=-1)], "“after”"),
        ([fault(times="2")], "“times”"),
        ([fault(times=True)], "“times”"),
        ([fault(probability=2)], "“probability” is a number from 0 to 1"),
        ([fault(seed="x")], "“seed”"),
        ([fault(seed=True)], "“seed”"),
        ([fault(nth=0)], "“nth” is a whole number from 1 on"),
        ([fault(nth=2, times=1)], "“nth” does not go with “times”"),
        ([fault(do={})], "what goes wrong"),
        ([fault(do={"delay": 1, "sing": 1})], "no “sing”"),
        ([fault(do={"code": 4242})], "“code” 4242 has no usual HTTP status"),
        ([fault(do={"status": True})], "200 to 599"),
        ([fault(do={"code": 1302, "retry_after": "soon"})], "“retry_after” is a number"),
        ([fault(do={"status": 503, "performed": 1})], "“performed” is true or false"),
        ([fault(do={"status": 503, "message": "\ud800"})], "“message” is a string"),
        ([fault(do={"redirect": "http://a\r\nb"})], "“redirect” is an address"),
        ([fault(do={"redirect": "elsewhere", "delay": 1})], "does not go with “delay”"),
        ([fault(do={"cut": 2})], "“cut” is a number from 0 to 1"),
        ([fault(do={"cut": 10**400})], "“cut”"),
        ([fault(do={"rate": 0})], "“rate” is a number from 1"),
        ([fault(do={"rate": float("nan")})], "“rate”"),
        ([fault(do={"length": 0.5})], "“length” is a whole number"),
        ([fault(do={"endless": True})], "“endless” needs a “rate”"),
        ([fault(do={"endless": True, "rate": 1, "length": 1})], "“length” does not go"),
        ([fault(do={"etag": "x"})], "“etag” goes with the route video"),
        ([fault(do={"ranges": False})], "“ranges” goes with the route video"),
        ([fault(route="video", do={"etag": 'x"'})], "“etag” is a string"),
        ([fault(route="video", do={"state": "weird"})], "“state” does not go"),
        ([fault(), fault(do="explode")], "^Fault 2: .+[.]$"),
        ([fault(color=1)], "no “color”"),
    ],
)
def test_senseless_faults(faults: Any, sentence: str) -> None:
    with pytest.raises(FaultError, match=sentence):
        Faults(faults)


WORDS = st.sampled_from(
    ["route", "do", "nth", "after", "times", "query", "cut", "status", "code", "delay", "rate"]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=6,
)


@given(description=ANY)
def test_any_description_is_taken_or_refused(description: Any) -> None:
    try:
        faults = Faults([description])
    except FaultError:
        return
    assert description["route"] == "query"
    assert faults.strike(Route.VIDEO) is None
