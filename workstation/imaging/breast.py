"""Where the breast is on a mammogram: what of the air beside it a viewport need not show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import FrameDescription
from workstation.imaging.modality import padding_mask

#: The longer side that the search is done at; a skin line is some pixels wide there.
_SIDE = 256
#: Above the air by so much of the range, or so many times its noise, is breast (ours).
_ABOVE, _NOISE = 0.03, 5.0
#: A breast covers at least so much of the image.
_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class BreastBox:
    """Parts of an image as it hangs, 0 to 1: how far the breast reaches from the edge of the chest
    wall, and from where to where it lies along that edge, from the top."""

    reach: float
    top: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 < self.reach <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError("a breast lies inside of its image")


def breast_box(
    stored: NDArray[Any], frame: FrameDescription, *, rotation: int, flipped: bool, wall_right: bool
) -> BreastBox | None:
    """The breast of a grey image that hangs turned and flipped (PS3.3 C.10.6) with its chest wall
    at the right or left; None where it cannot be told from the air.

    What is not connected with the chest wall, letters and markers, is no breast.
    """
    if stored.ndim != 2:
        return None
    rows, columns = stored.shape
    scale = min(1.0, _SIDE / max(rows, columns))
    size = (max(8, round(columns * scale)), max(8, round(rows * scale)))
    values = stored.astype(np.float32)
    if frame.inverted_photometric:
        values = -values
    mask = padding_mask(stored, frame)
    if mask is not None and mask.any() and not mask.all():
        values[mask] = values[~mask].min()
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    small = np.rot90(small, -rotation // 90)
    # From here the chest wall is at the left.
    if flipped != wall_right:
        small = small[:, ::-1]
    edge = small[:, -max(2, small.shape[1] // 25) :]
    air = float(np.median(edge))
    noise = 1.4826 * float(np.median(np.abs(edge - air)))
    span = float(np.percentile(small, 99.5)) - air
    bright = (small > air + max(_NOISE * noise, _ABOVE * span)).astype(np.uint8)
    above = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, found, _ = cv2.connectedComponentsWithStats(above, connectivity=4)
    at_wall = np.unique(labels[:, :3])
    parts = [index for index in at_wall if 0 < index < count]
    if span <= 0 or not parts:
        return None
    left, top, wide, tall, area = (
        int(part) for part in found[max(parts, key=lambda index: int(found[index][4]))]
    )
    if area < _LEAST * small.size:
        return None
    height, width = small.shape
    return BreastBox((left + wide) / width, top / height, (top + tall) / height)
