"""The fields of a relay of the artist's own: what it is called, what it speaks like, how keys go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from kling_desktop.providers.custom import Relay
from kling_desktop.providers.profiles import Profile
from kling_desktop.storage.accounts import Account
from kling_desktop.ui.dialogs.note import Note

HEADERS = ("Authorization", "x-api-key")
WRITTEN = "Itself, as its file says"
PREFIXES = (("Bearer", "Bearer"), ("Key", "Key"), ("nothing", ""))


@dataclass(frozen=True, slots=True)
class Relays:
    """What the dialog needs for relays; what can be called is called on another thread.

    ``add`` and ``change`` raise RelayError or StorageError with a sentence, ``test`` those of the
    accounts' test.
    """

    like: Mapping[str, Profile]
    """What a relay may speak like, by id."""
    own: dict[str, Relay]
    """The relays that there are, by their profiles' ids; the dialog keeps it up to date."""
    add: Callable[[Relay], Profile]
    """Keep a relay for good."""
    change: Callable[[str, Relay], Profile]
    """Keep other fields for the one of this id."""
    drop: Callable[[str], None]
    """Forget one by its profile's id; raises RelayError where an account uses it."""
    guard: Callable[[Account, Relay | None], None]
    """Raises RelayError where to keep these would lose tasks that are under way."""
    test: Callable[[Account, str | None, Relay], str]


class RelayForm(QWidget):
    """Says what is wrong next to each field, as the account's own form does."""

    edited = Signal()
    drop_wanted = Signal()
    """Forget the relay that is shown."""

    def __init__(self, like: Mapping[str, Profile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._like = like
        self._notes: dict[str, Note] = {}
        self._grid = QGridLayout(self)
        self.label, self.like = QLineEdit(self), QComboBox(self)
        self.header, self.prefix = QComboBox(self, editable=True), QComboBox(self)
        self.drop = QPushButton("Remove this relay", self, autoDefault=False)
        self.drop.setObjectName("accounts.dropRelay")
        self.drop.clicked.connect(self.drop_wanted)
        self.label.setPlaceholderText("My relay")
        self.label.setMaxLength(60)
        for name, profile in like.items():
            self.like.addItem(profile.label, name)
        self.header.addItems(HEADERS)
        self._lay_out()
        self.like.currentIndexChanged.connect(self._on_like)
        for signal in (
            self.label.textEdited,
            self.like.activated,
            self.header.editTextChanged,
            self.prefix.activated,
        ):
            signal.connect(self.edited)
        self.begin()

    def align(self, grid: QGridLayout) -> None:
        """Let the fields begin where those of the form around them do."""
        labels = [each for each in self.findChildren(QLabel) if not isinstance(each, Note)]
        width = max(each.sizeHint().width() for each in labels)
        for each in (grid, self._grid):
            each.setColumnMinimumWidth(0, width)

    def begin(self) -> None:
        """Empty fields, for a new relay."""
        first = next(iter(self._like), "")
        usual = self._like.get(first)
        header, prefix = (usual.header, usual.prefix) if usual else (HEADERS[0], "")
        self._fill(Relay("", "", first, header, prefix))
        self.drop.hide()

    def show_relay(self, relay: Relay) -> None:
        """The fields of a relay that there is."""
        self._fill(relay)
        self.drop.show()

    def relay(self, address: str) -> Relay:
        """What the fields say, with the account's address."""
        return Relay(
            label=self.label.text().strip(),
            base_url=address,
            like=str(self.like.currentData() or ""),
            header=self.header.currentText().strip(),
            prefix=str(self.prefix.currentData() or ""),
        )

    def tell(self, field: str, sentence: str) -> None:
        """Say what is wrong with a field: label, like, header or prefix."""
        self._notes.get(field, self._notes["label"]).say(sentence, "error")

    def clear_problems(self) -> None:
        for note in self._notes.values():
            note.say("")

    def _fill(self, relay: Relay) -> None:
        with QSignalBlocker(self.like), QSignalBlocker(self.header):
            self.label.setText(relay.label)
            # One that is written by hand may speak like none that is known here.
            written = self.like.findData("")
            if relay.like and written >= 0:
                self.like.removeItem(written)
            elif self._like and not relay.like and written < 0:
                self.like.addItem(WRITTEN, "")
            self.like.setCurrentIndex(self.like.findData(relay.like))
            self.header.setEditText(relay.header or "")
            self._choose_prefix(relay.prefix or "")
        self.clear_problems()

    def _choose_prefix(self, prefix: str) -> None:
        known = {value: words for words, value in PREFIXES}
        self.prefix.clear()
        for value in dict.fromkeys([*known, prefix]):
            self.prefix.addItem(known.get(value, value), value)
        self.prefix.setCurrentIndex(self.prefix.findData(prefix))

    def _on_like(self) -> None:
        """Keys go as they do at the place that it speaks like, until told otherwise."""
        profile = self._like.get(str(self.like.currentData() or ""))
        if profile is not None:
            self.header.setEditText(profile.header)
            self._choose_prefix(profile.prefix)

    def _lay_out(self) -> None:
        grid = self._grid
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, str, QWidget], ...] = (
            ("label", "&Label", self.label),
            ("like", "Speaks li&ke", self.like),
            ("header", "&Header", self.header),
            ("prefix", "Key prefi&x", self.prefix),
        )
        for number, (field, text, widget) in enumerate(rows):
            words, note = QLabel(text, self), Note(f"accounts.{field}Note", self)
            words.setBuddy(widget)
            widget.setObjectName(f"accounts.{field}")
            widget.setAccessibleName(text.replace("&", ""))
            self._notes[field] = note
            grid.addWidget(words, 2 * number, 0)
            grid.addWidget(widget, 2 * number, 1)
            grid.addWidget(note, 2 * number + 1, 1)
        grid.addWidget(self.drop, grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
