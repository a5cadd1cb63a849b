"""The search that ends every run of the tests finds what it is there to find."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.secret import holders

# Not the secret of the run: these files stay until the run is over.
OTHER = f"sk-{secrets.token_hex(20)}+/{secrets.token_hex(2)}"


@pytest.mark.parametrize(
    "dress",
    [
        lambda key: f"token: {key}",
        lambda key: json.dumps({"key": key}),
        lambda key: f"https://example/?k={quote(key, safe='')}",
        lambda key: base64.b64encode(key.encode()).decode(),
        lambda key: base64.b64encode(f"a:{key}".encode()).decode(),
        lambda key: base64.urlsafe_b64encode(f"it is {key} or so".encode()).decode(),
        lambda key: f"without its ends: {key[4:]}"[:-5] + key[3],
    ],
)
def test_every_dress_is_found(tmp_path: Path, dress: Callable[[str], str]) -> None:
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "state"
    file.write_text("x" * 5000 + dress(OTHER) + "y" * 5000)
    (tmp_path / "harmless").write_text("nothing " * 100)
    (tmp_path / "empty").touch()
    found = list(holders(tmp_path, OTHER))
    assert found == ([file] if "without" not in file.read_text() else [])


def test_the_secret_of_the_run_is_one_that_accounts_take(secret: str) -> None:
    from kling_desktop.storage.accounts import SECRET

    assert SECRET.fullmatch(secret) and quote(secret, safe="") != secret
    assert len(secret) > 40
