"""What is kept of a provider's answers: readable, short, without secrets and pictures."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.providers.answers import CREATE, LONGEST, QUERY, READ, Answer, Answers, readable
from kling_desktop.providers.client import Client
from kling_desktop.providers.errors import ProviderError
from kling_desktop.providers.profiles import Profile
from kling_desktop.storage.discretion import Secrets
from tests.secret import SECRET, dresses
from tests.tasks.conftest import Answer as Scripted
from tests.tasks.conftest import Host, host

__all__ = ["host"]
PICTURE = base64.b64encode(bytes(range(256)) * 40).decode()


def clean(text: str) -> bool:
    return not any(dress in text.encode() for dress in dresses())


def read(raw: bytes, *, whole: bool = True) -> str:
    secrets = Secrets()
    secrets.add(SECRET)
    try:
        payload = json.loads(raw) if whole else None
    except ValueError:
        payload = None
    return readable(raw, payload, whole=whole, hide=secrets.hide)


def test_json_is_indented_and_its_pictures_are_named_by_their_size() -> None:
    text = read(json.dumps({"code": 0, "data": {"image": PICTURE, "says": "ä"}}).encode())
    assert json.loads(text) == {"code": 0, "data": {"image": "<image, 10 240 bytes>", "says": "ä"}}


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    "body",
    [
        {"message": f"the key {SECRET} is wrong"},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {SECRET: "as a name"},
        {"echo": json.dumps({"api_key": SECRET})},
        {"coded": base64.b64encode(f"ak:{SECRET}".encode()).decode()},
    ],
)
def test_the_key_is_nowhere_in_it(body: dict[str, object], whole: bool) -> None:
    raw = json.dumps(body).encode()
    assert clean(read(raw)) and clean(read(raw[:-1], whole=False))
    assert clean(read(f"<p>{raw.decode()}</p>".encode(), whole=whole))


@pytest.mark.parametrize(
    "name", ["token", "access_token", "secret_key", "apiKey", "ak", "Password"]
)
def test_keys_that_are_not_ours_are_hidden_by_their_names(name: str) -> None:
    inner = json.dumps({name: "who-knows"})
    for body in ({name: "who-knows", "id": "t-1"}, {"sent": inner, "id": "t-1"}):
        text = read(json.dumps(body).encode())
        assert "who-knows" not in text and "t-1" in text


@pytest.mark.parametrize("length", range(1, len(SECRET)))
def test_half_a_key_at_the_end_of_what_came_is_cut_off(length: int) -> None:
    start = SECRET[:length].encode()
    assert read(b'{"message": "no ' + start, whole=False) == '{"message": "no …'
    long = b"x " * ((READ - length) // 2) + b" " * ((READ - length) % 2) + SECRET.encode()
    assert SECRET[:length] not in read(long + b" and more").split()


def test_the_signature_of_a_video_s_link_is_not_kept() -> None:
    url = "https://v.example/1.mp4?Signature=abcdef&Expires=1"
    text = read(json.dumps({"videos": [url]}).encode())
    assert "https://v.example/1.mp4?‹hidden›" in text and "abcdef" not in text


def test_a_long_answer_is_cut_after_its_secrets_are_hidden() -> None:
    text = read(json.dumps({"words": "many words " * 4000, "key": SECRET}).encode())
    assert len(text) == LONGEST and text.endswith("…")
    page = b"<html>" + b"a word " * 20_000
    assert len(read(page)) == LONGEST


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"null", b"[" * 5000, b'"text"'])
def test_whatever_comes_is_readable(raw: bytes) -> None:
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError):
        payload = None
    assert isinstance(readable(raw, payload, whole=True, hide=str), str)


def test_each_thread_hears_its_own_answers_the_last_of_each_kind() -> None:
    answers = Answers()
    first, second = (Answer(QUERY, at, 200, None, "") for at in (1.0, 2.0))
    answers.add(first)
    answers.add(second)
    answers.add(made := Answer(CREATE, 3.0, 200, None, ""))
    elsewhere: list[tuple[Answer, ...]] = []
    thread = threading.Thread(target=lambda: elsewhere.append(answers.take()))
    thread.start()
    thread.join()
    assert elsewhere == [()]
    assert answers.take() == (second, made) and answers.take() == ()


@pytest.fixture
def official(profiles: dict[str, Profile]) -> Profile:
    return replace(profiles["official"], find_by_external_id=True)


@pytest.fixture
def profiles() -> dict[str, Profile]:
    from kling_desktop.providers.profiles import load_profiles

    return load_profiles(Path(__file__).parents[2] / "resources" / "providers.json")


@pytest.mark.parametrize(
    ("headers", "body", "found"),
    [
        ({}, {"request_id": "r-body"}, "r-body"),
        ({"X-Request-Id": "r-1"}, {}, "r-1"),
        ({"x-oneapi-request-id": "r-2"}, {"request_id": ""}, "r-2"),
        ({"X-Request-Id": SECRET}, {}, "…"),
        ({}, {}, None),
    ],
)
def test_a_client_tells_of_every_answer(
    host: Host,
    official: Profile,
    headers: dict[str, str],
    body: dict[str, object],
    found: str | None,
) -> None:
    heard: list[Answer] = []
    client = Client(official, host.url, SECRET, clock=lambda: 77.0, hear=heard.append)
    host.say("create", Scripted(429, {"code": 1302, "message": f"no {SECRET}", **body}, headers))
    with pytest.raises(ProviderError):
        client.create(b'{"external_task_id": "a"}')
    [answer] = heard
    assert (answer.kind, answer.at, answer.status) == (CREATE, 77.0, 429)
    assert answer.request_id == found and clean(answer.body) and "1302" in answer.body


def test_a_page_instead_of_an_answer_is_told_of_as_well(host: Host, official: Profile) -> None:
    heard: list[Answer] = []
    client = Client(official, host.url, SECRET, hear=heard.append)
    host.say("find", Scripted(502, b"<h1>Bad Gateway</h1>"))
    with pytest.raises(ProviderError):
        client.query("remote-9")
    assert (heard[0].kind, heard[0].status, heard[0].body) == (QUERY, 502, "<h1>Bad Gateway</h1>")


def test_a_lost_answer_leaves_nothing_to_tell(host: Host, official: Profile) -> None:
    heard: list[Answer] = []
    host.say("create", Scripted(reset="late"))
    with pytest.raises(ProviderError):
        Client(official, host.url, SECRET, hear=heard.append).create(b'{"external_task_id": "a"}')
    assert heard == []
