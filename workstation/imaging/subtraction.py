"""Mask subtraction (PS3.3 C.7.6.10): what contrast added to an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import FrameDescription, ModalityTransform
from workstation.imaging.modality import modality_values


def subtracted(
    values: NDArray[Any], masks: Sequence[NDArray[Any]], shift: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.float32]:
    """Modality values of a frame less the average of those of its mask frames, (rows, columns).

    `shift` is (rows, columns) by which the mask moves down and right before it is subtracted;
    what comes from outside of it repeats its edge.
    """
    total: NDArray[np.float32] = np.zeros(values.shape, np.float32)
    for mask in masks:
        total += mask
    total /= np.float32(len(masks))
    if shift != (0.0, 0.0):
        matrix = np.array(((1.0, 0.0, shift[1]), (0.0, 1.0, shift[0])))
        size = (values.shape[1], values.shape[0])
        moved = cv2.warpAffine(
            total, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        total = np.asarray(moved, np.float32)
    return np.asarray(values.astype(np.float32) - total, np.float32)


def difference(
    stored: NDArray[Any],
    masks: Sequence[NDArray[Any]],
    frame: FrameDescription,
    shift: tuple[float, float] = (0.0, 0.0),
) -> tuple[NDArray[np.float32], FrameDescription]:
    """(modality values less their mask, the frame as one of such values), from stored values.

    Masks are subtracted after the Modality LUT and before the VOI (PS3.4 N.2.1.2).
    """
    held = [modality_values(mask, frame) for mask in masks]
    values = subtracted(modality_values(stored, frame), held, shift)
    shown = replace(frame, modality_transform=ModalityTransform(), padding=None, voi=())
    return values, shown
