"""What a header says is read as the standard means it, whatever encoding it came in."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance.conforms import conforms
from tests.dicom import make
from workstation.dicom import attributes
from workstation.dicom.decoding import open_pixels
from workstation.dicom.reading import read_object
from workstation.domain.image import (
    CalibrationSource,
    FrameDescription,
    LookupTable,
    VoiFunction,
    Window,
)

IMPLICIT = "1.2.840.10008.1.2"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
SYNTAXES = [make.EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED]


def describe(dataset: Dataset, syntax: str = make.EXPLICIT) -> FrameDescription:
    received = read_object(make.to_bytes(dataset, syntax))
    assert received.image_problem == ""
    return received.frames[0]


def item(**values: Any) -> Sequence:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return Sequence([made])


def projection(**values: Any) -> Dataset:
    return make.image(Modality="DX", SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1", **values)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("signed", [True, False])
def test_padding_is_read_in_the_sign_of_the_pixels(syntax: str, signed: bool) -> None:
    pixels = np.zeros((2, 2), np.int16 if signed else np.uint16)
    value = -2000 if signed else 63536
    padding = describe(make.image(pixels, PixelPaddingValue=value), syntax).padding
    assert padding is not None
    assert (padding.low, padding.high) == (value, value)


def test_padding_written_with_the_wrong_sign_is_read_by_its_bits() -> None:
    dataset = make.image(np.zeros((2, 2), np.int16))
    dataset.add_new("PixelPaddingValue", "US", 63536)
    received = read_object(make.to_bytes(dataset))
    assert received.frames[0].padding is not None
    assert received.frames[0].padding.low == -2000
    assert any("63536" in note for note in received.repairs)


@pytest.mark.parametrize("limits", [(0, 10), (10, 0)])
@conforms("5 range", "PS3.3 C.7.5.1.1.2")
def test_a_padding_range_is_inclusive_and_may_be_written_either_way(limits: Any) -> None:
    dataset = make.image(np.zeros((2, 2), np.uint16), PixelPaddingValue=limits[0])
    dataset.PixelPaddingRangeLimit = limits[1]
    padding = describe(dataset).padding
    assert padding is not None
    assert (padding.low, padding.high) == (0, 10)


def test_colour_has_no_padding() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    assert describe(make.image(pixels, PixelPaddingValue=0)).padding is None


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_modality_lut_with_negative_first_input(syntax: str) -> None:
    dataset = make.image(np.zeros((2, 2), np.int16))
    order = ">u2" if syntax == BIG_ENDIAN else "<u2"
    dataset.ModalityLUTSequence = item(
        LUTDescriptor=[3, -1, 16],
        ModalityLUTType="OD",
        LUTData=np.array([7, 8, 9], order).tobytes(),
    )
    transform = describe(dataset, syntax).modality_transform
    assert transform.lut is not None
    assert (transform.lut.first_mapped, transform.unit) == (-1, "OD")
    assert transform.lut.entries.tolist() == [7, 8, 9]


@pytest.mark.parametrize(("modality", "first"), [("CT", Window), ("DX", LookupTable)])
@conforms("2 alternatives", "PS3.3 C.11.2")
def test_the_order_of_the_alternatives_is_that_of_the_viewer(modality: str, first: type) -> None:
    dataset = make.image(Modality=modality, WindowCenter=[40, 500], WindowWidth=[80, 2000])
    dataset.WindowCenterWidthExplanation = ["BRAIN", "BONE"]
    dataset.VOILUTSequence = item(LUTDescriptor=[4, 0, 12], LUTData=bytes(8), LUTExplanation="SOFT")
    voi = describe(dataset).voi
    assert len(voi) == 3
    assert isinstance(voi[0], first)
    windows = [each for each in voi if isinstance(each, Window)]
    assert [each.explanation for each in windows] == ["BRAIN", "BONE"]


def test_a_sigmoid_is_read_as_such() -> None:
    dataset = make.image(WindowCenter=10, WindowWidth=5.5, VOILUTFunction="SIGMOID")
    assert describe(dataset).voi == (Window(10, 5.5, VoiFunction.SIGMOID),)


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ({}, "HU"),
        ({"ImageType": ["DERIVED", "PRIMARY", "AXIAL"]}, "HU"),
        ({"ImageType": ["DERIVED", "SECONDARY", "MPR"]}, ""),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, ""),
        ({"SOPClassUID": make.SECONDARY}, ""),
        ({"Modality": "MR", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.4"}, ""),
        ({"RescaleType": "OD"}, "OD"),
        ({"RescaleType": "US"}, ""),
        ({"MultienergyCTAcquisition": "YES"}, ""),
        ({"MultienergyCTAcquisition": "YES", "RescaleType": "HU"}, "HU"),
    ],
)
@conforms("4 unit", "PS3.3 C.8.2.1")
def test_hounsfield_units_are_implied_for_original_ct_only(values: Any, unit: str) -> None:
    own = {"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"], **values}
    dataset = make.image(RescaleSlope=1, RescaleIntercept=-1024, **own)
    assert describe(dataset).modality_transform.unit == unit


@pytest.mark.parametrize(
    ("values", "source", "spacing"),
    [
        ({}, CalibrationSource.NONE, None),
        ({"ImagerPixelSpacing": [0.2, 0.1]}, CalibrationSource.DETECTOR, (0.2, 0.1)),
        (
            {"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.2, 0.2]},
            CalibrationSource.DETECTOR,
            (0.2, 0.2),
        ),
        (
            {"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.16, 0.16]},
            CalibrationSource.MAGNIFICATION_CORRECTED,
            (0.16, 0.16),
        ),
        (
            {
                "ImagerPixelSpacing": [0.2, 0.2],
                "PixelSpacing": [0.16, 0.16],
                "PixelSpacingCalibrationType": "FIDUCIAL",
            },
            CalibrationSource.FIDUCIAL,
            (0.16, 0.16),
        ),
        (
            {"ImagerPixelSpacing": [0.2, 0.2], "EstimatedRadiographicMagnificationFactor": 1.25},
            CalibrationSource.MAGNIFICATION_CORRECTED,
            (0.16, 0.16),
        ),
        (
            {
                "ImagerPixelSpacing": [0.2, 0.2],
                "PixelSpacing": [0.16, 0.16],
                "EstimatedRadiographicMagnificationFactor": 1.25,
            },
            CalibrationSource.MAGNIFICATION_CORRECTED,
            (0.16, 0.16),
        ),
        (
            {
                "ImagerPixelSpacing": [0.2, 0.2],
                "DistanceSourceToDetector": 1000,
                "DistanceSourceToPatient": 800,
            },
            CalibrationSource.MAGNIFICATION_CORRECTED,
            (0.16, 0.16),
        ),
        ({"PixelSpacing": [0, 0]}, CalibrationSource.NONE, None),
    ],
)
@conforms("6 projection", "PS3.3 10.7")
@conforms("defect 12", "PS3.3 10.7")
def test_calibration_of_projections(values: Any, source: Any, spacing: Any) -> None:
    found = describe(projection(**values)).calibration
    assert found.source is source
    assert found.spacing_mm == (None if spacing is None else pytest.approx(spacing))


@conforms("6 projection", "PS3.3 C.8.19.6.9, C.8.19.6.4")
def test_enhanced_angiograms_are_calibrated_at_the_object_else_at_the_detector() -> None:
    at_object = item(ObjectPixelSpacingInCenterOfBeam=[0.15, 0.25])
    at_detector = item(ImagerPixelSpacing=[0.2, 0.3])
    shared = item(FramePixelDataPropertiesSequence=at_detector)
    dataset = make.image(
        np.zeros((2, 4, 5), np.uint16),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.12.1.1",
        Modality="XA",
        SharedFunctionalGroupsSequence=shared,
        PerFrameFunctionalGroupsSequence=Sequence(
            [*item(ProjectionPixelCalibrationSequence=at_object), Dataset()]
        ),
    )
    first, second = (each.calibration for each in read_object(make.to_bytes(dataset)).frames)
    assert first.source is CalibrationSource.MAGNIFICATION_CORRECTED
    assert first.spacing_mm == pytest.approx((0.15, 0.25))
    assert (second.source, second.spacing_mm) == (CalibrationSource.DETECTOR, (0.2, 0.3))


@conforms("6 aspect", "PS3.3 C.7.6.3.1.7")
def test_pixel_aspect_counts_where_there_is_no_spacing() -> None:
    assert describe(projection(PixelAspectRatio=[2, 1])).pixel_aspect == 2.0
    spaced = projection(PixelAspectRatio=[2, 1], ImagerPixelSpacing=[0.3, 0.1])
    assert describe(spaced).pixel_aspect == pytest.approx(3.0)


def test_inverse_presentation_and_monochrome1_invert_once() -> None:
    both = describe(projection(PhotometricInterpretation="MONOCHROME1"))
    assert both.inverted_photometric
    inverse = describe(projection(PresentationLUTShape="INVERSE"))
    assert inverse.inverted_photometric
    assert not describe(projection(PresentationLUTShape="IDENTITY")).inverted_photometric


def _enhanced() -> Dataset:
    pixels = np.arange(3 * 4 * 5, dtype=np.uint16).reshape(3, 4, 5)
    dataset = make.image(pixels, SOPClassUID=make.ENHANCED_CT)
    shared = Dataset()
    shared.PixelMeasuresSequence = item(PixelSpacing=[0.5, 0.25], SliceThickness=3)
    shared.PlaneOrientationSequence = item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    shared.PixelValueTransformationSequence = item(
        RescaleSlope=1, RescaleIntercept=-1000, RescaleType="HU"
    )
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    frames = []
    for index in range(3):
        frame = Dataset()
        frame.PlanePositionSequence = item(ImagePositionPatient=[0, 0, 4.0 * index])
        frame.FrameVOILUTSequence = item(WindowCenter=40 + index, WindowWidth=80)
        if index == 2:
            # A frame's own macro wins over the shared one.
            frame.PixelValueTransformationSequence = item(
                RescaleSlope=2, RescaleIntercept=5, RescaleType="US"
            )
        frames.append(frame)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(frames)
    return dataset


def test_the_thickness_of_a_slide_of_tissue_is_told_in_micrometres() -> None:
    made = _enhanced()
    made.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness = "0.004"
    frames = read_object(make.to_bytes(made, make.EXPLICIT)).frames
    assert ("thick", "4 µm") in frames[0].technique


@pytest.mark.parametrize("syntax", SYNTAXES)
@conforms("4 enhanced", "PS3.3 C.7.6.16.2.9")
@conforms("9 groups", "PS3.3 C.7.6.16")
def test_functional_groups_per_frame_then_shared(syntax: str) -> None:
    frames = read_object(make.to_bytes(_enhanced(), syntax)).frames
    assert [frame.plane.origin[2] for frame in frames if frame.plane] == [0, 4, 8]
    assert frames[0].plane is not None
    assert frames[0].plane.spacing_mm == (0.5, 0.25)
    assert [frame.modality_transform.intercept for frame in frames] == [-1000, -1000, 5]
    assert [frame.voi[0].center for frame in frames if isinstance(frame.voi[0], Window)] == [
        40,
        41,
        42,
    ]
    assert ("thick", "3.0 mm") in frames[0].technique


def test_a_dose_grid_has_planes_and_gray() -> None:
    pixels = np.arange(3 * 2 * 2, dtype=np.uint32).reshape(3, 2, 2)
    dataset = make.image(
        pixels,
        Modality="RTDOSE",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2",
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        ImagePositionPatient=[0, 0, -7],
        PixelSpacing=[3, 3],
        GridFrameOffsetVector=[0, 2.5, 5],
        DoseGridScaling=1e-3,
        DoseUnits="GY",
    )
    frames = read_object(make.to_bytes(dataset)).frames
    assert [frame.plane.origin[2] for frame in frames if frame.plane] == [-7, -4.5, -2]
    assert frames[0].modality_transform.slope == 1e-3
    assert frames[0].modality_transform.unit == "Gy"


@pytest.mark.parametrize("syntax", [make.EXPLICIT, IMPLICIT, BIG_ENDIAN])
def test_an_object_without_preamble_and_meta_is_recognised(syntax: str) -> None:
    dataset = make.slice_of(1, 2.0, WindowCenter=40, WindowWidth=400)
    if syntax == BIG_ENDIAN:
        dataset.PixelData = np.zeros((4, 5), ">i2").tobytes()
    stream = io.BytesIO()
    pydicom.dcmwrite(
        stream,
        dataset,
        implicit_vr=syntax == IMPLICIT,
        little_endian=syntax != BIG_ENDIAN,
        enforce_file_format=False,
    )
    received = read_object(stream.getvalue())
    assert received.frames[0].plane is not None
    assert received.transfer_syntax_uid == syntax
    assert any("recognised" in note for note in received.repairs)
    assert open_pixels(stream.getvalue()).frame(1).shape == (4, 5)


@pytest.mark.parametrize("syntax", [make.EXPLICIT, IMPLICIT])
def test_what_only_the_meta_information_names_is_named_by_it_everywhere(syntax: str) -> None:
    named = make.slice_of(1, 2.0)
    make.to_bytes(named, syntax)
    nameless = Dataset()
    nameless.update({element.tag: element for element in named if element.tag != 0x00080018})
    nameless.SOPClassUID = ""
    nameless.file_meta = named.file_meta
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, nameless, enforce_file_format=True)
    received = read_object(stream.getvalue())
    assert received.frames[0].key.sop_instance_uid == received.sop_instance_uid
    assert received.sop_instance_uid == named.SOPInstanceUID
    assert received.frames[0].sop_class_uid == make.CT
    assert sum("meta information" in note for note in received.repairs) == 2


def test_what_is_encoded_otherwise_than_declared_is_read_as_it_is() -> None:
    explicit = make.to_bytes(make.slice_of(1, 2.0))
    declared = explicit.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0", 1)
    received = read_object(declared)
    assert received.image_problem == ""
    assert received.transfer_syntax_uid == make.EXPLICIT
    assert any("otherwise" in note for note in received.repairs)
    assert open_pixels(declared).frame(1).shape == (4, 5)


def test_private_creators_do_not_hide_the_rest() -> None:
    dataset = make.slice_of(1, 2.0)
    block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "1000")
    received = read_object(make.to_bytes(dataset))
    assert received.groupings[0]["DiffusionBValue"] == "1000.0"


@pytest.mark.parametrize(
    ("written", "hours"), [("+0530", 5.5), ("-0800", -8.0), ("+9959", None), ("0100", None)]
)
def test_an_offset_from_utc_is_one_of_this_earth(written: str, hours: float | None) -> None:
    zone = attributes.parse_zone(written)
    offset = None if zone is None else zone.utcoffset(None).total_seconds() / 3600
    assert offset == hours


def test_a_private_block_in_an_unknown_representation_hides_nothing() -> None:
    dataset = make.slice_of(1, 2.0)
    dataset.add_new(0x00430010, "LO", "GEMS_PARM_01")
    data = make.to_bytes(dataset).replace(b"\x43\x00\x10\x00LO", b"\x43\x00\x10\x00LM")
    assert read_object(data).image_problem == ""


def test_an_enhanced_object_with_one_position_for_all_has_none() -> None:
    dataset = _enhanced()
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        del frame.PlanePositionSequence
    dataset.ImagePositionPatient = [0, 0, 0]
    assert all(frame.plane is None for frame in read_object(make.to_bytes(dataset)).frames)
