"""What the mouse, the pen and held keys do on the canvas: the part of the keys without actions."""

from __future__ import annotations

GESTURES: dict[str, tuple[tuple[str, str], ...]] = {
    "Everywhere on the canvas": (
        ("Zoom at the pointer", "Wheel"),
        ("Brush size", "Ctrl + wheel"),
        ("Move the view", "Space and drag, or middle button"),
        ("Play the draft, or pause it", "Space"),
        ("Take the area under the pointer in hand", "Right click"),
        ("Take back what is under way", "Esc"),
    ),
    "Brush, eraser, edge brush": (("Erase with a pen", "Its other end"),),
    "Brush, eraser": (("Straight line from the last stroke", "Shift + click"),),
    "Brush, edge brush": (
        ("Take from the area", "Alt + drag"),
        ("Keep of the area only what is painted", "Shift + Alt + drag"),
    ),
    "Lasso, rectangle, ellipse, wand, smart, fill": (
        ("Take from the area", "Alt"),
        ("Keep of the area only what is selected", "Shift + Alt"),
    ),
    "Lasso": (
        ("Draw freely", "Drag"),
        ("Set a corner", "Click"),
        ("Close the outline", "Double click, Enter, or click the start"),
        ("Take the last corner back", "Backspace"),
    ),
    "Rectangle, ellipse": (
        ("Square, circle", "Shift + drag"),
        ("From the middle", "Ctrl + drag"),
    ),
    "Smart selection": (
        ("Scribble over what belongs to it", "Ctrl + drag"),
        ("Scribble over what does not", "Ctrl + Alt + drag"),
        ("Accept what was found", "Enter"),
        ("Take it back", "Esc"),
    ),
    "Path": (
        ("Add a point", "Click"),
        ("Draw freely", "Drag"),
        ("Put a point in", "Click the curve"),
        ("Remove a point", "Double click, or Delete"),
        ("Keep to straight directions", "Shift"),
        ("Move the whole path", "Alt + drag on its curve or a point"),
        ("Move the chosen points", "Arrow keys, with Shift by 10 px"),
        ("Remove the chosen points", "Delete"),
        ("Choose the next point, or the one before", "N, Shift + N"),
        ("Add a point after the chosen one", "Insert"),
        ("Place a line, arc, circle …", "Choose it in the bar above, then drag"),
    ),
    "Several points of a path": (
        ("Choose one more, or one less", "Shift + click"),
        ("Choose all in a box", "Ctrl + drag"),
        ("Add all in a box", "Shift + Ctrl + drag"),
        ("Choose all", "Ctrl + A"),
        ("Move them together", "Drag one of them"),
        ("Scale them", "Drag a corner of their box"),
        ("Scale them in proportion", "Shift + drag a corner"),
        ("Scale them from their middle", "Alt + drag a corner"),
        ("Turn them", "Drag the round handle, with Shift by 15°"),
    ),
    "List of areas": (
        ("Rename", "Double click, or F2"),
        ("More", "Right click"),
        ("Import a mask", "Drop a picture on the row"),
    ),
}
"""By heading: what, and how."""
