"""Provider profiles: everything that one place to make videos at does its own way, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from kling_desktop.providers.overrides import ProfileError, Tell, entries
from kling_desktop.providers.shapes import (
    Brushed,
    MaskEncoding,
    MaskKind,
    ReplyShape,
    RequestShape,
)

__all__ = [
    "Brushed",
    "MaskEncoding",
    "MaskKind",
    "Prices",
    "Profile",
    "ProfileError",
    "load_profiles",
]


@dataclass(frozen=True, slots=True)
class Prices:
    """List prices of ``seconds`` of video: model → mode → amount; "*" stands for every one."""

    currency: str
    date: str
    """When the list was read, as 2026-05-15."""
    seconds: float
    models: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Profile:
    """One provider as an entry of providers.json."""

    id: str
    label: str
    base_urls: tuple[str, ...]
    """Hosts to choose from, the first by default; none where every account brings its own."""
    create: str
    """Path of new tasks; ``{endpoint}`` in it is what ``endpoints`` says."""
    query: str
    """Path at which a task's state is asked for, with ``{id}``."""
    dialect: str
    auth: str
    """key: a key as it is; official: that, or a pair that signs each request."""
    result: str | None = None
    """Path of a finished task, with ``{id}``, where its state does not bring the video."""
    endpoints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Model → mode → part of the path, where these choose the path; "*" for every mode."""
    header: str = "Authorization"
    prefix: str = "Bearer"
    """What stands before the key in its header, or nothing."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What else goes with every request to the API host."""
    key_label: str = "Token"
    request: RequestShape = field(default_factory=RequestShape)
    reply: ReplyShape = field(default_factory=ReplyShape)
    mask_encoding: MaskEncoding = field(default_factory=MaskEncoding)
    serves: tuple[str, ...] | None = None
    """The models it serves, or None where that is not known: all of them are offered."""
    model_changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What it says differently about single models, as entries of models.json."""
    prices: Prices | None = None
    """None where nobody says what it costs."""
    find_by_external_id: bool = False
    video_days: int = 1
    """For how many days the provider keeps a video."""
    note: str = ""

    @property
    def price_date(self) -> str | None:
        return self.prices.date if self.prices else None

    @classmethod
    def of(cls, name: str, entry: Mapping[str, Any]) -> Self:
        """A profile from a sound entry of the file."""
        own = dict(entry)
        own |= {
            "base_urls": tuple(url.rstrip("/") for url in own["base_urls"]),
            "auth": own.get("auth", "key"),
            "serves": tuple(own["serves"]) if own.get("serves") is not None else None,
            "model_changes": own.pop("models", {}),
            "request": RequestShape.of(own.get("request", {})),
            "reply": ReplyShape.of(own.get("reply", {})),
            "mask_encoding": MaskEncoding.of(own.get("mask_encoding", {})),
            "prices": _prices(own["prices"]) if own.get("prices") else None,
        }
        return cls(id=name, **own)


def load_profiles(
    shipped: Path, user: Path | None = None, tell: Tell | None = None
) -> dict[str, Profile]:
    """Every provider by id, in the file's order; raises ProfileError with a sentence a mistake.

    With ``tell`` it is told of each mistake of the user's file, and ``entries`` says what counts.
    """
    found = entries("profiles", shipped, user, tell)
    return {name: Profile.of(name, entry) for name, entry in found.items()}


def _prices(entry: Mapping[str, Any]) -> Prices:
    return Prices(entry["currency"], entry["date"], float(entry.get("seconds", 5)), entry["models"])
