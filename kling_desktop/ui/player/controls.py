"""What is under the screen: play, the scrub bar, the time, and a line about the file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from kling_desktop.ui.icons import IconButton
from kling_desktop.ui.scrub_bar import ScrubBar


class Controls(QWidget):
    """Shows where the video is and says what the hand wants; knows nothing of the decoder."""

    toggled = Signal()
    stepped = Signal(int)
    scrub_began = Signal()
    scrubbed = Signal(int)
    """Milliseconds that the handle stands at."""
    scrub_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = IconButton("play", "Play (Space)", checked="pause", parent=self)
        self.button.setObjectName("playerButton")
        self.bar = ScrubBar("playerPosition", "Position in the video", self)
        self.time = QLabel(self)
        self.name, self.shape = QLabel(self), QLabel(self)
        self._length = 0
        self._lay_out()
        self.button.clicked.connect(self._on_clicked)
        self.bar.stepped.connect(self.stepped)
        self.bar.sliderPressed.connect(self.scrub_began)
        self.bar.valueChanged.connect(self._on_value)
        self.bar.sliderReleased.connect(self.scrub_ended)
        self.show_nothing()

    def show_nothing(self) -> None:
        """There is no video: nothing can be used."""
        self.setEnabled(False)
        self.show_playing(playing=False)
        self.show_length(0)
        self.name.setText("")
        self.shape.setText("")
        self.time.setText("")

    def show_file(self, path: Path) -> None:
        self.setEnabled(True)
        self.name.setText(path.name)
        self.name.setToolTip(str(path))

    def show_shape(self, size: QSize, seconds: float) -> None:
        """Pixels and length of the video."""
        words = f"{size.width()}×{size.height()} · {seconds:.1f} s"
        if words != self.shape.text():
            self.shape.setText(words)

    def show_playing(self, playing: bool) -> None:
        self.button.setChecked(playing)
        self.button.say("Pause (Space)" if playing else "Play (Space)")

    def show_length(self, milliseconds: int) -> None:
        self._length = milliseconds
        with QSignalBlocker(self.bar):
            self.bar.setRange(0, milliseconds)

    def show_position(self, milliseconds: int) -> None:
        if self.bar.isSliderDown():
            return
        with QSignalBlocker(self.bar):
            self.bar.setValue(milliseconds)
        self._show_time(milliseconds)

    def _show_time(self, milliseconds: int) -> None:
        if self.isEnabled():
            self.time.setText(f"{milliseconds / 1000:.1f} / {self._length / 1000:.1f} s")

    def _on_clicked(self) -> None:
        # What it shows follows the video, not the click.
        self.button.setChecked(not self.button.isChecked())
        self.toggled.emit()

    def _on_value(self, value: int) -> None:
        self._show_time(value)
        self.scrubbed.emit(value)

    def _lay_out(self) -> None:
        for label in (self.name, self.shape):
            label.setProperty("role", "small")
            label.setProperty("tone", "muted")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # As wide as it ever gets, so that the bar does not move under the hand.
        self.time.setMinimumWidth(self.time.fontMetrics().horizontalAdvance("00.0 / 00.0 s"))
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (upper, (self.button, self.bar, self.time)),
            (lower, (self.name, self.shape)),
        ):
            row.setSpacing(8)
            for widget in widgets:
                row.addWidget(widget, 1 if widget in {self.bar, self.name} else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(2)
        layout.addLayout(upper)
        layout.addLayout(lower)
