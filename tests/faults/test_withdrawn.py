"""A task that the site takes back while it is read, and one that is reported in two steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cases import retrieve, sign, site, study_of, task_in, workstation_at, write
from tests.faults.home import home_at
from tests.workflow.waiting import until
from workstation.domain.delivery import DeliveryState, DeliveryStep
from workstation.domain.errors import LeaseLost
from workstation.domain.reading_task import ProcedureStepState
from workstation.local_service.ingest import withdraw_task
from workstation.local_service.running import RunningService
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.service import ReadingService

WORDS = "Small nodule in the left lung."


@pytest.fixture
def running(fast_folder: Path) -> Iterator[RunningService]:
    with site(fast_folder, cases=2, slices=3) as made:
        yield made


def test_a_task_that_ends_while_it_is_read_keeps_the_report_and_delivery_says_why(
    running: RunningService, fast_folder: Path
) -> None:
    home = fast_folder / "home"
    manager = ReadingService(
        Endpoint("night", "Night site", running.url, BasicLogin("reader", "pw"))
    )
    try:
        with workstation_at(home, running) as bench:
            for case in (0, 1):
                retrieve(bench, case)
                write(bench, case, WORDS)
            task = task_in(bench, 0)
            lease = bench.claiming.lease(task.workitem_uid)
            assert lease is not None
            # The site wants it back, and the task ends without this workstation.
            withdraw_task(running.store, task.workitem_uid, "Sent twice")
            manager.hand_back(task.workitem_uid, lease.transaction_uid, "Sent twice", "wrong")
            bench.worklist.refresh(priors=False)
            assert task_in(bench, 0).state is ProcedureStepState.CANCELED
            with home_at(home, "nocturne.sqlite") as disk:
                kept = disk.drafts.load(study_of(0))
                assert kept is not None
                assert WORDS in str(kept.sections)
            sign(bench, 0)
            sign(bench, 1)
            bench.delivering.pump()
            lost, other = bench.delivering.entries()
            assert lost.state is DeliveryState.REFUSED
            assert lost.next_step is DeliveryStep.COMPLETE_TASK
            assert "canceled" in lost.problem_happened
            assert lost.problem_means
            assert lost.problem_remedy
            assert other.state is DeliveryState.DELIVERED
            bench.delivering.retry(lost.identifier)
            bench.delivering.pump()
            assert bench.delivering.entries()[0].state is DeliveryState.REFUSED
        with home_at(home, "nocturne.sqlite") as disk:
            (signed,) = disk.drafts.signed(study_of(0))
            assert WORDS in str(signed.sections)
            assert disk.outbox.entry(lost.identifier).objects[0].content
    finally:
        manager.close()


def test_a_site_that_wants_its_task_back_is_heard_and_the_reading_goes_on(
    running: RunningService, fast_folder: Path
) -> None:
    with workstation_at(fast_folder / "home", running) as bench:
        retrieve(bench, 0)
        write(bench, 0, WORDS)
        task = task_in(bench, 0)
        bench.worklist.start()
        try:

            def heard() -> bool:
                # Said again until the channel is open: a request is an event and nothing else.
                withdraw_task(running.store, task.workitem_uid, "Patient moved")
                return task_in(bench, 0).cancel_requested

            until(heard)
        finally:
            bench.worklist.stop()
        study = bench.opening.open(study_of(0))
        report = bench.reporting.open(task_in(bench, 0), study)
        marks = bench.measuring_for(study_of(0))
        context = bench.signing.context(task_in(bench, 0), study, marks, (), report.template)
        said = [
            each for each in bench.signing.check(report, context) if each.check == "task wanted"
        ]
        assert len(said) == 1
        assert WORDS in str(report.sections)
        sign(bench, 0)
        bench.delivering.pump()
        (entry,) = bench.delivering.entries()
        assert entry.state is DeliveryState.DELIVERED


def test_a_task_that_is_lost_cannot_be_handed_back_and_the_draft_stays(
    running: RunningService, fast_folder: Path
) -> None:
    with workstation_at(fast_folder / "home", running) as bench:
        retrieve(bench, 0)
        write(bench, 0, WORDS)
        task = task_in(bench, 0)
        lease = bench.claiming.lease(task.workitem_uid)
        assert lease is not None
        running.store.workitems._database.rows(
            "UPDATE workitems SET transaction_uid = '2.25.66' WHERE uid = ?", (task.workitem_uid,)
        )
        with pytest.raises(LeaseLost) as said:
            bench.claiming.hand_back(task.workitem_uid, "no time")
        assert said.value.remedy
        assert bench.claiming.lease(task.workitem_uid) is None
        report = bench.reporting.open(task, None)
        assert WORDS in str(report.sections)


def test_a_preliminary_report_keeps_the_task_for_the_final_one(
    running: RunningService, fast_folder: Path
) -> None:
    with workstation_at(fast_folder / "home", running) as bench:
        retrieve(bench, 0)
        write(bench, 0, WORDS)
        task = task_in(bench, 0)
        sign(bench, 0, preliminary=True)
        bench.delivering.pump()
        assert bench.delivering.entries()[0].state is DeliveryState.DELIVERED
        assert bench.claiming.lease(task.workitem_uid) is not None
        bench.worklist.refresh(priors=False)
        assert task_in(bench, 0).state is ProcedureStepState.IN_PROGRESS
        write(bench, 0, "The nodule is a vessel.")
        sign(bench, 0)
        bench.delivering.pump()
        assert [each.state for each in bench.delivering.entries()] == [DeliveryState.DELIVERED] * 2
        assert bench.claiming.lease(task.workitem_uid) is None
        bench.worklist.refresh(priors=False)
        assert task_in(bench, 0).state is ProcedureStepState.COMPLETED
