"""Writing valid objects: the modules that every IOD shares, and those of each kind of image.

Section numbers are those of PS3.3. Nothing that is written depends on the clock or on chance.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    UID,
    CTImageStorage,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    RLELossless,
)

from workstation import __version__
from workstation.domain.geometry import Vector
from workstation.phantoms.requests import Request
from workstation.phantoms.requisition import one_page
from workstation.phantoms.rle import encode_frame
from workstation.phantoms.shapes import Grid
from workstation.phantoms.uids import uid

MANUFACTURER = "Nocturne phantoms"


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded entry (8.8)."""
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning
    return item


def decimal(value: float) -> str:
    """A decimal string of at most 16 characters (PS3.5 6.2 DS)."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def decimals(values: Sequence[float]) -> list[str]:
    """Several of them."""
    return [decimal(value) for value in values]


@dataclass
class Writer:
    """Writes one study under `folder` and counts what it wrote."""

    folder: Path
    request: Request
    today: date
    files: list[Path] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        """Beginning of the study."""
        return self.request.moment(self.today)

    def _study(self) -> Dataset:
        """Patient, General Study and Patient Study modules (C.7.1.1, C.7.2.1, C.7.2.2)."""
        request, person, moment = self.request, self.request.person, self.moment
        held = Dataset()
        held.SpecificCharacterSet = "ISO_IR 192"
        held.PatientName = person.name
        held.PatientID = person.patient_id
        held.IssuerOfPatientID = person.issuer
        born = person.birth_date(self.today)
        held.PatientBirthDate = f"{born:%Y%m%d}"
        held.PatientSex = person.sex
        years = moment.year - born.year - ((moment.month, moment.day) < (born.month, born.day))
        held.PatientAge = f"{years:03d}Y"
        held.PatientWeight = decimal(person.weight_kg)
        held.PatientSize = decimal(person.height_m)
        held.StudyInstanceUID = request.study_uid
        held.StudyDate = f"{moment:%Y%m%d}"
        held.StudyTime = f"{moment:%H%M%S}"
        held.AccessionNumber = request.accession
        held.StudyID = request.accession[-4:]
        held.StudyDescription = request.procedure
        held.ReferringPhysicianName = request.referrer
        held.Manufacturer = MANUFACTURER
        held.InstitutionName = person.site
        held.StationName = request.modality + "1"
        held.ManufacturerModelName = "Analytic"
        held.DeviceSerialNumber = "0001"
        held.SoftwareVersions = __version__
        return held

    def series(
        self, number: int, description: str, modality: str, *, after_minutes: float = 2
    ) -> Dataset:
        """General Series module on top of the study (C.7.3.1), as the start of each instance."""
        held = self._study()
        began = self.moment + timedelta(minutes=after_minutes)
        held.Modality = modality
        held.SeriesInstanceUID = uid("series", self.request.name, number)
        held.SeriesNumber = str(number)
        held.SeriesDescription = description
        held.SeriesDate = held.AcquisitionDate = held.ContentDate = f"{began:%Y%m%d}"
        held.SeriesTime = held.AcquisitionTime = held.ContentTime = f"{began:%H%M%S}"
        return held

    def image_series(
        self,
        number: int,
        description: str,
        modality: str,
        *,
        body_part: str = "",
        after_minutes: float = 2,
        position: str = "HFS",
        frame_of_reference: str = "1",
    ) -> Dataset:
        """A cross-sectional series: adds Frame of Reference (C.7.4.1) and Patient Position."""
        held = self.series(number, description, modality, after_minutes=after_minutes)
        held.BodyPartExamined = body_part or self.request.body_part
        held.PatientPosition = position
        held.FrameOfReferenceUID = uid("frame", self.request.name, frame_of_reference)
        held.PositionReferenceIndicator = ""
        return held

    def instance_uid(self, series: Dataset, number: int) -> str:
        """SOP Instance UID of an instance of a series."""
        return uid("instance", self.request.name, series.SeriesNumber, number)

    def write(
        self, held: Dataset, sop_class: str, number: int, *, syntax: str = ExplicitVRLittleEndian
    ) -> Path:
        """Complete the SOP Common module (C.12.1) and write Part 10 (PS3.10 7)."""
        held.SOPClassUID = sop_class
        held.SOPInstanceUID = self.instance_uid(held, number)
        held.InstanceNumber = str(number)
        meta = FileMetaDataset()
        meta.FileMetaInformationVersion = b"\x00\x01"
        meta.MediaStorageSOPClassUID = UID(sop_class)
        meta.MediaStorageSOPInstanceUID = held.SOPInstanceUID
        meta.TransferSyntaxUID = UID(syntax)
        meta.ImplementationClassUID = UID(uid("implementation"))
        meta.ImplementationVersionName = "NOCTURNE_PHANTOM"
        held.file_meta = meta
        buffer = io.BytesIO()
        dcmwrite(buffer, held, enforce_file_format=True)
        folder = self.folder / self.request.name / f"{int(held.SeriesNumber):02d}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{number:04d}.dcm"
        path.write_bytes(buffer.getvalue())
        self.files.append(path)
        return path

    def requisition(self) -> Path:
        """The request on paper, as Encapsulated PDF (A.45.1, C.24.2)."""
        request, person = self.request, self.request.person
        held = self.series(90, "Requisition", "DOC", after_minutes=0)
        held.ConversionType = "SD"
        born = person.birth_date(self.today)
        held.BurnedInAnnotation = "YES"
        held.RecognizableVisualFeatures = "NO"
        held.AcquisitionDateTime = ""
        held.DocumentTitle = "Requisition"
        held.ConceptNameCodeSequence = []
        held.MIMETypeOfEncapsulatedDocument = "application/pdf"
        referrer = " ".join(part for part in reversed(request.referrer.split("^")) if part)
        rows = [
            ("Patient", f"{person.latin}, {person.sex}, {person.age} years"),
            ("Born", f"{born.day} {born:%b %Y}"),
            ("Patient ID", f"{person.patient_id} ({person.issuer})"),
            ("Examination", request.procedure),
            ("Accession", request.accession),
            ("Priority", request.priority.capitalize()),
            ("Referrer", referrer),
            ("Reason", request.reason),
        ]
        pdf = one_page("Imaging request", person.site, rows, request.notes)
        held.EncapsulatedDocumentLength = len(pdf)
        held.EncapsulatedDocument = pdf + b"\x00" * (len(pdf) % 2)
        return self.write(held, EncapsulatedPDFStorage, 1)


def copied(series: Dataset) -> Dataset:
    """A data set of its own with the elements of the series; values are shared, not changed."""
    held = Dataset()
    for element in series:
        held[element.tag] = element
    return held


def set_pixels(
    held: Dataset,
    pixels: NDArray[np.generic],
    *,
    bits: int,
    photometric: str = "MONOCHROME2",
    compress: bool = False,
) -> str:
    """Image Pixel module (C.7.6.3) of (rows, columns[, 3]) or (frames, rows, columns[, 3]).

    Returns the transfer syntax: RLE Lossless (PS3.5 Annex G) where `compress`, for 16-bit grey.
    """
    colour = photometric in {"RGB", "YBR_FULL"}
    held.SamplesPerPixel = 3 if colour else 1
    held.PhotometricInterpretation = photometric
    if colour:
        held.PlanarConfiguration = 0
    held.Rows, held.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    held.BitsAllocated = pixels.dtype.itemsize * 8
    held.BitsStored = bits
    held.HighBit = bits - 1
    held.PixelRepresentation = int(pixels.dtype.kind == "i")
    if compress:
        held.PixelData = encapsulate([encode_frame(pixels)])
        held["PixelData"].VR = "OB"
        return RLELossless
    data = np.ascontiguousarray(pixels).tobytes()
    held.PixelData = data + b"\x00" * (len(data) % 2)
    held["PixelData"].VR = "OW" if held.BitsAllocated == 16 else "OB"
    return ExplicitVRLittleEndian


def set_plane(
    held: Dataset,
    position: Vector,
    row: Vector,
    column: Vector,
    spacing: tuple[float, float],
    thickness: float | None,
) -> None:
    """Image Plane module (C.7.6.2); `spacing` is mm (between rows, between columns)."""
    held.ImagePositionPatient = decimals(position)
    held.ImageOrientationPatient = decimals((*row, *column))
    held.PixelSpacing = decimals(spacing)
    held.SliceThickness = "" if thickness is None else decimal(thickness)


def set_window(held: Dataset, windows: Sequence[tuple[float, float, str]]) -> None:
    """VOI LUT module (C.11.2): centre, width and name of each alternative."""
    held.WindowCenter = decimals([window[0] for window in windows])
    held.WindowWidth = decimals([window[1] for window in windows])
    held.WindowCenterWidthExplanation = [window[2] for window in windows]


def write_ct(
    writer: Writer,
    series: Dataset,
    hounsfield: NDArray[np.float32],
    grid: Grid,
    *,
    thickness: float,
    kernel: str,
    windows: Sequence[tuple[float, float, str]],
    kvp: float = 120,
    compress: bool = False,
    image_type: Sequence[str] = ("ORIGINAL", "PRIMARY", "AXIAL"),
) -> list[Path]:
    """CT Image objects (A.3) from (slices, rows, columns) in HU, numbered from the head down.

    Stored unsigned in 12 bits with intercept -1024, as most devices do.
    """
    stored = np.clip(np.rint(hounsfield) + 1024, 0, 4095).astype(np.uint16)
    paths = []
    for number, index in enumerate(reversed(range(len(stored))), start=1):
        held = copied(series)
        held.ImageType = list(image_type)
        held.KVP = decimal(kvp)
        held.AcquisitionNumber = "1"
        held.ConvolutionKernel = kernel
        held.XRayTubeCurrent = "240"
        held.ExposureTime = "500"
        held.RescaleIntercept = "-1024"
        held.RescaleSlope = "1"
        held.RescaleType = "HU"
        spacing = (grid.spacing[1], grid.spacing[2])
        set_plane(held, grid.position(index), grid.row, grid.column, spacing, thickness)
        set_window(held, windows)
        syntax = set_pixels(held, stored[index], bits=12, compress=compress)
        paths.append(writer.write(held, CTImageStorage, number, syntax=syntax))
    return paths


def series_truth(series: Dataset, grid: Grid, **more: Any) -> dict[str, Any]:
    """What truth.json says of a cross-sectional series."""
    return {
        "series_instance_uid": str(series.SeriesInstanceUID),
        "description": str(series.SeriesDescription),
        "modality": str(series.Modality),
        "slices": grid.shape[0],
        "rows": grid.shape[1],
        "columns": grid.shape[2],
        "spacing_mm": list(grid.spacing),
        "origin_lps_mm": list(grid.origin),
        "row_cosine": list(grid.row),
        "column_cosine": list(grid.column),
        "normal": list(grid.normal),
        **more,
    }
