"""The bar under the canvas: play, the time to scrub in, what comes after the end, and ghosts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from kling_desktop.ui.action_spec import plain
from kling_desktop.ui.actions import Actions
from kling_desktop.ui.draft_actions import LOOPS, MOMENTS
from kling_desktop.ui.icons import RECOLOURS, IconButton, icon
from kling_desktop.ui.scrub_bar import ScrubBar
from kling_desktop.ui.theme import set_tone

HEIGHT = 36
TICKS = 10_000
"""Positions of the slider from the beginning to the end."""


class Transport(QFrame):
    """Shows where the draft is and says what the hand wants; knows nothing of the thread."""

    scrub_began = Signal()
    scrubbed = Signal(float)
    """The share of the time (0…1) that the handle stands at."""
    scrub_ended = Signal()
    stepped = Signal(int)
    """Frames on or, if negative, back."""
    homed = Signal()
    """The picture itself is to be seen."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setAccessibleName("Draft")
        self.setFixedHeight(HEIGHT)
        self._actions, self._seconds = actions, 0.0
        self.button = IconButton("play", "Play draft (Space)", checked="pause", parent=self)
        self.button.setObjectName("transportPlay")
        self.start = IconButton("stop", "Back to the picture", parent=self)
        self.start.setObjectName("transportStart")
        self.bar = ScrubBar("transportTime", "Moment of the draft", self)
        self.bar.setRange(0, TICKS)
        self.time, self.pace = QLabel(self), QLabel(self)
        self.loop, self.ghosts = LoopButton(actions, self), QToolButton(self)
        self.ghosts.setObjectName("transportGhosts")
        self.ghosts.setDefaultAction(actions["motion.ghosts"])
        self.ghosts.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._lay_out()
        self._connect()
        self.show_moment(0.0, 0.0)

    def show_moment(self, time: float, seconds: float) -> None:
        """The share of the time (0…1) that is seen, of so many seconds."""
        self._seconds = seconds
        if not self.bar.isSliderDown():
            with QSignalBlocker(self.bar):
                self.bar.setValue(round(time * TICKS))
        self._say_time()

    def show_pace(self, height: int, rate: int) -> None:
        """Height of the frames and frames a second; 0 where there are none."""
        words = f"{height}p · {rate} fps" if rate else f"{height}p" if height else ""
        if words != self.pace.text():
            self.pace.setText(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._actions["motion.play"].trigger()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        play = self._actions["motion.play"]
        self.button.clicked.connect(self._on_clicked)
        play.toggled.connect(self._on_playing)
        self.start.clicked.connect(self.homed)
        self.bar.sliderPressed.connect(self.scrub_began)
        self.bar.valueChanged.connect(self._on_value)
        self.bar.sliderReleased.connect(self.scrub_ended)
        self.bar.stepped.connect(self.stepped)
        for action_id in MOMENTS:
            self.addAction(self._actions[action_id])

    def _on_clicked(self) -> None:
        # What it shows follows the draft, not the click.
        self.button.setChecked(not self.button.isChecked())
        self._actions["motion.play"].trigger()

    def _on_playing(self, playing: bool) -> None:
        self.button.setChecked(playing)
        self.button.say("Pause (Space)" if playing else "Play draft (Space)")

    def _on_value(self, value: int) -> None:
        self._say_time()
        self.scrubbed.emit(value / TICKS)

    def _say_time(self) -> None:
        at = self.bar.value() / TICKS * self._seconds
        words = f"{at:.1f} / {self._seconds:.1f} s" if self._seconds else ""
        if words != self.time.text():
            self.time.setText(words)

    def _lay_out(self) -> None:
        # As wide as they ever get, so that the bar does not move under the hand.
        for label, widest in ((self.time, "00.0 / 00.0 s"), (self.pace, "1080p · 60 fps")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setFixedWidth(label.fontMetrics().horizontalAdvance(widest) + 2)
        self.pace.setProperty("role", "small")
        self.pace.setObjectName("transportPace")
        self.time.setObjectName("transportClock")
        self.pace.setToolTip("How fine the draft plays; it gets coarser before it gets jerky.")
        set_tone(self.pace, "muted")
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar.setMinimumWidth(72)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(6)
        for widget in (self.button, self.start, self.bar, self.time, self.loop, self.ghosts):
            layout.addWidget(widget, 1 if widget is self.bar else 0)
        layout.addWidget(self.pace)


class LoopButton(QToolButton):
    """Names what comes after the end, and lets one choose."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("transportLoop")
        self.setAccessibleName("What comes after the end")
        self.setToolTip("What comes after the end of the draft")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setIconSize(QSize(16, 16))
        self.setIcon(icon("loop"))
        menu = QMenu(self)
        for action_id in LOOPS.values():
            menu.addAction(actions[action_id])
            actions[action_id].toggled.connect(self._on_toggled)
        self.setMenu(menu)
        self._on_toggled()

    def sizeHint(self) -> QSize:
        """With room for the longest of its texts, so that the bar does not move."""
        hint = super().sizeHint()
        room = max(self._room(plain(action.text())) for action in self.menu().actions())
        return QSize(hint.width() - self._room(self.text()) + room, hint.height())

    def _room(self, text: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text).width()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RECOLOURS:
            self.setIcon(icon("loop"))

    def _on_toggled(self) -> None:
        for action in self.menu().actions():
            if action.isChecked():
                self.setText(plain(action.text()))
