"""The workstation and the verb `deliver` beside it send the same outbox: one report arrives."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults import cases
from workstation.domain.delivery import DeliveryState
from workstation.domain.reading_task import ProcedureStepState
from workstation.workflow.workbench import Workbench

CASES = 6


def test_two_senders_on_one_outbox_deliver_each_report_once(fast_folder: Path) -> None:
    home = fast_folder / "home"
    start = threading.Barrier(2)

    def send(bench: Workbench) -> None:
        start.wait(30)
        bench.delivering.recover()
        for _ in range(CASES):
            bench.delivering.pump()

    with (
        cases.site(fast_folder, CASES, 1) as site,
        cases.workstation_at(home, site) as desk,
        cases.workstation_at(home, site) as verb,
    ):
        for case in range(CASES):
            cases.retrieve(desk, case)
            cases.write(desk, case, f"Report of case {case}.")
            cases.sign(desk, case)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(send, (desk, verb)))
        desk.delivering.pump()
        states = {each.state for each in desk.delivering.entries()}
        assert states == {DeliveryState.DELIVERED}
        desk.worklist.refresh(priors=False)
        for case in range(CASES):
            stored = site.store.objects.instances(cases.study_of(case))
            assert len([each for each in stored if ".88." in each.class_uid]) == 1
            assert cases.task_in(desk, case).state is ProcedureStepState.COMPLETED
        assert desk.claiming.leases() == ()
