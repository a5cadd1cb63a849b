"""The small window in which the artist says how many tasks an account may run at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.ui.studio import PRACTICE
from kling_desktop.ui.theme import set_tone

MOST = 200
"""As many as an account is ever asked to run."""
FREE = "As many as it takes"
PRACTICE_WORDS = "Practice (on this computer)"
WORDS = "What is above that waits in the queue here, until one of the account's tasks ends."


class ParallelDialog(QDialog):
    """One number for each account; the least stands for no limit of the artist's own."""

    chosen = Signal(str, object)
    """Account id and its number, or None; only what differs from before."""

    def __init__(self, limits: Mapping[str, int | None], parent: QWidget | None = None) -> None:
        """``limits``: the number of each account by its id."""
        super().__init__(parent)
        self.setObjectName("parallel")
        self.setWindowTitle("Tasks at once")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._before = dict(limits)
        self.numbers = {account: self._number(account, limits[account]) for account in limits}
        words = QLabel(WORDS, wordWrap=True)
        words.setProperty("role", "small")
        set_tone(words, "muted")
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for account, number in self.numbers.items():
            rows.addRow(PRACTICE_WORDS if account == PRACTICE else account, number)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.button(kinds.Ok).setText("Apply")
        for button in buttons.buttons():
            button.setIcon(QIcon())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(rows)
        layout.addWidget(words)
        layout.addWidget(buttons)
        self.setMinimumWidth(340)

    def accept(self) -> None:
        for account, number in self.numbers.items():
            number.interpretText()
            limit = number.value() or None
            if limit != self._before[account]:
                self.chosen.emit(account, limit)
        super().accept()

    def _number(self, account: str, limit: int | None) -> QSpinBox:
        number = QSpinBox(minimum=0, maximum=MOST, value=min(limit or 0, MOST))
        number.setSpecialValueText(FREE)
        number.setAccessibleName(f"Tasks at once of the account {account}")
        number.setObjectName(f"parallel.{account}")
        return number
