"""Spatial Registration objects for tests, written with pydicom (PS3.3 C.20.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.dicom import make
from tests.dicom.states import item

SPATIAL = "1.2.840.10008.5.1.4.1.1.66.1"
DEFORMABLE = "1.2.840.10008.5.1.4.1.1.66.3"


def matrix(array: NDArray[np.float64], kind: str = "RIGID") -> Dataset:
    """One item of the Matrix Sequence."""
    return item(
        FrameOfReferenceTransformationMatrix=[f"{value:.10g}" for value in array.ravel()],
        FrameOfReferenceTransformationMatrixType=kind,
    )


def member(*matrices: Dataset, space: str = "", images: tuple[Dataset, ...] = ()) -> Dataset:
    """One item of the Registration Sequence: a frame of reference, or images."""
    made = item(
        MatrixRegistrationSequence=Sequence([item(MatrixSequence=Sequence(list(matrices)))])
    )
    if space:
        made.FrameOfReferenceUID = space
    if images:
        made.ReferencedImageSequence = Sequence(
            [
                item(
                    ReferencedSOPClassUID=each.SOPClassUID,
                    ReferencedSOPInstanceUID=each.SOPInstanceUID,
                )
                for each in images
            ]
        )
    return made


def registration(space: str, *members: Dataset, sop_class: str = SPATIAL) -> Dataset:
    """A registration to `space`."""
    return item(
        SOPClassUID=sop_class,
        SOPInstanceUID=f"{make.ROOT}.70",
        StudyInstanceUID=f"{make.ROOT}.2",
        SeriesInstanceUID=f"{make.ROOT}.71",
        Modality="REG",
        PatientID="TEST-1",
        PatientName="Phantom^Test",
        FrameOfReferenceUID=space,
        ContentDate="20260101",
        ContentTime="120000",
        RegistrationSequence=Sequence(list(members)),
    )


def turned(degrees: float, shift: tuple[float, float, float]) -> NDArray[np.float64]:
    """A turn about the patient's long axis, then a shift in mm."""
    angle = np.radians(degrees)
    made = np.eye(4)
    made[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    made[:3, 3] = shift
    return made
