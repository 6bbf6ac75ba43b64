"""The worklist: what a row says, live and without the link."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.workflow.waiting import until
from workstation.domain.delivery import DeliveryState, DeliveryStep, OutboxEntry
from workstation.domain.errors import (
    LoginRefused,
    NotFoundOnService,
    ServiceUnreachable,
    StoreDamaged,
)
from workstation.domain.identity import PersonName, Reader
from workstation.domain.reading_task import (
    InputReadiness,
    Lease,
    Performer,
    Priority,
    PriorStudy,
    ProcedureStepState,
    ReadingTask,
    TaskEvent,
    TaskEventKind,
)
from workstation.workflow.composing import Known, compose, row_state
from workstation.workflow.jobs import CancelToken
from workstation.workflow.worklist import RowState, Worklist

READER = Reader("VIDAL", PersonName("Vidal^A"))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
DELIVERIES = list(DeliveryState)


def task(number: int = 1, **changes: Any) -> ReadingTask:
    return ReadingTask(f"1.2.{number}", "night", f"1.3.{number}", **changes)


def entry(number: int, state: DeliveryState) -> OutboxEntry:
    return OutboxEntry(
        identifier=f"e{number}",
        report_identifier="r",
        service_id="night",
        workitem_uid=f"1.2.{number}",
        transaction_uid="1.4",
        study_instance_uid=f"1.3.{number}",
        patient_display="",
        patient_id="",
        procedure="",
        site="",
        signed_at=NOW,
        signed_by="",
        preliminary=False,
        state=state,
        next_step=DeliveryStep.STORE,
        objects=(),
    )


@dataclass(frozen=True)
class Studies:
    instances_expected: int | None = 212
    priors: tuple[PriorStudy, ...] = (PriorStudy("1.9", NOW, ("CT",), "CT head", 30),)


@dataclass
class Site:
    service_id: str = "night"
    name: str = "Night site"
    tasks: list[ReadingTask] = field(default_factory=lambda: [task()])
    finished: dict[str, ReadingTask] = field(default_factory=dict)
    error: Exception | None = None
    searches: int = 0
    gets: int = 0
    emit: Callable[[TaskEvent], None] | None = None

    def search(self, cancel: CancelToken | None = None) -> list[ReadingTask]:
        self.searches += 1
        if self.error is not None:
            raise self.error
        return list(self.tasks)

    def get(self, workitem_uid: str) -> ReadingTask:
        self.gets += 1
        if workitem_uid in self.finished:
            return self.finished[workitem_uid]
        raise NotFoundOnService("Gone.")

    def studies_of(self, task: ReadingTask, cancel: CancelToken | None = None) -> Studies:
        return Studies()

    def watch(self, on_event: Callable[[TaskEvent], None], cancel: CancelToken) -> None:
        self.emit = on_event
        on_event(TaskEvent(TaskEventKind.CHANNEL_OPEN))
        while not cancel.wait(0.01):
            pass


class Disk:
    """All the views at once."""

    def __init__(self) -> None:
        self.tasks: dict[str, tuple[ReadingTask, ...]] = {}
        self.counts: dict[str, int] = {}
        self.drafts: dict[str, datetime] = {}
        self.outbox: list[OutboxEntry] = []
        self.leases: list[Lease] = []

    def replace(self, service_id: str, tasks: Iterable[ReadingTask]) -> None:
        self.tasks[service_id] = tuple(tasks)

    def load(self, service_id: str = "") -> tuple[ReadingTask, ...]:
        return self.tasks.get(service_id, ())

    def count(self, study_uid: str) -> int:
        return self.counts.get(study_uid, 0)

    def saved_times(self) -> dict[str, datetime]:
        return dict(self.drafts)

    def entries(self) -> list[OutboxEntry]:
        return list(self.outbox)

    def all(self) -> list[Lease]:
        return list(self.leases)


def worklist(site: Site, disk: Disk, **options: Any) -> Worklist:
    return Worklist(
        [site],
        seen=disk,
        images=disk,
        drafts=disk,
        deliveries=disk,
        leases=disk,
        reader=READER,
        clock=lambda: NOW,
        **options,
    )


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def live(site: Site, disk: Disk) -> Iterator[Worklist]:
    made = worklist(site, disk)
    made.start()
    yield made
    made.stop()


MINE = Lease("1.2.1", "night", "2.25.1", NOW)
IN_PROGRESS = ProcedureStepState.IN_PROGRESS


@pytest.mark.parametrize(
    ("held", "known", "state", "owner"),
    [
        (task(), {}, RowState.FREE, ""),
        (task(), {"reachable": frozenset()}, RowState.OFFLINE_ONLY, ""),
        (task(readiness=InputReadiness.INCOMPLETE), {}, RowState.INCOMPLETE, ""),
        (
            task(scheduled_performer=Performer("OSEI", PersonName("Osei^B"))),
            {},
            RowState.TAKEN,
            "OSEI, B",
        ),
        (task(scheduled_performer=Performer("VIDAL")), {}, RowState.FREE, ""),
        (task(state=IN_PROGRESS), {}, RowState.TAKEN, "another reader"),
        (task(state=IN_PROGRESS), {"leases": {"1.2.1": MINE}}, RowState.MINE, "VIDAL, A"),
        (
            task(state=IN_PROGRESS, actual_performer=Performer("OSEI", PersonName("Osei^B"))),
            {"leases": {"1.2.1": MINE}},
            RowState.TAKEN,
            "OSEI, B",
        ),
        (
            task(state=IN_PROGRESS),
            {"leases": {"1.2.1": MINE}, "draft_times": {"1.3.1": NOW}},
            RowState.DRAFT,
            "VIDAL, A",
        ),
        (task(), {"draft_times": {"1.3.1": NOW}}, RowState.DRAFT, ""),
        (task(state=ProcedureStepState.CANCELED), {}, RowState.WITHDRAWN, ""),
        (
            task(state=IN_PROGRESS),
            {"leases": {"1.2.1": MINE}, "deliveries": {"1.2.1": DeliveryState.REFUSED}},
            RowState.SIGNED,
            "",
        ),
        (
            task(state=ProcedureStepState.COMPLETED),
            {"deliveries": {"1.2.1": DeliveryState.DELIVERED}},
            RowState.DELIVERED,
            "",
        ),
    ],
)
def test_a_row_says_who_has_the_task(
    held: ReadingTask, known: dict[str, Any], state: RowState, owner: str
) -> None:
    full = Known(READER, **({"reachable": frozenset({"night"})} | known))
    assert row_state(held, full) == (state, owner)


def test_rows_stand_in_reading_order_with_counts_and_priors(site: Site, disk: Disk) -> None:
    site.tasks = [
        task(1, deadline=NOW + timedelta(hours=1)),
        task(2, priority=Priority.STAT),
        task(3, deadline=NOW),
    ]
    disk.counts["1.3.1"] = 12
    made = worklist(site, disk)
    made.refresh(CancelToken())
    rows = made.rows()
    assert [row.task.workitem_uid for row in rows] == ["1.2.2", "1.2.3", "1.2.1"]
    assert (rows[2].here, rows[2].expected) == (12, 212)
    assert rows[0].priors == Studies().priors
    state = made.service_states()[0]
    assert state.reachable
    assert state.since == NOW


def test_without_the_link_the_list_comes_from_the_disk(site: Site, disk: Disk) -> None:
    worklist(site, disk).refresh()
    site.error = ServiceUnreachable("Night site cannot be reached.")
    again = worklist(site, disk)
    assert [row.state for row in again.rows()] == [RowState.OFFLINE_ONLY]
    again.refresh()
    assert [row.task.workitem_uid for row in again.rows()] == ["1.2.1"]
    state = again.service_states()[0]
    assert not state.reachable
    assert "cannot be reached" in state.problem


def test_a_task_with_our_work_stays_when_the_service_drops_it(site: Site, disk: Disk) -> None:
    made = worklist(site, disk)
    site.tasks = [task(1), task(2)]
    made.refresh()
    disk.drafts["1.3.1"] = NOW
    site.tasks = []
    site.finished["1.2.1"] = task(1, state=ProcedureStepState.CANCELED)
    made.refresh()
    assert [(row.task.workitem_uid, row.state) for row in made.rows()] == [
        ("1.2.1", RowState.WITHDRAWN)
    ]
    asked = site.gets
    made.refresh()
    assert site.gets == asked, "a task in its final state is asked for again"


def test_an_urgent_task_that_comes_later_is_new_until_it_is_seen(site: Site, disk: Disk) -> None:
    made = worklist(site, disk)
    made.refresh()
    site.tasks += [task(2, priority=Priority.STAT), task(3)]
    made.refresh()
    assert [row.task.workitem_uid for row in made.rows() if row.new] == ["1.2.2"]
    made.acknowledge("1.2.2")
    made.refresh()
    assert not any(row.new for row in made.rows())


def test_an_event_brings_a_search_and_a_cancel_request_is_shown(site: Site, live: Worklist) -> None:
    until(lambda: live.rows() and site.emit)
    told = threading.Event()
    live.listen(told.set)
    site.tasks = [task(1), task(2)]
    assert site.emit is not None
    site.emit(TaskEvent(TaskEventKind.CANCEL_REQUESTED, "1.2.1"))
    until(lambda: len(live.rows()) == 2)
    until(lambda: live.rows()[0].task.cancel_requested)
    assert told.wait(60)


def test_a_damaged_list_of_seen_tasks_is_said_and_the_service_is_asked(
    site: Site, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(service_id: str = "") -> tuple[ReadingTask, ...]:
        raise StoreDamaged("The list as last seen is damaged.", remedy="Refresh the worklist.")

    monkeypatch.setattr(disk, "load", damaged)
    made = worklist(site, disk)
    assert made.rows() == ()
    assert "damaged" in made.service_states()[0].problem
    made.refresh()
    assert len(made.rows()) == 1
    assert made.service_states()[0].problem == ""


def test_a_refused_login_is_not_tried_again_by_itself(site: Site, live: Worklist) -> None:
    until(lambda: live.rows() and site.emit)
    site.error = LoginRefused("The login was refused.")
    live.try_now()
    until(lambda: live.service_states()[0].problem)
    before = site.searches
    site.error = None
    live.changed()
    assert site.searches == before
    live.try_now()
    until(lambda: live.service_states()[0].reachable)


def test_what_others_change_is_seen_without_a_search(
    site: Site, disk: Disk, live: Worklist
) -> None:
    until(lambda: live.rows() and live.rows()[0].priors is not None)
    disk.counts["1.3.1"] = 5
    live.changed("1.3.1")
    until(lambda: live.rows()[0].here == 5)


class ListMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order: no task of ours is lost from the list, none is twice."""

    def __init__(self) -> None:
        super().__init__()
        self.site, self.disk = Site(tasks=[]), Disk()
        self.list = worklist(self.site, self.disk)

    @rule(number=st.integers(1, 4), priority=st.sampled_from(list(Priority)))
    def site_adds(self, number: int, priority: Priority) -> None:
        if all(each.workitem_uid != f"1.2.{number}" for each in self.site.tasks):
            self.site.tasks.append(task(number, priority=priority))

    @rule(number=st.integers(1, 4))
    def site_drops(self, number: int) -> None:
        self.site.tasks = [each for each in self.site.tasks if each.workitem_uid != f"1.2.{number}"]

    @rule(number=st.integers(1, 4))
    def reader_drafts(self, number: int) -> None:
        if any(row.task.workitem_uid == f"1.2.{number}" for row in self.list.rows()):
            self.disk.drafts[f"1.3.{number}"] = NOW

    @rule(number=st.integers(1, 4), state=st.sampled_from(DELIVERIES))
    def reader_signs(self, number: int, state: DeliveryState) -> None:
        if self.disk.drafts.pop(f"1.3.{number}", None):
            self.disk.outbox.append(entry(number, state))

    @rule(down=st.booleans())
    def link(self, down: bool) -> None:
        self.site.error = ServiceUnreachable("No link.") if down else None

    @rule()
    def refresh(self) -> None:
        self.list.refresh()

    @rule()
    def restart(self) -> None:
        self.list = worklist(self.site, self.disk)

    @invariant()
    def our_work_is_in_the_list(self) -> None:
        uids = [row.task.workitem_uid for row in self.list.rows()]
        assert len(uids) == len(set(uids))
        for study in self.disk.drafts:
            assert study.replace("1.3.", "1.2.") in uids
        for each in self.disk.outbox:
            assert each.workitem_uid in uids


ListMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestListMachine = ListMachine.TestCase


def test_a_retrieval_in_progress_tells_how_many_are_expected() -> None:
    from workstation.domain.study import RetrievalProgress, RetrievalState, SeriesProgress

    progress = RetrievalProgress(
        "1.3.1", RetrievalState.FETCHING, (SeriesProgress("1", "", "CT", 3, 9),)
    )
    held = replace(task(), instances_expected=200)
    rows = compose([held], Known(READER, retrievals={"1.3.1": progress}))
    assert rows[0].expected == 9
