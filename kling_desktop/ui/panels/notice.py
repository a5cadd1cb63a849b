"""The notice strip: the newest sentence for the artist, in place, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from kling_desktop.ui.icons import RECOLOURS, IconButton, icon
from kling_desktop.ui.notices import Notices, Offers, Tone
from kling_desktop.ui.theme import scheme, set_tone

INFO_MS = 8_000
"""Plain information goes by itself; warnings and errors stay until they are closed."""


class NoticeStrip(QFrame):
    """One sentence, up to two buttons, and a close button; hidden while there is nothing to say."""

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._tone, self._about = Tone.INFO, ""
        self._sign, self.text = QLabel(), QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = IconButton("close", "Close this notice")
        self.close_button.clicked.connect(self.hide)
        self._offers: list[QPushButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 6, 6, 6)
        self._layout.setSpacing(8)
        self._align_first_line()
        self._layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(self.text, 1)
        self._layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self, singleShot=True, interval=INFO_MS)
        self._timer.timeout.connect(self.hide)
        notices.posted.connect(self._on_posted)
        notices.settled.connect(self._on_settled)
        self.hide()

    @property
    def about(self) -> str:
        """The key of what is shown, empty where that is nothing in particular, or nothing at all."""
        return "" if self.isHidden() else self._about

    def show_notice(
        self, sentence: str, tone: Tone, offers: Offers | None = None, *, about: str = ""
    ) -> None:
        """Show a sentence in place of the present one, with buttons for what can be done."""
        self._tone, self._about = tone, about
        self.text.setText(sentence)
        self._replace_offers(offers or [])
        set_tone(self, tone.value)
        self._draw()
        self.show()
        if tone == Tone.INFO and not offers:
            self._timer.start()
        else:
            self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RECOLOURS:
            self._draw()

    def _align_first_line(self) -> None:
        """Sign, first line and close button share a middle, however many lines follow."""
        height = self.close_button.sizeHint().height()
        self._sign.setFixedHeight(height)
        above = max(0, (height - self.text.fontMetrics().lineSpacing()) // 2)
        self.text.setContentsMargins(0, above, 0, above)

    def _on_posted(self, sentence: str, tone: Tone, about: str, offers: Offers) -> None:
        self.show_notice(sentence, tone, offers, about=about)

    def _on_settled(self, about: str) -> None:
        if about == self._about:
            self.hide()

    def _replace_offers(self, offers: Offers) -> None:
        for button in self._offers:
            self._layout.removeWidget(button)
            button.deleteLater()
        self._offers = []
        for text, act in offers:
            button = QPushButton(text)
            button.clicked.connect(lambda _checked=False, act=act: self._take(act))
            self._layout.insertWidget(self._layout.count() - 1, button)
            self._offers.append(button)

    def _take(self, act: Callable[[], None]) -> None:
        self.hide()
        act()

    def _draw(self) -> None:
        colours = scheme(self.palette())
        tint = {Tone.ERROR: colours.error, Tone.WARNING: colours.warning}
        name = "info" if self._tone == Tone.INFO else self._tone.value
        drawing = icon(name, QColor(tint.get(self._tone, colours.accent_text)))
        self._sign.setPixmap(drawing.pixmap(QSize(20, 20), self.devicePixelRatioF()))
