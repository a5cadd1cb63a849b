"""The table of actions on the path of the area in hand: the Path menu, and its tool button."""

from __future__ import annotations

from kling_desktop.model.areas import MOVING
from kling_desktop.ui.action_spec import Spec, area_id

MENU = "Path"
COPY, PARENT = "&Copy to", "Mo&ves with"
"""The submenus that name another area."""
NOTHING = "path.parent.none"
CARRIES = "The motion of this area is added to its own"
START, END = "S&nap start to the area", "S&nap end to the area"
"""The end where the shot lands on its picture."""


def _others(what: str, submenu: str, tip: str, group: str | None = None) -> tuple[Spec, ...]:
    """One action for every moving area that may be the other one."""
    return tuple(
        Spec(area_id(area, what), "", MENU, tip=tip, submenu=submenu, area=area, group=group)
        for area in MOVING
    )


TABLE: tuple[Spec, ...] = (
    Spec(
        "path.selectAll", "Select &all points", MENU, ("Ctrl+A",),
        tip="Choose every point of the path", local=True,
    ),
    Spec(
        "path.reverse", "&Reverse", MENU, tip="From its end to its start", gap=True,
    ),
    Spec("path.mirrorH", "Mirror &left and right", MENU, tip="Exchange left and right"),
    Spec("path.mirrorV", "Mirror &top and bottom", MENU, tip="Exchange top and bottom"),
    Spec(
        "path.scale", "&Scale…", MENU,
        tip="Make it larger or smaller from its place on the area",
    ),
    Spec("path.rotate", "R&otate…", MENU, tip="Turn it around its place on the area"),
    Spec("path.smooth", "S&mooth", MENU, tip="Take the shakes out of it; its ends stay"),
    Spec(
        "path.snapStart", START, MENU,
        tip="Move the whole path so that it lies on the middle of its area", gap=True,
    ),
    *_others("path.copyTo", COPY, "Give this area the same path, from its own place"),
    Spec(
        NOTHING, "&Nothing", MENU, tip="It moves along its own path only", submenu=PARENT,
        group="parent",
    ),
    *_others("path.parent", PARENT, CARRIES, "parent"),
    Spec("path.clear", "C&lear", MENU, (), "clear", "Take the path away", gap=True),
)  # fmt: skip
