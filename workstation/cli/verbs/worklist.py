"""`nocturne worklist`: the reading tasks of all services."""

from __future__ import annotations

import argparse
from typing import Any

from workstation.cli import connecting
from workstation.workflow.worklist_rows import ServiceState, WorklistRow

HELP = "list the reading tasks of the services"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a service."""
    connecting.add_arguments(parser)


def run(arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Search once; refused when no service answers."""
    with connecting.desk(arguments) as desk:
        desk.worklist.refresh()
        connecting.require_an_answer(desk.worklist)
        rows, states = desk.worklist.rows(), desk.worklist.service_states()
    return (
        {"services": [_service(each) for each in states], "tasks": [_task(row) for row in rows]},
        "\n".join(
            [_line(row) for row in rows]
            + [f"{each.name}: {each.problem}" for each in states if each.problem]
        )
        or "No tasks.",
    )


def _service(state: ServiceState) -> dict[str, Any]:
    return {
        "id": state.id,
        "name": state.name,
        "reachable": state.reachable,
        "latency_ms": None if state.latency_ms is None else round(state.latency_ms, 1),
        "problem": state.problem,
    }


def _task(row: WorklistRow) -> dict[str, Any]:
    task = row.task
    return {
        "workitem_uid": task.workitem_uid,
        "service": task.service_id,
        "state": row.state.value,
        "owner": row.owner,
        "priority": task.priority.name,
        "deadline": task.deadline.isoformat() if task.deadline else None,
        "patient_id": task.patient.patient_id,
        "issuer_of_patient_id": task.patient.issuer_of_patient_id,
        "patient_name": task.patient.name.to_dicom(),
        "procedure": task.procedure,
        "modality": task.modality,
        "body_part": task.body_part,
        "reason": task.reason,
        "site": task.site,
        "accession_number": task.accession_number,
        "study_instance_uid": task.study_instance_uid,
        "instances_expected": row.expected,
        "instances_here": row.here,
        "priors": None
        if row.priors is None
        else [
            {
                "study_instance_uid": prior.study_instance_uid,
                "description": prior.description,
                "modalities": list(prior.modalities),
                "study_datetime": prior.study_datetime.isoformat()
                if prior.study_datetime
                else None,
                "instances": prior.instances,
            }
            for prior in row.priors
        ],
    }


def _line(row: WorklistRow) -> str:
    task = row.task
    due = task.deadline.astimezone().strftime("%d %b %H:%M") if task.deadline else "no deadline"
    images = f"{row.here}/{row.expected if row.expected is not None else '?'}"
    owner = f" by {row.owner}" if row.owner else ""
    return (
        f"{task.priority.name:8}{due:14}{task.modality:4}{task.procedure or 'unnamed procedure'}"
        f"  {task.patient.name.display}  {images} images  {row.state.value}{owner}"
        f"  {task.workitem_uid}"
    )
