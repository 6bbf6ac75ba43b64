"""The rules of a Unified Procedure Step (PS3.4 CC.1.1, Table CC.2.5-3): what may be written when.

Everything here is a pure function of data sets, without a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workstation.domain.identity import is_uid, new_uid
from workstation.domain.reading_task import ProcedureStepState
from workstation.local_service import data_sets as ds
from workstation.local_service.answers import Refusal, bad_request
from workstation.local_service.data_sets import DataSet

UPS_PUSH = "1.2.840.10008.5.1.4.34.6.1"
TRANSACTION_UID = ds.tag_of("TransactionUID")
STATE = ds.tag_of("ProcedureStepState")

_TERMS = {
    "ScheduledProcedureStepPriority": {"HIGH", "MEDIUM", "LOW"},
    "InputReadinessState": {"READY", "UNAVAILABLE", "INCOMPLETE"},
}

#: What an update never changes (N-SET usage "not allowed" in Table CC.2.5-3).
_FIXED = frozenset(
    map(
        ds.tag_of,
        (
            "SOPClassUID",
            "SOPInstanceUID",
            "ProcedureStepState",
            "PatientName",
            "PatientID",
            "IssuerOfPatientID",
            "PatientBirthDate",
            "PatientSex",
            "ReferencedRequestSequence",
            "ReplacedProcedureStepSequence",
        ),
    )
)

#: What Performed Procedure Sequence (0074,1216) holds before COMPLETED.
_PERFORMED = (
    "PerformedStationNameCodeSequence",
    "PerformedWorkitemCodeSequence",
    "PerformedProcedureStepStartDateTime",
    "PerformedProcedureStepEndDateTime",
    "OutputInformationSequence",
)
#: What Progress Information Sequence (0074,1002) holds before CANCELED.
_CANCELLED = (
    "ProcedureStepCancellationDateTime",
    "ProcedureStepDiscontinuationReasonCodeSequence",
)


def conflict(code: str, happened: str) -> Refusal:
    """409 with the DIMSE status that it stands for."""
    return Refusal(409, happened, code=code)


def inconsistent(code: str) -> Refusal:
    """What PS3.18 11.6.3.2 says of a request in the wrong state."""
    return conflict(
        code, "The submitted request is inconsistent with the current state of the Target Workitem."
    )


def _check_terms(held: Mapping[str, Any]) -> None:
    for keyword, terms in _TERMS.items():
        if ds.tag_of(keyword) in held and ds.text(held, keyword) not in terms:
            raise bad_request(f"{keyword} has none of its defined values.")


def created(asked: DataSet, uid: str, now: str) -> tuple[str, DataSet, bool]:
    """(UID, the work item as it is kept, whether something was filled in), from N-CREATE."""
    within = ds.text(asked, "SOPInstanceUID")
    if uid and within and uid != within:
        raise bad_request("The address and the data set name two work items.")
    uid = uid or within or new_uid()
    if not is_uid(uid):
        raise bad_request("The work item is not named by a UID.")
    if ds.text(asked, "TransactionUID"):
        raise bad_request("A new work item has no Transaction UID.")
    state = ds.text(asked, "ProcedureStepState")
    if state not in ("", ProcedureStepState.SCHEDULED):
        raise Refusal(400, "A new work item is SCHEDULED.", code="C309")
    defaults = ds.data_set(
        ProcedureStepState=ProcedureStepState.SCHEDULED.value,
        ScheduledProcedureStepPriority="MEDIUM",
        ScheduledProcedureStepStartDateTime=now,
        ProcedureStepLabel="Read",
        InputReadinessState="READY",
    )
    kept = dict(asked)
    kept.pop(TRANSACTION_UID, None)
    missing = {tag: entry for tag, entry in defaults.items() if not ds.values(kept, tag)}
    kept |= missing | ds.data_set(
        SOPClassUID=UPS_PUSH,
        SOPInstanceUID=uid,
        ScheduledProcedureStepModificationDateTime=now,
    )
    _check_terms(kept)
    return uid, dict(sorted(kept.items())), bool(missing)


def check_owner(state: str, owner: str, transaction_uid: str) -> None:
    """Who may update in which state (PS3.4 CC.2.6.3, Table CC.1.1-2)."""
    if state in (ProcedureStepState.COMPLETED, ProcedureStepState.CANCELED):
        raise inconsistent("C300")
    if state == ProcedureStepState.SCHEDULED:
        if transaction_uid:
            raise inconsistent("C310")
        return
    if not transaction_uid:
        raise conflict("C301", "The Transaction UID is missing.")
    if transaction_uid != owner:
        raise conflict("C301", "The Transaction UID is incorrect.")


def updated(held: DataSet, changes: DataSet, now: str) -> DataSet:
    """The work item after N-SET: attributes are replaced, sequences as a whole."""
    changes = dict(changes)
    changes.pop(TRANSACTION_UID, None)
    for tag in _FIXED & changes.keys():
        if ds.values(changes, tag) != ds.values(held, tag):
            raise bad_request("An attribute of the update may not be changed by an update.")
    _check_terms(changes)
    stamp = ds.data_set(ScheduledProcedureStepModificationDateTime=now)
    return dict(sorted((held | changes | stamp).items()))


def requested_state(asked: Mapping[str, Any]) -> tuple[ProcedureStepState, str]:
    """(state, Transaction UID) of a change of state; Refusal 400 where one is missing.

    CANCELLED, as PS3.18 11.7.1.4 prints it, is refused: the defined term has one L.
    """
    transaction_uid = ds.text(asked, "TransactionUID")
    if not transaction_uid:
        raise Refusal(400, "The Transaction UID is missing.", code="C301")
    if not is_uid(transaction_uid):
        raise bad_request("The Transaction UID is no UID.")
    try:
        return ProcedureStepState(ds.text(asked, "ProcedureStepState")), transaction_uid
    except ValueError as error:
        raise bad_request(
            "Procedure Step State is SCHEDULED, IN PROGRESS, COMPLETED or CANCELED."
        ) from error


def check_transition(now: str, then: ProcedureStepState, owner: str, transaction_uid: str) -> str:
    """Table CC.1.1-2. Returns "" where the state changes, B304 or B306 where it is so already."""
    if then is ProcedureStepState.SCHEDULED:
        raise inconsistent("C303")
    if now == ProcedureStepState.SCHEDULED:
        if then is ProcedureStepState.IN_PROGRESS:
            return ""
        raise inconsistent("C310")
    if now == ProcedureStepState.IN_PROGRESS:
        if then is ProcedureStepState.IN_PROGRESS:
            raise conflict("C302", "The UPS is already IN PROGRESS.")
        if transaction_uid != owner:
            raise conflict("C301", "The Transaction UID is incorrect.")
        return ""
    if now != then:
        raise inconsistent("C300")
    if transaction_uid != owner:
        raise conflict("C301", "The Transaction UID is incorrect.")
    return "B306" if then is ProcedureStepState.COMPLETED else "B304"


def check_final(held: Mapping[str, Any], then: ProcedureStepState) -> None:
    """C304 unless the attributes of the final state are there (PS3.4 CC.2.5.1.1)."""
    outer: str
    inner: tuple[str, ...]
    if then is ProcedureStepState.COMPLETED:
        outer, inner = "UnifiedProcedureStepPerformedProcedureSequence", _PERFORMED
    elif then is ProcedureStepState.CANCELED:
        outer, inner = "ProcedureStepProgressInformationSequence", _CANCELLED
    else:
        return
    item = ds.first_item(held, outer)
    missing = [keyword for keyword in inner if not ds.values(item, keyword)]
    if missing:
        raise conflict(
            "C304",
            "The submitted request is inconsistent with the current state of the Target Workitem."
            f" Before {then.value} it must hold {', '.join(missing)}.",
        )


def replacement(uid: str, held: DataSet, now: str) -> DataSet:
    """A new task for one that was handed back: nothing returns to SCHEDULED (C303)."""
    dropped = (
        "ProcedureStepProgressInformationSequence",
        "UnifiedProcedureStepPerformedProcedureSequence",
        "SOPInstanceUID",
        "ProcedureStepState",
    )
    kept = {tag: entry for tag, entry in held.items() if tag not in map(ds.tag_of, dropped)}
    return kept | ds.data_set(
        ReplacedProcedureStepSequence=ds.data_set(
            ReferencedSOPClassUID=UPS_PUSH, ReferencedSOPInstanceUID=uid
        ),
        ScheduledProcedureStepStartDateTime=now,
    )


def cancellation(request: Mapping[str, Any], now: str) -> DataSet:
    """Progress information of a task that ends before anybody took it."""
    reason = ds.text(request, "ReasonForCancellation")
    codes = ds.items(request, "ProcedureStepDiscontinuationReasonCodeSequence")
    return ds.data_set(
        ProcedureStepProgressInformationSequence=ds.data_set(
            ProcedureStepCancellationDateTime=now,
            ProcedureStepDiscontinuationReasonCodeSequence=codes
            or ds.code("110513", "DCM", "Discontinued for unspecified reason"),
            ReasonForCancellation=reason or None,
        )
    )
