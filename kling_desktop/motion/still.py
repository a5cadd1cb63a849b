"""The picture at the draft's size, and the areas painted on it as coverages and layers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kling_desktop.model import areas
from kling_desktop.model.areas import Labels, Mask, Rect
from kling_desktop.motion import layers
from kling_desktop.motion.layers import Coverage, Layer, Rgb


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of each pixel within ``box`` belongs to an area, (h, w) 0…255."""

    box: Rect
    share: Coverage


class Still:
    """A picture (H, W, 3) RGB with its label map (H, W), both at ``size`` (width, height).

    Coverages and layers are made when they are first asked for, and are handed on to the still of
    another label map where that leaves an area as it is.
    """

    def __init__(self, pixels: Rgb, labels: Labels, size: tuple[int, int]) -> None:
        self.labels, self.size = labels, size
        self.picture = resized(pixels, size)
        self._covers: dict[int, Cover | None] = {}
        self._layers: dict[int, Layer] = {}
        self._resting: dict[int, Layer] = {}
        self._near: Labels | None = None

    def repainted(self, labels: Labels) -> Still:
        """The same picture under other labels of the same size."""
        found = object.__new__(Still)
        found.labels, found.size, found.picture = labels, self.size, self.picture
        found._resting = {}
        found._near, touched = None, _touched(self.labels, labels)
        found._covers = {k: v for k, v in dict(self._covers).items() if k not in touched}
        found._layers = {k: v for k, v in dict(self._layers).items() if k not in touched}
        return found

    def cover(self, area: int) -> Cover | None:
        """What an area covers at this size, None where it is not painted."""
        if area not in self._covers:
            self._covers[area] = _cover(self.labels, area, self.size)
        return self._covers[area]

    def painted(self, area: int) -> bool:
        return self.cover(area) is not None

    def layer(self, area: int) -> Layer:
        """A painted area cut out of the picture."""
        if area not in self._layers:
            cover = self.cover(area)
            if cover is None:
                raise ValueError(f"area {area} is not painted")
            self._layers[area] = layers.cut(self.picture, cover.share, cover.box)
        return self._layers[area]

    def resting(self, area: int) -> Layer:
        """The same with the picture's own colours, for where the area rests."""
        if area not in self._resting:
            layer = self.layer(area)
            own = layers.crop(self.picture, layer.x, layer.y, layer.alpha.shape)
            self._resting[area] = replace(layer, colour=own)
        return self._resting[area]

    def hole(self, moving: frozenset[int], within: Rect | None = None) -> Mask:
        """True wherever a moving area covers any of a pixel, shape (h, w), of a part or all."""
        part = within or Rect(0, 0, *self.size)
        found = np.zeros((part.height, part.width), np.bool_)
        for area in moving:
            cover = self.cover(area)
            if cover is not None:
                both = cover.box.shared(part)
                seen = cover.share[both.y0 - cover.box.y0 :, both.x0 - cover.box.x0 :]
                target = found[both.y0 - part.y0 :, both.x0 - part.x0 :]
                target[: both.height, : both.width] |= seen[: both.height, : both.width] > 0
        return found

    def others(self, moving: frozenset[int]) -> Mask:
        """True where a pixel's middle belongs to a painted area that stays, shape (h, w)."""
        import cv2

        if self._near is None:
            how = cv2.INTER_NEAREST_EXACT
            self._near = np.asarray(cv2.resize(self.labels, self.size, interpolation=how), np.uint8)
        table = np.zeros(256, np.uint8)
        table[[area for area in areas.AREAS if area not in moving]] = 1
        return np.asarray(cv2.LUT(self._near, table), np.uint8).view(np.bool_)


def resized(array: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A picture or coverage at another (width, height)."""
    import cv2

    if array.shape[1::-1] == size:
        return np.ascontiguousarray(array)
    smaller = size[0] < array.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(array, size, interpolation=how), np.uint8)


def _cover(labels: Labels, area: int, size: tuple[int, int]) -> Cover | None:
    box = _bounds(labels, area)
    if box.empty:
        return None
    mask = (labels[box.y0 : box.y1, box.x0 : box.x1] == area).view(np.uint8)
    if labels.shape[::-1] == size:
        return Cover(box, mask * np.uint8(255))
    if size[0] < labels.shape[1] or size[1] < labels.shape[0]:
        return _averaged(mask, box, (labels.shape[1], labels.shape[0]), size)
    import cv2

    whole = resized(np.asarray(labels == area, np.uint8) * np.uint8(255), size)
    x, y, width, height = cv2.boundingRect(whole)
    return Cover(Rect(x, y, x + width, y + height), whole[y : y + height, x : x + width].copy())


def _bounds(labels: Labels, area: int) -> Rect:
    """The rectangle that holds an area, empty where it is not painted. In bands, which stay in the
    processor's memory."""
    import cv2

    found = Rect(0, 0, 0, 0)
    for top in range(0, len(labels), areas.BAND):
        x, y, width, height = cv2.boundingRect(
            cv2.inRange(labels[top : top + areas.BAND], area, area)
        )
        found = found.united(Rect(x, top + y, x + width, top + y + height))
    return found


def _averaged(
    mask: Coverage, box: Rect, full: tuple[int, int], size: tuple[int, int]
) -> Cover | None:
    """The mask of 0 and 1 within ``box``, of a map of size ``full``, made smaller by taking means over areas, only where there is any of it.

    The sums up to any place, even within a pixel, come from a summed-area table (Crow, 1984), whose
    linear interpolation is exact.
    """
    import cv2

    scale = (full[0] / size[0], full[1] / size[1])
    x0, x1 = int(box.x0 / scale[0]), min(size[0], int((box.x1 - 1e-6) / scale[0]) + 1)
    y0, y1 = int(box.y0 / scale[1]), min(size[1], int((box.y1 - 1e-6) / scale[1]) + 1)
    sums = cv2.integral(mask, sdepth=cv2.CV_32S)
    across = np.clip(np.arange(x0, x1 + 1) * scale[0] - box.x0, 0, box.width).astype(np.float32)
    down = np.clip(np.arange(y0, y1 + 1) * scale[1] - box.y0, 0, box.height).astype(np.float32)
    rows = _between(np.asarray(sums, np.int32), down)
    table = _between(np.ascontiguousarray(rows.T), across).T
    total = table[1:, 1:] - table[:-1, 1:] - table[1:, :-1] + table[:-1, :-1]
    share = np.rint(total * (255.0 / (scale[0] * scale[1]))).clip(0, 255).astype(np.uint8)
    return Cover(Rect(x0, y0, x1, y1), np.ascontiguousarray(share)) if share.any() else None


def _between(
    sums: npt.NDArray[np.int32] | npt.NDArray[np.float64], where: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Rows of a table at fractional places, shape (len(where), columns)."""
    low = np.minimum(where.astype(np.intp), len(sums) - 2)
    share = (where - low)[:, None].astype(np.float64)
    return np.asarray(sums[low] * (1.0 - share) + sums[low + 1] * share)


def _touched(old: Labels, new: Labels) -> frozenset[int]:
    """Areas that gained or lost any pixel. In bands: most of a map is as it was, and asking takes a
    fraction of what making a difference would."""
    import cv2

    found = np.zeros(8, np.float32)
    for top in range(0, len(old), areas.BAND):
        before, after = old[top : top + areas.BAND], new[top : top + areas.BAND]
        if cv2.norm(before, after, cv2.NORM_INF):
            changed = np.asarray(cv2.bitwise_xor(before, after), np.uint8)
            for side in (before, after):
                found += np.ravel(cv2.calcHist([side], [0], changed, [8], [0, 8]))
    return frozenset(int(area) for area in np.flatnonzero(found))
