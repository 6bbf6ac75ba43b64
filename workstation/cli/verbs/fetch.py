"""`nocturne fetch TASK`: the images of one task onto this disk."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from workstation.cli import connecting
from workstation.domain.errors import (
    NotFoundOnService,
    ReaderError,
    ServiceAnswerInvalid,
    ServiceUnreachable,
)
from workstation.domain.identity import is_uid
from workstation.domain.study import RetrievalProgress, RetrievalState

if TYPE_CHECKING:
    from workstation.workflow.retrieving import Retrieving

HELP = "fetch the images of a task onto this disk"

#: Progress is written at most this often, seconds.
EVERY = 0.25
_ENDED = {RetrievalState.COMPLETE, RetrievalState.INCOMPLETE, RetrievalState.PAUSED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The task, and the options of a service."""
    parser.add_argument("task", metavar="TASK", help="UID of a task or study, or accession number")
    parser.add_argument(
        "--patience",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="give up when nothing has arrived for so long (default 60)",
    )
    connecting.add_arguments(parser)


def run(arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Fetch and wait; refused when the study is not whole at the end. What arrived stays."""
    from workstation.workflow.retrieving import Retrieving

    began = time.monotonic()
    with connecting.desk(arguments) as desk:
        service_id, study_uid = _find(desk, arguments.task)
        retrieving = Retrieving(desk.services, desk.store, parallel=desk.parallel)
        try:
            progress = _wait(retrieving, service_id, study_uid, arguments.patience)
        finally:
            retrieving.stop()
    if progress.state is not RetrievalState.COMPLETE:
        raise ServiceAnswerInvalid(
            progress.problem or "The study is not whole.",
            means=f"{progress.received} of {progress.expected} images are on this disk.",
            remedy="Run the same command again: it goes on where it stopped.",
        )
    seconds = time.monotonic() - began
    document = {
        "study_instance_uid": study_uid,
        "service": service_id,
        "received": progress.received,
        "expected": progress.expected,
        "verified": progress.verified,
        "seconds": round(seconds, 3),
        "series": [
            {
                "series_instance_uid": each.series_instance_uid,
                "description": each.description,
                "modality": each.modality,
                "received": each.received,
                "expected": each.expected,
            }
            for each in progress.series
        ],
    }
    return document, f"{progress.received} images of study {study_uid} are on this disk."


def _find(desk: connecting.Desk, wanted: str) -> tuple[str, str]:
    """(service, study) of a task that is named by its UID, its study or its accession number."""
    desk.worklist.refresh(priors=False)
    for row in desk.worklist.rows():
        task = row.task
        named = {task.workitem_uid, task.study_instance_uid, task.accession_number}
        if wanted in named and wanted:
            return task.service_id, task.study_instance_uid
    if is_uid(wanted):
        if held := desk.store.count(wanted):
            print(f"{held} images of this study are here already.", file=sys.stderr)
        for service in desk.services:
            try:
                service.manifest(wanted)
            except ReaderError:
                # The sentence of the worklist below says why nothing was found.
                continue
            return service.service_id, wanted
    connecting.require_an_answer(desk.worklist)
    raise NotFoundOnService(
        f"No service has a task or a study named {wanted}.",
        remedy="nocturne worklist lists the tasks there are.",
    )


def _wait(
    retrieving: Retrieving, service_id: str, study_uid: str, patience: float
) -> RetrievalProgress:
    moved = threading.Event()
    end = retrieving.listen(lambda _study: moved.set())
    retrieving.start(service_id, study_uid, urgent=True)
    received, since, shown = -1, time.monotonic(), 0.0
    try:
        while True:
            progress = retrieving.progress(study_uid)
            if progress is None:
                raise NotFoundOnService("The study was not started.")
            now = time.monotonic()
            if progress.received != received:
                received, since = progress.received, now
            if progress.state in _ENDED or now - shown >= EVERY:
                _show(progress)
                shown = now
            if progress.state in _ENDED:
                return progress
            if now - since > patience:
                raise ServiceUnreachable(
                    progress.problem or f"Nothing arrived for {patience:.0f} seconds.",
                    means=f"{progress.received} of {progress.expected} images are on this disk.",
                    remedy="Run the same command again: it goes on where it stopped.",
                )
            moved.wait(EVERY)
            moved.clear()
    finally:
        end()


def _show(progress: RetrievalProgress) -> None:
    rate = progress.bytes_per_second / 1_000_000
    print(
        f"{progress.received} of {progress.expected} images  {rate:.1f} MB/s"
        f"  {progress.problem or progress.state.value}",
        file=sys.stderr,
    )
