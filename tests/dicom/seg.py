"""Segmentations over a small CT, written by highdicom: another implementation than the reader's."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pydicom
from highdicom import AlgorithmIdentificationSequence
from highdicom.seg import (
    Segmentation,
    SegmentationFractionalTypeValues,
    SegmentationTypeValues,
    SegmentDescription,
)
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from tests.dicom import make

ROWS, COLUMNS, SLICES = 40, 48, 10
SPACING = (2.0, 0.8, 0.8)


def series(slices: int = SLICES, **values: Any) -> list[Dataset]:
    """An axial CT: (rows, columns) of 0.8 mm, every 2 mm, with a frame of reference."""
    found = []
    for index in range(slices):
        made = make.slice_of(
            index,
            SPACING[0] * index,
            PixelSpacing=[SPACING[1], SPACING[2]],
            ImagePositionPatient=[-10.0, 5.0, SPACING[0] * index - 7.0],
            SliceThickness=SPACING[0],
            StudyDate="20261124",
            StudyTime="031200",
            AccessionNumber="",
            StudyID="1",
            ReferringPhysicianName="",
            PatientBirthDate="",
            PatientSex="F",
            Manufacturer="Test",
            RescaleSlope=1,
            RescaleIntercept=-1000,
            pixels=np.full((ROWS, COLUMNS), 1040, np.int16),
            **values,
        )
        held = pydicom.dcmread(io.BytesIO(make.to_bytes(made)))
        found.append(held)
    return found


def _description(number: int, label: str) -> SegmentDescription:
    return SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.Tissue,
        segmented_property_type=codes.SCT.Liver,
        algorithm_type="AUTOMATIC",
        algorithm_identification=AlgorithmIdentificationSequence(
            name="Test", version="1", family=codes.DCM.ArtificialIntelligence
        ),
    )


def written(
    images: Sequence[Dataset],
    masks: NDArray[Any],
    kind: str = "BINARY",
    labels: Sequence[str] = ("Lesion",),
    **changes: Any,
) -> bytes:
    """A Segmentation of (slices, rows, columns[, segments]) as Part 10."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Segmentation(
            source_images=list(images),
            pixel_array=masks,
            segmentation_type=SegmentationTypeValues[kind],
            segment_descriptions=[_description(i + 1, each) for i, each in enumerate(labels)],
            series_instance_uid=f"{make.ROOT}.70",
            series_number=70,
            sop_instance_uid=f"{make.ROOT}.71",
            instance_number=1,
            manufacturer="Test",
            manufacturer_model_name="Test",
            software_versions="1",
            device_serial_number="1",
            series_description="Lesions",
            fractional_type=SegmentationFractionalTypeValues.PROBABILITY,
            max_fractional_value=200,
        )
        for keyword, value in changes.items():
            setattr(made, keyword, value)
        stream = io.BytesIO()
        made.save_as(stream)
    return stream.getvalue()


def sphere(center: tuple[float, float, float], radius: float) -> NDArray[np.bool_]:
    """Voxels (slice, row, column) whose centre lies within `radius` mm of a point in LPS mm."""
    z, y, x = np.mgrid[:SLICES, :ROWS, :COLUMNS]
    offset = (
        x * SPACING[2] - 10.0 - center[0],
        y * SPACING[1] + 5.0 - center[1],
        z * SPACING[0] - 7.0 - center[2],
    )
    return np.asarray(sum(part**2 for part in offset) <= radius**2)
