"""Where the breast is, against breasts of known outline in every way to store them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.frames import described as frame
from workstation.domain.image import PixelPadding
from workstation.imaging.breast import BreastBox, breast_box

ROWS, COLUMNS = 900, 700
#: A half ellipse on the chest wall at the left: 0.6 of the width, from 0.2 to 0.9 of the height.
REACH, TOP, BOTTOM = 0.6, 0.2, 0.9


def breast(dense: float = 2500.0) -> NDArray[np.float64]:
    """A skin line, fat at 600 and a dense part, on air of 100 with noise."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    up = (y / ROWS - (TOP + BOTTOM) / 2) / ((BOTTOM - TOP) / 2)
    inside = (x / COLUMNS / REACH) ** 2 + up**2
    held = np.where(inside <= 1, 600.0, 100.0)
    held[inside <= 0.3] = dense
    return held + np.random.default_rng(7).normal(0, 8, held.shape)


def stored(rotation: int, flipped: bool, picture: NDArray[Any]) -> NDArray[np.uint16]:
    """What is stored, so that turned clockwise and then flipped it is the picture."""
    if flipped:
        picture = picture[:, ::-1]
    return np.ascontiguousarray(np.rot90(picture, rotation // 90)).astype(np.uint16)


def found(picture: NDArray[np.uint16], **values: Any) -> BreastBox:
    held = {"rotation": 0, "flipped": False, "wall_right": False, **values}
    described = held.pop("described", frame(picture))
    made = breast_box(picture, described, **held)
    assert made is not None
    return made


def close(box: BreastBox) -> None:
    # One pixel of the search is 1/256 of the longer side.
    assert box.reach == pytest.approx(REACH, abs=0.012)
    assert (box.top, box.bottom) == pytest.approx((TOP, BOTTOM), abs=0.012)


@pytest.mark.parametrize(
    ("rotation", "flipped", "right"),
    list(itertools.product((0, 90, 180, 270), (False, True), (False, True))),
)
def test_a_breast_is_found_whatever_way_it_was_stored(
    rotation: int, flipped: bool, right: bool
) -> None:
    picture = breast()[:, ::-1] if right else breast()
    held = stored(rotation, flipped, picture)
    close(found(held, rotation=rotation, flipped=flipped, wall_right=right))


def test_letters_and_markers_beside_the_breast_are_no_breast() -> None:
    picture = breast()
    picture[30:80, 560:680] = 4000
    close(found(picture.astype(np.uint16)))


def test_the_darkest_of_monochrome1_is_the_breast() -> None:
    picture = (4095 - breast()).astype(np.uint16)
    described = frame(picture)
    form = replace(described.pixel_format, photometric_interpretation="MONOCHROME1")
    close(found(picture, described=replace(described, pixel_format=form)))


def test_padding_beside_the_breast_is_air() -> None:
    picture = breast().clip(101)
    picture[:, 650:] = 4095
    described = replace(frame(picture.astype(np.uint16)), padding=PixelPadding(4095, 4095))
    close(found(picture.astype(np.uint16), described=described))


def test_a_breast_over_all_of_the_field_or_none_at_all_is_not_cut() -> None:
    flat = np.full((ROWS, COLUMNS), 900, np.uint16)
    assert breast_box(flat, frame(flat), rotation=0, flipped=False, wall_right=False) is None
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    full = (800 + 500 * np.sin(x / 40) * np.cos(y / 60)).astype(np.uint16)
    box = breast_box(full, frame(full), rotation=0, flipped=False, wall_right=False)
    assert box is None or (box.reach > 0.9 and box.bottom - box.top > 0.9)
