"""The Generate bar: what it will cost, which way the motion travels, and the button."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kling_desktop.model.areas import MOVING, STATIC
from kling_desktop.model.carrying import carries
from kling_desktop.model.shot import Shot
from kling_desktop.providers.prices import Price, estimate
from kling_desktop.ui.document import Document
from kling_desktop.ui.icons import RECOLOURS, icon
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.panels.form import Hint, button
from kling_desktop.ui.studio import PRACTICE, Studio
from kling_desktop.ui.theme import restyle


class GenerateBar(QWidget):
    """Generate sends only a shot without errors; otherwise it leads to the first one."""

    requested = Signal()
    field_requested = Signal(str)

    def __init__(
        self,
        document: Document,
        studio: Studio,
        inspector: Inspector,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._studio, self._inspector = document, studio, inspector
        self.motion, self.price = Hint(), Hint()
        self.motion.setObjectName("motionWay")
        self.price.setObjectName("price")
        self.button = button("Generate", "generateButton")
        self.button.setIconSize(QSize(20, 20))
        self.button.clicked.connect(self.press)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.motion)
        layout.addWidget(self.price)
        layout.addSpacing(4)
        layout.addWidget(self.button)
        document.changed.connect(self._refresh)
        studio.account_changed.connect(self._refresh)
        inspector.changed.connect(self._refresh)
        inspector.changed.connect(self._refresh_button)
        self._refresh()
        self._refresh_button()

    def press(self) -> None:
        """Check now, then ask for the generation, or lead to what stops it."""
        self._inspector.look()
        stops = [problem for problem in self._inspector.problems if problem.stops]
        if stops:
            self.field_requested.emit(stops[0].field)
        else:
            self.requested.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RECOLOURS:
            self._refresh_button()

    def _refresh(self) -> None:
        settings = self._document.shot.settings
        price = estimate(
            self._studio.profile, settings.model_name, settings.mode, settings.duration
        )
        # What would be sent is said only of a shot that can be.
        words = motion_words(self._document.shot, self._document.counts)
        self.motion.say(words if self._inspector.ready else "")
        self.price.say(price_words(price, practice=self._studio.account.id == PRACTICE))

    def _refresh_button(self) -> None:
        stops = [problem for problem in self._inspector.problems if problem.stops]
        self.button.setProperty("ready", not stops)
        restyle(self.button)
        role = QPalette.ColorRole.ButtonText if stops else QPalette.ColorRole.HighlightedText
        self.button.setIcon(icon("generate", self.palette().color(role)))
        if not stops:
            self.button.setText("Generate")
            self.button.setToolTip("Send the shot and get a video back (Ctrl+Return)")
        else:
            many = "1 problem" if len(stops) == 1 else f"{len(stops)} problems"
            self.button.setText(f"Solve {many} first")
            self.button.setToolTip(stops[0].message)


def motion_words(shot: Shot, counts: Mapping[int, int]) -> str:
    """Which way the motion travels to the model, said before anything is paid."""
    if carries(shot, counts):
        return "The draft's end frame carries the motion."
    moving = [area for area in MOVING if counts.get(area, 0)]
    if moving or counts.get(STATIC, 0):
        what = f"{len(moving)} {'area' if len(moving) == 1 else 'areas'}" if moving else ""
        still = "static area" if counts.get(STATIC, 0) else ""
        return f"Motion as masks and paths: {', '.join(filter(None, [what, still]))}."
    if shot.camera is not None:
        return "Motion as a camera move."
    if shot.end is not None:
        return "Motion from the picture to the end frame."
    return "No motion drawn: the prompt decides."


def price_words(price: Price | None, *, practice: bool) -> str:
    """The estimate as the artist reads it, with its date, never as a promise."""
    if practice:
        return "Free: made on this computer."
    if price is None:
        return "Price not known for this account."
    if price.amount == 0:
        return f"Free, by the price list of {price.date}."
    sign = {"USD": "US$", "EUR": "€", "CNY": "CN¥"}.get(price.currency, f"{price.currency} ")
    return f"About {sign}{price.amount:.2f} · list price of {price.date}."
