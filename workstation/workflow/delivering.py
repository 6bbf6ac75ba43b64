"""Delivering: stored, read back, task completed, done; each step once, each with its receipt.

The bytes were fixed when the report was signed. Whatever happens, the same bytes under the same UID
are sent again, so that exactly one report is stored.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from workstation.domain.clock import Clock
from workstation.domain.delivery import (
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    Receipt,
)
from workstation.domain.errors import (
    Cancelled,
    CertificateRefused,
    DiskFull,
    LoginRefused,
    ReaderError,
    ServiceAnswerInvalid,
    ServiceUnreachable,
    StateRefused,
)
from workstation.domain.identity import Reader
from workstation.workflow.delivery_ports import LeaseBook, OutboxStore, ReportSink
from workstation.workflow.delivery_steps import DeliverySteps

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
        self._steps = DeliverySteps(
            sinks, leases, reader=reader, same_content=same_content, series_of=series_of
        )
        self._clock = clock
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
                detail = self._steps.take(entry)
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
