"""What the actions on areas do, and how they follow the area in hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from kling_desktop.model.areas import AREAS
from kling_desktop.model.shot import AreaLook
from kling_desktop.storage.atomic import StorageError
from kling_desktop.ui.action_spec import area_id, plain
from kling_desktop.ui.area_actions import CHOICES, TABLE
from kling_desktop.ui.area_operations import AreaOperations
from kling_desktop.ui.area_orders import AMOUNTS, Kind
from kling_desktop.ui.area_trial import AreaTrial
from kling_desktop.ui.area_words import in_words
from kling_desktop.ui.colours import label, rgb
from kling_desktop.ui.mask_files import ABOUT as MASKS
from kling_desktop.ui.mask_files import MaskFiles
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.trial import settle

if TYPE_CHECKING:
    from kling_desktop.ui.window import MainWindow

LAST = "amounts"
"""The preference that holds the amounts used last, by operation."""
OTHERS = (Kind.GIVE, Kind.SWAP)
"""Operations that name a second area."""
ON_AREAS = tuple(spec.id for spec in TABLE if spec.id not in {*CHOICES, "area.usual"})
"""What needs a picture."""

Do = Callable[[], object]


class AreaWiring(QObject):
    """Connects actions and rows with operations, looks and mask files; owns the latter."""

    def __init__(self, window: MainWindow, notices: Notices) -> None:
        super().__init__(window)
        self._window = window
        document, toolbox, panel = window.document, window.toolbox, window.column.areas
        self.operations = AreaOperations(document, toolbox, notices, self)
        self.operations.busy = self._busy
        self.operations.working_changed.connect(window.status.show_work)
        self.masks = MaskFiles(
            document,
            toolbox,
            notices,
            preferences=window.preferences,
            operations=self.operations,
            window=window,
            ask=self._ask_to_replace,
        )
        self.menu = QMenu(window)
        self.menu.setObjectName("areaMenu")
        window.acts.fill_area_menu(self.menu)
        panel.menu_requested.connect(self.menu.popup)
        panel.clear_requested.connect(self._clear)
        panel.left.connect(window.canvas.setFocus)
        panel.mask_dropped.connect(self._on_mask_dropped)
        self._connect()
        document.looks_changed.connect(self._refresh)
        document.opened.connect(self._refresh)
        document.changed.connect(self._refresh_enabled)
        toolbox.area_changed.connect(self._refresh)
        toolbox.view_changed.connect(self._refresh_enabled)
        self._refresh()

    def close(self) -> None:
        """Finish what is under way."""
        self.operations.close()

    # Connecting

    def _connect(self) -> None:
        masks = self.masks
        handlers: dict[str, Do] = {
            "area.pick": self._window.canvas.pick,
            "area.solo": self._on_solo,
            "area.opacity": self._on_opacity,
            "area.rename": self._on_rename,
            "area.colour": self._on_colour,
            "area.usual": self._on_usual,
            "area.clear": self._on_clear,
            "area.import": partial(self._after_stroke, masks.ask_import),
            "area.export": partial(self._after_stroke, masks.ask_export),
            "area.exportAll": partial(self._after_stroke, masks.ask_export_all),
        }
        for kind in Kind:
            if kind in OTHERS:
                for other in AREAS:
                    handlers[area_id(other, f"area.{kind}")] = partial(self._run, kind, other)
            else:
                do = self._ask if kind in AMOUNTS else self._run
                handlers[f"area.{kind}"] = partial(do, kind)
        for action_id, handler in handlers.items():
            self._window.acts[action_id].triggered.connect(partial(_call, handler))

    # What actions do

    def _after_stroke(self, do: Do) -> None:
        """A stroke under way belongs to the area, and so does the amount that is seen."""
        self._window.canvas.finish()
        settle(self.operations, keep=True)
        do()

    def _run(self, kind: Kind, other: int = 0) -> None:
        self._after_stroke(partial(self.operations.run, kind, other=other))

    def _ask(self, kind: Kind) -> None:
        from kling_desktop.ui.dialogs.amount import AmountDialog

        window, amount = self._window, AMOUNTS[kind]
        window.canvas.finish()
        for old in window.findChildren(AmountDialog):
            old.accept()
        if self.operations.jobs.busy:  # what was accepted comes first
            again = partial(self._ask_again, kind)
            self.operations.jobs.run(_nothing, again, again)
            return
        if not self.operations.may(kind, self.operations.order(kind)):
            return
        trial = AreaTrial(
            kind,
            window.document,
            window.toolbox,
            operations=self.operations,
            canvas=window.canvas,
        )
        title = plain(window.acts[f"area.{kind}"].text())
        if kind not in {Kind.PIN_REST, Kind.PIN_BORDER}:
            title = f"{title}: {label(window.toolbox.area, window.document.shot.looks)}"
        dialog = AmountDialog(title, amount, self._last(kind), trial, window)
        dialog.kept.connect(partial(self._remember, kind))
        dialog.open_at(self._place())

    def _ask_again(self, kind: Kind, _value: object) -> None:
        self._ask(kind)

    def _on_solo(self) -> None:
        toolbox = self._window.toolbox
        toolbox.set_solo(None if toolbox.solo == toolbox.area else toolbox.area)

    def _on_opacity(self) -> None:
        from kling_desktop.ui.dialogs.area_looks import OpacityPopover

        toolbox = self._window.toolbox
        area = toolbox.area
        popover = OpacityPopover(toolbox.strengths.get(area, 1.0), self._window)
        popover.changed.connect(partial(toolbox.set_strength, area))
        popover.open_at(self._place())

    def _on_rename(self) -> None:
        window = self._window
        window.acts["view.panels"].setChecked(False)
        window.column.areas.rename(window.toolbox.area)

    def _on_colour(self) -> None:
        from kling_desktop.ui.dialogs.area_looks import ColourPopover

        window, area = self._window, self._window.toolbox.area
        popover = ColourPopover(rgb(area, window.document.shot.looks), window)
        popover.chosen.connect(partial(self._recolour, area))
        popover.open_at(self._place())

    def _recolour(self, area: int, colour: tuple[int, int, int]) -> None:
        document = self._window.document
        looks = document.shot.looks
        look = looks.get(area, AreaLook())
        usual = colour == rgb(area)
        look = replace(look, colour=None if usual else colour)
        document.set_look(area, look, f"Recolour {in_words(area, looks)}")

    def _on_usual(self) -> None:
        document, area = self._window.document, self._window.toolbox.area
        document.set_look(area, AreaLook(), f"Usual name and colour of {in_words(area)}")

    def _on_clear(self) -> None:
        self._clear(self._window.toolbox.area)

    def _clear(self, area: int) -> None:
        self._after_stroke(partial(self.operations.clear, area))

    def _on_mask_dropped(self, path: Path) -> None:
        self._after_stroke(partial(self.masks.import_file, path))

    def _ask_to_replace(self, sentence: str, replace_them: Callable[[], None]) -> None:
        strip = self._window.strip
        strip.show_notice(sentence, Tone.WARNING, [("Replace", replace_them)], about=MASKS)

    # What actions follow

    def _refresh(self) -> None:
        window = self._window
        area, looks = window.toolbox.area, window.document.shot.looks
        window.acts.show_looks(looks)
        for other in AREAS:
            for kind in OTHERS:
                window.acts[area_id(other, f"area.{kind}")].setVisible(other != area)
        self._refresh_enabled()

    def _refresh_enabled(self) -> None:
        acts, toolbox, shot = self._window.acts, self._window.toolbox, self._window.document.shot
        for action_id in ON_AREAS:
            acts[action_id].setEnabled(shot.picture is not None)
        acts["area.usual"].setEnabled(toolbox.area in shot.looks)
        acts["area.solo"].setChecked(toolbox.solo == toolbox.area)

    # Inside

    def _busy(self) -> bool:
        return self._window.canvas.busy

    def _place(self) -> QPoint:
        """Beside the row of the area in hand, or in the corner of the canvas where it is away."""
        window = self._window
        row = window.column.areas.rows[window.toolbox.area]
        if not row.visibleRegion().isEmpty():
            return window.column.areas.place(window.toolbox.area) - QPoint(12, 0)
        canvas = window.canvas
        return canvas.mapToGlobal(canvas.rect().topRight()) + QPoint(-12, 12)

    def _last(self, kind: Kind) -> int:
        amount = AMOUNTS[kind]
        kept: dict[str, Any] = self._window.preferences.get(LAST, {})
        value = kept.get(kind)
        good = isinstance(value, int) and not isinstance(value, bool)
        return min(max(value, amount.least), amount.most) if good and value else amount.usual

    def _remember(self, kind: Kind, px: int) -> None:
        """A preference that the disk refuses is no reason to stop the artist."""
        kept: dict[str, Any] = self._window.preferences.get(LAST, {})
        with contextlib.suppress(StorageError):
            self._window.preferences.set(LAST, {**kept, str(kind): px})


def _nothing() -> None:
    return None


def _call(do: Do, _checked: object = None) -> None:
    do()
