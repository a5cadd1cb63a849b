"""The end frame that carries a shot's motion: the draft where it has got furthest."""

from __future__ import annotations

import numpy as np

from kling_desktop.model.landing import sent
from kling_desktop.model.shot import Shot
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.layers import Rgb


def end_frame(shot: Shot, pixels: Rgb, size: tuple[int, int], *, quick: bool = False) -> Rgb:
    """The last frame of what a provider is asked for, (height, width, 3) of ``size`` (width,
    height); of a shot that lands that is the finished video's first.

    ``pixels`` is the picture, (H, W, 3) RGB. ``quick`` fills in roughly what lay behind.
    """
    import cv2

    asked = sent(shot)
    draft = Draft(pixels, shot.labels, asked.paths, asked.camera, height=size[1], quick=quick)
    frame = draft.frame(1.0)
    if draft.size != size:  # a pixel of rounding
        frame = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    return frame
