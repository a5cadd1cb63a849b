"""What a video is likely to cost, from the provider's dated price list."""

from __future__ import annotations

from dataclasses import dataclass

from kling_desktop.providers.profiles import Profile


@dataclass(frozen=True, slots=True)
class Price:
    """An estimate, never a promise: ``date`` (2026-05-15) is when the list was read."""

    amount: float
    currency: str
    date: str


def estimate(profile: Profile, model: str, mode: str, duration: str) -> Price | None:
    """The list price of one video, or None where the provider's price is not known."""
    prices = profile.prices
    if prices is None:
        return None
    modes = prices.models.get(model, prices.models.get("*", {}))
    amount = modes.get(mode, modes.get("*"))
    if amount is None or not (duration.isascii() and duration.isdecimal()):
        return None
    return Price(round(amount * int(duration) / prices.seconds, 4), prices.currency, prices.date)
