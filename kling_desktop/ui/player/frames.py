"""Decoded video frames as images of the size at which they are seen, in their true colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

Plane = npt.NDArray[np.uint8]

WEIGHTS = {601: (0.299, 0.114), 709: (0.2126, 0.0722)}
"""Shares of red and blue in the brightness, by the ITU-R recommendation that defines them."""
LINES_OF_HD = 720


def image_of(frame: QVideoFrame, room: QSize) -> QImage:
    """The frame as an RGB image, no larger than ``room`` (in device pixels) with its aspect kept.

    Qt's own conversion without a graphics driver takes every video for BT.601, and at full size.
    Planes are scaled before they are converted, so that a large video costs no more to show than a
    small one. Other layouts than 4:2:0 with 8 bits, which H.264 decoders give, are left to Qt.
    """
    from PySide6.QtMultimedia import QVideoFrame

    wanted = _fitted(frame.size(), room)
    copy = QVideoFrame(frame)
    if not copy.map(QVideoFrame.MapMode.ReadOnly):
        return _scaled(frame.toImage(), wanted)
    try:
        planes = _planes(copy, wanted)
    finally:
        copy.unmap()
    if planes is None:
        return _scaled(frame.toImage(), wanted)
    rgb = _rgb(planes, _matrix(frame.surfaceFormat()))
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _fitted(size: QSize, room: QSize) -> QSize:
    if size.width() <= room.width() and size.height() <= room.height():
        return size
    return size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


def _scaled(image: QImage, size: QSize) -> QImage:
    if image.size() == size:
        return image
    return image.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _planes(frame: QVideoFrame, size: QSize) -> Plane | None:
    """Brightness and both colour differences, (h, w, 3), at the size wanted; None if not 4:2:0."""
    import cv2
    from PySide6.QtMultimedia import QVideoFrameFormat

    kinds = QVideoFrameFormat.PixelFormat
    kind, width, height = frame.pixelFormat(), frame.width(), frame.height()
    across, down = (width + 1) // 2, (height + 1) // 2
    luma = _plane(frame, 0, width, height)
    if kind == kinds.Format_YUV420P:
        differences = [_plane(frame, 1, across, down), _plane(frame, 2, across, down)]
    elif kind == kinds.Format_NV12:
        pairs = _plane(frame, 1, 2 * across, down).reshape(down, across, 2)
        differences = [pairs[..., 0], pairs[..., 1]]
    else:
        return None
    shape = (size.width(), size.height())
    smaller = shape[0] < width
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    parts = [
        np.ascontiguousarray(part) if part.shape[1::-1] == shape else _resized(part, shape, how)
        for part in (luma, *differences)
    ]
    return np.asarray(cv2.merge(parts), np.uint8)


def _resized(plane: Plane, shape: tuple[int, int], how: int) -> Plane:
    import cv2

    # Chroma is often enlarged while brightness is reduced; area sampling would show its blocks.
    how = cv2.INTER_LINEAR if shape[0] > plane.shape[1] else how
    return np.asarray(cv2.resize(plane, shape, interpolation=how), np.uint8)


def _plane(frame: QVideoFrame, number: int, width: int, height: int) -> Plane:
    """One plane without the padding of its lines; valid while the frame is mapped."""
    line = frame.bytesPerLine(number)
    flat = np.frombuffer(frame.bits(number), np.uint8)
    return np.lib.stride_tricks.as_strided(flat, (height, width), (line, 1), writeable=False)


def _matrix(form: QVideoFrameFormat) -> npt.NDArray[np.float32]:
    """(3, 4): Y, Cb, Cr and 1 to R, G, B, all 0…255 (ITU-R BT.601-7 and BT.709-6, section 3)."""
    from PySide6.QtMultimedia import QVideoFrameFormat

    space, spaces = form.colorSpace(), QVideoFrameFormat.ColorSpace
    if space == spaces.ColorSpace_Undefined:
        standard = 709 if form.frameHeight() >= LINES_OF_HD else 601
    else:
        standard = 601 if space == spaces.ColorSpace_BT601 else 709
    red, blue = WEIGHTS[standard]
    green = 1.0 - red - blue
    full = form.colorRange() == QVideoFrameFormat.ColorRange.ColorRange_Full
    low, bright, colour = (0, 1.0, 1.0) if full else (16, 255 / 219, 255 / 224)
    to_red, to_blue = 2 * (1 - red) * colour, 2 * (1 - blue) * colour
    rows = np.array(
        [
            [bright, 0.0, to_red],
            [bright, -to_blue * blue / green, -to_red * red / green],
            [bright, to_blue, 0.0],
        ]
    )
    offset = -rows @ np.array([low, 128.0, 128.0])
    return np.hstack([rows, offset[:, None]]).astype(np.float32)


def _rgb(planes: Plane, matrix: npt.NDArray[np.float32]) -> Plane:
    import cv2

    return np.ascontiguousarray(cv2.transform(planes, matrix), np.uint8)
