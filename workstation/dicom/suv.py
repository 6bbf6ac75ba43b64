"""The attributes of a PET series that SUV is computed from (PS3.3 C.8.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes, enhanced_pet, legacy_pet, pet_values
from workstation.dicom.frames import FunctionalGroups
from workstation.dicom.part10 import open_object
from workstation.domain.errors import MeasurementRefused
from workstation.domain.identity import Sex
from workstation.domain.suv import SuvInput

_GE_SCAN_START = (0x0009, 0x100D)
_PHILIPS_SUV_SCALE = (0x7053, 0x1000)
_PHILIPS_ACTIVITY_SCALE = (0x7053, 0x1009)
#: What must be the same in every image, for one factor counts for all.
_ONE_IN_A_SERIES = {
    "units": "Units (0054,1001)",
    "decay_correction": "DecayCorrection (0054,1102)",
    "weight_kg": "PatientWeight (0010,1030)",
    "dose_bq": "RadionuclideTotalDose (0018,1074)",
    "half_life_s": "RadionuclideHalfLife (0018,1075)",
    "corrected_to": "DecayCorrectionDateTime (0018,9701)",
    "philips_suv_scale": "Philips' scale (7053,1000)",
    "philips_activity_scale": "Philips' scale (7053,1009)",
}


@dataclass(frozen=True, slots=True)
class PetHeader:
    """What one PET image says, or why it says nothing that counts. `acquired` has no zone, like
    every moment of the series."""

    said: SuvInput | None
    acquired: datetime | None
    refused: str = ""


def header_of(dataset: Dataset) -> PetHeader | None:
    """The SUV attributes of one image, None where it is no PET."""
    if attributes.text(dataset, "Modality") != "PT":
        return None
    with attributes.quiet():
        if attributes.text(dataset, "SOPClassUID") == pet_values.ENHANCED_PET:
            try:
                return PetHeader(enhanced_pet.said(dataset), None)
            except MeasurementRefused as error:
                return PetHeader(None, None, error.happened)
        try:
            if attributes.text(dataset, "SOPClassUID") == legacy_pet.LEGACY_PET:
                return _converted(dataset)
            return _single(dataset)
        except MeasurementRefused as error:
            return PetHeader(None, None, error.happened)


def _single(dataset: Dataset) -> PetHeader:
    if not attributes.number(dataset, "RescaleSlope"):
        # What was stored is no concentration before it is rescaled (C.8.9.4, type 1).
        raise MeasurementRefused("There is no SUV: RescaleSlope (0028,1053) is missing.")
    return PetHeader(_said(dataset), _acquired(dataset))


def _converted(dataset: Dataset) -> PetHeader:
    """All frames of a Legacy Converted Enhanced PET, which were the images of one series."""
    groups = FunctionalGroups(dataset)
    count = attributes.integer(dataset, "NumberOfFrames") or 1
    singles = (legacy_pet.said_of(dataset, groups, index) for index in range(count))
    said = of_series([_single(single) for single in singles])
    return PetHeader(said, said.earliest_acquisition_at)


def suv_input(sources: Sequence[bytes | Path]) -> SuvInput:
    """`of_series` over objects that are read here; MeasurementRefused where one is no PET."""
    held = []
    for source in sources:
        header = header_of(open_object(source).dataset)
        if header is None:
            raise MeasurementRefused("There is no SUV: the image is no PET (Modality is not PT).")
        held.append(header)
    return of_series(held)


def of_series(headers: Sequence[PetHeader]) -> SuvInput:
    """What the images of one PET series say; give all of them, for the scan begins with the
    earliest. MeasurementRefused where they differ in what must be one."""
    if not headers:
        raise MeasurementRefused("There is no SUV: no image was given.")
    told = []
    for header in headers:
        if header.said is None:
            raise MeasurementRefused(header.refused)
        told.append(header.said)
    first = told[0]
    for said in told[1:]:
        for field, words in _ONE_IN_A_SERIES.items():
            if getattr(said, field) != getattr(first, field):
                raise MeasurementRefused(f"There is no SUV: {words} differs within the series.")
    dated = [header for header in headers if header.acquired is not None]
    if not dated:
        return first
    earliest = min(dated, key=lambda header: header.acquired or datetime.max)
    assert earliest.said is not None
    return replace(
        first,
        earliest_acquisition_at=earliest.acquired,
        frame_reference_ms=earliest.said.frame_reference_ms,
        frame_duration_ms=earliest.said.frame_duration_ms,
    )


def _acquired(dataset: Dataset) -> datetime | None:
    found = attributes.moment(dataset, "AcquisitionDate", "AcquisitionTime")
    if found is None:
        found = attributes.parse_datetime(attributes.text(dataset, "AcquisitionDateTime"))
        zone = attributes.parse_zone(attributes.text(dataset, "TimezoneOffsetFromUTC"))
        if found is not None and found.tzinfo is not None:
            found = found.astimezone(zone or found.tzinfo)
    return None if found is None else found.replace(tzinfo=None)


def _private(dataset: Dataset, tag: tuple[int, int]) -> str:
    if tag not in dataset:
        return ""
    held = dataset[tag].value
    if isinstance(held, bytes):
        return held.decode("ascii", "replace").strip("\0 ")
    return str(held).strip()


def _private_number(dataset: Dataset, tag: tuple[int, int]) -> float | None:
    try:
        return float(_private(dataset, tag))
    except ValueError:
        return None


def _said(dataset: Dataset) -> SuvInput:
    held = attributes.items(dataset, "RadiopharmaceuticalInformationSequence")
    tracer = held[0] if held else Dataset()
    zone = attributes.parse_zone(attributes.text(dataset, "TimezoneOffsetFromUTC"))
    injected = attributes.parse_datetime(
        attributes.text(tracer, "RadiopharmaceuticalStartDateTime")
    )
    if injected is not None and injected.tzinfo is not None:
        # All moments in the clock of the series.
        injected = injected.astimezone(zone or injected.tzinfo).replace(tzinfo=None)
    series = attributes.moment(dataset, "SeriesDate", "SeriesTime")
    begun = attributes.parse_datetime(_private(dataset, _GE_SCAN_START))
    return SuvInput(
        units=attributes.text(dataset, "Units"),
        corrected_image=frozenset(attributes.texts(dataset, "CorrectedImage")),
        decay_correction=attributes.text(dataset, "DecayCorrection"),
        suv_type=attributes.text(dataset, "SUVType"),
        weight_kg=attributes.number(dataset, "PatientWeight"),
        height_m=attributes.number(dataset, "PatientSize"),
        sex=Sex.from_dicom(attributes.text(dataset, "PatientSex")),
        dose_bq=attributes.number(tracer, "RadionuclideTotalDose"),
        half_life_s=attributes.number(tracer, "RadionuclideHalfLife"),
        injected_at=injected,
        injected_time=attributes.parse_time(
            attributes.text(tracer, "RadiopharmaceuticalStartTime")
        ),
        series_at=None if series is None else series.replace(tzinfo=None),
        ge_scan_at=None if begun is None else begun.replace(tzinfo=None),
        frame_reference_ms=attributes.number(dataset, "FrameReferenceTime"),
        frame_duration_ms=attributes.number(dataset, "ActualFrameDuration"),
        philips_suv_scale=_private_number(dataset, _PHILIPS_SUV_SCALE),
        philips_activity_scale=_private_number(dataset, _PHILIPS_ACTIVITY_SCALE),
    )
