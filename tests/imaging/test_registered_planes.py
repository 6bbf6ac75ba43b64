"""A volume on the grid of a plane of another space, against SimpleITK and against where it lies."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from tests.dicom.registrations import turned
from tests.imaging.phantom import geometry, grid, linear_field, sampled
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.registration import Affine
from workstation.domain.view import SlabMode
from workstation.imaging.blending import on_one_grid
from workstation.imaging.reslice import reslice, reslice_numpy
from workstation.imaging.volume import Volume

AFFINE = np.array(
    [[1.1, 0.12, -0.05, 4.0], [-0.08, 0.93, 0.07, -3.0], [0.03, -0.06, 1.05, 2.0], [0, 0, 0, 1]]
)
WAYS = {
    "shift": turned(0, (3.3, -2.1, 4.7)),
    "turn": turned(17, (20.0, 30.0, -5.0)),
    "affine": AFFINE,
}


def volume(field: str = "waves") -> Volume:
    held = geometry(shape=(24, 40, 36), spacing=(3.0, 2.0, 1.5), origin=(-30.0, -38.0, -33.0))

    def waves(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y, z = points[..., 0], points[..., 1], points[..., 2]
        return 100 * np.sin(x / 9) + 80 * np.cos(y / 7) + 60 * np.sin(z / 11) + 300

    values = sampled(held, waves if field == "waves" else linear_field)
    return Volume(values, held, np.ones(24, np.bool_))


def plane() -> PlaneGeometry:
    return PlaneGeometry((-14.0, -16.0, 1.0), (0.8, 0.6, 0.0), (-0.6, 0.8, 0.0), (1.0, 1.0), 30, 28)


@pytest.mark.parametrize("name", WAYS)
def test_a_registered_plane_is_what_simpleitk_resamples(name: str) -> None:
    held, cut, way = volume(), plane(), WAYS[name]
    image = sitk.GetImageFromArray(np.asarray(held.voxels))
    image.SetOrigin(held.geometry.first_plane.origin)
    image.SetSpacing((1.5, 2.0, 3.0))
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(way[:3, :3].ravel().tolist())
    transform.SetTranslation(way[:3, 3].tolist())
    reference = sitk.Image(cut.columns, cut.rows, 1, sitk.sitkFloat32)
    reference.SetOrigin(cut.origin)
    reference.SetDirection((0.8, -0.6, 0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 1.0))
    # ITK's transform takes points of the grid to the moving image, as ours does.
    moved = sitk.Resample(image, reference, transform, sitk.sitkLinear, -1e6, sitk.sitkFloat32)
    wanted = sitk.GetArrayFromImage(moved)[0]
    made = reslice(held, cut, via=way)
    inside = (wanted > -1e5) & ~np.isnan(made)
    assert inside.mean() > 0.6
    np.testing.assert_allclose(made[inside], wanted[inside], atol=0.05)


@pytest.mark.parametrize("name", WAYS)
def test_a_linear_field_is_met_at_the_place_that_the_matrix_tells(name: str) -> None:
    held, cut, way = volume("linear"), plane(), WAYS[name]
    there = grid(cut) @ way[:3, :3].T + way[:3, 3]
    for made in (
        reslice(held, cut, via=way),
        reslice_numpy(held, cut, np.zeros(1), SlabMode.MEAN, way),
    ):
        inside = ~np.isnan(made)
        assert inside.mean() > 0.6
        np.testing.assert_allclose(made[inside], linear_field(there)[inside], atol=0.02)


def test_only_voxels_that_are_met_in_their_middle_are_not_interpolated() -> None:
    held = volume().geometry
    own = held.slice_plane(3)
    assert on_one_grid(held, own)
    assert on_one_grid(held, own, np.eye(4))
    assert not on_one_grid(held, own, turned(0, (0.7, 0.0, 0.0)))
    assert on_one_grid(held, own, turned(0, (1.5, 4.0, 6.0)))
    assert not on_one_grid(held, own, turned(0, (0.0, 0.0, 1.0)))
    assert not on_one_grid(held, own, turned(1, (0.0, 0.0, 0.0)))
    assert not on_one_grid(held, plane())


def test_a_plane_that_is_moved_rigidly_samples_what_the_matrix_does() -> None:
    held, cut = volume(), plane()
    way = Affine.of(WAYS["turn"])
    moved = way.moved(cut)
    one, other = reslice(held, moved), reslice(held, cut, via=way.array())
    inside = ~np.isnan(one) & ~np.isnan(other)
    assert inside.mean() > 0.6
    np.testing.assert_allclose(one[inside], other[inside], atol=0.01)
    with pytest.raises(ValueError, match="rigid"):
        Affine.of(AFFINE).moved(cut)
