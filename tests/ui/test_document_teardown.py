"""Documents that nobody needs any more go soundly, whatever lies on their undo stacks."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import gc, sys, weakref
import numpy as np
from PySide6.QtCore import QCoreApplication
from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.document import Document

app = QCoreApplication([])

def used(cyclic):
    document = Document()
    document.open(of(Picture(b"", "PNG", 80, 60)), np.zeros((60, 80, 3), np.uint8), None)
    document.paint(Rect(0, 0, 10, 10), np.ones((10, 10), np.uint8), "Paint")
    document.set_path(1, Path(((1.0, 1.0), (5.0, 5.0))), "Draw")
    document.set_path(1, None, "Clear")
    document.undo_stack.undo()
    if cyclic:
        document.me = document
    return weakref.ref(document)

cyclic = sys.argv[1] == "cyclic"
documents = [used(cyclic) for _ in range(30)]
gc.collect()
print(sum(document() is not None for document in documents), "left")
"""


@pytest.mark.parametrize("how", ["cyclic", "counted"])
def test_a_document_is_collected_with_its_commands(how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, how], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "0 left"), done.stderr
