"""Small DICOM objects for tests, written with pydicom."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
MULTIFRAME_US = "1.2.840.10008.5.1.4.1.1.3.1"
EXPLICIT = "1.2.840.10008.1.2.1"
ROOT = "2.25.1000"


def image(pixels: NDArray[Any] | None = None, **values: Any) -> Dataset:
    """A CT image of (rows, columns), (rows, columns, 3) or (frames, rows, columns)."""
    made = Dataset()
    made.SOPClassUID = CT
    made.SOPInstanceUID = f"{ROOT}.1"
    made.StudyInstanceUID = f"{ROOT}.2"
    made.SeriesInstanceUID = f"{ROOT}.3"
    made.Modality = "CT"
    made.PatientID = "TEST-1"
    made.PatientName = "Phantom^Test"
    array = np.zeros((4, 5), np.int16) if pixels is None else pixels
    colour = array.ndim == 3 and array.shape[-1] == 3
    made.SamplesPerPixel = 3 if colour else 1
    made.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        made.PlanarConfiguration = 0
    if array.ndim == 3 and not colour:
        made.NumberOfFrames = array.shape[0]
        made.Rows, made.Columns = array.shape[1:]
    else:
        made.Rows, made.Columns = array.shape[:2]
    bits = array.dtype.itemsize * 8
    made.BitsAllocated = made.BitsStored = bits
    made.HighBit = bits - 1
    made.PixelRepresentation = int(array.dtype.kind == "i")
    held = array.tobytes()
    made.PixelData = held + b"\0" * (len(held) % 2)
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def slice_of(index: int, position: float, **values: Any) -> Dataset:
    """One axial CT slice at z = `position` mm."""
    own: dict[str, Any] = {
        "SOPInstanceUID": f"{ROOT}.4.{index + 1}",
        "InstanceNumber": index + 1,
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "ImagePositionPatient": [0, 0, position],
        "PixelSpacing": [0.5, 0.5],
        "FrameOfReferenceUID": f"{ROOT}.5",
    }
    return image(**{**own, **values})


def encapsulated(dataset: Dataset, frames: list[bytes], **options: Any) -> Dataset:
    """The data set with its pixels as encapsulated frames."""
    dataset.PixelData = encapsulate(frames, **options)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dataset


def to_bytes(dataset: Dataset, transfer_syntax_uid: str = EXPLICIT) -> bytes:
    """A Part 10 file."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = transfer_syntax_uid
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()
