"""Provider profiles: everything that one place to make videos at does its own way, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from kling_desktop.providers.overrides import ProfileError, entries

__all__ = [
    "Brushed",
    "MaskEncoding",
    "MaskKind",
    "Prices",
    "Profile",
    "ProfileError",
    "load_profiles",
]


class MaskKind(StrEnum):
    """How a request carries areas."""

    SEPARATE = "separate"
    """One black-and-white image for each area."""
    INDEXED = "indexed"
    """One image with a colour for each area."""


class Brushed(StrEnum):
    """The colour of brushed pixels in a separate mask."""

    WHITE = "white"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class MaskEncoding:
    kind: MaskKind = MaskKind.SEPARATE
    brushed: Brushed = Brushed.WHITE


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
    query: str
    """Path of one task, with ``{id}``."""
    dialect: str
    auth: str
    key_label: str = "Token"
    mask_encoding: MaskEncoding = MaskEncoding()
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
            "auth": own.get("auth", "bearer"),
            "serves": tuple(own["serves"]) if own.get("serves") is not None else None,
            "model_changes": own.pop("models", {}),
            "mask_encoding": _encoding(own.get("mask_encoding", {})),
            "prices": _prices(own["prices"]) if own.get("prices") else None,
        }
        return cls(id=name, **own)


def load_profiles(shipped: Path, user: Path | None = None) -> dict[str, Profile]:
    """Every provider by id, in the file's order; raises ProfileError with a sentence a mistake."""
    found = entries("profiles", shipped, user)
    return {name: Profile.of(name, entry) for name, entry in found.items()}


def _encoding(entry: Mapping[str, Any]) -> MaskEncoding:
    return MaskEncoding(
        MaskKind(entry.get("kind", "separate")), Brushed(entry.get("brushed", "white"))
    )


def _prices(entry: Mapping[str, Any]) -> Prices:
    return Prices(entry["currency"], entry["date"], float(entry.get("seconds", 5)), entry["models"])
