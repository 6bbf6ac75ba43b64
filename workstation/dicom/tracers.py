"""The radiopharmaceutical of a PET or NM series (PS3.3 C.8.9.2, C.8.4.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from pydicom.dataset import Dataset

from workstation.dicom import attributes, legacy_pet
from workstation.dicom.frames import FunctionalGroups
from workstation.domain.radiation import Tracer

#: Below this an activity is written in MBq, whatever the module says: 0.1 MBq images nothing.
_LOWEST_BQ = 1e5
#: Fluorodeoxyglucose F^18^ in SNOMED CT and in the older SRT (PS3.16 CID 4021).
_FDG = frozenset({"35321007", "C-B1031", "Y-X1743"})
_FDG_WORDS = ("fdg", "fluorodeoxyglucose")


def tracer_of(dataset: Dataset) -> Tracer | None:
    """What one image tells; None for other modalities, and where two tracers were given."""
    if attributes.text(dataset, "Modality") not in ("PT", "NM"):
        return None
    with attributes.quiet():
        if attributes.text(dataset, "SOPClassUID") == legacy_pet.LEGACY_PET:
            groups = FunctionalGroups(dataset)
            count = attributes.integer(dataset, "NumberOfFrames") or 1
            told = [_single(legacy_pet.single(dataset, groups, index)) for index in range(count)]
            return None if None in told else of_series([each for each in told if each is not None])
        return _single(dataset)


def _single(dataset: Dataset) -> Tracer | None:
    held = attributes.items(dataset, "RadiopharmaceuticalInformationSequence")
    return _tracer(dataset, held[0]) if len(held) == 1 else None


def _tracer(dataset: Dataset, held: Dataset) -> Tracer:
    value, meaning = "", ""
    for item in attributes.items(held, "RadiopharmaceuticalCodeSequence"):
        value, meaning = attributes.text(item, "CodeValue"), attributes.text(item, "CodeMeaning")
    name = " ".join((attributes.text(held, "Radiopharmaceutical") or meaning).split())
    if value in _FDG or any(word in name.lower() for word in _FDG_WORDS):
        name = "F-18 FDG"
    activity = attributes.number(held, "RadionuclideTotalDose")
    if activity is not None:
        activity = activity * 1e6 if activity < _LOWEST_BQ else activity
    injected = attributes.parse_datetime(attributes.text(held, "RadiopharmaceuticalStartDateTime"))
    if injected is not None and injected.tzinfo is not None:
        zone = attributes.parse_zone(attributes.text(dataset, "TimezoneOffsetFromUTC"))
        injected = injected.astimezone(zone or injected.tzinfo).replace(tzinfo=None)
    return Tracer(
        name,
        activity if activity and activity > 0 else None,
        attributes.number(held, "RadionuclideHalfLife"),
        injected,
        attributes.parse_time(attributes.text(held, "RadiopharmaceuticalStartTime")),
        _imaged(dataset),
    )


def _imaged(dataset: Dataset) -> datetime | None:
    found = attributes.moment(dataset, "AcquisitionDate", "AcquisitionTime")
    if found is None:
        found = attributes.parse_datetime(attributes.text(dataset, "AcquisitionDateTime"))
    return None if found is None else found.replace(tzinfo=None)


def of_series(told: Sequence[Tracer]) -> Tracer | None:
    """One tracer of all images of a series: what they do not agree on is not known."""
    if not told:
        return None
    first = told[0]

    def one(name: str) -> object:
        values = {getattr(each, name) for each in told}
        return getattr(first, name) if len(values) == 1 else None

    moments = [each.imaged_at for each in told if each.imaged_at is not None]
    injected, at = one("injected_at"), one("injected_time")
    return replace(
        first,
        name=str(one("name") or ""),
        activity_bq=_number(one("activity_bq")),
        half_life_s=_number(one("half_life_s")),
        injected_at=injected if isinstance(injected, datetime) else None,
        injected_time=at if isinstance(at, time) else None,
        imaged_at=min(moments) if moments else None,
    )


def _number(held: object) -> float | None:
    return held if isinstance(held, float) else None
