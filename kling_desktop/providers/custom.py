"""A place of the artist's own: a few fields made into an entry of the user's providers.json."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kling_desktop.providers.auth import is_local
from kling_desktop.providers.overrides import Entries, entries

ADDRESS = "The address must look like https://api.example.com. Correct it."
_KEPT = (
    "create",
    "query",
    "result",
    "endpoints",
    "dialect",
    "auth",
    "header",
    "prefix",
    "headers",
    "request",
    "reply",
    "mask_encoding",
    "serves",
    "models",
)
"""What a new place takes over from the one that it speaks like; its prices are nobody's business."""
_SHAPE = tuple(key for key in _KEPT if key not in {"header", "prefix"})
_NOTE = "Speaks like {label}. Which models it serves, and its prices, are not known here."
_SAYS = {
    "label": "Give this place a name.",
    "base_urls": ADDRESS,
    "header": "The header must be one word such as Authorization or x-api-key. Correct it.",
    "prefix": "What stands before the key must be one word such as Bearer or Key, or nothing.",
}


@dataclass(frozen=True, slots=True)
class Relay:
    """What the artist fills in. ``like`` is the id of the shipped profile whose dialect it speaks,
    empty for a place, written by hand, that speaks like none of them.

    ``header`` and ``prefix`` None are those of that profile.
    """

    label: str
    base_url: str
    like: str
    header: str | None = None
    prefix: str | None = None


class RelayError(ValueError):
    """The fields do not make a place, or may not be changed now. ``fields`` has a sentence for each that is wrong, under
    label, base_url, like, header, prefix or provider."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


def templates(shipped: Path) -> Entries:
    """The shipped entries that a place may speak like: id → entry, the practice server's left out.

    Raises ProfileError.
    """
    found = entries("profiles", shipped, None)
    return {name: entry for name, entry in found.items() if name != "practice"}


def profile_entry(relay: Relay, known: Entries, taken: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """The id, unlike any of ``taken``, and the entry that say what the fields say.

    ``known`` are the ``templates``. Raises RelayError.
    """
    template = known.get(relay.like)
    if template is None:
        raise RelayError({"like": f"Choose what it speaks like: {', '.join(known)}."})
    entry = {key: template[key] for key in _KEPT if key in template}
    entry["note"] = _NOTE.format(label=template["label"])
    entry["base_urls"] = [relay.base_url.strip().rstrip("/")]
    name = _free(relay.label, taken)
    return name, _filled(name, relay, entry)


def fields_of(entry: Mapping[str, Any], known: Entries) -> Relay:
    """What a form shows of a sound entry; ``known`` are the ``templates``."""
    alike = (name for name, each in known.items() if not differs(entry, each))
    return Relay(
        label=entry["label"],
        base_url=next(iter(entry["base_urls"]), "").rstrip("/"),
        like=next(alike, ""),
        header=entry.get("header", "Authorization"),
        prefix=entry.get("prefix", "Bearer"),
    )


def changed_entry(
    name: str, relay: Relay, entry: Mapping[str, Any], known: Entries
) -> dict[str, Any]:
    """The entry of a place with what the fields say; what they do not speak of stays.

    ``known`` are the ``templates``. Raises RelayError.
    """
    new, before = dict(entry), fields_of(entry, known)
    if relay.like != before.like:
        if (template := known.get(relay.like)) is None:
            raise RelayError({"like": f"Choose what it speaks like: {', '.join(known)}."})
        new = {key: value for key, value in new.items() if key not in _KEPT}
        new |= {key: template[key] for key in _KEPT if key in template}
        new["note"] = _NOTE.format(label=template["label"])
    others = list(entry["base_urls"])[1:]
    new["base_urls"] = [relay.base_url.strip().rstrip("/"), *others] if relay.base_url else []
    return _filled(name, relay, new)


def differs(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two entries speak differently, so that a request for the one does not suit the other."""
    return any(one.get(key) != other.get(key) for key in _SHAPE)


def _filled(name: str, relay: Relay, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with label, header and prefix; raises RelayError."""
    entry["label"] = relay.label.strip()
    if relay.header is not None:
        entry["header"] = relay.header.strip()
    if relay.prefix is not None:
        entry["prefix"] = relay.prefix.strip()
    if wrong := _mistakes(name, entry, relay):
        raise RelayError(wrong)
    # The template's lists and objects stay its own.
    found: dict[str, Any] = json.loads(json.dumps(entry))
    return found


def _mistakes(name: str, entry: dict[str, Any], relay: Relay) -> dict[str, str]:
    """Field → sentence. The schema judges; only the words are those of a form."""
    from kling_desktop.providers import schema

    found: dict[str, str] = {}
    for place, says in schema.found_in("profiles", name, entry):
        part = place.split(" → ")[1] if " → " in place else "like"
        found["base_url" if part == "base_urls" else part] = _SAYS.get(part, f"{part} {says}")
    url = relay.base_url.strip()
    if url.startswith("http:") and not is_local(url):
        found["base_url"] = (
            "Over this address the key would go out readable. Enter one that begins with https://."
        )
    return found


def _free(label: str, taken: Iterable[str]) -> str:
    """An id made of the label's letters and digits, numbered where it is taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain)[:24].strip("-") or "relay"
    used, name, number = set(taken), base, 2
    while name in used:
        name, number = f"{base}-{number}", number + 1
    return name
