"""The drafts of the newest scene: one at once, a better one as soon as a second thread has it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kling_desktop.ui.draft_scene import Scene

if TYPE_CHECKING:
    from kling_desktop.motion.draft import Draft

QUIET = 0.1
"""Seconds without another edit before time goes into something better."""
KEPT = 2
"""Heights at which drafts are kept: that for playing and that for standing still."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A draft and the scene that it is of."""

    scene: Scene
    draft: Draft


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A draft with a good background, to be made of this scene at that height."""

    scene: Scene
    height: int
    moving: frozenset[int]
    cancelled: threading.Event = field(default_factory=threading.Event)

    def same(self, scene: Scene, height: int, moving: frozenset[int]) -> bool:
        """Whether this is what is wanted; only areas that move leave a hole in the background."""
        if self.scene.pixels is not scene.pixels or self.scene.labels is not scene.labels:
            return False
        return (self.height, self.moving) == (height, moving)


class Stock:
    """For one thread. ``told`` is called from another one when there is something better."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        self._held: dict[int, Held] = {}
        self._order: Order | None = None
        self._made: tuple[Order, Draft] | None = None
        self._trouble: Exception | None = None
        self._maker: ThreadPoolExecutor | None = None

    @property
    def news(self) -> bool:
        """Whether something has come since a draft was asked for."""
        return self._made is not None or self._trouble is not None

    def draft(self, scene: Scene, height: int) -> Draft:
        """The best draft of a scene that there is at once: not always of that height, and with a
        background that may be rough. Raises what went wrong in either thread."""
        self._take()
        held = self._best(scene, height)
        if held is None:
            found = quick_draft(scene, height)
        elif held.scene is scene:
            found = held.draft
        else:
            found = held.draft.repainted(
                scene.labels, scene.paths, scene.camera, backwards=scene.backwards
            )
        self._keep(Held(scene, found))
        self._improve(scene, height, found)
        return found

    def forget(self) -> None:
        """Let go of every draft, and give up what is being made."""
        self._give_up()
        self._held.clear()
        self._made = None

    def close(self) -> None:
        """Forget, and end the second thread; it is not waited for."""
        self.forget()
        if self._maker is not None:
            self._maker.shutdown(wait=False, cancel_futures=True)
            self._maker = None

    def _best(self, scene: Scene, height: int) -> Held | None:
        """What a draft of the scene can be made of in no time, of that height if possible."""
        of_picture = {k: v for k, v in self._held.items() if v.scene.pixels is scene.pixels}
        if height in of_picture:
            return of_picture[height]
        # At another height it is of use while it is better than what there would be at once.
        others = [held for held in of_picture.values() if held.scene.labels is scene.labels]
        fine = [held for held in others if held.draft.fine]
        return fine[-1] if fine else None

    def _keep(self, held: Held) -> None:
        height = held.draft.size[1]
        self._held.pop(height, None)
        self._held[height] = held
        for old in list(self._held)[:-KEPT]:
            del self._held[old]

    def _improve(self, scene: Scene, height: int, found: Draft) -> None:
        """Have a better one made, unless that is under way or this is as good as it gets."""
        fits, moving = found.size[1] == height, frozenset(found.moving)
        if fits and found.fine:
            self._give_up()
        elif self._order is None or not self._order.same(scene, height, moving):
            self._give_up()
            self._order = order = Order(scene, height, moving)
            if self._maker is None:
                self._maker = ThreadPoolExecutor(1, thread_name_prefix="plate")
            self._maker.submit(self._make, order, found if fits else None)

    def _make(self, order: Order, base: Draft | None) -> None:
        """In the second thread."""
        try:
            if not order.cancelled.wait(QUIET):
                base = base or quick_draft(order.scene, order.height)
                found = base.refined(cancelled=order.cancelled.is_set)
                if found is not None:
                    self._made = (order, found)
        except MemoryError:
            pass  # what there is stays; the artist sees it move all the same
        except Exception as error:  # noqa: BLE001 - raised in the thread that asked
            self._trouble = error
        if not order.cancelled.is_set():
            self._told()

    def _take(self) -> None:
        made, self._made = self._made, None
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble
        if made is not None and made[0] is self._order:
            self._keep(Held(made[0].scene, made[1]))

    def _give_up(self) -> None:
        if self._order is not None:
            self._order.cancelled.set()
            self._order = None


def quick_draft(scene: Scene, height: int) -> Draft:
    """A draft made from nothing. Its background is rough."""
    from kling_desktop.motion.draft import Draft

    return Draft(
        scene.pixels,
        scene.labels,
        scene.paths,
        scene.camera,
        height=height,
        backwards=scene.backwards,
        quick=True,
    )
