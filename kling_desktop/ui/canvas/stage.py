"""What the tools work on: document and toolbox, the view, and the layers to keep true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtWidgets import QWidget

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels, Rect
from kling_desktop.model.path import Path, Point, resolved
from kling_desktop.ui.area_words import locked_sentence
from kling_desktop.ui.budget import SentPoints
from kling_desktop.ui.canvas.overlay import Overlay
from kling_desktop.ui.canvas.paths_layer import PathsLayer
from kling_desktop.ui.canvas.photo import Photo
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_scene import seconds
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.tiles import LabelEdit
from kling_desktop.ui.toolbox import Combine, Toolbox

PREVIEW = 1_000_000
FRAME_MS = 16
"""A path that is being changed is drawn anew no more often: its curve takes longer to make than the
pointer takes to move again."""
LOCKED = "locked area"
"""What the notice that an area is locked is about."""
LIGHTEST = 0.15
"""Share of the radius that the lightest touch of a pen paints, where pressure counts."""


class Pointer(NamedTuple):
    """Where the pointer is, in image pixels, and what is held with it."""

    x: float
    y: float
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    pressure: float = 1.0
    erases: bool = False
    """Whether it is the eraser end of a pen."""
    pen: bool = False
    """Whether it is a pen at all, which slips further than a mouse."""

    @property
    def point(self) -> Point:
        return self.x, self.y

    @property
    def shift(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)

    @property
    def alt(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.AltModifier)

    @property
    def ctrl(self) -> bool:
        return bool(self.keys & Qt.KeyboardModifier.ControlModifier)


class Stage:
    """Shared by the canvas and its tools."""

    def __init__(
        self,
        document: Document,
        toolbox: Toolbox,
        notices: Notices,
        canvas: QWidget,
    ) -> None:
        self.document, self.toolbox, self.notices = document, toolbox, notices
        self.canvas = canvas
        self.update: Callable[[QRect], None] = canvas.update
        """Asks for a repaint of widget pixels."""
        self.view = View()
        self.photo = Photo(canvas)
        self.overlay = Overlay()
        self.paths = PathsLayer()
        self._trial: tuple[int, Path | None] | None = None
        self._stroke_end: tuple[Point, int] | None = None
        """Where the last stroke ended, and how long the history was with it."""
        self._sent: Mapping[int, SentPoints] = {}
        document.opened.connect(self._on_opened)
        document.settings_changed.connect(self.show_paths)
        self._selected: frozenset[int] = frozenset()
        self.tried: Callable[[Mapping[int, Path] | None], None] = _nobody
        """Hears of the paths as they are shown while one of them is under way, None afterwards."""
        self.marked: Callable[[], QRect] = QRect
        """What the tool in hand draws around the paths, in widget pixels."""
        self._marked = QRect()
        self._frame = QTimer(canvas, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._on_frame)
        self._stale = False

    def preview_pixels(self) -> tuple[npt.NDArray[np.uint8], int]:
        """The picture as RGB at the largest mip level of at most 1 megapixel, and the
        level; for whatever has to be found while the pointer moves."""
        return self.photo.small(PREVIEW)

    # Labels

    def protection(self) -> npt.NDArray[np.uint8] | None:
        """By label 255 where a tool may change it and 0 where not; None where all may change."""
        kept = self.toolbox.kept
        if not kept:
            return None
        table = np.full(256, 255, np.uint8)
        table[list(kept)] = 0
        return table

    def may_paint(self, value: int) -> bool:
        """Whether an area may be changed now: posts a sentence where not, shows it where hidden."""
        if self.document.shot.picture is None:
            return False
        if value in self.toolbox.locked:
            said = locked_sentence(value, self.document.shot.looks)
            self.notices.post(said, Tone.WARNING, about=LOCKED)
            return False
        self.notices.settle(LOCKED)
        if value in self.toolbox.hidden:
            self.toolbox.set_hidden(value, hidden=False)
        return True

    def brush_radius(self, at: Pointer) -> float:
        """Radius in image pixels of a brush there: a pen's pressure counts where that is wanted."""
        toolbox = self.toolbox
        if at.pen and toolbox.options.pressure:
            share = float(at.pressure**toolbox.options.softness)
            return toolbox.radius * (LIGHTEST + (1.0 - LIGHTEST) * share)
        return toolbox.radius

    @property
    def anchor(self) -> Point | None:
        """Where a straight line would begin: the end of the last stroke, unless it was undone."""
        if self._stroke_end is None:
            return None
        place, steps = self._stroke_end
        return place if self.document.undo_stack.index() >= steps else None

    def end_stroke(self, place: Point) -> None:
        """A stroke ended there and is in the history."""
        self._stroke_end = place, self.document.undo_stack.index()

    def _on_opened(self) -> None:
        self._stroke_end = None

    def lift(self, edit: LabelEdit, area: int) -> None:
        """Take a whole area away within an edit, for a stroke to bring back what it covers."""
        rect = areas.bounds(self.document.labels, area)
        if rect is not None:
            edit.touch(rect)
            part = self.document.labels[rect.y0 : rect.y1, rect.x0 : rect.x1]
            part[part == area] = areas.NONE
            self.labels_changed(rect)

    def labels_changed(self, rect: Rect) -> None:
        """Show what has just been written into the label map."""
        self.overlay.refresh(rect)
        self.show_labels(rect)

    def show_labels(self, rect: Rect) -> None:
        """Repaint a part of the picture whose overlay is up to date."""
        self.update(QRect(*self.view.dirty(rect)))

    def how(self, at: Pointer) -> Combine:
        """What a selection made with this pointer does: a pen's eraser end and Alt subtract,
        Shift+Alt intersects."""
        return how(at, self.toolbox.options.combine)

    def combine(
        self, rect: Rect, mask: areas.Mask, how: Combine, text: str, area: int | None = None
    ) -> bool:
        """Add the pixels of ``mask`` (the shape of ``rect``) to an area, that in hand if no other
        is named, take them from it, or keep of it only them, as one step of undo; False where
        nothing changed.

        Locked areas stay as they are. Selecting nothing keeps everything.
        """
        area, labels = self.toolbox.area if area is None else area, self.document.labels
        if rect.empty or not mask.any() or not self.may_paint(area):
            return False
        if how == Combine.INTERSECT:
            whole = areas.bounds(labels, area)
            if whole is None:
                return False
            rect, mask = whole, _framed(rect, mask, whole)
        old: Labels = labels[rect.y0 : rect.y1, rect.x0 : rect.x1]
        if how == Combine.ADD:
            allowed = mask & (old != area)
            # The toolbox's own list lacks the area in hand, which may be another one by now.
            kept = self.toolbox.locked | self.toolbox.hidden
            if kept:
                allowed &= ~np.isin(old, list(kept))
        else:
            allowed = (old == area) & (mask if how == Combine.SUBTRACT else ~mask)
        if not allowed.any():
            return False
        value = np.uint8(area if how == Combine.ADD else areas.NONE)
        self.document.paint(rect, np.where(allowed, value, old), text)
        return True

    # Paths

    @property
    def shown_paths(self) -> dict[int, Path]:
        """The shot's paths, with the one under way in place of the one it replaces."""
        shown = dict(self.document.shot.paths)
        if self._trial is not None:
            area, path = self._trial
            shown.pop(area, None)
            if path is not None:
                shown[area] = path
        return shown

    @property
    def path(self) -> Path:
        """The path of the area in hand as shown, perhaps without points."""
        return self.shown_paths.get(self.toolbox.area, Path())

    @property
    def selected(self) -> frozenset[int]:
        """Indices of the points of the path in hand that keys and commands act on."""
        count = len(self.path.points)
        return frozenset(index for index in self._selected if index < count)

    def select(self, indices: Iterable[int] = ()) -> None:
        """Choose points of the path in hand in place of those chosen."""
        indices = frozenset(indices)
        if indices != self._selected:
            self._selected = indices
            self.show_paths()

    def try_path(self, path: Path | None, area: int | None = None) -> None:
        """Show a path for an area, that in hand if no other is named, without changing the shot.
        It is seen at once, or with the next frame."""
        self._trial = (self.toolbox.area if area is None else area, path)
        self._stale = True
        if not self._frame.isActive():
            self._on_frame()

    def end_trial(self) -> None:
        """Show the shot's own paths again."""
        if self._trial is not None:
            self._trial = None
            self.show_paths()

    def show_paths(self) -> None:
        """Bring the layer of paths up to date with shot, view and toolbox."""
        self._stale = False
        area = self.toolbox.area if self.toolbox.tool == "path" else None
        hidden, selected = self.toolbox.hidden, self.selected
        shown = resolved(self.shown_paths, land=self.document.shot.land)
        paths = {k: path for k, path in shown.items() if k not in hidden}
        only = next(iter(selected)) if len(selected) == 1 else None
        shot = self.document.shot
        dirty = self.paths.show(
            paths, self.view, area, only, shot.looks, seconds=seconds(shot), sent=self._sent
        )
        self.tried(None if self._trial is None else self.shown_paths)
        old, self._marked = self._marked, self.marked()
        for changed in (dirty, old.united(self._marked)):
            if not changed.isEmpty():
                self.update(changed)

    def show_sent(self, sent: Mapping[int, SentPoints]) -> None:
        """Show the points that are sent of these areas' paths, and of no others."""
        self._sent = sent
        self.show_paths()

    def _on_frame(self) -> None:
        if self._stale:
            self._frame.start()
            self.show_paths()


def _nobody(_paths: Mapping[int, Path] | None) -> None:
    """Nobody wants to know."""


def how(at: Pointer, plain: Combine = Combine.ADD) -> Combine:
    """What a gesture with this pointer does: ``plain`` where neither the end of the pen nor a key
    says otherwise."""
    if at.erases:
        return Combine.SUBTRACT
    if not at.alt:
        return plain
    return Combine.INTERSECT if at.shift else Combine.SUBTRACT


def _framed(rect: Rect, mask: areas.Mask, frame: Rect) -> areas.Mask:
    """The part of a mask over ``rect`` that another rectangle shows, False around it."""
    framed = np.zeros((frame.height, frame.width), np.bool_)
    x0, y0 = max(rect.x0, frame.x0), max(rect.y0, frame.y0)
    x1, y1 = min(rect.x1, frame.x1), min(rect.y1, frame.y1)
    if x0 < x1 and y0 < y1:
        part = mask[y0 - rect.y0 : y1 - rect.y0, x0 - rect.x0 : x1 - rect.x0]
        framed[y0 - frame.y0 : y1 - frame.y0, x0 - frame.x0 : x1 - frame.x0] = part
    return framed
