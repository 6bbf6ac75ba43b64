"""A site with small studies, and a whole workstation on it, for what goes wrong late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.dicom import make
from tests.faults.home import READER, typed
from tests.workflow.waiting import until
from workstation.bootstrap.assembly import assemble
from workstation.domain.delivery import OutboxEntry
from workstation.domain.reading_task import ReadingTask
from workstation.domain.study import RetrievalState
from workstation.local_service.ingest import serve_studies
from workstation.local_service.running import RunningService
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.settings import Home, Settings
from workstation.workflow.workbench import Workbench


def study_of(case: int) -> str:
    """The UID of a case's study."""
    return f"{make.ROOT}.20.{case}"


def write_studies(folder: Path, cases: int, slices: int) -> None:
    """CT studies of random 64 by 64 slices, each of another patient."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(7)
    for case in range(cases):
        for number in range(slices):
            pixels = chance.integers(0, 2000, (64, 64)).astype(np.int16)
            data = make.slice_of(
                number,
                2.0 * number,
                StudyInstanceUID=study_of(case),
                SeriesInstanceUID=f"{make.ROOT}.30.{case}",
                SOPInstanceUID=f"{make.ROOT}.40.{case}.{number}",
                PatientID=f"TEST-{case}",
                Rows=64,
                Columns=64,
                PixelData=pixels.tobytes(),
            )
            (folder / f"{case}-{number}.dcm").write_bytes(make.to_bytes(data))


@contextmanager
def site(folder: Path, cases: int, slices: int) -> Iterator[RunningService]:
    """A service with so many studies, each with its task."""
    source = folder / "source"
    write_studies(source, cases, slices)
    with RunningService(folder / "site", user="reader", password="pw") as running:
        assert len(serve_studies(running.store, source).workitems) == cases
        yield running


@contextmanager
def workstation_on(home: Path, endpoint: Endpoint) -> Iterator[Workbench]:
    """Everything but the windows, on one service; nothing runs by itself."""

    def unhandled(error: BaseException) -> None:
        raise AssertionError("a defect reached the last place") from error

    place = Home.at(home)
    with assemble(
        place,
        Settings(place.settings_file),
        [endpoint],
        reader=READER,
        unhandled=unhandled,
        background=False,
    ) as bench:
        yield bench


@contextmanager
def workstation_at(home: Path, running: RunningService) -> Iterator[Workbench]:
    """The same on the embedded service, its worklist searched once."""
    login = BasicLogin("reader", "pw")
    with workstation_on(home, Endpoint("night", "Night site", running.url, login)) as bench:
        bench.worklist.refresh(priors=False)
        yield bench


def task_in(bench: Workbench, case: int) -> ReadingTask:
    """The task of a case as the worklist has it."""
    return next(
        row.task for row in bench.worklist.rows() if row.task.study_instance_uid == study_of(case)
    )


def retrieve(bench: Workbench, case: int) -> None:
    """Claim, and have all images here."""
    task = task_in(bench, case)
    bench.claiming.claim(task)
    fetch(bench, task)


def fetch(bench: Workbench, task: ReadingTask) -> None:
    """All images of the task's study are here, by the service's own list."""
    bench.retrieving.start(task.service_id, task.study_instance_uid)

    def whole() -> bool:
        progress = bench.retrieving.progress(task.study_instance_uid)
        return progress is not None and progress.state is RetrievalState.COMPLETE

    until(whole, 60)


def write(bench: Workbench, case: int, findings: str) -> None:
    """A draft on the disk."""
    write_on(bench, task_in(bench, case), findings)


def write_on(bench: Workbench, task: ReadingTask, findings: str) -> None:
    """The same for a task that stands in no worklist."""
    report = bench.reporting.open(task, bench.opening.open(task.study_instance_uid))
    bench.reporting.edit(report.identifier, typed(report, findings, "No fracture."))
    bench.reporting.flush()


def sign(bench: Workbench, case: int, *, preliminary: bool = False) -> OutboxEntry:
    """Sign the draft as it is."""
    return sign_on(bench, task_in(bench, case), preliminary=preliminary)


def sign_on(bench: Workbench, task: ReadingTask, *, preliminary: bool = False) -> OutboxEntry:
    """The same for a task that stands in no worklist."""
    study = bench.opening.open(task.study_instance_uid)
    report = bench.reporting.open(task, study)
    marks = bench.measuring_for(task.study_instance_uid)
    context = bench.signing.context(task, study, marks, (), report.template)
    return bench.signing.sign(report, context, preliminary=preliminary, reader=bench.reader)
