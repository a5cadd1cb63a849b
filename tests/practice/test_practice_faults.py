"""Faults strike when they were told to, and senseless ones are refused with a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.practice.faults import FaultError, Faults, Kind, Route


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


def test_chance_is_repeatable() -> None:
    tries = [
        strikes(Faults([fault(probability=0.5, seed=seed)]), Route.QUERY, 40) for seed in (1, 1, 2)
    ]
    assert tries[0] == tries[1] != tries[2]
    assert 5 < len(tries[0]) < 35


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
        ([fault(route="delete")], "create, query, video"),
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
        ([fault(color=1)], "no “color”"),
    ],
)
def test_senseless_faults(faults: Any, sentence: str) -> None:
    with pytest.raises(FaultError, match=sentence):
        Faults(faults)


WORDS = st.sampled_from(["route", "do", "after", "times", "query", "cut", "status", "delay"])
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
