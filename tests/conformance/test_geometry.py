"""Where slices lie, what makes a volume of them, planes through it (display rules §8, §9)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance.conforms import conforms
from tests.dicom import make
from tests.imaging import phantom
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.geometry import PlaneGeometry, Vector, cross, orientation_letters, unit
from workstation.domain.study import DisplaySet, DisplaySetKind, Study
from workstation.domain.view import ViewState
from workstation.imaging import volume as volumes
from workstation.imaging.gaps import in_missing_slices
from workstation.imaging.letters import edge_letters, opposite, plane_edges
from workstation.imaging.reslice import reslice


def study_of(*datasets: Dataset) -> Study:
    (study,) = build_studies([read_object(make.to_bytes(each)) for each in datasets])
    assert study.received == study.shown + len(study.not_shown)
    return study


def sets(*datasets: Dataset) -> tuple[DisplaySet, ...]:
    return study_of(*datasets).display_sets


def stack(positions: list[Vector], row: Vector, column: Vector) -> list[Dataset]:
    """Slices of the linear field, stored as 32-bit floats, at the given positions."""
    made = []
    for index, place in enumerate(positions):
        plane = PlaneGeometry(place, row, column, (1.5, 1.2), 20, 24)
        field = phantom.linear_field(phantom.grid(plane)).astype(np.float32)
        dataset = make.slice_of(index, 0.0, pixels=np.zeros((20, 24), np.int32))
        dataset.ImagePositionPatient = [repr(round(each, 6)) for each in place]
        dataset.ImageOrientationPatient = [repr(round(each, 9)) for each in (*row, *column)]
        dataset.PixelSpacing = [1.5, 1.2]
        del dataset.PixelData
        for keyword in ("BitsStored", "HighBit", "PixelRepresentation"):
            delattr(dataset, keyword)
        dataset.FloatPixelData = field.tobytes()
        made.append(dataset)
    return made


def built(datasets: list[Dataset]) -> tuple[DisplaySet, volumes.Volume]:
    (shown,) = sets(*datasets)
    assert shown.volume is not None, shown.volume_refused
    by_uid = {str(each.SOPInstanceUID): make.to_bytes(each) for each in datasets}
    made = volumes.whole(
        shown.volume,
        shown.frames,
        lambda k: open_pixels(by_uid[shown.frames[k].key.sop_instance_uid]).frame(1),
    )
    return shown, made


#: Positions of nine slices: even, tilted, uneven, uneven and tilted, obliquely stacked.
def _positions(steps: list[float], lean: float, row: Vector, column: Vector) -> list[Vector]:
    normal = np.asarray(cross(row, column))
    way = normal + lean * np.asarray(column)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    return [tuple(float(x) for x in np.asarray([5.0, -7.0, 11.0]) + way * z) for z in along]  # type: ignore[misc]


_AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_DOUBLE = (
    unit((1.0, 0.3, -0.2)),
    unit(cross(unit(cross((1.0, 0.3, -0.2), (0.1, 1.0, 0.4))), unit((1.0, 0.3, -0.2)))),
)


@pytest.mark.parametrize("axes", [_AXIAL, _DOUBLE], ids=["axial", "oblique"])
@pytest.mark.parametrize("lean", [0.0, 0.33], ids=["upright", "tilted"])
@pytest.mark.parametrize("steps", [[2.0] * 8, [2, 2, 2.6, 1.4, 2, 3, 2, 2]], ids=["even", "uneven"])
@conforms("8 uneven", "analytic linear field")
@conforms("8 tilt", "analytic linear field")
def test_a_linear_field_comes_back_through_tilted_and_uneven_stacks(
    axes: tuple[Vector, Vector], lean: float, steps: list[float]
) -> None:
    shown, made = built(stack(_positions(steps, lean, *axes), *axes))
    assert any("tilted" in words for words in shown.problems) == (lean > 0)
    assert any("evenly" in words for words in shown.problems) == (len(set(steps)) > 1)
    middle = made.geometry.slice_plane(4).center
    normal = made.geometry.first_plane.normal
    plane = PlaneGeometry(
        tuple(float(c - 6 * r - 5 * n) for c, r, n in zip(middle, axes[0], normal, strict=True)),  # type: ignore[arg-type]
        axes[0],
        normal,
        (0.8, 0.9),
        13,
        14,
    )
    values = reslice(made, plane)
    assert np.isfinite(values).mean() > 0.9
    want = phantom.linear_field(phantom.grid(plane))
    held = np.isfinite(values)
    assert np.allclose(values[held], want[held], atol=2e-3)


@conforms("8 tilt", "SimpleITK interpolation in index space")
def test_a_tilted_stack_reslices_as_simpleitk_does_it() -> None:
    """Resampled by SimpleITK onto an upright grid through the sheared affine, slice by slice."""
    positions = _positions([2.0] * 8, 0.33, *_AXIAL)
    datasets = stack(positions, *_AXIAL)
    _, made = built(datasets)
    image = sitk.GetImageFromArray(made.voxels)
    # Index space: the affine does the rest, shear included, which an image of ITK cannot hold.
    affine = made.geometry.affine()
    plane = PlaneGeometry((9.0, 1.0, 15.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.9, 0.9), 8, 9)
    inverse = np.linalg.inv(affine)
    values, compared = reslice(made, plane), 0
    for row in range(plane.rows):
        for column in range(plane.columns):
            index = inverse @ np.asarray([*plane.to_patient((column, row)), 1.0])
            try:
                want = image.EvaluateAtContinuousIndex(index[:3].tolist(), sitk.sitkLinear)
            except RuntimeError:
                continue
            assert values[row, column] == pytest.approx(want, abs=2e-3)
            compared += 1
    assert compared > 50


@conforms("8 spacing", "analytic stack")
def test_spacing_is_that_of_positions_and_never_the_slice_thickness() -> None:
    (shown,) = sets(
        *(make.slice_of(i, 4.0 * i, SliceThickness=1.0, SpacingBetweenSlices=9) for i in range(4))
    )
    assert shown.volume is not None
    assert shown.volume.spacing_mm[0] == 4.0


@conforms("8 refusal", "analytic stack")
@conforms("defect 3", "analytic stack")
def test_slices_that_stray_sideways_are_no_volume() -> None:
    """Defect 3 of other viewers: the distance between positions hides a step to the side."""
    places = [[0, 0, 0], [0, 0, 3], [40, 0, 6], [0, 0, 9], [0, 0, 12]]
    (shown,) = sets(
        *(make.slice_of(i, 0, ImagePositionPatient=place) for i, place in enumerate(places))
    )
    assert shown.volume is None
    assert "stray by" in shown.volume_refused


@conforms("8 missing", "analytic linear field")
@conforms("defect 3", "analytic linear field")
def test_the_mean_step_does_not_squeeze_a_stack_with_missing_slices() -> None:
    """Defect 3 of other viewers: total length over n - 1."""
    positions = [0.0, 2.0, 4.0, 10.0, 12.0, 14.0]
    datasets = stack([(0.0, 0.0, z) for z in positions], *_AXIAL)
    shown, made = built(datasets)
    assert shown.missing_slices == 2
    assert made.geometry.slice_spacing_mm == pytest.approx(2.0)
    plane = PlaneGeometry((5.0, 8.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (1.0, 1.0), 15, 6)
    values, lacking = reslice(made, plane), in_missing_slices(made.geometry, plane)
    assert lacking is not None
    rows = [row for row in range(15) if lacking[row].all()]
    assert rows == [5, 6, 7, 8, 9]
    assert np.isnan(values[rows]).all()
    here = [row for row in range(15) if row not in rows]
    assert np.allclose(values[here], phantom.linear_field(phantom.grid(plane))[here], atol=2e-3)


def test_outside_of_the_stack_nothing_is_missing() -> None:
    geometry = phantom.geometry(positions=(0.0, 2.0, 4.0, 8.0, 10.0, 12.0))
    far = PlaneGeometry((-500.0, 200.0, 300.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (1, 1), 15, 20)
    lacking = in_missing_slices(geometry, far)
    assert lacking is not None
    assert not lacking.any()
    assert in_missing_slices(phantom.geometry(), far) is None


@pytest.mark.parametrize(
    ("position", "row", "column", "letters"),
    [
        # PS3.3 C.7.3.1.1.2: which way the table is entered does not change what LPS means.
        ("HFS", (1, 0, 0), (0, 1, 0), ("R", "L", "A", "P")),
        ("HFP", (-1, 0, 0), (0, -1, 0), ("L", "R", "P", "A")),
        ("FFS", (-1, 0, 0), (0, 1, 0), ("L", "R", "A", "P")),
        ("FFP", (1, 0, 0), (0, -1, 0), ("R", "L", "P", "A")),
        ("HFDR", (0, 1, 0), (-1, 0, 0), ("A", "P", "L", "R")),
        ("HFDL", (0, -1, 0), (1, 0, 0), ("P", "A", "R", "L")),
        ("FFDR", (0, -1, 0), (-1, 0, 0), ("P", "A", "L", "R")),
        ("FFDL", (0, 1, 0), (1, 0, 0), ("A", "P", "R", "L")),
    ],
)
@conforms("8 position", "PS3.3 C.7.3.1.1.2, worked by hand")
def test_letters_come_from_the_orientation_in_every_position_of_the_patient(
    position: str, row: Vector, column: Vector, letters: tuple[str, ...]
) -> None:
    (shown,) = sets(
        *(
            make.slice_of(
                i, 3.0 * i, PatientPosition=position, ImageOrientationPatient=[*row, *column]
            )
            for i in range(3)
        )
    )
    assert shown.kind is DisplaySetKind.VOLUME
    edges = edge_letters(shown.frames[0].plane, ("", ""), ViewState())
    assert (edges.left, edges.right, edges.top, edges.bottom) == letters


def enhanced(frames: list[dict[str, Any]], uid: str = "", **values: Any) -> Dataset:
    """An enhanced CT; each frame has a position, a stack and indexes."""
    pixels = np.stack([np.full((4, 4), k, np.int16) for k in range(len(frames))])
    dataset = make.image(pixels, SOPClassUID=make.ENHANCED_CT, **values)
    if uid:
        dataset.SOPInstanceUID = f"{make.ROOT}.{uid}"
    shared, measures = Dataset(), Dataset()
    measures.PixelSpacing = [1, 1]
    shared.PixelMeasuresSequence = Sequence([measures])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    groups = []
    for held in frames:
        group, place, turn, content = Dataset(), Dataset(), Dataset(), Dataset()
        place.ImagePositionPatient = list(held["at"])
        turn.ImageOrientationPatient = list(held.get("axes", (1, 0, 0, 0, 1, 0)))
        content.StackID = held.get("stack", "1")
        content.InStackPositionNumber = held.get("number", 1)
        content.TemporalPositionIndex = held.get("time", 1)
        content.DimensionIndexValues = [held.get("time", 1), held.get("number", 1)]
        group.PlanePositionSequence = Sequence([place])
        group.PlaneOrientationSequence = Sequence([turn])
        group.FrameContentSequence = Sequence([content])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    return dataset


@conforms("9 dimensions", "PS3.3 C.7.6.16.2.2")
def test_enhanced_frames_are_parted_by_orientation_stack_and_time() -> None:
    axial = [{"at": (0, 0, 2 * k), "number": k + 1} for k in range(3)]
    later = [{**each, "time": 2} for each in axial]
    coronal = [
        {"at": (0, 2 * k, 0), "number": k + 1, "stack": "2", "axes": (1, 0, 0, 0, 0, -1)}
        for k in range(3)
    ]
    found = sets(enhanced([*axial, *later, *coronal]))
    assert [len(shown.frames) for shown in found] == [3, 3, 3]
    assert all(shown.kind is DisplaySetKind.VOLUME for shown in found)
    assert sum("phase" in shown.description for shown in found) >= 1
    tops = {edge_letters(shown.frames[0].plane, ("", ""), ViewState()).top for shown in found}
    assert tops == {"A", "H"}


@conforms("9 concatenation", "PS3.3 C.7.6.16.2.2.4")
def test_the_parts_of_a_concatenation_are_one_stack() -> None:
    parts = [
        enhanced(
            [{"at": (0, 0, 2 * (2 * part + k)), "number": 2 * part + k + 1} for k in range(2)],
            uid=f"70.{part}",
            ConcatenationUID=f"{make.ROOT}.71",
            InConcatenationNumber=part + 1,
            ConcatenationFrameOffsetNumber=2 * part,
        )
        for part in range(3)
    ]
    (shown,) = sets(parts[2], parts[0], parts[1])
    assert shown.kind is DisplaySetKind.VOLUME
    assert len(shown.frames) == 6
    assert [frame.key.sop_instance_uid for frame in shown.frames] == [
        f"{make.ROOT}.70.{part}" for part in (0, 0, 1, 1, 2, 2)
    ]


@conforms("9 vectors", "PS3.3 C.8.4.8")
def test_nm_frames_are_parted_by_their_energy_window() -> None:
    """PS3.3 C.8.4.8: the vectors tell what each frame is."""
    dataset = make.image(np.zeros((4, 8, 8), np.uint16), SOPClassUID="1.2.840.10008.5.1.4.1.1.20")
    dataset.Modality = "NM"
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020]
    dataset.EnergyWindowVector, dataset.DetectorVector = [1, 1, 2, 2], [1, 2, 1, 2]
    found = sets(dataset)
    assert sorted(len(shown.frames) for shown in found) == [2, 2]


@conforms("9 vectors", "PS3.3 C.8.4.8")
def test_films_of_two_detectors_are_parted_and_named() -> None:
    """Renography from the front and from behind: one film would show both in turns."""
    dataset = make.image(np.zeros((8, 8, 8), np.uint16), SOPClassUID="1.2.840.10008.5.1.4.1.1.20")
    dataset.Modality = "NM"
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020, 0x00540100]
    dataset.EnergyWindowVector = [1] * 8
    dataset.DetectorVector, dataset.TimeSliceVector = [1] * 4 + [2] * 4, [1, 2, 3, 4] * 2
    found = sets(dataset)
    assert [(shown.description, len(shown.frames)) for shown in found] == [
        ("detector 1", 4),
        ("detector 2", 4),
    ]


@pytest.mark.parametrize(
    ("values", "milliseconds"),
    [
        ({"FrameIncrementPointer": 0x00181063, "FrameTime": 40}, 40.0),
        ({"FrameIncrementPointer": 0x00181065, "FrameTimeVector": [0, 30, 50, 40]}, 40.0),
        ({"RecommendedDisplayFrameRate": 25}, 40.0),
        ({"CineRate": 20}, 50.0),
    ],
)
@conforms("9 cine", "PS3.3 C.7.6.5")
def test_a_cine_runs_at_its_own_rate(values: dict[str, Any], milliseconds: float) -> None:
    dataset = make.image(np.zeros((4, 8, 8), np.uint8), SOPClassUID=make.MULTIFRAME_US, **values)
    dataset.Modality = "US"
    (shown,) = sets(dataset)
    assert shown.kind is DisplaySetKind.CINE
    assert shown.frame_time_ms == milliseconds


@conforms("8 parting", "PS3.3 C.8.2.1.1.1")
def test_a_mixed_series_says_what_each_of_its_parts_is() -> None:
    axial = [make.slice_of(i, 2.0 * i) for i in range(4)]
    scout = make.slice_of(9, 0.0, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    sheet = make.slice_of(10, 0.0, SOPClassUID=make.SECONDARY)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(sheet, keyword)
    found = sets(*axial, scout, sheet)
    assert sorted(len(shown.frames) for shown in found) == [1, 1, 4]
    assert sum(shown.is_localizer for shown in found) == 1
    assert [shown.description for shown in found if shown.is_localizer] == ["localizer"]
    for shown in found:
        assert (shown.volume is None) == bool(shown.volume_refused)
        assert not shown.volume_refused or shown.volume_refused.endswith(".")


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "P"]}, ["magnitude", "phase"]),
        ({"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]}, ["axial", "coronal"]),
        ({"pixels": np.zeros((8, 8), np.int16)}, ["5 × 4", "8 × 8"]),
    ],
)
def test_parts_of_one_series_have_names_of_their_own(
    changes: dict[str, Any], names: list[str]
) -> None:
    kind = {"ImageType": ["ORIGINAL", "PRIMARY", "M"]}
    one = [make.slice_of(i, 2.0 * i, **kind) for i in range(3)]
    other = [make.slice_of(10 + i, 2.0 * i, **{**kind, **changes}) for i in range(3)]
    if "ImageOrientationPatient" in changes:
        for index, each in enumerate(other):
            each.ImagePositionPatient = [0, 2.0 * index, 0]
    assert sorted(shown.description for shown in sets(*one, *other)) == names


def refused_words(dataset: Dataset) -> str:
    study = study_of(dataset)
    if study.not_shown:
        return study.not_shown[0].reason
    (shown,) = study.display_sets
    return " ".join([shown.volume_refused, *shown.problems])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Rows": 65535, "Columns": 65535}, "A matrix of 65535 x 65535 is not possible"),
        ({"NumberOfFrames": 50}, "pixel data"),
        ({"PixelSpacing": [0, 0]}, "no position"),
        ({"ImageOrientationPatient": [1, 0, 0, 0.5, 0.8, 0]}, "right angles"),
        ({"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]}, "no direction"),
    ],
)
def test_a_header_that_cannot_be_is_answered_by_name(values: dict[str, Any], words: str) -> None:
    assert words in refused_words(make.slice_of(0, 0.0, **values))


def test_patients_that_differ_within_a_series_are_said() -> None:
    study = study_of(make.slice_of(0, 0), make.slice_of(1, 1, PatientID="OTHER"))
    assert any("more than one patient" in words for words in study.problems)


def test_a_position_that_is_no_number_is_not_used() -> None:
    dataset = make.slice_of(0, 0.0)
    data = make.to_bytes(dataset).replace(b"0\\0\\0.0", b"NaN\\0\\0")
    (study,) = build_studies([read_object(data)])
    (shown,) = study.display_sets
    assert shown.frames[0].plane is None or shown.volume is None


_angles = st.floats(-math.pi, math.pi)


@st.composite
def planes(draw: st.DrawFn) -> PlaneGeometry:
    a, b, c = draw(_angles), draw(_angles), draw(_angles)
    ca, sa, cb, sb, cc, sc = (
        math.cos(a),
        math.sin(a),
        math.cos(b),
        math.sin(b),
        math.cos(c),
        math.sin(c),
    )
    row = (cb * cc, cb * sc, -sb)
    column = (sa * sb * cc - ca * sc, sa * sb * sc + ca * cc, sa * cb)
    origin = tuple(draw(st.floats(-500, 500)) for _ in range(3))
    spacing = (draw(st.floats(0.05, 5)), draw(st.floats(0.05, 5)))
    return PlaneGeometry(origin, unit(row), unit(column), spacing, 30, 40)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=200)
@given(planes(), st.floats(-50, 500), st.floats(-50, 500))
def test_index_and_patient_space_go_there_and_back(
    plane: PlaneGeometry, column: float, row: float
) -> None:
    back = plane.to_image(plane.to_patient((column, row)))
    assert back == pytest.approx((column, row, 0.0), abs=1e-6)


@settings(deadline=None, max_examples=200)
@given(planes(), st.sampled_from([0, 90, 180, 270]), st.booleans())
@conforms("12 plane", "vectors in LPS (hypothesis)")
@conforms("defect 9", "vectors in LPS (hypothesis)")
def test_letters_name_the_direction_that_the_transform_gives(
    plane: PlaneGeometry, rotation: int, flipped: bool
) -> None:
    """PS3.3 C.7.6.1.1.1, and C.10.6: turned clockwise, then flipped."""
    right = np.asarray(plane.row_cosine)
    down = np.asarray(plane.column_cosine)
    for _ in range(rotation // 90):
        # After a quarter clockwise what pointed up points right, what pointed right points down.
        right, down = -down, right
    if flipped:
        right = -right
    edges = edge_letters(plane, ("", ""), ViewState(rotation=rotation, flipped=flipped))
    for letters, way in ((edges.right, right), (edges.bottom, down)):
        axis = int(np.argmax(np.abs(way)))
        if np.sort(np.abs(way))[-2] > np.abs(way)[axis] - 1e-6:
            continue
        assert letters[0] == (("L", "R"), ("P", "A"), ("H", "F"))[axis][int(way[axis] < 0)]
    assert (opposite(edges.right), opposite(edges.bottom)) == (edges.left, edges.top)
    assert orientation_letters(plane.row_cosine).startswith(plane_edges(plane).right)
