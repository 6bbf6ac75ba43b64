"""Mask subtraction (PS3.3 C.7.6.10): differences that can be written down by hand."""

from __future__ import annotations

import numpy as np

from tests.imaging.frames import described
from workstation.domain.image import ModalityTransform, PixelPadding, Window
from workstation.imaging.subtraction import difference, subtracted


def test_the_average_of_the_masks_is_taken_away() -> None:
    values = np.array([[10, 20], [30, 40]], np.int16)
    masks = [np.array([[1, 2], [3, 4]], np.int16), np.array([[3, 4], [5, 7]], np.int16)]
    assert subtracted(values, masks).tolist() == [[8.0, 17.0], [26.0, 34.5]]


def test_a_mask_that_is_brighter_gives_negative_values() -> None:
    values, mask = np.zeros((2, 2), np.uint16), np.full((2, 2), 65535, np.uint16)
    assert subtracted(values, [mask]).tolist() == [[-65535.0] * 2] * 2


def test_a_shift_moves_the_mask_down_and_right_and_repeats_its_edge() -> None:
    mask = np.arange(12, dtype=np.int16).reshape(3, 4)
    moved = subtracted(np.zeros((3, 4), np.int16), [mask], (1.0, 2.0))
    expected = [[0, 0, 0, 1], [0, 0, 0, 1], [4, 4, 4, 5]]
    assert (-moved).tolist() == expected


def test_half_a_pixel_of_shift_lies_between_both() -> None:
    mask = np.array([[0, 10, 20, 30]], np.int16)
    moved = subtracted(np.zeros((1, 4), np.int16), [mask], (0.0, 0.5))
    np.testing.assert_allclose(-moved, [[0, 5, 15, 25]], atol=1e-4)


def test_masks_are_taken_away_after_the_modality_lut_and_before_the_voi() -> None:
    stored, mask = np.array([[100, 200]], np.uint16), np.array([[50, 60]], np.uint16)
    frame = described(
        stored,
        modality_transform=ModalityTransform(2.0, -1000.0, None, "HU"),
        padding=PixelPadding(0, 0),
        voi=(Window(40, 400),),
    )
    values, shown = difference(stored, [mask], frame)
    # Both through slope and intercept: the intercept goes, the slope stays.
    assert values.tolist() == [[100.0, 280.0]]
    assert shown.modality_transform == ModalityTransform()
    assert (shown.padding, shown.voi) == (None, ())
