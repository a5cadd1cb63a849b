"""The small window in which the amount of a change is chosen while the result shows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.ui.area_orders import Amount
from kling_desktop.ui.theme import set_tone
from kling_desktop.ui.trial import LiveTrial

WIDTH = 264
"""At least; long words about the amount take more."""


class AmountDialog(QDialog):
    """Enter keeps what is seen, Escape takes it back; the window behind stays in use."""

    kept = Signal(int)
    """The amount that was kept."""

    def __init__(
        self, title: str, amount: Amount, value: int, trial: LiveTrial, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("amount")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._trial = trial
        self._closed = False
        self.number = QSpinBox(minimum=amount.least, maximum=amount.most, value=value)
        self.number.setSuffix(amount.suffix)
        self.number.setAccessibleName(f"{amount.title}, in {amount.unit}")
        self.hint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.hint.setProperty("role", "small")
        set_tone(self.hint, "muted")
        self._build(amount.title)
        self.number.valueChanged.connect(trial.show)
        trial.shown.connect(self._tell)
        trial.ended.connect(self._on_ended)
        self.number.selectAll()
        trial.show(value)

    def open_at(self, place: QPoint) -> None:
        """Show it with its right upper corner there, as far as the screen has room."""
        self.ensurePolished()
        layout = self.layout()
        assert layout is not None  # noqa: S101 - it is made with the dialog
        self.setFixedWidth(max(WIDTH, layout.totalSizeHint().width()))
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = max(room.left(), place.x() - self.width())
        y = min(max(room.top(), place.y()), room.bottom() - self.height())
        self.move(x, y)
        self.show()
        self.number.setFocus()

    def accept(self) -> None:
        if not self._closed:
            self._closed = True
            self.number.interpretText()
            self._trial.accept()
            self.kept.emit(self.number.value())
        super().accept()

    def reject(self) -> None:
        if not self._closed:
            self._closed = True
            self._trial.cancel()
        super().reject()

    def _build(self, label: str) -> None:
        words = QLabel(label)
        words.setBuddy(self.number)
        row = QHBoxLayout()
        row.addWidget(words, 1)
        row.addWidget(self.number)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.button(kinds.Ok).setText("Apply")
        for button in buttons.buttons():
            button.setIcon(QIcon())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.hint)
        layout.addWidget(buttons)
        self.hint.hide()

    def _tell(self, sentence: str) -> None:
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))
        self.adjustSize()

    def _on_ended(self) -> None:
        """Something else was done to the shot: what is seen stays, and there is no more to choose."""
        if not self._closed:
            self._closed = True
            super().accept()
