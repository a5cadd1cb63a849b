"""Keys and tokens that a provider quotes back, in any dress: not in what is said, nor in what is kept."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest

from kling_desktop.providers import errors as e
from kling_desktop.providers.client import Client
from kling_desktop.storage.discretion import Secrets

from .conftest import SECRET, Host, Talk, answer

BODY = b'{"model_name":"kling-v2-1-master"}'
Connect = Callable[..., Client]
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "dress",
    [
        SECRET,
        SECRET.lower(),
        quote(SECRET, safe=""),
        b64encode(SECRET.encode()).decode(),
        b64encode(f"ak:{SECRET}".encode()).decode(),
        f"Bearer {JWT}",
    ],
)
@pytest.mark.parametrize("before", [0, 370])
def test_a_key_in_any_dress_is_not_in_what_is_said(
    host: Host, connect: Connect, dress: str, before: int
) -> None:
    words = "w " * (before // 2) + f"header {dress}"
    host.will(
        answer(400, {"code": 1201, "message": words, "request_id": dress}),
        answer(400, {"message": words}, X_Request_Id=dress),
        answer(200, {"error": words}),
        answer(200, {"status": "failed", "error": words}),
        answer(200, {"message": words}),
    )
    secrets = Secrets()
    secrets.add(SECRET)
    client = connect(hide=secrets.hide)
    said: list[str] = []
    for call in (client.create, client.create, client.create):
        with pytest.raises(e.ProviderError) as caught:
            call(BODY)
        said.append(f"{caught.value} {caught.value!r} {caught.value.request_id}")
    said.append(client.query("t-1").reason)
    with pytest.raises(e.ProviderError) as caught:
        client.query("t-1")
    said.append(f"{caught.value!r}")
    bare = dress.removeprefix("Bearer ")
    assert all(bare[:12] not in each and bare[-12:] not in each for each in said), said


def test_a_token_that_the_provider_quotes_is_not_shown(host: Host, connect: Connect) -> None:
    def echo(talk: Talk) -> None:
        talk.read()
        said = talk.host.heard[-1].headers["authorization"]
        payload = {"code": 1201, "message": f"odd header {said}", "request_id": said[:60]}
        body = json.dumps(payload).encode()
        head = f"HTTP/1.1 400 So\r\nContent-Length: {len(body)}\r\n\r\n"
        talk.sock.sendall(head.encode() + body)

    pair = f"AKcanary0123456789:{SECRET}"
    secrets, kept = Secrets(), list[str]()
    secrets.add(pair)
    for hide in (secrets.hide, str):
        host.will(echo)
        client = connect("official", pair, hide=hide, hear=lambda each: kept.append(each.body))
        with pytest.raises(e.BadRequest) as caught:
            client.create(BODY)
        token = host.heard[-1].headers["authorization"].split()[1]
        for said in (str(caught.value), caught.value.request_id or "", kept[-1]):
            for part in token.split("."):
                assert all(part[at : at + 8] not in said for at in range(0, len(part) - 8, 4)), said
