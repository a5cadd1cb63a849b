"""The end frame: what the video ends on, chosen, dropped or taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImageReader, QPixmap
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kling_desktop.model.carrying import end_frame_refused
from kling_desktop.model.shot import Picture
from kling_desktop.ui.document import Document
from kling_desktop.ui.end_preview import EndPreview
from kling_desktop.ui.panels.form import Hint, button
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.theme import restyle

THUMBNAIL = QSize(96, 60)
SMOOTH = Qt.TransformationMode.SmoothTransformation
CARRY_TIP = (
    "For models without a brush: the draft's last frame becomes the end frame. Masks and paths are "
    "not sent."
)


class DropArea(QFrame):
    """Shows a picture and takes one that is dropped on it."""

    dropped = Signal(object)
    """Path of the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dropArea")
        self.setAcceptDrops(True)
        self.setFixedSize(THUMBNAIL + QSize(8, 8))
        self.picture = QLabel("Drop here", alignment=Qt.AlignmentFlag.AlignCenter)
        self.picture.setProperty("tone", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.addWidget(self.picture)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event):
            event.acceptProposedAction()
            self._mark(on=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(on=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark(on=False)
        event.acceptProposedAction()
        self.dropped.emit(local_files(event)[0])

    def _mark(self, *, on: bool) -> None:
        self.setProperty("dropping", on)
        restyle(self)


class EndFramePanel(QWidget):
    """Thumbnail and buttons; reading the file is left to whoever hears the signals."""

    choose_requested = Signal()
    file_dropped = Signal(object)
    """Path of a picture to end on."""

    def __init__(self, document: Document, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._studio = document, studio
        self.area = DropArea()
        self.choose = button("Choose…", "endFrameChoose")
        self.remove = button("Remove", "endFrameRemove")
        self.hint = Hint()
        self.carry = QCheckBox("Let it carry the motion")
        self.carry.setObjectName("endFrameCarry")
        self.carry.setToolTip(CARRY_TIP)
        self.describe = button("Describe the motion in the prompt", "describeMotion")
        self._preview = EndPreview(document, self)
        self._build()
        self.area.dropped.connect(self.file_dropped)
        self.choose.clicked.connect(self.choose_requested)
        self.remove.clicked.connect(lambda: document.set_end(None, "Remove end frame"))
        self.carry.toggled.connect(lambda on: document.set_end_carries(carries=on))
        self.describe.clicked.connect(self._on_describe)
        self._preview.changed.connect(self._refresh)
        document.opened.connect(self._refresh)
        document.end_changed.connect(self._refresh)
        document.settings_changed.connect(self._refresh_sentence)
        document.settings_changed.connect(self._refresh_reason)
        studio.account_changed.connect(self._refresh_reason)
        self._refresh()

    def lead(self) -> None:
        """Take the keyboard, where something can be done."""
        (self.remove if self.remove.isEnabled() else self.choose).setFocus()

    def _build(self) -> None:
        buttons = QVBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(QLabel("End frame"))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.choose)
        row.addWidget(self.remove)
        buttons.addLayout(row)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.area)
        top.addLayout(buttons, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.hint)
        layout.addWidget(self.carry)
        layout.addWidget(self.describe)

    def _refresh(self) -> None:
        shot = self._document.shot
        end = shot.end
        self.remove.setEnabled(end is not None)
        with QSignalBlocker(self.carry):
            self.carry.setChecked(shot.end_carries)
        if end is None and shot.end_carries:
            self._show_preview()
        elif end is None:
            self.area.picture.setText("Drop here")
        else:
            pixmap = _thumbnail(end, self.devicePixelRatioF())
            if pixmap.isNull():
                self.area.picture.setText("No preview")
            else:
                self.area.picture.setPixmap(pixmap)
        self.area.setToolTip(f"{end.name}\n{end.width} × {end.height} pixels" if end else "")
        self._refresh_reason()
        self._refresh_sentence()

    def _show_preview(self) -> None:
        """Where the motion will have got to, once that is known."""
        image, ratio = self._preview.ending.image, self.devicePixelRatioF()
        if image.isNull():
            self.area.picture.setText("The draft" if self._preview.wanted else "No motion yet")
            return
        aspect, smooth = Qt.AspectRatioMode.KeepAspectRatio, SMOOTH
        pixmap = QPixmap.fromImage(image.scaled(THUMBNAIL * ratio, aspect, smooth))
        pixmap.setDevicePixelRatio(ratio)
        self.area.picture.setPixmap(pixmap)

    def _refresh_sentence(self) -> None:
        """The sentence is offered for as long as the prompt lacks it."""
        shot = self._document.shot
        self.describe.setVisible(shot.end_carries)
        if not shot.end_carries:
            return
        sentence = self._preview.ending.sentence
        self.describe.setEnabled(bool(sentence) and sentence not in shot.settings.prompt)
        self.describe.setToolTip(sentence)

    def _on_describe(self) -> None:
        shot = self._document.shot
        prompt = " ".join(
            filter(None, [shot.settings.prompt.rstrip(), self._preview.ending.sentence])
        )
        settings = replace(shot.settings, prompt=prompt)
        self._document.set_settings(settings, "Describe motion in the prompt")

    def _refresh_reason(self) -> None:
        settings = self._document.shot.settings
        model = self._studio.catalogue.get(settings.model_name)
        reason = ""
        if model is not None and end_frame_refused(model.name):
            reason = "Kling 2.1 models take no end frame."
        elif model is not None and not model.end_frame:
            reason = f"{model.label} takes no end frame on this account."
        elif model is not None and not model.allows(
            model.end_frame, settings.mode, settings.duration
        ):
            reason = f"{model.label} takes no end frame with this mode and duration."
        self.choose.setEnabled(not reason)
        self.area.setAcceptDrops(not reason)
        shot = self._document.shot
        self.carry.setEnabled(shot.end_carries or (shot.picture is not None and not reason))
        self.choose.setToolTip(reason or "The picture that the video ends on")
        self.hint.say(reason)


def local_files(event: QDropEvent) -> list[Path]:
    """The files that are dragged, if any."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _thumbnail(picture: Picture, ratio: float) -> QPixmap:
    buffer = QBuffer()
    buffer.setData(QByteArray(picture.data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = QSize(picture.width, picture.height)
    size.scale(THUMBNAIL * ratio, Qt.AspectRatioMode.KeepAspectRatio)
    image = reader.read()
    if image.isNull():
        return QPixmap()
    pixmap = QPixmap.fromImage(
        image.scaled(
            size,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    )
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
