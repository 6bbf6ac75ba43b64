"""Small objects and data sets, written without the code under test."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

CT = "1.2.840.10008.5.1.4.1.1.2"
RELATED = 'multipart/related; type="application/dicom"; boundary=edge'


def ct(study: int = 1, series: int = 1, number: int = 1, **values: Any) -> Dataset:
    """One 4x3 CT slice whose pixels are 100*number + their index."""
    made = Dataset()
    made.SOPClassUID = CT
    made.SOPInstanceUID = f"1.2.3.{study}.{series}.{number}"
    made.StudyInstanceUID = f"1.2.3.{study}"
    made.SeriesInstanceUID = f"1.2.3.{study}.{series}"
    made.PatientName = "Ash^Rowan"
    made.PatientID = "A1"
    made.PatientBirthDate = "19700102"
    made.PatientSex = "O"
    made.StudyDate = "20261120"
    made.StudyTime = "031500"
    made.StudyID = "7"
    made.AccessionNumber = "ACC1"
    made.StudyDescription = "CT Head"
    made.ReferringPhysicianName = "Oak^Ellis"
    made.Modality = "CT"
    made.SeriesNumber = series
    made.SeriesDescription = "Thin"
    made.InstanceNumber = number
    made.Rows, made.Columns = 4, 3
    made.SamplesPerPixel = 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit = 15
    made.PixelRepresentation = 0
    made.RescaleIntercept, made.RescaleSlope = 0, 1
    made.PixelData = (np.arange(12, dtype="<u2") + 100 * number).tobytes()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def compressed(study: int, frames: Iterable[bytes]) -> Dataset:
    """A multi-frame secondary capture whose fragments are arbitrary bytes."""
    held = list(frames)
    made = ct(study, NumberOfFrames=len(held))
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit = 7
    made.PixelData = encapsulate(held)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    return made


def part10(dataset: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a file."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    held = io.BytesIO()
    dataset.save_as(held, enforce_file_format=True)
    return held.getvalue()


def jpeg(dataset: Dataset) -> bytes:
    """The bytes of a file that says it is JPEG."""
    return part10(dataset, JPEGBaseline8Bit)


def body(*objects: bytes, kind: str = "application/dicom") -> bytes:
    """A multipart body with the boundary of RELATED."""
    parts = [
        f"--edge\r\nContent-Type: {kind}\r\n\r\n".encode() + each + b"\r\n" for each in objects
    ]
    return b"".join(parts) + b"--edge--\r\n"


def parts_of(content_type: str, content: bytes) -> list[tuple[dict[str, str], bytes]]:
    """An answer in parts, taken apart by the boundary of its header."""
    boundary = content_type.split("boundary=")[1].strip('"').encode()
    found = []
    for piece in content.split(b"--" + boundary)[1:-1]:
        head, _, held = piece.partition(b"\r\n\r\n")
        lines = [line.decode().partition(":") for line in head.strip().split(b"\r\n")]
        found.append(
            ({name.lower(): value.strip() for name, _, value in lines}, held.removesuffix(b"\r\n"))
        )
    return found


def element(vr: str, *values: Any) -> dict[str, Any]:
    """One element of the DICOM JSON Model."""
    return {"vr": vr, "Value": list(values)}


def sequence(*items: dict[str, Any]) -> dict[str, Any]:
    """A sequence element."""
    return element("SQ", *items)


def code(value: str) -> dict[str, Any]:
    """A coded entry as an item of a sequence element."""
    return sequence(
        {
            "00080100": element("SH", value),
            "00080102": element("SH", "DCM"),
            "00080104": element("LO", "meaning"),
        }
    )


def workitem(label: str = "Read CT", **changes: Any) -> dict[str, Any]:
    """A work item to create, with all that Table CC.2.5-3 requires of the creator."""
    return {
        "00100010": element("PN", {"Alphabetic": "Ash^Rowan"}),
        "00100020": element("LO", "A1"),
        "00404005": element("DT", "20261124030000+0000"),
        "00404041": element("CS", "READY"),
        "00741000": element("CS", "SCHEDULED"),
        "00741200": element("CS", "HIGH"),
        "00741204": element("LO", label),
    } | changes


def state(value: str, transaction: str) -> dict[str, Any]:
    """A change of state."""
    return {"00741000": element("CS", value), "00081195": element("UI", transaction)}


def performed() -> dict[str, Any]:
    """What must be there before COMPLETED."""
    output = {
        "0020000D": element("UI", "1.2.3.1"),
        "00081199": sequence(
            {"00081150": element("UI", CT), "00081155": element("UI", "1.2.3.4.5")}
        ),
    }
    return {
        "00741216": sequence(
            {
                "00404028": code("STATION"),
                "00404019": code("110005"),
                "00404050": element("DT", "20261124030000+0000"),
                "00404051": element("DT", "20261124031000+0000"),
                "00404033": sequence(output),
            }
        )
    }


def given_up() -> dict[str, Any]:
    """What must be there before CANCELED."""
    return {
        "00741002": sequence(
            {"00404052": element("DT", "20261124030500+0000"), "0074100E": code("110513")}
        )
    }
