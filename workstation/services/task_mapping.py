"""Unified Procedure Steps as reading tasks, and what we write into them (PS3.4 Table CC.2.5-3).

Reading is tolerant: an absent or broken attribute is unknown, and one bad work item never hides
the others. Writing follows the table.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workstation.domain.delivery import CompletionRecord
from workstation.domain.errors import ServiceAnswerInvalid
from workstation.domain.identity import Patient, Reader, Sex, is_uid
from workstation.domain.reading_task import (
    InputReadiness,
    Performer,
    Priority,
    PriorStudy,
    ProcedureStepState,
    ReadingTask,
    TaskEvent,
    TaskEventKind,
)
from workstation.services import dicom_json as dj
from workstation.services.dicom_json import DataSet

#: (110005, DCM, "Interpretation"): what is performed where the site scheduled no code.
INTERPRETATION = ("110005", "DCM", "Interpretation")

#: Procedure Discontinuation Reasons, CID 9301: reason key -> code.
DISCONTINUATION = {
    "unspecified": ("110513", "DCM", "Discontinued for unspecified reason"),
    "wrong": ("110514", "DCM", "Incorrect worklist entry selected"),
    "pre-empted": ("110526", "DCM", "Resource pre-empted"),
}

_EVENTS = {
    1: TaskEventKind.STATE,
    2: TaskEventKind.CANCEL_REQUESTED,
    3: TaskEventKind.PROGRESS,
    4: TaskEventKind.SERVICE,
    5: TaskEventKind.ASSIGNED,
}


def patient(data: DataSet) -> Patient:
    """The patient module."""
    return Patient(
        patient_id=dj.text(data, "PatientID"),
        name=dj.person(data, "PatientName"),
        birth_date=dj.day(dj.text(data, "PatientBirthDate")),
        sex=Sex.from_dicom(dj.text(data, "PatientSex").upper()),
        issuer_of_patient_id=dj.text(data, "IssuerOfPatientID"),
    )


def performer(data: DataSet, keyword: str) -> Performer | None:
    """The first human performer of a sequence, or None."""
    item = dj.first_item(data, keyword)
    code = dj.text(dj.first_item(item, "HumanPerformerCodeSequence"), "CodeValue")
    name = dj.person(item, "HumanPerformerName")
    if not code and not name.to_dicom():
        return None
    return Performer(code, name, dj.text(item, "HumanPerformerOrganization"))


def reading_task(data: DataSet, service_id: str) -> ReadingTask:
    """One work item; ServiceAnswerInvalid where it has no usable UID or state."""
    uid = dj.text(data, "SOPInstanceUID")
    state = _state(dj.text(data, "ProcedureStepState"))
    if not is_uid(uid) or state is None:
        raise ServiceAnswerInvalid(
            "A task of the service names neither itself nor its state.",
            means="It is not in the worklist.",
            remedy="Tell the site.",
        )
    zone = dj.zone_of(dj.text(data, "TimezoneOffsetFromUTC"))
    source = _input(data)
    request = dj.first_item(data, "ReferencedRequestSequence")
    progress = dj.first_item(data, "ProcedureStepProgressInformationSequence")
    performed = dj.first_item(data, "UnifiedProcedureStepPerformedProcedureSequence")
    study = dj.text(source, "StudyInstanceUID") or dj.text(request, "StudyInstanceUID")
    percent = dj.number(progress, "ProcedureStepProgress")
    return ReadingTask(
        workitem_uid=uid,
        service_id=service_id,
        study_instance_uid=study if is_uid(study) else "",
        state=state,
        priority=Priority.from_dicom(dj.text(data, "ScheduledProcedureStepPriority").upper()),
        readiness=_readiness(dj.text(data, "InputReadinessState")),
        deadline=dj.moment(dj.text(data, "ExpectedCompletionDateTime"), zone)
        or dj.moment(dj.text(data, "ScheduledProcedureStepExpirationDateTime"), zone),
        scheduled_start=dj.moment(dj.text(data, "ScheduledProcedureStepStartDateTime"), zone),
        patient=patient(data),
        procedure=dj.text(request, "RequestedProcedureDescription")
        or dj.text(data, "ProcedureStepLabel"),
        modality=dj.text(source, "Modality") or dj.text(data, "Modality"),
        body_part=dj.text(source, "BodyPartExamined") or dj.text(data, "BodyPartExamined"),
        reason=dj.text(request, "ReasonForTheRequestedProcedure")
        or dj.joined(
            dj.text(item, "CodeMeaning")
            for item in dj.items(request, "ReasonForRequestedProcedureCodeSequence")
        ),
        clinical_notes=dj.text(data, "CommentsOnTheScheduledProcedureStep"),
        accession_number=dj.text(request, "AccessionNumber") or dj.text(data, "AccessionNumber"),
        site=dj.text(request, "RequestingService"),
        referrer=dj.person(request, "RequestingPhysician"),
        worklist_label=dj.text(data, "WorklistLabel"),
        scheduled_performer=performer(data, "ScheduledHumanPerformersSequence"),
        actual_performer=performer(performed, "ActualHumanPerformersSequence"),
        study_datetime=dj.day_and_time(source, "StudyDate", "StudyTime"),
        instances_expected=dj.number(source, "NumberOfStudyRelatedInstances"),
        progress_percent=None if percent is None else max(0, min(100, percent)),
        cancel_requested=False,
        replaces_workitem_uid=_replaced(data),
    )


def _state(written: str) -> ProcedureStepState | None:
    # PS3.18 11.7.1.4 prints CANCELLED and IN_PROGRESS is seen: read both, send neither.
    spelled = written.upper().replace("_", " ").replace("CANCELLED", "CANCELED")
    try:
        return ProcedureStepState(spelled)
    except ValueError:
        return None


def _readiness(written: str) -> InputReadiness:
    try:
        return InputReadiness(written.upper())
    except ValueError:
        # Type 1 in a work item, so its absence is a fault of the site that must not lock a task.
        return InputReadiness.READY


def _input(data: DataSet) -> DataSet:
    """The item of Input Information that names the study; images before documents."""
    held = [
        item
        for item in dj.items(data, "InputInformationSequence")
        if is_uid(dj.text(item, "StudyInstanceUID"))
    ]
    return held[0] if held else dj.first_item(data, "InputInformationSequence")


def _replaced(data: DataSet) -> str:
    item = dj.first_item(data, "ReplacedProcedureStepSequence")
    uid = dj.text(item, "ReferencedSOPInstanceUID") or dj.text(item, "SOPInstanceUID")
    return uid if is_uid(uid) else ""


def prior_study(data: DataSet) -> PriorStudy | None:
    """One row of a QIDO-RS study search, or None where it has no usable UID."""
    uid = dj.text(data, "StudyInstanceUID")
    if not is_uid(uid):
        return None
    return PriorStudy(
        study_instance_uid=uid,
        study_datetime=dj.day_and_time(data, "StudyDate", "StudyTime"),
        modalities=dj.texts(data, "ModalitiesInStudy") or dj.texts(data, "Modality"),
        description=dj.text(data, "StudyDescription"),
        instances=dj.number(data, "NumberOfStudyRelatedInstances") or 0,
    )


def task_event(data: DataSet) -> TaskEvent | None:
    """An event report (PS3.4 Table CC.2.4-1), or None where its type is not defined."""
    kind = _EVENTS.get(dj.number(data, "EventTypeID") or 0)
    if kind is None:
        return None
    uid = dj.text(data, "AffectedSOPInstanceUID") or dj.text(data, "SOPInstanceUID")
    return TaskEvent(kind, uid if is_uid(uid) else "", dj.text(data, "ReasonForCancellation"))


# -- what we write ------------------------------------------------------------------------------


def _performer_item(reader: Reader) -> dict[str, Any]:
    return dj.data_set(
        HumanPerformerCodeSequence=dj.code(reader.code, "99NOCTURNE", reader.name.display),
        HumanPerformerName=reader.name,
        HumanPerformerOrganization=reader.organization or None,
    )


def _performed(reader: Reader, started_at: datetime, workitem_code: DataSet) -> dict[str, Any]:
    return dj.data_set(
        ActualHumanPerformersSequence=_performer_item(reader),
        PerformedStationNameCodeSequence=dj.code(
            reader.station_name, "99NOCTURNE", reader.station_name
        ),
        PerformedProcedureStepStartDateTime=dj.written_moment(started_at),
        PerformedWorkitemCodeSequence=dict(workitem_code) or dj.code(*INTERPRETATION),
    )


def claim_update(reader: Reader, at: datetime, scheduled: DataSet) -> dict[str, Any]:
    """The update that confirms a claim: who reads it, where, since when.

    It names the performer from the first moment, so that others see whose the task is.
    """
    return dj.data_set(
        ProcedureStepProgressInformationSequence=dj.data_set(
            ProcedureStepProgress=0, ProcedureStepProgressDescription="Being read"
        ),
        UnifiedProcedureStepPerformedProcedureSequence=_performed(
            reader, at, dj.first_item(scheduled, "ScheduledWorkitemCodeSequence")
        )
        | dj.element("OutputInformationSequence", []),
    )


def progress_update(percent: int, words: str) -> dict[str, Any]:
    """A progress item, PS3.4 Table CC.2.5-3."""
    if not 0 <= percent <= 100:
        raise ValueError("progress is a percentage")
    return dj.data_set(
        ProcedureStepProgressInformationSequence=dj.data_set(
            ProcedureStepProgress=percent, ProcedureStepProgressDescription=words or None
        )
    )


def completion_update(
    record: CompletionRecord, scheduled: DataSet, retrieve_url: str
) -> dict[str, Any]:
    """The final-state requirements of COMPLETED: every output, the performer, both times."""
    outputs = []
    by_series: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in record.outputs:
        by_series.setdefault((each.study_instance_uid, each.series_instance_uid), []).append(
            dj.data_set(
                ReferencedSOPClassUID=each.sop_class_uid,
                ReferencedSOPInstanceUID=each.sop_instance_uid,
            )
        )
    for (study, series), references in by_series.items():
        outputs.append(
            dj.data_set(
                StudyInstanceUID=study,
                SeriesInstanceUID=series,
                ReferencedSOPSequence=references,
                WADORSRetrievalSequence=dj.data_set(
                    RetrieveURL=f"{retrieve_url}/studies/{study}/series/{series}"
                ),
            )
        )
    performed = _performed(
        record.reader,
        record.started_at,
        dj.first_item(scheduled, "ScheduledWorkitemCodeSequence"),
    ) | dj.data_set(
        PerformedProcedureStepEndDateTime=dj.written_moment(record.ended_at),
        OutputInformationSequence=outputs,
    )
    return progress_update(100, "Reported") | dj.data_set(
        UnifiedProcedureStepPerformedProcedureSequence=dict(sorted(performed.items()))
    )


def hand_back_update(reason: str, reason_code: str, at: datetime) -> dict[str, Any]:
    """The final-state requirements of CANCELED; an unknown code is unspecified."""
    return dj.data_set(
        ProcedureStepProgressInformationSequence=dj.data_set(
            ProcedureStepCancellationDateTime=dj.written_moment(at),
            ProcedureStepDiscontinuationReasonCodeSequence=dj.code(
                *DISCONTINUATION.get(reason_code, DISCONTINUATION["unspecified"])
            ),
            ReasonForCancellation=reason or None,
        )
    )
