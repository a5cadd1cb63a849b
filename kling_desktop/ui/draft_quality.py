"""How many pixels the draft plays with: fewer where they take too long, more where there is time."""

from __future__ import annotations

HEIGHTS = (1080, 810, 720, 540, 360)
"""Heights of frames in pixels, best first."""
SLOW = 10
"""Moments that are missed, each made up for by one that is not, before there are fewer pixels."""
HICCUP = 4
"""As how many a single frame counts at most."""
CALM = 2.0
"""Seconds of time to spare before there are more pixels."""
LONGEST_CALM = 64.0
HEADROOM = 0.7
"""Share of the interval that frames with more pixels may be expected to take."""
TRIAL = 6.0
"""Seconds within which more pixels that prove too slow were a mistake, not to be repeated soon."""


def rungs(picture: int, shown: int) -> tuple[int, ...]:
    """The heights to play with, best first: of a picture that is so many pixels high and shown on
    so many pixels of the screen. At least one."""
    top = min((height for height in HEIGHTS if height >= shown), default=HEIGHTS[0])
    lower = tuple(height for height in HEIGHTS if height <= top and height < picture)
    return (picture, *lower) if picture <= top else lower


class Ladder:
    """Chooses among ``rungs`` by how long frames take. The frame rate is kept as long as there is a
    rung to go down to."""

    def __init__(self, rungs: tuple[int, ...]) -> None:
        self._rungs, self._index = rungs, 0
        self._slow, self._calm = 0, 0.0
        self._wait = CALM
        self._since_climb = float("inf")

    @property
    def height(self) -> int:
        return self._rungs[self._index]

    def extend(self, rungs: tuple[int, ...]) -> None:
        """Choose among others from now on, beginning with what is nearest to the present one."""
        if rungs != self._rungs:
            at_best = self._index == 0
            old, self._rungs = self.height, rungs
            nearest = min(range(len(rungs)), key=lambda index: abs(rungs[index] - old))
            self._index = 0 if at_best else nearest
            self._slow, self._calm, self._wait = 0, 0.0, CALM

    def timed(self, took: float, interval: float) -> None:
        """A frame of this height took so many of the seconds that there are for each."""
        spent = max(took, interval)
        self._since_climb += spent
        missed = min(HICCUP, int(took / interval)) if took > interval else -1
        self._slow = max(0, self._slow + missed)
        if self._slow >= SLOW:
            self._step(1)
        elif self._index and took * self._more < HEADROOM * interval:
            self._calm += spent
            if self._calm >= self._wait:
                self._step(-1)
        else:
            self._calm = 0.0

    @property
    def _more(self) -> float:
        """How many times the pixels the next better rung has."""
        return (self._rungs[self._index - 1] / self.height) ** 2

    def _step(self, down: int) -> None:
        self._slow, self._calm = 0, 0.0
        if down > 0 and self._since_climb < TRIAL:
            self._wait = min(2.0 * self._wait, LONGEST_CALM)
        if down < 0:
            self._since_climb = 0.0
        self._index = min(max(self._index + down, 0), len(self._rungs) - 1)
