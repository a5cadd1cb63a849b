"""The table of actions on areas: the menu of the menu bar, and the one that opens on a row."""

from __future__ import annotations

from kling_desktop.model.areas import AREAS, STATIC
from kling_desktop.ui.action_spec import Spec, area_id

MENU = "Areas"
GIVE, SWAP = "&Give pixels to", "S&wap with"
"""The submenus that name another area."""


def _areas() -> tuple[Spec, ...]:
    moving = [
        Spec(
            area_id(area),
            f"Area &{area}",
            MENU,
            (str(area),),
            tip=f"Paint area {area}, or draw its path",
            group="area",
            area=area,
        )
        for area in AREAS
        if area != STATIC
    ]
    static = Spec(
        area_id(STATIC),
        "&Static area",
        MENU,
        ("0",),
        tip="Paint what must not move",
        group="area",
        area=STATIC,
    )
    return (*moving, static)


def _others(what: str, submenu: str, tip: str) -> tuple[Spec, ...]:
    """One action for every area that may be the other one."""
    return tuple(
        Spec(area_id(area, what), "", MENU, tip=tip, submenu=submenu, area=area) for area in AREAS
    )


TABLE: tuple[Spec, ...] = (
    *_areas(),
    Spec(
        "area.pick", "&Pick the area under the pointer", MENU, ("V",), "pick",
        "Take the area under the pointer in hand",
    ),
    Spec(
        "area.solo", "Show &alone", MENU, (), None, "Hide all other areas for now",
        checkable=True, gap=True,
    ),
    Spec("area.opacity", "&Opacity…", MENU, tip="How strongly its colour is shown"),
    Spec("area.rename", "&Rename…", MENU, tip="Call it something of your own"),
    Spec("area.colour", "&Colour…", MENU, tip="Show it in another colour"),
    Spec("area.usual", "&Usual name and colour", MENU, tip="Give it back its own name and colour"),
    Spec("area.grow", "Gro&w…", MENU, tip="Take what is next to it", gap=True),
    Spec("area.shrink", "S&hrink…", MENU, tip="Give up what is along its outline"),
    Spec("area.smooth", "S&mooth outline…", MENU, tip="Round off spikes and notches"),
    Spec("area.fillHoles", "&Fill holes", MENU, tip="Take what it encloses"),
    Spec("area.removeSpecks", "Remove spec&ks…", MENU, tip="Drop its small pieces"),
    Spec("area.invert", "&Invert", MENU, tip="Take what is unpainted, give up what it has"),
    *_others("area.give", GIVE, "Give all its pixels to this area"),
    *_others("area.swap", SWAP, "Change places with this area, path and all"),
    Spec("area.clear", "C&lear", MENU, (), "clear", "Take away its pixels and its path"),
    Spec(
        "area.pinRest", "Pin &everything else…", MENU, (), None,
        "Make all that does not move the static area", gap=True,
    ),
    Spec(
        "area.pinBorder", "Pin the &border…", MENU, (), None,
        "Add the edges of the picture to the static area",
    ),
    Spec(
        "area.import", "Impor&t mask…", MENU, (), "open",
        "Take a black-and-white picture as this area", gap=True,
    ),
    Spec("area.export", "E&xport mask…", MENU, tip="Save this area as a black-and-white picture"),
    Spec("area.exportAll", "Export all mask&s…", MENU, tip="Save every area into a folder"),
)  # fmt: skip

CHOICES = frozenset({*(area_id(area) for area in AREAS), "area.pick"})
"""What the menu of a row does without: it has its area already."""
