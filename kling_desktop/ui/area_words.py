"""What is said of areas in the middle of a sentence, with the names that the artist gave them."""

from __future__ import annotations

import html

from PySide6.QtGui import Qt

from kling_desktop.ui.colours import USUAL, Looks, label


def in_words(area: int, looks: Looks = USUAL) -> str:
    """An area inside a sentence: “area 2”, “the static area”, or its own name in quotes."""
    look = looks.get(area)
    if look is not None and look.name:
        return f"“{look.name}”"
    usual = label(area)
    return f"the {usual.lower()}" if usual.startswith("Static") else usual.lower()


def opening(words: str) -> str:
    """The same at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def locked_sentence(area: int, looks: Looks = USUAL) -> str:
    """Why an area is not changed."""
    return f"{label(area, looks)} is locked. Unlock it in the list of areas to change it."


def tip(text: str) -> str:
    """A text with names in it as a tool tip: Qt would take what looks like tags for tags."""
    return f"<qt>{html.escape(text)}</qt>" if Qt.mightBeRichText(text) else text
