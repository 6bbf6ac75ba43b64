"""The picture of a frame to the buffer of a viewport, one to one with its pixels."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.imaging.halving import halved
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
            half = halved(above)
            if mask is not None:
                rows, columns = half.shape[:2]
                blocks = mask[: rows * 2, : columns * 2]
                mask = blocks.reshape(rows, 2, columns, 2).max(axis=(1, 3))
                half[mask.astype(bool)] = padding_value
            self.levels.append(half)

    def level_for(self, scale: float) -> int:
        """The deepest level that still has at least one sample a screen pixel."""
        level = 0
        while level + 1 < len(self.levels) and scale * (1 << (level + 1)) <= 1.0:
            level += 1
        return level


#: Writes the picture of values of 16 bits into bytes of the same shape.
Into = Callable[[NDArray[Any], NDArray[np.uint8]], object]

#: A scaled image larger than this many viewports is cut to what is seen before it is placed.
_MOST = 1.5


def _workable(source: NDArray[Any]) -> NDArray[Any]:
    """Contiguous and of a type that OpenCV scales."""
    if source.dtype not in (np.uint8, np.int16, np.uint16, np.float32):
        source = source.astype(np.float32)
    return np.ascontiguousarray(source)


def covered(
    placement: Placement, rows: int, columns: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the part of the viewport that shows image."""
    ends = [placement.to_screen(each) for each in ((-0.5, -0.5), (columns - 0.5, rows - 0.5))]
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*ends, strict=True))
    x0, y0 = max(0, math.ceil(left - 1e-6)), max(0, math.ceil(top - 1e-6))
    x1, y1 = min(width, math.ceil(right - 1e-6)), min(height, math.ceil(bottom - 1e-6))
    return x0, y0, max(x0, x1), max(y0, y1)


def for_screen(
    buffer: NDArray[np.uint8],
    box: tuple[int, int, int, int],
    output: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """The part x0, y0, x1, y1 of a viewport's buffer as blue, green, red, 255: screen order.

    `output` makes driving levels of the P-values of a grey buffer (PS3.14).
    A painter copies these bytes as they are, where it would convert grey pixel by pixel.
    """
    x0, y0, x1, y1 = box
    part: Any = buffer[y0:y1, x0:x1]
    if output is not None and part.ndim == 2:
        part = cv2.LUT(part, output)
    code = cv2.COLOR_GRAY2BGRA if part.ndim == 2 else cv2.COLOR_RGB2BGRA
    return np.asarray(cv2.cvtColor(part, code), np.uint8)


class Blit(NamedTuple):
    """A picture in a viewport of `width` x `height` pixels: `part` lies at `x0`, `y0`, and all
    around it is black."""

    part: NDArray[np.uint8]
    x0: int
    y0: int
    width: int
    height: int

    def whole(self) -> NDArray[np.uint8]:
        """The viewport's buffer."""
        rows, columns = self.part.shape[:2]
        if (rows, columns) == (self.height, self.width):
            return self.part
        return _put(self.part, self.x0, self.y0, self.width, self.height)

    def cut(self, box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """x0, y0, x1, y1 of the viewport."""
        x0, y0, x1, y1 = box
        left, top, (rows, columns) = self.x0, self.y0, self.part.shape[:2]
        if left <= x0 and top <= y0 and x1 <= left + columns and y1 <= top + rows:
            return self.part[y0 - top : y1 - top, x0 - left : x1 - left]
        return self.whole()[y0:y1, x0:x1]


def _scaled(
    source: NDArray[Any],
    picture_of: Callable[[NDArray[Any]], NDArray[np.uint8]],
    placement: Placement,
    level: int,
    width: int,
    height: int,
    blend: bool,
    into: Into | None,
) -> Blit:
    """The whole image scaled, turned and put where its corner belongs."""
    (a, b, _), (c, d, _) = placement.matrix
    across = placement.scale * (1 << level)
    down = across * placement.aspect
    shrinks = blend and across * down < 1.0 and source.ndim == 2
    held = _workable(source) if shrinks else picture_of(source)
    size = (held.shape[1], held.shape[0])
    if (across, down) != (1.0, 1.0):
        size = (max(1, round(size[0] * across)), max(1, round(size[1] * down)))
    corner = placement.to_screen((-0.5, -0.5))
    left, top = round(corner[0] + 0.5), round(corner[1] + 0.5)
    whole = 0 <= left <= width - size[0] and 0 <= top <= height - size[1]
    if c == 0 and a > 0 and d > 0 and whole:
        # As most images lie: each byte is written once.
        part = np.empty((size[1], size[0], *(() if shrinks else held.shape[2:])), np.uint8)
        made = _resized(held, size, across, down, None if shrinks else part)
        if shrinks and into is not None:
            into(made.astype(source.dtype, copy=False), part)
        elif shrinks:
            part = picture_of(made.astype(source.dtype, copy=False))
        elif made is not part:
            part[...] = made
        return Blit(part, left, top, width, height)
    held = _resized(held, size, across, down)
    picture = picture_of(held.astype(source.dtype, copy=False)) if shrinks else held
    if c != 0:
        picture = np.swapaxes(picture, 0, 1)
        along_x, along_y = b, c
    else:
        along_x, along_y = a, d
    picture = picture[:: 1 if along_y > 0 else -1, :: 1 if along_x > 0 else -1]
    x0 = left if along_x > 0 else left - picture.shape[1]
    y0 = top if along_y > 0 else top - picture.shape[0]
    return Blit(_put(picture, x0, y0, width, height), 0, 0, width, height)


def _resized(
    held: NDArray[Any],
    size: tuple[int, int],
    across: float,
    down: float,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """(columns, rows) of an image by linear sampling, in `out` where that is given; the image
    itself at one to one."""
    if (across, down) == (1.0, 1.0):
        return held
    # With no size asked for, OpenCV samples at the very factors, not at rounded ones.
    asked = None if min(size) > 1 else size
    return cv2.resize(held, asked, out, fx=across, fy=down, interpolation=cv2.INTER_LINEAR)


def _put(
    picture: NDArray[np.uint8], x0: int, y0: int, width: int, height: int
) -> NDArray[np.uint8]:
    """A buffer with the picture at its place and black around it; each byte is written once."""
    out = np.empty((height, width, *picture.shape[2:]), np.uint8)
    top, left = min(max(0, y0), height), min(max(0, x0), width)
    bottom = min(max(top, y0 + picture.shape[0]), height)
    right = min(max(left, x0 + picture.shape[1]), width)
    into = out[top:bottom, left:right]
    into[...] = picture[max(0, -y0) :, max(0, -x0) :][: bottom - top, : right - left]
    out[:top] = out[bottom:] = 0
    out[top:bottom, :left] = out[top:bottom, right:] = 0
    return out


def _cut(
    source: NDArray[Any],
    picture_of: Callable[[NDArray[Any]], NDArray[np.uint8]],
    placement: Placement,
    level: int,
    width: int,
    height: int,
) -> NDArray[np.uint8]:
    """The part of the image that is seen, as a picture, warped."""
    factor = float(1 << level)
    seen = [placement.to_image(each) for each in ((-1.0, -1.0), (float(width), float(height)))]
    low, high = np.min(seen, axis=0) / factor, np.max(seen, axis=0) / factor
    x0, y0 = (max(0, math.floor(value) - 2) for value in low)
    x1, y1 = math.ceil(high[0]) + 3, math.ceil(high[1]) + 3
    part = source[y0 : max(y0, y1), x0 : max(x0, x1)]
    if part.size == 0:
        colours = picture_of(source[:1, :1]).shape[2:]
        return np.zeros((height, width, *colours), np.uint8)
    picture = np.ascontiguousarray(picture_of(np.ascontiguousarray(part)))
    matrix = placement.array()
    # Centre of pixel i of a level lies at i * factor + (factor - 1) / 2 of the frame.
    matrix[:, 2] += matrix[:, :2] @ (np.asarray([x0, y0]) * factor + (factor - 1) / 2)
    matrix[:, :2] *= factor
    return np.asarray(
        cv2.warpAffine(
            picture,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def to_viewport(
    stored: NDArray[Any],
    picture_of: Callable[[NDArray[Any]], NDArray[np.uint8]],
    placement: Placement,
    width: int,
    height: int,
    *,
    pyramid: Pyramid | None = None,
    blend: bool = False,
) -> NDArray[np.uint8]:
    """The viewport's buffer, (height, width) or (height, width, 3); black around the image. All
    else as `blitted`."""
    made = blitted(stored, picture_of, placement, width, height, pyramid=pyramid, blend=blend)
    return made.whole()


def blitted(
    stored: NDArray[Any],
    picture_of: Callable[[NDArray[Any]], NDArray[np.uint8]],
    placement: Placement,
    width: int,
    height: int,
    *,
    pyramid: Pyramid | None = None,
    blend: bool = False,
    into: Into | None = None,
) -> Blit:
    """The picture in a viewport of that size.

    `picture_of` turns stored values of any shape into bytes; `into` does the same for grey values
    of 16 bits and writes them where they belong. `blend` tells that neighbouring stored
    values may be mixed: they are samples of one quantity, none is padding or a palette's index.
    Then an image that shrinks is scaled first, which needs fewer table look-ups; every other one
    becomes a picture first. At one to one the buffer holds the very pixels of the picture. Without
    a pyramid, or below its deepest level, halves are averaged by area: linear sampling has no
    prefilter.
    """
    level = pyramid.level_for(placement.scale) if pyramid is not None else 0
    source = pyramid.levels[level] if pyramid is not None else stored
    if placement.scale * (1 << (level + 1)) <= 1.0 and min(source.shape[:2]) >= 2:
        if not (blend and source.dtype in (np.int16, np.uint16) and source.ndim == 2):
            source, picture_of, blend, into = picture_of(source), _same, False, None
        while placement.scale * (1 << (level + 1)) <= 1.0 and min(source.shape[:2]) >= 2:
            source = halved(source)
            level += 1
    rows, columns = stored.shape[:2]
    scaled = rows * columns * placement.scale**2 * placement.aspect
    if scaled <= _MOST * width * height:
        return _scaled(source, picture_of, placement, level, width, height, blend, into)
    x0, y0, x1, y1 = covered(placement, rows, columns, width, height)
    warped = _cut(source, picture_of, placement, level, width, height)
    out = np.zeros_like(warped)
    out[y0:y1, x0:x1] = warped[y0:y1, x0:x1]
    return Blit(out, 0, 0, width, height)


def _same(picture: NDArray[Any]) -> NDArray[np.uint8]:
    return picture
