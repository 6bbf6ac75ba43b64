"""DICOM JSON (PS3.18 Annex F) read with tolerance and written to the letter.

Attributes are named by their eight hexadecimal digits; `TAGS` maps the keywords that the services
use. Reading never raises: what is absent or cannot be understood is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from datetime import time as clock_time
from typing import Any, TypeAlias

from workstation.domain.identity import PersonName

DataSet: TypeAlias = Mapping[str, Any]

#: keyword -> (tag, VR) of PS3.6; only what goes over the wire here.
TAGS: dict[str, tuple[str, str]] = {
    "AffectedSOPInstanceUID": ("00001000", "UI"),
    "EventTypeID": ("00001002", "US"),
    "SpecificCharacterSet": ("00080005", "CS"),
    "SOPClassUID": ("00080016", "UI"),
    "SOPInstanceUID": ("00080018", "UI"),
    "StudyDate": ("00080020", "DA"),
    "StudyTime": ("00080030", "TM"),
    "AccessionNumber": ("00080050", "SH"),
    "Modality": ("00080060", "CS"),
    "ModalitiesInStudy": ("00080061", "CS"),
    "CodeValue": ("00080100", "SH"),
    "CodingSchemeDesignator": ("00080102", "SH"),
    "CodeMeaning": ("00080104", "LO"),
    "TimezoneOffsetFromUTC": ("00080201", "SH"),
    "StudyDescription": ("00081030", "LO"),
    "SeriesDescription": ("0008103E", "LO"),
    "ReferencedSOPClassUID": ("00081150", "UI"),
    "ReferencedSOPInstanceUID": ("00081155", "UI"),
    "RetrieveURL": ("00081190", "UR"),
    "TransactionUID": ("00081195", "UI"),
    "FailureReason": ("00081197", "US"),
    "FailedSOPSequence": ("00081198", "SQ"),
    "ReferencedSOPSequence": ("00081199", "SQ"),
    "PatientName": ("00100010", "PN"),
    "PatientID": ("00100020", "LO"),
    "IssuerOfPatientID": ("00100021", "LO"),
    "PatientBirthDate": ("00100030", "DA"),
    "PatientSex": ("00100040", "CS"),
    "BodyPartExamined": ("00180015", "CS"),
    "StudyInstanceUID": ("0020000D", "UI"),
    "SeriesInstanceUID": ("0020000E", "UI"),
    "SeriesNumber": ("00200011", "IS"),
    "InstanceNumber": ("00200013", "IS"),
    "NumberOfStudyRelatedInstances": ("00201208", "IS"),
    "NumberOfSeriesRelatedInstances": ("00201209", "IS"),
    "RequestingPhysician": ("00321032", "PN"),
    "RequestingService": ("00321033", "LO"),
    "RequestedProcedureDescription": ("00321060", "LO"),
    "ScheduledProcedureStepStartDateTime": ("00404005", "DT"),
    "ScheduledProcedureStepExpirationDateTime": ("00404008", "DT"),
    "HumanPerformerCodeSequence": ("00404009", "SQ"),
    "ExpectedCompletionDateTime": ("00404011", "DT"),
    "ScheduledWorkitemCodeSequence": ("00404018", "SQ"),
    "PerformedWorkitemCodeSequence": ("00404019", "SQ"),
    "InputInformationSequence": ("00404021", "SQ"),
    "PerformedStationNameCodeSequence": ("00404028", "SQ"),
    "OutputInformationSequence": ("00404033", "SQ"),
    "ScheduledHumanPerformersSequence": ("00404034", "SQ"),
    "ActualHumanPerformersSequence": ("00404035", "SQ"),
    "HumanPerformerOrganization": ("00404036", "LO"),
    "HumanPerformerName": ("00404037", "PN"),
    "InputReadinessState": ("00404041", "CS"),
    "PerformedProcedureStepStartDateTime": ("00404050", "DT"),
    "PerformedProcedureStepEndDateTime": ("00404051", "DT"),
    "ProcedureStepCancellationDateTime": ("00404052", "DT"),
    "CommentsOnTheScheduledProcedureStep": ("00400400", "LT"),
    "ReasonForTheRequestedProcedure": ("00401002", "LO"),
    "RequestedProcedureID": ("00401001", "SH"),
    "ReasonForRequestedProcedureCodeSequence": ("0040100A", "SQ"),
    "ReferencedRequestSequence": ("0040A370", "SQ"),
    "ProcedureStepState": ("00741000", "CS"),
    "ProcedureStepProgressInformationSequence": ("00741002", "SQ"),
    "ProcedureStepProgress": ("00741004", "DS"),
    "ProcedureStepProgressDescription": ("00741006", "ST"),
    "ProcedureStepDiscontinuationReasonCodeSequence": ("0074100E", "SQ"),
    "ScheduledProcedureStepPriority": ("00741200", "CS"),
    "WorklistLabel": ("00741202", "LO"),
    "ProcedureStepLabel": ("00741204", "LO"),
    "UnifiedProcedureStepPerformedProcedureSequence": ("00741216", "SQ"),
    "ReplacedProcedureStepSequence": ("00741224", "SQ"),
    "ReasonForCancellation": ("00741238", "LT"),
    "WADORSRetrievalSequence": ("0040E025", "SQ"),
}


def _values(data: DataSet, keyword: str) -> list[Any]:
    element = data.get(TAGS[keyword][0])
    if not isinstance(element, Mapping):
        return []
    held = element.get("Value", [])
    if not isinstance(held, list):
        held = [held]  # seen: a bare value where an array belongs
    return [value for value in held if value is not None]


def texts(data: DataSet, keyword: str) -> tuple[str, ...]:
    """All values as stripped text."""
    found = []
    for value in _values(data, keyword):
        if isinstance(value, Mapping):
            value = value.get("Alphabetic", "")
        if isinstance(value, str | int | float):
            found.append(str(value).strip(" \0"))
    return tuple(text for text in found if text)


def text(data: DataSet, keyword: str) -> str:
    """The first value, or empty."""
    found = texts(data, keyword)
    return found[0] if found else ""


def number(data: DataSet, keyword: str) -> int | None:
    """An integer of a number or of digits (PS3.18 F.2.3.1 allows both for IS and DS)."""
    written = text(data, keyword)
    try:
        return round(float(written))
    except (ValueError, OverflowError):
        return None


def person(data: DataSet, keyword: str) -> PersonName:
    """A PN with its three groups; a bare string is split as PS3.5 6.2.1 writes it."""
    for value in _values(data, keyword):
        if isinstance(value, Mapping):
            groups = [str(value.get(each) or "").strip() for each in _GROUPS]
            return PersonName(*groups)
        if isinstance(value, str):
            return PersonName.from_dicom(value)
    return PersonName()


_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def items(data: DataSet, keyword: str) -> tuple[DataSet, ...]:
    """The items of a sequence; an empty sequence and an absent one are the same."""
    return tuple(each for each in _values(data, keyword) if isinstance(each, Mapping))


def first_item(data: DataSet, keyword: str) -> DataSet:
    """The first item, or an empty data set."""
    held = items(data, keyword)
    return held[0] if held else {}


def day(written: str) -> date | None:
    """A DA value; the form with dots of ACR-NEMA is taken too."""
    digits = written.replace(".", "").replace("-", "")
    if not re.fullmatch(r"\d{8}", digits):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def zone_of(written: str) -> tzinfo | None:
    """A UTC offset `+0100` as PS3.5 6.2 DT and (0008,0201) write it."""
    found = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", written)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    if offset > timedelta(hours=14):
        return None
    return timezone(-offset if found[1] == "-" else offset)


_DT = re.compile(
    r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.(\d{1,6}))?([+-]\d{2}:?\d{2})?"
)


def moment(written: str, zone: tzinfo | None) -> datetime | None:
    """A DT value, aware. Without an offset it is in `zone`, or in that of this machine where the
    data set names none (PS3.5 6.2 DT: local to the application entity)."""
    found = _DT.fullmatch(written.strip())
    if found is None or found[3] is None:
        return None  # a year or a month is no deadline
    numbers = [int(found[group] or 0) for group in range(4, 7)]
    fraction = int((found[7] or "0").ljust(6, "0"))
    try:
        when = datetime(
            int(found[1]),
            int(found[2]),
            int(found[3]),
            numbers[0],
            numbers[1],
            min(numbers[2], 59),  # a leap second, PS3.5 6.2 TM
            fraction,
        )
    except ValueError:
        return None
    own = zone_of(found[8]) if found[8] else zone
    try:
        return when.replace(tzinfo=own) if own is not None else when.astimezone()
    except (ValueError, OverflowError):
        return None


def day_and_time(data: DataSet, day_keyword: str, time_keyword: str) -> datetime | None:
    """DA and TM as one moment: in the zone of the data set, or the wall clock of the site."""
    on = day(text(data, day_keyword))
    if on is None:
        return None
    digits = text(data, time_keyword).replace(":", "").partition(".")[0].ljust(6, "0")
    at = clock_time()
    if re.fullmatch(r"\d{6}", digits):
        try:
            at = clock_time(int(digits[:2]), int(digits[2:4]), min(int(digits[4:]), 59))
        except ValueError:
            at = clock_time()
    return datetime.combine(on, at, tzinfo=zone_of(text(data, "TimezoneOffsetFromUTC")))


# -- writing ----------------------------------------------------------------------------------


def element(keyword: str, values: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """One attribute of DICOM JSON; no values writes it empty."""
    tag, vr = TAGS[keyword]
    written: dict[str, Any] = {"vr": vr}
    if values:
        written["Value"] = [
            _name(value) if isinstance(value, PersonName) else value for value in values
        ]
    return {tag: written}


def data_set(**attributes: Any) -> dict[str, Any]:
    """A data set from keywords; a value that is no list is its only value, None leaves it out."""
    written: dict[str, Any] = {}
    for keyword, value in attributes.items():
        if value is None:
            continue
        written |= element(keyword, value if isinstance(value, list) else [value])
    return dict(sorted(written.items()))


def code(value: str, scheme: str, meaning: str) -> dict[str, Any]:
    """A code sequence item (PS3.3 8.8)."""
    return data_set(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def written_moment(when: datetime) -> str:
    """A DT with its offset, to the second, in UTC."""
    return when.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")


def _name(name: PersonName) -> dict[str, str]:
    groups = zip(_GROUPS, (name.alphabetic, name.ideographic, name.phonetic), strict=True)
    return {group: value for group, value in groups if value}


def joined(values: Iterable[str]) -> str:
    """Values for people."""
    return ", ".join(value for value in values if value)
