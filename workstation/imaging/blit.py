"""The picture of a frame to the buffer of a viewport, one to one with its pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.imaging.placement import Placement

#: Frames with more pixels than this are scaled before the table is applied.
LARGE = 1 << 21


class Pyramid:
    """Halvings of a large frame by area averaging, so that shrinking does not alias.

    Level 0 is the frame itself. Averages of stored values are rounded to the stored type; padding
    must not be averaged into its neighbours, so a mask of it is halved by maximum beside it.
    """

    def __init__(
        self, stored: NDArray[Any], padding: NDArray[np.bool_] | None, padding_value: float
    ) -> None:
        self.levels: list[NDArray[Any]] = [stored]
        mask = None if padding is None else padding.astype(np.uint8)
        while min(self.levels[-1].shape[:2]) > 512:
            above = self.levels[-1]
            size = (above.shape[1] // 2, above.shape[0] // 2)
            even = above[: size[1] * 2, : size[0] * 2]
            half = cv2.resize(np.ascontiguousarray(even), size, interpolation=cv2.INTER_AREA)
            if mask is not None:
                blocks = mask[: size[1] * 2, : size[0] * 2]
                mask = blocks.reshape(size[1], 2, size[0], 2).max(axis=(1, 3))
                half[mask.astype(bool)] = padding_value
            self.levels.append(half)

    def level_for(self, scale: float) -> int:
        """The deepest level that still has at least one sample a screen pixel."""
        level = 0
        while level + 1 < len(self.levels) and scale * (1 << (level + 1)) <= 1.0:
            level += 1
        return level


def _warp(
    source: NDArray[Any], placement: Placement, level: int, width: int, height: int
) -> NDArray[Any]:
    factor = float(1 << level)
    matrix = placement.array()
    # Centre of pixel i of a level lies at i * factor + (factor - 1) / 2 of the frame.
    matrix[:, 2] += matrix[:, :2] @ np.full(2, (factor - 1) / 2)
    matrix[:, :2] *= factor
    effective = placement.scale * factor
    # At one to one, or where pixels are enlarged by whole steps, no new values are made up.
    exact = abs(effective - 1.0) < 1e-9 and placement.aspect == 1.0
    flags = cv2.INTER_NEAREST if exact else cv2.INTER_LINEAR
    kind = source.dtype
    work = source
    if kind not in (np.uint8, np.int16, np.uint16, np.float32):
        work = source.astype(np.float32)
    return cv2.warpAffine(
        np.ascontiguousarray(work),
        matrix,
        (width, height),
        flags=flags,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )


def outside(placement: Placement, rows: int, columns: int, width: int, height: int) -> Any:
    """Mask (height, width) of uint8: 255 where the viewport shows image."""
    corners = [(-0.5, -0.5), (columns - 0.5, -0.5), (columns - 0.5, rows - 0.5), (-0.5, rows - 0.5)]
    polygon = np.asarray([placement.to_screen(corner) for corner in corners])
    mask = np.zeros((height, width), np.uint8)
    low, high = np.ceil(polygon.min(axis=0) - 1e-6), np.ceil(polygon.max(axis=0) - 1e-6)
    x0, y0 = (max(0, int(value)) for value in low)
    x1, y1 = min(width, int(high[0])), min(height, int(high[1]))
    mask[y0 : max(y0, y1), x0 : max(x0, x1)] = 255
    return mask


def to_viewport(
    stored: NDArray[Any],
    picture_of: Callable[[NDArray[Any]], NDArray[np.uint8]],
    placement: Placement,
    width: int,
    height: int,
    *,
    pyramid: Pyramid | None = None,
) -> NDArray[np.uint8]:
    """The viewport's buffer, (height, width) or (height, width, 3); black around the image.

    `picture_of` turns stored values of any shape into bytes. Small frames become pictures first
    and are then placed; large ones are placed first, which needs fewer table look-ups and keeps
    the window exact where nothing is interpolated.
    """
    rows, columns = stored.shape[:2]
    levels = pyramid.levels if pyramid is not None else [stored]
    level = pyramid.level_for(placement.scale) if pyramid is not None else 0
    source = levels[level]
    if stored.ndim == 2 and source.size > width * height and source.dtype.itemsize >= 2:
        placed = picture_of(_warp(source, placement, level, width, height).astype(stored.dtype))
        mask = _like(outside(placement, rows, columns, width, height), placed)
        return np.asarray(cv2.bitwise_and(placed, mask), np.uint8)
    picture = picture_of(source)
    # Linear sampling has no prefilter: halve by area until a screen pixel covers less than two.
    while placement.scale * (1 << (level + 1)) <= 1.0 and min(picture.shape[:2]) >= 2:
        size = (picture.shape[1] // 2, picture.shape[0] // 2)
        even = np.ascontiguousarray(picture[: size[1] * 2, : size[0] * 2])
        picture = np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)
        level += 1
    return np.asarray(_warp(picture, placement, level, width, height), np.uint8)


def _like(mask: NDArray[np.uint8], picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return mask if picture.ndim == 2 else np.repeat(mask[..., None], 3, axis=2)
