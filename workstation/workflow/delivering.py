"""Delivering: stored, read back, task completed, done; each step once, each with its receipt.

The bytes were fixed when the report was signed. Whatever happens, the same bytes under the same UID
are sent again, so that exactly one report is stored.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from workstation.domain.clock import Clock
from workstation.domain.delivery import (
    CompletionRecord,
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
    OutputReference,
    Receipt,
)
from workstation.domain.errors import (
    Cancelled,
    CertificateRefused,
    DeliveryRefused,
    DiskFull,
    LeaseLost,
    LoginRefused,
    NotFoundOnService,
    ReaderError,
    ServiceAnswerInvalid,
    ServiceUnreachable,
    StateRefused,
)
from workstation.domain.identity import Reader
from workstation.domain.reading_task import Lease, ProcedureStepState, ReadingTask
from workstation.domain.report import Version


class ReportSink(Protocol):
    """Where reports are stored, and the task that asked for them."""

    def store(self, study_uid: str, objects: Sequence[OutgoingObject]) -> None:
        """Returns only when the service says of each object that it is stored."""
        ...

    def read_back(self, study_uid: str, item: OutgoingObject) -> bytes:
        """What the service has under the object's UID."""
        ...

    def complete(self, workitem_uid: str, transaction_uid: str, record: CompletionRecord) -> None:
        """List the outputs and set the task to COMPLETED; LeaseLost where it is not ours."""
        ...

    def get(self, workitem_uid: str) -> ReadingTask:
        """The task as it is now."""
        ...


class OutboxStore(Protocol):
    """The outbox on this disk."""

    def entries(self) -> tuple[OutboxEntry, ...]:
        """All, oldest first, without bytes."""
        ...

    def entry(self, identifier: str) -> OutboxEntry:
        """One, with its bytes."""
        ...

    def move(self, identifier: str, state: DeliveryState) -> None:
        """Change the state."""
        ...

    def receipt(self, identifier: str, receipt: Receipt) -> None:
        """Write the proof of a step and go to the next."""
        ...

    def postpone(
        self,
        identifier: str,
        error: ReaderError,
        *,
        state: DeliveryState,
        next_attempt_at: datetime | None,
    ) -> None:
        """Write why it did not go on."""
        ...

    def recover(self) -> None:
        """What was being sent when the program died waits again."""
        ...


class LeaseBook(Protocol):
    """Leases on tasks."""

    def lease(self, workitem_uid: str) -> Lease | None:
        """The lease on a task."""
        ...

    def forget(self, workitem_uid: str) -> None:
        """The task is done."""
        ...


#: Worth another try by itself; everything else waits for the reader.
_PASSING = (ServiceUnreachable, ServiceAnswerInvalid, DiskFull, Cancelled)
#: Comes right when the reader corrects the settings; asking again before that locks accounts.
_UNTIL_CORRECTED = (LoginRefused, CertificateRefused)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)


class Delivering:
    """Pumps the outbox. `start` begins a thread; `pump` does one round on the caller's thread."""

    def __init__(
        self,
        outbox: OutboxStore,
        sinks: Mapping[str, ReportSink],
        leases: LeaseBook,
        *,
        reader: Reader,
        clock: Clock,
        same_content: Callable[[bytes, bytes], bool],
        series_of: Callable[[bytes], str],
        unhandled: Callable[[BaseException], None],
        poll_seconds: float = 2.0,
        audit: Callable[[str, str], None] = lambda _event, _subject: None,
    ) -> None:
        self._audit = audit
        self._outbox = outbox
        self._sinks = sinks
        self._leases = leases
        self._reader = reader
        self._clock = clock
        self._same_content = same_content
        self._series_of = series_of
        self._unhandled = unhandled
        self._poll = poll_seconds
        self._listeners: list[Callable[[], None]] = []
        self._wake = threading.Condition()
        self._urgent: set[str] = set()
        #: services that refused the login or whose certificate failed, and when
        self._shut: dict[str, datetime] = {}
        self._asked = False
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._pumping = threading.Lock()
        self._problem: ReaderError | None = None

    # -- what the windows ask ----------------------------------------------------------------

    def entries(self) -> tuple[OutboxEntry, ...]:
        """All deliveries, oldest first. What this disk refuses stands with each that waits."""
        found, problem = self._outbox.entries(), self._problem
        if problem is None:
            return found
        return tuple(
            each
            if each.state is DeliveryState.DELIVERED
            else replace(
                each,
                problem_happened=problem.happened,
                problem_means=problem.means,
                problem_remedy=problem.remedy,
            )
            for each in found
        )

    def retry(self, identifier: str) -> None:
        """Try one again at once, also a refused one."""
        entry = next((e for e in self.entries() if e.identifier == identifier), None)
        if entry is not None and entry.state is DeliveryState.REFUSED:
            self._outbox.move(identifier, DeliveryState.WAITING)
        with self._wake:
            self._urgent.add(identifier)
        self.wake()

    def send_all_now(self) -> None:
        """Try everything that waits at once."""
        waiting = {e.identifier for e in self.entries() if e.state is DeliveryState.WAITING}
        with self._wake:
            self._urgent |= waiting
        self.wake()

    def answers(self, service_id: str, since: datetime) -> None:
        """The service has accepted the login since then: what it had refused before is due."""
        with self._wake:
            refused = self._shut.get(service_id)
            if refused is None or since <= refused:
                return
            del self._shut[service_id]
        self.wake()

    def wake(self) -> None:
        """Something was signed, or the link is back."""
        with self._wake:
            self._asked = True
            self._wake.notify_all()
        self._changed()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told of changes, on the pump's thread."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    # -- the pump ----------------------------------------------------------------------------

    def recover(self) -> None:
        """After a start: what was being sent when the program died waits again."""
        self._outbox.recover()

    def start(self) -> None:
        """Begin to pump in the background."""
        self.recover()
        self._thread = threading.Thread(target=self._run, name="delivering", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the step under way."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(30)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping:
            try:
                self.pump()
            except ReaderError:
                # The outbox could not be written: `pump` has noted why, and it is tried again.
                self._changed()
            except BaseException as error:  # noqa: BLE001 - a defect is shown, the outbox stays
                self._unhandled(error)
            with self._wake:
                if not self._asked and not self._stopping:
                    self._wake.wait(self._poll)
                self._asked = False

    def pump(self) -> int:
        """Take every due delivery as far as it goes; returns how many were tried.

        Raises what this disk says where the outbox cannot be written.
        """
        try:
            tried = self._pump()
        except ReaderError as error:
            self._problem = error
            raise
        self._problem = None
        return tried

    def _pump(self) -> int:
        tried = 0
        with self._pumping:
            if any(each.state is DeliveryState.SENDING for each in self._outbox.entries()):
                # Nothing is being sent now: a full disk kept its outcome from being written.
                self._outbox.recover()
            waiting: set[str] = set()
            for entry in self._outbox.entries():
                if self._stopping:
                    break
                # What follows on a report is sent after it: the site takes the newest for the
                # one that counts.
                if entry.study_instance_uid not in waiting and self._due(entry):
                    tried += 1
                    self._deliver(entry.identifier)
                    entry = self._outbox.entry(entry.identifier)
                if entry.state in (DeliveryState.WAITING, DeliveryState.SENDING):
                    waiting.add(entry.study_instance_uid)
        return tried

    def _due(self, entry: OutboxEntry) -> bool:
        if entry.state is not DeliveryState.WAITING:
            return False
        with self._wake:
            if entry.identifier in self._urgent:
                self._urgent.discard(entry.identifier)
                return True
            if entry.service_id in self._shut:
                return False
        return entry.next_attempt_at is None or entry.next_attempt_at <= self._clock()

    def _deliver(self, identifier: str) -> None:
        try:
            self._send(identifier)
        except StateRefused:
            # Another process of this home, a verb beside the windows, is sending it: what both
            # send is the same, and the state that counts is the one on the disk.
            self._changed()

    def _send(self, identifier: str) -> None:
        self._outbox.move(identifier, DeliveryState.SENDING)
        self._changed()
        entry = self._outbox.entry(identifier)
        try:
            while entry.state is DeliveryState.SENDING:
                detail = self._step(entry)
                self._outbox.receipt(identifier, Receipt(entry.next_step, self._clock(), detail))
                if entry.next_step is DeliveryStep.DONE:
                    self._audit("report delivered", entry.study_instance_uid)
                self._changed()
                entry = self._outbox.entry(identifier)
        except StateRefused:
            raise
        except ReaderError as error:
            self._postpone(entry, error)
        self._changed()

    def _postpone(self, entry: OutboxEntry, error: ReaderError) -> None:
        if isinstance(error, _UNTIL_CORRECTED):
            with self._wake:
                self._shut[entry.service_id] = self._clock()
            self._outbox.postpone(
                entry.identifier, error, state=DeliveryState.WAITING, next_attempt_at=None
            )
        elif isinstance(error, _PASSING):
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(entry.attempts, 10))
            # Jitter, so that many workstations do not come back in the same second.
            later = self._clock() + wait * random.uniform(0.8, 1.2)
            self._outbox.postpone(
                entry.identifier, error, state=DeliveryState.WAITING, next_attempt_at=later
            )
        else:
            self._outbox.postpone(
                entry.identifier, error, state=DeliveryState.REFUSED, next_attempt_at=None
            )
            self._audit("delivery refused", entry.study_instance_uid)

    # -- the steps ---------------------------------------------------------------------------

    def _step(self, entry: OutboxEntry) -> str:
        sink = self._sinks.get(entry.service_id)
        if sink is None:
            raise DeliveryRefused(
                "The reading service of this report is not configured any more.",
                means="The signed report stays here.",
                remedy="Add the service again in the settings, then send it.",
            )
        if entry.next_step is DeliveryStep.STORE:
            sink.store(entry.study_instance_uid, entry.objects)
            return ", ".join(each.title for each in entry.objects)
        if entry.next_step is DeliveryStep.READ_BACK:
            return self._read_back(sink, entry)
        if entry.next_step is DeliveryStep.COMPLETE_TASK:
            return self._complete(sink, entry)
        if not entry.preliminary and entry.version is Version.ORIGINAL:
            # Before the last receipt: after it nobody would come back to forget the lease. A
            # preliminary report leaves the task ours, for the final one.
            self._leases.forget(entry.workitem_uid)
        return "Delivered"

    def _read_back(self, sink: ReportSink, entry: OutboxEntry) -> str:
        for each in entry.objects:
            received = sink.read_back(entry.study_instance_uid, each)
            if not self._same_content(each.content, received):
                raise DeliveryRefused(
                    f"{each.title}: the service holds something else under its UID.",
                    means="The site may not see what you signed.",
                    remedy="Phone the result, and report this to the service.",
                )
        count = len(entry.objects)
        return f"{count} of {count} objects, identical"

    def _complete(self, sink: ReportSink, entry: OutboxEntry) -> str:
        if entry.preliminary:
            return "the task stays open: the final report follows"
        if entry.version is not Version.ORIGINAL:
            return "the task was completed with the first report"
        lease = self._leases.lease(entry.workitem_uid)
        record = CompletionRecord(
            reader=self._reader,
            started_at=lease.claimed_at if lease else entry.signed_at,
            ended_at=entry.signed_at,
            outputs=tuple(
                OutputReference(
                    entry.study_instance_uid,
                    self._series_of(each.content),
                    each.sop_class_uid,
                    each.sop_instance_uid,
                )
                for each in entry.objects
            ),
        )
        try:
            sink.complete(entry.workitem_uid, entry.transaction_uid, record)
        except NotFoundOnService as error:
            raise DeliveryRefused(
                "The report is stored, but the site has no such task any more: " + error.happened,
                means="The site has the report; nothing there says that the reading is done.",
                remedy="Tell the site that the report is in the study, or phone the result.",
            ) from error
        except LeaseLost as error:
            if self._done_by_us(sink, entry):
                return "task was completed before"
            raise DeliveryRefused(
                "The task is not ours any more: " + error.happened,
                means="The report is stored at the site but attached to no task. The ward may not"
                " see it.",
                remedy="Ask the site for a new task, or phone the result and note the call.",
            ) from error
        return "task completed"

    def _done_by_us(self, sink: ReportSink, entry: OutboxEntry) -> bool:
        """Whether an earlier try completed the task and its answer was lost."""
        task = sink.get(entry.workitem_uid)
        performer = task.actual_performer
        ours = performer is not None and performer.code == self._reader.code
        return task.state is ProcedureStepState.COMPLETED and ours
