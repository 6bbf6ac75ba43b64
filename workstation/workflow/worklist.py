"""Reading tasks of all services in one list, live, and without the link from this disk.

Each service has a thread that searches and a thread that listens to its events; one more thread
composes the rows. Events are hints: whatever they say, the list is searched again. Nothing here
blocks the caller but `refresh`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from workstation.domain.clock import Clock
from workstation.domain.errors import (
    Cancelled,
    CertificateRefused,
    LoginRefused,
    NotFoundOnService,
    ReaderError,
    StoreDamaged,
)
from workstation.domain.identity import Reader
from workstation.domain.reading_task import (
    TRANSITIONS,
    Priority,
    PriorStudy,
    ReadingTask,
    TaskEvent,
    TaskEventKind,
)
from workstation.domain.study import RetrievalProgress
from workstation.workflow.composing import Known, compose, worth_keeping
from workstation.workflow.jobs import CancelToken
from workstation.workflow.listed_service import ListedService
from workstation.workflow.worklist_ports import (
    Deliveries,
    DraftTimes,
    ImageCounts,
    Leases,
    SeenTasks,
    TaskSource,
)
from workstation.workflow.worklist_rows import RowState, ServiceState, WorklistRow

__all__ = ["RowState", "ServiceState", "TaskSource", "Worklist", "WorklistRow"]


class Worklist:
    """The list. `retrieval` gives the progress of a study, when something retrieves."""

    def __init__(
        self,
        sources: Iterable[TaskSource],
        *,
        seen: SeenTasks,
        images: ImageCounts,
        drafts: DraftTimes,
        deliveries: Deliveries,
        leases: Leases,
        reader: Reader,
        clock: Clock,
        retrieval: Callable[[str], RetrievalProgress | None] = lambda _uid: None,
        poll_seconds: float = 30.0,
    ) -> None:
        self._seen, self._images, self._drafts = seen, images, drafts
        self._deliveries, self._leases = deliveries, leases
        self._reader, self._clock, self._retrieval = reader, clock, retrieval
        self._poll_seconds = poll_seconds
        self._condition = threading.Condition()
        self._composing = threading.Lock()
        self._cancel = CancelToken()
        self._threads: list[threading.Thread] = []
        self._listeners: list[Callable[[], None]] = []
        self._rows: tuple[WorklistRow, ...] = ()
        self._dirty = True
        self._new: set[str] = set()
        self._cancel_requested: set[str] = set()
        self._looked_up: set[str] = set()
        self._expected: dict[str, int] = {}
        self._priors: dict[str, tuple[PriorStudy, ...]] = {}
        self._services = {
            source.service_id: ListedService(
                source, ServiceState(source.service_id, source.name, reachable=False)
            )
            for source in sources
        }
        for identifier, service in self._services.items():
            try:
                service.tasks = {task.workitem_uid: task for task in seen.load(identifier)}
            except StoreDamaged as error:
                # The list as last seen is a convenience: the service is asked for it anyway.
                service.error = error
                service.answered(
                    self._clock(), reachable=False, latency=None, problem=error.sentence()
                )
        self._compose()

    # -- what the windows ask ----------------------------------------------------------------------

    def rows(self) -> tuple[WorklistRow, ...]:
        """The list as it was composed last, in reading order. Never blocks."""
        with self._condition:
            return self._rows

    def service_states(self) -> tuple[ServiceState, ...]:
        """Which services answer."""
        with self._condition:
            return tuple(service.state for service in self._services.values())

    def failure(self) -> ReaderError | None:
        """Why no service answers, or None where one does."""
        with self._condition:
            services = tuple(self._services.values())
        if any(service.state.reachable for service in services):
            return None
        return next((service.error for service in services if service.error), None)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told, on the composing thread, that rows or service states changed."""
        with self._condition:
            self._listeners.append(listener)

        def end() -> None:
            with self._condition:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def acknowledge(self, workitem_uid: str) -> None:
        """The reader has seen that the task is new."""
        with self._condition:
            self._new.discard(workitem_uid)
        self.changed()

    def changed(self, *_about: object) -> None:
        """Something that rows are made from changed: compose again. Takes any argument, so that
        it can listen to claiming, retrieving, reporting and delivering."""
        with self._condition:
            self._dirty = True
            self._condition.notify_all()

    def try_now(self) -> None:
        """Search all services again, soon and elsewhere; also after a refused login."""
        with self._condition:
            for service in self._services.values():
                service.wake = True
            self._condition.notify_all()

    def refresh(self, cancel: CancelToken | None = None, *, priors: bool = True) -> None:
        """Search every service now, on the calling thread. Failures are in `service_states`."""
        token = cancel or CancelToken()
        for service in self._services.values():
            self._search(service, token)
            if priors:
                self._look_up_priors(service, token)
        self._compose()
        self._tell()

    # -- threads ----------------------------------------------------------------------

    def start(self) -> None:
        """Begin to search and to listen."""
        if self._threads:
            return
        self._threads = [
            threading.Thread(target=self._compose_loop, name="worklist-compose", daemon=True)
        ]
        for identifier, service in self._services.items():
            for work, name in ((self._poll_loop, "poll"), (self._watch, "watch")):
                self._threads.append(
                    threading.Thread(
                        target=work,
                        args=(service,),
                        name=f"worklist-{name}-{identifier}",
                        daemon=True,
                    )
                )
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End the threads."""
        self._cancel.cancel()
        with self._condition:
            self._condition.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout)

    def _poll_loop(self, service: ListedService) -> None:
        while not self._cancel.cancelled:
            self._search(service, self._cancel)
            self.changed()
            self._look_up_priors(service, self._cancel)
            with self._condition:
                pause = service.pause(self._poll_seconds)
                deadline = None if pause is None else time.monotonic() + pause
                while not (service.wake or self._cancel.cancelled):
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        break
                    self._condition.wait(left)

    def _watch(self, service: ListedService) -> None:
        def on_event(event: TaskEvent) -> None:
            with self._condition:
                if event.kind is TaskEventKind.CHANNEL_LOST:
                    service.channel_open = False
                elif event.kind is TaskEventKind.CHANNEL_OPEN:
                    service.channel_open = True
                elif event.kind is TaskEventKind.CANCEL_REQUESTED and event.workitem_uid:
                    self._cancel_requested.add(event.workitem_uid)
                    self._dirty = True
                service.wake = True
                self._condition.notify_all()

        while not self._cancel.cancelled:
            service.source.watch(on_event, self._cancel)
            with self._condition:
                # No events, or a login that was refused: worth another try once the service
                # answers again after it did not.
                service.channel_open = service.recovered = False
                while not (service.recovered or self._cancel.cancelled):
                    self._condition.wait()

    def _compose_loop(self) -> None:
        while True:
            with self._condition:
                while not (self._dirty or self._cancel.cancelled):
                    self._condition.wait()
                if self._cancel.cancelled:
                    return
            self._compose()
            self._tell()

    # -- work ----------------------------------------------------------------------

    def _search(self, service: ListedService, cancel: CancelToken) -> None:
        with self._condition:
            service.wake = False
        began = time.monotonic()
        try:
            listed = {task.workitem_uid: task for task in service.source.search(cancel)}
            latency = (time.monotonic() - began) * 1000
            kept = self._missing(service, listed)
        except Cancelled:
            return
        except ReaderError as error:
            refused = isinstance(error, LoginRefused | CertificateRefused)
            with self._condition:
                service.error = error
                service.failures = -1 if refused else max(0, service.failures) + 1
                service.answered(
                    self._clock(), reachable=False, latency=None, problem=error.sentence()
                )
            return
        try:
            self._seen.replace(service.source.service_id, (listed | kept).values())
            unkept = ""
        except ReaderError as error:
            # The list is shown all the same; it would be missed only without the link.
            unkept = error.sentence()
        with self._condition:
            if service.asked:
                self._new |= {
                    uid
                    for uid, task in listed.items()
                    if uid not in service.tasks and task.priority < Priority.ROUTINE
                }
            service.tasks = listed | kept
            service.recovered = service.failures != 0
            service.asked, service.failures, service.error = True, 0, None
            self._new &= {uid for each in self._services.values() for uid in each.tasks}
            service.answered(self._clock(), reachable=True, latency=latency, problem=unkept)
            self._condition.notify_all()

    def _missing(
        self, service: ListedService, listed: Mapping[str, ReadingTask]
    ) -> dict[str, ReadingTask]:
        """Tasks with our work in them that the service lists no more, as they are now."""
        known = self._known()
        with self._condition:
            gone = [
                task
                for uid, task in service.tasks.items()
                if uid not in listed and worth_keeping(task, known)
            ]
        kept = {}
        for task in gone:
            if not TRANSITIONS[task.state]:
                kept[task.workitem_uid] = task  # final: it will not change any more
                continue
            try:
                kept[task.workitem_uid] = service.source.get(task.workitem_uid)
            except NotFoundOnService:
                # The service forgets finished tasks after a while; our work is still ours.
                kept[task.workitem_uid] = task
        return kept

    def _look_up_priors(self, service: ListedService, cancel: CancelToken) -> None:
        """Ask once for each study of the list, most urgent first; a wake-up goes before."""
        with self._condition:
            tasks = sorted(
                (task for task in service.tasks.values() if task.study_instance_uid),
                key=lambda task: task.reading_order,
            )
            if not service.state.reachable:
                return
        for task in tasks:
            with self._condition:
                if service.wake or cancel.cancelled:
                    return
                if task.study_instance_uid in self._looked_up:
                    continue
            try:
                found = service.source.studies_of(task, cancel)
            except Cancelled:
                return
            except ReaderError:
                # Priors stay unknown, which the row shows; they are asked for at the next search.
                continue
            with self._condition:
                self._looked_up.add(task.study_instance_uid)
                if found.priors is not None:
                    self._priors[task.study_instance_uid] = found.priors
                if found.instances_expected is not None:
                    self._expected[task.study_instance_uid] = found.instances_expected
            self.changed()

    def _known(self) -> Known:
        leases = {lease.workitem_uid: lease for lease in self._leases.all()}
        deliveries = {entry.workitem_uid: entry.state for entry in self._deliveries.entries()}
        draft_times = dict(self._drafts.saved_times())
        with self._condition:
            studies = {
                task.study_instance_uid
                for service in self._services.values()
                for task in service.tasks.values()
                if task.study_instance_uid
            }
            expected, priors = dict(self._expected), dict(self._priors)
            requested, new = frozenset(self._cancel_requested), frozenset(self._new)
            reachable = frozenset(
                identifier
                for identifier, service in self._services.items()
                if service.state.reachable
            )
        progress = {uid: self._retrieval(uid) for uid in studies}
        return Known(
            reader=self._reader,
            leases=leases,
            deliveries=deliveries,
            draft_times=draft_times,
            here={uid: self._images.count(uid) for uid in studies},
            expected=expected,
            priors=priors,
            retrievals={uid: held for uid, held in progress.items() if held is not None},
            cancel_requested=requested,
            new=new,
            reachable=reachable,
        )

    def _compose(self) -> None:
        with self._composing:
            with self._condition:
                self._dirty = False
            known = self._known()
            with self._condition:
                tasks = [task for each in self._services.values() for task in each.tasks.values()]
            rows = compose(tasks, known)
            with self._condition:
                self._rows = rows

    def _tell(self) -> None:
        with self._condition:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()
