"""One secret for a whole run of the tests, made up anew each time, and the search for it afterwards.

Tests use it wherever they need a key. When the run is over, no file that any of them has left may
hold it: no settings, journal, log, keyring, shot, video, or what a practice server remembers.
"""

from __future__ import annotations

import base64
import mmap
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

_VARIABLE = "KLING_DESKTOP_TESTS_SECRET"
# In the environment, so that the workers of a run in parallel use the same one.
SECRET = os.environ.setdefault(_VARIABLE, f"sk-{secrets.token_hex(20)}+/{secrets.token_hex(2)}")
"""A key as providers give them out; the signs in it read otherwise in URLs and in JSON."""


def dresses(secret: str = SECRET) -> set[bytes]:
    """The secret as a file may hold it: plain, its unmistakable middle, in a URL, and in base64 at
    any place within something longer."""
    middle = secret[3:43]
    found = {secret.encode(), middle.encode(), quote(secret, safe="").encode()}
    for before in range(3):
        coded = base64.b64encode(bytes(before) + middle.encode())
        found |= {coded[4:52], coded[4:52].translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def holders(folder: Path, secret: str = SECRET) -> Iterator[Path]:
    """The files below a folder that hold the secret."""
    sought = dresses(secret)
    for file in folder.rglob("*"):
        try:
            if file.is_symlink() or not file.is_file() or file.stat().st_size < len(secret) // 2:
                continue
            with (
                file.open("rb") as opened,
                mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as all_,
            ):
                if any(all_.find(each) >= 0 for each in sought):
                    yield file
        except OSError:
            continue  # it is gone already, or not for us to read
