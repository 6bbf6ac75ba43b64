"""The volume of a segment, against analytic bodies and an independent program."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.realdata import require
from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import PlaneGeometry, VolumeGeometry, unit
from workstation.imaging.segment_volume import segment_volume_ml, voxel_volume_mm3


def stack(step: tuple[float, float, float], spacing: tuple[float, float]) -> VolumeGeometry:
    plane = PlaneGeometry((5.0, -7.0, 9.0), (1, 0, 0), (0, 1, 0), spacing, 64, 64)
    return VolumeGeometry(plane, step, tuple(step[2] * k for k in range(64)))


def test_a_ball_of_uneven_voxels_has_its_analytic_volume() -> None:
    affine = stack((0.0, 0.0, 1.5), (0.7, 0.9)).affine()
    k, v, u = np.indices((64, 64, 64))
    away = ((u - 32) * 0.9) ** 2 + ((v - 32) * 0.7) ** 2 + ((k - 32) * 1.5) ** 2
    ball = segment_volume_ml(away <= 20.0**2, affine)
    assert ball == pytest.approx(4 / 3 * math.pi * 20**3 / 1000, rel=0.002)


def test_a_tilted_gantry_does_not_change_the_volume() -> None:
    """A sheared voxel is as large as a straight one of the same height along the normal."""
    mask = np.ones((4, 5, 6), bool)
    straight = segment_volume_ml(mask, stack((0.0, 0.0, 2.0), (0.5, 0.5)).affine())
    tilted = segment_volume_ml(mask, stack((0.0, 0.7, 2.0), (0.5, 0.5)).affine())
    assert straight == pytest.approx(4 * 5 * 6 * 0.5 / 1000)
    assert tilted == pytest.approx(straight)


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: sum(abs(c) for c in v) > 0.1),
    st.tuples(*[st.floats(0.1, 5)] * 3),
)
def test_a_voxel_is_as_large_in_every_orientation(
    towards: tuple[float, float, float], size: tuple[float, float, float]
) -> None:
    row = np.asarray(unit(towards))
    aside = np.cross(row, np.eye(3)[int(np.argmin(np.abs(row)))])
    column = aside / np.linalg.norm(aside)
    affine = np.eye(4)
    affine[:3, :3] = np.stack([row, column, np.cross(row, column)], axis=1) * size
    assert voxel_volume_mm3(affine) == pytest.approx(math.prod(size), rel=1e-6)


def test_no_geometry_is_no_volume() -> None:
    mask = np.ones((1, 1, 1), bool)
    with pytest.raises(MeasurementRefused):
        segment_volume_ml(mask, np.zeros((4, 4)))
    with pytest.raises(MeasurementRefused):
        segment_volume_ml(mask, np.full((4, 4), np.nan))
    with pytest.raises(ValueError, match="mask"):
        segment_volume_ml(np.ones((2, 2), bool), np.eye(4))


@pytest.mark.parametrize(
    ("folder", "count", "millilitres"),
    [
        # EXPECTED.tsv: counts and volumes of independent voxel masks.
        ("petct-sts026/CT", 118353, 369.09),
        ("petct-sts026/PET", 5135, 368.95),
        ("rt-lung-phantom-ibsi1", 125256, 358.68),
    ],
)
def test_the_volume_is_the_one_another_program_found(
    folder: str, count: int, millilitres: float
) -> None:
    from workstation.cli import images

    held = images.load(require(folder))
    assert held.shown is not None
    assert held.shown.volume is not None
    geometry = held.shown.volume
    mask = np.zeros(geometry.shape, bool)
    mask.ravel()[:count] = True
    assert segment_volume_ml(mask, geometry.affine()) == pytest.approx(millilitres, abs=0.006)
