"""The import statement in the running program: nothing of PySide's comes between."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import builtins, os, sys, threading
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from kling_desktop import app
hooked = builtins.__import__.__name__
built = app.build([])
print(hooked, builtins.__import__.__name__)
def load():
    from kling_desktop.storage import schema
def work():
    from kling_desktop.tasks import engine
    from kling_desktop.providers import schema
threads = [threading.Thread(target=each) for each in (load, work)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("pydantic" in sys.modules)
built.shutdown()
"""


def test_pyside_does_not_look_into_what_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    names, loaded = done.stdout.splitlines()
    assert names.split()[0] == "__feature_import__", "PySide has no such hook any more"
    assert names.split()[1] != "__feature_import__"
    assert loaded == "True"
