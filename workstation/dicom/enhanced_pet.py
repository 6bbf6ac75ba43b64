"""The attributes of an Enhanced PET that SUV is computed from (PS3.3 C.8.22)."""

from __future__ import annotations

from datetime import datetime, timezone

from pydicom.dataset import Dataset

from workstation.dicom import attributes, pet_values
from workstation.dicom.frames import FunctionalGroups
from workstation.domain.errors import MeasurementRefused
from workstation.domain.identity import Sex
from workstation.domain.suv import LOWEST_DOSE_BQ, SuvInput


def said(dataset: Dataset) -> SuvInput:
    """What one object says, for all of its frames; MeasurementRefused where frames differ."""
    groups = FunctionalGroups(dataset)
    count = attributes.integer(dataset, "NumberOfFrames") or 1
    unit, kind = _one(
        {
            pet_values.units(
                pet_values.chosen(groups.macros("RealWorldValueMappingSequence", index))
            )
            for index in range(count)
        },
        "MeasurementUnitsCodeSequence (0040,08EA)",
    )
    tracer = _tracer(dataset, groups, count)
    zone = attributes.parse_zone(attributes.text(dataset, "TimezoneOffsetFromUTC"))
    dose = attributes.number(tracer, "RadionuclideTotalDose")
    notes: tuple[str, ...] = ()
    if dose is not None and dose >= LOWEST_DOSE_BQ:
        # MBq is the unit here (C.8.22.4), and nobody was given so many.
        notes = ("The dose is written in Bq.",)
    elif dose is not None:
        dose *= 1e6
    return SuvInput(
        units=unit,
        suv_type=kind,
        enhanced=True,
        corrected_image=frozenset(
            name
            for name, keyword in (("ATTN", "AttenuationCorrected"), ("DECY", "DecayCorrected"))
            if attributes.text(dataset, keyword) == "YES"
        ),
        weight_kg=attributes.number(dataset, "PatientWeight"),
        height_m=attributes.number(dataset, "PatientSize"),
        sex=Sex.from_dicom(attributes.text(dataset, "PatientSex")),
        dose_bq=dose,
        half_life_s=attributes.number(tracer, "RadionuclideHalfLife"),
        injected_at=_moment(tracer, "RadiopharmaceuticalStartDateTime", zone),
        corrected_to=_moment(dataset, "DecayCorrectionDateTime", zone),
        notes=notes,
    )


def _one(held: set[tuple[str, str]], words: str) -> tuple[str, str]:
    if len(held) > 1:
        raise MeasurementRefused(f"There is no SUV: {words} differs within the series.")
    return next(iter(held), ("", ""))


def _tracer(dataset: Dataset, groups: FunctionalGroups, count: int) -> Dataset:
    """The agent that all frames show, by Radiopharmaceutical Usage (C.7.6.16.2.19)."""
    agents = attributes.items(dataset, "RadiopharmaceuticalInformationSequence")
    if len(agents) < 2:
        return agents[0] if agents else Dataset()
    used = {
        attributes.integer(each, "RadiopharmaceuticalAgentNumber")
        for index in range(count)
        for each in groups.macros("RadiopharmaceuticalUsageSequence", index)
    }
    found = [
        each
        for each in agents
        if attributes.integer(each, "RadiopharmaceuticalAgentNumber") in used
    ]
    if len(used) != 1 or len(found) != 1:
        raise MeasurementRefused(
            "There is no SUV: RadiopharmaceuticalUsageSequence (0018,9737) names not one agent."
        )
    return found[0]


def _moment(dataset: Dataset, keyword: str, zone: timezone | None) -> datetime | None:
    """A moment in the clock of the object, without its zone."""
    found = attributes.parse_datetime(attributes.text(dataset, keyword))
    if found is not None and found.tzinfo is not None:
        found = found.astimezone(zone or found.tzinfo)
    return None if found is None else found.replace(tzinfo=None)
