"""Claiming: the Transaction UID is on the disk first, and survives a lost answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workstation.domain.errors import (
    LeaseLost,
    ReaderError,
    ServiceAnswerInvalid,
    ServiceUnreachable,
    TaskTaken,
)
from workstation.domain.identity import PersonName, Reader
from workstation.domain.reading_task import InputReadiness, Lease, Performer, ReadingTask
from workstation.workflow.claiming import Claiming

READER = Reader("VIDAL", PersonName("Vidal^A"))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
TASK = ReadingTask("1.2.3", "night", "1.2.4")


class MemoryLeases:
    def __init__(self) -> None:
        self.held: dict[str, Lease] = {}

    def save(self, lease: Lease) -> None:
        self.held[lease.workitem_uid] = lease

    def load(self, workitem_uid: str) -> Lease | None:
        return self.held.get(workitem_uid)

    def discard(self, workitem_uid: str) -> None:
        self.held.pop(workitem_uid, None)

    def all(self) -> tuple[Lease, ...]:
        return tuple(self.held.values())


class Site:
    """Fails with the errors it is given, one a call, and notes the UIDs it saw."""

    service_id = "night"

    def __init__(self, leases: MemoryLeases, *errors: ReaderError | None) -> None:
        self.leases, self.errors = leases, list(errors)
        self.seen: list[str] = []

    def _answer(self, workitem_uid: str, transaction_uid: str) -> None:
        lease = self.leases.load(workitem_uid)
        assert lease is not None, "the service hears of a transaction that is not on the disk"
        assert lease.transaction_uid == transaction_uid
        self.seen.append(transaction_uid)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error

    def claim(self, task: ReadingTask, reader: Reader, transaction_uid: str) -> None:
        self._answer(task.workitem_uid, transaction_uid)

    def hand_back(
        self, workitem_uid: str, transaction_uid: str, reason_text: str, reason_code: str
    ) -> None:
        self._answer(workitem_uid, transaction_uid)


def claiming(*errors: ReaderError | None) -> tuple[Claiming, Site, MemoryLeases]:
    leases = MemoryLeases()
    site = Site(leases, *errors)
    return Claiming([site], leases, READER, lambda: NOW), site, leases


def test_a_claim_gives_a_lease() -> None:
    made, _, leases = claiming()
    told: list[str] = []
    made.listen(told.append)
    lease = made.claim(TASK)
    assert lease.claimed_at == NOW
    assert leases.load("1.2.3") == lease
    assert told == ["1.2.3"]


def test_after_a_lost_answer_the_same_transaction_is_used_again() -> None:
    made, site, _ = claiming(ServiceUnreachable("The link broke."), None)
    with pytest.raises(ServiceUnreachable):
        made.claim(TASK)
    made.claim(TASK)
    assert len(set(site.seen)) == 1


def test_a_task_that_somebody_else_took_leaves_no_lease() -> None:
    made, _, leases = claiming(TaskTaken("Taken.", owner="OSEI, B"))
    with pytest.raises(TaskTaken):
        made.claim(TASK)
    assert leases.all() == ()


@pytest.mark.parametrize(
    ("task", "error"),
    [
        (
            ReadingTask("1.2.3", "night", "1.2.4", scheduled_performer=Performer("OSEI")),
            TaskTaken,
        ),
        (
            ReadingTask("1.2.3", "night", "1.2.4", readiness=InputReadiness.INCOMPLETE),
            ServiceAnswerInvalid,
        ),
        (ReadingTask("1.2.3", "gone", "1.2.4"), ServiceUnreachable),
    ],
)
def test_what_may_not_be_claimed_is_not_asked_for(
    task: ReadingTask, error: type[ReaderError]
) -> None:
    made, site, leases = claiming()
    with pytest.raises(error):
        made.claim(task)
    assert site.seen == []
    assert leases.all() == ()


def test_a_task_assigned_to_this_reader_is_claimed() -> None:
    made, _, _ = claiming()
    made.claim(ReadingTask("1.2.3", "night", "1.2.4", scheduled_performer=Performer("VIDAL")))


def test_handing_back_forgets_the_lease_and_a_broken_link_keeps_it() -> None:
    made, _, leases = claiming(None, ServiceUnreachable("The link broke."), None)
    made.claim(TASK)
    with pytest.raises(ServiceUnreachable):
        made.hand_back("1.2.3", "not my field")
    assert made.lease("1.2.3") is not None
    made.hand_back("1.2.3", "not my field")
    assert leases.all() == ()


def test_what_is_not_ours_cannot_be_handed_back() -> None:
    made, _, _ = claiming(None, LeaseLost("Another reader holds it."))
    with pytest.raises(LeaseLost):
        made.hand_back("1.2.3", "")
    made.claim(TASK)
    with pytest.raises(LeaseLost):
        made.hand_back("1.2.3", "")
    assert made.lease("1.2.3") is None
