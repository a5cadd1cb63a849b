"""Exports the draft as a video, a GIF or pictures, and shows in place how that goes."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.model.landing import sent
from kling_desktop.motion.export import ExportError, Kind, files, kind_of, times
from kling_desktop.motion.track import moves
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.dialogs.export_choices import estimate, in_bytes, moving_share, understood
from kling_desktop.ui.dialogs.export_form import GAP, ExportForm
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_export import DraftExport, Order
from kling_desktop.ui.draft_scene import seconds
from kling_desktop.ui.theme import set_tone

KEY, FOLDER = "exportDraft", "exportFolder"
"""Preferences: what was chosen last, and the folder used last."""
WIDTH = 460
STILL = "Nothing moves yet, so every frame will be the same."


class ExportDraftDialog(QDialog):
    """Leaves the window in use; whatever is done to the shot meanwhile is not in the export.

    Closing it cancels.
    """

    def __init__(
        self, document: Document, export: DraftExport, preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDraft")
        self.setWindowTitle("Export draft")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._document, self._export, self._preferences = document, export, preferences
        self._made: list[Path] = []
        self._frames = 0
        """Of the export under way."""
        self._told = False
        """Whether the note is about an export."""
        self.form = ExportForm(understood(preferences.get(KEY)), self)
        self.name, self.choose = QLineEdit(), QPushButton("C&hoose…")
        self.summary, self.note = _words("summary"), _words("note")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("Progress of the export")
        self.go, self.stop = QPushButton("&Export"), QPushButton("Cancel")
        self.shut, self.reveal = QPushButton("Close"), QPushButton("Show in &folder")
        self._lay_out()
        self._connect()
        self.name.setText(str(self._folder() / f"{document.title}.{self.form.choices.kind}"))
        self._refresh()

    @property
    def target(self) -> Path:
        """The file's name as it was typed, with the ending of the format and a folder."""
        typed = Path(self.name.text().strip())
        with contextlib.suppress(RuntimeError):  # there is nobody of that name
            typed = typed.expanduser()
        typed = typed if typed.name else typed / self._document.title
        ending = f".{self.form.choices.kind}"
        if typed.suffix.lower() != ending:
            typed = typed.with_name(typed.name + ending)
        return self._folder() / typed

    def reject(self) -> None:
        """Escape, Close, and the button of the frame."""
        self._export.cancel()
        self._remember()
        super().reject()

    # Building

    def _lay_out(self) -> None:
        self.form.add_row("&Name", self.name, self.choose)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reveal)
        buttons.addStretch(1)
        for button in (self.go, self.stop, self.shut):
            buttons.addWidget(button)
        for button in (self.choose, self.stop, self.shut, self.reveal):
            button.setAutoDefault(False)
        news = QWidget()
        # Two lines of a note, or one above the bar: nothing jumps when one takes the other's place.
        news.setMinimumHeight(self.note.fontMetrics().height() + GAP + self.bar.sizeHint().height())
        told = QVBoxLayout(news)
        told.setContentsMargins(0, 0, 0, 0)
        told.setSpacing(GAP)
        told.addWidget(self.note)
        told.addWidget(self.bar)
        told.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(GAP)
        layout.addWidget(self.form)
        layout.addWidget(self.summary)
        layout.addWidget(news)
        layout.addLayout(buttons)
        self.setMinimumWidth(WIDTH)

    def _connect(self) -> None:
        self.form.changed.connect(self._on_chosen)
        self.name.textEdited.connect(self._on_typed)
        self.name.editingFinished.connect(self._on_named)
        self.choose.clicked.connect(self._on_choose)
        self.go.clicked.connect(self._on_go)
        self.stop.clicked.connect(self._on_stop)
        self.shut.clicked.connect(self.reject)
        self.reveal.clicked.connect(self._on_reveal)
        self._document.changed.connect(self._on_document)
        self._export.progressed.connect(self._on_progressed)
        self._export.done.connect(self._on_done)
        self._export.failed.connect(self._on_failed)
        self._export.ended.connect(self._on_ended)

    # What the artist does

    def _on_chosen(self) -> None:
        ending = f".{self.form.choices.kind}"
        typed = Path(self.name.text())
        if typed.name:
            with contextlib.suppress(ExportError):
                kind_of(typed)
                typed = typed.with_suffix("")
            self.name.setText(str(typed.with_name(typed.name + ending)))
        self._refresh()

    def _on_typed(self, name: str) -> None:
        with contextlib.suppress(ExportError):
            kind = kind_of(Path(name))
            self.form.show_kind(kind)
        self._refresh()

    def _on_named(self) -> None:
        if not self._export.running:
            self.name.setText(str(self.target))

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, "Export draft", str(self.target.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # it is said, and asked, here
        dialog.setNameFilters(["Videos and pictures (*.mp4 *.gif *.png)", "All files (*)"])
        dialog.selectFile(self.target.name)
        dialog.fileSelected.connect(self._on_selected)
        dialog.open()

    def _on_selected(self, name: str) -> None:
        self.name.setText(name)
        self._on_typed(name)
        self._on_named()

    def _on_go(self) -> None:
        if self._export.running:
            return
        document, choices, target = self._document, self.form.choices, self.target
        shot = document.snapshot()
        self._made, self._told = [], False
        self.name.setText(str(target))
        self._remember(target.parent)
        when = times(seconds(shot), choices.fps, choices.loop)
        self.bar.setRange(0, 0)
        self._export.start(
            Order(
                document.pixels, shot, choices.high(shot.size[1]), when, choices.fps,
                choices.kind, target,
            )
        )  # fmt: skip
        self._frames = len(when)
        self._say("Filling in what the areas leave behind…")
        self._show_state()
        self.stop.setFocus()

    def _on_stop(self) -> None:
        self._export.cancel()
        self.stop.setEnabled(False)
        self.bar.setRange(0, 0)
        self._say("Cancelled: nothing is saved.")
        self._told = True

    def _on_reveal(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._made[0].parent)))

    # What the export tells

    def _on_progressed(self, done: int) -> None:
        self.bar.setRange(0, self._frames)
        self.bar.setValue(done)
        self._say(f"Frame {done} of {self._frames}")

    def _on_done(self, made: list[Path]) -> None:
        self._made = made
        folder = made[0].parent
        what = f"“{made[0].name}”" if len(made) == 1 else f"{len(made)} pictures"
        self._say(f"Saved {what} in {folder.name or folder}.")
        self._told = True

    def _on_failed(self, sentence: str) -> None:
        self._say(sentence, "error")
        self._told = True

    def _on_ended(self) -> None:
        self._show_state()
        self._on_document()

    # What is shown

    def _on_document(self) -> None:
        """The shot has changed; what was said of the last export stays."""
        shot = self._document.shot
        if shot.picture is None:
            self.reject()
        elif not self._export.running:
            self.form.show_picture(*shot.size)
            self._summarise()
            if not self._told:
                self._warn()

    def _refresh(self) -> None:
        """What is to be exported has changed, so the last export is over."""
        self._made, self._told = [], False
        self._on_document()
        self._show_state()

    def _summarise(self) -> None:
        shot, choices = self._document.shot, self.form.choices
        frames = len(times(seconds(shot), choices.fps, choices.loop))
        wide, high = self.form.size_of(choices.kind)
        share = moving_share(shot, sum(self._document.counts[area] for area in self._moving()))
        parts = [
            f"{wide} × {high}",
            f"{frames} frames" if frames > 1 else "1 frame",
            f"{frames / choices.fps:.3g} s",
            in_bytes(estimate(choices.kind, wide * high, frames, share)),
        ]
        if choices.kind == Kind.GIF:
            parts.append("repeats for ever")
        self.summary.setText(" · ".join(parts))

    def _warn(self) -> None:
        """Of what would be replaced, or of a draft in which nothing happens."""
        shot, choices, target = self._document.shot, self.form.choices, self.target
        frames = len(times(seconds(shot), choices.fps, choices.loop))
        wanted = files(target, choices.kind, frames)
        there = [path for path in wanted if os.path.exists(path)]  # noqa: PTH110 - raises nothing
        self.go.setText("R&eplace" if there else "&Export")
        if there:
            more = f" and {len(there) - 1} more exist" if len(there) > 1 else " exists"
            folder = target.parent.name or target.parent
            self._say(f"“{there[0].name}”{more} already in {folder}.", "warning")
        elif shot.camera is None and not self._moving():
            self._say(STILL, "warning")
        else:
            self._say(f"{wanted[0].name} … {wanted[-1].name}" if len(wanted) > 1 else "")

    def _moving(self) -> list[int]:
        shot, counts = self._document.shot, self._document.counts
        return [area for area, path in sent(shot).paths.items() if counts[area] and moves(path)]

    def _show_state(self) -> None:
        running = self._export.running
        focused = self.stop.hasFocus()
        self.form.setEnabled(not running)
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        self.go.setVisible(not running)
        self.shut.setVisible(not running)
        self.reveal.setVisible(bool(self._made) and not running)
        if running:
            return
        self.stop.setEnabled(True)
        if self._made:
            self.go.setText("R&eplace")
        usual = self.shut if self._made else self.go
        usual.setDefault(True)
        if focused:
            usual.setFocus()

    def _say(self, sentence: str, tone: str = "muted") -> None:
        self.note.setText(sentence)
        set_tone(self.note, tone)

    # What is kept

    def _folder(self) -> Path:
        for key in (FOLDER, "folder"):
            folder = str(self._preferences.get(key, ""))
            if folder and Path(folder).is_dir():
                return Path(folder)
        return Path.home()

    def _remember(self, folder: Path | None = None) -> None:
        """A preference that the disk refuses is no reason to stop the artist."""
        with contextlib.suppress(StorageError):
            self._preferences.set(KEY, self.form.choices.to_json())
            if folder is not None:
                self._preferences.set(FOLDER, str(folder.absolute()))


def open_dialog(document: Document, preferences: Preferences, window: QWidget) -> None:
    """Open the dialog of a window, or bring it to the front. Each window has one export."""
    dialog = window.findChild(ExportDraftDialog)
    if dialog is None:
        export = window.findChild(DraftExport) or DraftExport(window)
        dialog = ExportDraftDialog(document, export, preferences, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


def _words(name: str) -> QLabel:
    """A wrapped line of small print that always has its room."""
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setObjectName(name)
    label.setProperty("role", "small")
    set_tone(label, "muted")
    label.setMinimumHeight(label.fontMetrics().height())
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
