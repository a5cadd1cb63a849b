"""The actions of the draft beside playing it: what comes after the end, ghosts, and moments."""

from __future__ import annotations

from kling_desktop.ui.action_spec import Spec
from kling_desktop.ui.draft_clock import Loop

LOOPS = {loop: f"motion.loop.{loop}" for loop in Loop}
"""By what comes after the end, the action that chooses it."""
MOMENTS = ("motion.toStart", "motion.toEnd", "motion.back", "motion.forward")
"""Actions whose keys belong to the canvas and the bar below it."""

TABLE: tuple[Spec, ...] = (
    Spec(
        LOOPS[Loop.ONCE], "&Once", "Shot", tip="Stop at the end", group="loop",
        submenu="&Loop draft",
    ),
    Spec(
        LOOPS[Loop.REPEAT], "&Loop", "Shot", tip="Begin again after the end", group="loop",
        submenu="&Loop draft",
    ),
    Spec(
        LOOPS[Loop.PINGPONG], "&Forth and back", "Shot", tip="Go back from the end", group="loop",
        submenu="&Loop draft",
    ),
    Spec(
        "motion.ghosts", "Gh&osts", "Shot", ("Shift+G",), None,
        "Show where the areas will be later, while the draft stands still", checkable=True,
    ),
    Spec("motion.toStart", "Draft: to the &start", "Shot", ("Home",), local=True),
    Spec("motion.toEnd", "Draft: to the &end", "Shot", ("End",), local=True),
    Spec("motion.back", "Draft: one frame &back", "Shot", (",",), local=True),
    Spec("motion.forward", "Draft: one frame &forward", "Shot", (".",), local=True),
)  # fmt: skip
