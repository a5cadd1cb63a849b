"""Masks from files and to files: black-and-white pictures in which an area is white."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from kling_desktop.model.areas import AREAS, NONE, STATIC, Labels, Mask, Rect
from kling_desktop.model.shot import Picture
from kling_desktop.storage import atomic
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.area_operations import AreaOperations
from kling_desktop.ui.area_orders import Change, Locked, Order
from kling_desktop.ui.area_words import in_words, opening
from kling_desktop.ui.document import Document
from kling_desktop.ui.files import PICTURES
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.toolbox import Toolbox

Replace = Callable[[], None]

FOLDER = "maskFolder"
"""The preference that holds the folder used last."""
ABOUT = "masks"


class MaskFiles(QObject):
    """Imports into the area in hand and exports; reading and writing happen on the thread of the
    operations."""

    def __init__(
        self,
        document: Document,
        toolbox: Toolbox,
        notices: Notices,
        *,
        preferences: Preferences,
        operations: AreaOperations,
        window: QWidget,
        ask: Callable[[str, Replace], None],
    ) -> None:
        """``window`` is the parent of the file dialogs; ``ask`` shows a sentence with a button that
        replaces the files that it is about."""
        super().__init__(window)
        self._ask = ask
        self._document, self._toolbox, self._notices = document, toolbox, notices
        self._preferences, self._operations, self._window = preferences, operations, window

    # Importing

    def ask_import(self) -> None:
        """Ask for a file and make it the area in hand."""
        kinds = f"Pictures ({PICTURES});;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Import mask", self._folder(), kinds)
        if name:
            self._remember(Path(name).parent)
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        """Make what is white in a file the area in hand; its other pixels are given up, and those
        of locked and of hidden areas are not taken."""
        area, looks = self._toolbox.area, self._document.shot.looks
        words, (width, height) = in_words(area, looks), self._document.shot.size
        asked = Order(
            text=f"Import mask into {words}",
            change=lambda labels: _imported(labels, path, (width, height), area, kept),
            nothing=f"{opening(words)} is the same as that mask already.",
            areas=(area,),
        )
        if self._operations.allowed(asked):
            kept = self._toolbox.kept  # only now: an area in hand that was hidden is shown again
            if kept:
                asked = replace(asked, nothing=_left(words))
            self._operations.carry_out(asked)

    # Exporting

    def ask_export(self) -> None:
        """Ask for a name and save the area in hand."""
        area, looks = self._toolbox.area, self._document.shot.looks
        if not self._document.counts[area]:
            words = opening(in_words(area, looks))
            self._say(f"{words} is not painted yet: there is no mask to export.")
            return
        dialog = QFileDialog(self._window, "Export mask", self._folder(), "PNG pictures (*.png)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")  # so that the dialog's own question is about the real name
        dialog.selectFile(file_name(self._document.title, area))
        dialog.fileSelected.connect(partial(self._export, area))
        dialog.open()

    def ask_export_all(self) -> None:
        """Ask for a folder and save every painted area into it, once more before files go."""
        painted = [area for area in AREAS if self._document.counts[area]]
        if not painted:
            self._say("No area is painted yet: there are no masks to export.")
            return
        name = QFileDialog.getExistingDirectory(self._window, "Export all masks", self._folder())
        if name:
            title = self._document.title
            wanted = {Path(name) / file_name(title, area): area for area in painted}
            there = [path for path in wanted if path.exists()]
            if there:
                self._ask(
                    _exist(there), partial(self._replace, wanted, self._document.shot.picture)
                )
            else:
                self._write(wanted)

    def _export(self, area: int, name: str) -> None:
        path = Path(name)
        if path.suffix.lower() != ".png":
            path = path.with_name(f"{path.name}.png")
            if path.exists():
                self._ask(_exist([path]), partial(self._write, {path: area}))
                return
        self._write({path: area})

    def _replace(self, wanted: dict[Path, int], picture: Picture | None) -> None:
        """Unless another picture was opened since it was asked."""
        if self._document.shot.picture is picture:
            self._write(wanted)

    def _write(self, wanted: dict[Path, int]) -> None:
        self._remember(next(iter(wanted)).parent)
        labels = self._document.labels.copy()
        self._operations.working_changed.emit("Saving masks…")
        self._operations.jobs.run(lambda: _exported(labels, wanted), self._written, self._failed)

    def _written(self, paths: list[Path]) -> None:
        self._operations.working_changed.emit("")
        self._notices.settle(ABOUT)
        folder = paths[0].parent
        what = f"“{paths[0].name}”" if len(paths) == 1 else f"{len(paths)} masks"
        self._say(f"Saved {what} in {folder.name or folder}.")

    def _failed(self, sentence: str) -> None:
        self._operations.working_changed.emit("")
        self._notices.post(sentence, Tone.ERROR, about=ABOUT)

    def _say(self, sentence: str) -> None:
        self._notices.post(sentence, about=ABOUT)

    # The folder

    def _folder(self) -> str:
        for key in (FOLDER, "folder"):
            folder = str(self._preferences.get(key, ""))
            if folder and Path(folder).is_dir():
                return folder
        return str(Path.home())

    def _remember(self, folder: Path) -> None:
        """A preference that the disk refuses is no reason to stop the artist."""
        with contextlib.suppress(StorageError):
            self._preferences.set(FOLDER, str(folder.absolute()))


def file_name(title: str, area: int) -> str:
    """What a mask's file is called if the artist does not say."""
    return f"{title} static.png" if area == STATIC else f"{title} area {area}.png"


def _exist(paths: list[Path]) -> str:
    """What is said of files that would be replaced; they share a folder."""
    folder = paths[0].parent
    names = [f"“{path.name}”" for path in paths]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    verb = "exists" if len(names) == 1 else "exist"
    return f"{listed} {verb} already in {folder.name or folder}."


def _left(words: str) -> str:
    """What is said where an area has all of a mask that the kept areas leave to it."""
    return (
        f"{opening(words)} is the same as that mask already outside locked and hidden areas; "
        "unlock or show those to import it there."
    )


def with_mask(labels: Labels, area: int, mask: Mask, kept: Locked) -> Change:
    """The map with ``mask`` (its own shape) in place of an area, pixels of kept areas aside."""
    taken = mask & ~np.isin(labels, list(kept)) if kept else mask
    changed = taken != (labels == area)
    columns, rows = np.flatnonzero(changed.any(axis=0)), np.flatnonzero(changed.any(axis=1))
    if not columns.size:
        return Rect(0, 0, 0, 0), np.zeros((0, 0), np.uint8)
    rect = Rect(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    place = np.s_[rect.y0 : rect.y1, rect.x0 : rect.x1]
    after = labels[place].copy()
    after[after == area] = NONE
    after[taken[place]] = area
    return rect, after


def _imported(labels: Labels, path: Path, size: tuple[int, int], area: int, kept: Locked) -> Change:
    from kling_desktop.imaging.load import read_file
    from kling_desktop.imaging.mask_import import read

    return with_mask(labels, area, read(read_file(path).data, path.name, *size), kept)


def _exported(labels: Labels, wanted: dict[Path, int]) -> list[Path]:
    from kling_desktop.imaging.masks import mask_png

    for path, area in wanted.items():
        atomic.write(path, mask_png(labels == area))
    return list(wanted)
