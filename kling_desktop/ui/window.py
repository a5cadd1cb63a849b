"""The main window: puts bars, canvas, column, tasks and player together, and wires them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QMainWindow, QSplitter, QWidget

from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.actions import Actions
from kling_desktop.ui.area_wiring import AreaWiring
from kling_desktop.ui.document import Document
from kling_desktop.ui.easel import Easel
from kling_desktop.ui.files import Files
from kling_desktop.ui.icons import RECOLOURS, application_icon, area_icon
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.leading import lead_to
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.panels.bars import Status, options_bar, tool_strip
from kling_desktop.ui.panels.column import Column
from kling_desktop.ui.panels.end_frame import local_files
from kling_desktop.ui.panels.notice import NoticeStrip
from kling_desktop.ui.panels.tasks import TasksPanel
from kling_desktop.ui.panels.tool_options import ToolOptions
from kling_desktop.ui.panels.transport import Transport
from kling_desktop.ui.panels_away import PanelsAway
from kling_desktop.ui.path_wiring import PathWiring
from kling_desktop.ui.recent_menu import RecentMenu
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.theme import Theme
from kling_desktop.ui.tool_memory import ToolMemory
from kling_desktop.ui.toolbox import Toolbox
from kling_desktop.ui.undo_memory import UndoMemoryMenu
from kling_desktop.ui.wiring import Wiring

if TYPE_CHECKING:
    from kling_desktop.ui.canvas.canvas import Canvas
    from kling_desktop.ui.dialogs.unsaved import Answer

BOTTOM_HEIGHT = 264
"""Room for a task's message below two tasks, and for a player."""
ABOVE, BELOW = 5, 2
"""How they share a large screen: it is for a large video, too."""


class MainWindow(QMainWindow):
    """Everything that the artist sees. Signals that need other rooms are wired by the app."""

    generate_requested = Signal()
    play_draft_toggled = Signal(bool)
    accounts_requested = Signal()
    account_requested = Signal(str)
    """Show the account of this id, so that it can be seen to."""

    def __init__(
        self,
        *,
        document: Document,
        toolbox: Toolbox,
        studio: Studio,
        inspector: Inspector,
        notices: Notices,
        preferences: Preferences,
        canvas: Canvas,
        player: QWidget,
        tasks: TasksPanel,
        files: Files,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.document, self.toolbox, self.studio = document, toolbox, studio
        self.inspector, self.files, self.canvas = inspector, files, canvas
        self.preferences = preferences
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101 - a QWidget needs one
        self.theme = Theme(application, preferences, self)
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self._leaving = self._closed = self._keeps = self._folded = False
        self.acts = Actions(self, area_icon)
        self.options, self.zoom = ToolOptions(document, toolbox), QLabel()
        self.column = Column(document, toolbox, studio, inspector)
        self.strip, self.status = NoticeStrip(notices), Status(document)
        self.transport = Transport(self.acts)
        self.player, self.tasks = player, tasks
        self._lay_out(player, tasks)
        menus = self.acts.fill(self.menuBar())
        self.recent = RecentMenu(files, self)
        menus["File"].insertMenu(self.acts["file.sample"], self.recent)
        menus["Edit"].addSeparator()
        menus["Edit"].addMenu(UndoMemoryMenu(document, preferences, self))
        self._memory = ToolMemory(toolbox, preferences, self)
        self._wiring, self._areas = Wiring(self), AreaWiring(self, notices)
        self._paths = PathWiring(self, notices)
        self._connect()
        self._restore()
        tasks.filled.connect(self._unfold)
        self._tell_title()

    # What others ask of it

    def lead_to(self, field: str) -> None:
        """Take the artist to what a problem is about."""
        lead_to(field, self.document, self.toolbox, self.canvas, self.column)

    def show_problem(self, sentence: str) -> None:
        self.strip.show_notice(sentence, Tone.ERROR)

    def leave(self, then: Callable[[], None]) -> None:
        """Call ``then`` once the open shot may go: it is saved, or the artist gives it up."""
        self.canvas.finish()
        if self.files.saving:
            self.files.when_saved(lambda: self.leave(then))
        elif self.document.modified:
            self._ask_about_changes(then)
        else:
            then()

    def offer_recovery(self) -> None:
        """Offer the newest work that a crashed window left behind."""
        found = self.files.recovery.recoverable()
        if found:
            newest = found[0]
            name = f"“{newest.original.stem}”" if newest.original else "a shot"
            self.strip.show_notice(
                f"Unsaved work on {name} was kept when the program ended unexpectedly.",
                Tone.WARNING,
                [
                    ("Open recovered work", lambda: self.files.recover(newest)),
                    ("Discard it", lambda: self.files.recovery.forget(newest)),
                ],
            )

    # Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        self.canvas.finish()
        if not self._leaving and (self.document.modified or self.files.saving):
            event.ignore()
            self.leave(self.close_for_good)
            return
        if not self._closed:
            self._closed = True
            self.acts["view.panels"].setChecked(False)
            self._remember()
            self._memory.finish()
            self._areas.close()
            self.files.close(keep=self._keeps)
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RECOLOURS and hasattr(self, "acts"):
            self.acts.recolour()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._on_first_shown)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files.open_dropped(local_files(event))

    # Building

    def _lay_out(self, player: QWidget, tasks: TasksPanel) -> None:
        bar, tools = options_bar(self.acts, self.options, self.zoom), tool_strip(self.acts)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, tools)
        self.setStatusBar(self.status)
        stage = Easel()
        layout = QGridLayout(stage)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 0, 0)
        layout.addWidget(self.transport, 1, 0)
        layout.addWidget(self.strip, 0, 0, Qt.AlignmentFlag.AlignTop)  # the picture stays put
        self.strip.raise_()
        below = _splitter(Qt.Orientation.Horizontal, tasks, player, sizes=(460, 460))
        below.setStretchFactor(0, 1)  # it has sentences to say, and the video is never high here
        below.setStretchFactor(1, 1)
        middle = _splitter(Qt.Orientation.Vertical, stage, below, sizes=(500, BOTTOM_HEIGHT))
        middle.setStretchFactor(0, ABOVE)
        middle.setStretchFactor(1, BELOW)
        whole = _splitter(Qt.Orientation.Horizontal, middle, self.column, sizes=(920, 328))
        whole.setStretchFactor(0, 1)
        whole.setStretchFactor(1, 0)
        self.setCentralWidget(whole)
        self._splitters = {"below": below, "middle": middle, "whole": whole}
        self.away = PanelsAway(
            (bar, tools, self.transport, below, self.column), self._splitters, self
        )
        self.setMinimumSize(900, 600)

    def _connect(self) -> None:
        self.files.window, self.files.guard = self, self.leave
        self.files.working_changed.connect(self.status.show_work)
        self.document.opened.connect(self._tell_title)
        self.document.file_changed.connect(self._tell_title)
        self.document.opened.connect(self.canvas.setFocus)
        self.canvas.cursor_moved.connect(self.status.show_place)
        self.canvas.zoom_changed.connect(self._tell_zoom)
        self.canvas.files_dropped.connect(self.files.open_dropped)
        self.canvas.open_requested.connect(self.files.open_dialog)
        if self.files.sample() is not None:
            self.canvas.sample_requested.connect(self.files.open_sample)
        self.options.done.connect(self.canvas.setFocus)
        self.column.field_requested.connect(self.lead_to)
        self.column.generate.requested.connect(self.generate_requested)
        self.column.account.edit_requested.connect(self.accounts_requested)
        end_frame = self.column.camera.end_frame
        end_frame.choose_requested.connect(self.files.choose_end_frame)
        end_frame.file_dropped.connect(self.files.open_end_frame)
        self._tell_zoom(self.canvas.zoom)

    # Leaving

    def _ask_about_changes(self, then: Callable[[], None]) -> None:
        from kling_desktop.ui.dialogs.unsaved import Answer, UnsavedDialog

        def answered(answer: Answer) -> None:
            if answer == Answer.SAVE:
                self.files.save(then)
            elif answer == Answer.DISCARD:
                then()

        if self.findChild(UnsavedDialog) is None:
            dialog = UnsavedDialog(self.document.title, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.answered.connect(answered)
            dialog.open()

    def close_for_good(self, *, keep: bool = False) -> None:
        """Close without asking. ``keep`` leaves a copy of unsaved work that nobody gave up."""
        self._leaving, self._keeps = True, keep
        self.close()

    # Telling

    def _tell_title(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] — Kling Desktop")
        self.setWindowModified(self.document.modified)
        file = self.document.file
        self.setWindowFilePath(str(file) if isinstance(file, Path) else "")

    def _tell_zoom(self, zoom: float) -> None:
        self.zoom.setText(f"{zoom * 100:.0f} %")

    def _on_first_shown(self) -> None:
        if not self.property("offered"):
            self.setProperty("offered", True)
            self.offer_recovery()

    # Geometry

    def _restore(self) -> None:
        kept = QByteArray.fromBase64(str(self.preferences.get("window", "")).encode())
        if kept.isEmpty() or not self.restoreGeometry(kept):
            available = QGuiApplication.primaryScreen().availableSize()
            self.resize(min(1440, available.width()), min(900, available.height()))
        for name, splitter in self._splitters.items():
            kept = QByteArray.fromBase64(str(self.preferences.get(f"splitter.{name}", "")).encode())
            if not kept.isEmpty():
                splitter.restoreState(kept)
            elif name == "middle" and self.tasks.empty:
                self._fold()

    def _fold(self) -> None:
        """Until there is a task, only the heading of the part below is seen."""
        self.player.hide()
        self.tasks.fold(folded=True)
        self._folded = True

    def _unfold(self) -> None:
        if self._folded:
            self._folded = False
            self.away.forget("middle")
            self.tasks.fold(folded=False)
            self.player.show()
            half = self._splitters["below"].width() // 2
            self._splitters["below"].setSizes([half, half])
            self._splitters["below"].refresh()  # its own limit follows those of its parts late
            whole = sum(self._splitters["middle"].sizes())
            below = max(BOTTOM_HEIGHT, whole * BELOW // (ABOVE + BELOW))
            self._splitters["middle"].setSizes([whole - below, below])

    def _remember(self) -> None:
        states = {
            f"splitter.{name}": each.saveState()
            for name, each in self._splitters.items()
            if not (self._folded and name in {"below", "middle"})
        }
        with contextlib.suppress(StorageError):
            for key, state in {"window": self.saveGeometry(), **states}.items():
                self.preferences.set(key, bytes(state.toBase64().data()).decode())


def _splitter(orientation: Qt.Orientation, *parts: QWidget, sizes: tuple[int, int]) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    splitter.setSizes(list(sizes))
    return splitter
