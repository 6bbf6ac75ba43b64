"""Event reports of the Unified Procedure Step service (PS3.4 Table CC.2.4-1) as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from workstation.local_service import data_sets as ds
from workstation.local_service.data_sets import DataSet

UPS_EVENT_CLASS = "1.2.840.10008.5.1.4.34.6.4"
N_EVENT_REPORT = 0x0100


class EventType(IntEnum):
    """Event Type ID (0000,1002)."""

    STATE = 1
    CANCEL_REQUESTED = 2
    PROGRESS = 3
    SERVICE = 4
    ASSIGNED = 5


def _report(kind: EventType, uid: str, held: Mapping[str, Any]) -> DataSet:
    return ds.data_set(
        AffectedSOPClassUID=UPS_EVENT_CLASS,
        CommandField=N_EVENT_REPORT,
        AffectedSOPInstanceUID=uid,
        EventTypeID=int(kind),
    ) | dict(sorted(held.items()))


def _taken(held: Mapping[str, Any], *keywords: str) -> DataSet:
    tags = map(ds.tag_of, keywords)
    return {tag: held[tag] for tag in tags if tag in held}


def state(uid: str, workitem: Mapping[str, Any]) -> DataSet:
    """The state as it is now, with the reason of a cancellation."""
    progress = ds.first_item(workitem, "ProcedureStepProgressInformationSequence")
    held = _taken(workitem, "ProcedureStepState", "InputReadinessState")
    if ds.text(workitem, "ProcedureStepState") == "CANCELED":
        held |= _taken(
            progress, "ReasonForCancellation", "ProcedureStepDiscontinuationReasonCodeSequence"
        )
    return _report(EventType.STATE, uid, held)


def cancel_requested(uid: str, request: Mapping[str, Any], requester: str) -> DataSet:
    """Somebody who does not own it asks for an end; why, and whom to talk to."""
    held = _taken(
        request,
        "ReasonForCancellation",
        "ProcedureStepDiscontinuationReasonCodeSequence",
        "ContactURI",
        "ContactDisplayName",
    )
    return _report(
        EventType.CANCEL_REQUESTED, uid, held | ds.data_set(RequestingAE=requester or "UNKNOWN")
    )


def progress(uid: str, workitem: Mapping[str, Any]) -> DataSet:
    """How far the performer is."""
    held = _taken(workitem, "ProcedureStepProgressInformationSequence")
    return _report(EventType.PROGRESS, uid, held)


def assigned(uid: str, workitem: Mapping[str, Any]) -> DataSet:
    """To whom, or to which station, it is scheduled now."""
    performer = ds.first_item(workitem, "ScheduledHumanPerformersSequence")
    held = _taken(workitem, "ScheduledStationNameCodeSequence")
    held |= _taken(performer, "HumanPerformerCodeSequence", "HumanPerformerOrganization")
    return _report(EventType.ASSIGNED, uid, held)


def service(status: str) -> DataSet:
    """The service begins or ends: RESTARTED or GOING DOWN. Both lists survive it."""
    return _report(
        EventType.SERVICE,
        "1.2.840.10008.5.1.4.34.5",
        ds.data_set(
            SCPStatus=status,
            SubscriptionListStatus="WARM START",
            UnifiedProcedureStepListStatus="WARM START",
        ),
    )
