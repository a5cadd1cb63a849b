"""The command: one line of JSON first, then service until a signal, then a clean end."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.practice import command
from kling_desktop.practice.faults import FaultError

PROGRAM = """
import sys
from pathlib import Path
from kling_desktop.practice.command import run
sys.exit(run(port=0, dialect="official", token="ak:sk", pace=0.0, faults=None,
             folder=Path(sys.argv[1]), out=sys.stdout))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-X", "dev", "-c", PROGRAM, str(tmp_path / "state")],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert said.keys() == {"url", "token"}
        assert said["token"] == "ak:sk"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(said["url"] + "/v1/videos/image2video")
        refused.value.close()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def arguments(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    usual = {"port": 0, "dialect": "mulerun", "token": None, "pace": 0.0, "faults": None}
    return {**usual, "folder": tmp_path, "out": io.StringIO(), **changes}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
def test_it_gives_the_signals_back(tmp_path: Path) -> None:
    earlier = signal.getsignal(signal.SIGINT)
    out = io.StringIO()

    def interrupt() -> None:
        while not out.getvalue().endswith("\n"):
            pass
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    assert command.run(**arguments(tmp_path, out=out)) == 0
    thread.join()
    assert signal.getsignal(signal.SIGINT) is earlier
    assert json.loads(out.getvalue())["token"].startswith("practice-")


def test_bad_arguments_say_nothing_on_out(tmp_path: Path) -> None:
    for changes, kind in (
        ({"faults": "x"}, FaultError),
        ({"dialect": "x"}, ValueError),
        ({"token": ""}, ValueError),
    ):
        given = arguments(tmp_path, **changes)
        with pytest.raises(kind):
            command.run(**given)
        assert given["out"].getvalue() == ""
