"""How strongly each band of texture is laid in: as naturally as the squared error allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kling_desktop.motion.plate_base import Floats, Table

FALLS = (0.5, 0.25, 0.1)
"""Strengths of a band by that of its neighbour nearer to the favoured one."""
TOP, REST = 3.5, 1.3
"""Most that a band up to the steepest is strengthened, and most for the coarser ones."""
AFAR = 0.55
"""Energy of wide gradients by that of the others, by what is natural, that shows from afar."""
FINE, DEAR = 1.4, 1.6
"""Most that a fine mix may cost, by what is tight, with all its energy and with the least."""
SPARE = 0.85
"""Energy by the least one where even that costs too much."""
STEPS = 24
"""Halvings in a search for a strength."""


@dataclass(frozen=True, slots=True)
class Mixes:
    """The mixes of bands to choose from.

    ``steps`` holds the mean products of the gradients of base and bands by the wanted energy, so
    the energy of a mix, by the wanted one, is its quadratic form; ``wide`` the same for gradients
    across more pixels, which the finest bands hardly touch. ``products`` are those of the bands
    themselves: the variance of a mix. The first band is the finest once more, sharpened.
    ``trust`` (0…1) is laid in of every band anyhow.
    """

    steps: Table
    wide: Table
    products: Table
    trust: float

    def chosen(self, least: float, most: float, room: float, tight: float) -> Floats:
        """Gain of each band.

        The natural mix with the energy ``most`` where it adds no more than ``room`` to the squared
        error. Otherwise the cheapest one with that energy that shows from afar as well, if it adds
        no more than ``tight``. Otherwise the cheapest: with that energy or, where even so it costs
        too much, with ``least`` or a little less.
        """
        profiles = self._profiles()
        for some, energy, wide, limit in (
            (profiles[:1], most, 0.0, room),
            (profiles, most, AFAR * most, tight),
            (profiles, most, 0.0, FINE * tight),
            (profiles, least, 0.0, DEAR * tight),
            (profiles, SPARE * least, 0.0, math.inf),
        ):
            mixes = [self._reaching(profile, energy, wide) for profile in some]
            cheap = [gains for gains in mixes if gains is not None and self._cost(gains) <= limit]
            if cheap:
                return min(cheap, key=self._cost)
        return self._gains(profiles[0], 1.0)

    def _profiles(self) -> list[Table]:
        """Gains of the bands by each other: as they are, or one favoured and the others after it."""
        count = len(self.products)
        away = np.abs(np.arange(count)[:, None] - np.arange(count)[None])
        falling = [fall ** away[peak] for peak in range(count) for fall in FALLS]
        natural = np.concatenate([[0.0], np.ones(count - 1)])
        return [natural, *falling]

    def _reaching(self, profile: Table, energy: float, wide: float) -> Floats | None:
        """The weakest such mix that has both energies, if there is one."""

        def enough(strength: float) -> bool:
            gains = self._gains(profile, strength)
            return _form(self.steps, gains) >= energy and _form(self.wide, gains) >= wide

        low, high = 0.0, TOP / float(profile[profile > 0.0].min())
        if not enough(high):
            return None
        for _ in range(STEPS):
            middle = (low + high) / 2.0
            low, high = (low, middle) if enough(middle) else (middle, high)
        return self._gains(profile, high)

    def _gains(self, profile: Table, strength: float) -> Floats:
        steepest = int(np.argmax(np.diag(self.steps)[1:]))
        limits = np.where(np.arange(len(profile)) <= steepest, TOP, REST)
        least = np.concatenate([[0.0], np.full(len(profile) - 1, self.trust)])
        return np.asarray(np.maximum(least, np.minimum(limits, strength * profile)), np.float32)

    def _cost(self, gains: Floats) -> float:
        """What a mix adds to the squared error: the variance of what is not trusted."""
        added = gains - self._gains(np.zeros(len(gains)), 0.0)
        return float(added @ self.products @ added)


def _form(table: Table, gains: Floats) -> float:
    mix = np.concatenate([[1.0], gains])
    return float(mix @ table @ mix)
