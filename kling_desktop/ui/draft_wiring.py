"""Connects the draft player with the window: canvas, bar below it, actions, screen."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from kling_desktop.storage.atomic import StorageError
from kling_desktop.ui.draft_actions import LOOPS, MOMENTS, TABLE
from kling_desktop.ui.draft_clock import Loop
from kling_desktop.ui.draft_player import DraftPlayer

if TYPE_CHECKING:
    from kling_desktop.ui.window import MainWindow

PREFERENCE = "draft.loop"


class DraftWiring(QObject):
    """Lives as long as the window; the player is somebody else's."""

    def __init__(self, window: MainWindow, player: DraftPlayer) -> None:
        super().__init__(window)
        self._window, self._player = window, player
        self._actions()
        self._bar()
        window.play_draft_toggled.connect(self._on_play)
        window.canvas.space_tapped.connect(window.acts["motion.play"].trigger)
        window.canvas.path_tried.connect(player.set_trial)
        window.canvas.zoom_changed.connect(self._on_zoom)
        window.document.changed.connect(self._on_changed)
        player.framed.connect(window.canvas.show_frame)
        player.playing_changed.connect(window.acts["motion.play"].setChecked)
        self._on_changed()

    def _actions(self) -> None:
        acts, player = self._window.acts, self._player
        kept = self._window.preferences.get(PREFERENCE)
        player.set_loop(Loop(kept) if kept in set(Loop) else Loop.REPEAT)
        for loop, action_id in LOOPS.items():
            acts[action_id].setChecked(loop == player.loop)
            acts[action_id].toggled.connect(self._on_loop)
        acts["motion.ghosts"].toggled.connect(player.set_ghosts)
        player.ghosts_changed.connect(acts["motion.ghosts"].setChecked)
        for action_id, do in zip(
            MOMENTS,
            (self._to_start, self._to_end, self._back, self._forward),
            strict=True,
        ):
            acts[action_id].triggered.connect(do)
            self._window.canvas.addAction(acts[action_id])

    def _bar(self) -> None:
        bar, player = self._window.transport, self._player
        bar.scrub_began.connect(player.begin_scrub)
        bar.scrubbed.connect(player.seek)
        bar.scrub_ended.connect(player.end_scrub)
        bar.stepped.connect(player.step)
        bar.homed.connect(player.stop)
        player.moved.connect(bar.show_moment)
        player.paced.connect(bar.show_pace)

    def _on_loop(self, chosen: bool) -> None:
        if not chosen:
            return  # another one of the group is, and tells of itself
        acts = self._window.acts
        loop = next(loop for loop, action_id in LOOPS.items() if acts[action_id].isChecked())
        self._player.set_loop(loop)
        # A preference that the disk refuses is no reason to stop the artist.
        with contextlib.suppress(StorageError):
            self._window.preferences.set(PREFERENCE, loop.value)

    def _to_start(self) -> None:
        self._player.pause()
        self._player.seek(0.0)

    def _to_end(self) -> None:
        self._player.pause()
        self._player.seek(1.0)

    def _back(self) -> None:
        self._player.step(-1)

    def _forward(self) -> None:
        self._player.step(1)

    def _on_zoom(self, zoom: float) -> None:
        self._player.set_room(zoom * self._window.document.shot.size[1])

    def _on_play(self, playing: bool) -> None:
        self._player.set_rate(self._window.screen().refreshRate())
        self._player.set_playing(playing)

    def _on_changed(self) -> None:
        pictured = self._window.document.shot.picture is not None
        self._window.transport.setEnabled(pictured)
        for spec in TABLE:
            self._window.acts[spec.id].setEnabled(pictured)
        self._on_zoom(self._window.canvas.zoom)
