"""What others drew on the phantoms: a Segmentation and an RT Structure Set of known truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, RTStructureSetStorage, SegmentationStorage

from workstation import __version__
from workstation.domain.geometry import Vector
from workstation.phantoms.objects import Writer, code, decimal, decimals
from workstation.phantoms.shapes import Grid
from workstation.phantoms.uids import uid

#: CIELab of a clear magenta, as C.10.7.1.1 writes it.
_MAGENTA = [44000, 51000, 27500]
_POINTS = 48


def _reference(sop_class: str, instance: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = sop_class
    item.ReferencedSOPInstanceUID = instance
    return item


def write_segmentation(
    writer: Writer,
    source: Dataset,
    grid: Grid,
    mask: NDArray[np.bool_],
    *,
    number: int,
    description: str,
    label: str,
    kind: Dataset,
) -> Path:
    """A binary segmentation (A.51) of one segment on the grid of a CT series.

    `mask` is (slices, rows, columns) in the order of the grid; frames without a voxel are left
    out. `source` is the series, written from the head down.
    """
    held = writer.image_series(number, description, "SEG", after_minutes=9)
    del held.PatientPosition, held.BodyPartExamined
    held.ImageType = ["DERIVED", "PRIMARY"]
    held.ContentLabel, held.ContentDescription = "SEGMENTATION", description
    held.ContentCreatorName = ""
    held.LossyImageCompression = "00"
    held.SamplesPerPixel, held.PhotometricInterpretation = 1, "MONOCHROME2"
    held.Rows, held.Columns = grid.shape[1:]
    held.BitsAllocated = held.BitsStored = 1
    held.HighBit = held.PixelRepresentation = 0
    held.SegmentationType = "BINARY"
    held.SegmentSequence = [_segment(label, kind)]
    filled = [k for k in reversed(range(grid.shape[0])) if mask[k].any()]
    numbers = {k: grid.shape[0] - k for k in filled}
    instances = {k: writer.instance_uid(source, numbers[k]) for k in filled}
    held.NumberOfFrames = str(len(filled))
    held.SharedFunctionalGroupsSequence = [_shared(grid)]
    frames = enumerate(filled, start=1)
    held.PerFrameFunctionalGroupsSequence = [_frame(grid, k, at, instances[k]) for at, k in frames]
    _dimensions(held, writer)
    series = Dataset()
    series.SeriesInstanceUID = source.SeriesInstanceUID
    series.ReferencedInstanceSequence = [_reference(CTImageStorage, instances[k]) for k in filled]
    held.ReferencedSeriesSequence = [series]
    bits = np.packbits(np.stack([mask[k] for k in filled]).ravel(), bitorder="little").tobytes()
    held.PixelData = bits + b"\x00" * (len(bits) % 2)
    held["PixelData"].VR = "OB"
    return writer.write(held, SegmentationStorage, 1)


def _segment(label: str, kind: Dataset) -> Dataset:
    item = Dataset()
    item.SegmentNumber = 1
    item.SegmentLabel = label
    item.SegmentAlgorithmType = "AUTOMATIC"
    item.SegmentAlgorithmName = "Analytic"
    item.RecommendedDisplayCIELabValue = _MAGENTA
    item.SegmentedPropertyCategoryCodeSequence = [
        code("49755003", "SCT", "Morphologically Abnormal Structure")
    ]
    item.SegmentedPropertyTypeCodeSequence = [kind]
    algorithm = Dataset()
    algorithm.AlgorithmFamilyCodeSequence = [code("123109", "DCM", "Manual Processing")]
    algorithm.AlgorithmName, algorithm.AlgorithmVersion = "Analytic", __version__
    item.SegmentationAlgorithmIdentificationSequence = [algorithm]
    return item


def _shared(grid: Grid) -> Dataset:
    shared, measures, plane, identity = Dataset(), Dataset(), Dataset(), Dataset()
    measures.SliceThickness = measures.SpacingBetweenSlices = decimal(grid.spacing[0])
    measures.PixelSpacing = decimals(grid.spacing[1:])
    shared.PixelMeasuresSequence = [measures]
    plane.ImageOrientationPatient = decimals((*grid.row, *grid.column))
    shared.PlaneOrientationSequence = [plane]
    identity.ReferencedSegmentNumber = 1
    shared.SegmentIdentificationSequence = [identity]
    return shared


def _frame(grid: Grid, index: int, at: int, instance: str) -> Dataset:
    frame, position, content, source = Dataset(), Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = decimals(grid.position(index))
    frame.PlanePositionSequence = [position]
    content.DimensionIndexValues = [1, at]
    frame.FrameContentSequence = [content]
    image = _reference(CTImageStorage, instance)
    image.PurposeOfReferenceCodeSequence = [
        code("121322", "DCM", "Source Image for Image Processing Operation")
    ]
    source.SourceImageSequence = [image]
    source.DerivationCodeSequence = [code("113076", "DCM", "Segmentation")]
    frame.DerivationImageSequence = [source]
    return frame


def _dimensions(held: Dataset, writer: Writer) -> None:
    organization = uid("dimensions", writer.request.name)
    item = Dataset()
    item.DimensionOrganizationUID = organization
    held.DimensionOrganizationSequence = [item]
    indexes = []
    for pointer, group, words in (
        (0x0062000B, 0x0062000A, "Segment"),
        (0x00200032, 0x00209113, "Position"),
    ):
        each = Dataset()
        each.DimensionOrganizationUID = organization
        each.DimensionIndexPointer, each.FunctionalGroupPointer = pointer, group
        each.DimensionDescriptionLabel = words
        indexes.append(each)
    held.DimensionIndexSequence = indexes


def write_structures(
    writer: Writer,
    source: Dataset,
    grid: Grid,
    spheres: Sequence[tuple[str, Vector, float, tuple[int, int, int]]],
    *,
    number: int,
    label: str,
) -> Path:
    """An RT Structure Set (A.19) with spheres as (name, centre, diameter in mm, colour).

    Each slice of the CT that a sphere meets holds its circle of the true radius.
    """
    held = writer.series(number, label, "RTSTRUCT", after_minutes=75)
    held.StructureSetLabel = label
    held.StructureSetDate, held.StructureSetTime = held.SeriesDate, held.SeriesTime
    held.OperatorsName = ""
    held.ApprovalStatus = "UNAPPROVED"
    frame = held.FrameOfReferenceUID = source.FrameOfReferenceUID
    held.PositionReferenceIndicator = ""
    used: set[int] = set()
    held.StructureSetROISequence, held.ROIContourSequence = [], []
    held.RTROIObservationsSequence = []
    for index, (name, center, diameter, colour) in enumerate(spheres, start=1):
        roi, drawn, observed = Dataset(), Dataset(), Dataset()
        roi.ROINumber, roi.ROIName = str(index), name
        roi.ReferencedFrameOfReferenceUID = frame
        roi.ROIGenerationAlgorithm = "MANUAL"
        held.StructureSetROISequence.append(roi)
        drawn.ReferencedROINumber, drawn.ROIDisplayColor = str(index), list(colour)
        drawn.ContourSequence = []
        for k in range(grid.shape[0]):
            circle = _circle(grid.position(k), center, diameter / 2)
            if circle:
                used.add(k)
                drawn.ContourSequence.append(_contour(circle, writer, source, grid, k))
        held.ROIContourSequence.append(drawn)
        observed.ObservationNumber = observed.ReferencedROINumber = str(index)
        observed.RTROIInterpretedType, observed.ROIInterpreter = "GTV", ""
        held.RTROIObservationsSequence.append(observed)
    held.ReferencedFrameOfReferenceSequence = [
        _frame_of_reference(writer, source, grid, sorted(used))
    ]
    return writer.write(held, RTStructureSetStorage, 1)


def _circle(position: Vector, center: Vector, radius: float) -> list[str]:
    """Where an axial slice cuts a sphere; nothing where it does not."""
    away = position[2] - center[2]
    if abs(away) >= radius:
        return []
    own = math.sqrt(radius**2 - away**2)
    turns = [2 * math.pi * at / _POINTS for at in range(_POINTS)]
    points = [
        (center[0] + own * math.cos(turn), center[1] + own * math.sin(turn), position[2])
        for turn in turns
    ]
    return decimals([round(value, 3) for point in points for value in point])


def _contour(circle: list[str], writer: Writer, source: Dataset, grid: Grid, index: int) -> Dataset:
    held = Dataset()
    instance = writer.instance_uid(source, grid.shape[0] - index)
    held.ContourImageSequence = [_reference(CTImageStorage, instance)]
    held.ContourGeometricType = "CLOSED_PLANAR"
    held.NumberOfContourPoints = str(len(circle) // 3)
    held.ContourData = circle
    return held


def _frame_of_reference(
    writer: Writer, source: Dataset, grid: Grid, slices: Sequence[int]
) -> Dataset:
    series, study, frame = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = source.SeriesInstanceUID
    series.ContourImageSequence = [
        _reference(CTImageStorage, writer.instance_uid(source, grid.shape[0] - k)) for k in slices
    ]
    # the retired Study Component Management class, as A.19 still asks for it
    study.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    study.ReferencedSOPInstanceUID = source.StudyInstanceUID
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID = source.FrameOfReferenceUID
    frame.RTReferencedStudySequence = [study]
    return frame
