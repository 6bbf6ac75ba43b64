"""Work items and who watches them: every change is one transaction, then an event.

A claim is a single compare-and-set in SQL: of any number of claimers, in any number of processes,
exactly one changes the row.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workstation.domain.clock import Clock
from workstation.domain.reading_task import ProcedureStepState
from workstation.local_service import data_sets as ds
from workstation.local_service import events, procedure_step
from workstation.local_service.answers import Refusal, not_found
from workstation.local_service.data_sets import DataSet
from workstation.local_service.database import Database
from workstation.local_service.matching import Query
from workstation.local_service.subscriptions import Subscriptions

#: Called with the application entities that watch, and the event report.
EventListener = Callable[[tuple[str, ...], DataSet], None]


@dataclass(frozen=True, slots=True)
class Created:
    """`modified` when the service filled something in (B300)."""

    uid: str
    modified: bool


class Workitems:
    """The worklist of the service."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._listeners: list[EventListener] = []
        self.subscriptions = Subscriptions(database)

    def listen(self, listener: EventListener) -> Callable[[], None]:
        """Hear every event, in the order of the changes; returns what ends it.

        Called inside the transaction's lock: a listener only hands the event on.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, uid: str, *reports: DataSet) -> None:
        watching = self.subscriptions.watching(uid)
        for listener in tuple(self._listeners):
            for report in reports:
                listener(watching, report)

    def _now(self) -> str:
        return ds.moment(self._clock())

    # -- reading --------------------------------------------------------------------------------

    def get(self, uid: str) -> DataSet:
        """The work item without its Transaction UID; Refusal 404."""
        return self._row(uid)[2]

    def _row(self, uid: str) -> tuple[str, str, DataSet, bool, bool]:
        rows = self._database.rows(
            "SELECT state, transaction_uid, attributes, own, cancel_requested"
            " FROM workitems WHERE uid = ?",
            (uid,),
        )
        if not rows:
            raise Refusal(404, "The Target Workitem was not found.", code="C307")
        state, owner, held, own, cancel_requested = rows[0]
        return state, owner, json.loads(held), bool(own), bool(cancel_requested)

    def search(self, query: Query) -> list[DataSet]:
        """Work items that match, in the order of their creation."""
        found: list[DataSet] = []
        skipped = 0
        for (held,) in self._database.rows("SELECT attributes FROM workitems ORDER BY sequence"):
            workitem = json.loads(held)
            if not query.matches(workitem):
                continue
            if skipped < query.offset:
                skipped += 1
                continue
            if len(found) >= query.limit:
                break
            found.append(workitem)
        return found

    def count(self) -> int:
        """All work items."""
        return int(self._database.rows("SELECT COUNT(*) FROM workitems")[0][0])

    def of_study(self, study_uid: str) -> tuple[str, ...]:
        """UIDs of the work items whose input is a study."""
        return tuple(
            ds.text(held, "SOPInstanceUID")
            for held in self.search(Query())
            if any(
                ds.text(item, "StudyInstanceUID") == study_uid
                for item in ds.items(held, "InputInformationSequence")
            )
        )

    # -- writing --------------------------------------------------------------------------------

    def create(self, asked: DataSet, uid: str = "", *, own: bool = False) -> Created:
        """N-CREATE. `own` marks tasks that the service itself manages and replaces."""
        uid, kept, modified = procedure_step.created(asked, uid, self._now())
        with self._database.change():
            made = self._database.run(
                "INSERT OR IGNORE INTO workitems"
                " SELECT ?, ?, '', ?, 0, ?, COALESCE(MAX(sequence), 0) + 1 FROM workitems",
                (uid, ProcedureStepState.SCHEDULED.value, own, _json(kept)),
            )
            if not made:
                raise Refusal(409, "The Workitem already exists.", code="0111")
            self.subscriptions.add_created(uid, kept)
            self._tell(uid, events.state(uid, kept), *_assignment({}, kept, uid))
        return Created(uid, modified)

    def update(self, uid: str, changes: DataSet, transaction_uid: str) -> None:
        """N-SET by whoever may: anybody while it waits, then its owner alone."""
        with self._database.change():
            state, owner, held, _, _ = self._row(uid)
            procedure_step.check_owner(state, owner, transaction_uid)
            after = procedure_step.updated(held, changes, self._now())
            self._database.run(
                "UPDATE workitems SET attributes = ? WHERE uid = ? AND state = ?"
                " AND transaction_uid = ?",
                (_json(after), uid, state, owner),
            )
            self._tell(uid, *_changes(held, after, uid))

    def change_state(self, uid: str, then: ProcedureStepState, transaction_uid: str) -> str:
        """N-ACTION Change UPS State. Returns "", or B304 or B306 where it was so already."""
        with self._database.change():
            now, owner, held, own, cancel_requested = self._row(uid)
            warning = procedure_step.check_transition(now, then, owner, transaction_uid)
            if warning:
                return warning
            procedure_step.check_final(held, then)
            after = held | ds.data_set(ProcedureStepState=then.value)
            won = self._database.run(
                "UPDATE workitems SET state = ?, transaction_uid = ?, attributes = ?"
                " WHERE uid = ? AND state = ? AND transaction_uid = ?",
                (then.value, transaction_uid, _json(after), uid, now, owner),
            )
            if not won:
                raise procedure_step.conflict("C302", "The UPS is already IN PROGRESS.")
            self._tell(uid, events.state(uid, after))
            handed_back = then is ProcedureStepState.CANCELED and own and not cancel_requested
            if handed_back:
                self.create(procedure_step.replacement(uid, held, self._now()), own=True)
        return ""

    def request_cancel(self, uid: str, request: DataSet, requester: str = "") -> str:
        """N-ACTION Request UPS Cancel. A task that waits ends at once (PS3.4 CC.2.2.3); the owner
        of one in progress is told and decides. Returns B304 where it has ended so already."""
        with self._database.change():
            state, owner, held, _, _ = self._row(uid)
            if state == ProcedureStepState.COMPLETED:
                raise procedure_step.conflict("C311", "The UPS is already COMPLETED.")
            if state == ProcedureStepState.CANCELED:
                return "B304"
            if state == ProcedureStepState.IN_PROGRESS:
                self._database.run(
                    "UPDATE workitems SET cancel_requested = 1 WHERE uid = ?", (uid,)
                )
                self._tell(uid, events.cancel_requested(uid, request, requester))
                return ""
            then = ProcedureStepState.CANCELED
            after = held | ds.data_set(ProcedureStepState=then.value)
            after |= procedure_step.cancellation(request, self._now())
            self._database.run(
                "UPDATE workitems SET state = ?, cancel_requested = 1, attributes = ?"
                " WHERE uid = ? AND state = ? AND transaction_uid = ?",
                (then.value, _json(dict(sorted(after.items()))), uid, state, owner),
            )
            self._tell(uid, events.state(uid, after))
        return ""

    # -- watching -------------------------------------------------------------------------------

    def subscribe(
        self, aet: str, scope: str, *, deletion_lock: bool, query: Query | None = None
    ) -> None:
        """Watch one work item, all, or those that match; each is reported at once as it is."""
        with self._database.change():
            if scope in self.subscriptions.SCOPES:
                everything = [
                    (ds.text(held, "SOPInstanceUID"), held) for held in self.search(Query())
                ]
                chosen = self.subscriptions.stand(
                    aet, scope, everything, deletion_lock=deletion_lock, query=query
                )
            else:
                chosen = [(scope, self.get(scope))]
                self.subscriptions.add(aet, scope, deletion_lock=deletion_lock)
            for uid, held in chosen:
                for listener in tuple(self._listeners):
                    listener((aet,), events.state(uid, held))

    def unsubscribe(self, aet: str, scope: str) -> None:
        """Watch no longer; Refusal 404 where there was no such subscription."""
        with self._database.change():
            if scope not in self.subscriptions.SCOPES:
                self.get(scope)
            if not self.subscriptions.remove(aet, scope):
                raise not_found("Target Subscription")

    def suspend(self, aet: str, scope: str) -> None:
        """Watch no new work items; those that are watched stay so."""
        with self._database.change():
            if not self.subscriptions.suspend(aet, scope):
                raise not_found("Target Subscription")


def _json(held: Any) -> str:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def _differs(before: DataSet, after: DataSet, keyword: str) -> bool:
    tag = ds.tag_of(keyword)
    return before.get(tag) != after.get(tag)


def _assignment(before: DataSet, after: DataSet, uid: str) -> list[DataSet]:
    keywords = ("ScheduledHumanPerformersSequence", "ScheduledStationNameCodeSequence")
    changed = any(_differs(before, after, keyword) for keyword in keywords)
    return [events.assigned(uid, after)] if changed else []


def _changes(before: DataSet, after: DataSet, uid: str) -> list[DataSet]:
    reports = []
    if _differs(before, after, "InputReadinessState"):
        reports.append(events.state(uid, after))
    if _differs(before, after, "ProcedureStepProgressInformationSequence"):
        reports.append(events.progress(uid, after))
    return [*reports, *_assignment(before, after, uid)]
