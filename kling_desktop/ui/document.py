"""The open shot: the only place that changes it, always through the undo stack."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path as FilePath

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels, Rect
from kling_desktop.model.camera import Camera
from kling_desktop.model.landing import switched
from kling_desktop.model.path import Path
from kling_desktop.model.shot import AreaLook, Picture, Settings, Shot, snapshot
from kling_desktop.ui.commands import ChangeLabels, ChangeShot
from kling_desktop.ui.tiles import LabelDelta, LabelEdit
from kling_desktop.ui.vault import Vault

Pixels = npt.NDArray[np.uint8]


class Document(QObject):
    """Shot, its decoded picture, its file and its undo stack.

    Readers take ``shot`` (and a ``snapshot()`` for other threads) and listen to the signals.
    Writers call the ``set_…`` methods or push a label edit; each makes one step of undo.
    """

    opened = Signal()
    """Another shot is here: everything is new."""
    labels_changed = Signal(object)
    """Rect in image pixels whose labels changed by anything but the stroke under way."""
    paths_changed = Signal()
    settings_changed = Signal()
    camera_changed = Signal()
    end_changed = Signal()
    land_changed = Signal()
    """Whether the shot lands on its picture."""
    looks_changed = Signal()
    """Names or colours of areas."""
    changed = Signal()
    """After any of the above."""
    file_changed = Signal()
    """Name of the file or unsaved state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Collected as garbage together with its commands, a stack frees them twice and takes the
        # program with it. So it is nobody's child, its commands know this document only weakly,
        # and it is emptied before it goes.
        self.undo_stack = QUndoStack()
        weakref.finalize(self, _empty, self.undo_stack)
        self.vault = Vault()
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self.file: FilePath | None = None
        self.pixels: Pixels = np.zeros((0, 0, 3), np.uint8)
        """The picture as (H, W, 3) RGB: the one full copy."""
        self.labels_revision = 0
        """Grows with every change of the label map: the key of whatever is cached from it."""
        self.revision = 0
        """Grows with every change of anything, to tell whether a copy is up to date."""
        self._shot = Shot()
        self._counts: dict[int, int] = areas.counts(self._shot.labels)
        self._never_saved = False

    # What it is

    @property
    def shot(self) -> Shot:
        return self._shot

    @property
    def labels(self) -> Labels:
        """The live label map; write to it only between ``edit_labels`` and ``commit_labels``."""
        return self._shot.labels

    @property
    def counts(self) -> Mapping[int, int]:
        """Painted pixels of every area, kept up to date without counting the map again."""
        return self._counts

    @property
    def modified(self) -> bool:
        """Whether closing it now would lose something."""
        return self._never_saved or not self.undo_stack.isClean()

    @property
    def title(self) -> str:
        if self.file is not None:
            return self.file.stem
        if self._shot.picture is not None and self._shot.picture.name:
            return FilePath(self._shot.picture.name).stem
        return "Untitled"

    def snapshot(self) -> Shot:
        """A frozen copy for another thread."""
        return snapshot(self._shot)

    # Opening and saving

    def open(
        self, shot: Shot, pixels: Pixels, file: FilePath | None, *, unsaved: bool = False
    ) -> None:
        """Take over a shot with its decoded RGB picture (H, W, 3). ``unsaved`` marks work that is
        in no file yet although nothing was done since (a recovered copy)."""
        self._shot, self.pixels, self.file = shot, pixels, file
        self._counts = areas.counts(shot.labels)
        self._never_saved = unsaved
        self.labels_revision += 1
        self.revision += 1
        self.undo_stack.clear()
        self._renew_vault()
        self.opened.emit()
        self.changed.emit()
        self.file_changed.emit()

    def saved(self, file: FilePath, *, current: bool = True) -> None:
        """It lies in ``file`` now; not ``current`` if it was changed while it was being written."""
        self.file, self._never_saved = file, False
        if current:
            self.undo_stack.setClean()
        else:
            self.undo_stack.resetClean()
        self.file_changed.emit()

    # Changing: each call is one step of undo

    def set_path(
        self, area: int, path: Path | None, text: str, *, merge: str | None = None
    ) -> None:
        """Give an area another path, or none; ``text`` names the step in the Edit menu. Steps in a
        row with the same ``merge`` key become one (a key held down)."""
        paths = {k: v for k, v in self._shot.paths.items() if k != area}
        if path is not None:
            paths[area] = path
        self._change(replace(self._shot, paths=dict(sorted(paths.items()))), text, merge=merge)

    def set_settings(self, settings: Settings, text: str, *, merge: str | None = None) -> None:
        """Change settings. Steps in a row with the same ``merge`` key become one (typing)."""
        self._change(replace(self._shot, settings=settings), text, merge=merge)

    def set_camera(self, camera: Camera | None, text: str, *, merge: str | None = None) -> None:
        self._change(replace(self._shot, camera=camera), text, merge=merge)

    def set_end(self, end: Picture | None, text: str) -> None:
        """End on another picture, which then carries no motion; or on none."""
        carries = self._shot.end_carries and end is None
        self._change(replace(self._shot, end=end, end_carries=carries), text)

    def set_end_carries(self, *, carries: bool) -> None:
        """Have an end frame made of the draft, in place of a chosen one, or send the motion."""
        end = None if carries else self._shot.end
        text = "Carry motion by an end frame" if carries else "Send the motion itself"
        self._change(replace(self._shot, end=end, end_carries=carries), text)

    def set_land(self, *, land: bool) -> None:
        """Make the picture the last frame, or the first again; paths are turned round with it."""
        text = "Land on this frame" if land else "Start from this frame"
        self._change(switched(self._shot, land=land), text)

    def set_look(self, area: int, look: AreaLook, text: str, *, merge: str | None = None) -> None:
        """Call an area something, or show it in a colour of its own."""
        looks = {k: each for k, each in self._shot.looks.items() if k != area}
        if look != AreaLook():
            looks[area] = look
        self._change(replace(self._shot, looks=dict(sorted(looks.items()))), text, merge=merge)

    def set_shot(self, shot: Shot, text: str) -> None:
        """Change everything but picture and labels at once, as a fix does."""
        self._change(replace(shot, labels=self._shot.labels, picture=self._shot.picture), text)

    def edit_labels(self) -> LabelEdit:
        """Begin to paint: ``touch`` before writing, then ``commit_labels`` or ``cancel_labels``."""
        return LabelEdit(self._shot.labels)

    def commit_labels(self, edit: LabelEdit, text: str) -> None:
        """Record an edit that is already in the map as one step of undo."""
        delta = edit.finish()
        if delta is not None:
            self.undo_stack.push(ChangeLabels(self, delta, text))
            self.vault.keep(delta)

    def cancel_labels(self, edit: LabelEdit) -> None:
        bounds = edit.cancel()
        if not bounds.empty:
            self.labels_changed.emit(bounds)

    def paint(self, rect: Rect, painted: Labels, text: str) -> None:
        """Replace the labels of a rectangle by ``painted`` (same shape) as one step of undo."""
        edit = self.edit_labels()
        edit.touch(rect)
        self._shot.labels[rect.y0 : rect.y1, rect.x0 : rect.x1] = painted
        self.commit_labels(edit, text)
        self.labels_changed.emit(rect)

    def clear_area(self, area: int, text: str) -> None:
        bounds = areas.bounds(self._shot.labels, area)
        if bounds is not None:
            part = self._shot.labels[bounds.y0 : bounds.y1, bounds.x0 : bounds.x1]
            self.paint(bounds, np.where(part == area, np.uint8(areas.NONE), part), text)

    # What the undo commands call

    def replace_shot(self, shot: Shot) -> None:
        """For commands only: put a shot in place and tell what differs."""
        old, self._shot = self._shot, shot
        self.revision += 1
        for differs, signal in self._signals(old, shot):
            if differs:
                signal()
        self.changed.emit()

    def apply_delta(self, delta: LabelDelta, *, sign: int, live: bool) -> None:
        """For commands only: count a label change and, unless it is ``live``, make it."""
        for area, difference in delta.counts.items():
            if area in self._counts:
                self._counts[area] += sign * difference
        self.labels_revision += 1
        self.revision += 1
        if not live:
            delta.toggle(self._shot.labels)
            self.labels_changed.emit(delta.bounds)
        self.changed.emit()

    def _renew_vault(self) -> None:
        """Another shot's steps come; the file of the old ones goes with them."""
        self.vault.close()
        self.vault = Vault(self.vault.budget)

    def _on_clean_changed(self) -> None:  # a method, because Qt lets go of it in time
        self.file_changed.emit()

    def _signals(self, old: Shot, new: Shot) -> list[tuple[bool, Callable[[], None]]]:
        return [
            (old.paths != new.paths, self.paths_changed.emit),
            (old.settings != new.settings, self.settings_changed.emit),
            (old.camera != new.camera, self.camera_changed.emit),
            (
                old.end is not new.end or old.end_carries != new.end_carries,
                self.end_changed.emit,
            ),
            (old.looks != new.looks, self.looks_changed.emit),
            (old.land != new.land, self.land_changed.emit),
        ]

    def _change(self, shot: Shot, text: str, *, merge: str | None = None) -> None:
        if any(differs for differs, _ in self._signals(self._shot, shot)):
            self.undo_stack.push(ChangeShot(self, self._shot, shot, text, merge))


def _empty(stack: QUndoStack) -> None:
    """Let go of every command, telling nobody."""
    stack.blockSignals(True)
    stack.clear()
