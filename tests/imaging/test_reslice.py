"""Planes through volumes: a linear field comes back exactly, and what is not there stays blank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.conforms import conforms
from tests.imaging import phantom
from workstation.domain.geometry import PlaneGeometry, VolumeGeometry, add, cross, unit
from workstation.domain.image import PixelPadding
from workstation.domain.view import Plane, SlabMode
from workstation.imaging import planes, reslice
from workstation.imaging.reslice import affines, reslice_numpy, slab_depths
from workstation.imaging.reslice_itk import reslice_itk
from workstation.imaging.volume import Volume


def volume_of(geometry: VolumeGeometry, **more: object) -> Volume:
    voxels = phantom.sampled(geometry, phantom.linear_field)
    present = np.ones(geometry.shape[0], bool)
    return Volume(voxels, geometry, present, **more)  # type: ignore[arg-type]


directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: 0.2 < sum(x * x for x in v) < 3)


@st.composite
def oblique_planes(draw: st.DrawFn) -> PlaneGeometry:
    a, b = draw(directions), draw(directions)
    normal = cross(a, b)
    if sum(x * x for x in normal) < 0.05:
        b = (b[1], b[2], -b[0] + 0.7)
        normal = cross(a, b)
    row = unit(a)
    column = unit(cross(unit(normal), row))
    return PlaneGeometry((103.0, 201.0, 304.0), row, column, (0.7, 0.9), 9, 11)


@settings(max_examples=60, deadline=None)
@given(plane=oblique_planes(), tilt=st.sampled_from([0.0, 18.5, -14.0]))
def test_a_linear_field_is_resliced_exactly_under_any_angle_and_tilt(
    plane: PlaneGeometry, tilt: float
) -> None:
    geometry = phantom.geometry(tilt_degrees=tilt)
    made = reslice.reslice(volume_of(geometry), plane)
    expected = phantom.linear_field(phantom.grid(plane))
    inside = ~np.isnan(made)
    assert np.allclose(made[inside], expected[inside], atol=2e-3)


def noise(geometry: VolumeGeometry) -> Volume:
    voxels = np.random.default_rng(5).integers(-1000, 1000, geometry.shape).astype(np.int16)
    return Volume(voxels, geometry, np.ones(geometry.shape[0], bool))


def the_three(
    volume: Volume, plane: PlaneGeometry, slab: float, mode: SlabMode
) -> list[np.ndarray]:
    depths = slab_depths(volume.geometry, plane, slab, mode)
    matrix = affines(volume.geometry, plane)
    return [
        reslice_numpy(volume, plane, depths, mode),
        reslice_itk(volume, plane, matrix, depths, mode),
        reslice.reslice(volume, plane, slab_mm=slab, mode=mode),
    ]


@settings(max_examples=25, deadline=None)
@given(plane=oblique_planes(), tilt=st.sampled_from([0.0, 18.5]))
def test_kernel_numpy_and_simpleitk_agree_within_one_hounsfield_unit(
    plane: PlaneGeometry, tilt: float
) -> None:
    volume = noise(phantom.geometry(tilt_degrees=tilt, shape=(9, 12, 11)))
    made = the_three(volume, plane, 0.0, SlabMode.MEAN)
    for other in made[1:]:
        # A sample exactly on the outermost voxel centre may fall to either side.
        assert np.mean(np.isnan(made[0]) != np.isnan(other)) < 0.02
        both = ~np.isnan(made[0]) & ~np.isnan(other)
        assert np.max(np.abs(made[0][both] - other[both]), initial=0) <= 1.0


@pytest.mark.parametrize("mode", list(SlabMode))
def test_slabs_of_the_three_ways_agree_within_one_hounsfield_unit(mode: SlabMode) -> None:
    geometry = phantom.geometry(shape=(9, 12, 11))
    row, column = unit((1.0, 0.2, 0.1)), unit(cross(unit((-0.12, 0.05, 1.0)), (1.0, 0.2, 0.1)))
    row = unit(cross(column, unit(cross(row, column))))
    middle = planes.center(geometry)
    plane = PlaneGeometry(add(middle, row, -1.5), row, column, (0.3, 0.3), 5, 9)
    one, two, three = the_three(noise(geometry), plane, 2.0, mode)
    assert not np.isnan(one).any()
    assert np.abs(one - two).max() <= 1.0
    assert np.abs(one - three).max() <= 1.0


@conforms("5 excluded", "SimpleITK and numpy beside the kernel")
def test_void_voxels_blank_the_same_samples_in_all_three_ways() -> None:
    geometry = phantom.geometry(shape=(9, 12, 11))
    held = noise(geometry)
    held.present[4] = False
    volume = Volume(held.voxels, geometry, held.present, padding=PixelPadding(-1000, -900))
    plane = geometry.slice_plane(2)
    shifted = PlaneGeometry(
        add(plane.origin, (0.31, 0.17, 1.1)),
        plane.row_cosine,
        plane.column_cosine,
        plane.spacing_mm,
        9,
        8,
    )
    one, two, three = the_three(volume, shifted, 0.0, SlabMode.MEAN)
    assert 0.1 < np.isnan(one).mean() < 0.9
    assert np.array_equal(np.isnan(one), np.isnan(two))
    assert np.array_equal(np.isnan(one), np.isnan(three))


def test_the_kernel_is_built_where_the_tests_run() -> None:
    if not reslice.has_kernel():
        pytest.skip("no compiler here: SimpleITK reslices")
    assert reslice.has_kernel()


def test_an_acquired_slice_comes_back_as_it_was() -> None:
    geometry = phantom.geometry()
    volume = volume_of(geometry)
    for index in (0, 3, 5):
        assert np.array_equal(
            reslice.reslice(volume, geometry.slice_plane(index)), volume.voxels[index]
        )


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(0, 8),
    corner=st.tuples(st.integers(-14, 14), st.integers(-14, 14)),
    size=st.tuples(st.integers(1, 25), st.integers(1, 25)),
    kind=st.sampled_from([np.uint8, np.int16, np.float32]),
    padded=st.booleans(),
    arrived=st.booleans(),
    tilt=st.sampled_from([0.0, 18.5]),
    scale=st.sampled_from([(1.0, -1024.0), (1.7, -3.0), (1.0, 0.5)]),
)
def test_a_part_of_a_slice_is_its_voxels_and_blank_beyond(
    at: int,
    corner: tuple[int, int],
    size: tuple[int, int],
    kind: type,
    padded: bool,
    arrived: bool,
    tilt: float,
    scale: tuple[float, float],
) -> None:
    geometry = phantom.geometry(shape=(9, 12, 11), tilt_degrees=tilt)
    voxels = np.random.default_rng(at).integers(0, 200, geometry.shape).astype(kind)
    present = np.ones(9, bool)
    present[at] = arrived
    padding = PixelPadding(0, 30) if padded else None
    slope, intercept = scale
    volume = Volume(voxels, geometry, present, padding=padding, slope=slope, intercept=intercept)
    whole = geometry.slice_plane(at)
    origin = whole.to_patient((float(corner[0]), float(corner[1])))
    part = PlaneGeometry(
        origin, whole.row_cosine, whole.column_cosine, whole.spacing_mm, size[0], size[1]
    )
    made = reslice.reslice(volume, part)
    expected = np.full(size, np.nan)
    for row, column in np.ndindex(*size):
        y, x = row + corner[1], column + corner[0]
        if arrived and 0 <= y < 12 and 0 <= x < 11 and not (padded and voxels[at, y, x] <= 30):
            expected[row, column] = voxels[at, y, x] * slope + intercept
    assert np.allclose(made, expected, rtol=1e-6, equal_nan=True)
    other = reslice_numpy(volume, part, np.zeros(1), SlabMode.MEAN)
    assert np.allclose(made, other, atol=1e-3, equal_nan=True)


def test_a_slice_that_has_not_arrived_is_blank_and_its_neighbours_are_not() -> None:
    geometry = phantom.geometry()
    volume = volume_of(geometry)
    volume.present[2] = False
    assert np.isnan(reslice.reslice(volume, geometry.slice_plane(2))).all()
    assert not np.isnan(reslice.reslice(volume, geometry.slice_plane(1))).any()
    assert not np.isnan(reslice.reslice(volume, geometry.slice_plane(3))).any()


def test_the_gap_of_a_missing_slice_is_blank_and_not_interpolated_over() -> None:
    positions = (0.0, 2.0, 4.0, 8.0, 10.0, 12.0)
    geometry = phantom.geometry(positions=positions)
    volume = volume_of(geometry)
    coronal = planes.standard_plane(geometry, Plane.CORONAL, planes.center(geometry))
    made = reslice.reslice(volume, coronal)
    depth = phantom.grid(coronal)[..., 2] - 300.0
    blank = np.isnan(made)
    assert blank[(depth > 4.01) & (depth < 7.99)].all()
    assert not blank[(depth <= 3.99) | (depth >= 8.01)].any()


def test_irregular_slices_are_sampled_at_their_true_positions() -> None:
    geometry = phantom.geometry(positions=(0.0, 2.0, 3.4, 5.6, 7.4, 9.0))
    volume = volume_of(geometry)
    sagittal = planes.standard_plane(geometry, Plane.SAGITTAL, planes.center(geometry))
    made = reslice.reslice(volume, sagittal)
    expected = phantom.linear_field(phantom.grid(sagittal))
    held = ~np.isnan(made)
    assert held.mean() > 0.9
    assert np.allclose(made[held], expected[held], atol=2e-3)


@conforms("5 excluded", "the voxel that is padding")
def test_where_padding_is_touched_the_plane_is_blank() -> None:
    geometry = phantom.geometry()
    volume = volume_of(geometry, padding=PixelPadding(-5000, -5000))
    volume.voxels[3, 4, 5] = -5000
    made = reslice.reslice(volume, geometry.slice_plane(3))
    assert np.argwhere(np.isnan(made)).tolist() == [[4, 5]]


def test_a_maximum_slab_never_lies_below_its_mean() -> None:
    geometry = phantom.geometry(shape=(12, 10, 10))
    rng = np.random.default_rng(3)
    volume = Volume(
        rng.integers(0, 500, geometry.shape).astype(np.int16), geometry, np.ones(12, bool)
    )
    plane = geometry.slice_plane(6)
    mean = reslice.reslice(volume, plane, slab_mm=6, mode=SlabMode.MEAN)
    highest = reslice.reslice(volume, plane, slab_mm=6, mode=SlabMode.MIP)
    lowest = reslice.reslice(volume, plane, slab_mm=6, mode=SlabMode.MINIP)
    assert (highest >= mean).all()
    assert (mean >= lowest).all()
    # Between slices the values run straight: the extremes are voxels, or lie on a face.
    at = np.asarray(geometry.slice_positions_mm)
    inside = [6 + i for i in (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5) if abs(at[6 + i] - at[6]) <= 3]
    faces = [
        [[np.interp(at[6] + off, at, column) for column in row] for row in across]
        for across in [np.moveaxis(volume.voxels, 0, -1)]
        for off in (-3.0, 3.0)
    ]
    samples = np.concatenate((volume.voxels[inside], np.asarray(faces)))
    assert highest == pytest.approx(samples.max(axis=0), abs=1e-3)
    assert lowest == pytest.approx(samples.min(axis=0), abs=1e-3)


@conforms("5 excluded", "numpy over the voxels that are image")
@pytest.mark.parametrize(
    ("mode", "pad"), [(SlabMode.MIP, 5000), (SlabMode.MINIP, -5000), (SlabMode.MEAN, 5000)]
)
def test_padding_enters_no_projection_and_no_interpolation(mode: SlabMode, pad: int) -> None:
    geometry = phantom.geometry(shape=(12, 10, 10))
    volume = volume_of(geometry, padding=PixelPadding(pad, pad))
    volume.voxels[6, 4, 5] = pad
    at = np.asarray(geometry.slice_positions_mm)
    plane = geometry.slice_plane(6)
    thick = 2 * float(at[7] - at[6])
    made = reslice.reslice(volume, plane, slab_mm=thick, mode=mode)
    # At that pixel the slices before and behind are left: what is sampled between is padding too.
    left = volume.voxels[[5, 7], 4, 5].astype(float)
    wanted = {SlabMode.MIP: left.max(), SlabMode.MINIP: left.min(), SlabMode.MEAN: left.mean()}
    assert made[4, 5] == pytest.approx(wanted[mode], abs=1e-2)
    assert np.abs(made).max() < 4000
    # Half a pixel aside each sample that the padding would enter is blank, and no other.
    aside = PlaneGeometry(
        plane.to_patient((0.5, 0.5)),
        plane.row_cosine,
        plane.column_cosine,
        plane.spacing_mm,
        9,
        9,
    )
    thin = reslice.reslice(volume, aside)
    assert np.argwhere(np.isnan(thin)).tolist() == [[3, 4], [3, 5], [4, 4], [4, 5]]


def test_rescaling_is_applied_to_the_result() -> None:
    geometry = phantom.geometry()
    volume = volume_of(geometry, slope=2.0, intercept=-1024.0)
    made = reslice.reslice(volume, geometry.slice_plane(1))
    assert np.allclose(made, volume.voxels[1] * 2.0 - 1024.0, rtol=1e-6)


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL])
def test_a_standard_plane_covers_the_volume_and_passes_through_the_focus(plane: Plane) -> None:
    geometry = phantom.geometry()
    focus = planes.center(geometry)
    made = planes.standard_plane(geometry, plane, focus)
    _, _, away = made.to_image(focus)
    assert abs(away) < 1e-9
    for corner in planes.corners(geometry):
        column, row, _ = made.to_image(corner)
        assert -1e-6 <= column <= made.columns
        assert -1e-6 <= row <= made.rows


def test_paging_steps_are_the_voxel_across_the_plane() -> None:
    geometry = phantom.geometry()
    assert planes.plane_step(geometry, Plane.AXIAL) == 2.0
    assert planes.plane_step(geometry, Plane.CORONAL) == 0.5
    assert planes.plane_step(geometry, Plane.SAGITTAL) == 1.0
    assert planes.nearest_slice(geometry, add(planes.center(geometry), (0, 0, 1.2))) == 3


def test_wrong_sizes_never_reach_the_kernel() -> None:
    if not reslice.has_kernel():
        pytest.skip("no compiler here: SimpleITK reslices")
    from workstation.imaging import _reslice

    empty = np.zeros(1)
    with pytest.raises(ValueError, match="belong together"):
        _reslice.reslice(
            empty, empty, empty, empty, empty, empty, np.zeros(17), np.zeros(10, np.int64)
        )


def test_a_gap_that_is_no_multiple_is_uneven_and_not_missing() -> None:
    """Heads are scanned at 4 mm below and 7 mm above: nothing is missing there."""
    geometry = phantom.geometry(positions=(0.0, 4.0, 8.0, 12.0, 13.1, 20.1, 27.1), shape=(7, 8, 10))
    assert geometry.missing_in_gaps() == (0, 0, 0, 0, 0, 0)
    coronal = planes.standard_plane(geometry, Plane.CORONAL, planes.center(geometry))
    assert not np.isnan(reslice.reslice(volume_of(geometry), coronal)).any()
    assert phantom.geometry(positions=(0.0, 2.0, 4.0, 8.1, 10.0, 12.0)).missing_in_gaps() == (
        (0, 0, 1, 0, 0)
    )


@pytest.mark.parametrize("mode", [SlabMode.MIP, SlabMode.MINIP])
@pytest.mark.parametrize("slab", [2.9, 3.0, 4.0, 5.0])
def test_what_is_one_voxel_thin_is_not_missed_by_a_projection(mode: SlabMode, slab: float) -> None:
    geometry = phantom.geometry(shape=(9, 12, 11), spacing=(1.0, 1.0, 1.0))
    volume = Volume(np.zeros(geometry.shape, np.int16), geometry, np.ones(9, bool))
    value = 1000 if mode is SlabMode.MIP else -1000
    volume.voxels[5, 6, 7] = value
    made = reslice.reslice(volume, geometry.slice_plane(4), slab_mm=slab, mode=mode)
    assert made[6, 7] == value
    coronal = planes.standard_plane(geometry, Plane.CORONAL, (100.0, 205.0, 300.0))
    made = reslice.reslice(volume, coronal, slab_mm=slab, mode=mode)
    assert np.abs(made).max() == 1000


def test_samples_of_a_slab_are_at_most_one_slice_apart_and_reach_its_faces() -> None:
    geometry = phantom.geometry()
    plane = geometry.slice_plane(2)
    for mode in SlabMode:
        for slab in (0.5, 2.0, 5.0, 7.3):
            depths = slab_depths(geometry, plane, slab, mode)
            assert np.diff(depths).max() <= 2.0 + 1e-9
            assert (depths[0], depths[-1]) == (-slab / 2, slab / 2)
            assert np.abs(depths).min() < 1e-9


def test_a_voxel_that_is_no_number_is_void_in_all_three_ways() -> None:
    geometry = phantom.geometry(shape=(9, 12, 11))
    volume = volume_of(geometry)
    volume.voxels[3, 4, 5] = np.nan
    plane = geometry.slice_plane(3)
    moved = PlaneGeometry(
        add(plane.origin, (0.3, 0.1, 0.4)),
        plane.row_cosine,
        plane.column_cosine,
        plane.spacing_mm,
        9,
        8,
    )
    one, two, three = the_three(volume, moved, 0.0, SlabMode.MEAN)
    assert np.isnan(one).sum() == 4
    assert np.array_equal(np.isnan(one), np.isnan(two))
    assert np.array_equal(np.isnan(one), np.isnan(three))


@settings(max_examples=25, deadline=None)
@given(
    plane=oblique_planes(),
    kind=st.sampled_from([np.uint8, np.int16, np.float32]),
    columns=st.integers(100, 400),
    padded=st.booleans(),
    arrived=st.booleans(),
)
def test_long_rows_are_sampled_as_numpy_samples_them_whatever_the_number_of_threads(
    plane: PlaneGeometry, kind: type, columns: int, padded: bool, arrived: bool
) -> None:
    geometry = phantom.geometry(shape=(9, 12, 11))
    voxels = np.random.default_rng(columns).integers(0, 250, geometry.shape).astype(kind)
    present = np.ones(9, bool)
    present[5] = arrived
    volume = Volume(voxels, geometry, present, padding=PixelPadding(0, 9) if padded else None)
    middle = add(planes.center(geometry), plane.row_cosine, -(columns - 1) / 2 * 0.03)
    long = PlaneGeometry(
        add(middle, plane.column_cosine, -1.03),
        plane.row_cosine, plane.column_cosine, (0.31, 0.03), 7, columns,
    )  # fmt: skip
    expected = reslice_numpy(volume, long, np.zeros(1), SlabMode.MEAN)
    held = ~np.isnan(expected)
    for threads in (1, 2, 3):
        made = reslice.reslice(volume, long, threads=threads)
        # A sample within rounding of the outermost voxel centre may fall to either side.
        assert np.mean(np.isnan(made) == held) < 0.01
        both = held & ~np.isnan(made)
        assert np.abs(made[both] - expected[both]).max(initial=0) < 1e-3


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int32, np.float32])
@pytest.mark.parametrize("padded", [False, True])
def test_every_type_of_voxel_is_sampled_alike(kind: type, padded: bool) -> None:
    geometry = phantom.geometry(shape=(9, 12, 11), tilt_degrees=11.0)
    voxels = np.random.default_rng(2).integers(0, 250, geometry.shape).astype(kind)
    padding = PixelPadding(0, 20) if padded else None
    volume = Volume(voxels, geometry, np.ones(9, bool), padding=padding, slope=2.0, intercept=-9.0)
    row = unit((1.0, 0.3, 0.2))
    column = unit(cross(unit(cross(row, (0.1, 1.0, 0.3))), row))
    plane = PlaneGeometry((100.2, 200.1, 302.0), row, column, (0.21, 0.37), 30, 28)
    made = the_three(volume, plane, 0.0, SlabMode.MEAN)
    for other in made[1:]:
        assert np.array_equal(np.isnan(made[0]), np.isnan(other))
        held = ~np.isnan(made[0])
        assert held.any()
        assert np.abs(made[0][held] - other[held]).max() < 0.01
