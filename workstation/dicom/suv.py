"""The attributes of a PET series that SUV is computed from (PS3.3 C.8.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.dicom.part10 import open_object
from workstation.domain.errors import MeasurementRefused
from workstation.domain.identity import Sex
from workstation.domain.suv import SuvInput

_GE_SCAN_START = (0x0009, 0x100D)
_PHILIPS_SUV_SCALE = (0x7053, 0x1000)
_PHILIPS_ACTIVITY_SCALE = (0x7053, 0x1009)


def suv_input(sources: Sequence[bytes | Path]) -> SuvInput:
    """What the images of one PET series say; give all of them, for the scan begins with the
    earliest. MeasurementRefused where they are no PET or differ in what must be one."""
    if not sources:
        raise MeasurementRefused("There is no SUV: no image was given.")
    first: Dataset | None = None
    said: SuvInput | None = None
    earliest: tuple[datetime, Dataset] | None = None
    for source in sources:
        dataset = open_object(source).dataset
        with attributes.quiet():
            acquired = _acquired(dataset)
            if first is None:
                first = dataset
                said = _constant(dataset)
            elif attributes.text(dataset, "Units") != said.units:  # type: ignore[union-attr]
                raise MeasurementRefused("There is no SUV: Units (0054,1001) differ in the series.")
            if acquired is not None and (earliest is None or acquired < earliest[0]):
                earliest = (acquired, dataset)
    assert first is not None
    assert said is not None
    with attributes.quiet():
        return _with_times(said, first, earliest)


def _acquired(dataset: Dataset) -> datetime | None:
    whole = attributes.parse_datetime(attributes.text(dataset, "AcquisitionDateTime"))
    found = attributes.moment(dataset, "AcquisitionDate", "AcquisitionTime") or whole
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


def _constant(dataset: Dataset) -> SuvInput:
    if attributes.text(dataset, "Modality") != "PT":
        raise MeasurementRefused("There is no SUV: the image is no PET (Modality is not PT).")
    held = attributes.items(dataset, "RadiopharmaceuticalInformationSequence")
    tracer = held[0] if held else Dataset()
    zone = attributes.parse_zone(attributes.text(dataset, "TimezoneOffsetFromUTC"))
    injected = attributes.parse_datetime(
        attributes.text(tracer, "RadiopharmaceuticalStartDateTime")
    )
    if injected is not None and injected.tzinfo is not None:
        # All moments in the clock of the series.
        injected = injected.astimezone(zone or injected.tzinfo).replace(tzinfo=None)
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
        philips_suv_scale=_private_number(dataset, _PHILIPS_SUV_SCALE),
        philips_activity_scale=_private_number(dataset, _PHILIPS_ACTIVITY_SCALE),
    )


def _with_times(
    said: SuvInput, first: Dataset, earliest: tuple[datetime, Dataset] | None
) -> SuvInput:
    series = attributes.moment(first, "SeriesDate", "SeriesTime")
    begun = attributes.parse_datetime(_private(first, _GE_SCAN_START))
    source = earliest[1] if earliest is not None else first
    return replace(
        said,
        series_at=None if series is None else series.replace(tzinfo=None),
        earliest_acquisition_at=None if earliest is None else earliest[0],
        ge_scan_at=None if begun is None else begun.replace(tzinfo=None),
        frame_reference_ms=attributes.number(source, "FrameReferenceTime"),
        frame_duration_ms=attributes.number(source, "ActualFrameDuration"),
    )
